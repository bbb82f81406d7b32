"""The timeline of a dossier: one list of everything, flat whatever its length."""

import re
from datetime import date, time, timedelta

import pytest

from kp4web.audit.models import AuditEntry
from kp4web.conversations.models import AttemptOutcome, Channel, Participant
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason, Subgroup
from kp4web.dossiers.models import TrackPeriod
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.tracks.commands import change_subgroup
from kp4web.worklist.commands import (
    LeaveMessage,
    NotePension,
    complete_follow_up,
    leave_message,
    move_follow_up,
    note_pension,
)
from tests.conftest import TODAY
from tests.dossier_page import PARTIAL, change, kinds, many, old_dossier, page_of, path
from tests.factories import (
    actor,
    at,
    make_assignment,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)


def titles(html):
    return re.findall(r"<h4>(.*?)</h4>", html)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def colleague(app):
    return make_user(name="Ö. Demir")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="S. de Wit")


# ---------------------------------------------------------------------- the timeline


def test_everything_that_happened_is_on_one_timeline_newest_first(http_as, lead, colleague):
    start = date(2026, 2, 2)
    dossier = make_dossier(
        track="under_investigation", lead=lead, opened_on=start, today=start,
        birth_date=date(1959, 12, 1),
    )  # fmt: skip
    days = [start + timedelta(days=7 * n) for n in range(1, 12)]
    make_conversation(dossier, lead, today=days[0], channel=Channel.HOME_VISIT)
    make_conversation(
        dossier, lead, today=days[1], channel=Channel.PHONE, attempt=AttemptOutcome.NO_ANSWER
    )
    follow_up = make_follow_up(dossier, lead, due_on=days[4], today=days[2])
    move_follow_up(db.session(), actor(lead), follow_up.id, days[5], now=at(days[3]), today=days[3])
    complete_follow_up(db.session(), actor(lead), follow_up.id, now=at(days[4]), today=days[4])
    change(dossier, lead, "support", days[5])
    for member, day in ((True, days[6]), (False, days[7])):
        change_subgroup(
            db.session(), actor(lead), dossier.number, Subgroup.LANGUAGE, member=member,
            since=day, now=at(day), today=day,
        )  # fmt: skip
    make_assignment(dossier, colleague, today=days[8])
    leave_message(
        db.session(), actor(lead), dossier.number, LeaveMessage("Succes."),
        now=at(days[9]), today=days[9],
    )  # fmt: skip
    note_pension(
        db.session(), actor(colleague), dossier.number, NotePension("Is op de hoogte."),
        now=at(days[10]), today=days[10],
    )  # fmt: skip
    db.session.commit()
    html = page_of(http_as(colleague), dossier, "?alles=1")
    assert kinds(html) == [
        "pension", "message", "assignment", "subgroup_end", "subgroup", "track", "ended",
        "moved", "planned", "attempt", "conversation", "track", "assignment", "opening",
    ]  # fmt: skip
    for text in ("Is op de hoogte.", "Succes.", "Past in deze caseload.", "Zo past het beter."):
        assert text in html
    assert f"Opvolging gepland op {days[4]:%d-%m-%Y}: Bellen." in html  # as it was planned then


def test_what_a_conversation_settled_and_planned_stands_with_it(http_as, lead):
    dossier = make_dossier(lead=lead)
    first = make_follow_up(dossier, lead, due_on=TODAY, what="Post nalopen")
    make_conversation(
        dossier, lead, done=frozenset({first.id}), follow_up_on=date(2026, 12, 1),
        follow_up_what="Weer bellen",
    )  # fmt: skip
    http = http_as(lead)
    html = page_of(http, dossier)
    assert kinds(html)[:2] == ["conversation", "planned"]
    assert "ended" not in kinds(html)
    assert "Opvolging afgehandeld: Post nalopen" in html
    assert "Opvolging gepland op 01-12-2026: Weer bellen" in html
    assert kinds(page_of(http, dossier, "?soort=opvolging")) == ["ended", "planned", "planned"]


def test_the_titles_tell_extending_stopping_and_reopening_apart(http_as, lead):
    start = date(2025, 1, 6)
    dossier = make_dossier(lead=lead, opened_on=start, today=start)
    steps = (
        ("rest", date(2025, 3, 1), {"planned_end": date(2025, 9, 1)}),
        ("rest", date(2025, 8, 1), {"planned_end": date(2026, 3, 1)}),
        ("stopped", date(2025, 12, 1), {"stop_reason": StopReason.PAID_WORK}),
        ("support", date(2026, 2, 1), {}),
    )
    for kind, on, given in steps:
        change(dossier, lead, kind, on, **given)
    assert titles(page_of(http_as(lead), dossier, "?soort=traject")) == [
        "Dossier heropend: Ondersteuning", "Dossier gestopt: betaald werk",
        "Rust verlengd tot 01-03-2026", "Traject: Rust tot 01-09-2025",
        "Eerste traject: Ondersteuning", "Bestaand dossier overgenomen",
    ]  # fmt: skip


def test_the_first_recorder_stays_the_author_after_the_row_was_closed(http_as, lead, colleague):
    start = date(2026, 1, 5)
    dossier = make_dossier(lead=lead, opened_on=start, today=start)
    change(dossier, lead, "rest", date(2026, 2, 2),
           planned_end=date(2026, 8, 1), reason="Eerst herstel.")  # fmt: skip
    make_assignment(dossier, colleague, today=date(2026, 3, 2))
    change(dossier, colleague, "support", date(2026, 4, 1), reason="Weer verder.")
    html = page_of(http_as(colleague), dossier, "?soort=traject")
    authors = re.findall(r"</time><span>(.*?)</span>", html)
    assert authors[:2] == ["Ö. Demir", "K. Jansen"]


def test_what_was_superseded_is_not_shown(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=TODAY)
    change(dossier, lead, "kp3", reason="Kan beginnen.")
    assert db.session.query(TrackPeriod).count() > 1
    html = page_of(http_as(lead), dossier)
    assert kinds(html).count("track") == 1
    assert "Zo begon het." not in html


def test_an_accepted_hand_over_and_its_profile_are_on_it(http_as, coordinator, colleague):
    handover = make_handover()
    dossier = accept_handover(
        db.session(), actor(coordinator), handover.id, AcceptHandover(), now=at(TODAY), today=TODAY
    )
    db.session.commit()
    html = page_of(http_as(coordinator), dossier)
    assert {"handover", "profile", "opening"} <= set(kinds(html))
    assert "Graag eerst bellen." in html
    assert "Geen reëel perspectief" in html
    others = page_of(http_as(colleague), dossier)
    assert "handover" not in kinds(others)
    assert "profile" in kinds(others)
    assert "Geen reëel perspectief" not in others


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("gesprekken", {"conversation"}), ("opvolging", {"planned"}),
        ("traject", {"track", "opening"}), ("toewijzing", {"assignment"}),
        ("onzin", {"conversation", "planned", "track", "opening", "assignment"}),
    ],
)  # fmt: skip
def test_the_filter_stands_in_the_address(http_as, lead, kind, expected):
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead)
    make_follow_up(dossier, lead, due_on=date(2026, 12, 1))
    assert set(kinds(page_of(http_as(lead), dossier, f"?soort={kind}"))) == expected


def test_paging_shows_every_event_once(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 70)
    many(dossier, lead, 5, channel=Channel.HOME_VISIT)  # several on one day
    http, found, query = http_as(lead), [], ""
    for _page in range(10):
        html = page_of(http, dossier, query)
        found += re.findall(r"Verslag nummer (\d+)", html)
        more = re.search(r'class="button button--secondary" href="[^?]*(\?[^"#]*)#tijdlijn"', html)
        if more is None:
            break
        query = more[1].replace("&amp;", "&")
    assert len(found) == 75
    assert sorted(map(int, found)) == sorted([*range(70), *range(5)])


def test_htmx_gets_only_what_is_earlier_and_no_second_heading(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 40)
    http = http_as(lead)
    html = page_of(http, dossier)
    more = re.search(r'data-hx-get="([^"]*voor=[^"#]*_[^"]*)"', html)[1].replace("&amp;", "&")
    before = db.session.query(AuditEntry).count()
    part = http.get(more, headers=PARTIAL | {"HX-Target": "p#earlier"})
    assert part.status_code == 200
    assert "<main" not in part.text
    assert 'id="tijdlijn"' not in part.text
    assert kinds(part.text)
    year = re.search(r"voor=(\d{4})", more)[1]
    assert f'id="jaar-{year}"' not in part.text
    assert db.session.query(AuditEntry).count() == before  # the page itself was logged


def test_a_jump_to_a_year_begins_at_its_end(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 110)
    html = page_of(http_as(lead), dossier, "?voor=2025-12-31")
    days = re.findall(r'<time datetime="(\d{4})-', html)
    assert days[0] == "2025"
    assert 'id="jaar-2025"' in html
    assert "Terug naar de nieuwste" in html


@pytest.mark.parametrize(
    "place",
    [
        "morgen", "2026-13-45", "2026-11-18_x_y", "2026-11-18_1", "_", "9" * 70_000,
        "2026-11-18_" + "9" * 30 + "_" + "9" * 30, "%00", "%ED%A0%80", "2026-11-18_²_³",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(http_as, lead, place):
    dossier = make_dossier(lead=lead)
    assert http_as(lead).get(f"{path(dossier)}?voor={place}").status_code == 200


def test_the_latest_three_reports_are_whole_and_older_ones_are_cut(http_as, lead):
    dossier = old_dossier(lead)
    long = "Een woord en nog een zin. " * 40
    many(dossier, lead, 6, report=long)
    html = page_of(http_as(lead), dossier)
    assert html.count(long.strip()) == 3
    assert html.count("Hele verslag lezen") == 3
    texts = re.findall(r'<p class="preserve-lines">(Een woord.*?)</p>', html, re.DOTALL)
    assert all(len(text) <= 302 and text.endswith(" …") for text in texts[3:])


def test_who_was_there_is_shown_to_who_reads_the_report(http_as, lead, colleague):
    dossier = make_dossier(lead=lead)
    make_conversation(
        dossier, lead, participants=(Participant.PARTNER, Participant.PROFESSIONAL),
        held_at=time(9, 5),
    )  # fmt: skip
    html = page_of(http_as(lead), dossier)
    assert "Gesprek op kantoor zonder de inwoner" in html
    assert "Erbij: partner, hulpverlener" in html
    assert "09:05" in html
    others = page_of(http_as(colleague), dossier)
    assert "Erbij:" not in others


def test_typed_text_is_never_markup(http_as, lead):
    dossier = make_dossier(lead=lead, approach="<b>vet</b>")
    make_conversation(dossier, lead, report="<script>alert(1)</script>")
    html = page_of(http_as(lead), dossier)
    assert "<script>alert" not in html
    assert "<b>vet</b>" not in html


# ---------------------------------------------------------------------- several kinds, a period


def test_several_kinds_stand_in_the_address_and_each_link_adds_or_takes_one_away(http_as, lead):
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead)
    make_follow_up(dossier, lead, due_on=date(2026, 12, 1))
    html = page_of(http_as(lead), dossier, "?soort=gesprekken&soort=opvolging")
    assert set(kinds(html)) == {"conversation", "planned"}
    links = dict(re.findall(r'id="soort-(\w+)" href="[^"?]*(\?[^"#]*)?#', html))
    assert links["alles"] == ""
    assert links["opvolging"] == "?soort=gesprekken"
    assert links["traject"].count("soort=") == 3
    assert html.count('aria-current="true">Gesprekken') == 1
    assert 'aria-current="true">Toewijzing' not in html


def test_a_hand_over_and_a_questionnaire_can_be_asked_for_by_themselves(http_as, coordinator):
    handover = make_handover()
    dossier = accept_handover(
        db.session(), actor(coordinator), handover.id, AcceptHandover(), now=at(TODAY), today=TODAY
    )
    db.session.commit()
    http = http_as(coordinator)
    assert kinds(page_of(http, dossier, "?soort=overdracht")) == ["handover"]
    assert "handover" not in kinds(page_of(http, dossier, "?soort=traject"))
    asked = set(kinds(page_of(http, dossier, "?soort=vragenlijsten")))
    assert asked <= {"questionnaire", "questionnaire_begun"}


def test_a_period_holds_its_first_and_its_last_day(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 8)  # a week apart, the last on 10-11-2026
    http = http_as(lead)
    html = page_of(http, dossier, "?soort=gesprekken&van=2026-10-20&tot=2026-11-03")
    days = re.findall(r'<time datetime="([\d-]+)"', html)
    assert days == ["2026-11-03", "2026-10-27", "2026-10-20"]
    assert "Periode: van 20-10-2026 tot en met 03-11-2026" in html
    from_then = page_of(http, dossier, "?soort=gesprekken&van=03-11-2026&tot=")
    assert len(kinds(from_then)) == 2
    until_then = page_of(http, dossier, "?soort=gesprekken&tot=2026-09-29")
    assert len(kinds(until_then)) == 2


def test_a_jump_and_what_is_earlier_stay_within_the_kinds_and_the_period(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 110)
    query = "?soort=gesprekken&van=2025-03-01&tot=2026-06-30"
    http, found = http_as(lead), []
    html = page_of(http, dossier, f"{query}&voor=2026-12-31")
    assert re.findall(r'id="naar-(\d{4})"', html) == ["2026", "2025"]
    while True:
        found += re.findall(r'<time datetime="([\d-]+)"', html)
        more = re.search(r'data-hx-get="([^"#]*)#tijdlijn"', html)
        if more is None:
            break
        html = http.get(more[1].replace("&amp;", "&")).text
    assert len(found) == len(set(found)) == 70
    assert min(found) >= "2025-03-01"
    assert max(found) <= "2026-06-30"


@pytest.mark.parametrize("headers", [{}, PARTIAL | {"HX-Target": "section#tijdlijn"}])
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("van=gisteren", "Dit is geen bestaande datum."), ("tot=2026-02-30", "geen bestaande"),
        ("van=2026-03-01&tot=2026-02-01", "Deze dag ligt voor de eerste dag."),
        ("van=0001-01-01", "Dit jaartal kan niet kloppen."),
        ("tot=%00", "een teken dat niet bewaard kan worden"),
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_a_sentence_at_its_field(http_as, lead, query, sentence, headers):
    dossier = make_dossier(lead=lead)
    answer = http_as(lead).get(f"{path(dossier)}?soort=traject&{query}", headers=headers)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'data-testid="field-error"' in answer.text
    assert kinds(answer.text) == []
    assert 'aria-current="true">Traject' in answer.text  # what else was chosen is still there
    if "gisteren" in query:
        assert 'value="gisteren"' in answer.text


def test_a_filter_by_htmx_gets_the_timeline_and_says_what_it_holds(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 5)
    http = http_as(lead)
    page_of(http, dossier)
    before = db.session.query(AuditEntry).count()
    part = http.get(
        f"{path(dossier)}?soort=gesprekken", headers=PARTIAL | {"HX-Target": "section#tijdlijn"}
    )
    assert "<main" not in part.text
    assert 'id="tijdlijn"' in part.text
    assert "5 gebeurtenissen, van 13-10-2026 tot en met 10-11-2026." in part.text
    nothing = http.get(f"{path(dossier)}?van=2027-01-01", headers=PARTIAL | {"HX-Target": "x"})
    assert "Tijdlijn: niets gevonden." in nothing.text
    assert db.session.query(AuditEntry).count() == before


def test_what_is_earlier_takes_the_focus_to_its_first_event(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 40)
    http = http_as(lead)
    html = page_of(http, dossier)
    assert "data-focus" not in html
    more = re.search(r'data-hx-get="([^"]*voor=[^"#]*_[^"]*)"', html)[1].replace("&amp;", "&")
    part = http.get(more, headers=PARTIAL | {"HX-Target": "p#earlier"}).text
    assert part.count("data-focus") == 1
    assert part.index("data-focus") < part.index("</h4>")
    assert 'id="status"' in part


def test_the_whole_timeline_is_one_page_with_whole_reports(http_as, lead, colleague):
    dossier = old_dossier(lead)
    long = "Een woord en nog een zin. " * 40
    many(dossier, lead, 120, report=long)
    html = page_of(http_as(lead), dossier, "?alles=1&soort=gesprekken")
    assert len(kinds(html)) == 120
    assert html.count(long.strip()) == 120
    assert "Eerdere gebeurtenissen" not in html
    assert "U ziet alle 120 gebeurtenissen" in html
    others = page_of(http_as(colleague), dossier, "?alles=1&soort=gesprekken")
    assert len(kinds(others)) == 120
    assert "Een woord" not in others


def test_paper_says_when_it_does_not_hold_everything(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 40)
    http = http_as(lead)
    assert "Die staan niet op dit blad." in page_of(http, dossier)
    assert "Die staan niet op dit blad." not in page_of(http, dossier, "?alles=1")
