"""
A decision at an application that may be corrected, and what it becomes.

Reach is that of applications: intake corrects what the own organisation decided, also once the
municipality accepted; then nothing but the decision itself is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.accounts.models import User
from kp4web.applications.models import Application, ApplicationDecision, ElsewhereScore
from kp4web.applications.queries import ApplicationRef, application_ref
from kp4web.corrections.queries import NO_FACT, still_known
from kp4web.decisions.intentions import (
    CorrectProfile,
    DecideProfile,
    basis_reason,
    check_decision,
)
from kp4web.domain.actor import Actor
from kp4web.domain.applications import DecisionBasis, LifeArea
from kp4web.domain.corrections import NOTHING_CHANGED
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.periods import Span, known
from kp4web.domain.policy import Access, Action, Field, reads, require
from kp4web.domain.profile_corrections import Days, DecisionContent, Place
from kp4web.domain.stretches import History, Stretch, moved, replaced
from kp4web.dossiers.models import Dossier, ProfileDecision
from kp4web.handovers.models import Handover, HandoverState
from kp4web.organisations.models import Municipality, Organisation
from kp4web.questionnaires.models import ProfileSuggestion, Questionnaire, QuestionnaireState

_OF = select(ApplicationDecision.application_id).where(ApplicationDecision.id == bindparam("id"))
_ROWS = (
    select(ApplicationDecision)
    .where(ApplicationDecision.application_id == bindparam("application_id"))
    .order_by(ApplicationDecision.decided_at, ApplicationDecision.id)
    .execution_options(populate_existing=True)
)
_SCORES = select(ElsewhereScore.life_area, ElsewhereScore.score).where(
    ElsewhereScore.decision_id == bindparam("id")
)
_OUTCOME = (
    select(Questionnaire.id, Questionnaire.ended_on, ProfileSuggestion.profile)
    .join(ProfileSuggestion, ProfileSuggestion.questionnaire_id == Questionnaire.id)
    .where(
        Questionnaire.application_id == bindparam("application_id"),
        Questionnaire.state == QuestionnaireState.COMPLETED,
        Questionnaire.ended_at <= bindparam("decided_at"),
    )
    .order_by(Questionnaire.ended_at.desc(), Questionnaire.id.desc())
    .limit(1)
)
_DOSSIER = (
    select(Dossier)
    .join(Handover, Handover.dossier_id == Dossier.id)
    .where(
        Handover.application_id == bindparam("application_id"),
        Handover.state == HandoverState.ACCEPTED,
    )
)
_LOCKED = _DOSSIER.with_for_update(of=Dossier, key_share=True)
_STANDS = (
    select(
        Application.registered_on,
        Application.closing,
        Municipality.name.label("municipality"),
        Organisation.name.label("organisation"),
        Organisation.team,
    )
    .join(Municipality, Municipality.id == Application.municipality_id)
    .outerjoin(Organisation, Organisation.municipality_id == Application.municipality_id)
    .where(Application.id == bindparam("application_id"))
)
_DECIDER = select(User.name).where(User.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The questionnaire that was completed last before the decision, with its suggestion."""

    id: int
    ended_on: date | None
    profile: int | None


@dataclass(frozen=True, slots=True)
class Resident:
    """Whose dossier opened by it: the profiles known of that person, and which is this one."""

    dossier: Dossier
    rows: Sequence[ProfileDecision]
    """Every row, superseded ones included."""
    index: int | None
    """Among those known now; ``None`` when a later decision took its place."""

    @property
    def history(self) -> History[tuple[int, int, str]]:
        """Return profile, organisation and justification as known now."""
        return tuple(
            Stretch(Span(row.valid_from, row.valid_to), content_of(row)) for row in known(self.rows)
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """One decision, within the reach of who may correct it."""

    ref: ApplicationRef
    row: ApplicationDecision
    content: DecisionContent
    place: Place
    days: Days
    outcome: Outcome | None
    resident: Resident | None
    municipality: str
    receiver: str
    """Who gets klantprofiel 4; empty when the municipality does not work with this system."""
    decided_by: str
    sees_outcome: bool
    """Whether suggestion, scores and measured profile are for this reader too."""
    basis: str
    """Names what is known now."""


def content_of(row: ProfileDecision) -> tuple[int, int, str]:
    """Return what a profile of a resident says beside its days."""
    return row.profile, row.organisation_id, row.justification


def application_of(
    session: Session, actor: Actor, decision_id: int, *, lock: bool = False
) -> ApplicationRef:
    """Return the application of a decision that this actor may correct; raises ``NotFound``."""
    require(actor, Action.PROFILE_DECIDE)
    application_id = session.scalar(_OF, {"id": decision_id})
    if application_id is None:
        raise NotFound(NO_FACT)
    try:
        ref = application_ref(session, actor, application_id, lock=lock)
    except NotFound as error:
        raise NotFound(NO_FACT) from error
    ref.require(Field.PROFILE, Access.WRITE)
    return ref


def decision_for(
    session: Session, actor: Actor, decision_id: int, *, lock: bool = False
) -> Subject:
    """
    Return a decision of the own organisation that this actor may correct.

    Raises ``NotFound``, ``Forbidden``, or ``DomainError`` when it was corrected meanwhile.
    """
    ref = application_of(session, actor, decision_id, lock=lock)
    only_id = {"application_id": ref.id}
    rows = session.scalars(_ROWS, only_id).all()
    row = still_known(rows, decision_id, "Open de aanvraag opnieuw.")
    now_known = [each for each in rows if each.superseded_at is None]
    resident = _resident(session, row, lock=lock)
    stands = session.execute(_STANDS, only_id).one()
    outcome = session.execute(_OUTCOME, only_id | {"decided_at": row.decided_at}).one_or_none()
    return Subject(
        ref=ref, row=row, content=_content(session, row),
        place=Place(ref.state, stands.closing, is_last=row is now_known[-1],
                    receives=stands.organisation is not None),
        days=_days(rows, now_known, row, resident, registered_on=stands.registered_on),
        outcome=Outcome(*outcome) if outcome else None, resident=resident,
        municipality=stands.municipality,
        receiver=", ".join(filter(None, (stands.organisation, stands.team))),
        decided_by=session.scalars(_DECIDER, {"id": row.decided_by_id}).one(),
        sees_outcome=reads(ref.relations, Field.OUTCOME), basis=_basis(now_known, resident),
    )  # fmt: skip


def _content(session: Session, row: ApplicationDecision) -> DecisionContent:
    scores = session.execute(_SCORES, {"id": row.id})
    found = {each.life_area: each.score for each in scores}
    return DecisionContent(
        profile=row.profile, decided_on=row.decided_on, justification=row.justification,
        basis=row.basis, basis_reason=row.basis_reason, questionnaire_id=row.questionnaire_id,
        suggested_profile=row.suggested_profile, instrument=row.instrument,
        measured_on=row.measured_on, measured_profile=row.measured_profile,
        reference=row.reference,
        scores=tuple((area, found[area]) for area in LifeArea if area in found),
    )  # fmt: skip


def _resident(session: Session, row: ApplicationDecision, *, lock: bool) -> Resident | None:
    only_id = {"application_id": row.application_id}
    dossier = session.scalars(_LOCKED if lock else _DOSSIER, only_id).one_or_none()
    if dossier is None:
        return None
    rows = ProfileDecision.history(session, client_id=dossier.client_id)
    same = (row.decided_on, row.profile, row.organisation_id, row.justification)
    index = next(
        (
            number
            for number, each in enumerate(known(rows))
            if (each.valid_from, *content_of(each)) == same
        ),
        None,
    )
    return Resident(dossier, rows, index)


def _basis(now_known: Sequence[ApplicationDecision], resident: Resident | None) -> str:
    ids = [each.id for each in now_known]
    ids += [each.id for each in known(resident.rows)] if resident else []
    return ".".join(map(str, ids))


def _days(
    rows: Sequence[ApplicationDecision],
    now_known: Sequence[ApplicationDecision],
    row: ApplicationDecision,
    resident: Resident | None,
    *,
    registered_on: date,
) -> Days:
    """Return between which days it can have been decided: among what happened around it."""
    first = next(each for each in rows if each.id == row.origin_id)
    place = now_known.index(row)
    earliest = [(registered_on, "die dag is de aanvraag gedaan.")]
    latest = [(first.decided_on, "die dag is het profiel vastgelegd.")]
    if place:
        earliest.append((now_known[place - 1].decided_on, "die dag is er al een vastgesteld."))
    if place + 1 < len(now_known):
        latest.append((now_known[place + 1].decided_on, "die dag is er opnieuw een vastgesteld."))
    if resident and resident.index:
        before = known(resident.rows)[resident.index - 1]
        day = before.valid_from + timedelta(1)
        text = f"op {dutch_date(before.valid_from)} kreeg deze inwoner een eerder klantprofiel."
        earliest.append((day, text))
    return Days(*max(earliest), *min(latest))


def becomes(subject: Subject, said: CorrectProfile, *, today: date) -> DecisionContent:
    """Return the decision as we know it better; raises ``InvalidInput`` at the field."""
    decision, day = said.decision, said.decided_on
    check_decision(decision, today=today)
    if day is None:
        raise InvalidInput("decided_on", "Vul dit veld in.")
    subject.days.check(day)
    content = DecisionContent(
        profile=decision.profile, decided_on=day, justification=decision.justification.strip(),
        basis=decision.basis, basis_reason=basis_reason(decision),
    )  # fmt: skip
    if decision.basis is DecisionBasis.QUESTIONNAIRE:
        content = _from_questionnaire(subject, content)
    if decision.basis is DecisionBasis.ELSEWHERE:
        content = _from_elsewhere(subject, content, decision)
    if content == subject.content:
        raise InvalidInput("form", NOTHING_CHANGED)
    return content


def _from_questionnaire(subject: Subject, content: DecisionContent) -> DecisionContent:
    known_now, outcome = subject.content, subject.outcome
    if outcome is None:
        raise InvalidInput("basis", "Voor deze beslissing was er geen vragenlijst afgerond.")
    if outcome.ended_on is not None and content.decided_on < outcome.ended_on:
        raise InvalidInput(
            "decided_on",
            f"Kies {dutch_date(outcome.ended_on)} of later: die dag is de vragenlijst afgerond.",
        )
    if known_now.basis is DecisionBasis.QUESTIONNAIRE:
        return replace(
            content, questionnaire_id=known_now.questionnaire_id,
            suggested_profile=known_now.suggested_profile,
        )  # fmt: skip
    return replace(content, questionnaire_id=outcome.id, suggested_profile=outcome.profile)


def _from_elsewhere(
    subject: Subject, content: DecisionContent, decision: DecideProfile
) -> DecisionContent:
    """Return it with what was measured; of the outcome, what the reader does not see stays."""
    measured = decision.measured
    if measured is None or measured.measured_on > content.decided_on:
        raise InvalidInput(
            "measured_on", "Kies een dag op of voor de dag waarop het profiel is vastgesteld."
        )
    profile, scores = subject.content.measured_profile, subject.content.scores
    if subject.sees_outcome:
        profile, given = measured.profile, dict(measured.scores)
        scores = tuple((area, given[area].lower()) for area in LifeArea if given.get(area))
    return replace(
        content, instrument=measured.instrument.strip(), measured_on=measured.measured_on,
        measured_profile=profile, reference=measured.reference.strip(), scores=scores,
    )  # fmt: skip


def resident_after(resident: Resident, content: DecisionContent) -> History[tuple[int, int, str]]:
    """Return the profiles of the resident as we know them better."""
    history, index = resident.history, resident.index
    if index is None:
        return history
    _, organisation_id, _ = history[index].content
    end = history[index].span.valid_to
    if end is not None and content.decided_on >= end:
        raise InvalidInput(
            "decided_on",
            f"Kies een dag voor {dutch_date(end)}: toen kreeg deze inwoner een ander klantprofiel.",
        )
    said = (content.profile, organisation_id, content.justification)
    return moved(replaced(history, index, said), index, content.decided_on)


def moment(subject: Subject, now: datetime) -> datetime:
    """Return when it is recorded: never before what it replaces, also when the clock went back."""
    return max(now, subject.row.recorded_at)
