"""
Moving the guidance of many dossiers to the other organisation: steps, checks, division.

The council may move guidance (``2-domain``: who guides is data with a period). A coordinator of the
organisation that holds the dossiers prepares, one of the organisation that receives them confirms:
two people of two organisations. Nothing is recorded before the day it takes effect.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kp4web.domain.dates import add_weeks
from kp4web.domain.errors import InvalidInput
from kp4web.domain.handovers import Side
from kp4web.domain.tracks import TrackKind

REFERENCE_MAX = 100
NOTE_MAX = 2000
REASON_MAX = 500
DECISION_WEEKS = 6
"""How far beyond the day of the transfer a decision counts as one that comes along."""


class TransferState(StrEnum):
    """Where a transfer stands; each follows from its last step."""

    DRAFTED = "drafted"
    OFFERED = "offered"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Return whether it can still come to an execution."""
        return self not in {TransferState.EXECUTED, TransferState.WITHDRAWN}

    @property
    def is_editable(self) -> bool:
        """Return whether who prepares it may still change what it is about."""
        return self in {TransferState.DRAFTED, TransferState.RETURNED}


STATE_LABELS: Mapping[TransferState, str] = {
    TransferState.DRAFTED: "In voorbereiding",
    TransferState.OFFERED: "Voorgelegd",
    TransferState.RETURNED: "Teruggestuurd",
    TransferState.CONFIRMED: "Bevestigd",
    TransferState.EXECUTED: "Uitgevoerd",
    TransferState.WITHDRAWN: "Ingetrokken",
}

_SENDER, _RECEIVER = frozenset({Side.SENDER}), frozenset({Side.RECEIVER})
STEPS: Mapping[TransferState, tuple[frozenset[Side], frozenset[TransferState]]] = {
    TransferState.OFFERED: (_SENDER, frozenset({TransferState.DRAFTED, TransferState.RETURNED})),
    TransferState.RETURNED: (
        _RECEIVER, frozenset({TransferState.OFFERED, TransferState.CONFIRMED}),
    ),
    TransferState.CONFIRMED: (_RECEIVER, frozenset({TransferState.OFFERED})),
    TransferState.EXECUTED: (_SENDER | _RECEIVER, frozenset({TransferState.CONFIRMED})),
    TransferState.WITHDRAWN: (
        _SENDER, frozenset(state for state in TransferState if state.is_open),
    ),
}  # fmt: skip
"""To which state a step leads: which side takes it, and from where."""
NEEDS_REASON = frozenset({TransferState.RETURNED, TransferState.WITHDRAWN})


def may_step(state: TransferState, to: TransferState, side: Side) -> bool:
    """Return whether somebody on this side may take the transfer there from where it stands."""
    sides, before = STEPS.get(to, (frozenset(), frozenset()))
    return side in sides and state in before


def is_takers(to: TransferState, side: Side) -> bool:
    """Return whether this step is for this side at all, wherever the transfer stands."""
    return side in STEPS.get(to, (frozenset(), frozenset()))[0]


def check_days(decided_on: date, effective_on: date) -> None:
    """Raise ``InvalidInput`` when guidance would move before the council decided so."""
    if effective_on < decided_on:
        raise InvalidInput("effective_on", "De ingangsdatum ligt voor het besluit van de raad.")


def moving_day(effective_on: date, guided_since: date, assignable_from: date | None) -> date:
    """
    Return from which day another organisation guides a dossier.

    That is the day the transfer takes effect, or later where something was recorded since: the
    running guidance began (``guided_since``), or somebody was assigned or left
    (``assignable_from``). What was recorded stays true.
    """
    return max(effective_on, guided_since, assignable_from or effective_on)


# ---------------------------------------------------------------------- what is found


class Outcome(StrEnum):
    """What became of one dossier when the transfer was executed."""

    MOVED = "moved"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return OUTCOME_LABELS[self]


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.MOVED: "Overgegaan",
    Outcome.STOPPED: "Bleef: intussen gestopt",
    Outcome.ELSEWHERE: "Bleef: had al een andere organisatie",
}


def outcome_of(kind: TrackKind, *, is_held: bool) -> Outcome:
    """Return what becomes of a dossier; ``is_held``: still by the organisation that gives it."""
    if not is_held:
        return Outcome.ELSEWHERE
    return Outcome.MOVED if kind.active else Outcome.STOPPED


class Effect(StrEnum):
    """What a finding means for the transfer."""

    BLOCKS = "blocks"
    LEFT_OUT = "left_out"
    WARNS = "warns"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return {
            Effect.BLOCKS: "Eerst oplossen",
            Effect.LEFT_OUT: "Blijft achter",
            Effect.WARNS: "Let op",
        }[self]


class Finding(StrEnum):
    """What a check may find of one dossier."""

    HANDOVER_OPEN = "handover_open"
    SIGNAL_IN_HAND = "signal_in_hand"
    UNFINISHED = "unfinished"
    RECEIVER_GONE = "receiver_gone"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"
    SIGNAL_SENT = "signal_sent"
    ACCESS_REQUEST = "access_request"
    QUESTION_OPEN = "question_open"
    REASON_GRANT = "reason_grant"
    DECISION_DUE = "decision_due"
    PLANNED_TALK = "planned_talk"
    NAMED_FOLLOW_UP = "named_follow_up"
    HOUSEHOLD_SPLIT = "household_split"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding means, in words; ``seen_by_receiver``: also before the guidance moves."""

    effect: Effect
    label: str
    says: str
    seen_by_receiver: bool = False


RULES: Mapping[Finding, Rule] = {
    Finding.HANDOVER_OPEN: Rule(
        Effect.BLOCKS, "Open KP3-overdracht",
        "Wacht op het antwoord of trek de overdracht in. Of laat dit dossier nu weg.",
    ),
    Finding.SIGNAL_IN_HAND: Rule(
        Effect.BLOCKS, "Maatregelsignaal in behandeling",
        "Verstuur het signaal of trek het in: wie het meemaakte, maakt het af.",
    ),
    Finding.UNFINISHED: Rule(
        Effect.BLOCKS, "Iets dat nog niet af is",
        "Een collega typte iets en verstuurde het nog niet. Na de overgang kan die er niet meer "
        "bij. Laat het afmaken of weggooien. Of laat dit dossier nu weg.",
    ),
    Finding.RECEIVER_GONE: Rule(
        Effect.BLOCKS, "Gekozen consulent kan niet meer",
        "De ontvanger kiest een andere consulent.", seen_by_receiver=True,
    ),
    Finding.STOPPED: Rule(
        Effect.LEFT_OUT, "Intussen gestopt",
        "Gaat niet over: het dossier is niet meer actief.", seen_by_receiver=True,
    ),
    Finding.ELSEWHERE: Rule(
        Effect.LEFT_OUT, "Intussen bij een andere organisatie",
        "Gaat niet over: het dossier is er niet meer.", seen_by_receiver=True,
    ),
    Finding.SIGNAL_SENT: Rule(
        Effect.WARNS, "Maatregelsignaal wacht op uitkomst",
        "De uitkomst komt bij de nieuwe consulent.",
    ),
    Finding.ACCESS_REQUEST: Rule(
        Effect.WARNS, "Inzageverzoek loopt",
        "De coördinator van de ontvanger handelt het verder af. De termijn loopt door.",
    ),
    Finding.QUESTION_OPEN: Rule(
        Effect.WARNS, "Open vraag bij een verslag",
        "Vraag en antwoord gaan mee naar de nieuwe consulent en coördinator.",
    ),
    Finding.REASON_GRANT: Rule(
        Effect.WARNS, "Inzien met reden loopt", "Eindigt op het moment van de overgang.",
    ),
    Finding.DECISION_DUE: Rule(
        Effect.WARNS, "Besluit nodig",
        "Te laat of binnen 6 weken na de overgang: indelen, rust, AOW of ontheffing.",
        seen_by_receiver=True,
    ),
    Finding.PLANNED_TALK: Rule(
        Effect.WARNS, "Gesprek gepland na de overgang",
        "Het gesprek gaat mee. De nieuwe consulent voert of verzet het.", seen_by_receiver=True,
    ),
    Finding.NAMED_FOLLOW_UP: Rule(
        Effect.WARNS, "Opvolging op naam van een collega",
        "Komt bij de nieuwe consulent: de collega kan er niet meer bij.",
    ),
    Finding.HOUSEHOLD_SPLIT: Rule(
        Effect.WARNS, "Partner gaat niet mee",
        "Twee organisaties begeleiden dan één huishouden.", seen_by_receiver=True,
    ),
}  # fmt: skip
"""Every check, in the order of the screen."""


def blocks(finding: Finding) -> bool:
    """Return whether a transfer with this finding cannot be executed."""
    return RULES[finding].effect is Effect.BLOCKS


def shown_to(side: Side) -> tuple[Finding, ...]:
    """Return which findings this side sees before the guidance moves."""
    return tuple(f for f, rule in RULES.items() if side is Side.SENDER or rule.seen_by_receiver)


def decision_until(effective_on: date, today: date) -> date:
    """Return up to which day a decision counts as one that comes along."""
    return add_weeks(max(effective_on, today), DECISION_WEEKS)


# ---------------------------------------------------------------------- who receives


class Division(StrEnum):
    """How receivers are chosen."""

    TO = "to"
    SPREAD = "spread"
    FORMER = "former"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Load:
    """Dossiers to be given to one person together (a household), and how much they weigh."""

    dossiers: tuple[int, ...]
    weight: Decimal


def spread(loads: Iterable[Load], held: Mapping[int, Decimal]) -> dict[int, int]:
    """
    Return for each dossier who receives it: the heaviest first, each to whoever has least.

    ``held``: what the receivers hold already, in the order in which they come first.
    """
    weights = dict(held)
    given: dict[int, int] = {}
    for load in sorted(loads, key=lambda one: (-one.weight, one.dossiers)):
        receiver = min(weights, key=lambda user_id: weights[user_id])
        weights[receiver] += load.weight
        given |= dict.fromkeys(load.dossiers, receiver)
    return given


def welcome_text(kind: TrackKind, giver: str) -> str:
    """Return the word to the new lead; in rest nobody is asked to call (``2-domain``, rest)."""
    came = f"De begeleiding van deze inwoner is overgegaan van {giver} naar u."
    if kind is TrackKind.REST:
        return f"{came} De inwoner heeft rust: lees eerst waarom, en neem geen contact op."
    return f"{came} Lees het dossier en maak kennis met de inwoner."


def names_in(names: Sequence[str], at_most: int = 20) -> str:
    """Return the names one after the other, and how many there are beyond so many."""
    rest = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" en nog {rest}" if rest > 0 else "")


def blocked_text(
    numbers: Collection[str], unnamed: int = 0, *, side: Side, giver: str, receiver: str
) -> str:
    """
    Return why a transfer is not executed, and what to do.

    ``unnamed``: dossiers that wait for something this side does not see, of which it hears no more.
    """
    in_all = len(numbers) + unnamed
    count = "1 dossier kan" if in_all == 1 else f"{in_all} dossiers kunnen"
    which = f": {names_in(sorted(numbers))}" if numbers else ""
    who = "uzelf" if side is Side.SENDER else giver
    return (
        f"{count} nog niet over{which}. Er is niets veranderd. "
        f"Wat er moet gebeuren staat bij {who}, of bij {receiver} als daar een consulent "
        "ontbreekt."
    )
