"""
The applications of the demo: those behind the hand-overs, the regular ones, and those of today.

The questionnaire is in force from 2026 on; before that the story of a hand-over is a decision
with a reason only. Nothing here changes what the rest of the history says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from random import Random

from kp4web.demo import accounts
from kp4web.demo.answers import persona_of
from kp4web.demo.applicants import (
    couple,
    interpreted,
    long_waiting,
    named,
    returning,
    somebody,
)
from kp4web.demo.days import on_or_after, working_days_before
from kp4web.demo.desk import BEGIN, Case, working_day_between
from kp4web.demo.events import Event, OfferHandover
from kp4web.demo.intake_events import (
    AddVersion,
    ElsewhereOutcome,
    PutInForce,
    ReturnHandover,
)
from kp4web.demo.life import Life
from kp4web.demo.population import Population
from kp4web.demo.reports import theme
from kp4web.domain.applications import LifeArea
from kp4web.domain.dates import AMSTERDAM, add_days, add_months

FRESH = date(2026, 3, 2)
"""From this day there is something in every state on the day of loading."""
VERSION = "example"
REGULAR = (
    "starter", "language", "debts", "part_time", "return_to_work", "single_parent", "starter",
    "obligations", "language", "habit", "part_time", "return_to_work", "debts",
)  # fmt: skip
"""How the regular applicants answer, one after another."""
PLACES = (
    "tiel", "west-betuwe", "culemborg", "zaltbommel", "buren", "tiel", "maasdriel",
    "neder-betuwe", "west-betuwe", "west-maas-en-waal",
)  # fmt: skip
DEVIATES = 0.2
"""Share of the suggestions that intake does not follow."""
NEXT_TO: dict[int | None, tuple[int, ...]] = {1: (2,), 2: (1, 3), 3: (2, 2), 4: (3,), None: (2, 3)}
"""What is determined instead of a suggestion; klantprofiel 4 belongs to the other story."""
COLOURS = ("groen", "geel", "oranje")


def put_in_use() -> Iterator[Event]:
    """Yield how the example of the questionnaire came into force on 1 January 2026."""
    at, by = datetime(2025, 12, 15, 10, 20, tzinfo=AMSTERDAM), accounts.ADMINISTRATOR
    yield AddVersion(at=at, by=by, version=VERSION)
    yield PutInForce(
        at=at.replace(minute=24), by=by, version=VERSION, from_on=date(2026, 1, 1),
        organisations=(accounts.WORK_AGENCY, *accounts.MUNICIPALITIES),
    )  # fmt: skip


def with_applications(life: Life) -> Iterator[Event]:
    """Yield the events of a life, with the application behind each hand-over from 2026 on."""
    for event in life.events:
        if isinstance(event, OfferHandover) and event.day > BEGIN:
            yield from _behind(life, event)
        else:
            yield event


def _behind(life: Life, offer: OfferHandover) -> Iterator[Event]:
    who, key = life.plan.character, f"{life.plan.key}-a"
    rng = Random(f"{life.seed}:{key}")  # noqa: S311 -- a story, not a secret
    case = Case(key, offer.municipality, who, persona_of(who), rng)
    case.register(offer.registered_on, members=())
    first = max(add_days(case.clock.date(), 1), BEGIN)
    asked_on = working_day_between(first, offer.day, rng)
    if asked_on is None:
        yield offer
        return
    case.complete(asked_on)
    yield from case.events
    yield replace(offer, application=key, questionnaire=case.questionnaire)


def applications(population: Population, today: date) -> Iterator[Event]:
    """Yield what intake did for applicants who are in no dossier."""
    for case in (*_regular(population, today), *_fresh(population, today)):
        yield from case.events


# ---------------------------------------------------------------------- one after another


def _regular(population: Population, today: date) -> Iterator[Case]:
    rng = Random(f"{population.seed}:applications")  # noqa: S311 -- a story, not a secret
    number, day = 0, BEGIN
    while day < today:
        number += 1
        persona = "guarded" if number % 12 == 11 else REGULAR[number % len(REGULAR)]
        place = PLACES[number % len(PLACES)]
        case = somebody(population, f"wz-{number:03d}", place, persona, day)
        _treat(case, number, day)
        yield case
        day = add_days(day, rng.randint(6, 13))


def _treat(case: Case, number: int, day: date) -> None:
    """Let an application take its course; what is not of today yet is left out later."""
    rng = case.rng
    case.register(day)
    asked_on = on_or_after(add_days(day, rng.randint(4, 14)))
    decided_on = on_or_after(add_days(asked_on, rng.randint(1, 8)))
    match number % 12:
        case 4:
            case.decide_elsewhere(decided_on, _measured(case, number, day))
        case 9:
            case.decide_without(decided_on, 2)
        case 6:
            _gives_up(case, number, asked_on, decided_on)
        case _:
            suggestion = case.complete(asked_on)
            followed = suggestion.profile in {1, 2, 3} and rng.random() >= DEVIATES
            other = rng.choice(NEXT_TO[suggestion.profile])
            profile = suggestion.profile if followed and suggestion.profile else other
            case.decide(decided_on, suggestion, profile)


def _gives_up(case: Case, number: int, asked_on: date, on: date) -> None:
    """Let an application end before a decision; every second time with questions answered."""
    moved = number % 36 == 30
    if number % 24 == 6:
        case.ask(asked_on, until="werk_doen")
        case.discard(on)
    case.withdraw(on, "other" if moved else "withdrawn")


def _measured(case: Case, number: int, day: date) -> ElsewhereOutcome:
    rng = case.rng
    measured_on, in_colours = add_days(day, -rng.randint(20, 150)), rng.random() < 0.4
    return ElsewhereOutcome(
        instrument="Dariuz, afgenomen door de vorige gemeente",
        measured_on=measured_on,
        profile=2 + number // 12 % 2,
        reference=f"DZ-{measured_on.year}-{rng.randint(1000, 9999)}",
        scores=tuple(
            (area.value, rng.choice(COLOURS) if in_colours else str(rng.randint(12, 64)))
            for area in LifeArea
        ),
    )


# ---------------------------------------------------------------------- today


def _fresh(population: Population, today: date) -> Iterator[Case]:
    """Yield an application in every state, however late the history is loaded."""
    if today < FRESH:
        return
    yield from _open(population, today)
    yield from _running(population, today)
    yield from _waiting(population, today)
    yield _returned(population, today)


def _open(population: Population, today: date) -> Iterable[Case]:
    new = named(population, "wz-new", "tiel", working_days_before(today, 1))
    new.register(working_days_before(today, 1))
    late = long_waiting(population, "wz-late", "culemborg", today)
    late.register(add_days(today, -47))
    heard = interpreted(population, "wz-interpreter", "west-betuwe", today)
    heard.register(working_days_before(today, 6))
    first, second = couple(population, "wz-couple", "west-betuwe", today)
    day = working_days_before(today, 4)
    first.register(day)
    second.clock = first.clock
    second.register(day, partner_of=first.key)
    return new, late, heard, first, second


def _running(population: Population, today: date) -> Iterable[Case]:
    half = somebody(population, "wz-half", "west-betuwe", "return_to_work", today)
    half.register(working_days_before(today, 9))
    half.ask(working_days_before(today, 2), until="gez_energie")
    begun = somebody(population, "wz-begun", "zaltbommel", "language", today)
    begun.register(working_days_before(today, 5))
    begun.ask(working_days_before(today, 1), until="werk_taal_leren")
    return half, begun


def _waiting(population: Population, today: date) -> Iterator[Case]:
    """Yield who waits for a decision: suggested 4 at once, 3, nothing, and a second time."""
    told = (
        ("wz-shelter", "west-betuwe", "shelter", 6, 1),
        ("wz-debts", "buren", "debts", 12, 3),
        ("wz-guarded", "neder-betuwe", "guarded", 15, 5),
    )
    for key, place, persona, registered, asked in told:
        case = somebody(population, key, place, persona, today)
        case.register(working_days_before(today, registered))
        case.complete(working_days_before(today, asked))
        yield case
    earlier = max(add_days(BEGIN, 5), add_months(today, -8))
    before, again = returning(population, "wz-again", "maasdriel", on_or_after(earlier))
    before.register(on_or_after(earlier))
    suggestion = before.complete(on_or_after(add_days(earlier, 6)))
    before.decide(on_or_after(add_days(earlier, 11)), suggestion, suggestion.profile or 3)
    yield before
    again.register(working_days_before(today, 10))
    again.complete(working_days_before(today, 2))
    yield again


def _returned(population: Population, today: date) -> Case:
    case = somebody(population, "wz-returned", "west-betuwe", "low", today)
    texts, registered_on = theme("applications")["returned"], working_days_before(today, 27)
    case.register(registered_on)
    suggestion = case.complete(working_days_before(today, 16))
    case.offer(working_days_before(today, 13), suggestion, texts["note"], registered_on)
    returned_at = datetime.combine(
        working_days_before(today, 3), case.clock.time(), AMSTERDAM
    )  # fmt: skip
    case.events.append(
        ReturnHandover(
            at=returned_at, by=accounts.WEST_BETUWE.coordinator, handover=f"{case.key}-h",
            reason=case.rng.choice(texts["reasons"]),
        )
    )  # fmt: skip
    return case
