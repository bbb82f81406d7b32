"""
Search among the dossiers one holds, by whatever the term can mean.

A field that an actor reads only as lead finds only the own dossiers: whoever may not read the
BSN of a dossier cannot tell by searching whose it is, nor that it is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, or_, select
from sqlalchemy.orm import Session

from kp4web.clients.models import Client, NameKey, bsn_hash
from kp4web.domain.actor import Actor
from kp4web.domain.policy import Field, opened_dossiers, reads, relations
from kp4web.domain.spelling import SHORTEST, slip_keys, slips_in
from kp4web.dossiers.models import Dossier
from kp4web.dossiers.queries import reach_of
from kp4web.extensions import AnyRow, AnySelect, rows_of
from kp4web.organisations.queries import places_of
from kp4web.search.rows import ROWS, DossierRow, row_for
from kp4web.search.terms import By, Meaning, meaning_of

AT_MOST = 50
CANDIDATES = 200
"""Names that share a key with the term and are compared with it, at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; ``by`` says what was searched by, never the term."""

    rows: tuple[DossierRow, ...]
    more: bool
    """Whether there are more than fit."""
    by: tuple[By, ...]
    near: tuple[DossierRow, ...] = ()
    """Whose names are a slip of the pen away from the term."""

    @property
    def clients(self) -> tuple[int, ...]:
        """Return whose data is shown: for the log."""
        return tuple(row.client_id for row in (*self.rows, *self.near))


_IS_OTHERS = case((Dossier.lead_id == bindparam("actor_id"), 0), else_=1)
_FOUND = ROWS.order_by(_IS_OTHERS, Client.sort_name, Dossier.id).limit(AT_MOST + 1)
_OWN = Dossier.lead_id == bindparam("actor_id")
_IN_PLACES = Client.municipality_id.in_(bindparam("places", expanding=True))
BY_NUMBER = _FOUND.where(Dossier.number == bindparam("number"))
BY_NUMBER_END = _FOUND.where(Dossier.number.like(bindparam("number_end")))
BY_BSN = _FOUND.where(_IN_PLACES, Client.bsn_hash == bindparam("bsn_hash"))
BY_BIRTH_DATE = _FOUND.where(_IN_PLACES, Client.birth_date == bindparam("birth_date"))


@cache
def by_name(words: int) -> AnySelect:
    """Return the statement for a name of so many words, each the beginning of one in the name."""
    conditions = (Client.search_name.like(bindparam(f"word{place}")) for place in range(words))
    return _FOUND.where(_IN_PLACES, *conditions)


@cache
def by_slip(known: tuple[bool, ...]) -> AnySelect:
    """
    Return the statement for names that may be a slip away from the words of a search.

    ``known``: of each word whether it is long enough to have keys. The first condition goes by
    the keys of all words together, so that no list of clients is walked through.
    """
    near_any = _with_key("keys").distinct().subquery("near_any")
    query = ROWS.add_columns(Client.search_name).join(near_any, near_any.c.client_id == Client.id)
    for place, is_known in enumerate(known):
        begins = Client.search_name.like(bindparam(f"word{place}"))
        near = or_(begins, Client.id.in_(_with_key(f"keys{place}")))
        query = query.where(near if is_known else begins)
    return query.order_by(_IS_OTHERS, Client.sort_name, Dossier.id).limit(CANDIDATES)


def _with_key(name: str) -> Select[int]:
    """Return whose name, where the actor works, has one of the keys bound to this name."""
    return select(NameKey.client_id).where(
        NameKey.municipality_id.in_(bindparam("places", expanding=True)),
        NameKey.key.in_(bindparam(name, expanding=True)),
    )


@cache
def among_own(query: AnySelect, with_opened: bool = False) -> AnySelect:
    """Return the same search among the own dossiers only, and those that a reason opened."""
    opened = Dossier.id.in_(bindparam("opened", expanding=True))
    return query.where(or_(_OWN, opened) if with_opened else _OWN)


def search_for(session: Session, actor: Actor, term: str, *, today: date) -> Found:
    """
    Return at most ``AT_MOST`` dossiers within reach: exact hits first, own ones before others'.

    Raises ``Forbidden`` for roles without dossiers.
    """
    reach = reach_of(actor)
    meaning = meaning_of(term, today=today)
    given = reach | {"actor_id": actor.id, "places": list(places_of(session, actor))}
    rows: dict[str, AnyRow] = {}
    for field, query, keys in _searches(meaning):
        if (allowed := _allowed(actor, field, query)) is not None:
            opened = {"opened": list(opened_dossiers(actor, field))}
            for row in rows_of(session, allowed, given | keys | opened):
                rows.setdefault(row.number, row)
    more = len(rows) > AT_MOST
    near = () if more else _near(session, actor, meaning.words, given)
    return Found(
        rows=tuple(row_for(actor, row, today=today) for row in list(rows.values())[:AT_MOST]),
        more=more, by=meaning.by,
        near=tuple(row_for(actor, row, today=today) for row in near if row.number not in rows),
    )  # fmt: skip


def _near(
    session: Session, actor: Actor, words: tuple[str, ...], given: dict[str, Any]
) -> list[AnyRow]:
    """Return who is found by the words with a slip of the pen; the least slips first."""
    keys = [slip_keys(word) if len(word) >= SHORTEST - 1 else frozenset() for word in words]
    query = _allowed(actor, Field.PERSON, by_slip(tuple(map(bool, keys))))
    if query is None or not any(keys):
        return []
    bound = given | {"keys": sorted(frozenset().union(*keys))}
    for place, word in enumerate(words):
        bound |= {f"word{place}": f"% {word}%", f"keys{place}": sorted(keys[place])}
    found = [(slips_in(row.search_name, words), row) for row in rows_of(session, query, bound)]
    slipped = [(slips, row) for slips, row in found if slips]
    return [row for _, row in sorted(slipped, key=lambda each: each[0])[:AT_MOST]]


def _searches(meaning: Meaning) -> Iterator[tuple[Field, AnySelect, dict[str, Any]]]:
    """Yield the statements to run: the field they read, and what is bound; best hits first."""
    if meaning.number:
        yield Field.TRACK, BY_NUMBER, {"number": meaning.number}
    if meaning.number_end:
        yield Field.TRACK, BY_NUMBER_END, {"number_end": f"KP4-%-{meaning.number_end}"}
    if meaning.bsn:
        yield Field.BSN, BY_BSN, {"bsn_hash": bsn_hash(meaning.bsn)}
    if meaning.birth_date:
        yield Field.BIRTH, BY_BIRTH_DATE, {"birth_date": meaning.birth_date}
    if meaning.words:
        words = {f"word{place}": f"% {word}%" for place, word in enumerate(meaning.words)}
        yield Field.PERSON, by_name(len(words)), words


def _allowed(actor: Actor, field: Field, query: AnySelect) -> AnySelect | None:
    """Return the search as far as the actor reads the field: everywhere, in own dossiers, not."""
    if reads_everywhere(actor, field):
        return query
    opened = bool(opened_dossiers(actor, field))
    if opened or reads(relations(actor, lead_id=actor.id, dossier_id=None), field):
        return among_own(query, opened)
    return None


def reads_everywhere(actor: Actor, field: Field) -> bool:
    """Return whether the actor reads the field in every dossier within reach."""
    return reads(relations(actor, lead_id=None, dossier_id=None), field)
