"""
Reassessments by Team Sociaal: the questionnaire again, in an own dossier.

Most are told where the dice say so; two are arranged around the day of loading: one that went
clearly better, and one that is half-way with the earlier answers beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from kp4web.demo import accounts
from kp4web.demo.answers import answers_of, first_part, persona_of
from kp4web.demo.days import is_working_day, on_or_after, working_days_before
from kp4web.demo.desk import BEGIN
from kp4web.demo.events import (
    AcceptHandover,
    Assign,
    ChangeTrack,
    Event,
    OfferHandover,
    OpenDossier,
    ReopenDossier,
    StopDossier,
)
from kp4web.demo.intake import FRESH
from kp4web.demo.intake_events import CompleteQuestionnaire, GiveAnswers, StartQuestionnaire
from kp4web.demo.life import Life
from kp4web.domain.dates import AMSTERDAM, add_days, add_months
from kp4web.domain.tracks import TrackKind

LEAD = accounts.WEST_BETUWE.consultants[0]
"""Whose dossiers show what a reassessment is."""
CHANCE = 0.16
"""That somebody is reassessed in a year."""
FITS = {TrackKind.SUPPORT, TrackKind.UNDER_INVESTIGATION}
"""Tracks in which it makes sense; in rest it would do harm."""
IMPROVING = {"ill", "low", "ill_debts", "caregiver"}
COURSE = (OpenDossier, AcceptHandover, ChangeTrack, StopDossier, ReopenDossier)


def reassessments(lives: Sequence[Life], seed: str, today: date) -> Iterator[Event]:
    """Yield every reassessment up to today."""
    shown: set[str] = set()
    if today >= FRESH:
        able = [life for life in lives if _can_improve(life, today)]
        for candidates, tell in ((able, _better), (lives, _half_way)):
            found = _find(candidates, seed, today, shown)
            if found:
                shown.add(found.life.plan.key)
                yield from tell(found, today)
    for life in lives:
        if life.plan.key not in shown:
            yield from _regular(life, today)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who leads a dossier on a day, and on which track it is; nothing that day itself changes."""

    lead: str | None
    kind: TrackKind


def standing(life: Life, day: date) -> Standing | None:
    """Return how a dossier stands, or ``None`` before it opens or on a day that changes it."""
    lead: str | None = None
    kind: TrackKind | None = None
    for event in life.events:
        if not isinstance(event, (Assign, *COURSE)) or event.day > day:
            continue
        if event.day == day:
            return None
        if isinstance(event, Assign):
            lead = event.user
        else:
            kind = kind_after(event)
    return Standing(lead, kind) if kind else None


def kind_after(event: Event) -> TrackKind:
    """Return the track on which an event of the course leaves a dossier."""
    if isinstance(event, OpenDossier | ChangeTrack | ReopenDossier):
        return event.kind
    stops = isinstance(event, StopDossier)
    return TrackKind.STOPPED if stops else TrackKind.UNDER_INVESTIGATION


@dataclass(frozen=True, slots=True)
class _Found:
    """A dossier to show a reassessment in, when the first one was and who led it then."""

    life: Life
    first: date
    by: str


def _find(lives: Sequence[Life], seed: str, today: date, shown: set[str]) -> _Found | None:
    """Return a dossier of the lead that came by a hand-over, those of this time first."""
    rng = Random(f"{seed}:{today}:reviews")  # noqa: S311 -- a story, not a secret
    for life in sorted(rng.sample(lives, len(lives)), key=lambda life: not _asked_before(life)):
        recent = life.plan.opened_on > add_days(today, -60)
        if life.plan.offered_on is None or recent or life.plan.key in shown:
            continue
        now = [standing(life, working_days_before(today, number)) for number in (5, 1)]
        if not all(one and one.lead == LEAD and one.kind in FITS for one in now):
            continue
        for months in (7, 5, 3, 1):
            first = on_or_after(max(add_months(today, -months), add_days(BEGIN, 10)))
            then = standing(life, first)
            if then and then.lead and then.kind in FITS:
                return _Found(life, first, then.lead)
    return None


def _can_improve(life: Life, today: date) -> bool:
    """Return whether it was health that stood in the way, and the AOW is far off."""
    who = life.plan.character
    return persona_of(who) in IMPROVING and who.pension_on > add_months(today, 30)


def _asked_before(life: Life) -> bool:
    """Return whether intake asked the questions too."""
    return any(isinstance(event, OfferHandover) and event.day > BEGIN for event in life.events)


def _better(found: _Found, today: date) -> Iterator[Event]:
    life = found.life
    if not _asked_before(life):
        yield from _fill_in(life, "first", found.first, found.by, persona_of(life.plan.character))
    yield from _fill_in(life, "better", working_days_before(today, 5), LEAD, "better")


def _half_way(found: _Found, today: date) -> Iterator[Event]:
    life, who = found.life, persona_of(found.life.plan.character)
    yield from _fill_in(life, "before", found.first, found.by, who)
    yield from _fill_in(
        life, "half", working_days_before(today, 1), LEAD, who, until="gez_zelfzorg"
    )


def _regular(life: Life, today: date) -> Iterator[Event]:
    for year in range(BEGIN.year, today.year + 1):
        rng = Random(f"{life.seed}:{life.plan.key}:review:{year}")  # noqa: S311
        chance, day = rng.random(), add_days(date(year, 1, 12), rng.randint(0, 340))
        if chance > CHANCE or not is_working_day(day) or day >= today:
            continue
        stands = standing(life, day)
        if stands and stands.lead and stands.kind in FITS:
            who = persona_of(life.plan.character)
            yield from _fill_in(life, f"review-{year}", day, stands.lead, who)


def _fill_in(
    life: Life, name: str, day: date, by: str, persona: str, *, until: str = ""
) -> Iterator[Event]:
    """Yield a questionnaire in one sitting, with the person or half-way."""
    key = f"{life.plan.key}-{name}"
    rng = Random(f"{life.seed}:{key}")  # noqa: S311 -- a story, not a secret
    at = datetime.combine(day, time(9), AMSTERDAM) + timedelta(minutes=rng.randint(5, 340))
    given = answers_of(persona, life.plan.character, day, rng)
    yield StartQuestionnaire(at=at, by=by, questionnaire=key, dossier=life.plan.key)
    at += timedelta(minutes=rng.randint(15, 28))
    if until:
        yield GiveAnswers(at=at, by=by, questionnaire=key, answers=first_part(given, until))
        return
    yield GiveAnswers(at=at, by=by, questionnaire=key, answers=given)
    yield CompleteQuestionnaire(at=at + timedelta(minutes=2), by=by, questionnaire=key)
