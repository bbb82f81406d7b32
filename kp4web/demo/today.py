"""What waits today: the last weeks of the history, arranged around the day of loading."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import islice, pairwise
from random import Random

from kp4web.demo import accounts
from kp4web.demo.accessrequests import ask_access
from kp4web.demo.afterwards import AnswerQuestion, AskQuestion
from kp4web.demo.cast import Wish, born_for_pension
from kp4web.demo.days import on_or_after, on_or_before, working_days_before
from kp4web.demo.events import (
    AgreementPlan,
    ChangeTrack,
    CorrectTrack,
    ExtendRest,
    FollowUpPlan,
    MoveFollowUp,
    OpenWithReason,
    RecordConversation,
    SettleMessage,
)
from kp4web.demo.life import GOLDEN_END, NEVER, Exit, Life, Plan
from kp4web.demo.population import Population
from kp4web.demo.scenes import start
from kp4web.demo.talks import leave_message
from kp4web.domain.agreements import Party
from kp4web.domain.applications import LifeArea
from kp4web.domain.dates import add_days, add_months, add_weeks, week_end
from kp4web.domain.talks import TalkHow, TalkPlan
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind

FIRST = date(2022, 3, 1)
"""Before this day nothing is arranged: the golden history is not to be touched."""
OPENS = date(2022, 1, 10)
OPEN_END = (Exit(NEVER, StopReason.OTHER),)

Cut = Callable[[Life, date], date | None]


def arrange(population: Population, lives: list[Life], today: date) -> list[Life]:
    """
    Return the lives with a handful of things left undone, and a few people who show the rest.

    An overdue item is a life that stops being told just before somebody would have acted.
    """
    if today < FIRST:
        return lives
    rng = Random(f"{population.seed}:{today}")  # noqa: S311 -- a story, not a secret
    lives = list(lives)
    touched: set[str] = set()
    for cut, number in ((_late_follow_up, 3), (_late_contact, 2), (_late_rest, 3)):
        _cut(lives, cut, number, today, rng, touched)
    _draw_near(lives, today, rng, touched)
    _messages(lives, today, rng, touched)
    _agree(lives, today, rng, touched)
    _correct(lives, today, rng, touched)
    _activate(lives, today, rng, touched)
    _open_with_reason(lives, today, rng, touched)
    _put_off(lives, today, rng, touched)
    _ask(lives, today, rng, touched)
    ask_access(lives, today, population.seed, touched)
    return [
        *lives,
        *(start(plan, population.seed).run(today) for plan in _extras(population, today)),
    ]


def _cut(
    lives: list[Life], cut: Cut, number: int, today: date, rng: Random, touched: set[str]
) -> None:
    """Cut off so many lives of West Betuwe where the work was left."""
    left = number
    for index in rng.sample(range(len(lives)), len(lives)):
        life = lives[index]
        if left == 0 or life.plan.team is not accounts.WEST_BETUWE or life.plan.key in touched:
            continue
        day = cut(life, today) if not life.stopped else None
        if day is not None and day > GOLDEN_END:
            lives[index] = start(life.plan, life.seed).run(day)
            touched.add(life.plan.key)
            left -= 1


def _late_follow_up(life: Life, today: date) -> date | None:
    for event in _last_talks(life, today, 18):
        if event.done and life.kind is TrackKind.SUPPORT and event.day <= add_days(today, -4):
            return event.day
    return None


def _late_contact(life: Life, today: date) -> date | None:
    for event in _last_talks(life, today, 40):
        if event.done or life.kind is not TrackKind.SUPPORT or event.follow_up is None:
            continue
        before = start(life.plan, life.seed).run(event.day)
        if before.kind is TrackKind.SUPPORT and not before.open and before.last_contact and (
            add_months(before.last_contact, 3) < add_days(today, -2)
        ):  # fmt: skip
            return event.day
    return None


def _late_rest(life: Life, today: date) -> date | None:
    events = life.events
    for event, extended in pairwise(events):
        recent = extended.day > add_days(today, -60)
        if recent and isinstance(extended, ExtendRest) and isinstance(event, RecordConversation):
            before = start(life.plan, life.seed).run(event.day)
            decided = add_weeks(before.planned_end or NEVER, -6)
            if before.kind is TrackKind.REST and decided < add_days(today, -3):
                return event.day
    return None


def _last_talks(life: Life, today: date, days: int) -> Iterator[RecordConversation]:
    for event in reversed(life.events):
        if event.day < add_days(today, -days):
            return
        if isinstance(event, RecordConversation) and event.outcome == "held":
            yield event


def _draw_near(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let some follow-ups fall on today and on the rest of this week."""
    left = (week_end(today) - today).days
    days = [today, today, today, *(add_days(today, 1 + n % left) for n in range(3) if left)]
    for life in rng.sample(lives, len(lives)):
        due = min(life.open.values(), default=NEVER)
        if not days or life.plan.key in touched or len(life.open) != 1:
            continue
        fits = life.plan.team is accounts.WEST_BETUWE and today < due <= add_days(today, 40)
        if fits and _redate(life, days[0], *PLANNED[len(days) % len(PLANNED)]):
            days.pop(0)
            touched.add(life.plan.key)


PLANNED: tuple[tuple[str, TalkPlan | None], ...] = (
    ("Bespreken hoe het thuis gaat.",
     TalkPlan(time(10, 30), TalkHow.HOME, 60, "bij de inwoner thuis")),
    ("Samen de post doornemen.", TalkPlan(time(14), TalkHow.OFFICE, 45, "gemeentehuis, kamer 3")),
    ("", None),
    ("Vragen hoe de eerste week op de dagbesteding was.", TalkPlan(time(9, 15), TalkHow.PHONE, 15)),
    ("", None),
)  # fmt: skip
"""What was planned for these days: talks with a time, and follow-ups as they were."""
IN_REST = "Hij vroeg er zelf om: hij wil een ochtend in de week helpen bij de kringloop."
"""Why somebody in rest is asked to come and speak about activation."""


def _activate(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let one talk of lately in rest end with a talk about activation, with its reason."""
    for life in rng.sample(lives, len(lives)):
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not fits or life.stopped or life.kind is not TrackKind.REST or life.open:
            continue
        event = life.events[-1]
        if isinstance(event, RecordConversation) and event.follow_up is None and (
            event.outcome == "held" and event.day > GOLDEN_END
        ):  # fmt: skip
            plan = FollowUpPlan(
                key=life.fresh("f"), due_on=on_or_after(add_days(today, 6)),
                what="Samen kijken wat hij aankan.",
                talk=TalkPlan(time(11), TalkHow.OFFICE, 45, "gemeentehuis, kamer 3"),
                activation_reason=IN_REST,
            )  # fmt: skip
            life.events[-1] = replace(event, follow_up=plan)
            life.open[plan.key] = plan.due_on
            return


def _redate(life: Life, due_on: date, what: str, talk: TalkPlan | None) -> bool:
    """Give the open follow-up another date from the start, if it is of lately and not moved."""
    (key,) = life.open
    for index, event in enumerate(life.events):
        if not isinstance(event, RecordConversation) or event.follow_up is None:
            continue
        plan = event.follow_up
        if plan.key == key and plan.due_on == life.open[key] and event.day > GOLDEN_END:
            changed = replace(plan, due_on=due_on, what=what or plan.what, talk=talk)
            life.events[index] = replace(event, follow_up=changed)
            life.open[key] = due_on
            return True
    return False


def _messages(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Leave two messages that nobody has read yet."""
    days = [working_days_before(today, 1), working_days_before(today, 4)]
    for life in rng.sample(lives, len(lives)):
        other = life.colleague(today)
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not days or not fits or life.stopped or other is None or life.unread:
            continue
        if life.clock.date() < days[0] and life.kind is TrackKind.SUPPORT:
            leave_message(life, days.pop(0), other)
            touched.add(life.plan.key)


def _agree(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let some talks of lately end with agreements, the first of them overdue."""
    days = [add_days(today, -2), add_days(today, 1), add_days(today, 9), None, add_days(today, 30)]
    for life in rng.sample(lives, len(lives)):
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not days or not fits or life.stopped or life.kind is not TrackKind.SUPPORT:
            continue
        for event in islice(_last_talks(life, today, 60), 1):
            if event.day < add_days(today, -4):
                what, who, area, step = AGREED[len(days) % len(AGREED)]
                plan = AgreementPlan(what, who, days.pop(0))
                life.events[life.events.index(event)] = replace(
                    event, agreements=(plan,), life_areas=frozenset({area}),
                    participation_step=step,
                )  # fmt: skip


def _correct(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let two tracks of the last year turn out to have begun some weeks earlier."""
    day, left = working_days_before(today, 3), list(CORRECTED)
    for life in rng.sample(lives, len(lives)):
        changes = [event for event in life.events if isinstance(event, ChangeTrack)]
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not left or not fits or not changes or life.stopped or life.clock.date() >= day:
            continue
        last = changes[-1]
        ran = [event.valid_from for event in changes[:-1]] or [life.plan.opened_on]
        began = on_or_before(add_days(last.valid_from, -24))
        is_running = last.kind is life.kind and last.kind is TrackKind.SUPPORT
        if is_running and add_months(today, -12) < last.valid_from and ran[-1] < began:
            life.emit(CorrectTrack, day, dossier=life.plan.key, valid_from=began, why=left.pop())
            touched.add(life.plan.key)


CORRECTED = (
    "De begindatum is de dag waarop ik het invoerde. Het gesprek hierover was eerder.",
    "Met de inwoner nagekeken: de ondersteuning begon een paar weken eerder.",
)
"""Why a first day was corrected."""


def _open_with_reason(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let a coordinator open a dossier lately, and a colleague one since; the last is unread."""
    days = [working_days_before(today, 3), working_days_before(today, 1)]
    for life in rng.sample(lives, len(lives)):
        colleague = life.colleague(today)
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not days or not fits or life.stopped or colleague is None or life.unread:
            continue
        if life.clock.date() < days[0] and life.kind is TrackKind.SUPPORT:
            day, key, first = days.pop(0), life.fresh("m"), len(days) == 1
            life.emit(
                OpenWithReason, day, by=life.plan.team.coordinator if first else colleague,
                dossier=life.plan.key, message=key, reason=REASONS[len(days)],
            )  # fmt: skip
            if first:
                life.emit(SettleMessage, working_days_before(today, 2), dossier=life.plan.key,
                          message=key)  # fmt: skip
            touched.add(life.plan.key)


def _first_account_first(lives: Sequence[Life], rng: Random) -> list[Life]:
    """Return the lives in any order, those of the account tried most in front."""
    first = accounts.WEST_BETUWE.consultants[0]
    return sorted(rng.sample(lives, len(lives)), key=lambda life: life.lead != first)


def _put_off(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let one follow-up be moved three times; its date is still to come."""
    days = [working_days_before(today, number) for number in (15, 10, 5)]
    dates = [*days[1:], on_or_after(add_days(today, 1))]
    for life in _first_account_first(lives, rng):
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        waits = life.kind is TrackKind.SUPPORT and len(life.open) == 1 and not life.stopped
        if not fits or not waits or life.clock.date() >= days[0]:
            continue
        if min(life.open.values()) > today and _redate(life, days[0], "", None):
            (key,) = life.open
            for day, due_on in zip(days, dates, strict=True):
                life.emit(MoveFollowUp, day, dossier=life.plan.key, follow_up=key, due_on=due_on)
            life.open[key] = dates[-1]
            touched.add(life.plan.key)
            return


def _ask(lives: Sequence[Life], today: date, rng: Random, touched: set[str]) -> None:
    """Let the coordinator ask about two reports: one has an answer by now, that nobody read."""
    day, coordinator = working_days_before(today, 3), accounts.WEST_BETUWE.coordinator
    left = list(ASKED)
    for life in _first_account_first(lives, rng):
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not left or not fits or life.stopped or life.kind is not TrackKind.SUPPORT:
            continue
        talks = [one for one in islice(_last_talks(life, today, 40), 1) if one.by == life.lead]
        if talks and life.clock.date() < day and life.lead != coordinator:
            (text, answer), key = left.pop(), life.fresh("q")
            life.emit(AskQuestion, day, by=coordinator, dossier=life.plan.key, question=key,
                      text=text)  # fmt: skip
            if answer:
                life.emit(AnswerQuestion, working_days_before(today, 1), dossier=life.plan.key,
                          question=key, text=answer)  # fmt: skip
            touched.add(life.plan.key)


ASKED = (
    ("Is met de inwoner besproken wie er meekomt naar het volgende gesprek?",
     "Ja, haar zus komt mee. Zij belt mij een dag van tevoren."),
    ("Er is gesproken over schulden. Weet de inwoner waar hij hulp kan vragen?", ""),
)  # fmt: skip
"""What the coordinator asks, and the answer when there is one."""
REASONS = (
    "De inwoner staat aan de balie en de vaste consulent is vrij.",
    "De inwoner heeft een klacht over een afspraak; ik moet vandaag antwoorden.",
)
AGREED = (
    ("Zelf bellen met de huisarts voor een afspraak.", Party.RESIDENT, LifeArea.HEALTH, 2),
    ("De brief over de huur samen nakijken.", Party.CONSULTANT, LifeArea.HOUSING_MONEY, 1),
    ("Een keer meegaan naar de koffieochtend.", Party.RESIDENT, LifeArea.SOCIAL, 3),
    ("Het taalmaatje neemt contact op.", Party.OTHER, LifeArea.WORK, 3),
)
"""What is agreed, who keeps it, the life area it is about, the participation step then."""


@dataclass(frozen=True, slots=True)
class _Extra:
    """Somebody who shows one kind of item: name, opening, changes to a newcomer's plan."""

    name: str
    opened_on: date
    changes: dict[str, object]
    wish: Wish | None = None


def _extras(population: Population, today: date) -> Iterator[Plan]:
    """Yield the plans of people who each show something that waits."""
    for extra in (*_waiting(today), *_long_known(today)):
        if extra.opened_on < OPENS:
            continue
        key, team = f"wb-{extra.name}", accounts.WEST_BETUWE
        plan = population.newcomer(key, team, extra.opened_on, wish=extra.wish)
        plan = replace(plan, exits=OPEN_END, kp3_on=NEVER)
        yield replace(plan, **extra.changes)  # type: ignore[arg-type]


def _waiting(today: date) -> Iterator[_Extra]:
    """Yield who came lately: offered, unassigned, not yet classified."""
    for name, days in (("offered-1", 4), ("offered-2", 17)):
        day = on_or_before(add_days(today, -days))
        yield _Extra(name, day, {"offered_on": day, "opened_on": NEVER})
    for name, days in (("unassigned-1", 12), ("unassigned-2", 2)):
        day = on_or_before(add_days(today, -days))
        offered = on_or_before(add_days(day, -5))
        yield _Extra(name, day, {"offered_on": max(offered, OPENS), "assign_on": None})
    day = on_or_before(add_days(today, -97))
    yield _Extra("undecided", day, {"classify_on": NEVER})


def _long_known(today: date) -> Iterator[_Extra]:
    """Yield who has been here for years: AOW, KP3 waiting, out of sight."""
    opened = on_or_after(max(OPENS, add_months(today, -26)))
    near, reached = add_months(add_days(today, 15), 5), add_days(today, -6)
    yield _Extra("aow-near", opened, {"seen": False, "exits": _at_pension(near)},
                 _born(born_for_pension(near)))  # fmt: skip
    yield _Extra("aow-reached", opened, {"seen": True}, _born(born_for_pension(reached)))
    kp3_on = on_or_before(add_days(today, -22))
    if kp3_on > add_days(opened, 120):
        yield _Extra("kp3-waiting", opened, {"kp3_on": kp3_on})
    silent = add_days(today, -380)
    if silent > add_days(opened, 200):
        yield _Extra("out-of-sight", opened, {
            "silent_from": silent, "locked_until": today, "classify_to": TrackKind.SUPPORT,
        })  # fmt: skip


def _at_pension(on: date) -> tuple[Exit, ...]:
    return (Exit(on, StopReason.PENSION_AGE),)


def _born(born: date) -> Wish:
    return Wish(key="", municipality="", born=born, subgroups=(Subgroup.NEAR_PENSION,))
