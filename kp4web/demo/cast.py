"""The people of the demo: invented, each with facts that keep the reports of one dossier whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from random import Random

from kp4web.demo import places
from kp4web.demo.events import Person
from kp4web.demo.names import ANY_ORIGIN, NEWCOMER_ORIGIN, POOLS, Pool
from kp4web.demo.reports import shared
from kp4web.domain.bsn import demo_numbers
from kp4web.domain.dates import add_days
from kp4web.domain.pension import TABLE, PensionTable, aow_date, read_table
from kp4web.domain.tracks import Subgroup

HOBBIES = {
    True: "breien,tuinieren,koken,zingen,kaarten maken,schilderen,naaien,puzzelen,bakken,wandelen",
    False: "tuinieren,houtbewerken,vissen,fietsen repareren,koken,schaken,duiven houden,wandelen,"
    "modelbouw,muziek luisteren",
}
HELPERS = ("dochter", "zoon", "zus", "broer", "buurvrouw", "vriendin", "schoonzus", "nicht")
MORNINGS = ("maandagochtend", "dinsdagochtend", "woensdagochtend", "donderdagmiddag", "vrijdag")
THEMES: Mapping[Subgroup, tuple[str, ...]] = {
    Subgroup.DISABILITY: ("home", "day_activity", "housing", "debts", "volunteer", "distrust"),
    Subgroup.LANGUAGE: ("language", "volunteer"),
    Subgroup.NEAR_PENSION: ("volunteer", "pension"),
    Subgroup.CAREGIVER: ("carer", "volunteer"),
    Subgroup.IMPROVED: ("volunteer", "home"),
    Subgroup.HIDDEN_PROBLEMS: ("distrust", "debts"),
}
PREFERENCES = (*("phone",) * 5, *("text_message",) * 3, "email", "letter", "visit", "via_contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A person with what returns in the reports: circumstances, themes, words."""

    person: Person
    female: bool
    cause: str
    """Why rest would be chosen: ``body``, ``mind``, ``carer`` or ``pension``."""
    subgroups: tuple[Subgroup, ...]
    themes: tuple[str, ...]
    words: Mapping[str, str]
    children: tuple[tuple[str, date], ...] = ()
    interpreter: bool = False
    script: tuple[str, ...] = ()
    """Reports that are told first, before those of the themes."""

    @property
    def pension_on(self) -> date:
        """Return the AOW date."""
        return pension_on(self.person.birth_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is given about a person before the rest is drawn; ``None`` means: draw it."""

    key: str
    municipality: str
    household: str = ""
    born: date | None = None
    ages: tuple[int, int] = (27, 63)
    on: date = date(2020, 11, 2)
    """The day on which the age lies in ``ages``."""
    female: bool | None = None
    subgroups: tuple[Subgroup, ...] = ()
    children: int = 0
    given_name: str = ""
    surname: str = ""
    """Drawn when empty; a prefix stands before ``|``."""
    themes: tuple[str, ...] = ()
    cause: str = ""
    approach: str | None = None
    script: tuple[str, ...] = ()
    lives_with: Character | None = None
    bsn: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@cache
def table() -> PensionTable:
    """Return the pension table of the application, read once."""
    return read_table(TABLE)


def pension_on(birth_date: date) -> date:
    """Return the AOW date."""
    return aow_date(birth_date, table()).on


def born_for_pension(on: date) -> date:
    """Return the last birth date whose AOW date is the given day, or else one shortly before."""
    born = date(on.year - 68, on.month, 1)
    while pension_on(add_days(born, 1)) <= on:
        born = add_days(born, 1)
    return born


class Cast:
    """Draws people one after another; two casts never share a BSN, a name or a number."""

    def __init__(self, rng: Random, numbers: Iterable[str], taken: set[str], phones: int) -> None:
        self.rng = rng
        self.numbers: Iterator[str] = iter(numbers)
        self.taken = taken
        self.phone = phones

    def draw(self, wish: Wish) -> Character:
        """Return a character that fits the wish."""
        rng = self.rng
        female = rng.random() < 0.55 if wish.female is None else wish.female
        newcomer = Subgroup.LANGUAGE in wish.subgroups
        origin = rng.choice(NEWCOMER_ORIGIN if newcomer else ANY_ORIGIN)
        given, prefix, surname = self._name(wish, POOLS[origin], female)
        person = self._person(wish, given, prefix, surname)
        needs_interpreter = bool(POOLS[origin].language) and (newcomer or rng.random() < 0.12)
        if needs_interpreter:
            person = replace(person, interpreter=POOLS[origin].language)
        words = self._words(wish, female, person.town)
        return Character(
            person=replace(person, approach=self._approach(wish, words)),
            female=female,
            cause=wish.cause or self._cause(wish),
            subgroups=wish.subgroups,
            themes=wish.themes or self._themes(wish),
            words=words,
            children=self._children(wish, person),
            interpreter=needs_interpreter,
            script=wish.script,
        )

    def _name(self, wish: Wish, pool: Pool, female: bool) -> tuple[str, str, str]:
        rng = self.rng
        while True:
            given = wish.given_name or rng.choice(pool.female if female else pool.male)
            full = wish.surname or rng.choice(pool.surnames)
            if wish.given_name or f"{given} {full}" not in self.taken:
                break
        self.taken.add(f"{given} {full}")
        prefix, _, surname = full.rpartition("|")
        return given, prefix, surname

    def _person(self, wish: Wish, given: str, prefix: str, surname: str) -> Person:
        rng = self.rng
        home = wish.lives_with.person if wish.lives_with else None
        street, postcode, town = self._address(wish.municipality)
        has_phone, has_mail = rng.random() < 0.88, rng.random() < 0.4
        self.phone += 1
        mailbox = "".join(letter for letter in given.lower() if letter.isascii() and letter != "-")
        second = rng.choice("ABCDEFGHJKLMNPRSTW") + "." if rng.random() < 0.4 else ""
        number = wish.bsn or (next(self.numbers) if rng.random() > 0.012 else None)
        return Person(
            key=wish.key,
            household=wish.household or f"huis-{wish.key}",
            given_name=given,
            initials=f"{given[0]}.{second}",
            prefix=prefix,
            surname=surname,
            birth_date=wish.born or self._birth_date(wish),
            bsn=number,
            street=home.street if home else street,
            postcode=home.postcode if home else postcode,
            town=home.town if home else town,
            phone=f"06-00000{self.phone:03d}" if has_phone else "",
            email=f"{mailbox}{self.phone}@post.example" if has_mail else "",
            contact_preference=rng.choice(PREFERENCES if has_phone else ("letter", "visit")),
            interpreter="",
            approach="",
        )

    def _address(self, municipality: str) -> tuple[str, str, str]:
        rng, villages = self.rng, places.VILLAGES[municipality]
        weights = [4 if name in places.LARGE else 1 for name in villages]
        town = rng.choices(list(villages), weights)[0]
        letters = "".join(rng.choices(places.POSTCODE_LETTERS, k=2))
        street = f"{rng.choice(places.STREETS)} {rng.randint(1, 139)}"
        return street, f"{villages[town]} {letters}", town

    def _birth_date(self, wish: Wish) -> date:
        youngest, oldest = wish.ages
        days = self.rng.randint(youngest * 365 + 10, (oldest + 1) * 365 - 10)
        return add_days(wish.on, -days)

    def _words(self, wish: Wish, female: bool, town: str) -> Mapping[str, str]:
        rng = self.rng
        drawn = {
            "hobby": rng.choice(HOBBIES[female].split(",")),
            "helper": rng.choice(HELPERS),
            "place": rng.choice(places.HALLS),
            "day": rng.choice(MORNINGS),
            "town": town,
        }
        return {**(FEMALE if female else MALE), **drawn, **wish.words}

    def _cause(self, wish: Wish) -> str:
        first = wish.subgroups[0] if wish.subgroups else Subgroup.DISABILITY
        if first is Subgroup.CAREGIVER:
            return "carer"
        if first is Subgroup.NEAR_PENSION:
            return "pension"
        return self.rng.choice(("body", "body", "mind"))

    def _themes(self, wish: Wish) -> tuple[str, ...]:
        first = wish.subgroups[0] if wish.subgroups else Subgroup.DISABILITY
        pool = list(THEMES[first])
        if first is Subgroup.DISABILITY:
            self.rng.shuffle(pool)
        own = ("children", *pool) if wish.children > 1 else tuple(pool)
        return tuple(dict.fromkeys((*own[:2], self.rng.choice(("home", "day_activity")))))

    def _approach(self, wish: Wish, words: Mapping[str, str]) -> str:
        if wish.approach is not None:
            return wish.approach
        text = self.rng.choice(shared()["approach"]["texts"])
        return text.format_map(words) if self.rng.random() < 0.28 else ""

    def _children(self, wish: Wish, person: Person) -> tuple[tuple[str, date], ...]:
        rng = self.rng
        first = max(person.birth_date.year + 19, wish.on.year - 17)
        years = range(first, max(wish.on.year - 1, first + 1))
        names = rng.sample(CHILDREN, min(wish.children, len(years)))
        born = sorted(rng.sample(years, len(names)))
        return tuple(
            (name, date(year, rng.randint(5, 8), rng.randint(1, 28)))
            for name, year in zip(names, born, strict=True)
        )


def numbers(rng: Random) -> list[str]:
    """Return every BSN of the demo series in a drawn order."""
    return rng.sample(_series(), len(_series()))


@cache
def _series() -> tuple[str, ...]:
    return tuple(demo_numbers())


FEMALE = {"Z": "Zij", "z": "zij", "H": "Haar", "h": "haar", "o": "haar"}
FEMALE |= {"M": "Mevrouw", "m": "mevrouw"}
MALE = {"Z": "Hij", "z": "hij", "H": "Zijn", "h": "zijn", "o": "hem", "M": "Meneer", "m": "meneer"}
CHILDREN = ("Sem", "Yara", "Noor", "Daan", "Lina", "Jens", "Elif", "Mees", "Sara", "Tygo", "Fay")
