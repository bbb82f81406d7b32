"""Accepting a hand-over: onto a new, a stopped or a running dossier."""

from datetime import date

import pytest
from sqlalchemy import func, select

from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.domain.actor import Role
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.periods import gaps, known, overlaps
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, ProfileDecision, TrackPeriod
from kp4web.dossiers.queries import dossier_ref
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.handovers.models import HandoverState
from kp4web.handovers.queries import packages_of
from kp4web.tracks.commands import change_track
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import a_bsn, a_coordinator, actor, at, make_dossier, make_handover, make_user

EARLIER = date(2026, 10, 1)


def accept(handover, reopen="", by=None, today=TODAY, hour=12):
    command = AcceptHandover(reopen=reopen)
    by = by or a_coordinator()
    dossier = accept_handover(
        db.session(), by, handover.id, command, now=at(today, hour), today=today
    )
    db.session.commit()
    return dossier


def decisions(dossier):
    rows = known(ProfileDecision.history(db.session(), client_id=dossier.client_id))
    return [(row.profile, row.valid_from, row.valid_to) for row in rows]


def dossiers():
    return db.session.scalar(select(func.count(Dossier.id)))


def test_a_new_dossier_carries_the_person_and_the_profile(app):
    number = a_bsn()
    handover = make_handover(bsn=number, phone="06-00000001", interpreter="Pools", today=EARLIER)
    dossier = accept(handover)
    client = db.session.get_one(Client, dossier.client_id)
    assert (client.phone, client.interpreter) == ("06-00000001", "Pools")
    assert client.reveal_bsn() == number
    assert (dossier.opened_on, dossier.kind) == (TODAY, TrackKind.UNDER_INVESTIGATION)
    assert decisions(dossier) == [(4, EARLIER, None)]


def test_the_item_of_the_coordinator_is_settled(app):
    handover = make_handover()
    items = select(func.count(DueItem.id)).where(DueItem.handover_id == handover.id)
    assert db.session.scalar(items) == 1
    accept(handover)
    assert db.session.scalar(items) == 0


def test_reopening_keeps_one_track_on_every_day_and_the_earlier_assignment(app):
    number, lead = a_bsn(), make_user()
    dossier = make_dossier(bsn=number, lead=lead, opened_on=EARLIER, today=EARLIER)
    stop = TrackChange(TrackKind.STOPPED, date(2026, 10, 20), "Weg.", stop_reason="moved")
    change_track(
        db.session(), a_coordinator(), dossier.number, stop, now=at(date(2026, 10, 20)),
        today=date(2026, 10, 20),
    )  # fmt: skip
    db.session.commit()
    accept(make_handover(bsn=number), reopen=dossier.number)
    tracks = TrackPeriod.history(db.session(), dossier_id=dossier.id)
    assert (gaps(tracks), overlaps(tracks)) == ((), ())
    assert [row.kind.value for row in known(tracks)] == [
        "support", "stopped", "under_investigation",
    ]  # fmt: skip
    (held,) = known(Assignment.history(db.session(), dossier_id=dossier.id))
    assert (held.user_id, held.valid_to) == (lead.id, TODAY)
    assert dossier.lead_id is None
    due = select(DueItem.kind).where(DueItem.dossier_id == dossier.id)
    assert "assign" in {kind.value for kind in db.session.scalars(due)}


def test_a_running_dossier_keeps_track_and_lead_and_gets_the_profile(app):
    number, lead = a_bsn(), make_user()
    dossier = make_dossier(track="rest", bsn=number, lead=lead)
    handover = make_handover(bsn=number)
    assert accept(handover, reopen=dossier.number).id == dossier.id
    assert (dossier.kind, dossier.lead_id) == (TrackKind.REST, lead.id)
    assert decisions(dossier) == [(4, TODAY, None)]
    assert (handover.state, handover.dossier_id) == (HandoverState.ACCEPTED, dossier.id)
    assert dossiers() == 1


def test_an_older_profile_decision_does_not_replace_a_newer_one(app):
    number = a_bsn()
    older, newer = make_handover(bsn=number, today=EARLIER), make_handover(bsn=number)
    dossier = accept(newer)
    accept(older, reopen=dossier.number)
    assert decisions(dossier) == [(4, TODAY, None)]


def test_what_was_unknown_of_the_person_is_filled_in_and_the_rest_stays(app):
    dossier = make_dossier(surname="Yılmaz", initials="F.", bsn=None, phone="06-00000001")
    number = a_bsn()
    handover = make_handover(
        surname="Yilmaz", initials="F.", bsn=number, phone="06-00000002", town="Tiel"
    )
    accept(handover, reopen=dossier.number)
    client = db.session.get_one(Client, dossier.client_id)
    assert (client.phone, client.town, client.surname) == ("06-00000001", "Tiel", "Yılmaz")
    assert client.reveal_bsn() == number


def test_a_look_alike_with_another_bsn_keeps_its_own(app):
    known_bsn = a_bsn()
    dossier = make_dossier(surname="Yılmaz", initials="F.", bsn=known_bsn)
    accept(make_handover(surname="Yılmaz", initials="F."), reopen=dossier.number)
    assert db.session.get_one(Client, dossier.client_id).reveal_bsn() == known_bsn


def test_of_two_hand_overs_of_one_person_the_second_joins_the_first(app):
    number = a_bsn()
    first, second = make_handover(bsn=number), make_handover(bsn=number)
    dossier = accept(first)
    with pytest.raises(InvalidInput, match=dossier.number):
        accept(second)
    db.session.rollback()
    assert accept(second, reopen=dossier.number).id == dossier.id


@pytest.mark.parametrize(
    ("role", "municipality", "error"),
    [
        (Role.COORDINATOR, "Buren", NotFound),
        (Role.CONSULTANT, "West Betuwe", Forbidden),
        (Role.INTAKE, "West Betuwe", Forbidden),
    ],
)
def test_only_the_receiving_coordinator_accepts(app, role, municipality, error):
    handover, by = make_handover(), actor(make_user(role, municipality=municipality))
    with pytest.raises(error):
        accept(handover, by=by)
    assert dossiers() == 0


def test_it_is_accepted_once(app):
    handover = make_handover()
    accept(handover)
    with pytest.raises(DomainError, match="al geaccepteerd"):
        accept(handover)


def test_the_lead_reads_the_package_and_a_colleague_does_not(app):
    lead, colleague = make_user(), make_user()
    number = a_bsn()
    dossier = make_dossier(bsn=number, lead=lead)
    accept(make_handover(bsn=number), reopen=dossier.number)

    def packages(user):
        ref = dossier_ref(db.session(), actor(user), dossier.number)
        return packages_of(db.session(), ref)

    assert [package.note for package in packages(lead)] == ["Graag eerst bellen."]
    assert packages(colleague) == ()
