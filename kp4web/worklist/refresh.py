"""Keeping the due items, and what else of a dossier follows from its facts, as rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, Update, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from kp4web.dossiers.models import Dossier
from kp4web.worklist.models import DueItem
from kp4web.worklist.queries import ItemRow, expected_and_stored

_DOSSIER, _DUE_ITEM = cast(Table, Dossier.__table__), cast(Table, DueItem.__table__)
_REMOVE = delete(_DUE_ITEM).where(_DUE_ITEM.c.id.in_(bindparam("ids", expanding=True)))
_ADD = insert(_DUE_ITEM)
_TURN_INTO = (
    update(_DUE_ITEM)
    .where(_DUE_ITEM.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in ItemRow.__slots__})
)
_PUT_OFF = "due_items_put_off"


@contextmanager
def refreshed_together(session: Session) -> Iterator[None]:
    """Let many commands in one transaction refresh the due items once, at the end."""
    put_off: set[int] = session.info.setdefault(_PUT_OFF, set())
    try:
        yield
    finally:
        del session.info[_PUT_OFF]
    refresh_due_items(session, sorted(put_off))


def refresh_due_items(
    session: Session, dossier_ids: Sequence[int], *, changed: Mapping[str, Any] | None = None
) -> None:
    """
    Store the due items and the next date of these dossiers; flushed, not committed.

    ``changed``: other columns of these dossiers, stored in the same statement.
    """
    session.flush()
    changed = changed or {}
    if _PUT_OFF in session.info:
        session.info[_PUT_OFF].update(dossier_ids)
        if changed:
            rows = [{"dossier": dossier_id, **changed} for dossier_id in dossier_ids]
            session.connection().execute(_storing(*changed), rows)
        return
    if not dossier_ids:
        return
    wanted, stored = expected_and_stored(session, dossier_ids, changed)
    missing = [item for dossier in wanted.values() for item in dossier if item.key not in stored]
    keys = {item.key for dossier in wanted.values() for item in dossier}
    connection = session.connection()
    gone = [row_id for key, row_id in stored.items() if key not in keys]
    both = min(len(gone), len(missing))  # most acts take the place of a date by another
    if both:
        turned = zip(gone, missing, strict=False)
        connection.execute(_TURN_INTO, [{"row": row_id, **item.columns} for row_id, item in turned])
    if gone[both:]:
        connection.execute(_REMOVE, {"ids": gone[both:]})
    if missing[both:]:
        connection.execute(_ADD, [item.columns for item in missing[both:]])
    connection.execute(
        _storing("next_due_on", *changed),
        [
            {
                "dossier": dossier_id, **changed,
                "next_due_on": min((item.due_on for item in items), default=None),
            }
            for dossier_id, items in wanted.items()
        ],
    )  # fmt: skip


@cache
def _storing(*columns: str) -> Update:
    """Return the statement that stores these columns of a dossier; each is built once."""
    values = {name: bindparam(name, type_=_DOSSIER.c[name].type) for name in columns}
    return update(_DOSSIER).where(_DOSSIER.c.id == bindparam("dossier")).values(values)
