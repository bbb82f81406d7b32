"""
The whole demo history: every event in the order of time, from a seed and a day.

``history(seed, today)`` is pure. Nothing in it happens on or after ``today``; everything up to the
end of 2021 is the same for every seed and every later day (the golden history).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from kp4web.demo import accounts
from kp4web.demo.days import on_or_after
from kp4web.demo.departures import departures
from kp4web.demo.events import (
    AddMunicipality,
    AddOrganisation,
    AddUser,
    Assign,
    Event,
    JoinScreeningRound,
    OpenScreeningRound,
    RegisterWelfareCount,
)
from kp4web.demo.exemptions import announced, exemptions, signals
from kp4web.demo.intake import applications, put_in_use, with_applications
from kp4web.demo.legal_events import LoadGrounds
from kp4web.demo.life import GOLDEN_END, Team
from kp4web.demo.needs import headings, outlines
from kp4web.demo.newcomers import newcomers
from kp4web.demo.population import Population
from kp4web.demo.redecided import corrected_profiles
from kp4web.demo.reviews import reassessments
from kp4web.demo.scenes import ROUND, start
from kp4web.demo.today import arrange
from kp4web.demo.transfers import transfers
from kp4web.domain.actor import OrganisationKind
from kp4web.domain.dates import AMSTERDAM, add_days

DEFAULT_SEED = 2020
COUNTED: dict[str, tuple[int, ...]] = {
    "west-betuwe": (443, 449, 461, 452),
    "buren": (208, 213, 217, 211),
}
"""Households on welfare each half year from 1-1-2020; 449 on 1-7-2020 is of the note."""


def history(seed: int, today: date) -> tuple[Event, ...]:
    """Return what happened before ``today``, in the order of time."""
    population = Population(str(seed))
    plans = population.golden()
    plans += newcomers(population, plans, today)
    lives = [start(plan, population.seed).run(today) for plan in plans]
    lives = arrange(population, lives, today)
    told = [event for life in lives for event in with_applications(life)]
    told += [*put_in_use(), *applications(population, today)]
    told += reassessments(lives, population.seed, today)
    told += [*headings(lives), *outlines()]
    told += exemptions(lives, population.seed, today)
    told += departures(lives, today)
    told += [*signals(lives, population.seed, today), *announced(today)]
    told += corrected_profiles(sorted(told, key=lambda event: event.at), today)
    told += transfers(today)
    told = [event for event in told if event.day < today]
    frame = [*_organisations(), *_round(), *_welfare_counts(population.seed, today)]
    return tuple(_bundled(sorted([*frame, *told], key=lambda event: event.at)))


def _organisations() -> Iterator[Event]:
    """Yield how everything was set up, in the last week of October 2019."""
    at, by = datetime(2019, 10, 28, 9, tzinfo=AMSTERDAM), accounts.ADMINISTRATOR
    for slug, name in accounts.MUNICIPALITIES.items():
        yield AddMunicipality(at=at, by=by, slug=slug, name=name)
        yield AddOrganisation(
            at=at, by=by, key=slug, kind=OrganisationKind.MUNICIPALITY,
            name=f"Gemeente {name}", team=accounts.TEAM, municipality=slug,
            phone=accounts.PHONES.get(slug, ""), reachable=accounts.HOURS,
        )  # fmt: skip
    for key, (kind, name) in accounts.OTHERS.items():
        serves = tuple(accounts.MUNICIPALITIES) if key == accounts.WORK_AGENCY else ()
        yield AddOrganisation(
            at=at,
            by=by,
            key=key,
            kind=kind,
            name=name,
            team="",
            municipality=None,
            serves=serves,
            phone=accounts.PHONES.get(key, ""),
            reachable=accounts.HOURS if serves else "",
        )
    yield LoadGrounds(at=at, by=by)
    for minutes, (email, name, organisation, roles) in enumerate(accounts.ACCOUNTS, start=30):
        yield AddUser(
            at=at + timedelta(minutes=minutes), by=by,
            email=email, name=name, organisation=organisation, roles=roles,
            phone=accounts.PHONES.get(email, ""),
        )  # fmt: skip


def _round() -> Iterator[Event]:
    team = accounts.WEST_BETUWE
    yield OpenScreeningRound(
        at=datetime(2019, 11, 1, 10, tzinfo=AMSTERDAM), by=team.coordinator, round=ROUND,
        municipality=team.municipality, name="Screening 2019-2020",
        starts_on=date(2019, 11, 1), ends_on=date(2020, 12, 31),
    )  # fmt: skip


def _welfare_counts(seed: str, today: date) -> Iterator[Event]:
    for team in (accounts.WEST_BETUWE, accounts.BUREN):
        for counted_on, households in _counts(team, seed, today):
            recorded = on_or_after(add_days(counted_on, 19))
            if recorded < today:
                yield RegisterWelfareCount(
                    at=datetime.combine(recorded, time(11, 15), AMSTERDAM),
                    by=team.policy_officer, municipality=team.municipality,
                    counted_on=counted_on, households=households,
                    source="Opgave Werkzaak Rivierenland",
                )  # fmt: skip


def _counts(team: Team, seed: str, today: date) -> Iterator[tuple[date, int]]:
    rng = Random(f"{seed}:counts:{team.municipality}")  # noqa: S311 -- a story, not a secret
    households = 0
    for number in range(2 * (max(today, GOLDEN_END).year - 2020) + 2):
        fixed = COUNTED[team.municipality]
        households = fixed[number] if number < len(fixed) else households + rng.randint(-9, 8)
        yield date(2020 + number // 2, 1 + 6 * (number % 2), 1), households


def _bundled(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events; what the coordinator did for several dossiers at once becomes one."""
    waiting: dict[tuple[object, ...], Assign | JoinScreeningRound] = {}
    for event in events:
        for key in [key for key, held in waiting.items() if held.at < event.at]:
            yield waiting.pop(key)
        if isinstance(event, Assign | JoinScreeningRound):
            key = _bundle(event)
            held = waiting.get(key)
            dossiers = (*held.dossiers, *event.dossiers) if held else event.dossiers
            waiting[key] = replace(event, dossiers=dossiers)
        else:
            yield event
    yield from waiting.values()


def _bundle(event: Assign | JoinScreeningRound) -> tuple[object, ...]:
    if isinstance(event, Assign):
        return (event.at, event.by, event.user, event.reason)
    return (event.at, event.by, event.round)
