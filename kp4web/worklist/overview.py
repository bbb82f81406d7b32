"""
The page of the work list for one actor: two queries, whatever the number of items.

Rows, not entities; statements are built once for each form they take. What the actor may not
read is not in a row, and what nobody with these roles may read is not selected.
"""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from kp4web.accounts.models import User
from kp4web.clients.models import Client
from kp4web.clients.queries import name_of
from kp4web.domain.actor import Actor, Role
from kp4web.domain.agreements import agreed
from kp4web.domain.dates import add_days, add_months, week_end
from kp4web.domain.due import ABOUT_QUESTIONS, DueKind
from kp4web.domain.due_words import DueGroup, Explanation, explain, group
from kp4web.domain.policy import (
    Access,
    Action,
    Field,
    access,
    may,
    relations,
    require,
    visible_fields,
)
from kp4web.domain.talks import TalkPlan, follow_up_words
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import IN_REACH, reach_of
from kp4web.drafts.queries import DRAFTS, draft_lines
from kp4web.extensions import AnyRow, AnySelect, rows_of
from kp4web.organisations.models import NORMS, MunicipalityNorms, norms_in
from kp4web.worklist.acts import Act as Act
from kp4web.worklist.acts import acts_for
from kp4web.worklist.models import (
    Agreement,
    DueItem,
    FollowUp,
    FollowUpMove,
    Message,
    PlannedTalk,
    ReportQuestion,
)
from kp4web.worklist.pieces import Counts, Wanted, Work, WorkRow

ROWS = 25
"""Rows on one page of the work list."""
AHEAD_MONTHS = 12
"""How far ahead the list looks unless asked for everything: AOW dates lie decades away."""
SPOKEN = "Gesprek vastgelegd."
"""What stands for the text of a message that only announces a conversation."""


_ITEM = (
    DueItem.kind, DueItem.due_on, DueItem.subject_id, DueItem.user_id, DueItem.handover_id,
    Dossier.id.label("dossier_id"), Dossier.number, Dossier.client_id, Dossier.lead_id,
    Dossier.kind.label("track"), Dossier.track_since, Dossier.planned_end,
    Dossier.last_contact_on, Client.initials, Client.given_name, Client.prefix, Client.surname,
    Client.pension_on, *NORMS,
)  # fmt: skip
_LEAD = aliased(User)
_SEES_TEXT = bindparam("sees_text", type_=Boolean)
_MOVES = (
    select(func.count(FollowUpMove.id))
    .where(FollowUpMove.follow_up_id == FollowUp.id)
    .scalar_subquery()
)
_PLANNED = (
    PlannedTalk.starts_at, _MOVES.label("moves"),
    *(
        case((_SEES_TEXT, column)).label(column.key)
        for column in (
            FollowUp.what, FollowUp.is_activation, FollowUp.activation_reason,
            PlannedTalk.how, PlannedTalk.minutes, PlannedTalk.place,
        )
    ),
)  # fmt: skip
"""Of a follow-up: its time and moves go with its date, the rest with what it is about."""
_TAKES = bindparam("takes", type_=Boolean)
"""Whether the actor takes up hand-overs that nobody has: a team of the work agency does not."""
_SEES_REPORTS = bindparam("sees_reports", type_=Boolean)
_SEES_QUESTIONS = bindparam("sees_questions", type_=Boolean)
_ACTOR: BindParameter[int] = bindparam("actor_id")
_GROUPS = ("late", "today", "week", "later", "beyond")


@cache
def _scope(own: bool, team: bool) -> ColumnElement[bool]:
    """Return whose items: the actor's own, those of the coordinators, or both."""
    of_actor = DueItem.user_id == _ACTOR
    of_team = DueItem.user_id.is_(None)
    mine = or_(of_actor, of_team) if own and team else of_actor if own else of_team
    taken = or_(DueItem.handover_id.is_(None), DueItem.user_id == _ACTOR, _TAKES)
    return and_(mine, taken, DueItem.organisation_id == bindparam("organisation_id"))


@cache
def _items_query(own: bool, team: bool, by_kind: bool, by_track: bool) -> AnySelect:
    """Return the query for one page of items; built once for each form it takes."""
    query = (
        select(
            *_ITEM,
            *_PLANNED,
            case((and_(_SEES_TEXT, Dossier.lead_id == _ACTOR), Message.text)).label("message"),
            case((Message.conversation_id.is_not(None), True), else_=False).label("spoken"),
            case((and_(_SEES_REPORTS, Dossier.lead_id == _ACTOR), Agreement.what)).label("agreed"),
            Agreement.who,
            case((_SEES_QUESTIONS, ReportQuestion.question)).label("question"),
            User.name.label("author"),
            _LEAD.name.label("lead"),
        )
        .select_from(DueItem)
        .outerjoin(Dossier, and_(Dossier.id == DueItem.dossier_id, IN_REACH))
        .outerjoin(Client, Client.id == Dossier.client_id)
        .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
        .outerjoin(
            FollowUp, and_(DueItem.kind == DueKind.FOLLOW_UP, FollowUp.id == DueItem.subject_id)
        )
        .outerjoin(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)
        .outerjoin(
            Agreement, and_(DueItem.kind == DueKind.AGREEMENT, Agreement.id == DueItem.subject_id)
        )
        .outerjoin(Message, and_(DueItem.kind == DueKind.MESSAGE, Message.id == DueItem.subject_id))
        .outerjoin(
            ReportQuestion,
            and_(DueItem.kind.in_(ABOUT_QUESTIONS), ReportQuestion.id == DueItem.subject_id),
        )
        .outerjoin(User, User.id == Message.author_id)
        .outerjoin(_LEAD, _LEAD.id == Dossier.lead_id)
        .where(
            _scope(own, team),
            DueItem.due_on >= bindparam("from_on"),
            DueItem.due_on <= bindparam("to_on"),
            or_(Dossier.id.is_not(None), DueItem.dossier_id.is_(None)),
        )
        .order_by(DueItem.due_on, DueItem.id)
        .limit(bindparam("rows", ROWS))
        .offset(bindparam("skip"))
    )
    return _filtered(query, by_kind, by_track)


@cache
def _counts_query(own: bool, team: bool, by_kind: bool, by_track: bool) -> AnySelect:
    """Return the query for the number of items in each group, beside each of the own drafts."""
    on = DueItem.due_on
    today: BindParameter[date] = bindparam("today")
    sunday: BindParameter[date] = bindparam("sunday")
    horizon: BindParameter[date] = bindparam("horizon")
    query = (
        select(
            func.count(case((on < today, 1))).label("late"),
            func.count(case((on == today, 1))).label("today"),
            func.count(case((and_(on > today, on <= sunday), 1))).label("week"),
            func.count(case((and_(on > bindparam("sunday"), on <= horizon), 1))).label("later"),
            func.count(case((on > bindparam("horizon"), 1))).label("beyond"),
        )
        .select_from(DueItem)
        .where(_scope(own, team))
    )
    if by_track:
        query = query.join(Dossier, Dossier.id == DueItem.dossier_id)
    counts = _filtered(query, by_kind, by_track).subquery("counts")
    drafts = DRAFTS.subquery("drafts")
    return (
        select(counts, drafts)
        .outerjoin(drafts, true())
        .order_by(drafts.c.saved_at.desc(), drafts.c.id.desc())
    )


def _filtered(query: AnySelect, by_kind: bool, by_track: bool) -> AnySelect:
    if by_kind:
        query = query.where(DueItem.kind == bindparam("due_kind"))
    if by_track:
        query = query.where(Dossier.kind == bindparam("track"))
    return query


def work_for(session: Session, actor: Actor, wanted: Wanted, *, today: date) -> Work:
    """
    Return one page of the actor's work list; a page past the last one gives the last.

    A consultant's own items; for a coordinator those of the organisation without a user: to
    assign, twelve months, hand-overs, and everything of unassigned dossiers.
    """
    require(actor, Action.WORKLIST_READ)
    form = (
        actor.has(Role.CONSULTANT), actor.has(Role.COORDINATOR),
        wanted.kind is not None, wanted.track is not None,
    )  # fmt: skip
    horizon = max(add_months(today, AHEAD_MONTHS), week_end(today))
    given: dict[str, Any] = reach_of(actor) | {
        "actor_id": actor.id, "user_id": actor.id, "today": today, "sunday": week_end(today),
        "horizon": horizon, "due_kind": wanted.kind, "track": wanted.track,
    }  # fmt: skip
    given |= _sees(actor)
    around = rows_of(session, _counts_query(*form), given).all()
    counts = Counts(*(getattr(around[0], name) for name in _GROUPS))
    drafts = draft_lines(row for row in around if row.id is not None)
    pages = max(1, -(-_number_of(counts, wanted) // ROWS))
    page = min(max(wanted.page, 1), pages)
    first, last = _days(wanted, today, horizon)
    given |= {"from_on": first, "to_on": last, "skip": (page - 1) * ROWS}
    rows = rows_of(session, _items_query(*form), given).all()
    shown = [*(row.client_id for row in rows), *(draft.client_id for draft in drafts)]
    return Work(
        wanted=wanted, page=page, pages=pages, counts=counts, horizon=horizon,
        rows=tuple(sorted((_work_row(row, actor, today) for row in rows), key=lambda r: r.order)),
        clients=tuple({key for key in shown if key is not None}),
        drafts=tuple(drafts),
    )  # fmt: skip


def days_for(
    session: Session, actor: Actor, first: date, last: date, *, most: int, today: date
) -> tuple[tuple[WorkRow, ...], tuple[int, ...]]:
    """
    Return the actor's own items from the first to the last day, and whose data that is.

    At most ``most`` rows, the first to come; the same rows as on the work list.
    """
    require(actor, Action.AGENDA_READ)
    given = reach_of(actor) | _sees(actor) | {
        "actor_id": actor.id, "from_on": first, "to_on": last, "skip": 0, "rows": most,
    }  # fmt: skip
    query = _items_query(own=True, team=False, by_kind=False, by_track=False)
    rows = rows_of(session, query, given).all()
    shown = sorted((_work_row(row, actor, today) for row in rows), key=lambda row: row.order)
    return tuple(shown), tuple({row.client_id for row in rows if row.client_id is not None})


def _sees(actor: Actor) -> dict[str, bool]:
    """Return what of the items is selected at all."""
    best = visible_fields(relations(actor, lead_id=actor.id, dossier_id=None))
    return {
        "takes": may(actor, Action.HANDOVER_ACCEPT),
        "sees_text": Field.FOLLOW_UP_WHAT in best, "sees_reports": Field.REPORTS in best,
        "sees_questions": Field.QUESTIONS in best,
    }  # fmt: skip


def _number_of(counts: Counts, wanted: Wanted) -> int:
    beyond = counts.beyond if wanted.everything else 0
    if wanted.group is None:
        return counts.total - counts.beyond + beyond
    return counts.of(wanted.group) + (beyond if wanted.group is DueGroup.LATER else 0)


def _days(wanted: Wanted, today: date, horizon: date) -> tuple[date, date]:
    """Return the first and last day of what is asked for."""
    last = date.max if wanted.everything else horizon
    if wanted.group is None:
        return date.min, last
    sunday = week_end(today)
    return {
        DueGroup.LATE: (date.min, add_days(today, -1)),
        DueGroup.TODAY: (today, today),
        DueGroup.WEEK: (add_days(today, 1), sunday),
        DueGroup.LATER: (add_days(sunday, 1), last),
    }[wanted.group]


def _work_row(row: AnyRow, actor: Actor, today: date) -> WorkRow:
    kind = DueKind(row.kind)
    if row.dossier_id is None:
        words = _words(row, kind, today, None)
        acts = acts_for(actor, kind, frozenset(), named=False)
        where = group(row.due_on, today)
        return WorkRow(kind, row.due_on, where, row.handover_id, words, acts)
    held = relations(actor, lead_id=row.lead_id, dossier_id=None)
    reads = access(held, Field.FOLLOW_UP_WHAT) >= Access.READ
    sees_lead = access(held, Field.ASSIGNMENT) >= Access.READ
    reads_reports = access(held, Field.REPORTS) >= Access.READ
    reads_message = reads_reports and kind is DueKind.MESSAGE
    what = _planned(row) if reads and kind is DueKind.FOLLOW_UP else None
    if kind is DueKind.AGREEMENT:
        what = agreed(row.who, row.agreed) if reads_reports and row.agreed else None
    if kind in ABOUT_QUESTIONS:
        what = row.question if access(held, Field.QUESTIONS) >= Access.READ else None
    return WorkRow(
        kind=kind, due_on=row.due_on, group=group(row.due_on, today), subject_id=row.subject_id,
        words=_words(row, kind, today, what),
        acts=acts_for(actor, kind, held, named=row.user_id == actor.id), number=row.number,
        name=name_of(row), track=TrackKind(row.track), last_contact_on=row.last_contact_on,
        message=(row.message or (SPOKEN if row.spoken else None)) if reads_message else None,
        author=row.author if reads_message else None,
        lead=row.lead if row.lead_id != actor.id and sees_lead else None,
        starts_at=row.starts_at, moves=row.moves or 0,
    )  # fmt: skip


def _planned(row: AnyRow) -> str:
    """Return what a follow-up is about, with how and where of a planned talk."""
    talk = row.how and TalkPlan(row.starts_at, row.how, row.minutes, row.place)
    return follow_up_words(
        row.what or "", talk, is_activation=bool(row.is_activation),
        activation_reason=row.activation_reason or "",
    )  # fmt: skip


def _words(row: AnyRow, kind: DueKind, today: date, what: str | None) -> Explanation:
    return explain(
        kind, due_on=row.due_on, today=today, track=TrackKind(row.track or TrackKind.SUPPORT),
        track_since=row.track_since or row.due_on, last_contact_on=row.last_contact_on,
        planned_end=row.planned_end, aow_on=row.pension_on, norms=norms_in(row), what=what,
    )  # fmt: skip
