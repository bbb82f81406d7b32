"""What happened at the intake of the work agency and in questionnaires, as data."""

from dataclasses import dataclass
from datetime import date

from kp4web.demo.events import Event, Person
from kp4web.domain.questionnaire.definition import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVersion(Event):
    """The example of the questionnaire file is added."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutInForce(Event):
    """Organisations use a version for new questionnaires from a day on."""

    version: str
    organisations: tuple[str, ...]
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Housemate:
    """Somebody in the household of an applicant who does not apply."""

    name: str
    relation: str
    birth_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterApplicant(Event):
    """Intake registers the application of one person."""

    application: str
    municipality: str
    person: Person
    registered_on: date
    members: tuple[Housemate, ...] = ()
    partner_of: str = ""
    """Key of the application of the partner, when that came first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartQuestionnaire(Event):
    """A questionnaire is begun, with an applicant or in a dossier."""

    questionnaire: str
    application: str = ""
    dossier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAnswers(Event):
    """So many questions are answered, by the id of the question."""

    questionnaire: str
    answers: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteQuestionnaire(Event):
    """The questionnaire is completed; the suggestion follows from it."""

    questionnaire: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardQuestionnaire(Event):
    """A questionnaire that is not completed is thrown away."""

    questionnaire: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereOutcome:
    """An outcome of another instrument; scores by the code of the life area."""

    instrument: str
    measured_on: date
    profile: int
    reference: str
    scores: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetermineProfile(Event):
    """Intake determines klantprofiel 1, 2 or 3; ``OfferHandover`` does so for 4."""

    application: str
    profile: int
    justification: str
    questionnaire: str = ""
    basis_reason: str = ""
    """Why there is no questionnaire."""
    measured: ElsewhereOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHandover(Event):
    """The coordinator sends an offered hand-over back."""

    handover: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseApplication(Event):
    """Intake closes an application without a klantprofiel."""

    application: str
    closing: str
    note: str
