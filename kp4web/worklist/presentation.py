"""How the work list looks: groups with their rows, what one can do about each, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote, urlencode

from kp4web.domain.dates import count_of, distance
from kp4web.domain.due import DueKind
from kp4web.domain.due_words import DueGroup
from kp4web.domain.talks import day_and_time
from kp4web.worklist.acts import Act
from kp4web.worklist.pieces import Counts, Wanted, Work, WorkRow

ANY_NUMBER = "KP4-0000-0000"
"""Stands for the dossier number in an address that was built once for all rows."""
ANY_ID = 0
LOOKS = {
    DueGroup.LATE: ("danger", "alert-circle", "Niets is te laat."),
    DueGroup.TODAY: ("warn", "calendar-due", "Voor vandaag staat er niets."),
    DueGroup.WEEK: ("info", "calendar-event", "Voor de rest van deze week staat er niets."),
    DueGroup.LATER: ("neutral", "calendar", "Voor later staat er niets."),
}
"""Tone, icon and the calm text of an empty group."""


class How(StrEnum):
    """What a step does when chosen."""

    LINK = "link"
    UNFOLD = "unfold"
    POST = "post"
    SEND = "send"
    """A post that leaves the list: another feature answers it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do about an item: a link, a form to unfold, or a button."""

    label: str
    href: str
    how: How
    page: str = ""
    """Where the form to unfold is a page of its own, for who has no JavaScript."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the work list, ready to print."""

    row: WorkRow
    href: str
    title: str
    when: str
    steps: tuple[Step, ...]
    place: int
    """Its place on the page, sent along so that the focus comes back to it."""
    has_focus: bool

    @property
    def can_move(self) -> bool:
        """Return whether this follow-up can be moved, and so be chosen with others."""
        return Act.MOVE in self.row.acts


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the page with its number over all pages."""

    key: DueGroup
    count: int
    tone: str
    icon: str
    calm: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to one group only."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True)
class Addresses:
    """The addresses around one page of the list; only structure is in them, no person."""

    base: str
    patterns: Mapping[str, str | None]
    """By name, built once with ``ANY_NUMBER`` or ``ANY_ID``; ``None`` where no page exists."""
    wanted: Wanted

    def of(self, wanted: Wanted) -> str:
        """Return the address of this part of the list."""
        query = {
            "groep": wanted.group, "traject": wanted.track, "soort": wanted.kind,
            "alles": "1" if wanted.everything else None,
            "pagina": wanted.page if wanted.page > 1 else None,
            "kies": "1" if wanted.chooses else None,
        }  # fmt: skip
        given = urlencode({name: str(value) for name, value in query.items() if value is not None})
        return f"{self.base}?{given}" if given else self.base

    @cached_property
    def here(self) -> str:
        """Return the address of what is shown now."""
        return self.of(self.wanted)

    def page(self, number: int) -> str:
        """Return the address of another page."""
        return self.of(replace(self.wanted, page=number))

    def within(self, which: DueGroup | None) -> str:
        """Return the address of one group, or of all."""
        return self.of(replace(self.wanted, group=which, page=1))

    def horizon(self, *, everything: bool) -> str:
        """Return the address with or without what lies after the horizon."""
        return self.of(replace(self.wanted, everything=everything, page=1))

    def choosing(self, *, chooses: bool) -> str:
        """Return the address where follow-ups are chosen, or the list as it is without that."""
        kind = DueKind.FOLLOW_UP if chooses else None
        return self.of(replace(self.wanted, chooses=chooses, kind=kind, page=1))

    def to(self, name: str, *, number: str | None = None, row_id: int | None = None) -> str | None:
        """Return the address of a page about one dossier or row, or ``None`` without it."""
        pattern = self.patterns.get(name)
        if pattern is None:
            return None
        if number is not None:
            return pattern.replace(ANY_NUMBER, number)
        if row_id is None:
            return pattern
        return f"{pattern}/".replace(f"/{ANY_ID}/", f"/{row_id}/").removesuffix("/")


def summary(counts: Counts) -> str:
    """Return the line on top: ``3 te laat, 2 vandaag, 5 deze week``."""
    if not (counts.late or counts.today or counts.week):
        return "Niets te laat, en niets voor deze week."
    parts = ((counts.late, "te laat"), (counts.today, "vandaag"), (counts.week, "deze week"))
    return ", ".join(f"{number} {words}" for number, words in parts)


def tabs_of(work: Work, addresses: Addresses) -> list[Tab]:
    """Return the ways to all items and to each group."""
    later = work.counts.beyond if work.wanted.everything else 0
    counts = {which: work.counts.of(which) for which in DueGroup}
    counts[DueGroup.LATER] += later
    chosen = work.wanted.group
    return [
        Tab("Alles", addresses.within(None), chosen is None, sum(counts.values())),
        *(
            Tab(which.label, addresses.within(which), chosen is which, counts[which])
            for which in DueGroup
        ),
    ]


def groups_of(work: Work, addresses: Addresses, today: date, focus: int | None) -> list[Group]:
    """Return the groups to show with the rows of this page; ``focus`` is a row's place."""
    lines = [
        _line(row, addresses, today, place, place == focus) for place, row in enumerate(work.rows)
    ]
    return [
        _group(tab, which, lines)
        for which, tab in zip(DueGroup, tabs_of(work, addresses)[1:], strict=True)
        if work.wanted.group in {None, which}
    ]


def _group(tab: Tab, which: DueGroup, lines: list[Line]) -> Group:
    tone, icon, calm = LOOKS[which]
    own = tuple(line for line in lines if line.row.group is which)
    if tab.count and not own:
        calm = f"{count_of(tab.count, 'regel staat', 'regels staan')} op een andere pagina."
    return Group(which, tab.count, tone, icon, calm, own)


def _line(row: WorkRow, addresses: Addresses, today: date, place: int, has_focus: bool) -> Line:
    if row.number is None:
        href, title = addresses.to("review", row_id=row.subject_id), HANDOVER_TITLES[row.kind]
    else:
        href, title = addresses.to("dossier", number=row.number), row.name or row.number
    steps = (_step(act, row, addresses) for act in row.acts)
    return Line(
        row=row, href=href or addresses.here, title=title, when=_when(row, today),
        steps=tuple(step for step in steps if step), place=place, has_focus=has_focus,
    )  # fmt: skip


HANDOVER_TITLES = {
    DueKind.REVIEW_HANDOVER: "Aangeboden overdracht",
    DueKind.WRITE_FEEDBACK: "Geaccepteerde overdracht",
}
"""Of an item that is about a hand-over to the own organisation: no dossier is named."""


def _when(row: WorkRow, today: date) -> str:
    days, when = (today - row.due_on).days, day_and_time(row.due_on, row.starts_at)
    if days > 0:
        return f"{when}, {count_of(days, 'dag', 'dagen')} te laat"
    return f"{when}, {distance(row.due_on, today)}"


_STEPS: Mapping[Act, tuple[str, str, How]] = {
    Act.RECORD: ("Gesprek vastleggen", "record", How.LINK),
    Act.ATTEMPT: ("Niet bereikt", "attempt", How.UNFOLD),
    Act.MOVE: ("Verzetten", "move", How.UNFOLD),
    Act.COMPLETE: ("Afgehandeld", "complete", How.POST),
    Act.PLAN: ("Opvolging plannen", "plan", How.UNFOLD),
    Act.READ_MESSAGE: ("Gelezen", "message", How.SEND),
    Act.SETTLE: ("Afronden", "settle", How.UNFOLD),
    Act.ANSWER: ("Beantwoorden", "question", How.LINK),
    Act.LOOK: ("Bekijken", "question", How.LINK),
    Act.CHANGE_TRACK: ("Traject kiezen", "track", How.LINK),
    Act.DECIDE: ("Besluit nemen", "rest", How.LINK),
    Act.SEEN: ("Gezien", "pension", How.UNFOLD),
    Act.POSTPONE: ("Uitstellen", "pension", How.UNFOLD),
    Act.ASSIGN: ("Toewijzen", "assign", How.LINK),
    Act.REVIEW: ("Beoordelen", "review", How.LINK),
    Act.HAND_OVER: ("Overdracht regelen", "departure", How.LINK),
    Act.EXEMPT: ("Naar de ontheffing", "exemption", How.LINK),
    Act.SIGNAL: ("Naar het signaal", "signal", How.LINK),
    Act.REVIEW_SIGNAL: ("Beoordelen", "signal", How.LINK),
    Act.FACTS: ("Bekijken", "facts", How.LINK),
}
_BY_ID = frozenset(
    {Act.MOVE, Act.COMPLETE, Act.READ_MESSAGE, Act.SETTLE, Act.ANSWER, Act.LOOK, Act.REVIEW}
)
"""What is done at the address of the subject instead of the dossier."""
_TRACK_LABELS = {
    DueKind.PENSION_REACHED: "Traject stoppen",
}


def _step(act: Act, row: WorkRow, addresses: Addresses) -> Step | None:
    """Return what to do, or ``None`` when no page for it exists."""
    label, name, how = _STEPS[act]
    by_id = act in _BY_ID
    href = addresses.to(
        name, number=None if by_id else row.number, row_id=row.subject_id if by_id else None
    )
    if href is None:
        return None
    if act is Act.HAND_OVER and row.kind is not DueKind.ARRANGE_HANDOVER:
        label = "Naar de overdracht"
    if act is Act.CHANGE_TRACK:
        label = _TRACK_LABELS.get(row.kind, label)
    if act in {Act.RECORD, Act.ANSWER, Act.LOOK}:
        href += f"?terug={quote(addresses.here)}"
    if act is Act.ATTEMPT and row.kind is DueKind.FOLLOW_UP:
        href += f"?opvolging={row.subject_id}"
    if act is Act.FACTS:
        href += "#gecorrigeerd"
    if act is Act.POSTPONE:
        href += "?uitstel=1"
    page = href
    if addresses.here != addresses.base:
        page += f"{'&' if '?' in href else '?'}terug={quote(addresses.here)}"
    return Step(label, href, how, page)
