"""
What happened, as data: one frozen event per command, in the order of time.

Keys (``dossier``, ``handover``, ``follow_up``, ``message``) are names within the plan; the loader
maps them to rows. Users are named by e-mail, municipalities by slug, enumerations by their value.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from kp4web.domain.agreements import Party
from kp4web.domain.applications import LifeArea
from kp4web.domain.headings import Heading
from kp4web.domain.talks import TalkPlan
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A resident as the application stores one; ``household`` is a key within the plan."""

    key: str
    household: str
    given_name: str
    initials: str
    prefix: str
    surname: str
    birth_date: date
    bsn: str | None
    street: str
    postcode: str
    town: str
    phone: str
    email: str
    contact_preference: str
    interpreter: str
    approach: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPlan:
    """Something to come back to, born in a conversation or an attempt."""

    key: str
    due_on: date
    what: str
    talk: TalkPlan | None = None
    """With a time it is a planned talk."""
    activation_reason: str = ""
    """Why it is about activation, in rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened ``at`` a moment (Amsterdam) through the user ``by``."""

    at: datetime
    by: str

    @property
    def day(self) -> date:
        """Return the day on which it was recorded."""
        return self.at.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOrganisation(Event):
    """An organisation comes into use, with the municipality it is or the ones it serves."""

    key: str
    kind: str
    name: str
    team: str
    municipality: str | None
    serves: tuple[str, ...] = ()
    phone: str = ""
    reachable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMunicipality(Event):
    """A municipality comes into use."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser(Event):
    """An account is made."""

    email: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierEvent(Event):
    """Something that happened in one dossier."""

    dossier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDossier(DossierEvent):
    """Bestaand dossier overnemen; the track runs from the opening date."""

    municipality: str
    person: Person
    number: str
    opened_on: date
    kind: TrackKind
    planned_end: date | None
    avoid: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandover(Event):
    """Werkzaak offers an applicant with klantprofiel 4 to the municipality."""

    handover: str
    municipality: str
    person: Person
    registered_on: date
    justification: str
    note: str
    application: str = ""
    """Key of the application when it was registered before; empty: in the same moment."""
    questionnaire: str = ""
    """Key of the questionnaire behind it; empty: decided in a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptHandover(DossierEvent):
    """The coordinator accepts: the dossier opens that day, under investigation, without lead."""

    handover: str
    number: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Event):
    """The coordinator gives dossiers to a consultant."""

    dossiers: tuple[str, ...]
    user: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeClient(DossierEvent):
    """The lead notes address, telephone, preference, interpreter and approach of the person."""

    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AddHouseholdMember(DossierEvent):
    """Somebody without a dossier lives in the household."""

    name: str
    birth_date: date | None
    relation: str
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContact(DossierEvent):
    """Somebody around the resident (betrokkene)."""

    name: str
    role: str
    organisation: str
    phone: str
    since: date | None
    discussed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSubgroup(DossierEvent):
    """The dossier comes to belong to one of the six subgroups."""

    subgroup: Subgroup
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSubgroup(DossierEvent):
    """The dossier no longer belongs to a subgroup."""

    subgroup: Subgroup
    valid_to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTrack(DossierEvent):
    """Another active track; rest has a planned end and says what to avoid."""

    kind: TrackKind
    valid_from: date
    planned_end: date | None
    reason: str
    avoid: str
    keep: tuple[str, ...] = ()
    """Follow-ups that stay open when rest begins; the others are closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendRest(DossierEvent):
    """The rest goes on until another date."""

    planned_end: date
    reason: str
    avoid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDossier(DossierEvent):
    """No longer klantprofiel 4."""

    valid_from: date
    stop_reason: StopReason
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenDossier(DossierEvent):
    """Somebody comes back."""

    valid_from: date
    kind: TrackKind
    planned_end: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectTrack(DossierEvent):
    """The running track began on another day than was recorded."""

    valid_from: date
    why: str


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """Something agreed upon: what, who keeps it, by when."""

    what: str
    who: Party
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConversation(DossierEvent):
    """A conversation (``held``) or an attempt (``no_answer``, ``no_show``, ``cancelled``)."""

    held_on: date
    held_at: time
    channel: str
    outcome: str
    participants: tuple[str, ...]
    report: str
    follow_up: FollowUpPlan | None
    done: tuple[str, ...]
    """Open follow-ups that are completed by it."""
    message: str | None = None
    """Key of the notice to the lead, when a colleague held the conversation."""
    agreements: tuple[AgreementPlan, ...] = ()
    life_areas: frozenset[LifeArea] = frozenset()
    participation_step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteHeading(DossierEvent):
    """The lead writes under one of the two headings."""

    heading: Heading
    text: str
    based_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOutline(Event):
    """The coordinator makes an outline for the reports of the team."""

    name: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveMessage(DossierEvent):
    """A colleague leaves word for the lead."""

    message: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWithReason(DossierEvent):
    """A colleague or coordinator opens the dossier with a reason; the lead gets a message."""

    message: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleMessage(DossierEvent):
    """The lead has read the message."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFollowUp(DossierEvent):
    """A follow-up gets another date."""

    follow_up: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteFollowUp(DossierEvent):
    """A follow-up is done without a conversation."""

    follow_up: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPensionSeen(DossierEvent):
    """The nearing AOW date was seen."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterWelfareCount(Event):
    """An outside figure: households on welfare on a date."""

    municipality: str
    counted_on: date
    households: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenScreeningRound(Event):
    """A screening round begins."""

    round: str
    municipality: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinScreeningRound(Event):
    """Dossiers become members of a round; their outcome is read from the tracks."""

    round: str
    dossiers: tuple[str, ...]
