"""Another lead, a stop: whose answers of a questionnaire are whose then."""

from datetime import date

import pytest

from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.tracks.commands import change_track
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)

PAGES = ("vooraf", "gezondheid", "justitie", "afronding", "uitkomst")


@pytest.fixture
def lead(app):
    make_version(make_team(), today=date(2026, 1, 1))
    return make_user(name="Eerste consulent")


@pytest.fixture
def two(lead):
    """Return a dossier with one questionnaire that is completed and one that is open."""
    dossier = make_dossier(lead=lead)
    done = make_questionnaire(dossier, lead, answers=easy(), completed=True)
    return dossier.number, done.id, make_questionnaire(dossier, lead, answers=easy()).id


def statuses(http, questionnaire):
    return {http.get(f"/vragenlijsten/{questionnaire}/{page}").status_code for page in PAGES}


def test_who_is_lead_no_more_has_no_answers_and_the_new_lead_has_all(http_as, lead, two):
    number, done, running = two
    following = make_user(name="Tweede consulent")
    assert 404 not in statuses(http_as(lead), done) | statuses(http_as(lead), running)
    assign_dossiers(
        db.session(), a_coordinator(), AssignDossiers((number,), following.id, "Wisseling"),
        now=at(TODAY, 12), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    before, after = http_as(lead), http_as(following)
    for one in (done, running):
        assert statuses(before, one) == {404}
        assert before.post(f"/vragenlijsten/{one}/antwoorden").status_code == 404
        assert before.post(f"/vragenlijsten/{one}/afronding").status_code == 404
        assert 404 not in statuses(after, one)
    assert before.get(f"/dossiers/{number}/vragenlijsten").status_code == 403
    assert f"/vragenlijsten/{done}/" not in before.get(f"/dossiers/{number}").text
    assert after.post(f"/vragenlijsten/{running}/afronding").status_code == 303


def test_in_a_stopped_dossier_the_last_lead_reads_and_nobody_starts(http_as, lead, two):
    number, done, _running = two
    stop = TrackChange(TrackKind.STOPPED, TODAY, "Verhuisd.", stop_reason=StopReason.MOVED)
    change_track(db.session(), actor(lead), number, stop, now=at(TODAY, 12), today=TODAY)
    db.session.commit()
    assert statuses(http_as(lead), done) == {200}
    assert statuses(http_as(make_user()), done) == {404}
    assert http_as(lead).post(f"/dossiers/{number}/vragenlijsten").status_code == 409
