"""
What stands in the reports: texts per theme, told in an order that makes one story per dossier.

The texts are data in ``texts/*.toml``. A theme is a list of beats in the order in which the story
goes, each with variants of a report and things to come back to, and a last set that keeps fitting.
Words between braces are filled per person: ``{Z}``/``{z}`` zij or hij, ``{h}`` haar or zijn,
``{o}`` haar or hem, ``{M}``/``{m}`` mevrouw or meneer, ``{helper}``, ``{hobby}``, ``{place}``,
``{day}``, ``{town}``. A report may begin with ``@h`` (at home), ``@f`` (in person) or ``@p``
(by telephone).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

TEXTS = Path(__file__).parent / "texts"
CORONA = (date(2020, 3, 13), date(2021, 6, 4))
"""Between these days people met by telephone."""
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "h": ("home_visit",),
    "f": ("face_to_face", "home_visit"),
    "p": ("phone",),
    "": ("face_to_face", "face_to_face", "home_visit", "home_visit", "phone", "phone", "phone"),
}
SEASONS: tuple[tuple[re.Pattern[str], tuple[int, ...]], ...] = (
    (re.compile("winter|donkere maanden|gladheid"), (11, 12, 1, 2, 3)),
    (re.compile("[Zz]omer"), (8, 9, 10)),
    (re.compile("griepprik|jaarwisseling"), (10, 11, 12, 1)),
    (re.compile("mooi weer"), (4, 5, 6, 7, 8, 9)),
)
REST_FOLLOW_UPS = ("Bellen over de praktische vraag", "Terugbellen over de brief van de Wmo")
STANDS_ALONE = re.compile(
    r"Gesprek|Kennis|Eerste|Tweede|Gebeld|Telefon|Thuis|Op huis|Vervolg|Rustig|Kort|Ik "
    r"|Vandaag|Samen|Via de tolk|Het gesprek|Nagepraat|Vaste"
    r"|\{M\} (ontving|deed open|klonk)|(Mevrouw|Meneer) gebeld"
)
"""Beginnings that leave no room for a sentence before them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One report with how it was held and what to come back to."""

    report: str
    channel: str
    participants: tuple[str, ...]
    follow_up: str


@cache
def theme(name: str) -> Mapping[str, Any]:
    """Return the texts of a theme."""
    with (TEXTS / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def shared() -> Mapping[str, Any]:
    """Return the sentences and reasons that fit every theme."""
    return theme("shared")


class Story:
    """Tells the reports of one dossier: in the order of its themes, no sentence twice."""

    def __init__(
        self, themes: Sequence[str], cause: str, words: Mapping[str, str], script: Sequence[str]
    ) -> None:
        self.themes = themes
        self.cause = cause
        self.words = words
        self.script = list(script)
        self.told: dict[str, int] = {}
        self.beats = [beat for name in themes for beat in theme(name)["beat"]]
        self.lasting = [theme(name)["lasting"] for name in themes]

    def say(self, texts: Sequence[str], rng: Random) -> str:
        """Return one of the texts with the words of this person filled in, the least told one."""
        least = min(self.told.get(text, 0) for text in texts)
        text = rng.choice([text for text in texts if self.told.get(text, 0) == least])
        self.told[text] = least + 1
        return text.format_map(self.words)

    def of_rest(self) -> Mapping[str, Any]:
        """Return the texts about rest that fit this person."""
        return theme(f"rest_{self.cause}")

    def tell(self, kind: str, day: date, rng: Random, *, interpreter: bool) -> Telling:
        """Return what was said: ``first``, ``second``, ``support``, ``rest`` or ``kp3``."""
        if self.script and kind != "rest":
            text, what = self.script.pop(0), self._follow_ups(kind)
        else:
            text, what = self._next(kind, day, rng)
        tag, body = _tag(text)
        channel = self._channel(tag, day, rng)
        report = self._dress(body, kind, channel, day, rng)
        return Telling(
            report=report.format_map(self.words),
            channel=channel,
            participants=_participants(body, interpreter),
            follow_up=rng.choice(what).format_map(self.words),
        )

    def _follow_ups(self, kind: str) -> Sequence[str]:
        if kind in {"first", "second"}:
            return _strings(theme("intake"))[kind == "second" :]  # the first is: second talk
        return _strings(theme("kp3")["lasting"] if kind == "kp3" else self.lasting[0])

    def _next(self, kind: str, day: date, rng: Random) -> tuple[str, Sequence[str]]:
        if kind in {"first", "second"}:
            texts = theme("intake")[kind]
            return self._pick(texts, day, rng), self._follow_ups(kind)
        if kind == "rest":
            return self._pick(self.of_rest()["talks"], day, rng), REST_FOLLOW_UPS
        if kind == "kp3":
            sets = theme("kp3")
            told = sum(self.told.get(text, 0) for beat in sets["beat"] for text in beat["reports"])
            beat = sets["beat"][told] if told < len(sets["beat"]) else sets["lasting"]
        else:
            beat = self.beats.pop(0) if self.beats else rng.choice(self.lasting)
        return self._pick(beat["reports"], day, rng), _strings(beat)

    def _pick(self, texts: Sequence[str], day: date, rng: Random) -> str:
        fitting = [text for text in texts if _in_season(text, day)] or list(texts)
        if _corona(day):
            fitting = [text for text in fitting if _tag(text)[0] in {"", "p"}] or fitting
        least = min(self.told.get(text, 0) for text in fitting)
        text = rng.choice([text for text in fitting if self.told.get(text, 0) == least])
        self.told[text] = least + 1
        return text

    def _channel(self, tag: str, day: date, rng: Random) -> str:
        if _corona(day) and tag in {"", "p"}:
            return "phone" if rng.random() < 0.94 else "video"
        return rng.choice(CHANNELS[tag])

    def _dress(self, body: str, kind: str, channel: str, day: date, rng: Random) -> str:
        parts, openers = [body], shared()["openers"]
        if not STANDS_ALONE.match(body) and rng.random() < 0.5:
            corona = _corona(day) and channel == "phone"
            parts.insert(0, self.say(openers["corona" if corona else channel], rng))
        if kind == "support" and len(re.findall(r"[.?!](?:\s|$)", body)) < 5 and rng.random() < 0.2:
            parts.append(self.say(shared()["closers"]["held"], rng))
        return " ".join(parts)


def _participants(text: str, interpreter: bool) -> tuple[str, ...]:
    present = ["resident"]
    if interpreter or "tolk" in text:
        present.append("interpreter")
    if re.search("begeleider (erbij|was bij|samen)|bij het gesprek was|was bij het gesprek", text):
        present.append("professional")
    if re.search(r"\{helper\} (was erbij|\. Zij vulden)|samen met \{h\} \{helper\}", text):
        present.append("other")
    return tuple(present)


def _tag(text: str) -> tuple[str, str]:
    return (text[1], text[3:]) if text.startswith("@") else ("", text)


def _in_season(text: str, day: date) -> bool:
    return all(day.month in months for words, months in SEASONS if words.search(text))


def _corona(day: date) -> bool:
    return CORONA[0] <= day <= CORONA[1]


def _strings(texts: Mapping[str, Any]) -> Sequence[str]:
    found: Sequence[str] = texts["follow_ups"]
    return found
