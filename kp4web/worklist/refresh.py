"""Keeping the due items, and what else of a dossier follows from its facts, as rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from kp4web.dossiers.models import Dossier
from kp4web.worklist.models import DueItem
from kp4web.worklist.queries import ItemRow, expected_and_stored

_DOSSIER = cast(Table, Dossier.__table__)
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
            query = update(_DOSSIER).where(_DOSSIER.c.id.in_(dossier_ids)).values(**changed)
            session.connection().execute(query)
        return
    if not dossier_ids:
        return
    wanted, stored = expected_and_stored(session, dossier_ids, changed)
    missing = [item for dossier in wanted.values() for item in dossier if item.key not in stored]
    keys = {item.key for dossier in wanted.values() for item in dossier}
    if gone := [row_id for key, row_id in stored.items() if key not in keys]:
        session.execute(delete(DueItem).where(DueItem.id.in_(gone)))
    if missing:
        session.execute(
            insert(DueItem).execution_options(render_nulls=True),  # one statement for all
            [{name: getattr(item, name) for name in ItemRow.__slots__} for item in missing],
        )
    _store_next_dates(session, wanted, changed)


def _store_next_dates(
    session: Session, wanted: Mapping[int, Sequence[ItemRow]], changed: Mapping[str, Any]
) -> None:
    session.connection().execute(
        update(_DOSSIER)
        .where(_DOSSIER.c.id == bindparam("dossier"))
        .values(next_due_on=bindparam("next"), **changed),
        [
            {"dossier": dossier_id, "next": min((i.due_on for i in items), default=None)}
            for dossier_id, items in wanted.items()
        ],
    )
