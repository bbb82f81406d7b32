"""Who applies at the work agency: invented people, drawn apart from those of the dossiers."""

from dataclasses import replace
from datetime import date
from random import Random

from kp4web.demo.cast import CHILDREN, Character, Wish
from kp4web.demo.desk import Case
from kp4web.demo.population import Population
from kp4web.demo.reports import theme
from kp4web.domain.dates import add_days
from kp4web.domain.tracks import Subgroup

AGES: dict[str, tuple[int, int]] = {
    "starter": (19, 30), "language": (21, 38), "single_parent": (22, 36), "part_time": (24, 48),
    "obligations": (21, 40),
}  # fmt: skip
PHONES = range(700, 980)
"""Numbers of telephones of applicants; after the last one comes the first again."""


def draw(population: Population, wish: Wish) -> Character:
    """Return an applicant who fits the wish; dice of their own."""
    cast = population.applicants
    cast.rng = Random(f"{population.seed}:applicant:{wish.key}")  # noqa: S311 -- a story
    if cast.phone not in PHONES:
        cast.phone = PHONES.start
    return cast.draw(wish)


def somebody(population: Population, key: str, municipality: str, persona: str, on: date) -> Case:
    """Return the case of somebody who answers in this way."""
    rng = Random(f"{population.seed}:case:{key}")  # noqa: S311 -- a story, not a secret
    children = rng.choice((0, 0, 0, 1, 2)) if persona != "starter" else 0
    wish = Wish(
        key=key, municipality=municipality, on=on,
        ages=(28, 46) if children else AGES.get(persona, (26, 57)), children=children,
        subgroups=(Subgroup.LANGUAGE,) if persona == "language" else (),
    )  # fmt: skip
    who = draw(population, wish)
    if persona == "single_parent":
        born = add_days(on, -rng.randint(300, 1500))
        who = replace(who, children=((rng.choice(CHILDREN), born),))
    return Case(key, municipality, who, persona, rng)


def named(population: Population, key: str, municipality: str, on: date) -> Case:
    """Return somebody whose name puts a list to the test."""
    wish = Wish(key=key, municipality=municipality, on=on, ages=(24, 40), given_name="Eilís",
                surname="O'Connor-Yıldız", female=True, approach="")  # fmt: skip
    return _case(population, wish, "starter")


def long_waiting(population: Population, key: str, municipality: str, on: date) -> Case:
    """Return somebody who did not come yet."""
    wish = Wish(key=key, municipality=municipality, on=on, ages=(34, 52),
                approach=theme("applications")["approach"]["late"])  # fmt: skip
    return _case(population, wish, "debts")


def interpreted(population: Population, key: str, municipality: str, on: date) -> Case:
    """Return somebody with an interpreter and a word on how to approach them."""
    wish = Wish(key=key, municipality=municipality, on=on, ages=(30, 48),
                subgroups=(Subgroup.LANGUAGE,),
                approach=theme("applications")["approach"]["interpreter"])  # fmt: skip
    return _case(population, wish, "language")


def couple(population: Population, key: str, municipality: str, on: date) -> tuple[Case, Case]:
    """Return two partners in one household with their children."""
    home = f"huis-{key}"
    wish = Wish(key=f"{key}-1", municipality=municipality, on=on, ages=(33, 40), female=True,
                given_name="Agnieszka", surname="Wojciechowska-van den Heuvel", children=2,
                household=home, approach="")  # fmt: skip
    first = _case(population, wish, "single_parent")
    wish = Wish(key=f"{key}-2", municipality=municipality, on=on, ages=(34, 44), female=False,
                given_name="Bas", surname="van den|Heuvel", household=home, approach="",
                lives_with=first.character)  # fmt: skip
    second = _case(population, wish, "part_time")
    children = first.character.children
    second.character = replace(second.character, children=children)
    return first, second


def returning(population: Population, key: str, municipality: str, on: date) -> tuple[Case, Case]:
    """Return two cases of one person: an earlier one, and one of now that goes better."""
    before = somebody(population, f"{key}-1", municipality, "return_to_work", on)
    rng = Random(f"{population.seed}:case:{key}-2")  # noqa: S311 -- a story, not a secret
    return before, Case(f"{key}-2", municipality, before.character, "part_time", rng)


def _case(population: Population, wish: Wish, persona: str) -> Case:
    rng = Random(f"{population.seed}:case:{wish.key}")  # noqa: S311 -- a story, not a secret
    return Case(wish.key, wish.municipality, draw(population, wish), persona, rng)
