"""
Exemptions of the demo from 2022 on, and a few sanction signals that were never sent.

The note of 2020 says that the possibility was not used; so here a signal is drafted, returned or
withdrawn, and the counter stays at 0.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from kp4web.demo import accounts
from kp4web.demo.days import on_or_after, working_days_before
from kp4web.demo.events import Event, RecordConversation
from kp4web.demo.legal_events import (
    AnnounceDuty,
    DraftSignal,
    ExtendExemption,
    RecordExemption,
    ReturnSignal,
    SettleExemption,
    WithdrawSignal,
)
from kp4web.demo.life import Life
from kp4web.demo.reviews import standing
from kp4web.domain.dates import AMSTERDAM, add_days, add_months
from kp4web.domain.tracks import TrackKind

FIRST = date(2022, 3, 1)
"""Before this day no exemption is recorded: the golden history stays as it is."""
NONE_CHANCE, ENDLESS_CHANCE = 0.07, 0.28
FORGOTTEN_CHANCE, FORGOTTEN_DAYS = 0.5, 50
"""An end of lately that nobody decided about in time."""
NOTICE_DAYS = 34
"""Before the end somebody decides about an extension."""
REASONS = {
    "body": "beperking", "mind": "behandeling", "carer": "zorgtaken", "pension": "leeftijd",
}  # fmt: skip
WHY = {
    "body": """Kan door lichamelijke klachten niet lang staan, zitten of lopen. Werken of
        solliciteren lukt nu niet; de dagen zijn gevuld met rust en oefeningen.""",
    "mind": """Heeft de handen vol aan de behandeling. Druk om te solliciteren maakt de dagen
        zwaarder en breekt af wat is opgebouwd.""",
    "carer": """Zorgt thuis het grootste deel van de dag en nacht. Een voorziening neemt dat niet
        over; daarnaast is er geen ruimte voor werk.""",
    "pension": """Bereikt binnen enkele jaren de pensioenleeftijd en heeft na lang zoeken geen
        werk gevonden. De kans op werk is er niet meer.""",
}
EXTENDED = "De situatie is samen bekeken en niet veranderd. {before}"
DISABLED = "Kan niet werken en dat verandert niet meer. Het stuk hierover is ingezien."
PLAN = "Het plan is samen gemaakt: opvang regelen, daarna een cursus een ochtend per week."
REVIEW = "Samen bekeken: de opvang is nog niet rond, het plan loopt."
PARENT = "Zorgt alleen voor een jong kind en vroeg zelf om deze tijd. In het plan staat de opvang."


def exemptions(lives: Sequence[Life], seed: str, today: date) -> Iterator[Event]:
    """Yield the exemptions of every life up to today."""
    for life in lives:
        rng = Random(f"{seed}:{life.plan.key}:exemption")  # noqa: S311 -- a story, not a secret
        if rng.random() >= NONE_CHANCE:
            yield from _of_life(life, rng, today)


def _of_life(life: Life, rng: Random, today: date) -> Iterator[Event]:
    day = max(FIRST, add_days(life.plan.opened_on, 40))
    day, by = _when(life, on_or_after(add_days(day, rng.randint(0, 90))), today)
    if by is None:
        return
    young = _young_child(life, day)
    if young is not None:
        ends_on = min(add_months(day, 24), add_days(add_months(young, 60), -1))
        yield RecordExemption(
            at=_at(life, day), by=by, dossier=life.plan.key, ground="9a", reason="ouder",
            justification=PARENT, reference=_reference(rng, day), ends_on=ends_on,
            child_born_on=young,
        )  # fmt: skip
        yield from _plan_and_reviews(life, day, ends_on, today)
        day, by = _when(life, add_days(ends_on, 1), today)
        if by is None:
            return
    elif life.plan.character.cause == "body" and rng.random() < ENDLESS_CHANCE:
        yield RecordExemption(
            at=_at(life, day), by=by, dossier=life.plan.key, ground="9-5", reason="beperking",
            justification=DISABLED, reference=_reference(rng, day), ends_on=None,
            seen_on=working_days_before(day, 2),
        )  # fmt: skip
        return
    yield from _urgent(life, day, by, rng, today)


def _urgent(life: Life, day: date, by: str, rng: Random, today: date) -> Iterator[Event]:
    """Yield an exemption for urgent reasons, extended each time before its end."""
    cause = life.plan.character.cause
    reason, why = REASONS[cause], " ".join(WHY[cause].split())
    ends_on = add_days(add_months(day, rng.choice((12, 18, 24))), -1)
    yield RecordExemption(
        at=_at(life, day), by=by, dossier=life.plan.key, ground="9-2", reason=reason,
        justification=why, reference=_reference(rng, day), ends_on=ends_on,
    )  # fmt: skip
    while True:
        just_over = add_days(today, -FORGOTTEN_DAYS) < ends_on < today
        notice = on_or_after(add_days(ends_on, rng.randint(-NOTICE_DAYS, -7)))
        decided_on, leads = _when(life, notice, today)
        if leads is None or (just_over and rng.random() < FORGOTTEN_CHANCE):
            return
        ends_on = add_months(ends_on, rng.choice((12, 24)))
        yield ExtendExemption(
            at=_at(life, decided_on), by=leads, dossier=life.plan.key, reason=reason,
            justification=EXTENDED.format(before=why), reference=_reference(rng, decided_on),
            ends_on=ends_on,
        )  # fmt: skip


def _plan_and_reviews(life: Life, day: date, ends_on: date, today: date) -> Iterator[Event]:
    """Yield the plan within half a year, and each review a little before it is due."""
    planned_on, by = _when(life, add_days(day, 70), today)
    if by is not None and planned_on <= ends_on:
        yield SettleExemption(
            at=_at(life, planned_on), by=by, dossier=life.plan.key, planned=True, note=PLAN,
        )  # fmt: skip
    due_on = add_months(day, 6)
    while due_on <= ends_on:
        reviewed_on, by = _when(life, add_days(due_on, -9), today)
        if by is None or reviewed_on > ends_on:
            return
        yield SettleExemption(
            at=_at(life, reviewed_on, time(12, 31)), by=by, dossier=life.plan.key, planned=False,
            note=REVIEW,
        )  # fmt: skip
        due_on = add_months(reviewed_on, 6)


def _reference(rng: Random, day: date) -> str:
    return f"Z-{day.year}-{rng.randint(1000, 99999):05}"


def _young_child(life: Life, day: date) -> date | None:
    """Return when the youngest child was born, if it is far from five and there is one parent."""
    born = max((born for _, born in life.plan.character.children if born <= day), default=None)
    alone = not life.plan.couple and life.plan.opens_household
    return born if born is not None and alone and add_months(born, 48) > day else None


def _when(life: Life, day: date, today: date) -> tuple[date, str | None]:
    """Return the first working day on which somebody leads the dossier, with who that is."""
    for _ in range(20):
        day = on_or_after(day)
        if day >= today:
            break
        stands = standing(life, day)
        if stands and stands.kind is TrackKind.STOPPED:
            break
        if stands and stands.lead:
            return day, stands.lead
        day = add_days(day, 3)
    return day, None


def _at(life: Life, day: date, begin: time = time(12, 2)) -> datetime:
    """Return a moment on the day at which nothing else happened in this dossier."""
    taken = {event.at for event in life.events if event.day == day}
    at = datetime.combine(day, begin, AMSTERDAM)
    while at in taken:
        at += timedelta(minutes=1)
    return at


# ---------------------------------------------------------------------- signals, never sent

FRESH_SIGNALS = date(2023, 1, 1)
"""From this day of loading on there are signals to show."""
TRIED = "Nam drie keer de telefoon niet op en kwam niet langs. Een kaart bleef zonder reactie."
TRIES = (
    (21, "no_answer", "Twee keer gebeld, ochtend en middag. Geen gehoor."),
    (18, "no_show", "Uitgenodigd per brief. Niet gekomen en niets laten horen."),
    (15, "no_answer", "Weer gebeld en een kaart gestuurd. Geen reactie."),
)
"""How many working days ago, how it ended, and what is written down."""
BLAME = "De buurvrouw zegt dat er iemand thuis is. Van ziekte of een opname is niets bekend."
URGENT = "Geen schulden bekend en geen kinderen in huis. De huur is op tijd betaald."


def signals(lives: Sequence[Life], seed: str, today: date) -> Iterator[Event]:
    """Yield a signal that was withdrawn, one that came back, one that waits and a draft."""
    if today < FRESH_SIGNALS:
        return
    rng = Random(f"{seed}:{today}:signals")  # noqa: S311 -- a story, not a secret
    tellers = [_is_drafted, _waits, _comes_back, _is_withdrawn]
    for life in rng.sample(list(lives), len(lives)):
        by = _leads_all_along(life, today)
        if tellers and by is not None:
            yield from _tries(life, by, today)
            yield from tellers.pop()(life, by, today)


def _leads_all_along(life: Life, today: date) -> str | None:
    """Return who leads a support dossier in which nothing happened the last weeks, if somebody."""
    if life.plan.team is not accounts.WEST_BETUWE or not life.events or life.open:
        return None
    stands = [standing(life, working_days_before(today, number)) for number in (24, 1)]
    kinds = {one.kind if one else None for one in stands}
    leads = {one.lead if one else None for one in stands}
    quiet = max(event.day for event in life.events) < add_days(today, -35)
    return leads.pop() if quiet and kinds == {TrackKind.SUPPORT} and len(leads) == 1 else None


def _tries(life: Life, by: str, today: date) -> Iterator[Event]:
    for number, outcome, report in TRIES:
        day = working_days_before(today, number)
        yield RecordConversation(
            at=_at(life, day, time(11, 20)), by=by, dossier=life.plan.key, held_on=day,
            held_at=time(11), channel="phone" if outcome == "no_answer" else "face_to_face",
            outcome=outcome, participants=(), report=report, follow_up=None, done=(),
        )  # fmt: skip


def _draft(life: Life, by: str, day: date, *, submits: bool = True) -> DraftSignal:
    return DraftSignal(
        at=_at(life, day, time(13, 5)), by=by, dossier=life.plan.key, explanation=TRIED,
        culpability=BLAME if submits else "", urgent_reasons=URGENT if submits else "",
        heard_on=working_days_before(day, 1) if submits else None, submits=submits,
    )  # fmt: skip


def _is_drafted(life: Life, by: str, today: date) -> Iterator[Event]:
    yield _draft(life, by, working_days_before(today, 2), submits=False)


def _waits(life: Life, by: str, today: date) -> Iterator[Event]:
    yield _draft(life, by, working_days_before(today, 3))


def _comes_back(life: Life, by: str, today: date) -> Iterator[Event]:
    yield _draft(life, by, working_days_before(today, 6))
    yield ReturnSignal(
        at=_at(life, working_days_before(today, 3), time(15, 10)),
        by=life.plan.team.coordinator, dossier=life.plan.key,
        reason="Ga eerst een keer langs. Een brief komt misschien niet aan.",
    )  # fmt: skip


def _is_withdrawn(life: Life, by: str, today: date) -> Iterator[Event]:
    yield _draft(life, by, working_days_before(today, 9))
    yield WithdrawSignal(
        at=_at(life, working_days_before(today, 6), time(14, 20)), by=by, dossier=life.plan.key,
        reason="Een zus belde: er is een opname geweest. Een signaal past niet.",
    )  # fmt: skip


def announced(today: date) -> Iterator[Event]:
    """Yield what the administrator has put ready for the law of 1 January 2027."""
    at = datetime(2026, 10, 12, 10, 30, tzinfo=AMSTERDAM)
    if at.date() < today:
        yield AnnounceDuty(
            at=at, by=accounts.ADMINISTRATOR, code="c", name="maatschappelijke participatie",
            explanation="Meedoen naar vermogen; komt in de plaats van sociale activering en "
            "tegenprestatie.",
            from_on=date(2027, 1, 1),
        )  # fmt: skip
