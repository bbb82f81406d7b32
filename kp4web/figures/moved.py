"""What a correction changes in the figures: of one dossier, on the reference dates it touches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.corrected_figures import CellChange, changed_cells
from kp4web.domain.policy import Action, FigureScope, figure_scope, require
from kp4web.domain.reporting import Question
from kp4web.domain.tracks import TrackKind
from kp4web.figures.counting import COUNTS, WHOSE, Whose, parameters


@dataclass(frozen=True, slots=True)
class Moved:
    """A reference date on which one dossier is about to count as something else."""

    day: date
    before: TrackKind | None
    after: TrackKind | None
    lead_id: int | None
    """Who was its lead that day: a consultant's figures are about own dossiers only."""
    holder_id: int | None
    """Who held it that day: those of the work agency are about what it held."""

    def counts_for(self, actor: Actor, whose: Whose) -> bool:
        """Return whether the dossier is in the figures that this actor gets of that day."""
        if whose is Whose.OWN:
            return self.lead_id == actor.id
        return whose is Whose.ALL or self.holder_id == actor.organisation_id


def figures_moved(
    session: Session, actor: Actor, moves: Iterable[Moved]
) -> tuple[tuple[CellChange, ...], ...]:
    """
    Return for each day the figures of the report that change, as this actor may see them.

    Empty where the figures that this actor reads do not change. One query for each day.
    """
    require(actor, Action.REPORT_READ)
    scope = figure_scope(actor)
    values = parameters(session, actor, Question(date.min))
    return tuple(
        changed_cells(
            _track_counts(session, values | {"day": move.day}, WHOSE[scope]),
            move.before, move.after, guarded=scope is FigureScope.COUNTS_ONLY,
        )
        if move.counts_for(actor, WHOSE[scope])
        else ()
        for move in moves
    )  # fmt: skip


def active_led_by(session: Session, actor: Actor, user_id: int, day: date) -> int:
    """Return how many active dossiers a consultant held on a day, where the actor works."""
    require(actor, Action.CASELOAD_READ)
    values = parameters(session, actor, Question(day)) | {"user_id": user_id}
    counts = _track_counts(session, values, Whose.OWN)
    return sum(number for kind, number in counts.items() if kind.active)


def _track_counts(
    session: Session, values: Mapping[str, Any], whose: Whose
) -> dict[TrackKind, int]:
    rows = session.execute(COUNTS[whose, False], values)
    return {TrackKind(code): number for what, code, number in rows if what == "track"}
