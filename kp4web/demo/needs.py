"""What stands under the two headings of a dossier, and the outlines that the teams made."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from kp4web.demo import accounts
from kp4web.demo.events import AddOutline, Event, RecordConversation, WriteHeading
from kp4web.demo.life import GOLDEN_END, Life
from kp4web.demo.reports import theme
from kp4web.demo.reviews import COURSE, kind_after
from kp4web.domain.dates import AMSTERDAM
from kp4web.domain.headings import Heading
from kp4web.domain.tracks import TrackKind

WRITTEN = 0.75
"""How many dossiers have something under their headings."""
LATER_TALK = 4
"""The talk after which a text is written again."""
KEYS = {Heading.SUPPORT_NEED: "need", Heading.ACTIVATION: "activation"}
OUTLINES: dict[str, tuple[str, ...]] = {
    "Eerste gesprek": (
        "Kennismaking", "Thuis en huishouden", "Gezondheid: wat kan wel?", "Dagindeling",
        "Wat wil de inwoner zelf?", "Afspraken",
    ),
    "Rustbeoordeling": (
        "Reden van de rust", "Wat is er veranderd?", "Wat vindt de inwoner?",
        "Wat vinden betrokkenen?", "Voorstel en redenen",
    ),
}  # fmt: skip


def outlines() -> Iterator[Event]:
    """Yield the two outlines that the team of West Betuwe made, early in 2022."""
    at = datetime(2022, 1, 11, 9, 20, tzinfo=AMSTERDAM)
    for name, headings in OUTLINES.items():
        yield AddOutline(at=at, by=accounts.WEST_BETUWE.coordinator, name=name, headings=headings)
        at += timedelta(minutes=6)


def headings(lives: Sequence[Life]) -> Iterator[Event]:
    """Yield what leads wrote under the headings, each time right after a talk."""
    for life in lives:
        rng = Random(f"{life.seed}:{life.plan.key}:headings")  # noqa: S311 -- a story
        if rng.random() < WRITTEN:
            yield from _of(life)


def _of(life: Life) -> Iterator[Event]:
    texts, words = theme("needs"), life.plan.character.words
    told = dict.fromkeys(Heading, 0)
    for number, (talk, kind) in enumerate(_talks(life)):
        subject = "kp3" if kind is TrackKind.KP3 else life.plan.character.themes[0]
        for minutes, heading in enumerate(Heading, start=1):
            version, silent = told[heading], heading is Heading.ACTIVATION
            variants = texts[subject][KEYS[heading]]
            waits = version == 1 and number < LATER_TALK
            if waits or version >= len(variants) or (silent and kind is TrackKind.REST):
                continue
            told[heading] += 1
            yield WriteHeading(
                at=talk.at + timedelta(seconds=20 * minutes), by=talk.by, dossier=life.plan.key,
                heading=heading, text=variants[version].format_map(words), based_on=version,
            )  # fmt: skip


def _talks(life: Life) -> Iterator[tuple[RecordConversation, TrackKind]]:
    """Yield the talks that the lead held after the golden history, and the track then."""
    kind = TrackKind.UNDER_INVESTIGATION
    for event in life.events:
        if isinstance(event, COURSE):
            kind = kind_after(event)
        elif isinstance(event, RecordConversation) and _is_by_the_lead(event):
            yield event, kind


def _is_by_the_lead(talk: RecordConversation) -> bool:
    return talk.day > GOLDEN_END and talk.outcome == "held" and talk.message is None
