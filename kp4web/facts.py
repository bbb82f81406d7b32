"""
Bitemporal rows: the mixin that stores what ``domain.periods`` plans.

A row says when it was true (``valid_from``, ``valid_to`` exclusive) and when we knew it
(``recorded_at``, ``superseded_at``). The only column ever written after insert is
``superseded_at``: whatever was known at an earlier moment can always be read back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self, TypeVar, cast

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Table,
    and_,
    bindparam,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, declared_attr, mapped_column

from kp4web.domain.periods import Plan, Rewrite, Span

RowT = TypeVar("RowT", bound="Fact")


class Known:
    """When we knew a row: from ``recorded_at`` until another took its place."""

    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    @classmethod
    def known(cls, known_at: ColumnElement[datetime] | None = None) -> ColumnElement[bool]:
        """Return the condition for rows that we know now, or knew at ``known_at``."""
        if known_at is None:
            return cls.superseded_at.is_(None)
        return and_(
            cls.recorded_at <= known_at,
            or_(cls.superseded_at.is_(None), cls.superseded_at > known_at),
        )


class Fact(Known):
    """Columns and constraints of a bitemporal row; ``key`` names the columns of its subject."""

    __tablename__: Any
    key: ClassVar[tuple[str, ...]]
    content: ClassVar[tuple[str, ...]]
    scope: ClassVar[tuple[str, ...]] = ()
    """Columns kept for reach and reports (municipality); part of neither key nor content."""
    extra_args: ClassVar[tuple[Any, ...]] = ()
    """Constraints and indexes of the table beside those of every fact."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    @declared_attr
    def recorded_by_id(cls) -> Mapped[int]:  # noqa: N805 -- declared_attr passes the class
        """Return the column of the user who recorded the row."""
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        running = text("superseded_at IS NULL AND valid_to IS NULL")
        known = text("superseded_at IS NULL")
        return (
            CheckConstraint("valid_to > valid_from", name="period"),
            CheckConstraint("superseded_at >= recorded_at", name="known"),
            Index(
                f"uq_{cls.__tablename__}_running", *cls.key, unique=True,
                sqlite_where=running, postgresql_where=running,
            ),
            Index(
                f"uq_{cls.__tablename__}_known", *cls.key, "valid_from", unique=True,
                sqlite_where=known, postgresql_where=known,
            ),
            Index(f"ix_{cls.__tablename__}_history", *cls.key, "recorded_at"),
            *cls.extra_args,
        )  # fmt: skip

    @classmethod
    def running(cls) -> ColumnElement[bool]:
        """Return the condition for the row that runs until further notice, as known now."""
        return and_(cls.superseded_at.is_(None), cls.valid_to.is_(None))

    @classmethod
    def valid_on(
        cls, day: ColumnElement[date] | date, known_at: ColumnElement[datetime] | None = None
    ) -> ColumnElement[bool]:
        """Return the condition for rows true on the day, as known now or at ``known_at``."""
        true_then = and_(cls.valid_from <= day, or_(cls.valid_to.is_(None), cls.valid_to > day))
        return and_(true_then, cls.known(known_at))

    @classmethod
    def first_recorder(cls) -> ColumnElement[int]:
        """Return who recorded this content first: closing a row copies it under another name."""
        earlier: Any = aliased(cls)
        on_index = (getattr(earlier, n) == getattr(cls, n) for n in (*cls.key, "valid_from"))
        same = (getattr(earlier, n).is_not_distinct_from(getattr(cls, n)) for n in cls.content)
        return (
            select(earlier.recorded_by_id)
            .where(*on_index, *same)  # PostgreSQL finds no index for "is not distinct from"
            .order_by(earlier.recorded_at, earlier.id)
            .limit(1)
            .correlate(cls)
            .scalar_subquery()
        )

    @classmethod
    def history(cls, session: Session, **key: int | str) -> Sequence[Self]:
        """Return every row of one subject, superseded ones included, oldest knowledge first."""
        return session.scalars(
            select(cls).filter_by(**key).order_by(cls.recorded_at, cls.valid_from)
        ).all()

    @classmethod
    def store(
        cls,
        session: Session,
        plan: Plan[Self],
        *,
        key: Mapping[str, Any],
        content: Mapping[str, Any],
        recorded_by_id: int,
    ) -> Self | None:
        """
        Write the plan: supersede, keep what remains, add the new row.

        Returns the new row, or ``None`` when the plan only ends the running one.
        """
        for row in plan.superseded:
            row.superseded_at = plan.at
        session.flush()  # before the inserts: two running rows are refused by the database
        stamp = {"recorded_at": plan.at, "recorded_by_id": recorded_by_id}
        copied = (*cls.key, *cls.scope, *cls.content)
        session.add_all(
            _row(cls, span, {name: getattr(row, name) for name in copied} | stamp)
            for row, span in plan.remains
        )
        new = None if plan.span is None else _row(cls, plan.span, {**key, **content, **stamp})
        if new is not None:
            session.add(new)
        session.flush()
        return new

    @classmethod
    def histories(
        cls, session: Session, subjects: ColumnElement[bool]
    ) -> dict[int, list[Row[*tuple[Any, ...]]]]:
        """Return every row of many subjects, by the first column of their key; one query."""
        times = ("id", "valid_from", "valid_to", "recorded_at", "superseded_at")
        names = (*times, *cls.key, *cls.scope, *cls.content)
        found: dict[int, list[Row[*tuple[Any, ...]]]] = {}
        for row in session.execute(select(*(getattr(cls, name) for name in names)).where(subjects)):
            found.setdefault(row._mapping[cls.key[0]], []).append(row)
        return found

    @classmethod
    def store_all(
        cls,
        session: Session,
        plans: Iterable[tuple[Plan[Any], Mapping[str, Any]]],
        *,
        recorded_by_id: int,
    ) -> None:
        """
        Write the plans of many subjects with two statements; ``store`` does the same for one.

        Each comes with the columns of its new row. Its rows may be those of ``histories``.
        """
        table = cast(Table, cls.__table__)  # type: ignore[attr-defined]
        copied = (*cls.key, *cls.scope, *cls.content)
        old: list[dict[str, Any]] = []
        new: list[dict[str, Any]] = []
        for plan, values in plans:
            stamp = {"recorded_at": plan.at, "recorded_by_id": recorded_by_id}
            old += ({"row": row.id, "at": plan.at} for row in plan.superseded)
            spans = [
                *((span, {name: getattr(row, name) for name in copied})
                  for row, span in plan.remains),
                *([] if plan.span is None else [(plan.span, dict(values))]),
            ]  # fmt: skip
            new += (
                {"valid_from": span.valid_from, "valid_to": span.valid_to, **columns, **stamp}
                for span, columns in spans
            )
        connection = session.connection()
        if old:
            ended = update(table).where(table.c.id == bindparam("row"))
            connection.execute(ended.values(superseded_at=bindparam("at")), old)
        if new:
            connection.execute(insert(table), new)

    @classmethod
    def rewrite(
        cls,
        session: Session,
        plan: Rewrite[Self, Any],
        *,
        key: Mapping[str, Any],
        values: Callable[[Any], Mapping[str, Any]],
        recorded_by_id: int,
    ) -> None:
        """Write the plan: supersede, then add; ``values`` gives the columns of a content."""
        for row in plan.superseded:
            row.superseded_at = plan.at
        session.flush()  # before the inserts: two running rows are refused by the database
        stamp = {"recorded_at": plan.at, "recorded_by_id": recorded_by_id}
        session.add_all(
            _row(cls, span, {**key, **values(content), **stamp}) for span, content in plan.added
        )
        session.flush()


def _row(kind: type[RowT], span: Span, values: Mapping[str, Any]) -> RowT:
    make: Callable[..., RowT] = kind
    return make(valid_from=span.valid_from, valid_to=span.valid_to, **values)
