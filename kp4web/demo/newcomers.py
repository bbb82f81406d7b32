"""Who comes after the golden dossiers: new people as places fall free."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from kp4web.demo import accounts
from kp4web.demo.days import on_or_after
from kp4web.demo.life import GOLDEN_END, Plan, Team
from kp4web.demo.population import Population
from kp4web.domain.dates import add_days

FIRST = date(2021, 4, 6)
"""After the deck of 23-03-2021, so that its 148 stay all there were."""
TARGETS = ((accounts.WEST_BETUWE, "wb", 121, (8, 17)), (accounts.BUREN, "bu", 24, (30, 70)))
"""Team, prefix, active dossiers below which somebody new comes, days between two chances."""


def newcomers(population: Population, known: Sequence[Plan], until: date) -> list[Plan]:
    """Return the plans of everybody whose dossier opens after the golden ones, up to a day."""
    plans = list(known)
    chances = [chance for target in TARGETS for chance in _chances(population.seed, *target, until)]
    for day, _, team, prefix, most in sorted(chances, key=lambda chance: chance[:2]):
        active = sum(_is_active(plan, team, day) for plan in plans)
        if active < most:
            number = sum(plan.team is team for plan in plans)
            plans.append(population.newcomer(f"{prefix}-{number + 1:03d}", team, day))
    return plans[len(known) :]


def _chances(
    seed: str, team: Team, prefix: str, most: int, between: tuple[int, int], until: date
) -> Iterator[tuple[date, str, Team, str, int]]:
    """Yield days on which somebody may come; golden days whatever the seed."""
    day, last = FIRST, max(until, GOLDEN_END)
    golden, later = Random(f"golden:chances:{prefix}"), Random(f"{seed}:chances:{prefix}")  # noqa: S311
    while day <= last:
        yield on_or_after(day), prefix, team, prefix, most
        rng = golden if day <= GOLDEN_END else later
        after = add_days(day, rng.randint(*between))
        crosses = day <= GOLDEN_END < after
        day = add_days(GOLDEN_END, later.randint(5, 15)) if crosses else after


def _is_active(plan: Plan, team: Team, day: date) -> bool:
    return plan.team is team and plan.opened_on <= day < plan.exits[-1].on
