"""What the page of a dossier is made of: frozen objects without anything the actor may not see."""

from dataclasses import dataclass
from datetime import date, time

from kp4web.domain.bands import Segment
from kp4web.domain.directory import Desk, Guide
from kp4web.domain.due import Norms
from kp4web.domain.policy import Field, Relation
from kp4web.domain.talks import day_and_time
from kp4web.domain.tracks import StopReason, TrackKind
from kp4web.needs.queries import Standing


@dataclass(frozen=True, slots=True)
class Rights:
    """What this actor may do in this dossier."""

    change_person: bool
    change_household: bool
    change_contacts: bool
    reveal_bsn: bool
    record: bool
    leave_message: bool
    ask_question: bool
    """About a conversation of somebody else, while the dossier is active."""
    change_track: bool
    assign: bool
    read_questionnaires: bool
    write_headings: bool
    plan_follow_up: bool
    """Only while the dossier is active."""
    read_signal: bool
    read_looked: bool
    """Who looked at the dossier."""
    prepare_access: bool
    """Access of the resident to the own data."""


@dataclass(frozen=True, slots=True)
class Due:
    """One date the dossier waits for."""

    kind: str
    label: str
    what: str
    at: time | None
    """Of a planned talk."""
    moved: str
    """How often it was moved, in words."""
    why: str
    due_on: date
    distance: str
    is_late: bool
    is_today: bool
    is_far: bool
    """More than a year away."""
    for_whom: str
    follow_up_id: int | None
    may_move: bool
    may_complete: bool
    message_id: int | None
    may_settle_message: bool
    agreement_id: int | None
    may_settle_agreement: bool
    question_id: int | None
    """The question to open, when questions are for this actor."""
    postpones: bool
    """The AOW date itself: stopping can be postponed."""
    may_settle_pension: bool

    @property
    def when(self) -> str:
        """Return the day, with the time of a planned talk."""
        return day_and_time(self.due_on, self.at)


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An open agreement: who is to do what, and by when."""

    id: int
    title: str
    """``Afspraak (inwoner)``."""
    what: str
    due_on: date | None
    may_settle: bool


@dataclass(frozen=True, slots=True)
class Partner:
    """The other resident of the household; ``number`` is empty out of reach."""

    name: str
    born_on: date
    age: int
    number: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the household without a dossier."""

    id: int
    name: str
    relation: str
    born_on: date | None
    age: int | None
    until: date | None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Somebody around the resident."""

    id: int
    name: str
    position: str
    phone: str
    since: date | None
    until: date | None
    discussed_on: date | None
    is_past: bool


@dataclass(frozen=True, slots=True)
class Bsn:
    """The BSN as this actor may see it at first: masked, or not known."""

    masked: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """The klantprofiel that was determined."""

    profile: int
    decided_on: date
    by: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who the resident is and how to reach them."""

    name: str
    given_name: str
    address: tuple[str, ...]
    phone: str
    email: str
    contact_preference: str
    interpreter: str


@dataclass(frozen=True, slots=True)
class Born:
    """When the resident was born, and the AOW date that follows from it."""

    on: date
    age: int
    pension_on: date
    pension_provisional: bool


@dataclass(frozen=True, slots=True)
class WhoDoesWhat:
    """Who guides since when, and who pays."""

    guide: Guide
    guided_since: date
    contact_since: date | None
    payer: Desk | None


@dataclass(frozen=True, slots=True)
class Head:
    """Who it is about and where the dossier stands; a field is ``None`` when it is hidden."""

    id: int
    number: str
    client_id: int
    municipality_id: int
    place: str
    """The municipality, for who works in several; else nothing."""
    household_id: int
    relations: frozenset[Relation]
    sees: frozenset[Field]
    rights: Rights
    person: Person | None
    born: Born | None
    approach: str
    bsn: Bsn | None
    kind: TrackKind
    since: date
    planned_end: date | None
    decides_late: bool
    """Rest ran on past its planned end without a decision."""
    stop_reason: StopReason | None
    reason: str
    avoid: str
    exemption: str | None
    """How far the exemption reaches, in words; ``None`` when it is hidden."""
    exemption_is_due: bool
    """There is none that holds today."""
    lead: str | None
    who: WhoDoesWhat | None
    """``None`` when it is hidden, or when nobody guides any more."""
    last_contact_on: date | None
    last_contact: str
    unreached: str
    """The signal of attempts without a contact, or nothing."""
    opened_on: date
    profile: Profile | None
    opens: tuple[str, ...]
    """What a reason would open, in Dutch."""
    hidden: tuple[str, ...]
    """What stays hidden and is known to be there, in Dutch."""
    aow_on: date
    """For computing what is due; the page shows the one in ``born``."""
    norms: Norms

    @property
    def reads_reports(self) -> bool:
        """Return whether every report is open to this actor."""
        return Field.REPORTS in self.sees


@dataclass(frozen=True, slots=True)
class Around:
    """What the dossier waits for, the household and the people around the resident."""

    due: tuple[Due, ...]
    agreements: tuple[AgreementLine, ...]
    """Open ones that are no due item: without a day, or silent during rest."""
    subgroups: tuple[str, ...]
    partners: tuple[Partner, ...]
    members: tuple[Member, ...]
    contacts: tuple[ContactLine, ...] | None
    """``None`` when this actor may not see them."""
    headings: tuple[Standing, ...] | None
    """Support need and activation; ``None`` when they are not for this actor."""
    band: tuple[Segment, ...]
    starts_on: date
    """First day on the band."""

    @property
    def next_due(self) -> Due | None:
        """Return what comes first."""
        return self.due[0] if self.due else None
