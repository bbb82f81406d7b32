"""The plain people of a large data set: a course, talks and a follow-up, drawn without a story."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from kp4web.conversations.models import Channel
from kp4web.demo.days import on_or_after, on_or_before
from kp4web.domain.dates import SATURDAY, add_days, add_months
from kp4web.domain.tracks import StopReason, TrackKind

YOUNGEST_DAYS, OLDEST_DAYS = 26 * 365, 66 * 365
LONGEST_AGO, SHORTEST_AGO = 2900, 220
"""How many days ago a dossier was opened."""
DONE_EVERY = 4
"""One in so many talks ends with a follow-up, done at the next one."""
FOLLOW_UP_DAYS = (7, 60)
CHANNELS = (
    *(Channel.FACE_TO_FACE,) * 5, *(Channel.PHONE,) * 6, *(Channel.HOME_VISIT,) * 3,
    Channel.VIDEO, Channel.IN_WRITING,
)  # fmt: skip
REASONS: Mapping[TrackKind, str] = {
    TrackKind.UNDER_INVESTIGATION: "Het dossier is nieuw en nog niet ingedeeld.",
    TrackKind.REST: "Een gesprek over werk of activering is nu te veel gevraagd.",
    TrackKind.SUPPORT: "Eerst is ondersteuning nodig; daarna kijken wij verder.",
    TrackKind.KP3: "De inwoner wil en kan nu een stap naar werk zetten.",
    TrackKind.STOPPED: "De begeleiding is afgerond.",
}
SENTENCES = (
    "Gesproken over hoe het thuis gaat.", "De week heeft nu een vast ritme.",
    "Slapen lukt nog niet goed, overdag is er weinig energie.",
    "De kinderen doen het goed op school.", "Er ligt een brief van de energieleverancier.",
    "Wij hebben samen gebeld en een regeling afgesproken.",
    "De taalles op dinsdag gaat door, ook in de vakantie.",
    "Hij wil graag weer iets betekenen voor een ander.",
    "Zij vertelt dat de buurvrouw vaak langskomt.", "Een grote stap is nu nog te veel.",
    "De afspraak met de huisarts is verzet naar volgende week.",
    "Vrijwilligerswerk in het dorpshuis bevalt goed.",
    "Wij spreken af dat ik over enkele weken weer bel.",
    "De woning is te klein, de inschrijving loopt.", "Zorgtoeslag opnieuw aangevraagd.",
    "Het vertrouwen groeit langzaam.", "Geen bijzonderheden, wel prettig om te spreken.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spell:
    """One track with its days."""

    kind: TrackKind
    valid_from: date
    valid_to: date | None
    planned_end: date | None
    stop_reason: StopReason | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation, and when its follow-up is due."""

    held_on: date
    channel: Channel
    report: str
    follow_up_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class PlainLife:
    """What one generated dossier holds."""

    birth_date: date
    opened_on: date
    course: tuple[Spell, ...]
    talks: tuple[Talk, ...]


def draw_life(rng: Random, reports: tuple[str, ...], talks: int, today: date) -> PlainLife:
    """Return a life with so many talks, the last of them not after today."""
    opened_on = on_or_before(add_days(today, -rng.randint(SHORTEST_AGO, LONGEST_AGO)))
    course = tuple(_course(rng, opened_on, today))
    last = course[-1]
    until = today if last.kind.active else last.valid_from
    return PlainLife(
        birth_date=add_days(today, -rng.randint(YOUNGEST_DAYS, OLDEST_DAYS)),
        opened_on=opened_on,
        course=course,
        talks=_talks(rng, reports, talks, opened_on, until, open_end=last.kind.active),
    )


def draw_reports(rng: Random, number: int = 200) -> tuple[str, ...]:
    """Return texts of some hundreds of characters to take reports from."""
    return tuple(" ".join(rng.sample(SENTENCES, rng.randint(4, 10))) for _ in range(number))


def _course(rng: Random, opened_on: date, today: date) -> Iterator[Spell]:
    kind, since = TrackKind.UNDER_INVESTIGATION, opened_on
    while True:
        end = add_months(since, rng.choice((9, 12))) if kind is TrackKind.REST else None
        reason = None
        if kind is TrackKind.STOPPED:
            reason = rng.choice((StopReason.MOVED, StopReason.PAID_WORK, StopReason.BENEFIT_ENDED))
        after = on_or_after(_until(rng, kind, since, end))
        changes = kind.active and after <= today
        yield Spell(kind, since, after if changes else None, end, reason)
        if not changes:
            return
        kind, since = _next(rng, kind), after


def _until(rng: Random, kind: TrackKind, since: date, end: date | None) -> date:
    """Return the day of the next change: rest is decided upon shortly before or after its end."""
    if end is not None:
        return add_days(end, -rng.randint(-20, 45))
    if kind is TrackKind.SUPPORT:
        return add_days(since, rng.randint(250, 1100))
    return add_days(since, rng.randint(25, 110))


def _next(rng: Random, kind: TrackKind) -> TrackKind:
    rest, support, kp3, stop = (
        TrackKind.REST, TrackKind.SUPPORT, TrackKind.KP3, TrackKind.STOPPED,
    )  # fmt: skip
    after = {
        TrackKind.UNDER_INVESTIGATION: (rest, rest, rest, support, support, support, kp3),
        TrackKind.REST: (*(rest,) * 8, *(support,) * 6, stop),
        TrackKind.SUPPORT: (*(rest,) * 6, *(kp3,) * 2, stop),
        TrackKind.KP3: (support, support, support, stop),
    }
    return rng.choice(after[kind])


def _talks(
    rng: Random, reports: tuple[str, ...], number: int, first: date, last: date, *, open_end: bool
) -> tuple[Talk, ...]:
    """Return talks spread evenly over the days; one in so many is followed up at the next."""
    span = (last - first).days
    days = [_workday(first, int(span * (n + rng.random()) / number)) for n in range(number)]
    talks = []
    for place, (day, following) in enumerate(zip(days, [*days[1:], None], strict=True)):
        due_on = done_on = None
        if following is None and open_end and rng.random() < 0.6:
            due_on = on_or_after(add_days(day, rng.randint(*FOLLOW_UP_DAYS)))
        elif following is not None and place % DONE_EVERY == 0:
            due_on = done_on = following
        talks.append(Talk(day, rng.choice(CHANNELS), rng.choice(reports), due_on, done_on))
    return tuple(talks)


def _workday(first: date, days: int) -> date:
    """Return the day so many days on, or the Friday before; ``first`` is no day of a weekend."""
    day = add_days(first, days)
    return add_days(day, SATURDAY - 1 - day.weekday()) if day.weekday() >= SATURDAY else day
