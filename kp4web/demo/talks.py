"""Talks and attempts, messages of colleagues, and what is agreed to come back to."""

from dataclasses import replace
from datetime import date, time, timedelta

from kp4web.demo.days import on_or_after, on_or_before
from kp4web.demo.events import (
    AddContact,
    AddHouseholdMember,
    DescribeClient,
    FollowUpPlan,
    LeaveMessage,
    MoveFollowUp,
    RecordConversation,
    SettleMessage,
)
from kp4web.demo.life import Life, scene
from kp4web.demo.names import CONTACTS
from kp4web.demo.reports import CORONA, Telling, shared
from kp4web.demo.scenes import classify, finish_open, to_rest
from kp4web.domain.dates import add_days, add_months, add_weeks
from kp4web.domain.tracks import TrackKind


@scene
def talk_first(life: Life, day: date) -> None:
    """Getting acquainted: who lives here, how to reach them."""
    if attempted(life, day, 0.14):
        return
    rng, plan = life.dice(day), life.plan
    hold(life, day, "first", follow_in=rng.randint(16, 30))
    if plan.offered_on is None:
        life.emit(DescribeClient, day, dossier=plan.key, person=plan.character.person)
    if plan.opens_household:
        for name, born in plan.character.children:
            life.emit(AddHouseholdMember, day, dossier=plan.key, name=name, birth_date=born,
                      relation="child", since=None)  # fmt: skip
    _towards(life, day, "talk_second")


@scene
def talk_second(life: Life, day: date) -> None:
    """The second talk, and those until the track is chosen."""
    if attempted(life, day, 0.1):
        return
    last = life.classify_on <= add_weeks(day, 5)
    hold(life, day, "second", follow_in=0 if last else life.dice(day).randint(25, 34))
    if not any(isinstance(event, AddContact) for event in life.events):
        _introduce(life, day)
    if last:
        life.then(max(life.classify_on, add_days(day, 1)), "classify_now")
    else:
        _towards(life, day, "talk_second")


@scene
def classify_now(life: Life, day: date) -> None:
    """Choose the track on the day agreed."""
    classify(life, day)


@scene
def talk_in_support(life: Life, day: date) -> None:
    """A talk in support; now and then it is the last one before rest."""
    rng = life.dice(day)
    if day >= life.plan.silent_from or attempted(life, day, 0.12):
        _unreached(life, day)
        return
    if life.open and rng.random() < 0.07:
        _postpone(life, day)
        return
    if not life.open and rng.random() < 0.03 and _stands_in(life, day):
        return
    ends = life.talks >= life.episode and day > life.plan.locked_until
    if ends and rng.random() < 0.7:
        _last_in_support(life, day)
        return
    if ends:
        life.episode, life.talks = rng.randint(2, 3), 0
    hold(life, day, "support", follow_in=rng.randint(63, 90) if rng.random() < 0.8 else 0)
    _towards(life, day, "talk_in_support")


@scene
def talk_in_rest(life: Life, day: date) -> None:
    """The only talk that rest knows: towards its end."""
    if attempted(life, day, 0.08):
        return
    hold(life, day, "rest", follow_in=0)
    life.then(add_days(day, life.dice(day).choice((0, 0, 1, 3, 6))), "decide_rest")


@scene
def talk_in_kp3(life: Life, day: date) -> None:
    """Keeping in touch until Werkzaak takes over."""
    if attempted(life, day, 0.05):
        return
    hold(life, day, "kp3", follow_in=life.dice(day).randint(28, 42))
    _towards(life, day, "talk_in_kp3")


@scene
def after_stand_in(life: Life, day: date) -> None:
    """The lead reads what a colleague recorded and takes it from there."""
    finish_open(life, day)
    life.then(add_weeks(day, life.dice(day).randint(5, 8)), "talk_in_support")


@scene
def message(life: Life, day: date) -> None:
    """A colleague leaves word, and again some day."""
    rng, other = life.dice(day), life.colleague(day)
    if other and not life.stopped and life.kind is not None:
        leave_message(life, day, other)
        life.schedule(add_days(day, rng.choice((1, 1, 2, 3))), "settle")
    life.schedule(add_days(day, int(rng.expovariate(1 / 3000)) + 90), "message")


def leave_message(life: Life, day: date, by: str) -> None:
    """Leave word for the lead."""
    key = life.fresh("m")
    life.emit(LeaveMessage, day, by=by, dossier=life.plan.key, message=key,
              text=life.story.say(shared()["messages"]["texts"], life.dice(day)))  # fmt: skip
    life.unread.add(key)


@scene
def settle(life: Life, day: date) -> None:
    """The lead has read what colleagues left."""
    for key in sorted(life.unread):
        life.emit(SettleMessage, day, dossier=life.plan.key, message=key)
    life.unread.clear()


@scene
def consult(life: Life, day: date) -> None:
    """A talk with a professional only: no contact with the resident."""
    rng = life.dice(day)
    if not life.stopped and life.kind is TrackKind.SUPPORT and day < life.plan.silent_from:
        telling = Telling(
            report=life.story.say(shared()["overleg"]["texts"], rng), channel="phone",
            participants=("professional",), follow_up="",
        )  # fmt: skip
        _record(life, day, telling, follow_up=None, done=())
    life.schedule(add_days(day, int(rng.expovariate(1 / 2000)) + 90), "consult")


def hold(life: Life, day: date, kind: str, *, follow_in: int) -> None:
    """Record a talk that was held; ``follow_in`` days later comes the next date, 0 is none."""
    rng, who = life.dice(day), life.plan.character
    told = life.story.tell(kind, day, rng, interpreter=who.interpreter)
    if life.plan.couple and told.channel == "home_visit" and rng.random() < 0.4:
        told = Telling(told.report, told.channel, (*told.participants, "partner"), told.follow_up)
    done = tuple(sorted(life.open))
    life.open.clear()
    plan = _follow_up(life, on_or_before(add_days(day, follow_in)), told.follow_up, follow_in)
    _record(life, day, told, follow_up=plan, done=done)
    life.talks += 1
    life.attempts = 0


def attempted(life: Life, day: date, chance: float) -> bool:
    """Return whether it came to no more than an attempt; the same scene is then tried again."""
    rng = life.dice(day)
    if life.attempts >= 2 or rng.random() > chance:
        return False
    attempt(life, day, rng.randint(6, 11))
    kinds = {
        TrackKind.REST: "talk_in_rest",
        TrackKind.SUPPORT: "talk_in_support",
        TrackKind.KP3: "talk_in_kp3",
    }
    spoken = any(isinstance(event, DescribeClient | AddContact) for event in life.events)
    again = kinds.get(life.kind or TrackKind.STOPPED, "talk_second" if spoken else "talk_first")
    life.then(min(life.open.values()), again)
    return True


def attempt(life: Life, day: date, again_in: int) -> None:
    """Record an attempt that failed, and when to try again."""
    rng, texts = life.dice(day), shared()["attempts"]
    corona = CORONA[0] <= day <= CORONA[1]
    outcome = rng.choice(("no_answer", "cancelled") if corona else OUTCOMES)
    report = life.story.say(texts[outcome], rng)
    channel = "home_visit" if report.startswith("Aangebeld") else "phone"
    if outcome == "no_show" or (outcome == "cancelled" and not corona):
        channel = "face_to_face"
    done = tuple(sorted(life.open))
    life.open.clear()
    what = life.story.say(texts["again"], rng)
    plan = _follow_up(life, on_or_after(add_days(day, again_in)), what, again_in)
    told = Telling(report=report, channel=channel, participants=(), follow_up=what)
    _record(life, day, told, follow_up=plan, done=done, outcome=outcome)
    life.attempts += 1


HOW_MANY = (0, 0, 0, 1, 1, 2)
OUTCOMES = ("no_answer", "no_answer", "no_show", "cancelled")


def _unreached(life: Life, day: date) -> None:
    """Somebody who is out of sight: try again, less and less often."""
    if day < life.plan.silent_from:
        return
    attempt(life, day, life.dice(day).randint(24, 60))
    life.then(min(life.open.values()), "talk_in_support")


def _postpone(life: Life, day: date) -> None:
    key = min(life.open)
    due = on_or_after(add_days(day, life.dice(day).choice((7, 7, 14))))
    life.emit(MoveFollowUp, day, dossier=life.plan.key, follow_up=key, due_on=due)
    life.open[key] = due
    life.then(due, "talk_in_support")


def _stands_in(life: Life, day: date) -> bool:
    """Let a colleague hold the talk; the lead reads it afterwards."""
    rng, other = life.dice(day), life.colleague(day)
    if other is None:
        return False
    who = life.plan.character
    told = life.story.tell("support", day, rng, interpreter=who.interpreter)
    key = life.fresh("m")
    _record(life, day, told, follow_up=None, done=(), by=other, message=key)
    life.unread.add(key)
    life.talks += 1
    life.schedule(add_days(day, rng.choice((1, 2, 3))), "settle")
    life.then(add_days(day, 4), "after_stand_in")
    return True


def _last_in_support(life: Life, day: date) -> None:
    """The talk after which rest begins; sometimes one thing stays open."""
    rng = life.dice(day)
    keeps = rng.random() < 0.25
    hold(life, day, "support", follow_in=rng.randint(14, 24) if keeps else 0)
    to_rest(life, day, shared()["back"]["to_rest"], keep=tuple(life.open))


def _towards(life: Life, day: date, name: str) -> None:
    """Plan the next talk: shortly before what is open is due, else within the norm."""
    rng = life.dice(day)
    if life.open:
        due = min(life.open.values())
        life.then(max(on_or_before(add_days(due, -rng.randint(0, 3))), add_days(day, 1)), name)
    else:
        life.then(add_days(add_months(day, 3), -rng.randint(4, 16)), name)


def _introduce(life: Life, day: date) -> None:
    """Note who is around the resident: professionals, and sometimes family."""
    rng, who = life.dice(day), life.plan.character
    known = [one for one in CONTACTS if who.children or one[0] != "Jeugdconsulent"]
    for number, (role, organisation, names) in enumerate(rng.sample(known, rng.choice(HOW_MANY))):
        life.emit(
            AddContact, day, dossier=life.plan.key, name=rng.choice(names), role=role,
            organisation=organisation, phone=f"0344-0000{rng.randint(10, 99)}",
            since=add_days(day, -rng.randint(30, 900)), discussed_on=day if number == 0 else None,
        )  # fmt: skip
    if rng.random() < 0.2:
        life.emit(
            AddContact, day, dossier=life.plan.key, role=who.words["helper"].capitalize(),
            name=f"{rng.choice('ABEHJMNRSY')}. {who.person.surname}", organisation="",
            phone=f"06-00000{rng.randint(900, 999)}", since=None, discussed_on=day,
        )  # fmt: skip


def _follow_up(life: Life, due: date, what: str, days: int) -> FollowUpPlan | None:
    if not days:
        return None
    plan = FollowUpPlan(key=life.fresh("f"), due_on=due, what=what)
    life.open[plan.key] = due
    return plan


def _record(
    life: Life, day: date, told: Telling, *, follow_up: FollowUpPlan | None,
    done: tuple[str, ...], outcome: str = "held", by: str = "", message: str | None = None,
) -> None:  # fmt: skip
    rng, held_on = life.dice(day), day
    if rng.random() < 0.12 and on_or_before(add_days(day, -1)) > life.clock.date():
        held_on = on_or_before(add_days(day, -1))  # typed the next morning
    made = life.emit(
        RecordConversation, day, by=by, dossier=life.plan.key, held_on=held_on, held_at=time(9),
        channel=told.channel, outcome=outcome, participants=told.participants,
        report=told.report, follow_up=follow_up, done=done, message=message,
    )  # fmt: skip
    began = made.at - timedelta(minutes=rng.randint(20, 50))
    began -= timedelta(minutes=began.minute % 5)
    life.events[-1] = replace(made, held_at=began.time())
    if outcome == "held" and "resident" in told.participants:
        life.last_contact = held_on
