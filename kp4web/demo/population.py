"""From slots and dates to plans: who it is, who guides, how and when it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from kp4web.demo import accounts, golden
from kp4web.demo.cast import Cast, Character, Wish, numbers
from kp4web.demo.days import on_or_after
from kp4web.demo.golden import DECK_DAY, NOTE_DAY, Slot
from kp4web.demo.life import GOLDEN_END, NEVER, Exit, Plan, Team
from kp4web.demo.names import POOLS
from kp4web.demo.reports import shared
from kp4web.domain.dates import add_days
from kp4web.domain.tracks import StopReason, Subgroup, TrackKind

GOLDEN_PEOPLE = 600
"""So many BSNs of the series are kept for the history up to the end of 2021."""
LEAVING = (
    *(StopReason.MOVED,) * 5, *(StopReason.DECEASED,) * 2, StopReason.PAID_WORK,
    *(StopReason.BENEFIT_ENDED,) * 2, *(StopReason.HANDED_OVER,) * 4,
)  # fmt: skip
MEAN_STAY = 15 * 365
"""Days after which people leave for another reason than the AOW, on average."""
NEWCOMER_GROUPS = (
    *(Subgroup.DISABILITY,) * 11, *(Subgroup.LANGUAGE,) * 2, *(Subgroup.CAREGIVER,) * 3,
    Subgroup.NEAR_PENSION,
)  # fmt: skip


@dataclass
class Population:
    """Draws plans for one seed; what belongs to the golden history is drawn from golden dice."""

    seed: str
    used: set[str] = field(default_factory=set)
    """Dossier numbers given out."""

    def __post_init__(self) -> None:
        bsns = numbers(Random("golden:bsn"))  # noqa: S311 -- a story, not a secret
        taken: set[str] = set()
        self.rng = Random("golden:people")  # noqa: S311
        self.golden_cast = Cast(self.rng, bsns[:GOLDEN_PEOPLE], taken, 0)
        later = Random(f"{self.seed}:people")  # noqa: S311
        self.later_cast = Cast(later, bsns[GOLDEN_PEOPLE:], taken, 400)
        self.applicants = Cast(later, reversed(bsns), taken, 700)

    def golden(self) -> list[Plan]:
        """Return the plans of the 148 of West Betuwe and of Buren."""
        west = self._fill(golden.west_betuwe(), accounts.WEST_BETUWE, "wb")
        east = self._fill(golden.buren(), accounts.BUREN, "bu")
        return [*west, *east, self._moved(west)]

    def newcomer(
        self, key: str, team: Team, opened_on: date, *, wish: Wish | None = None
    ) -> Plan:  # fmt: skip
        """Return the plan of somebody whose dossier opens later, mostly by a hand-over."""
        is_golden = opened_on <= GOLDEN_END
        cast = self.golden_cast if is_golden else self.later_cast
        rng = Random(f"{'golden' if is_golden else self.seed}:new:{key}")  # noqa: S311
        wish = wish or self._wish(key, team, opened_on, rng)
        character = cast.draw(replace(wish, key=key, municipality=team.municipality))
        by_handover = rng.random() < 0.85
        reason = "" if by_handover else rng.choice(shared()["opening"]["moved_in"])
        return Plan(
            key=key, number=self.number(opened_on.year, key), team=team, character=character,
            opened_on=opened_on, recorded_on=opened_on, reason=reason,
            offered_on=_offered_on(opened_on, rng) if by_handover else None,
            assign_on=on_or_after(add_days(opened_on, rng.randint(0, 4))),
            lead=rng.choice(team.consultants),
            classify_on=on_or_after(add_days(opened_on, rng.randint(42, 77))),
            classify_to=rng.choice((TrackKind.REST, TrackKind.SUPPORT)),
            exits=(way_out := self.way_out(key, character, opened_on),),
            kp3_on=_kp3_on(way_out),
        )  # fmt: skip

    def number(self, year: int, key: str) -> str:
        """Return a dossier number that nobody has, as the application draws them."""
        rng = Random(f"number:{key}")  # noqa: S311
        while True:
            number = f"KP4-{year}-{rng.randint(1, 9999):04d}"
            if number not in self.used:
                self.used.add(number)
                return number

    def way_out(self, key: str, character: Character, opened_on: date) -> Exit:
        """Return how it ends after 2021: at the AOW date, or earlier for another reason."""
        rng = Random(f"{self.seed}:{key}:exit")  # noqa: S311
        begins = max(add_days(GOLDEN_END, 20), add_days(opened_on, 150))
        leaves = on_or_after(add_days(begins, int(rng.expovariate(1 / MEAN_STAY))))
        reason = rng.choice(LEAVING)
        if reason is StopReason.HANDED_OVER and leaves.year - character.person.birth_date.year > 60:
            reason = StopReason.MOVED
        pension = Exit(character.pension_on, StopReason.PENSION_AGE)
        return Exit(leaves, reason) if leaves < add_days(pension.on, -20) else pension

    def _wish(self, key: str, team: Team, on: date, rng: Random) -> Wish:
        group = rng.choice(NEWCOMER_GROUPS)
        ages = golden.AGES[group]
        children = rng.choice((0, 0, 0, 1, 2, 3)) if group is not Subgroup.NEAR_PENSION else 0
        return Wish(key=key, municipality=team.municipality, on=on, subgroups=(group,),
                    ages=(28, 46) if children else (max(ages[0] - 4, 24), ages[1]),
                    children=children)  # fmt: skip

    def _fill(self, slots: Sequence[Slot], team: Team, prefix: str) -> list[Plan]:
        homes: dict[str, Plan] = {}
        plans: list[Plan] = []
        self.used |= {slot.number for slot in slots if slot.number}
        for index, slot in enumerate(slots, start=1):
            key = f"{prefix}-{index:03d}"
            partner = homes.get(slot.couple)
            plan = self._plan(slot, key, team, partner, index)
            if slot.couple:
                homes.setdefault(slot.couple, plan)
            plans.append(plan)
        return plans

    def _plan(self, slot: Slot, key: str, team: Team, partner: Plan | None, index: int) -> Plan:
        character = self.golden_cast.draw(self._partnered(slot, key, partner))
        lead = partner.lead if partner else team.consultants[index % len(team.consultants)]
        exits = self._exits(slot, key, character)
        return Plan(
            key=key, number=slot.number or self.number(slot.opened_on.year, key), team=team,
            character=character, opened_on=slot.opened_on, recorded_on=slot.opened_on,
            assign_on=slot.opened_on, lead=lead, classify_on=slot.classify_on,
            classify_to=slot.becomes, locked_until=self._locked_until(slot),
            rest_months=slot.rest_months, exits=exits,
            kp3_on=_kp3_on(exits[-1]), back_on=slot.back_on or NEVER,
            reopen_on=slot.reopen_on or NEVER,
            reason=self._origin(team), joins_round=team is accounts.WEST_BETUWE,
            couple=bool(slot.couple),
            opens_household=partner is None,
        )  # fmt: skip

    def _locked_until(self, slot: Slot) -> date:
        """Return until when a track stays, so that the figures of the note and the deck hold."""
        if slot.wish.script:
            return add_days(DECK_DAY, 60)
        decided = slot.on_note_day is not TrackKind.UNDER_INVESTIGATION
        return NOTE_DAY if decided else slot.classify_on

    def _origin(self, team: Team) -> str:
        """Return why a golden dossier was taken over; empty: one of those of the screening."""
        return "" if team is accounts.WEST_BETUWE else shared()["opening"]["taken_over"][2]

    def _partnered(self, slot: Slot, key: str, partner: Plan | None) -> Wish:
        wish = replace(slot.wish, key=key)
        if slot.couple:
            wish = replace(wish, household=f"huis-{slot.couple}")
        if partner is None:
            return wish
        wish = replace(wish, lives_with=partner.character)
        person = partner.character.person
        if not wish.surname and self.rng.random() < 0.6:
            prefix = f"{person.prefix}|" if person.prefix else ""
            given_name = self._given_like(person.surname, bool(wish.female))
            wish = replace(wish, surname=prefix + person.surname, given_name=given_name)
        return wish

    def _given_like(self, surname: str, female: bool) -> str:
        """Return a first name of the origin that the surname is from."""
        for pool in POOLS.values():
            if any(name.rpartition("|")[2] == surname for name in pool.surnames):
                return self.rng.choice(pool.female if female else pool.male)
        return self.rng.choice(POOLS["dutch"].female if female else POOLS["dutch"].male)

    def _exits(self, slot: Slot, key: str, character: Character) -> tuple[Exit, ...]:
        later = self.way_out(key, character, slot.opened_on)
        if not slot.stops:
            pension = Exit(character.pension_on, StopReason.PENSION_AGE)
            stays = pension.on <= GOLDEN_END or slot.wish.script  # the cases stay to be found
            return (pension if stays else later,)
        (on, reason), *_ = slot.stops
        if reason is StopReason.PENSION_AGE:
            on = character.pension_on
        return (Exit(on, reason), later) if slot.reopen_on else (Exit(on, reason),)

    def _moved(self, west: Sequence[Plan]) -> Plan:
        """Return the plan of somebody who moved from West Betuwe to Buren in 2020."""
        left = next(plan for plan in reversed(west) if plan.exits[0].reason is StopReason.MOVED
                    and plan.exits[0].on == date(2020, 9, 15))  # fmt: skip
        person = left.character.person
        wish = Wish(
            key="bu-moved", municipality="buren", born=person.birth_date, bsn=person.bsn,
            female=left.character.female, given_name=person.given_name,
            surname=f"{person.prefix}|{person.surname}" if person.prefix else person.surname,
            subgroups=left.character.subgroups,
        )  # fmt: skip
        opened_on = date(2020, 10, 5)
        plan = self.newcomer("bu-moved", accounts.BUREN, opened_on, wish=wish)
        return replace(plan, offered_on=None, reason=shared()["opening"]["moved_in"][0])


def _offered_on(opened_on: date, rng: Random) -> date:
    offered_on = on_or_after(add_days(opened_on, -rng.randint(3, 11)))
    if offered_on <= GOLDEN_END < opened_on:
        return on_or_after(add_days(GOLDEN_END, 1))
    return offered_on


def _kp3_on(way_out: Exit) -> date:
    """Return when KP3 begins for who is handed over after the golden history."""
    if way_out.reason is not StopReason.HANDED_OVER or way_out.on <= GOLDEN_END:
        return NEVER
    return on_or_after(add_days(way_out.on, -12))
