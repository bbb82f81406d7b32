"""The person of a row: how the screens name one, and by what one is recognised."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from kp4web.crypto import vault
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.names import display_name, fold

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class WhoIs:
    """What a person is recognised by; the BSN only as its keyed hash."""

    surname: str
    birth_date: date
    prefix: str = ""
    initials: str = ""
    given_name: str = ""
    bsn_hash: str | None = field(default=None, repr=False)


def who_is(row: Any) -> WhoIs:
    """Return what the person of a row (client, applicant) is recognised by."""
    return WhoIs(
        surname=row.surname, prefix=row.prefix, birth_date=row.birth_date,
        initials=row.initials, given_name=row.given_name, bsn_hash=row.bsn_hash,
    )  # fmt: skip


def name_of(row: Any) -> str:
    """Return the name of the person of a row as the screens show it."""
    return display_name(
        initials=row.initials, given_name=row.given_name, prefix=row.prefix, surname=row.surname
    )


def masked_bsn(row: Any) -> str | None:
    """Return the BSN of the person of a row with only its last digits, or ``None``: unknown."""
    if row.bsn_sealed is None:
        return None
    return bsn_rules.mask(vault.decrypt(row.bsn_sealed, row=row.seal))


def alike(rows: Iterable[RowT], who: WhoIs) -> tuple[RowT, ...]:
    """Return the rows with the same BSN, or with the same name and birth date."""
    return tuple(row for row in rows if same_bsn(row, who) or same_name(row, who))


def same_bsn(row: Any, who: WhoIs) -> bool:
    """Return whether both numbers are known and equal."""
    return who.bsn_hash is not None and row.bsn_hash == who.bsn_hash


def same_name(row: Any, who: WhoIs) -> bool:
    """
    Return whether name and birth date are the same.

    A name is the same when the folded surnames are (particles may be missing), and the first
    letters do not differ where both are known.
    """
    if row.birth_date != who.birth_date:
        return False
    if not _spellings(row.prefix, row.surname) & _spellings(who.prefix, who.surname):
        return False
    letters = {_first(row.initials, row.given_name), _first(who.initials, who.given_name)} - {""}
    return len(letters) < 2


def _spellings(prefix: str, surname: str) -> frozenset[str]:
    """Return the folded surname with and without its particles, spaces left out."""
    return frozenset(fold(text).replace(" ", "") for text in (surname, f"{prefix} {surname}"))


def _first(initials: str, given_name: str) -> str:
    return fold(initials or given_name)[:1]
