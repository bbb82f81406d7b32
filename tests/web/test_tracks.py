"""The page about the course of a dossier."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier, SubgroupPeriod, TrackPeriod
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp
from tests.conftest import TODAY
from tests.factories import make_dossier, make_follow_up, make_user

REST = {"kind": "rest", "valid_from": "2026-11-18", "planned_end": "2027-05-18",
        "reason": "Een gesprek over werk maakt het nu erger."}  # fmt: skip
STOP = {"kind": "stopped", "valid_from": "2026-11-18", "stop_reason": "moved",
        "reason": "Woont nu in Ede."}  # fmt: skip


@pytest.fixture
def lead(app):
    return make_user()


def url(dossier):
    return f"/dossiers/{dossier.number}/traject"


def spells(dossier):
    db.session.rollback()
    known = select(TrackPeriod).where(
        TrackPeriod.dossier_id == dossier.id, TrackPeriod.superseded_at.is_(None)
    )
    return [row.kind for row in db.session.scalars(known.order_by(TrackPeriod.valid_from))]


def due_kinds(dossier):
    db.session.rollback()
    rows = select(DueItem.kind).where(DueItem.dossier_id == dossier.id)
    return {str(kind) for kind in db.session.scalars(rows)}


def test_rest_is_silent_until_its_decision(http_as, lead):
    dossier = make_dossier(lead=lead)
    assert "contact" in due_kinds(dossier)
    response = http_as(lead).post(url(dossier), data=REST | {"avoid": "Niet onverwacht bellen."})
    assert (response.status_code, response.location) == (303, f"/dossiers/{dossier.number}")
    assert spells(dossier) == ["support", "rest"]
    assert due_kinds(dossier) == {"rest_decision", "pension_approaching", "pension_reached"}
    page = http_as(lead).get(url(dossier)).text
    assert "18-05-2027" in page
    assert "Niet onverwacht bellen." in page


@pytest.mark.parametrize(
    ("asked", "left"),
    [({}, 2), ({"keep_asked": "1"}, 0), ({"keep_asked": "1", "keep": "first"}, 1)],
)
def test_going_to_rest_keeps_the_follow_ups_that_are_ticked(http_as, lead, asked, left):
    dossier = make_dossier(lead=lead)
    first = make_follow_up(dossier, lead, due_on=date(2026, 12, 1))
    make_follow_up(dossier, lead, due_on=date(2026, 12, 8))
    data = REST | asked | ({"keep": str(first.id)} if "keep" in asked else {})
    assert http_as(lead).post(url(dossier), data=data).status_code == 303
    db.session.rollback()
    waiting = select(FollowUp.id).where(FollowUp.ended_at.is_(None))
    assert len(db.session.scalars(waiting).all()) == left


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"kind": ""}, "kind", "Maak een keuze."),
        ({"kind": "vakantie"}, "kind", "Ongeldige keuze."),
        ({"planned_end": ""}, "planned_end", "Vul in tot wanneer de rust duurt."),
        ({"planned_end": "2026-11-18"}, "planned_end", "moet na de begindatum liggen"),
        ({"planned_end": "2027-11-19"}, "planned_end", "uiterlijk tot 18-11-2027"),
        ({"planned_end": "2027-02-30"}, "planned_end", "geen bestaande datum"),
        ({"valid_from": "2026-11-19"}, "valid_from", "niet in de toekomst"),
        ({"valid_from": "2026-05-31"}, "valid_from", "niet voor 01-06-2026"),
        ({"valid_from": "gisteren"}, "valid_from", "geen bestaande datum"),
        ({"reason": "  "}, "reason", "Vul dit veld in."),
        ({"reason": "x" * 2001}, "reason", "hoogstens 2000 tekens"),
        ({"reason": "nul\x00teken"}, "reason", "niet bewaard"),
        ({"avoid": "x" * 2001}, "avoid", "hoogstens 2000 tekens"),
        ({"kind": "stopped", "stop_reason": ""}, "stop_reason", "Kies waarom"),
        ({"kind": "stopped", "stop_reason": "verveling"}, "stop_reason", "keuze"),
    ],
)
def test_bad_input_is_explained_at_the_field_and_nothing_changes(
    http_as, lead, changes, field, sentence
):
    dossier = make_dossier(lead=lead)
    typed = REST | {"avoid": "Blijft staan."} | changes
    response = http_as(lead).post(url(dossier), data=typed)
    assert response.status_code == 422
    error = response.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert sentence in error
    if field != "avoid":
        assert "Blijft staan." in response.text
    assert spells(dossier) == ["support"]


def test_rest_is_extended_only_to_a_later_day_and_runs_since_its_first_start(http_as, lead):
    dossier = make_dossier(lead=lead, track="rest", planned_end=date(2026, 12, 1))
    http = http_as(lead)
    same = REST | {"planned_end": "2026-12-01"}
    assert "Verlengen kan alleen" in http.post(url(dossier), data=same).text
    assert http.post(url(dossier), data=REST).status_code == 303
    assert spells(dossier) == ["rest", "rest"]
    row = db.session.get(Dossier, dossier.id)
    assert (row.track_since, row.planned_end) == (date(2026, 6, 1), date(2027, 5, 18))


def test_stopping_closes_everything_and_keeps_the_lead(http_as, lead):
    dossier = make_dossier(lead=lead)
    make_follow_up(dossier, lead, due_on=date(2026, 12, 1))
    assert http_as(lead).post(url(dossier), data=STOP).status_code == 303
    assert due_kinds(dossier) == set()
    row = db.session.get(Dossier, dossier.id)
    assert (row.kind, row.lead_id, row.next_due_on) == ("stopped", lead.id, None)
    assert db.session.scalar(select(FollowUp.ending)) == "closed"


def test_each_spell_names_who_chose_it_not_who_ended_it(http_as, lead):
    dossier = make_dossier(lead=lead)
    other = make_user(Role.COORDINATOR, name="Wim de Sluiter")
    http_as(other).post(url(dossier), data=REST)
    page = http_as(lead).get(f"/dossiers/{dossier.number}/verloop").text
    assert page.count("Wim de Sluiter") == 1


def test_a_stopped_dossier_is_reopened_with_a_reason(http_as, lead):
    dossier = make_dossier(lead=lead, track="stopped", since=date(2026, 9, 1))
    page = http_as(lead).get(url(dossier)).text
    assert "Dossier heropenen" in page
    data = {"kind": "under_investigation", "valid_from": "2026-11-18", "reason": "Is terug."}
    assert http_as(lead).post(url(dossier), data=data).status_code == 303
    assert spells(dossier) == ["support", "stopped", "under_investigation"]
    assert {"contact", "classify"} <= due_kinds(dossier)


def test_the_running_track_cannot_be_chosen_again(http_as, lead):
    dossier = make_dossier(lead=lead)
    data = {"kind": "support", "valid_from": "2026-11-18", "reason": "Nog een keer."}
    assert http_as(lead).post(url(dossier), data=data).status_code == 422


def test_subgroups_follow_the_ticks_with_their_dates(http_as, lead):
    dossier = make_dossier(lead=lead)
    http, path = http_as(lead), f"/dossiers/{dossier.number}/subgroepen"
    first = {"subgroup": ["improved", "language"], "since": "2026-11-01"}
    assert http.post(path, data=first).status_code == 303
    assert (
        http.post(path, data={"subgroup": ["language"], "since": "2026-11-10"}).status_code == 303
    )
    db.session.rollback()
    known = select(SubgroupPeriod).where(SubgroupPeriod.superseded_at.is_(None))
    rows = {row.subgroup: row.valid_to for row in db.session.scalars(known)}
    assert rows == {"improved": date(2026, 11, 10), "language": None}
    late = {"subgroup": [], "since": (TODAY + timedelta(days=1)).isoformat()}
    response = http.post(path, data=late)
    assert response.status_code == 422
    assert "niet in de toekomst" in response.text


def test_a_colleague_reads_the_course_but_does_not_change_it(http_as, lead):
    dossier = make_dossier(lead=lead)
    http = http_as(make_user())
    page = http.get(url(dossier))
    assert page.status_code == 200
    assert "Traject wijzigen" not in page.text
    assert http.post(url(dossier), data=STOP).status_code == 403
    assert spells(dossier) == ["support"]


def test_a_coordinator_changes_it_without_reading_what_the_follow_up_is_about(http_as, lead):
    dossier = make_dossier(lead=lead)
    make_follow_up(dossier, lead, due_on=date(2026, 12, 1), what="Vertrouwelijk.")
    http = http_as(make_user(Role.COORDINATOR))
    assert "Vertrouwelijk." not in http.get(url(dossier)).text
    assert http.post(url(dossier), data=STOP).status_code == 303


@pytest.mark.parametrize("path", ["traject", "subgroepen"])
def test_another_municipality_finds_nothing(http_as, lead, path):
    dossier = make_dossier(lead=lead)
    http = http_as(make_user(municipality="Buren"))
    assert http.post(f"/dossiers/{dossier.number}/{path}", data=STOP).status_code == 404
    assert http.get(url(dossier)).status_code == 404


def test_looking_and_changing_are_logged_without_the_reason(http_as, lead):
    dossier = make_dossier(lead=lead)
    http = http_as(lead)
    http.get(url(dossier))
    http.post(url(dossier), data=STOP)
    db.session.rollback()
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.user_id == lead.id).order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["course_read", "track_change"]
    assert "Ede" not in str([entry.detail for entry in entries])
