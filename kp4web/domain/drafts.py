"""Drafts: what is being typed in a form, kept until it is sent; and forms that were sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

DRAFTS_KEPT = timedelta(days=30)
DRAFT_LIMIT = 200_000
"""Characters in one draft."""
TOO_LONG = "Deze tekst is te lang om te bewaren. Maak hem korter."
NEVER_KEPT = frozenset({"bsn"})
"""Fields that no draft holds: a BSN is only ever stored encrypted."""


class About(StrEnum):
    """What a form is about, and so whose id a draft of it carries."""

    DOSSIER = "dossier"
    APPLICATION = "application"
    HANDOVER = "handover"
    QUESTIONNAIRE = "questionnaire"
    NOTHING = "nothing"
    """A form for something new: there is one draft of it per user."""


@dataclass(frozen=True, slots=True)
class DraftRule:
    """How the draft of one form is kept: declared on the form, as ``draft``."""

    key: str
    """Under which it is stored."""
    words: str
    """What the list of drafts calls it."""
    page: str
    """The endpoint that shows the form."""
    about: About = About.DOSSIER
    preset: frozenset[str] = field(default_factory=frozenset)
    """Fields that hold something from the start: kept, but no reason to offer the draft."""
    place: tuple[tuple[str, str], ...] = ()
    """What the address of the page needs besides its subject."""
    part: str = ""
    """Parameter of the page that tells the forms about one subject apart (``of``)."""

    def of(self, part: int | str) -> "DraftRule":
        """Return the rule of one of those forms; its key carries which, as ``aanvulling:12``."""
        return replace(self, key=f"{self.key}:{part}", place=(*self.place, (self.part, str(part))))


def rule_of(known: Mapping[str, DraftRule], key: str) -> DraftRule | None:
    """Return the rule that a stored key names, or ``None`` when no form of today has it."""
    name, _, part = key.partition(":")
    rule = known.get(name)
    if rule is None or bool(rule.part) != bool(part):
        return None
    return rule.of(part) if part else rule


def worth_keeping(fields: Mapping[str, Sequence[str]], preset: Collection[str]) -> bool:
    """Return whether something was typed or ticked that the form did not begin with."""
    return any(
        text.strip()
        for name, texts in fields.items()
        if name.partition("-")[0] not in preset
        for text in texts
    )


def size_of(fields: Mapping[str, Sequence[str]]) -> int:
    """Return the number of characters in what was typed."""
    return sum(len(text) for texts in fields.values() for text in texts)
