"""
How often the suggestion is followed: figures for the coordinator of the work agency.

A decision follows the suggestion when the decided profile equals what the questionnaire suggested
at that moment (AVG 22: the share is reported). No person is read for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.applications.models import Application, ApplicationDecision
from kp4web.domain.actor import Actor
from kp4web.domain.applications import PROFILE_LABELS, DecisionBasis
from kp4web.domain.policy import Action, require
from kp4web.extensions import AnySelect
from kp4web.organisations.models import Municipality

PROFILES = tuple(PROFILE_LABELS)


class Counted(NamedTuple):
    """How many decisions of a municipality were alike."""

    municipality: str
    basis: DecisionBasis
    suggested: int | None
    profile: int
    decisions: int


@cache
def _counted(as_known: bool) -> AnySelect:
    """Return the statement that counts, as known now or at a moment; built once for each."""
    moment = bindparam("known_at", type_=ApplicationDecision.recorded_at.type)
    return (
        select(
            Municipality.name.label("municipality"), ApplicationDecision.basis,
            ApplicationDecision.suggested_profile.label("suggested"), ApplicationDecision.profile,
            func.count(ApplicationDecision.id).label("decisions"),
        )
        .join(Application, Application.id == ApplicationDecision.application_id)
        .join(Municipality, Municipality.id == Application.municipality_id)
        .where(
            ApplicationDecision.organisation_id == bindparam("organisation_id"),
            ApplicationDecision.decided_on >= bindparam("first"),
            ApplicationDecision.decided_on <= bindparam("last"),
            ApplicationDecision.known(moment if as_known else None),
        )
        .group_by(
            Municipality.name, ApplicationDecision.basis, ApplicationDecision.suggested_profile,
            ApplicationDecision.profile,
        )
        .order_by(Municipality.name)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """The decisions of one municipality, or of all."""

    label: str
    followed: int
    other: int
    """Decided otherwise than suggested."""
    no_suggestion: int
    """From a questionnaire that suggested nothing."""
    without: int
    """Without a questionnaire."""
    elsewhere: int
    """With an outcome that was measured elsewhere."""
    total: int
    """Counted by itself, so that the parts can be checked against it."""

    @property
    def suggested(self) -> int:
        """Return the decisions on a suggestion."""
        return self.followed + self.other

    @property
    def parts(self) -> tuple[int, ...]:
        """Return the parts of the total."""
        return (self.suggested, self.no_suggestion, self.without, self.elsewhere)

    @property
    def adds_up(self) -> bool:
        """Return whether the parts make the total."""
        return sum(self.parts) == self.total

    @property
    def share(self) -> str:
        """Return the share of followed suggestions in words; empty without suggestions."""
        if not self.suggested:
            return ""
        return f"{(200 * self.followed + self.suggested) // (2 * self.suggested)}%"


@dataclass(frozen=True, slots=True)
class Crossed:
    """The decisions on one suggestion, by what was decided."""

    suggested: int | None
    """``None``: the questionnaire suggested nothing."""
    counts: tuple[int, ...]
    """By decided profile, 1 to 4."""

    @property
    def total(self) -> int:
        """Return the number of decisions on this suggestion."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class SuggestionFigures:
    """Suggested and decided profiles in a period."""

    crossed: tuple[Crossed, ...]
    by_decided: tuple[int, ...]
    """The bottom line of the table."""
    lines: tuple[Line, ...]
    """By municipality, by name."""
    total: Line

    @property
    def adds_up(self) -> bool:
        """Return whether every total is the sum of its parts."""
        by_basis = sum(self.by_decided) == self.total.suggested + self.total.no_suggestion
        lines = sum(line.total for line in self.lines) == self.total.total
        return by_basis and lines and all(one.adds_up for one in (*self.lines, self.total))

    @property
    def check(self) -> str:
        """Return the sum that has to be right, in words."""
        sum_of = " + ".join(str(part) for part in self.total.parts)
        return f"{sum_of} = {self.total.total}" if self.adds_up else "de som klopt niet"


def figures_for(
    session: Session, actor: Actor, first: date, last: date, known_at: datetime | None = None
) -> SuggestionFigures:
    """Return the figures of the own organisation over a period, both days included; one query."""
    require(actor, Action.SUGGESTION_FIGURES_READ)
    return figures_of(counted(session, actor.organisation_id, first, last, known_at))


def counted(
    session: Session, organisation_id: int, first: date, last: date,
    known_at: datetime | None = None,
) -> tuple[Counted, ...]:  # fmt: skip
    """Return the decisions of an organisation in a period, as known now or at a moment."""
    asked = {"organisation_id": organisation_id, "first": first, "last": last,
             "known_at": known_at}  # fmt: skip
    rows = session.execute(_counted(known_at is not None), asked)
    return tuple(Counted(*row) for row in rows)


def figures_of(counts: Iterable[Counted]) -> SuggestionFigures:
    """Return the figures of these decisions."""
    rows = tuple(counts)
    names = dict.fromkeys(row.municipality for row in rows)
    crossed = tuple(_crossed(rows, suggested) for suggested in (*PROFILES, None))
    return SuggestionFigures(
        crossed=crossed,
        by_decided=tuple(sum(column) for column in zip(*(c.counts for c in crossed), strict=True)),
        lines=tuple(
            _line(name, [row for row in rows if row.municipality == name]) for name in names
        ),
        total=_line("Alle gemeenten", rows),
    )


def _crossed(rows: Sequence[Counted], suggested: int | None) -> Crossed:
    counts: Counter[int] = Counter()
    for row in rows:
        if row.basis is DecisionBasis.QUESTIONNAIRE and row.suggested == suggested:
            counts[row.profile] += row.decisions
    return Crossed(suggested, tuple(counts[profile] for profile in PROFILES))


_PARTS: Mapping[str, Callable[[Counted], bool]] = {
    "followed": lambda row: row.suggested is not None and row.suggested == row.profile,
    "other": lambda row: row.suggested is not None and row.suggested != row.profile,
    "no_suggestion": lambda row: row.basis is DecisionBasis.QUESTIONNAIRE and row.suggested is None,
    "without": lambda row: row.basis is DecisionBasis.CONVERSATION,
    "elsewhere": lambda row: row.basis is DecisionBasis.ELSEWHERE,
}


def _line(label: str, rows: Sequence[Counted]) -> Line:
    counts = {
        part: sum(row.decisions for row in rows if belongs(row)) for part, belongs in _PARTS.items()
    }
    return Line(label, **counts, total=sum(row.decisions for row in rows))
