"""
Who does what for a household: who guides, who pays, and whom to call for what.

The sources leave income and payment with the work agency and guidance with the organisation that
holds the dossier (Informatienota West Betuwe, 24-11-2020): so each question has one desk.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kp4web.domain.errors import InvalidInput
from kp4web.domain.spelling import SHORTEST, is_slip

PHONE_MAX, REACHABLE_MAX = 30, 100
MOST_HOUSEHOLDS = 10
"""Households a search may show; of more it shows none, for it is no list to leaf through."""
NEEDED = "Typ de hele achternaam, of een BSN van 9 cijfers."
_PHONE = re.compile(r"\+?[0-9() \-–]+")


class About(StrEnum):
    """What somebody may want to ask; each has one desk."""

    GUIDANCE = "guidance"
    EXEMPTION = "exemption"
    BENEFIT = "benefit"
    CHANGES = "changes"

    @property
    def label(self) -> str:
        """Return the words for staff."""
        return _LABELS[self]

    @property
    def question(self) -> str:
        """Return the words for the resident, as the rest of "U belt voor"."""
        return _QUESTIONS[self]

    @property
    def is_paid(self) -> bool:
        """Return whether this is for who pays; the rest is for who guides."""
        return self in {About.BENEFIT, About.CHANGES}


_LABELS = {
    About.GUIDANCE: "Begeleiding, gesprekken en ondersteuning",
    About.EXEMPTION: "Ontheffing van verplichtingen",
    About.BENEFIT: "Uitkering: recht, hoogte en betaling",
    About.CHANGES: "Wijzigingen: inkomen, verhuizen, samenwonen",
}
_QUESTIONS = {
    About.GUIDANCE: "een gesprek, een afspraak of hulp die u nodig hebt",
    About.EXEMPTION: "de vraag of u werk moet zoeken",
    About.BENEFIT: "uw uitkering: hoeveel u krijgt en wanneer",
    About.CHANGES: "een verandering: u gaat werken, verhuizen of samenwonen",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation as somebody calls it."""

    organisation: str
    team: str = ""
    phone: str = ""
    reachable: str = ""
    """When it can be called, in its own words."""

    @property
    def label(self) -> str:
        """Return the organisation with its team."""
        return ", ".join(part for part in (self.organisation, self.team) if part)


@dataclass(frozen=True, slots=True)
class Guide:
    """Who guides one resident: the desk, and the contact person when there is one to name."""

    desk: Desk
    contact: str = ""
    contact_phone: str = ""

    @property
    def who(self) -> str:
        """Return whom to ask for."""
        return self.contact or self.desk.label

    @property
    def phone(self) -> str:
        """Return the number of the contact person, else of the desk."""
        return (self.contact and self.contact_phone) or self.desk.phone


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call, and for what."""

    abouts: tuple[About, ...]
    who: str
    phone: str
    reachable: str
    for_whom: str = ""
    """Which residents, where those of a household have different contact persons."""


def calls(guides: Sequence[tuple[str, Guide]], payer: Desk | None) -> tuple[Call, ...]:
    """
    Return whom to call for what, of one household.

    ``guides``: the name of each resident with who guides. ``payer``: who pays the benefit;
    nobody known gives no call about it.
    """
    names: dict[Guide, list[str]] = {}
    for name, guide in guides:
        names.setdefault(guide, []).append(name)
    guided = tuple(about for about in About if not about.is_paid)
    found = [
        Call(guided, guide.who, guide.phone, guide.desk.reachable,
             " en ".join(theirs) if len(names) > 1 else "")
        for guide, theirs in names.items()
    ]  # fmt: skip
    if payer is not None:
        paid = tuple(about for about in About if about.is_paid)
        found.append(Call(paid, payer.label, payer.phone, payer.reachable))
    return tuple(found)


def check_phone(text: str, field: str = "phone") -> str:
    """Return a phone number as it is stored; raise ``InvalidInput`` at the field for no number."""
    number = " ".join(text.split())
    digits = sum(character.isdecimal() for character in number)
    if number and not (_PHONE.fullmatch(number) and 3 <= digits <= 15):
        raise InvalidInput(field, "Dit is geen telefoonnummer. Schrijf bijvoorbeeld 0345 12 34 56.")
    return number


def names_whole(searchable_name: str, words: Iterable[str]) -> bool:
    """
    Return whether every word of a search is a whole word of the name, but for a slip of the pen.

    The beginning of a name is not enough: whoever looks somebody up here knows the name. One
    letter finds nobody by itself.
    """
    typed, known = tuple(words), searchable_name.split()
    longer = [word for word in typed if len(word) > 1]
    return bool(longer) and all(
        word in known
        or (len(word) >= SHORTEST and any(is_slip(word, each) for each in known
                                          if len(each) >= SHORTEST))
        for word in typed
    )  # fmt: skip
