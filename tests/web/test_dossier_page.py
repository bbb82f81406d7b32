"""The page of one dossier: who sees what, one timeline of everything, flat whatever its length."""

import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.conversations.models import AttemptOutcome, Channel, Conversation, Participant
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason, Subgroup, TrackChange, TrackKind
from kp4web.dossiers.models import TrackPeriod
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.residents.commands import (
    ContactInput,
    HouseholdRelation,
    MemberInput,
    save_contact,
    save_member,
)
from kp4web.tracks.commands import change_subgroup, change_track
from kp4web.worklist.commands import (
    LeaveMessage,
    NotePension,
    complete_follow_up,
    leave_message,
    move_follow_up,
    note_pension,
)
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    actor,
    at,
    make_assignment,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)
from tests.queries import count_queries

ENTRY = re.compile(r'data-testid="timeline-entry" data-kind="(\w+)"')
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
SECRET = "Geheim verslag kanarie"


def path(dossier):
    return f"/dossiers/{dossier.number}"


def page_of(http, dossier, query=""):
    response = http.get(path(dossier) + query)
    assert response.status_code == 200
    return response.text


def kinds(html):
    return ENTRY.findall(html)


def titles(html):
    return re.findall(r'class="timeline__title">(.*?)</h4>', html)


def change(dossier, user, kind, on=TODAY, reason="Zo past het beter.", **given):
    track = TrackChange(TrackKind(kind), on, reason, **given)
    change_track(db.session(), actor(user), dossier.number, track, now=at(on, 11), today=on)
    db.session.commit()


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def colleague(app):
    return make_user(name="Ö. Demir")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="S. de Wit")


# ---------------------------------------------------------------------- who gets the page


def test_the_head_says_who_it_is_and_where_the_dossier_stands(http_as, lead):
    dossier = make_dossier(
        lead=lead, surname="O'Brien-Şahin", given_name="Şirin", birth_date=date(1964, 11, 12),
        phone="0345 111 222", interpreter="Pools", approach="Bel na 11.00 uur.",
    )  # fmt: skip
    html = page_of(http_as(lead), dossier)
    assert f"<title>Dossier {dossier.number} - KP4-volgsysteem</title>" in html
    for text in (
        "O&#39;Brien-Şahin", "62 jaar (12-11-1964)", "Ondersteuning", "sinds 01-06-2026",
        "Bel na 11.00 uur.", "Tolk Pools nodig", "0345 111 222", "K. Jansen", "12-02-2032",
        "voorlopig", "Volgende datum", "di 01-09-2026",
    ):  # fmt: skip
        assert text in html


def test_rest_opens_with_its_end_its_reason_and_what_to_avoid(http_as, lead):
    dossier = make_dossier(lead=lead)
    change(
        dossier, lead, "rest", reason="Herstel na een opname.",
        planned_end=date(2027, 5, 1), avoid="Niet over werk beginnen.",
    )  # fmt: skip
    head = page_of(http_as(lead), dossier).split("</section>")[0]
    assert "Rust tot 01-05-2027" in head
    assert "Herstel na een opname." in head
    assert "Niet over werk beginnen." in head
    assert "Besluit te laat" not in head


def test_rest_past_its_planned_end_says_that_the_decision_is_late(http_as, lead):
    dossier = make_dossier(
        track="rest", lead=lead, opened_on=date(2025, 10, 1), planned_end=date(2026, 9, 1)
    )
    assert "Besluit te laat" in page_of(http_as(lead), dossier)


def test_a_dossier_without_a_lead_says_so(http_as, coordinator):
    assert "Nog niet toegewezen" in page_of(http_as(coordinator), make_dossier())


@pytest.mark.parametrize(
    "role",
    [
        Role.INTAKE, Role.JOB_COACH, Role.AGENCY_COORDINATOR, Role.INCOME_OFFICER,
        Role.POLICY_OFFICER, Role.DATA_PROTECTION_OFFICER, Role.PRIVACY_OFFICER,
        Role.ADMINISTRATOR,
    ],
)  # fmt: skip
def test_a_role_without_dossiers_gets_403_for_every_number(http_as, role):
    dossier, http = make_dossier(surname="Kanarie"), http_as(make_user(role))
    answers = [http.get(path(dossier)), http.get("/dossiers/KP4-1999-0000")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert http.post(path(dossier) + "/bsn").status_code == 403
    assert "Kanarie" not in answers[0].text


def test_another_municipality_gets_the_page_of_a_number_that_does_not_exist(http_as):
    dossier = make_dossier(surname="Kanarie")
    for role in (Role.CONSULTANT, Role.COORDINATOR):
        http = http_as(make_user(role, municipality="Buren", name="Iemand"))
        there, missing = http.get(path(dossier)), http.get("/dossiers/KP4-1999-0000")
        assert there.status_code == missing.status_code == 404
        own = r"KP4-\d{4}-\d{4,9}|value=\"[^\"]{60,}\""  # the number asked for, and form tokens
        without = [re.sub(own, "", answer.text) for answer in (there, missing)]
        assert without[0] == without[1]


def test_the_last_lead_of_a_stopped_dossier_keeps_reading(http_as, lead):
    dossier = make_dossier(lead=lead)
    make_conversation(dossier, lead, report="Het laatste gesprek.")
    change(dossier, lead, "stopped", stop_reason=StopReason.MOVED, reason="Naar Tiel.")
    html = page_of(http_as(lead), dossier)
    assert "Het laatste gesprek." in html
    assert "Gestopt" in html
    assert "Naar Tiel." in html
    assert "Openstaand" not in html


# ---------------------------------------------------------------------- the matrix


@pytest.fixture
def full(lead, colleague):
    """A dossier with something in every field that is not for everybody."""
    dossier = make_dossier(
        lead=lead, opened_on=date(2026, 3, 1), bsn=a_bsn(), approach="Aanpak kanarie",
        today=date(2026, 3, 1),
    )  # fmt: skip
    make_conversation(
        dossier, lead, report=SECRET, channel=Channel.PHONE, today=date(2026, 11, 2),
        follow_up_on=date(2026, 11, 30), follow_up_what="Opvolging kanarie",
    )  # fmt: skip
    make_conversation(
        dossier, lead, report="Poging kanarie", attempt=AttemptOutcome.NO_ANSWER,
        channel=Channel.PHONE,
    )  # fmt: skip
    leave_message(
        db.session(), actor(colleague), dossier.number, LeaveMessage("Bericht kanarie"),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    save_contact(
        db.session(), actor(lead), dossier.number, ContactInput("Betrokkene kanarie", "Zus"),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    save_member(
        db.session(), actor(lead), dossier.number,
        MemberInput("Gezinslid kanarie", HouseholdRelation.CHILD, date(2012, 4, 1)),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return dossier


def seen(html):
    texts = {
        "report": SECRET, "attempt": "Poging kanarie", "message": "Bericht kanarie",
        "what": "Opvolging kanarie", "contact": "Betrokkene kanarie",
        "member": "Gezinslid kanarie", "approach": "Aanpak kanarie", "bsn": "BSN tonen",
    }  # fmt: skip
    return {name for name, text in texts.items() if text in html}


def test_the_lead_sees_everything(http_as, lead, full):
    assert seen(page_of(http_as(lead), full)) == {
        "report", "attempt", "message", "what", "contact", "member", "approach", "bsn",
    }  # fmt: skip


def test_a_colleague_sees_that_there_was_contact_and_nothing_of_the_reports(http_as, full):
    html = page_of(http_as(make_user()), full)
    assert seen(html) == {"what", "contact", "member", "approach"}
    assert "Telefonisch gesprek" in html
    assert "geen gehoor" in html
    assert "Dat leest alleen de vaste consulent" in html


def test_a_colleague_reads_the_own_message_and_the_own_conversation(http_as, colleague, full):
    report = "Zelf gesproken. " * 60
    make_conversation(full, colleague, report=report, channel=Channel.HOME_VISIT)
    html = page_of(http_as(colleague), full)
    assert seen(html) == {"message", "what", "contact", "member", "approach"}
    assert report.strip() in html


def test_a_coordinator_sees_dates_and_no_text_of_the_work(http_as, coordinator, full):
    html = page_of(http_as(coordinator), full)
    assert seen(html) == {"member", "approach", "bsn"}
    assert "Opvolging gepland op 30-11-2026" in html
    assert "Betrokkenen" not in html


@pytest.mark.parametrize(
    "query", ["?soort=gesprekken", "?soort=opvolging", "?soort=traject", "?voor=2026-12-31"]
)
def test_no_filter_and_no_fragment_shows_more_than_the_page(http_as, coordinator, full, query):
    http = http_as(coordinator)
    assert seen(page_of(http, full, query)) <= {"member", "approach", "bsn"}
    for target in ("section#tijdlijn", "p#earlier"):
        part = http.get(path(full) + query, headers=PARTIAL | {"HX-Target": target})
        assert part.status_code == 200
        assert seen(part.text) == set()


def test_actions_are_offered_to_who_may_use_them(http_as, lead, colleague, coordinator):
    dossier = make_dossier(lead=lead)
    offers = {
        name: text in page_of(http_as(user), dossier)
        for user in (lead, colleague, coordinator)
        for name, text in {
            f"{user.name} records": "Gesprek vastleggen",
            f"{user.name} leaves word": "Bericht achterlaten",
            f"{user.name} changes track": "Traject wijzigen",
            f"{user.name} plans": "Opvolging plannen",
            f"{user.name} changes the person": f"{path(dossier)}/inwoner",
            f"{user.name} changes contacts": f"{path(dossier)}/betrokkenen/nieuw",
        }.items()
    }
    assert {name for name, offered in offers.items() if offered} == {
        "K. Jansen records", "K. Jansen changes track", "K. Jansen plans",
        "K. Jansen changes the person", "K. Jansen changes contacts",
        "Ö. Demir records", "Ö. Demir leaves word",
        "S. de Wit changes track", "S. de Wit changes the person",
    }  # fmt: skip


def test_who_is_both_lead_and_coordinator_has_the_rights_of_both(http_as):
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    mine, other = make_dossier(lead=both), make_dossier(lead=make_user())
    for dossier, author in ((mine, both), (other, make_user())):
        make_conversation(dossier, author, report=SECRET)
    http = http_as(both)
    assert SECRET in page_of(http, mine)
    assert "Toewijzen" in page_of(http, mine)
    assert SECRET not in page_of(http, other)


# ---------------------------------------------------------------------- household


def test_a_partner_is_shown_with_a_link_to_the_dossier(http_as, lead):
    mine = make_dossier(lead=lead)
    partner = make_dossier(
        partner_of=mine.number, surname="Heuvel", prefix="van den", initials="T."
    )
    html = page_of(http_as(lead), mine)
    assert "T. van den Heuvel" in html
    assert f'href="{path(partner)}"' in html


# ---------------------------------------------------------------------- BSN


def test_the_bsn_is_masked_and_showing_it_is_logged(http_as, lead):
    bsn = a_bsn()
    dossier = make_dossier(lead=lead, bsn=bsn)
    http = http_as(lead)
    masked = page_of(http, dossier)
    assert bsn not in masked
    assert f"•••••• {bsn[-3:]}" in masked
    shown = http.post(path(dossier) + "/bsn")
    assert shown.status_code == 200
    assert bsn in shown.text
    assert "Tijdlijn" in shown.text
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["bsn_reveal", "dossier_read"]


def test_htmx_gets_the_number_in_its_place(http_as, lead):
    bsn = a_bsn()
    dossier = make_dossier(lead=lead, bsn=bsn)
    part = http_as(lead).post(path(dossier) + "/bsn", headers=PARTIAL)
    assert part.status_code == 200
    assert part.text.lstrip().startswith("<div")
    assert bsn in part.text
    assert "<main" not in part.text
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.dossier_id) == ("bsn_reveal", dossier.id)


def test_an_unknown_bsn_has_no_button(http_as, lead):
    html = page_of(http_as(lead), make_dossier(lead=lead, bsn=None))
    assert "niet bekend" in html
    assert "BSN tonen" not in html


def test_a_colleague_cannot_reveal_the_bsn(http_as, lead, colleague):
    bsn = a_bsn()
    answer = http_as(colleague).post(path(make_dossier(lead=lead, bsn=bsn)) + "/bsn")
    assert answer.status_code == 403
    assert bsn not in answer.text


def test_revealing_in_another_municipality_is_404(http_as, lead):
    stranger = http_as(make_user(Role.COORDINATOR, municipality="Buren"))
    assert stranger.post(path(make_dossier(lead=lead)) + "/bsn").status_code == 404


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
    html = page_of(http_as(colleague), dossier)
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


def many(dossier, lead, count, **given):
    """Add a conversation per week, up to a week ago; straight into the table, for speed."""
    last = date(2026, 11, 10)
    db.session.add_all(
        Conversation(
            dossier_id=dossier.id, municipality_id=dossier.municipality_id, author_id=lead.id,
            held_on=last - timedelta(days=7 * (count - 1 - number)), recorded_at=at(last),
            participants=["resident"], is_contact=True,
            **{"report": f"Verslag nummer {number}. ", "channel": Channel.PHONE} | given,
        )
        for number in range(count)
    )  # fmt: skip
    db.session.commit()


def old_dossier(lead, **given):
    start = date(2016, 1, 4)
    return make_dossier(lead=lead, opened_on=start, today=start, **given)


def test_paging_shows_every_event_once(http_as, lead):
    dossier = old_dossier(lead)
    many(dossier, lead, 70)
    many(dossier, lead, 5, channel=Channel.HOME_VISIT)  # several on one day
    http, found, query = http_as(lead), [], ""
    for _page in range(5):
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


# ---------------------------------------------------------------------- open items


def test_open_follow_ups_can_be_moved_and_completed_from_the_page(http_as, lead):
    dossier = make_dossier(lead=lead)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY, what="Bellen over de post")
    http = http_as(lead)
    html = page_of(http, dossier)
    assert "Opvolging: Bellen over de post" in html
    moved = http.post(
        f"/opvolgingen/{follow_up.id}/verzetting",
        data={"due_on": "2026-12-01", "terug": path(dossier)},
    )
    assert (moved.status_code, moved.location) == (303, path(dossier))
    done = http.post(f"/opvolgingen/{follow_up.id}/afhandeling", data={"terug": path(dossier)})
    assert (done.status_code, done.location) == (303, path(dossier))
    html = page_of(http, dossier)
    assert f"/opvolgingen/{follow_up.id}/" not in html
    assert {"moved", "ended"} <= set(kinds(html))


def test_a_coordinator_moves_but_does_not_complete(http_as, lead, coordinator):
    dossier = make_dossier(lead=lead)
    follow_up = make_follow_up(dossier, lead, due_on=TODAY)
    html = page_of(http_as(coordinator), dossier)
    assert f"/opvolgingen/{follow_up.id}/verzetting" in html
    assert f"/opvolgingen/{follow_up.id}/afhandeling" not in html


# ---------------------------------------------------------------------- log, queries, size


def test_a_look_is_one_entry_with_the_relation(http_as, lead):
    dossier = make_dossier(lead=lead)
    http = http_as(lead)
    before = db.session.query(AuditEntry).count()
    page_of(http, dossier)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[before:]
    assert [(e.action, e.dossier_id, e.relation) for e in entries] == [
        ("dossier_read", dossier.id, "lead")
    ]
    assert entries[0].subjects_sealed is not None


def test_the_page_asks_as_much_for_one_event_as_for_many(http_as, lead):
    short, long = make_dossier(lead=lead), old_dossier(lead)
    many(long, lead, 500)
    make_follow_up(long, lead, due_on=TODAY)
    for number in range(12):
        save_contact(
            db.session(), actor(lead), long.number, ContactInput(f"Iemand {number}"),
            now=at(TODAY), today=TODAY,
        )  # fmt: skip
    db.session.commit()
    http = http_as(lead)
    counts = []
    for dossier in (short, long):
        page_of(http, dossier)  # so that the session was just seen
        with count_queries() as statements:
            page_of(http, dossier)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9


def test_a_dossier_with_fifty_conversations_stays_small(http_as, lead):
    dossier = old_dossier(
        lead, surname="Wojciechowska-van den Heuvel", approach="Bel na 11.00 uur. " * 10
    )
    many(dossier, lead, 50, report="Een gewoon gesprek over hoe het gaat, thuis en buiten. " * 20)
    for number in range(8):
        make_follow_up(
            dossier, lead, due_on=TODAY + timedelta(days=number), what=f"Bellen {number}"
        )
    assert len(page_of(http_as(lead), dossier).encode()) <= 35_000


def test_no_statement_of_the_page_scans_a_large_table(app, http_as, lead):
    """On SQLite, where the plan says SCAN and the name of the table."""
    if db.engine.dialect.name != "sqlite":
        plans = []
    else:
        dossier = old_dossier(lead)
        many(dossier, lead, 3)
        http = http_as(lead)
        plans = plans_of(lambda: page_of(http, dossier))
    large = "conversation|contact_attempt|follow_up|follow_up_move|message|track_period|client"
    assert [line for line in plans if re.match(rf"SCAN ({large})\b", line)] == []


def plans_of(action):
    """Return every line of the plans of the SELECTs that an action sends."""
    from sqlalchemy import event

    lines, engine = [], db.engine

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            rows = connection.connection.cursor().execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
            lines.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        action()
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    return lines


def test_the_band_tells_in_words_what_it_draws(http_as, lead):
    start = date(2025, 1, 6)
    dossier = make_dossier(lead=lead, opened_on=start, today=start)
    change(dossier, lead, "rest", date(2025, 6, 1), planned_end=date(2025, 12, 1))
    change(dossier, lead, "rest", date(2025, 11, 1), planned_end=date(2026, 9, 1))
    html = page_of(http_as(lead), dossier)
    legend = re.findall(r"<b>(\w+)</b> <span>(.*?)</span>", html)
    assert legend == [("Ondersteuning", "06-01-2025 tot 01-06-2025"), ("Rust", "sinds 01-06-2025")]
