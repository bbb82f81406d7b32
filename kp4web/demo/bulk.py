"""
A large data set beside the demo history: plain dossiers in invented municipalities.

Rows go straight into the tables, one municipality at a time, so that a hundred thousand dossiers
need no more memory than three hundred. They carry no entries of the log: nobody did it. Facts,
projections and due items are as the commands would have left them (``worklist verify``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import product
from random import Random
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from kp4web.accounts.models import User, UserRole
from kp4web.caseload.models import Assignment
from kp4web.clients.commands import pension_table
from kp4web.clients.models import (
    Client,
    ContactPreference,
    Household,
    NameKey,
    bsn_hash,
    key_rows,
)
from kp4web.conversations.commands import SPOKEN
from kp4web.conversations.models import Conversation, Participant, ReportText
from kp4web.crypto import vault
from kp4web.demo import places
from kp4web.demo.bulk_lives import REASONS, PlainLife, draw_life, draw_reports
from kp4web.demo.names import ANY_ORIGIN, POOLS
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.bsn import demo_numbers
from kp4web.domain.dates import add_days
from kp4web.domain.names import searchable, sort_key
from kp4web.domain.pension import aow_date
from kp4web.domain.tracks import Subgroup
from kp4web.dossiers.models import (
    Dossier,
    GuidancePeriod,
    Origin,
    ProfileDecision,
    SubgroupPeriod,
    TrackPeriod,
)
from kp4web.extensions import Base
from kp4web.organisations.models import Municipality, Organisation
from kp4web.worklist.commands import refresh_due_items
from kp4web.worklist.models import FollowUp, FollowUpEnding

STEMS = (
    "Appel", "Berken", "Beuken", "Distel", "Donker", "Eiken", "Elzen", "Ganzen", "Iepen", "Kersen",
    "Klaver", "Koren", "Linden", "Mispel", "Otter", "Peren", "Reiger", "Riet", "Vlas", "Wilgen",
)  # fmt: skip
ENDINGS = (
    "aarde", "akker", "beemd", "broek", "donk", "drecht", "gaarde", "hage", "heem", "kamp", "koog",
    "loo", "oord", "rade", "stede", "veen", "wold",
)  # fmt: skip
MUNICIPALITIES = tuple(f"{stem}{ending}" for ending, stem in product(ENDINGS, STEMS))
"""The names of 340 municipalities; none is meant to exist."""
PER_MUNICIPALITY = 300
PER_CONSULTANT = 50
TALKS = 50
"""Conversations per dossier unless told otherwise."""
UNASSIGNED = 0.03
KEPT = (
    Municipality, Organisation, User, UserRole, Household, Client, Dossier, TrackPeriod,
    GuidancePeriod, ProfileDecision, Assignment, SubgroupPeriod, Conversation, FollowUp,
)  # fmt: skip
"""The tables that are filled, in the order in which they refer to each other."""
FOUND_BY = (NameKey, ReportText)
"""The tables by which those are found; nothing refers to their rows."""


def sizes_for(clients: int) -> tuple[int, ...]:
    """Return how many clients each municipality gets; more than 340 there are not."""
    return tuple(_evenly(clients, min(len(MUNICIPALITIES), -(-clients // PER_MUNICIPALITY))))


def fill(
    session: Session, *, sizes: Sequence[int], conversations: int, seed: int, today: date,
    password_hash: str = "", done: Callable[[int], None] = lambda number: None,
) -> None:  # fmt: skip
    """
    Add municipalities with so many clients each, and the conversations spread over them.

    Commits after each municipality; ``done`` hears how many clients it has. Nobody signs in to
    the new accounts without a ``password_hash``.
    """
    rng = Random(seed)  # noqa: S311 -- made-up people, not a secret
    bulk = _Bulk(session, rng, today, password_hash or "!")
    talks = _evenly(conversations, sum(sizes))
    for name, size in zip(MUNICIPALITIES, sizes, strict=False):
        bulk.add_town(name, [next(talks) for _ in range(size)])
        session.commit()
        done(size)
    bulk.rows.settle()
    session.commit()


def _evenly(total: int, parts: int) -> Iterator[int]:
    """Yield parts that add up to the total and differ by one at most."""
    for part in range(parts):
        yield total * (part + 1) // parts - total * part // parts


class _Rows:
    """Rows that wait to be inserted, with ids given out here."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last = {kind: session.scalar(select(func.max(kind.id))) or 0 for kind in KEPT}
        self.waiting: dict[type[Base], list[dict[str, Any]]] = {
            kind: [] for kind in (*KEPT, *FOUND_BY)
        }

    def add(self, kind: type[Any], /, **values: Any) -> int:
        """Keep a row until the next flush; return its id."""
        self.last[kind] += 1
        self.waiting[kind].append({"id": self.last[kind], **values})
        return self.last[kind]

    def add_to_find(self, kind: type[Any], *rows: dict[str, Any]) -> None:
        """Keep rows of a table by which others are found."""
        self.waiting[kind].extend(rows)

    def flush(self) -> None:
        """Insert what waits, table by table."""
        for kind, rows in self.waiting.items():
            if rows:
                self.session.execute(insert(cast(Table, kind.__table__)), rows)
                rows.clear()

    def settle(self) -> None:
        """Let PostgreSQL go on numbering where this left off, and know how large it all is."""
        if self.session.get_bind().dialect.name != "postgresql":
            return
        for kind in KEPT:
            table = cast(Table, kind.__table__).name
            self.session.execute(
                text("select setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                {"name": table, "last": max(self.last[kind], 1)},
            )
        self.session.execute(text("analyze"))


@dataclass(frozen=True, slots=True)
class _Town:
    """A municipality with its team."""

    name: str
    municipality_id: int
    organisation_id: int
    coordinator_id: int
    consultant_ids: Sequence[int]


@dataclass(slots=True)
class _Bulk:
    """Draws and writes one municipality after another."""

    session: Session
    rng: Random
    today: date
    password_hash: str
    rows: _Rows = field(init=False)
    reports: tuple[str, ...] = field(init=False)
    numbers: tuple[tuple[str, str], ...] = field(init=False)
    """Every BSN with its keyed hash; each municipality begins at the first again."""

    def __post_init__(self) -> None:
        self.rows = _Rows(self.session)
        self.reports = draw_reports(self.rng)
        self.numbers = tuple((number, bsn_hash(number)) for number in demo_numbers())

    def add_town(self, name: str, talks: Sequence[int]) -> None:
        """Write a municipality with as many dossiers as there are numbers of talks."""
        town = self._town(name, max(1, -(-len(talks) // PER_CONSULTANT)))
        ids = [self._dossier(town, place, number) for place, number in enumerate(talks)]
        self.rows.flush()
        refresh_due_items(self.session, ids)

    def _town(self, name: str, consultants: int) -> _Town:
        slug = name.lower()
        home = self.rows.add(Municipality, slug=slug, name=name)
        team = self.rows.add(
            Organisation, kind=OrganisationKind.MUNICIPALITY, name=f"Gemeente {name}",
            team="Team Sociaal", municipality_id=home,
        )  # fmt: skip
        coordinator = self._user(team, f"coordinator@{slug}.example", Role.COORDINATOR)
        return _Town(name, home, team, coordinator, [
            self._user(team, f"consulent{number}@{slug}.example", Role.CONSULTANT)
            for number in range(1, consultants + 1)
        ])  # fmt: skip

    def _user(self, team: int, email: str, role: Role) -> int:
        since = _moment(date(2019, 1, 2))
        given, prefix, surname = self._name()
        user = self.rows.add(
            User, organisation_id=team, email=email,
            name=" ".join(part for part in (given, prefix, surname) if part),
            password_hash=self.password_hash, password_set_at=since, created_at=since,
        )  # fmt: skip
        self.rows.add(UserRole, user_id=user, role=role, granted_at=since)
        return user

    def _name(self) -> tuple[str, str, str]:
        pool = POOLS[self.rng.choice(ANY_ORIGIN)]
        prefix, _, surname = self.rng.choice(pool.surnames).rpartition("|")
        return self.rng.choice((*pool.female, *pool.male)), prefix, surname

    def _dossier(self, town: _Town, place: int, talks: int) -> int:
        """Keep the rows of one dossier; return its id."""
        rng, life = self.rng, draw_life(self.rng, self.reports, talks, self.today)
        consultant = rng.choice(town.consultant_ids)
        lead = consultant if rng.random() >= UNASSIGNED else None
        client = self._client(town, place, life.birth_date)
        last = life.course[-1]
        since, *_ = (
            spell.valid_from for index, spell in enumerate(life.course)
            if all(later.kind is last.kind for later in life.course[index:])
        )  # fmt: skip
        dossier = self.rows.add(
            Dossier, number=self._number(life.opened_on.year), client_id=client,
            municipality_id=town.municipality_id, opened_on=life.opened_on,
            origin=Origin.TAKEN_OVER, opening_reason="Overgenomen uit het oude systeem.",
            recorded_at=_moment(life.opened_on), recorded_by_id=town.coordinator_id,
            holder_id=town.organisation_id, kind=last.kind, track_since=since,
            planned_end=last.planned_end, lead_id=lead,
            last_contact_on=max(
                (talk.held_on for talk in life.talks if talk.channel in SPOKEN), default=None
            ),
        )  # fmt: skip
        self._facts(town, dossier, client, lead, life)
        self._course(town, dossier, consultant, life)
        self._talks(town, dossier, consultant, life)
        return dossier

    def _number(self, year: int) -> str:
        """Return a number of six digits that no other dossier has: the drawn ones are shorter."""
        return f"KP4-{year}-{100_000 + self.rows.last[Dossier] * 48_271 % 900_000}"

    def _client(self, town: _Town, place: int, birth_date: date) -> int:
        rng = self.rng
        given, prefix, surname = self._name()
        names = {
            "initials": f"{given[0]}.", "given_name": given, "prefix": prefix, "surname": surname,
        }  # fmt: skip
        number, hashed = self.numbers[place] if place < len(self.numbers) else (None, None)
        seal = f"{rng.getrandbits(128):032x}"
        pension = aow_date(birth_date, pension_table())
        search_name = searchable(**names)
        client = self.rows.add(
            Client, **names, municipality_id=town.municipality_id, birth_date=birth_date,
            household_id=self.rows.add(Household, municipality_id=town.municipality_id),
            seal=seal, bsn_sealed=number and vault.encrypt(number, row=seal), bsn_hash=hashed,
            street=f"{rng.choice(places.STREETS)} {rng.randint(1, 139)}", town=town.name,
            postcode="", phone=f"06-00000{rng.randint(100, 999)}", email="",
            contact_preference=rng.choice(list(ContactPreference)), interpreter="", approach="",
            pension_on=pension.on, pension_provisional=pension.provisional,
            search_name=search_name, sort_name=sort_key(**names),
        )  # fmt: skip
        self.rows.add_to_find(NameKey, *key_rows(client, town.municipality_id, search_name))
        return client

    def _facts(
        self, town: _Town, dossier: int, client: int, lead: int | None, life: PlainLife
    ) -> None:
        """Keep who guides, who holds it, and in which subgroup the resident is."""
        stamp = {
            "valid_from": life.opened_on, "recorded_at": _moment(life.opened_on),
            "recorded_by_id": town.coordinator_id,
        }  # fmt: skip
        place = {"dossier_id": dossier, "municipality_id": town.municipality_id}
        self.rows.add(GuidancePeriod, **place, **stamp, organisation_id=town.organisation_id)
        self.rows.add(
            ProfileDecision, client_id=client, profile=4, organisation_id=town.organisation_id,
            justification="Overgenomen uit het oude systeem.", **stamp,
        )  # fmt: skip
        if lead is not None:
            self.rows.add(Assignment, **place, **stamp, user_id=lead, reason="Eerste verdeling.")
        if self.rng.random() < 0.7:
            group = self.rng.choice(list(Subgroup))
            self.rows.add(SubgroupPeriod, **place, **stamp, subgroup=group)

    def _course(self, town: _Town, dossier: int, author: int, life: PlainLife) -> None:
        """Keep the tracks as changing them would have: each change closes the running row."""
        for spell in life.course:
            row = {
                "dossier_id": dossier, "municipality_id": town.municipality_id,
                "kind": spell.kind, "planned_end": spell.planned_end,
                "stop_reason": spell.stop_reason, "reason": REASONS[spell.kind],
                "valid_from": spell.valid_from, "recorded_by_id": author,
            }  # fmt: skip
            began, ended = _moment(spell.valid_from), spell.valid_to and _moment(spell.valid_to)
            self.rows.add(TrackPeriod, **row, valid_to=None, recorded_at=began, superseded_at=ended)
            if ended:
                self.rows.add(
                    TrackPeriod, **row, valid_to=spell.valid_to, recorded_at=ended,
                    superseded_at=None,
                )  # fmt: skip

    def _talks(self, town: _Town, dossier: int, author: int, life: PlainLife) -> None:
        """Keep the talks, with the follow-ups they led to."""
        place = {"dossier_id": dossier, "municipality_id": town.municipality_id}
        for talk in life.talks:
            at = _moment(talk.held_on)
            made = self.rows.add(
                Conversation, **place, author_id=author, held_on=talk.held_on,
                channel=talk.channel, report=talk.report, recorded_at=at,
                participants=[str(Participant.RESIDENT)], is_contact=talk.channel in SPOKEN,
            )  # fmt: skip
            self.rows.add_to_find(ReportText, {
                "dossier_id": dossier, "conversation_id": made, "held_on": talk.held_on,
                "words": talk.report,
            })  # fmt: skip
            if talk.follow_up_on is None:
                continue
            ended = talk.done_on and _moment(talk.done_on)
            self.rows.add(
                FollowUp, **place, due_on=max(talk.follow_up_on, add_days(talk.held_on, 1)),
                what="Bellen hoe het gaat.", created_on=talk.held_on, created_at=at,
                created_by_id=author, conversation_id=made,
                ending=FollowUpEnding.DONE if ended else None, ended_on=talk.done_on,
                ended_at=ended, ended_by_id=author if ended else None,
            )  # fmt: skip


def _moment(day: date) -> datetime:
    """Return the moment at which something of that day was typed."""
    return datetime.combine(day, time(14), UTC)
