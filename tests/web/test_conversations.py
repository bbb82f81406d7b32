"""The pages about conversations: the form, its draft, one report, messages for the lead."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from kp4web.accounts.models import UserSession
from kp4web.audit.models import AuditEntry
from kp4web.conversations.models import ContactAttempt, Conversation, Draft
from kp4web.domain.actor import Role
from kp4web.domain.dates import dutch_date
from kp4web.domain.due import DueKind
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp, Message
from tests.conftest import TODAY
from tests.factories import (
    actor,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)
from tests.queries import count_queries

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
CANARY = "Kanarie in een verslag"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="O'Brien-Şahin")


def at_dossier(dossier, rest=""):
    return f"/dossiers/{dossier.number}/gesprekken{rest}"


def fields(**changes):
    """Return exactly the fields other programs rely on."""
    known = {"held_on": TODAY.isoformat(), "held_at": "09:30", "channel": "phone",
             "outcome": "held", "report": "Het gaat beter.", "follow_up_on": "",
             "follow_up_what": "", "done": []}  # fmt: skip
    return known | changes


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def acts(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def value_of(page, name):
    return re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page.text, re.DOTALL)[1]


# ---------------------------------------------------------------------- the form


def test_the_form_starts_with_today_and_the_proposal_of_the_norm(http_as, lead, dossier):
    page = http_as(lead).get(at_dossier(dossier, "/nieuw"))
    assert page.status_code == 200
    assert "<title>Gesprek vastleggen in " + dossier.number in page.text
    assert "Brien-Şahin" not in page.text.split("</title>")[0]
    assert value_of(page, "held_on") == TODAY.isoformat()
    assert re.fullmatch(r"\d\d:\d\d", value_of(page, "held_at"))
    assert "Voorstel: do 18-02-2027, over 3 maanden." in page.text


@pytest.mark.parametrize(
    ("track", "words"),
    [
        ("under_investigation", "Voorstel: wo 30-12-2026, over 6 weken."),
        ("kp3", "Voorstel: wo 02-12-2026, over 2 weken."),
    ],
)
def test_the_proposal_follows_the_track(http_as, lead, track, words):
    page = http_as(lead).get(at_dossier(make_dossier(track=track, lead=lead), "/nieuw"))
    assert words in page.text


@pytest.mark.parametrize(
    ("held_on", "words"),
    [
        ("2026-11-04", "Voorstel: do 04-02-2027, 3 maanden erna."),
        ("2026-06-01", "Voorstel: do 18-02-2027, over 3 maanden."),
        ("2027-11-04", "Voorstel: do 18-02-2027, over 3 maanden."),
    ],
)
def test_the_proposal_counts_from_the_conversation_and_never_lies_behind_us(
    http_as, lead, dossier, held_on, words
):
    data = fields(held_on=held_on, report="")
    assert words in http_as(lead).post(at_dossier(dossier), data=data).text


def test_rest_proposes_nothing_and_warns(http_as, lead):
    resting = make_dossier(track="rest", lead=lead, planned_end=date(2027, 3, 1))
    page = http_as(lead).get(at_dossier(resting, "/nieuw"))
    assert "Voorstel" not in page.text
    assert "Rust tot 01-03-2027" in page.text
    assert "besluit over de rust staat voor 18-01-2027" in page.text


def test_the_lead_reads_the_last_two_reports_beside_the_form(http_as, lead, dossier):
    for month, text in ((7, "Het oudste"), (8, "Het vorige"), (9, "Het laatste")):
        make_conversation(dossier, lead, held_on=date(2026, month, 1), report=text)
    page = http_as(lead).get(at_dossier(dossier, "/nieuw")).text
    assert page.index("Het laatste") < page.index("Het vorige")
    assert "Het oudste" not in page


def test_a_stopped_dossier_offers_no_follow_up(http_as, lead):
    page = http_as(lead).get(at_dossier(make_dossier(track="stopped", lead=lead), "/nieuw"))
    assert 'name="report"' in page.text
    assert 'name="follow_up_on"' not in page.text


def test_opening_the_form_is_logged_once_and_its_fragments_are_not(http_as, lead, dossier):
    client = http_as(lead)
    client.get(at_dossier(dossier, "/nieuw"))
    client.post(at_dossier(dossier), data=fields(report=""), headers=HTMX)
    entry = acts("conversation_form")
    assert [(e.user_id, e.dossier_id, e.relation) for e in entry] == [(lead.id, dossier.id, "lead")]


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.CONSULTANT, "West Betuwe", 200),
        (Role.COORDINATOR, "West Betuwe", 403),
        (Role.INTAKE, "West Betuwe", 403),
        (Role.ADMINISTRATOR, "West Betuwe", 403),
        (Role.CONSULTANT, "Buren", 404),
        (Role.COORDINATOR, "Buren", 403),
    ],
)
def test_who_opens_the_form_and_who_does_not(http_as, dossier, role, place, status):
    client = http_as(make_user(role, municipality=place))
    assert client.get(at_dossier(dossier, "/nieuw")).status_code == status
    sent = client.post(at_dossier(dossier), data=fields())
    assert sent.status_code == (303 if status == 200 else status)
    assert len(rows(Conversation)) == (1 if status == 200 else 0)


def test_another_municipality_answers_as_for_a_missing_number(http_as, dossier):
    client = http_as(make_user(municipality="Buren"))
    there = client.get(at_dossier(dossier, "/nieuw"))
    nowhere = client.get("/dossiers/KP4-2026-0000/gesprekken/nieuw")
    assert there.status_code == nowhere.status_code == 404
    ours = (there.text.replace(dossier.number, ""), nowhere.text.replace("KP4-2026-0000", ""))
    without_token = [re.sub(r'value="[\w.-]{60,}"', "", text) for text in ours]
    assert without_token[0] == without_token[1]


# ---------------------------------------------------------------------- recording


def test_the_fields_of_the_contract_are_enough(http_as, lead, dossier):
    old = make_follow_up(dossier, lead, due_on=TODAY)
    answer = http_as(lead).post(
        at_dossier(dossier),
        data=fields(follow_up_on="2026-12-01", follow_up_what="Bellen", done=[str(old.id)]),
    )
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}")
    (entry,) = rows(Conversation)
    assert (entry.report, entry.participants) == ("Het gaat beter.", ["resident"])
    settled, planned = sorted(rows(FollowUp), key=lambda row: row.id)
    assert settled.ended_by_id == lead.id
    assert (planned.due_on, planned.what) == (date(2026, 12, 1), "Bellen")
    (logged,) = acts("conversation_record")
    assert logged.detail == {"entry": entry.id}


@pytest.mark.parametrize("outcome", ["no_answer", "no_show", "cancelled"])
def test_an_attempt_needs_no_report(http_as, lead, dossier, outcome):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(outcome=outcome, report="", held_at="")
    )
    assert answer.status_code == 303
    (attempt,) = rows(ContactAttempt)
    assert (attempt.outcome, attempt.held_at) == (outcome, None)
    assert rows(Conversation) == []


def test_dates_and_times_as_people_type_them(http_as, lead, dossier):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(held_on="17-11-2026", held_at="9.05")
    )
    assert answer.status_code == 303
    (entry,) = rows(Conversation)
    assert (entry.held_on.isoformat(), f"{entry.held_at:%H:%M}") == ("2026-11-17", "09:05")


def test_it_goes_back_to_where_one_came_from(http_as, lead, dossier):
    client = http_as(lead)
    back = "/werkvoorraad?groep=laat"
    page = client.get(at_dossier(dossier, "/nieuw"), query_string={"terug": back})
    assert value_of(page, "terug") == back
    assert client.post(at_dossier(dossier), data=fields(terug=back)).location == back


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_never_goes_to_another_site(http_as, lead, dossier, path):
    answer = http_as(lead).post(at_dossier(dossier), data=fields(terug=path))
    assert answer.location == f"/dossiers/{dossier.number}"


def test_htmx_is_sent_to_the_next_page_where_the_outcome_stands(http_as, lead, dossier):
    client = http_as(lead)
    data = fields(follow_up_on="2026-12-01", terug="/werkvoorraad")
    answer = client.post(at_dossier(dossier), data=data, headers=HTMX)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/werkvoorraad"
    page = client.get("/werkvoorraad").text
    assert "Het gesprek is vastgelegd. Opvolging op 01-12-2026." in page


def test_a_double_submit_makes_one_record(http_as, lead, dossier):
    client, data = http_as(lead), fields(submission=str(uuid4()))
    assert client.post(at_dossier(dossier), data=data).status_code == 303
    assert client.post(at_dossier(dossier), data=data).status_code == 303
    assert len(rows(Conversation)) == 1


def test_the_same_form_with_another_text_comes_back(http_as, lead, dossier):
    client, data = http_as(lead), fields(submission=str(uuid4()))
    client.post(at_dossier(dossier), data=data)
    again = client.post(at_dossier(dossier), data=data | {"report": "Iets anders"})
    assert again.status_code == 409
    assert "Iets anders" in again.text
    assert value_of(again, "submission") != data["submission"]


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"report": "  "}, "Schrijf op wat er is besproken."),
        ({"report": "x" * 60_000}, "hoogstens 50000 tekens. U typte er 60000."),
        ({"report": "NUL\x00"}, "een teken dat niet bewaard kan worden"),
        ({"held_on": ""}, "Vul een datum in."),
        ({"held_on": "31-02-2026"}, "Dit is geen bestaande datum."),
        ({"held_on": "0001-01-01"}, "Dit jaartal kan niet kloppen."),
        ({"held_on": "2026-11-19"}, "Een gesprek kan niet in de toekomst liggen."),
        ({"held_on": "2026-05-31"}, "Dit dossier begint op 01-06-2026."),
        ({"held_at": "25:00"}, "Dit is geen bestaande tijd."),
        ({"channel": ""}, "Maak een keuze."),
        ({"channel": "pigeon"}, "eldige keuze"),
        ({"outcome": "won"}, "eldige keuze"),
        ({"participants_asked": "1"}, "Kies wie erbij was."),
        ({"participants_asked": "1", "participants": "nobody"}, "eldige keuze"),
        ({"follow_up_on": "2026-11-17"}, "Kies vandaag of een dag daarna."),
        ({"follow_up_on": "2199-01-01"}, "Kies een dag binnen vijf jaar."),
        ({"follow_up_what": "Bellen"}, "Kies ook een datum, of maak dit veld leeg."),
        ({"follow_up_on": "2026-12-01", "follow_up_what": "x" * 501}, "hoogstens 500 tekens"),
    ],
)
def test_bad_input_gets_a_sentence_and_costs_nothing(http_as, lead, dossier, changes, sentence):
    data = fields(**({"report": "Dit typte ik."} | changes))
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 422
    assert 'data-testid="field-error"' in answer.text
    assert sentence in answer.text
    assert data["report"].replace("\x00", "").strip() in answer.text
    assert rows(Conversation) == []


def test_ten_thousand_characters_are_fine(http_as, lead, dossier):
    assert http_as(lead).post(
        at_dossier(dossier), data=fields(report="é\r\n" * 4_000)
    ).status_code == 303  # fmt: skip
    assert rows(Conversation)[0].report == ("é\n" * 4_000).strip()


def test_what_is_no_date_stays_visible(http_as, lead, dossier):
    data = fields(held_on="gisteren", held_at="half tien", follow_up_on="2026-13-01")
    page = http_as(lead).post(at_dossier(dossier), data=data)
    for name, typed in (("held_on", "gisteren"), ("held_at", "half tien")):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)[0]
        assert 'type="text"' in field
        assert f'value="{typed}"' in field


def test_htmx_gets_the_form_back_and_nothing_else(http_as, lead, dossier):
    answer = http_as(lead).post(
        at_dossier(dossier), data=fields(report="", follow_up_what="Bellen"), headers=HTMX
    )
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert value_of(answer, "follow_up_what") == "Bellen"


@pytest.mark.parametrize("ids", [["999999"], [str(2**63)], ["9" * 26], ["-1"], ["x"], ["１"]])
def test_a_tick_that_is_not_open_here_is_a_conflict(http_as, lead, dossier, ids):
    answer = http_as(lead).post(at_dossier(dossier), data=fields(done=ids))
    assert answer.status_code == 409
    assert "Een van de opvolgingen is intussen afgehandeld." in answer.text
    assert "Het gaat beter." in answer.text
    assert rows(Conversation) == []


def test_a_follow_up_of_somebody_else_is_a_conflict_too(http_as, lead, dossier):
    colleague = make_user()
    foreign = make_follow_up(make_dossier(lead=colleague), colleague, due_on=TODAY)
    data = fields(done=[str(foreign.id)])
    answer = http_as(lead).post(at_dossier(dossier), data=data, headers=HTMX)
    assert answer.status_code == 409
    assert "Het gaat beter." in answer.text
    assert rows(FollowUp)[0].ended_at is None


def test_a_lost_dossier_does_not_swallow_a_planned_follow_up(http_as, lead):
    dossier = make_dossier(lead=make_user())
    data = fields(follow_up_on="2026-12-01", follow_up_what="Bellen")
    answer = http_as(lead).post(at_dossier(dossier), data=data)
    assert answer.status_code == 422
    assert "Alleen de vaste consulent plant" in answer.text
    assert value_of(answer, "follow_up_what") == "Bellen"


@pytest.mark.parametrize("rest", ["", "/concept", "/concept/verwijdering"])
@pytest.mark.parametrize("token", [None, "vreemd"])
def test_without_the_token_nothing_changes(app, http_as, lead, dossier, rest, token):
    app.config["WTF_CSRF_ENABLED"] = True
    data = fields(csrf_token=token) if token else fields()
    answer = http_as(lead).post(at_dossier(dossier, rest), data=data)
    assert answer.status_code == 401
    assert "Het gaat beter." in answer.text
    assert rows(Conversation) == rows(Draft) == []


def test_an_expired_token_of_the_same_user_can_be_sent_again_by_the_page(
    app, http_as, lead, dossier
):
    app.config["WTF_CSRF_ENABLED"] = True
    client = http_as(lead)
    answer = client.post(at_dossier(dossier), data=fields(csrf_token="oud"), headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["KP4-Token-Renewed"] == str(lead.id)
    renewed = re.search(r'id="csrf-token"\s+value="([^"]+)"', answer.text)[1]
    again = client.post(at_dossier(dossier), data=fields(csrf_token=renewed), headers=HTMX)
    assert "HX-Redirect" in again.headers


def test_a_lone_surrogate_is_no_failure(http_as, lead, dossier):
    body = b"held_on=2026-11-18&channel=phone&outcome=held&report=a%ED%A0%80b"
    answer = http_as(lead).post(
        at_dossier(dossier), data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in {303, 422}


@pytest.mark.parametrize("number", [2**31, 2**63, 10**25])
def test_an_id_no_row_can_have_is_not_found(http_as, lead, dossier, number):
    client = http_as(lead)
    assert client.get(at_dossier(dossier, f"/{number}")).status_code == 404
    assert client.post(f"/berichten/{number}/gelezen").status_code in {404, 405}


# ---------------------------------------------------------------------- how much it asks


def test_recording_with_everything_asks_at_most_sixteen_queries(http_as, lead, dossier):
    make_conversation(dossier, lead, held_on=date(2026, 7, 1))
    old = make_follow_up(dossier, lead, due_on=TODAY)
    client = http_as(lead)
    data = fields(
        follow_up_on="2026-12-01", follow_up_what="Bellen", done=[str(old.id)],
        submission=str(uuid4()),
    )  # fmt: skip
    path = at_dossier(dossier)
    client.post(f"{path}/concept", data=data)
    with count_queries() as asked:
        assert client.post(path, data=data).status_code == 303
    assert len(asked) <= 16, "\n".join(asked)
    db.session.rollback()
    waiting = db.session.execute(
        select(DueItem.kind, DueItem.due_on).where(DueItem.dossier_id == dossier.id)
    ).all()
    assert (DueKind.FOLLOW_UP, date(2026, 12, 1)) in [tuple(row) for row in waiting]
    assert rows(Draft) == []


def test_saving_a_draft_asks_at_most_eight_queries(http_as, lead, dossier):
    client, path = http_as(lead), at_dossier(dossier, "/concept")
    for _ in range(2):
        with count_queries() as asked:
            client.post(path, data=fields(submission=str(uuid4())))
        assert len(asked) <= 8, "\n".join(asked)


def test_the_form_asks_as_much_for_many_rows_as_for_none(http_as, lead):
    counts = []
    for number in (0, 12):
        dossier = make_dossier(lead=lead)
        for month in range(number):
            make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=month))
            make_conversation(dossier, lead, held_on=TODAY)
        with count_queries() as asked:
            http_as(lead).get(at_dossier(dossier, "/nieuw"))
        counts.append(len([one for one in asked if "session" not in one.lower()]))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


# ---------------------------------------------------------------------- the draft


def test_a_draft_says_when_it_was_saved_and_is_offered_again(http_as, lead, dossier):
    client = http_as(lead)
    data = fields(
        report="Half verslag", channel="video", participants_asked="1", follow_up_what="Bellen",
        participants=["partner"], held_at="", held_on="17-11-2026",
    )  # fmt: skip
    saved = client.post(at_dossier(dossier, "/concept"), data=data, headers=HTMX)
    assert re.fullmatch(r"Bewaard om \d\d:\d\d", saved.text.strip())
    page = client.get(at_dossier(dossier, "/nieuw"))
    assert re.search(r"Er is een concept van \w\w \d\d-\d\d-\d{4} \d\d:\d\d", page.text)
    assert "Half verslag" in page.text
    assert '<option selected value="video">' in page.text
    assert value_of(page, "held_on") == "2026-11-17"
    assert value_of(page, "follow_up_what") == "Bellen"
    assert re.search(r'<input checked[^>]*value="partner"', page.text)
    assert not re.search(r'<input checked[^>]*value="resident"', page.text)
    assert acts("conversation_record") == []


def test_a_draft_is_gone_after_sending_and_never_in_another_dossier(http_as, lead, dossier):
    client, other = http_as(lead), make_dossier(lead=lead)
    client.post(at_dossier(dossier, "/concept"), data=fields(report="Half verslag"))
    assert "Half verslag" not in client.get(at_dossier(other, "/nieuw")).text
    assert "Half verslag" not in http_as(make_user()).get(at_dossier(dossier, "/nieuw")).text
    client.post(at_dossier(dossier), data=fields(report="Heel verslag", outcome="no_show"))
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Half verslag" not in page
    assert "Er is een concept" not in page


def test_a_draft_without_text_is_not_offered(http_as, lead, dossier):
    client = http_as(lead)
    client.post(at_dossier(dossier, "/concept"), data=fields(report=" ", channel="video"))
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Er is een concept" not in page
    assert '<option selected value="face_to_face">' in page


def test_without_javascript_a_draft_is_saved_and_thrown_away_by_buttons(http_as, lead, dossier):
    client = http_as(lead)
    form = at_dossier(dossier, "/nieuw?terug=/werkvoorraad")
    saved = client.post(at_dossier(dossier, "/concept"), data=fields(terug="/werkvoorraad"))
    assert (saved.status_code, saved.location) == (303, form)
    assert "Het concept is bewaard." in client.get(form).text
    gone = client.post(
        at_dossier(dossier, "/concept/verwijdering"), data={"terug": "/werkvoorraad"}
    )
    assert (gone.status_code, gone.location) == (303, form)
    assert "Er is een concept" not in client.get(form).text


def test_a_save_while_the_page_closes_leaves_no_message_behind(http_as, lead, dossier):
    client = http_as(lead)
    answer = client.post(at_dossier(dossier, "/concept"), data=fields(achtergrond="1"))
    assert (answer.status_code, answer.data) == (204, b"")
    page = client.get(at_dossier(dossier, "/nieuw")).text
    assert "Het concept is bewaard." not in page
    assert "Er is een concept" in page


def test_a_draft_takes_any_character_and_refuses_only_length(http_as, lead, dossier):
    client = http_as(lead)
    odd = client.post(at_dossier(dossier, "/concept"), data=fields(report="a\x00b"), headers=HTMX)
    assert odd.status_code == 200
    assert "ab</textarea>" in client.get(at_dossier(dossier, "/nieuw")).text
    long = client.post(
        at_dossier(dossier, "/concept"), data=fields(report="x" * 200_001), headers=HTMX
    )
    assert long.status_code == 422
    assert long.headers["HX-Retarget"] == "#message"


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(Role.COORDINATOR, "West Betuwe", 403), (Role.CONSULTANT, "Buren", 404)],
)
def test_who_may_not_record_keeps_no_draft(http_as, dossier, role, place, status):
    client = http_as(make_user(role, municipality=place))
    for rest in ("/concept", "/concept/verwijdering"):
        assert client.post(at_dossier(dossier, rest), data=fields()).status_code == status
    assert rows(Draft) == []


def test_a_draft_save_counts_as_activity_and_logs_nothing(http_as, lead, dossier):
    client, path = http_as(lead), at_dossier(dossier, "/concept")
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    db.session.execute(update(UserSession).values(last_seen_at=long_ago))
    before = len(rows(AuditEntry))
    client.post(path, data=fields())
    assert len(rows(AuditEntry)) == before
    (session,) = rows(UserSession)
    assert session.last_seen_at > long_ago + timedelta(minutes=19)


# ---------------------------------------------------------------------- a colleague


def test_a_colleague_sees_no_report_and_no_follow_up_of_others(http_as, lead, dossier):
    make_conversation(dossier, lead, report=CANARY)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY, what="Wat wij afspraken")
    page = http_as(make_user()).get(at_dossier(dossier, "/nieuw")).text
    assert "K. Jansen is de vaste consulent en krijgt hiervan bericht." in page
    for hidden in (CANARY, follow_up.what, 'name="done"', 'name="follow_up_on"'):
        assert hidden not in page


def test_a_colleague_records_and_the_lead_gets_a_due_item(http_as, lead, dossier):
    colleague = make_user()
    assert http_as(colleague).post(at_dossier(dossier), data=fields()).status_code == 303
    (item,) = [item for item in rows(DueItem) if item.kind is DueKind.MESSAGE]
    assert item.user_id == lead.id


def test_a_colleague_leaves_a_message_and_the_lead_settles_it(http_as, lead, dossier):
    colleague = make_user()
    client, path = http_as(colleague), f"/dossiers/{dossier.number}/berichten"
    assert "K. Jansen" in client.get(path).text
    data = {"text": "Mevrouw belde.\r\nBel terug.", "submission": str(uuid4())}
    for _ in range(2):
        assert client.post(path, data=data).status_code == 303
    (message,) = rows(Message)
    assert message.text == "Mevrouw belde.\nBel terug."
    settle = f"/berichten/{message.id}/gelezen"
    assert client.post(settle).status_code == 403
    assert http_as(make_user(Role.COORDINATOR)).post(settle).status_code == 403
    done = http_as(lead).post(settle, data={"terug": "/werkvoorraad"})
    assert (done.status_code, done.location) == (303, "/werkvoorraad")
    assert rows(Message)[0].read_by_id == lead.id
    assert [item for item in rows(DueItem) if item.kind is DueKind.MESSAGE] == []


def test_a_message_elsewhere_answers_as_one_that_is_missing(http_as, dossier):
    client = http_as(make_user())
    client.post(f"/dossiers/{dossier.number}/berichten", data={"text": "Hallo"})
    stranger = http_as(make_user(municipality="Buren"))
    there = stranger.post(f"/berichten/{rows(Message)[0].id}/gelezen", headers=HTMX)
    nowhere = stranger.post("/berichten/999999/gelezen", headers=HTMX)
    assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)
    assert there.status_code == 404


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Schrijf uw bericht op."),
        ("  ", "Schrijf uw bericht op."),
        ("x" * 5_001, "hoogstens 5000 tekens"),
        ("a\x00", "een teken dat niet bewaard kan worden"),
    ],
)
def test_a_bad_message_comes_back(http_as, dossier, text, sentence):
    path = f"/dossiers/{dossier.number}/berichten"
    for headers in ({}, HTMX):
        answer = http_as(make_user()).post(path, data={"text": text}, headers=headers)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert rows(Message) == []


def test_the_lead_leaves_no_message_to_oneself(http_as, lead, dossier):
    client, path = http_as(lead), f"/dossiers/{dossier.number}/berichten"
    assert client.get(path).status_code == 403
    assert client.post(path, data={"text": "Hallo"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [(Role.COORDINATOR, "West Betuwe", 403), (Role.CONSULTANT, "Buren", 404)],
)
def test_others_leave_no_message(http_as, dossier, role, place, status):
    client, path = http_as(make_user(role, municipality=place)), f"/dossiers/{dossier.number}"
    assert client.get(f"{path}/berichten").status_code == status
    assert client.post(f"{path}/berichten", data={"text": "Hallo"}).status_code == status


# ---------------------------------------------------------------------- one report


def test_a_report_in_full_for_the_lead_and_for_its_author(http_as, lead, dossier):
    colleague = make_user(name="M. de Boer")
    entry = make_conversation(
        dossier, colleague, report=f"{CANARY}\n\nTweede alinea", held_on=date(2026, 9, 1)
    )
    for reader in (lead, colleague):
        page = http_as(reader).get(at_dossier(dossier, f"/{entry.id}"))
        assert page.status_code == 200
        assert "Tweede alinea" in page.text
        assert "M. de Boer" in page.text
        assert dutch_date(date(2026, 9, 1)) in page.text.split("</title>")[0]
    assert [e.detail["entry"] for e in acts("conversation_read")] == [entry.id] * 2


def test_what_was_agreed_then_is_for_the_lead(http_as, lead, dossier):
    entry = make_conversation(dossier, lead, follow_up_on=TODAY, follow_up_what="Samen bellen")
    assert "Samen bellen" in http_as(lead).get(at_dossier(dossier, f"/{entry.id}")).text


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.CONSULTANT, "West Betuwe", 404),
        (Role.COORDINATOR, "West Betuwe", 403),
        (Role.POLICY_OFFICER, "West Betuwe", 403),
        (Role.CONSULTANT, "Buren", 404),
    ],
)
def test_nobody_else_reads_it(http_as, lead, dossier, role, place, status):
    entry = make_conversation(dossier, lead, report=CANARY)
    answer = http_as(make_user(role, municipality=place)).get(at_dossier(dossier, f"/{entry.id}"))
    assert answer.status_code == status
    assert CANARY not in answer.text


def test_a_report_is_found_in_its_own_dossier_only(http_as, lead, dossier):
    entry = make_conversation(make_dossier(lead=lead), lead)
    assert http_as(lead).get(at_dossier(dossier, f"/{entry.id}")).status_code == 404
    assert http_as(lead).get(at_dossier(dossier, "/999999")).status_code == 404


def test_a_user_with_both_roles_reads_what_is_own(http_as, dossier, lead):
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    entry = make_conversation(dossier, lead, report=CANARY)
    assert actor(both).has(Role.COORDINATOR)
    assert http_as(both).get(at_dossier(dossier, f"/{entry.id}")).status_code == 404
    assert db.session.scalar(select(func.count(Conversation.id))) == 1
