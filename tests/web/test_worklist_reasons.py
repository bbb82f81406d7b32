"""The work list: what makes each kind of row disappear."""

from datetime import date

import pytest

from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.conversations.models import AttemptOutcome
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.tracks.commands import change_track
from kp4web.worklist.commands import LeaveMessage, leave_message
from kp4web.worklist.models import Message
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)
from tests.worklist_page import LIST, kinds_of, on_page, row_of


def change(dossier, lead, kind, **given):
    track = TrackChange(TrackKind(kind), TODAY, "Zo past het beter.", **given)
    change_track(db.session(), actor(lead), dossier.number, track, now=at(TODAY), today=TODAY)
    db.session.commit()


# ---------------------------------------------------------------------- what makes it disappear


def test_a_follow_up_disappears_when_done_or_moved(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    row = make_follow_up(dossier, lead, due_on=TODAY)
    http = http_as(lead)
    http.post(f"/opvolgingen/{row.id}/verzetting", data={"due_on": "2026-11-25"})
    assert (dossier.number, "follow_up", "2026-11-25") in on_page(http.get(LIST))
    http.post(f"/opvolgingen/{row.id}/afhandeling")
    assert "follow_up" not in kinds_of(http, dossier)


@pytest.mark.parametrize("way_out", ["conversation", "follow_up"])
def test_contact_disappears_by_a_contact_or_a_follow_up_soon_enough(app, http_as, way_out):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="support", opened_on=date(2026, 8, 10))
    http = http_as(lead)
    row = row_of(http.get(LIST), "contact")
    assert "norm 3 maanden" in row
    assert "na een gesprek met de inwoner, of met een opvolgdatum uiterlijk op 08-12-2026" in row
    if way_out == "conversation":
        make_conversation(dossier, lead)
        assert (dossier.number, "contact", "2027-02-18") in on_page(http.get(LIST))
    else:
        http.post(f"/dossiers/{dossier.number}/opvolgingen", data={"due_on": "2026-12-08"})
        assert "contact" not in kinds_of(http, dossier)


def test_an_attempt_does_not_make_contact_disappear(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, opened_on=date(2026, 8, 10))
    make_conversation(dossier, lead, attempt=AttemptOutcome.NO_ANSWER)
    assert (dossier.number, "contact", "2026-11-10") in on_page(http_as(lead).get(LIST))


def test_to_classify_disappears_with_another_track(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="under_investigation", opened_on=date(2026, 9, 1))
    http = http_as(lead)
    assert "Nog in onderzoek sinds 01-09-2026, norm 12 weken" in row_of(http.get(LIST), "classify")
    assert "Traject kiezen" in row_of(http.get(LIST), "classify")
    change(dossier, lead, "support")
    assert "classify" not in kinds_of(http, dossier)


def test_the_decision_on_rest_moves_when_extended_and_goes_with_another_track(app, http_as):
    lead = make_user()
    dossier = make_dossier(
        lead=lead, track="rest", opened_on=date(2026, 1, 1), planned_end=date(2026, 12, 30)
    )
    http = http_as(lead)
    assert "Besluit nemen" in row_of(http.get(LIST), "rest_decision")
    assert kinds_of(http, dossier) == {"rest_decision"}  # no reminders to call
    change(dossier, lead, "rest", planned_end=date(2027, 6, 30))
    assert (dossier.number, "rest_decision", "2027-05-19") in on_page(http.get(LIST))
    change(dossier, lead, "support")
    assert "rest_decision" not in kinds_of(http, dossier)


def test_arranging_the_hand_over_disappears_when_the_track_stops(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="kp3", opened_on=date(2026, 11, 4))
    http = http_as(lead)
    assert (dossier.number, "arrange_handover", "2026-11-18") in on_page(http.get(LIST))
    change(dossier, lead, "stopped", stop_reason=StopReason.HANDED_OVER)
    assert kinds_of(http, dossier, f"{LIST}?alles=1") == set()


def test_a_nearing_aow_date_disappears_when_seen(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1959, 12, 1))  # AOW on 1-12-2026
    http = http_as(lead)
    assert "AOW-leeftijd op 01-12-2026" in row_of(http.get(LIST), "pension_approaching")
    page = http.post(f"/dossiers/{dossier.number}/aow", data={"note": "AOW is aangevraagd."})
    assert page.status_code == 303
    assert "pension_approaching" not in kinds_of(http, dossier)
    assert "pension_reached" in kinds_of(http, dossier)


def test_a_reached_aow_date_is_postponed_to_a_day(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1959, 8, 1))  # AOW on 1-8-2026
    http = http_as(lead)
    assert "Traject stoppen" in row_of(http.get(LIST), "pension_reached")
    http.post(
        f"/dossiers/{dossier.number}/aow",
        data={"note": "Wacht op de SVB.", "postponed_to": "15-01-2027", "uitstel": "1"},
    )
    assert (dossier.number, "pension_reached", "2027-01-15") in on_page(http.get(LIST))
    assert "stoppen uitgesteld tot 15-01-2027" in row_of(http.get(LIST), "pension_reached")


def test_to_assign_disappears_when_assigned(app, http_as):
    coordinator, lead = make_user(Role.COORDINATOR), make_user()
    dossier = make_dossier(opened_on=date(2026, 11, 16))
    http = http_as(coordinator)
    assert (dossier.number, "assign", "2026-11-23") in on_page(http.get(LIST))
    command = AssignDossiers((dossier.number,), lead.id, "Past in deze caseload.")
    assign_dossiers(db.session(), a_coordinator(), command, now=at(TODAY), today=TODAY)
    assert kinds_of(http, dossier) == {"twelve_months"}


def test_twelve_months_disappears_with_a_contact(app, http_as):
    coordinator, lead = make_user(Role.COORDINATOR), make_user()
    dossier = make_dossier(lead=lead, opened_on=date(2025, 11, 1))
    http = http_as(coordinator)
    assert (dossier.number, "twelve_months", "2026-11-01") in on_page(http.get(LIST))
    make_conversation(dossier, lead)
    assert (dossier.number, "twelve_months", "2027-11-18") in on_page(http.get(LIST))


def test_a_hand_over_to_review_names_nobody_and_disappears_when_accepted(app, http_as):
    coordinator = make_user(Role.COORDINATOR)
    handover = make_handover(surname="Onbekendman")
    http = http_as(coordinator)
    page = http.get(LIST)
    assert on_page(page) == [("", "review_handover", "2026-12-02")]
    assert "Onbekendman" not in page.text
    assert "/overdrachten" in row_of(page, "review_handover")
    accept_handover(
        db.session(), actor(coordinator), handover.id, AcceptHandover(), now=at(TODAY), today=TODAY
    )
    assert "review_handover" not in {kind for _, kind, _ in on_page(http.get(LIST))}


def test_a_message_shows_its_text_to_the_lead_and_disappears_when_read(app, http_as):
    lead, colleague = make_user(), make_user(name="S. de Boer")
    dossier = make_dossier(lead=lead)
    message = leave_message(
        db.session(), actor(colleague), dossier.number, LeaveMessage("De zoon belde."),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    http = http_as(lead)
    row = row_of(http.get(LIST), "message")
    assert "S. de Boer: De zoon belde." in row
    assert f'formaction="/berichten/{message.id}/gelezen"' in row
    http.post(f"/berichten/{message.id}/gelezen", data={"terug": LIST})
    assert "message" not in kinds_of(http, dossier)
    assert db.session.get_one(Message, message.id).read_by_id == lead.id
