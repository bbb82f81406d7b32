"""A dossier is offered to the work agency (KP3): offer, preview, answer, and what follows."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason, TrackKind
from kp4web.dossiers.models import Dossier, ProfileDecision, TrackPeriod
from kp4web.extensions import db
from kp4web.handovers.models import FeedbackReport, Handover, HandoverState
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import (
    at,
    make_agency,
    make_departure,
    make_dossier,
    make_handover,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)

CARD = re.compile(r"<section.*?</section>", re.DOTALL)
REPORT = "Heeft zin in werk buiten. O'Brien-Şahin belt mee."


@pytest.fixture
def people():
    """A lead with a dossier in a KP3 track, and two job coaches."""
    make_agency()
    lead = make_user(name="Lotte Lead")
    dossier = make_dossier(lead=lead, track=TrackKind.KP3, opened_on=date(2026, 9, 1))
    coaches = [make_user(Role.JOB_COACH, name=f"Coach {name}") for name in "AB"]
    return lead, dossier, *coaches


def offered(http, number) -> int:
    response = http.post(f"/dossiers/{number}/overdracht", data={"note": REPORT})
    assert response.status_code == 303
    return int(response.location.rsplit("/", 1)[1])


def due() -> set[tuple[str, str, int | None]]:
    """Return the due items that a hand-over leads to."""
    rows = db.session.execute(select(DueItem.kind, DueItem.due_on, DueItem.user_id))
    return {
        (str(kind), str(day), user)
        for kind, day, user in rows
        if "handover" in kind or "feedback" in kind
    }


def test_offering_shows_exactly_what_the_job_coach_reads(http_as, people):
    lead, dossier, coach, _ = people
    make_version(make_team())
    make_questionnaire(dossier, lead, completed=True)
    lead_http, coach_http = http_as(lead), http_as(coach)
    before = lead_http.get(f"/dossiers/{dossier.number}/overdracht")
    key = offered(lead_http, dossier.number)
    unread = coach_http.get(f"/overdrachten/{key}")
    assert "Op mij nemen" in unread.text
    assert dossier.number not in unread.text
    assert coach_http.post(f"/overdrachten/{key}/klantmanager").status_code == 303
    page = coach_http.get(f"/overdrachten/{key}")
    assert REPORT.split(".")[0] in page.text
    preview, shown = (
        CARD.findall(one.text.split('data-testid="carried"')[1]) for one in (before, page)
    )
    report = [card for card in shown if 'id="verslag"' in card or REPORT[:10] in card]
    assert len(report) == 1
    assert [card for card in shown if card not in report] == preview
    assert len(preview) == 4  # the person, the course, exemptions, the questionnaire


def test_acceptance_is_rule_7_in_one_step(app, http_as, people):
    lead, dossier, coach, _ = people
    key = offered(http_as(lead), dossier.number)
    assert due() == {
        ("await_handover", "2026-12-02", lead.id), ("review_handover", "2026-12-02", None),
    }  # fmt: skip
    response = http_as(coach).post(
        f"/overdrachten/{key}/acceptatie", data={"justification": "Kan binnen een jaar werken."}
    )
    assert response.status_code == 303
    db.session.expire_all()
    found = db.session.get_one(Handover, key)
    assert (found.state, found.coach_id) == (HandoverState.ACCEPTED, coach.id)
    kept = db.session.get_one(Dossier, dossier.id)
    assert (kept.kind, kept.lead_id) == (TrackKind.STOPPED, lead.id)
    assert kept.holder_id == lead.organisation_id
    running = select(TrackPeriod).where(TrackPeriod.dossier_id == dossier.id, TrackPeriod.running())
    assert db.session.scalars(running).one().stop_reason is StopReason.HANDED_OVER
    profiles = db.session.scalars(
        select(ProfileDecision).where(ProfileDecision.client_id == kept.client_id)
    ).all()
    assert [(one.profile, one.organisation_id) for one in profiles] == [(3, coach.organisation_id)]
    leads = db.session.scalars(select(Assignment.user_id).where(Assignment.running())).all()
    assert leads == [lead.id]
    assert due() == {
        ("read_feedback", "2027-02-18", lead.id), ("write_feedback", "2027-02-18", coach.id),
    }  # fmt: skip
    run = app.test_cli_runner().invoke(args=["worklist", "verify"])
    assert (run.exit_code, run.output.endswith("0 verschillen.\n")) == (0, True), run.output


def test_feedback_is_written_once_and_read_by_the_last_lead(http_as, people):
    lead, dossier, coach, other = people
    lead_http, coach_http = http_as(lead), http_as(coach)
    key = offered(lead_http, dossier.number)
    coach_http.post(f"/overdrachten/{key}/acceptatie", data={"justification": "Past."})
    path = f"/overdrachten/{key}/terugmelding"
    assert http_as(other).post(path, data={"text": "Ik?"}).status_code == 409
    assert coach_http.post(path, data={"text": " "}).status_code == 422
    assert coach_http.post(path, data={"text": "Werkt 12 uur."}).status_code == 303
    assert coach_http.post(path, data={"text": "Nog eens."}).status_code == 409
    assert "Werkt 12 uur." in lead_http.get(f"/overdrachten/{key}").text
    assert due() == {("read_feedback", TODAY.isoformat(), lead.id)}
    assert lead_http.post(f"{path}/lezing").status_code == 303
    assert due() == set()
    assert db.session.scalars(select(FeedbackReport)).one().read_by_id == lead.id


def test_a_return_changes_nothing_but_the_reason(http_as, people):
    lead, dossier, coach, _ = people
    lead_http, coach_http = http_as(lead), http_as(coach)
    key = offered(lead_http, dossier.number)
    path = f"/overdrachten/{key}/terugzending"
    assert coach_http.post(path, data={"reason": "Te vroeg."}).status_code == 403
    coach_http.post(f"/overdrachten/{key}/klantmanager")
    assert coach_http.post(path, data={"reason": ""}).status_code == 422
    assert coach_http.post(path, data={"reason": "Te vroeg."}).status_code == 303
    assert db.session.get_one(Dossier, dossier.id).kind is TrackKind.KP3
    assert "Te vroeg." in lead_http.get(f"/dossiers/{dossier.number}/overdracht").text
    assert dossier.number not in coach_http.get(f"/overdrachten/{key}").text
    assert {kind for kind, _, _ in due()} == {"arrange_handover"}


def test_the_coordinator_of_the_agency_chooses_without_seeing_the_person(http_as, people):
    lead, dossier, coach, other = people
    key = offered(http_as(lead), dossier.number)
    chief = http_as(make_user(Role.AGENCY_COORDINATOR))
    listed = chief.get("/overdrachten?richting=ontvangen&alleen=zonder-klantmanager")
    page = chief.get(f"/overdrachten/{key}")
    for one in (listed, page):
        assert f"Overdracht {key}" in one.text
        assert dossier.number not in one.text
    path = f"/overdrachten/{key}/klantmanager"
    assert chief.post(path, data={"coach": str(lead.id)}).status_code == 422
    assert chief.post(path, data={"coach": str(coach.id)}).status_code == 303
    assert http_as(other).get(f"/overdrachten/{key}").status_code == 404
    assert dossier.number in http_as(coach).get(f"/overdrachten/{key}").text


def test_leaving_the_track_withdraws_the_offer_and_says_so(http_as, people):
    lead, dossier, coach, _ = people
    lead_http = http_as(lead)
    key = offered(lead_http, dossier.number)
    assert lead_http.post(f"/overdrachten/{key}/intrekking").status_code == 303
    again = offered(lead_http, dossier.number)
    change = {"kind": "support", "valid_from": TODAY.isoformat(), "reason": "Toch niet."}
    assert lead_http.post(f"/dossiers/{dossier.number}/traject", data=change).status_code == 303
    states = db.session.scalars(select(Handover.state).order_by(Handover.id)).all()
    assert states == [HandoverState.WITHDRAWN, HandoverState.WITHDRAWN]
    late = http_as(coach).post(f"/overdrachten/{again}/acceptatie", data={"justification": "Ja."})
    assert late.status_code == 409
    assert "al ingetrokken door Lotte Lead" in late.text


def test_reopening_takes_the_guidance_back(app, http_as, people):
    lead, dossier, coach, _ = people
    lead_http, coach_http = http_as(lead), http_as(coach)
    key = offered(lead_http, dossier.number)
    coach_http.post(f"/overdrachten/{key}/acceptatie", data={"justification": "Past."})
    change = {"kind": "support", "valid_from": TODAY.isoformat(), "reason": "Kwam terug."}
    assert lead_http.post(f"/dossiers/{dossier.number}/traject", data=change).status_code == 303
    assert db.session.get_one(Handover, key).guided_until == TODAY
    assert dossier.number not in coach_http.get(f"/overdrachten/{key}").text
    assert "write_feedback" not in {kind for kind, _, _ in due()}
    assert app.test_cli_runner().invoke(args=["worklist", "verify"]).exit_code == 0


def test_offering_needs_the_track_a_report_and_the_lead(http_as, people):
    lead, dossier, *_ = people
    colleague = http_as(make_user())
    path = f"/dossiers/{dossier.number}/overdracht"
    assert colleague.get(path).status_code == 403
    assert colleague.post(path, data={"note": "Ik"}).status_code == 403
    http = http_as(lead)
    empty = http.post(path, data={"note": " ", "talk_wanted": "y"})
    assert (empty.status_code, "checked" in empty.text) == (422, True)
    other = make_dossier(lead=lead)
    refused = http.post(f"/dossiers/{other.number}/overdracht", data={"note": "Kan werken."})
    assert refused.status_code == 409
    page = http.get(f"/dossiers/{other.number}/overdracht")
    assert "Kies eerst het traject KP3" in page.text


def test_a_form_whose_block_is_taken_out_of_a_page_goes_on_to_the_next_page(http_as, people):
    lead, dossier, *_ = people
    answer = http_as(lead).post(
        f"/dossiers/{dossier.number}/overdracht", data={"note": "Kan werken."},
        headers={"HX-Request": "true", "HX-Request-Type": "full"},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["HX-Redirect"][:14]) == (200, "/overdrachten/")


def test_a_joint_talk_is_planned_and_held_by_either_side(http_as, people):
    lead, dossier, coach, _ = people
    lead_http, coach_http = http_as(lead), http_as(coach)
    key = offered(lead_http, dossier.number)
    path = f"/overdrachten/{key}/gesprek"
    assert lead_http.post(path, data={"wanted": "y", "planned_on": "20-11-2026"}).status_code == 303
    assert coach_http.post(path, data={"wanted": "y"}).status_code == 403
    coach_http.post(f"/overdrachten/{key}/klantmanager")
    assert "gepland op 20-11-2026" in coach_http.get(f"/overdrachten/{key}").text
    early = coach_http.post(path, data={"wanted": "y", "held_on": "01-11-2026"})
    assert early.status_code == 422
    assert coach_http.post(path, data={"wanted": "y", "held_on": "18-11-2026"}).status_code == 303
    assert "gevoerd op 18-11-2026" in lead_http.get(f"/overdrachten/{key}").text


def test_whom_nobody_has_for_five_days_stands_with_each_coordinator(http_as, people):
    lead, dossier, coach, _ = people
    old, fresh = date(2026, 11, 10), date(2026, 11, 14)
    make_dossier(lead=lead, track=TrackKind.KP3, opened_on=fresh, today=fresh)
    alone = make_dossier(track=TrackKind.SUPPORT, opened_on=old, today=old)
    waiting = make_departure(lead, today=old)
    make_departure(lead, today=fresh)
    left = make_departure(lead, HandoverState.ACCEPTED, coach=coach, today=old)
    coach.closed_at = at(old)
    db.session.commit()
    home = http_as(make_user(Role.COORDINATOR)).get("/overdrachten/van-niemand").text
    rows = re.findall(r'data-why="(\w+)"', home)
    assert sorted(rows) == ["no_lead", "not_offered"]
    assert dossier.number in home
    assert alone.number in home
    away = http_as(make_user(Role.AGENCY_COORDINATOR)).get("/overdrachten/van-niemand").text
    assert sorted(re.findall(r'data-why="(\w+)"', away)) == ["no_coach", "unanswered"]
    assert f"/overdrachten/{waiting.id}" in away
    assert f"/overdrachten/{left.id}" in away
    assert "KP4-20" not in away


def test_an_offered_applicant_is_withdrawn_and_offered_again(app, http_as):
    intake = make_user(Role.INTAKE)
    handover, http = make_handover(by=intake), http_as(intake)
    assert "Overdracht intrekken" in http.get(f"/overdrachten/{handover.id}").text
    assert http.post(f"/overdrachten/{handover.id}/intrekking").status_code == 303
    assert "U trok de overdracht in" in http.get(f"/aanvragen/{handover.application_id}").text
    coordinator = http_as(make_user(Role.COORDINATOR))
    late = coordinator.post(f"/overdrachten/{handover.id}/acceptatie", data={"reopen": ""})
    assert (late.status_code, "al ingetrokken" in late.text) == (409, True)
    again = http.post(
        f"/aanvragen/{handover.application_id}/overdrachten", data={"note": "Nu volledig."}
    )
    assert again.status_code == 303
    assert app.test_cli_runner().invoke(args=["worklist", "verify"]).exit_code == 0
