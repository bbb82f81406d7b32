"""
The golden dossiers: 148 of West Betuwe opened on or before 2 November 2020, and those of Buren.

On that day 2 are in KP3, 21 in support, 67 in rest and 40 under investigation: 130 active. The 18
others had stopped before (Informatienota 24-11-2020; deck 23-03-2021). Drawn with dice of their
own, so neither seed nor today changes anything up to the end of 2021.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from kp4web.demo import cases
from kp4web.demo.cast import Wish, born_for_pension
from kp4web.demo.days import on_or_after
from kp4web.domain.dates import add_days, add_months
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind

NOTE_DAY = date(2020, 11, 2)
"""The reference date of the note to the council."""
DECK_DAY = date(2021, 3, 23)
MONDAYS = ((2019, 11, 4), (2020, 8, 24))

REST, SUPPORT, KP3 = TrackKind.REST, TrackKind.SUPPORT, TrackKind.KP3
UNDER_INVESTIGATION = TrackKind.UNDER_INVESTIGATION
DISABILITY, LANGUAGE = Subgroup.DISABILITY, Subgroup.LANGUAGE
NEAR_PENSION, CAREGIVER = Subgroup.NEAR_PENSION, Subgroup.CAREGIVER
IMPROVED, HIDDEN = Subgroup.IMPROVED, Subgroup.HIDDEN_PROBLEMS

AGES = {
    DISABILITY: (29, 61),
    LANGUAGE: (34, 60),
    NEAR_PENSION: (62, 65),
    CAREGIVER: (30, 58),
    IMPROVED: (28, 52),
    HIDDEN: (38, 57),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A dossier to fill: where it stands on the day of the note, and what comes after."""

    on_note_day: TrackKind
    becomes: TrackKind
    """The track chosen when it was classified."""
    wish: Wish
    opened_on: date = date.max
    classify_on: date = date.max
    stops: tuple[tuple[date, StopReason], ...] = ()
    back_on: date | None = None
    reopen_on: date | None = None
    rest_months: int = 0
    couple: str = ""
    number: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)


def west_betuwe() -> list[Slot]:
    """Return the 148 slots in the order of their opening."""
    rng = Random("golden:west-betuwe")  # noqa: S311 -- a story, not a secret
    slots = [*_cases(), *_active(rng), *_open(rng), *_stopped(rng)]
    slots = _couples(_parents(_leavers(slots)))
    slots = [_dated(slot, rng) for slot in slots]
    return sorted(slots, key=lambda slot: (slot.opened_on, slots.index(slot)))


def buren() -> list[Slot]:
    """Return the 25 slots of Buren."""
    rng = Random("golden:buren")  # noqa: S311
    counts = ((REST, 13), (SUPPORT, 7), (UNDER_INVESTIGATION, 4))
    groups = (DISABILITY, DISABILITY, DISABILITY, CAREGIVER, LANGUAGE, NEAR_PENSION)
    slots = [
        _slot(kind, rng.choice((REST, SUPPORT)) if kind is UNDER_INVESTIGATION else kind,
              (rng.choice(groups),), town="buren")
        for kind, number in counts
        for _ in range(number)
    ]  # fmt: skip
    slots.append(_stopping(date(2020, 9, 30), StopReason.BENEFIT_ENDED, town="buren"))
    dated = [_dated(slot, rng) for slot in slots]
    return sorted(dated, key=lambda slot: (slot.opened_on, dated.index(slot)))


def _slot(
    on_note_day: TrackKind, becomes: TrackKind, subgroups: Sequence[Subgroup],
    town: str = "west-betuwe",
) -> Slot:  # fmt: skip
    wish = Wish(key="", municipality=town, subgroups=tuple(subgroups), ages=AGES[subgroups[0]])
    return Slot(on_note_day=on_note_day, becomes=becomes, wish=wish)


def _cases() -> Iterator[Slot]:
    """Yield the example cases of the deck."""
    first = date(2020, 1, 14)
    yield Slot(on_note_day=SUPPORT, becomes=SUPPORT, wish=cases.DISABILITY, opened_on=first,
               classify_on=date(2020, 3, 3), number="KP4-2020-0117")  # fmt: skip
    yield Slot(on_note_day=SUPPORT, becomes=SUPPORT, wish=cases.LANGUAGE,
               opened_on=date(2019, 12, 3), classify_on=date(2020, 2, 18))  # fmt: skip
    yield Slot(on_note_day=UNDER_INVESTIGATION, becomes=SUPPORT, wish=cases.NEAR_PENSION,
               opened_on=date(2020, 9, 8), classify_on=date(2020, 11, 24))  # fmt: skip
    yield Slot(on_note_day=REST, becomes=REST, wish=cases.CAREGIVER, rest_months=10,
               opened_on=date(2020, 6, 9), classify_on=date(2020, 8, 25))  # fmt: skip
    yield Slot(on_note_day=KP3, becomes=KP3, wish=cases.IMPROVED, couple="van-zanten",
               opened_on=date(2020, 7, 7), classify_on=date(2020, 9, 29),
               stops=((date(2021, 4, 12), StopReason.HANDED_OVER),))  # fmt: skip
    yield Slot(on_note_day=TrackKind.STOPPED, becomes=REST, wish=cases.WIFE, couple="van-zanten",
               opened_on=date(2019, 11, 5),
               stops=((date(2019, 12, 17), StopReason.DECEASED),))  # fmt: skip
    for wish in (cases.HIDDEN_MAN, cases.HIDDEN_WOMAN):
        yield Slot(on_note_day=SUPPORT, becomes=SUPPORT, wish=wish, couple="verschuur",
                   opened_on=date(2020, 1, 21), classify_on=date(2020, 3, 24))  # fmt: skip


def _active(rng: Random) -> Iterator[Slot]:
    """Yield who was in KP3, support or rest on the day of the note, beside the cases."""
    yield replace(_slot(KP3, KP3, (IMPROVED,)), classify_on=date(2020, 10, 6),
                  opened_on=date(2020, 7, 14),
                  stops=((date(2021, 4, 19), StopReason.HANDED_OVER),))  # fmt: skip
    yield from (_slot(SUPPORT, SUPPORT, (HIDDEN,)) for _ in range(2))
    for kind, groups in (
        (SUPPORT, ((DISABILITY, 10), (LANGUAGE, 3), (CAREGIVER, 2))),
        (REST, ((DISABILITY, 46), (NEAR_PENSION, 8), (CAREGIVER, 7), (LANGUAGE, 5))),
    ):
        for group, number in groups:
            yield from (_slot(kind, kind, _with_second(group, rng)) for _ in range(number))


def _open(rng: Random) -> Iterator[Slot]:
    """Yield who was under investigation, with what they became by the end of the year."""
    for kind, groups in (
        (SUPPORT, ((DISABILITY, 7), (LANGUAGE, 3), (CAREGIVER, 1))),
        (REST, ((DISABILITY, 15), (NEAR_PENSION, 4), (CAREGIVER, 2), (LANGUAGE, 2))),
    ):
        for group, number in groups:
            for _ in range(number):
                yield _slot(UNDER_INVESTIGATION, kind, _with_second(group, rng))
    for leaves in ((2021, 5, 17), (2021, 5, 31), (2021, 6, 21), (2021, 8, 30)):
        yield replace(_slot(UNDER_INVESTIGATION, KP3, (IMPROVED,)),
                      stops=((date(*leaves), StopReason.HANDED_OVER),))  # fmt: skip
    yield replace(_slot(UNDER_INVESTIGATION, KP3, (IMPROVED,)), back_on=date(2021, 6, 14))


def _stopped(rng: Random) -> Iterator[Slot]:
    """Yield who had stopped: pension age, moved, deceased, paid work, benefit ended."""
    for month in (1, 2, 4, 5, 6, 8, 10):
        on = date(2020, month, rng.randint(3, 20))
        slot = _stopping(on, StopReason.PENSION_AGE)
        yield replace(slot, wish=replace(slot.wish, born=born_for_pension(on)))
    ways = (
        (StopReason.MOVED, ((2020, 3, 10), (2020, 5, 19), (2020, 7, 23), (2020, 9, 15))),
        (StopReason.DECEASED, ((2020, 4, 14), (2020, 8, 6))),
        (StopReason.PAID_WORK, ((2020, 2, 27), (2020, 7, 2))),
        (StopReason.BENEFIT_ENDED, ((2020, 6, 16), (2020, 10, 13))),
    )
    for reason, days in ways:
        yield from (_stopping(date(*day), reason) for day in days)


def _stopping(on: date, reason: StopReason, town: str = "west-betuwe") -> Slot:
    group = NEAR_PENSION if reason is StopReason.PENSION_AGE else DISABILITY
    slot = _slot(TrackKind.STOPPED, REST, (group,), town)
    returns = date(2021, 5, 17) if (on, reason.value) == (date(2020, 7, 2), "paid_work") else None
    return replace(slot, stops=((on, reason),), reopen_on=returns)


def _leavers(slots: list[Slot]) -> list[Slot]:
    """Let a few stop between the note and the end of 2021, beside the AOW dates."""
    leaving = (
        ((2020, 12, 8), StopReason.MOVED), ((2021, 2, 9), StopReason.DECEASED),
        ((2021, 4, 22), StopReason.BENEFIT_ENDED), ((2021, 7, 8), StopReason.MOVED),
        ((2021, 9, 14), StopReason.PAID_WORK), ((2021, 11, 16), StopReason.DECEASED),
    )  # fmt: skip
    fits = [i for i, slot in enumerate(slots)
            if slot.on_note_day in {REST, SUPPORT} and not slot.wish.given_name
            and slot.wish.subgroups[0] is DISABILITY]  # fmt: skip
    result = list(slots)
    for (day, reason), index in zip(leaving, fits[3::7], strict=False):
        result[index] = replace(slots[index], stops=((date(*day), reason),))
    return result


def _parents(slots: list[Slot]) -> list[Slot]:
    """Make some of them single parents with children at home, and give some their names."""
    result, names = list(slots), list(cases.NAMED)
    fits = [i for i, slot in enumerate(slots) if not slot.wish.given_name
            and slot.wish.subgroups[0] in {DISABILITY, CAREGIVER} and not slot.stops]  # fmt: skip
    for number, index in enumerate(fits[1::5]):
        wish = replace(slots[index].wish, female=number % 6 != 5, ages=(27, 46),
                       children=1 + number % 3)  # fmt: skip
        result[index] = replace(slots[index], wish=wish)
    for named, index in zip(names, fits[2::9], strict=False):
        wish = replace(slots[index].wish, given_name=named.given_name, surname=named.surname,
                       female=named.female)  # fmt: skip
        result[index] = replace(slots[index], wish=wish)
    return result


def _couples(slots: list[Slot]) -> list[Slot]:
    """Join nine pairs of slots in one household each."""
    result = list(slots)
    fits = [i for i, slot in enumerate(slots) if not slot.wish.given_name and not slot.stops
            and not slot.wish.children and slot.wish.subgroups[0] is DISABILITY]  # fmt: skip
    pairs = list(zip(fits[0::2], fits[1::2], strict=False))[1::3][:9]
    for number, (one, other) in enumerate(pairs):
        for index, female in ((one, number % 2 == 0), (other, number % 2 == 1)):
            wish = replace(result[index].wish, female=female, ages=(44, 60))
            result[index] = replace(result[index], wish=wish, couple=f"paar-{number + 1}")
    return result


def _with_second(group: Subgroup, rng: Random) -> tuple[Subgroup, ...]:
    if rng.random() > 0.18:
        return (group,)
    return (group, DISABILITY if group is not DISABILITY else CAREGIVER)


def _dated(slot: Slot, rng: Random) -> Slot:
    """Give the slot its opening and the day on which its track was chosen."""
    opened, chosen = slot.opened_on, slot.classify_on
    if opened == date.max:
        opened = on_or_after(_opening(slot, rng))
    if chosen == date.max:
        chosen = on_or_after(_choosing(slot, opened, rng))
    return replace(slot, opened_on=opened, classify_on=chosen)


def _opening(slot: Slot, rng: Random) -> date:
    if slot.on_note_day is UNDER_INVESTIGATION:
        return add_days(date(2020, 8, 24), rng.randint(0, 52))
    if slot.on_note_day is TrackKind.STOPPED:
        return add_days(date(2019, 11, 4), rng.randint(0, 24))
    first, span = rng.choice(((date(2019, 11, 4), 44), (date(2020, 1, 7), 70),
                              (date(2020, 1, 7), 150)))  # fmt: skip
    return add_days(first, rng.randint(0, span))


def _choosing(slot: Slot, opened: date, rng: Random) -> date:
    """Before the note for most; for the forty between the note and the end of the year."""
    if slot.on_note_day is not UNDER_INVESTIGATION:
        return add_days(opened, rng.randint(49, 80))
    if slot.back_on is not None:
        return date(2021, 1, 14)
    latest = min(date(2020, 12, 22), add_months(opened, 3))
    earliest = date(2020, 11, 5)
    return add_days(earliest, rng.randint(0, max((latest - earliest).days, 6)))
