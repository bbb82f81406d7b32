"""What happens in a dossier, scene by scene: opening, talks, tracks, stopping."""

from dataclasses import replace
from datetime import date, time

from kp4web.demo.afterwards import first_occasion
from kp4web.demo.events import (
    AcceptHandover,
    Assign,
    ChangeTrack,
    CompleteFollowUp,
    EndSubgroup,
    ExtendRest,
    JoinScreeningRound,
    OfferHandover,
    OpenDossier,
    RecordPensionSeen,
    ReopenDossier,
    SetSubgroup,
    StopDossier,
)
from kp4web.demo.life import INTAKE, NEVER, Life, Plan, scene
from kp4web.demo.reports import shared, theme
from kp4web.domain.dates import add_days, add_months, add_weeks
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind

BULK = time(16, 45)
"""When the coordinator divides the dossiers of the day."""
ROUND = "screening-2019-2020"
WAVES = (date(2021, 9, 6), *(date(year, month, 5) for year in range(2023, 2060, 2)
                             for month in (6,)))  # fmt: skip
"""Days on which the caseloads are levelled."""


def start(plan: Plan, seed: str) -> Life:
    """Return a life with everything on its agenda that is settled beforehand."""
    life = Life(plan, seed)
    for wave in WAVES:
        if wave > plan.opened_on:
            life.schedule(wave, "level")
    begins = "offer" if plan.offered_on else "take_over"
    life.schedule(plan.offered_on or plan.recorded_on, begins)
    life.schedule(first_occasion(plan), "look_back")
    life.schedule(plan.exits[0].on, "stop")
    life.schedule(plan.kp3_on, "to_kp3")
    life.schedule(plan.back_on, "back_from_kp3")
    life.schedule(plan.reopen_on, "reopen")
    signal = add_months(plan.character.pension_on, -6)
    if plan.seen:
        noted = add_days(signal, life.dice(signal).randint(1, 9))
        life.schedule(max(noted, add_days(plan.opened_on, 45)), "pension_seen")
    return life


@scene
def take_over(life: Life, day: date) -> None:
    """Bestaand dossier overnemen."""
    plan = life.plan
    life.kind = TrackKind.UNDER_INVESTIGATION
    bare = replace(plan.character.person, street="", postcode="", town="", phone="", email="",
                   contact_preference="", interpreter="", approach="")  # fmt: skip
    life.emit(
        OpenDossier, day, dossier=plan.key, municipality=plan.team.municipality, person=bare,
        number=plan.number, opened_on=plan.opened_on, kind=life.kind, planned_end=None, avoid="",
        reason=plan.reason or life.story.say(shared()["opening"]["taken_over"], life.dice(day)),
    )  # fmt: skip
    if plan.joins_round:
        life.emit(JoinScreeningRound, day, at=time(16, 30), round=ROUND, dossiers=(plan.key,))
    life.schedule(plan.assign_on or NEVER, "assign")


@scene
def offer(life: Life, day: date) -> None:
    """Werkzaak determines klantprofiel 4 and offers the applicant."""
    rng, texts, plan = life.dice(day), shared()["handover"], life.plan
    life.emit(
        OfferHandover, day, by=INTAKE, handover=f"{plan.key}-h", person=plan.character.person,
        municipality=plan.team.municipality, registered_on=add_days(day, -rng.randint(9, 40)),
        justification=life.story.say(texts["justification"], rng),
        note=life.story.say(texts["note"], rng),
    )  # fmt: skip
    life.schedule(plan.opened_on, "accept")


@scene
def accept(life: Life, day: date) -> None:
    """The coordinator accepts the hand-over: the dossier opens."""
    plan = life.plan
    life.kind = TrackKind.UNDER_INVESTIGATION
    life.emit(
        AcceptHandover, day, by=plan.team.coordinator, dossier=plan.key,
        handover=f"{plan.key}-h", number=plan.number, person=plan.character.person.key,
    )  # fmt: skip
    life.schedule(plan.assign_on or NEVER, "assign")


@scene
def assign(life: Life, day: date) -> None:
    """The dossier gets its lead; the first talk follows."""
    plan, rng = life.plan, life.dice(day)
    texts = shared()["assign"]
    reason = rng.choice(texts["new"])
    if plan.joins_round:
        reason = texts["first"][plan.opened_on.year == 2020 and plan.opened_on.month > 7]
    life.emit(Assign, day, by=plan.team.coordinator, at=BULK, dossiers=(plan.key,),
              user=plan.lead, reason=reason)  # fmt: skip
    life.lead = plan.lead
    life.then(add_days(day, rng.randint(6, 17)), "talk_first")
    life.schedule(add_days(day, int(rng.expovariate(1 / 3000)) + 60), "message")
    life.schedule(add_days(day, int(rng.expovariate(1 / 2000)) + 60), "consult")


@scene
def level(life: Life, day: date) -> None:
    """Some dossiers go to another consultant."""
    other = life.colleague(day)
    if life.stopped or other is None or life.dice(day).random() > 0.08:
        return
    reason = shared()["assign"]["move"][day.year % 2]
    life.emit(Assign, day, by=life.plan.team.coordinator, at=time(8, 40), user=other,
              dossiers=(life.plan.key,), reason=reason)  # fmt: skip
    life.lead = other


@scene
def classify(life: Life, day: date) -> None:
    """The track is chosen, and the subgroups with it."""
    if life.kind is not TrackKind.UNDER_INVESTIGATION:
        return
    finish_open(life, day)
    if life.classify_to is TrackKind.REST:
        to_rest(life, day, life.story.of_rest()["start"])
    else:
        _change(life, day, life.classify_to,
                theme("intake")[f"to_{life.classify_to.value}"])  # fmt: skip
    for subgroup in life.plan.character.subgroups:
        if subgroup not in _subgroups(life):
            life.emit(SetSubgroup, day, dossier=life.plan.key, subgroup=subgroup, valid_from=day)


def to_rest(life: Life, day: date, reasons: list[str], keep: tuple[str, ...] = ()) -> None:
    """Rest begins, with a planned end and what to avoid."""
    rng = life.dice(day)
    months = life.plan.rest_months or rng.choice((9, 10, 12, 12))
    life.planned_end = add_months(day, months)
    _change(life, day, TrackKind.REST, reasons, planned_end=life.planned_end, keep=keep,
            avoid=life.story.say(life.story.of_rest()["avoid"], rng))  # fmt: skip
    life.open = {key: due for key, due in life.open.items() if key in keep}
    for due in life.open.values():
        life.schedule(due, "finish_open")


@scene
def to_kp3(life: Life, day: date) -> None:
    """The situation has improved."""
    if life.stopped or life.kind is TrackKind.KP3:
        return
    finish_open(life, day)
    _change(life, day, TrackKind.KP3, theme("intake")["to_kp3"])
    if Subgroup.IMPROVED not in _subgroups(life):
        life.emit(SetSubgroup, day, dossier=life.plan.key, subgroup=Subgroup.IMPROVED,
                  valid_from=day)  # fmt: skip


@scene
def back_from_kp3(life: Life, day: date) -> None:
    """KP3 came too early."""
    finish_open(life, day)
    life.emit(EndSubgroup, day, dossier=life.plan.key, subgroup=Subgroup.IMPROVED, valid_to=day)
    _change(life, day, TrackKind.SUPPORT, shared()["back"]["to_support"])


def to_support(life: Life, day: date) -> None:
    """Rest ends in support."""
    _change(life, day, TrackKind.SUPPORT, life.story.of_rest()["finish"])


@scene
def decide_rest(life: Life, day: date) -> None:
    """The decision before the end of the rest: extend, or on to support."""
    rng, plan = life.dice(day), life.plan
    near = plan.character.pension_on <= add_months(day, 12)
    if day > plan.locked_until and not near and rng.random() > 0.8:
        to_support(life, day)
        return
    assert life.planned_end is not None  # noqa: S101 -- rest always has one
    ahead = add_months(life.planned_end, rng.choice((9, 11, 12, 12)))
    life.planned_end = min(ahead, add_months(day, 12))
    rest = life.story.of_rest()
    life.emit(
        ExtendRest, day, dossier=plan.key, planned_end=life.planned_end,
        reason=life.story.say(rest["extend"], rng), avoid=life.story.say(rest["avoid"], rng),
    )  # fmt: skip
    after_track(life, day)


@scene
def stop(life: Life, day: date) -> None:
    """No longer klantprofiel 4; an AOW date counts from that day itself."""
    plan, rng = life.plan, life.dice(day)
    if life.stopped or life.kind is None:
        return
    way_out = plan.exits[life.spells]
    reason = way_out.reason
    since = way_out.on if reason is StopReason.PENSION_AGE else day
    life.emit(StopDossier, day, dossier=plan.key, valid_from=since, stop_reason=reason,
              reason=life.story.say(shared()["stop"][reason.value], rng))  # fmt: skip
    life.kind, life.stopped, life.step = TrackKind.STOPPED, True, None
    life.planned_end = None
    life.open.clear()
    life.unread.clear()


@scene
def reopen(life: Life, day: date) -> None:
    """Somebody comes back and is looked at afresh."""
    rng = life.dice(day)
    life.kind, life.stopped = TrackKind.UNDER_INVESTIGATION, False
    life.spells += 1
    life.schedule(life.plan.exits[life.spells].on, "stop")
    life.emit(ReopenDossier, day, by=life.plan.team.coordinator, dossier=life.plan.key,
              valid_from=day, kind=life.kind, planned_end=None,
              reason=life.story.say(shared()["reopen"]["reason"], rng))  # fmt: skip
    life.classify_on = add_days(day, rng.randint(45, 70))
    life.classify_to = TrackKind.SUPPORT
    life.then(add_days(day, rng.randint(9, 16)), "talk_second")


@scene
def pension_seen(life: Life, day: date) -> None:
    """The nearing AOW date is noted as seen."""
    rng = life.dice(day)
    if not life.stopped and life.kind is not None and life.lead:
        note = life.story.say(shared()["pension"]["notes"], rng)
        life.emit(RecordPensionSeen, day, dossier=life.plan.key, note=note)


@scene
def finish_open(life: Life, day: date) -> None:
    """Close what was still open, without a talk."""
    if life.stopped:
        return
    for key in sorted(life.open):
        life.emit(CompleteFollowUp, day, dossier=life.plan.key, follow_up=key)
    life.open.clear()


def _change(
    life: Life, day: date, kind: TrackKind, reasons: list[str], *,
    planned_end: date | None = None, avoid: str = "", keep: tuple[str, ...] = (),
) -> None:  # fmt: skip
    life.kind, life.talks = kind, 0
    life.emit(
        ChangeTrack, day, dossier=life.plan.key, kind=kind, valid_from=day, keep=keep,
        planned_end=planned_end, reason=life.story.say(reasons, life.dice(day)), avoid=avoid,
    )  # fmt: skip
    if kind is not TrackKind.REST:
        life.planned_end = None
    after_track(life, day)


def after_track(life: Life, day: date) -> None:
    """Plan the first talk of a track."""
    rng = life.dice(day)
    if life.kind is TrackKind.REST:
        assert life.planned_end is not None  # noqa: S101 -- rest always has one
        decide = add_weeks(life.planned_end, -6)
        life.then(max(add_days(decide, -rng.randint(3, 19)), add_days(day, 14)), "talk_in_rest")
    elif life.kind is TrackKind.SUPPORT:
        life.episode = rng.randint(3, 6)
        life.then(add_weeks(day, rng.randint(8, 12)), "talk_in_support")
    elif life.kind is TrackKind.KP3:
        life.then(add_days(day, rng.randint(20, 40)), "talk_in_kp3")


def _subgroups(life: Life) -> set[Subgroup]:
    found: set[Subgroup] = set()
    for event in life.events:
        if isinstance(event, SetSubgroup):
            found.add(event.subgroup)
        elif isinstance(event, EndSubgroup):
            found.discard(event.subgroup)
    return found
