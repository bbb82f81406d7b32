"""One branch of the timeline: events of one kind in the shared shape, cut off by itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    String,
    Text,
    Time,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from kp4web.extensions import AnySelect
from kp4web.timeline.parameters import ACTOR, DOSSIER, READS_REPORTS, shaped

EXCERPT = 300
"""Characters of an older report on the page."""
IN_FULL = 3
"""How many of the latest reports are shown in full."""


SINCE = bindparam("since", type_=Date)
WHOLE = bindparam("whole", type_=Boolean)
EVENT: Mapping[str, Any] = {
    "author_id": Integer(), "ref": Integer(), "size": Integer(), "asked": Integer(),
    "at": Time(), "code": String(),
    "text": Text(), "more": Text(), "extra": Text(), "note": Text(), "until": Date(),
    "other_day": Date(), "place": Text(),
}  # fmt: skip


def event(
    source: type[Any], sort: int, kind: str, on: Any, where: Iterable[Any] = (), *,
    joins: Iterable[tuple[Any, Any]] = (), **columns: Any,
) -> AnySelect:  # fmt: skip
    """
    Return the events of one kind from ``since`` to the place asked for, newest first, cut off.

    ``sort`` orders what happened on one day: what follows from something else is higher.
    """
    before = or_(
        on < bindparam("on"),
        bindparam("sort", type_=Integer) > sort,
        and_(bindparam("sort", type_=Integer) == sort, source.id < bindparam("id", type_=Integer)),
    )
    query = select(
        literal_column(str(sort), Integer).label("sort"), literal_column(f"'{kind}'").label("kind"),
        source.id.label("id"), on.label("day"), *shaped(EVENT, columns),
    ).select_from(source)  # fmt: skip
    for target, condition in joins:
        query = query.outerjoin(target, condition)
    query = query.where(on <= bindparam("on", type_=Date), on >= SINCE, before, *where)
    rows = query.order_by(on.desc(), source.id.desc()).limit(bindparam("rows", type_=Integer))
    return select(rows.subquery())


def reads(entry: Any) -> Any:
    """Return whether the actor reads an entry: the report's readers, and who wrote it."""
    return or_(READS_REPORTS, entry.author_id == ACTOR)


def report_of(entry: Any, *, cut: bool) -> dict[str, Any]:
    """Return the columns of a report: for its readers, and for who wrote it."""
    readable = reads(entry)
    newest = aliased(entry)
    latest = (
        select(newest.id)
        .where(newest.dossier_id == DOSSIER)
        .order_by(newest.held_on.desc(), newest.id.desc())
        .limit(IN_FULL)
    )
    text = entry.report
    if cut:
        whole = or_(~READS_REPORTS, WHOLE, entry.id.in_(select(latest.subquery().c.id)))
        text = case((whole, entry.report), else_=func.substr(entry.report, 1, EXCERPT))
    return {
        "author_id": entry.author_id, "at": entry.held_at, "code": entry.channel,
        "text": case((readable, text)), "size": case((readable, func.length(entry.report))),
    }  # fmt: skip
