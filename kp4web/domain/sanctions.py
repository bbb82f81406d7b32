"""
The sanction signal: never a sanction itself, and only on the two grounds of the note of 2020.

"Consequent niet mee wenst te werken aan enig gesprek", or "het niet nakomen van afspraken die
gemaakt zijn bij de start van een traject". The work agency decides about the benefit (Pw 18).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError

ATTEMPTS_NEEDED = 3
"""Dated contact attempts without a contact that the first ground needs."""
COUNTED_SINCE = date(2020, 1, 1)
"""Since when the report counts how often the signal was used."""
TEXT_MAX = 10_000


class SignalGround(StrEnum):
    """The only two grounds there are."""

    REFUSES_CONTACT = "refuses_contact"
    BROKE_AGREEMENT = "broke_agreement"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return GROUND_LABELS[self]


GROUND_LABELS: Mapping[SignalGround, str] = {
    SignalGround.REFUSES_CONTACT: "Werkt steeds niet mee aan een gesprek",
    SignalGround.BROKE_AGREEMENT: "Kwam een afspraak van de start van een traject niet na",
}


class SignalState(StrEnum):
    """Where a signal stands; each follows from its last step."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    ANSWERED = "answered"
    SEEN = "seen"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Return whether the lead or the coordinator still works on it."""
        return self in OPEN_STATES

    @property
    def is_sent(self) -> bool:
        """Return whether the work agency has it: from then on its income officer reads it."""
        return self in SENT_STATES


STATE_LABELS: Mapping[SignalState, str] = {
    SignalState.DRAFTED: "Concept",
    SignalState.SUBMITTED: "Ter beoordeling",
    SignalState.RETURNED: "Teruggestuurd",
    SignalState.WITHDRAWN: "Ingetrokken",
    SignalState.SENT: "Verstuurd aan Werkzaak",
    SignalState.ANSWERED: "Uitkomst bekend",
    SignalState.SEEN: "Afgerond",
}
OPEN_STATES = frozenset({SignalState.DRAFTED, SignalState.SUBMITTED, SignalState.RETURNED})
EDITABLE_STATES = frozenset({SignalState.DRAFTED, SignalState.RETURNED})
SENT_STATES = frozenset({SignalState.SENT, SignalState.ANSWERED, SignalState.SEEN})


class SignalOutcome(StrEnum):
    """What the work agency did with a signal."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: Mapping[SignalOutcome, str] = {
    SignalOutcome.APPLIED: "Maatregel toegepast",
    SignalOutcome.NOT_APPLIED: "Geen maatregel",
    SignalOutcome.WITHDRAWN: "Ingetrokken",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What a signal says, with what was chosen as its evidence."""

    ground: SignalGround
    explanation: str
    culpability: str
    urgent_reasons: str
    heard_on: date | None
    attempts: Sequence[date] = ()
    """The days of the chosen attempts."""
    has_agreement: bool = False
    """A broken agreement of the resident was chosen."""
    track_start: str = ""
    """At the start of which track it was made."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without which a signal cannot be sent: the field, and what to do."""

    field: str
    text: str


class Incomplete(DomainError):
    """A signal lacks something and cannot be sent; ``missing`` says what."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(" ".join(one.text for one in missing))
        self.missing = tuple(missing)


def missing_from(
    content: Content, *, last_contact_on: date | None, today: date
) -> tuple[Missing, ...]:
    """Return what a signal lacks before it can be sent, in the order of the form."""
    found = [*_evidence(content, last_contact_on)]
    for field, text, words in (
        ("explanation", content.explanation, "Schrijf op wat er is gebeurd."),
        ("culpability", content.culpability,
         "Schrijf op of de inwoner er iets aan kon doen, en waarom u dat vindt."),
        ("urgent_reasons", content.urgent_reasons,
         "Schrijf op of er dringende redenen zijn om geen maatregel te nemen."),
    ):  # fmt: skip
        if not text.strip():
            found.append(Missing(field, words))
    if content.heard_on is None:
        found.append(Missing("heard_on", "Vul in op welke dag de inwoner is gehoord."))
    elif content.heard_on > today:
        found.append(Missing("heard_on", "Deze dag moet nog komen. Hoor de inwoner eerst."))
    return tuple(found)


def _evidence(content: Content, last_contact_on: date | None) -> Iterator[Missing]:
    if content.ground is SignalGround.BROKE_AGREEMENT:
        if not content.has_agreement:
            yield Missing("agreement", "Kies de afspraak die de inwoner niet is nagekomen.")
        if not content.track_start.strip():
            text = "Schrijf op bij de start van welk traject dit is afgesproken."
            yield Missing("track_start", text)
        return
    since = [day for day in content.attempts if last_contact_on is None or day > last_contact_on]
    if len(since) < len(content.attempts) and last_contact_on is not None:
        text = (
            f"Er was contact op {dutch_date(last_contact_on)}. Pogingen van daarvoor tellen niet."
        )
        yield Missing("attempts", text)
    if len(since) < ATTEMPTS_NEEDED:
        yield Missing(
            "attempts",
            f"Er zijn minstens {ATTEMPTS_NEEDED} contactpogingen met datum nodig. "
            f"Dit zijn er {len(since)}.",
        )
