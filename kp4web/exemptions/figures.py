"""
The figures about exemptions on a reference date, and how often the sanction signal was used.

"Without" is active dossiers less those whose exemption held that day. For who sees counts only,
"without" and the grounds are guarded as one partition: from what shows, no small number follows.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Date, String, bindparam, cast, func, select, true, union_all
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.dates import add_months
from kp4web.domain.exemptions import ENDS_SOON_MONTHS
from kp4web.domain.policy import Action, FigureScope, figure_scope, require
from kp4web.domain.reporting import HIDDEN_WORD, Question, partition_words, single_count
from kp4web.domain.sanctions import COUNTED_SINCE, SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Exemption, SanctionSignal, SanctionStep, TrackPeriod
from kp4web.extensions import AnySelect
from kp4web.figures.queries import (
    DAY,
    KNOWN_AT,
    MUNICIPALITIES,
    WHOSE,
    Whose,
    counted_for,
    parameters,
)
from kp4web.grounds.models import LegalGround

_SOON = bindparam("soon", type_=Date)
_NOTHING = cast("", String)


@dataclass(frozen=True, slots=True)
class GroundCount:
    """How many dossiers have an exemption on a ground, for the screen."""

    name: str
    article: str
    shown: str


@dataclass(frozen=True, slots=True)
class ExemptionFigures:
    """The figures, ready to show: nothing hidden is in it."""

    question: Question
    is_own: bool
    is_held: bool
    """Of the dossiers that the reader's organisation held."""
    is_guarded: bool
    total: str
    held: str
    without: str
    ends_soon: str
    grounds: tuple[GroundCount, ...]
    signals_sent: str
    """How often a signal was sent since ``COUNTED_SINCE``, up to the reference date."""
    signals_applied: str


def _statement(whose: Whose, then: bool) -> Any:
    known_at: ColumnElement[datetime] | None = KNOWN_AT if then else None
    active = (
        TrackPeriod.municipality_id.in_(MUNICIPALITIES), TrackPeriod.valid_on(DAY, known_at),
        TrackPeriod.kind != TrackKind.STOPPED,
        counted_for(whose, TrackPeriod.dossier_id, known_at),
    )  # fmt: skip
    everything: AnySelect = select(
        cast("all", String).label("what"), _NOTHING.label("name"), _NOTHING.label("article"),
        func.count().label("number"),
    ).where(*active)  # fmt: skip
    held = (
        select(Exemption.ground_id, Exemption.ends_on)
        .join(TrackPeriod, TrackPeriod.dossier_id == Exemption.dossier_id)
        .where(*active, Exemption.lifted_on(DAY, known_at))
    )
    by_ground = held.subquery()
    soon = held.where(Exemption.ends_on <= _SOON).subquery()
    sent = _steps(SignalState.SENT, then, whose).subquery()
    applied = _steps(SignalState.ANSWERED, then, whose).where(
        SanctionSignal.outcome == "applied"
    ).subquery()  # fmt: skip
    return union_all(
        everything,
        select(cast("ground", String), LegalGround.name, LegalGround.article, func.count())
        .join(by_ground, by_ground.c.ground_id == LegalGround.id)
        .group_by(LegalGround.name, LegalGround.article),
        *(
            select(cast(what, String), _NOTHING, _NOTHING, func.count()).select_from(rows)
            for what, rows in (("soon", soon), ("sent", sent), ("applied", applied))
        ),
    )  # fmt: skip


def _steps(state: SignalState, then: bool, whose: Whose) -> AnySelect:
    """Return the steps to a state since the count began, up to the reference date."""
    return (
        select(SanctionStep.id)
        .join(SanctionSignal, SanctionSignal.id == SanctionStep.signal_id)
        .where(
            SanctionSignal.municipality_id.in_(MUNICIPALITIES), SanctionStep.state == state,
            SanctionStep.taken_on >= COUNTED_SINCE, SanctionStep.taken_on <= DAY,
            SanctionStep.taken_at <= KNOWN_AT if then else true(),
            counted_for(whose, SanctionSignal.dossier_id, KNOWN_AT if then else None),
        )
    )  # fmt: skip


_FIGURES = {(whose, then): _statement(whose, then) for whose, then in product(Whose, (False, True))}


def figures_for(session: Session, actor: Actor, question: Question) -> ExemptionFigures:
    """Return the figures as this actor may see them; raise ``Forbidden``. One query."""
    require(actor, Action.REPORT_READ)
    scope = figure_scope(actor)
    then = question.known_on is not None
    given = parameters(session, actor, question) | {
        "soon": add_months(question.reference_date, ENDS_SOON_MONTHS)
    }
    rows = session.execute(_FIGURES[WHOSE[scope], then], given).all()
    return _figures(question, scope, rows)


def _figures(question: Question, scope: FigureScope, rows: Any) -> ExemptionFigures:
    guarded = scope is FigureScope.COUNTS_ONLY
    single = {row.what: row.number for row in rows if row.what != "ground"}
    grounds = sorted((row for row in rows if row.what == "ground"), key=lambda row: row.article)
    held = sum(row.number for row in grounds)
    without = single["all"] - held
    shown = partition_words([without, *(row.number for row in grounds)], guarded=guarded)
    hides = shown[0] != single_count(without, guarded=False)
    covered = any(words != single_count(row.number, guarded=False)
                  for words, row in zip(shown[1:], grounds, strict=True))  # fmt: skip
    return ExemptionFigures(
        question=question, is_own=scope is FigureScope.OWN,
        is_held=scope is FigureScope.HELD, is_guarded=guarded,
        total=HIDDEN_WORD if hides or covered else single_count(single["all"], guarded=guarded),
        held=HIDDEN_WORD if hides else single_count(held, guarded=guarded), without=shown[0],
        ends_soon=single_count(single["soon"], guarded=guarded),
        grounds=tuple(
            GroundCount(row.name, row.article, words)
            for row, words in zip(grounds, shown[1:], strict=True)
        ),
        signals_sent=single_count(single["sent"], guarded=guarded),
        signals_applied=single_count(single["applied"], guarded=guarded),
    )  # fmt: skip
