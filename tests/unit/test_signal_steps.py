"""A sanction signal from one person to the next: who may, what is missing, who was first."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kp4web.domain.actor import Role
from kp4web.domain.agreements import AgreementEnding, Party
from kp4web.domain.due import DueKind
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput, NotFound
from kp4web.domain.sanctions import Incomplete, SignalGround, SignalOutcome, SignalState
from kp4web.dossiers.models import SanctionStep
from kp4web.extensions import db
from kp4web.signals.commands import (
    AnswerSignal,
    answer_signal,
    approve_signal,
    return_signal,
    save_signal,
    see_outcome,
    withdraw_signal,
)
from kp4web.signals.queries import signal_for, signals_for, signals_of
from kp4web.worklist.commands import MakeAgreement, settle_agreement
from kp4web.worklist.models import Agreement, DueItem
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    a_signal,
    actor,
    at,
    make_attempts,
    make_conversation,
    make_dossier,
    make_grounds,
    make_signal,
    make_user,
)

pytestmark = pytest.mark.usefixtures("app")
TIMES = {"now": at(TODAY, 14), "today": TODAY}


@pytest.fixture
def lead():
    return make_user()


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


def waits_for(dossier):
    kinds = {DueKind.SIGNAL_REVIEW, DueKind.SIGNAL_RETURNED, DueKind.SIGNAL_OUTCOME}
    query = select(DueItem.kind, DueItem.user_id).where(
        DueItem.dossier_id == dossier.id, DueItem.kind.in_(kinds)
    )
    return [(DueKind(kind), user) for kind, user in db.session.execute(query)]


def test_the_whole_way_there_and_back(lead, dossier):
    signal = make_signal(dossier, lead, SignalState.SUBMITTED)
    officer = actor(make_user(Role.INCOME_OFFICER))
    assert waits_for(dossier) == [(DueKind.SIGNAL_REVIEW, None)]
    assert signals_for(db.session(), officer) == ()
    approve_signal(db.session(), a_coordinator(), signal.id, "", **TIMES)
    assert waits_for(dossier) == []
    (seen,) = signals_for(db.session(), officer)
    assert [step.state for step in seen.steps] == [SignalState.SENT]
    outcome = AnswerSignal(SignalOutcome.APPLIED, TODAY, "Een maand lager.")
    answer_signal(db.session(), officer, signal.id, outcome, **TIMES)
    assert waits_for(dossier) == [(DueKind.SIGNAL_OUTCOME, lead.id)]
    for _ in range(2):
        see_outcome(db.session(), actor(lead), signal.id, **TIMES)
    assert waits_for(dossier) == []
    steps = db.session.scalars(select(SanctionStep.state).order_by(SanctionStep.id)).all()
    assert steps == ["drafted", "submitted", "sent", "answered", "seen"]


def test_without_evidence_it_cannot_be_sent_and_says_what_is_missing(lead, dossier):
    make_grounds()
    make_attempts(dossier, lead, number=2)
    empty = a_signal(dossier, culpability="", urgent_reasons=" ", heard_on=None)
    with pytest.raises(Incomplete) as refusal:
        save_signal(db.session(), actor(lead), dossier.number, empty, **TIMES)
    fields = [missing.field for missing in refusal.value.missing]
    assert fields == ["attempts", "culpability", "urgent_reasons", "heard_on"]
    assert signals_of(db.session(), actor(lead), dossier.number).running is None


def test_attempts_of_another_dossier_are_no_evidence(lead, dossier):
    make_grounds()
    other = make_dossier(lead=lead)
    make_attempts(other, lead)
    with pytest.raises(InvalidInput) as refusal:
        save_signal(db.session(), actor(lead), dossier.number, a_signal(other), **TIMES)
    assert refusal.value.field == "attempts"


def test_a_broken_agreement_is_evidence_only_when_the_resident_did_not_keep_it(lead, dossier):
    make_grounds()
    made = MakeAgreement("Naar de taalles.", Party.RESIDENT)
    make_conversation(dossier, lead, agreements=(made,))
    agreement = db.session.scalars(select(Agreement.id)).one()
    broken = a_signal(
        dossier, ground=SignalGround.BROKE_AGREEMENT, agreement_id=agreement,
        track_start="Taalles, 1 juni.",
    )  # fmt: skip
    with pytest.raises(InvalidInput):
        save_signal(db.session(), actor(lead), dossier.number, broken, **TIMES)
    settle_agreement(db.session(), actor(lead), agreement, AgreementEnding.NOT_KEPT, **TIMES)
    signal = save_signal(db.session(), actor(lead), dossier.number, broken, **TIMES)
    assert (signal.state, signal.agreement_id) == (SignalState.SUBMITTED, agreement)


def test_a_draft_shows_nothing_to_anybody_but_the_lead(lead, dossier):
    signal = make_signal(dossier, lead)
    assert signals_of(db.session(), actor(lead), dossier.number).running.id == signal.id
    assert signals_of(db.session(), a_coordinator(), dossier.number).running is None
    assert signals_for(db.session(), a_coordinator()) == ()
    with pytest.raises(NotFound):
        signal_for(db.session(), a_coordinator(), signal.id)
    with pytest.raises(Forbidden):
        signals_of(db.session(), actor(make_user()), dossier.number)
    with pytest.raises(NotFound):
        withdraw_signal(db.session(), actor(make_user()), signal.id, "x", **TIMES)
    with pytest.raises(NotFound):
        approve_signal(db.session(), a_coordinator(), signal.id, "", **TIMES)
    assert waits_for(dossier) == []


def test_the_second_pair_of_eyes_is_never_the_author_also_with_both_roles():
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    dossier = make_dossier(lead=both)
    signal = make_signal(dossier, both, SignalState.SUBMITTED)
    for judge in (approve_signal, return_signal):
        with pytest.raises(Forbidden, match="zelf"):
            judge(db.session(), actor(both), signal.id, "Goed.", **TIMES)
    approve_signal(db.session(), a_coordinator(), signal.id, "", **TIMES)
    assert signal.state is SignalState.SENT


def test_what_came_back_is_changed_and_submitted_again(lead, dossier):
    signal = make_signal(dossier, lead, SignalState.SUBMITTED)
    with pytest.raises(InvalidInput):
        return_signal(db.session(), a_coordinator(), signal.id, " ", **TIMES)
    return_signal(db.session(), a_coordinator(), signal.id, "Ga langs.", **TIMES)
    assert waits_for(dossier) == [(DueKind.SIGNAL_RETURNED, lead.id)]
    page = signals_of(db.session(), actor(lead), dossier.number)
    assert page.running.returned_because == "Ga langs."
    better = a_signal(dossier, explanation="Ben langs geweest.", revision=1)
    again = save_signal(db.session(), actor(lead), dossier.number, better, **TIMES)
    assert (again.id, again.revision, again.state) == (signal.id, 2, SignalState.SUBMITTED)


def test_who_comes_second_hears_what_happened(lead, dossier):
    signal = make_signal(dossier, lead, SignalState.SUBMITTED)
    withdraw_signal(db.session(), actor(lead), signal.id, "Vergissing.", **TIMES)
    with pytest.raises(DomainError, match=f"ingetrokken’ op 18-11-2026 door {lead.name}"):
        approve_signal(db.session(), a_coordinator(), signal.id, "", **TIMES)
    other = make_signal(make_dossier(lead=lead), lead, SignalState.SENT)
    with pytest.raises(DomainError, match="verstuurd aan werkzaak"):
        withdraw_signal(db.session(), actor(lead), other.id, "Toch niet.", **TIMES)


def test_contact_after_submission_takes_the_ground_away(lead, dossier):
    signal = make_signal(dossier, lead, SignalState.SUBMITTED)
    make_conversation(dossier, lead)
    with pytest.raises(Incomplete, match="minstens 3"):
        approve_signal(db.session(), a_coordinator(), signal.id, "", **TIMES)


def test_the_same_form_twice_is_one_signal_and_an_older_window_changes_nothing(lead, dossier):
    signal = make_signal(dossier, lead)
    same = a_signal(dossier, submits=False)
    again = save_signal(db.session(), actor(lead), dossier.number, same, **TIMES)
    assert again.id == signal.id
    old = a_signal(dossier, explanation="Ouder venster.", submits=False, revision=1)
    with pytest.raises(DomainError, match="ander venster"):
        save_signal(db.session(), actor(lead), dossier.number, old, **TIMES)


def test_the_outcome_is_not_before_it_was_sent_and_not_of_another_municipality(lead, dossier):
    signal = make_signal(dossier, lead, SignalState.SENT)
    officer = actor(make_user(Role.INCOME_OFFICER))
    early = AnswerSignal(SignalOutcome.APPLIED, TODAY - timedelta(days=1), "Te vroeg.")
    with pytest.raises(InvalidInput):
        answer_signal(db.session(), officer, signal.id, early, **TIMES)
    far_lead = make_user(municipality="Zaltbommel")  # after the agency: not served
    far = make_signal(
        make_dossier(municipality="Zaltbommel", lead=far_lead), far_lead, SignalState.SENT
    )
    assert [one.id for one in signals_for(db.session(), officer)] == [signal.id]
    outcome = AnswerSignal(SignalOutcome.APPLIED, TODAY, "Elders.")
    with pytest.raises(NotFound):
        answer_signal(db.session(), officer, far.id, outcome, **TIMES)
