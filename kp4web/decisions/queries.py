"""
Every read about outcomes and decisions.

An outcome is computed again from the frozen answers, with the file and the facts of its day, and
compared with what was stored. Reach: ``questionnaires.queries`` and ``applications.queries``;
what the reader may not see is left out before anything is put into words.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.applications.models import ApplicationDecision
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.decisions import words
from kp4web.decisions.comparison import Comparison, Earlier, compare
from kp4web.decisions.corrected import decision_for as decision_for
from kp4web.decisions.preview import Preview, last_completed, preview_of
from kp4web.domain.actor import Actor
from kp4web.domain.applications import KP4, ApplicationState
from kp4web.domain.errors import DomainError
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    access,
    may,
    readable_classes,
    reads,
)
from kp4web.domain.questionnaire import changes as change_rules
from kp4web.domain.questionnaire.answering import load
from kp4web.domain.questionnaire.definition import Definition, Value
from kp4web.domain.questionnaire.outcome import Facts, Outcome, for_reader, outcome
from kp4web.domain.questionnaire.scoring import score
from kp4web.extensions import AnyRow
from kp4web.questionnaires.models import (
    Answer,
    ProfileSuggestion,
    Questionnaire,
    QuestionnaireState,
)
from kp4web.questionnaires.queries import (
    QuestionnaireRef,
    answers_of,
    earlier_of,
    questionnaire_ref,
)
from kp4web.versions.models import QuestionnaireVersion
from kp4web.versions.queries import definition_of

EARLIER_SHOWN = 3
NO_OUTCOME = "Deze vragenlijst is weggegooid. Er is geen uitkomst."
DECIDABLE = frozenset({ApplicationState.WAITING, ApplicationState.RETURNED})
"""Where the outcome of the last questionnaire can be decided upon."""


class StillOpen(DomainError):
    """The questionnaire is not completed yet, so there is no outcome."""


@dataclass(frozen=True, slots=True)
class File:
    """The exact file that was answered."""

    title: str
    version: str
    validated: bool

    @property
    def label(self) -> str:
        """Return title and version."""
        return f"{self.title} ({self.version})"


@dataclass(frozen=True, slots=True)
class Decided:
    """A klantprofiel that was determined from this outcome."""

    profile: int
    suggested: int | None
    justification: str
    decided_on: date
    decided_by: str

    @property
    def differs(self) -> bool:
        """Return whether another profile was decided than suggested."""
        return self.suggested is not None and self.suggested != self.profile


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """The outcome of one questionnaire as one actor sees it."""

    ref: QuestionnaireRef
    file: File
    name: str
    birth_date: date
    started_by: str
    completed_by: str
    completed_at: datetime
    outcome: words.Shown
    comparison: Comparison | None
    is_same: bool
    """Whether computing it again gave what was stored."""
    decided: Decided | None
    newer_id: int | None
    """A questionnaire of the same application that was completed later."""
    preview: Preview | None
    """Only when the klantprofiel can be determined here."""

    @property
    def may_decide(self) -> bool:
        """Return whether the form to determine the klantprofiel belongs on the page."""
        return self.preview is not None

    @property
    def maybe_kp3(self) -> bool:
        """Return whether a reassessment in a dossier suggests that more is possible now."""
        suggested = self.outcome.profile
        return self.ref.number is not None and suggested is not None and suggested < KP4


_STARTER, _ENDER = aliased(User), aliased(User)
_HEAD = (
    select(
        QuestionnaireVersion.title, QuestionnaireVersion.version, QuestionnaireVersion.validated,
        _STARTER.name.label("started_by"), _ENDER.name.label("completed_by"),
        Questionnaire.ended_at, ProfileSuggestion.profile, ProfileSuggestion.rule,
        ProfileSuggestion.facts,
    )
    .join(QuestionnaireVersion, QuestionnaireVersion.id == Questionnaire.version_id)
    .join(ProfileSuggestion, ProfileSuggestion.questionnaire_id == Questionnaire.id)
    .join(_STARTER, _STARTER.id == Questionnaire.started_by_id)
    .join(_ENDER, _ENDER.id == Questionnaire.ended_by_id)
    .where(Questionnaire.id == bindparam("id"))
)  # fmt: skip
_RESIDENT = select(
    Client.initials, Client.given_name, Client.prefix, Client.surname, Client.birth_date
).where(Client.id == bindparam("id"))
_DECIDED = (
    select(
        ApplicationDecision.profile, ApplicationDecision.suggested_profile.label("suggested"),
        ApplicationDecision.justification, ApplicationDecision.decided_on,
        User.name.label("decided_by"),
    )
    .join(User, User.id == ApplicationDecision.decided_by_id)
    .where(
        ApplicationDecision.questionnaire_id == bindparam("id"), ApplicationDecision.known()
    )
    .order_by(ApplicationDecision.decided_at.desc(), ApplicationDecision.id.desc())
    .limit(1)
)  # fmt: skip


def outcome_for(session: Session, actor: Actor, questionnaire_id: int) -> OutcomePage:
    """
    Return the outcome of a completed questionnaire.

    Raises ``NotFound`` out of reach, ``StillOpen`` while it is not completed.
    """
    ref = questionnaire_ref(session, actor, questionnaire_id)
    _require_outcome(ref)
    definition = definition_of(session, ref.version_id)
    head = session.execute(_HEAD, {"id": ref.id}).one()
    whole = _computed(session, ref, definition, head)
    less = for_reader(whole, readable_classes(ref.relations))
    file = File(head.title, head.version, head.validated)
    last = _last(session, ref)
    about = _about(session, ref)
    is_same = (whole.profile, _rule_of(whole)) == (head.profile, head.rule)
    open_here = last == ref.id and is_same and about.state in DECIDABLE
    return OutcomePage(
        ref=ref, file=file, name=about.name, birth_date=about.birth_date,
        started_by=head.started_by, completed_by=head.completed_by, completed_at=head.ended_at,
        outcome=words.shown(definition, less),
        comparison=_comparison(session, ref, less, file), is_same=is_same,
        decided=_decided(session, ref), newer_id=None if last == ref.id else last,
        preview=about.preview if open_here and _decides(actor, ref) else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _About:
    name: str
    birth_date: date
    state: ApplicationState | None = None
    preview: Preview | None = None


def _about(session: Session, ref: QuestionnaireRef) -> _About:
    if ref.of_application and ref.application_id is not None:
        preview = preview_of(session, ref.application_id)
        return _About(preview.name, preview.birth_date, preview.state, preview)
    row = session.execute(_RESIDENT, {"id": ref.client_id}).one()
    return _About(name_of(row), row.birth_date)


def _require_outcome(ref: QuestionnaireRef) -> None:
    if ref.state is QuestionnaireState.OPEN:
        raise StillOpen("De vragenlijst is nog niet af. Rond hem eerst af.")
    if ref.state is QuestionnaireState.DISCARDED:
        raise DomainError(NO_OUTCOME)


def _computed(
    session: Session, ref: QuestionnaireRef, definition: Definition, head: AnyRow
) -> Outcome:
    answers = answers_of(session, ref.id, definition).answers
    return outcome(definition, answers, Facts.load(head.facts))


def _rule_of(found: Outcome) -> str:
    return found.decided_by.rule_id if found.decided_by else ""


def _decides(actor: Actor, ref: QuestionnaireRef) -> bool:
    writes = access(ref.relations, Field.PROFILE) >= Access.WRITE
    return writes and may(actor, Action.PROFILE_DECIDE)


def _last(session: Session, ref: QuestionnaireRef) -> int | None:
    """Return the questionnaire that counts at the application; in a dossier each stands alone."""
    if ref.of_application and ref.application_id is not None:
        return last_completed(session, ref.application_id)
    return ref.id


def _decided(session: Session, ref: QuestionnaireRef) -> Decided | None:
    if not reads(ref.relations, Field.PROFILE):
        return None
    row = session.execute(_DECIDED, {"id": ref.id}).one_or_none()
    return Decided(**row._mapping) if row is not None else None


# ---------------------------------------------------------------------- beside earlier ones


_EARLIER = (
    select(
        Questionnaire.id, Questionnaire.ended_on, Questionnaire.version_id,
        QuestionnaireVersion.title, QuestionnaireVersion.version,
    )
    .join(QuestionnaireVersion, QuestionnaireVersion.id == Questionnaire.version_id)
    .where(Questionnaire.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_ANSWERS = select(Answer.questionnaire_id, Answer.question, Answer.value).where(
    Answer.questionnaire_id.in_(bindparam("ids", expanding=True)), Answer.value.is_not(None)
)


def _comparison(
    session: Session, ref: QuestionnaireRef, now: Outcome, file: File
) -> Comparison | None:
    """Return this outcome beside the earlier ones; the same number of queries for one or three."""
    ids = earlier_of(session, ref)
    asked = {"ids": ids[:EARLIER_SHOWN]}
    if not ids:
        return None
    rows = {row.id: row for row in session.execute(_EARLIER, asked)}
    files = {one: definition_of(session, one) for one in {row.version_id for row in rows.values()}}
    answers: dict[int, dict[str, Value]] = {one: {} for one in rows}
    for given in session.execute(_ANSWERS, asked):
        definition = files[rows[given.questionnaire_id].version_id]
        question = definition.by_id.get(given.question)
        if question is not None:
            answers[given.questionnaire_id][question.id] = load(question, given.value)
    earlier = [
        Earlier(
            row.id, row.ended_on, File(row.title, row.version, validated=True).label,
            score(files[row.version_id], answers[row.id]),
        )
        for row in (rows[one] for one in asked["ids"])
    ]  # fmt: skip
    return compare(now.scores, file.label, earlier, left_out=len(ids) - len(earlier))


# ---------------------------------------------------------------------- what would change it


def what_if_for(session: Session, actor: Actor, questionnaire_id: int) -> words.WhatIf:
    """Return what would change the suggestion; raises as ``outcome_for``. Takes up to a second."""
    ref = questionnaire_ref(session, actor, questionnaire_id)
    _require_outcome(ref)
    definition = definition_of(session, ref.version_id)
    head = session.execute(_HEAD, {"id": ref.id}).one()
    answers = answers_of(session, ref.id, definition).answers
    found = change_rules.what_would_change(definition, answers, Facts.load(head.facts))
    less = change_rules.for_reader(found, definition, readable_classes(ref.relations))
    return words.what_if(definition, less)
