"""A column of text that is only there to be searched: folded, and split into words."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

from kp4web.domain.names import fold


class IndexedText(TypeDecorator[str]):
    """
    The folded words of a text: as text on SQLite, on PostgreSQL as ``tsvector``.

    There the words stand in it as they are, with their places, and their Dutch stems beside them.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type in this database."""
        kind = TSVECTOR() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Fold the text."""
        return None if value is None else fold(value)

    def bind_expression(self, bindparam: BindParameter[str]) -> ColumnElement[str]:
        """Split it into words where the database does that on the way in."""
        return _InWords(bindparam, type_=self)


class _InWords(GenericFunction[Any]):
    """The words of a bound text, in the form in which the column holds them."""

    inherit_cache = True


@compiles(_InWords)
def _as_it_is(element: _InWords, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_InWords, "postgresql")
def _with_stems(element: _InWords, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = element.clauses
    bound = f"CAST({compiler.process(text, **options)} AS TEXT)"
    return f"(to_tsvector('simple', {bound}) || strip(to_tsvector('dutch', {bound})))"
