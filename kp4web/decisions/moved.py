"""What a correction of a decision changes: the decision, the resident, and earlier figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kp4web.decisions.corrected import Subject, becomes, resident_after
from kp4web.decisions.figures import Counted, Line, SuggestionFigures, counted, figures_of
from kp4web.decisions.intentions import CorrectProfile
from kp4web.domain.dates import add_months
from kp4web.domain.profile_corrections import Course, DecisionContent, changed_words, course_of
from kp4web.domain.stretches import History, Stretch, day_changes, span_words

PARTS = {
    "suggested": "met een voorstel",
    "followed": "gevolgd",
    "other": "anders dan het voorstel",
    "no_suggestion": "vragenlijst zonder voorstel",
    "without": "zonder vragenlijst",
    "elsewhere": "elders gemeten",
    "total": "totaal",
    "share": "aandeel gevolgd",
}
"""What the page of the figures shows of a municipality, and of all."""
SOME_CHANGE = "De cijfers veranderen."


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """What a correction changes in the figures of one period."""

    label: str
    first: date
    last: date
    changes: tuple[str, ...]
    """Every figure; only that some change for who does not see the outcome."""


@dataclass(frozen=True, slots=True)
class ProfilePreview:
    """What a correction of a decision changes."""

    changed: tuple[str, ...]
    days: tuple[str, ...]
    """On which days another klantprofiel holds for the resident."""
    figures: tuple[PeriodLine, ...]
    course: Course


def profile_preview(
    session: Session, subject: Subject, said: CorrectProfile, *, today: date
) -> ProfilePreview:
    """Return what it changes, nothing stored; raises ``InvalidInput``."""
    content = becomes(subject, said, today=today)
    course = course_of(subject.place, subject.content.profile, content.profile)
    return ProfilePreview(
        changed=changed_words(subject.content, content), days=_days(subject, content),
        figures=tuple(_figures(session, subject, content)), course=course,
    )  # fmt: skip


def _days(subject: Subject, content: DecisionContent) -> tuple[str, ...]:
    resident = subject.resident
    if resident is None:
        return ()
    before, after = _profiles(resident.history), _profiles(resident_after(resident, content))
    return tuple(
        f"{span_words(change.span)} geldt voor deze inwoner {_named(change.after)} "
        f"in plaats van {_named(change.before)}."
        for change in day_changes(before, after)
    )


def _profiles(history: History[tuple[int, int, str]]) -> History[int]:
    return tuple(Stretch(one.span, one.content[0]) for one in history)


def _named(profile: int | None) -> str:
    return f"klantprofiel {profile}" if profile else "geen klantprofiel"


def _figures(session: Session, subject: Subject, content: DecisionContent) -> Iterator[PeriodLine]:
    """Yield the years and quarters of which a figure changes, the newest first."""
    days = (subject.content.decided_on, content.decided_on)
    for label, first, last in periods_around(days):
        counts = counted(session, subject.row.organisation_id, first, last)
        after = moved_counts(
            counts, subject.municipality, _within(subject.content, first, last),
            _within(content, first, last),
        )  # fmt: skip
        found = changes(figures_of(counts), figures_of(after))
        if found and not subject.sees_outcome:  # a count by suggestion tells which it was
            found = (SOME_CHANGE,)
        yield PeriodLine(label, first, last, found)


def _within(content: DecisionContent, first: date, last: date) -> DecisionContent | None:
    return content if first <= content.decided_on <= last else None


def periods_around(days: Iterable[date]) -> tuple[tuple[str, date, date], ...]:
    """Return the calendar years and quarters that hold these days, the newest first."""
    found = set()
    for day in days:
        number = (day.month - 1) // 3
        quarter = date(day.year, 3 * number + 1, 1)
        found.add((quarter, add_months(quarter, 3) - timedelta(1), f"{number + 1}e kwartaal "))
        found.add((date(day.year, 1, 1), date(day.year, 12, 31), ""))
    ordered = sorted(found, key=lambda one: (one[0].year, bool(one[2]), one[0]), reverse=True)
    return tuple((f"{words}{first.year}", first, last) for first, last, words in ordered)


def moved_counts(
    counts: Sequence[Counted],
    municipality: str,
    was: DecisionContent | None,
    is_now: DecisionContent | None,
) -> tuple[Counted, ...]:
    """Return the counts with one decision taken away (``was``) and one added (``is_now``)."""
    number = {row[:4]: row.decisions for row in counts}
    for content, step in ((was, -1), (is_now, 1)):
        if content is not None:
            key = (municipality, content.basis, content.suggested_profile, content.profile)
            number[key] = number.get(key, 0) + step
    return tuple(Counted(*key, decisions) for key, decisions in number.items() if decisions)


def changes(before: SuggestionFigures, after: SuggestionFigures) -> tuple[str, ...]:
    """Return every figure of the page that changes, as ``gevolgd 3 wordt 2``."""
    found = list(_of_line("alle gemeenten", before.total, after.total))
    was = {line.label: line for line in before.lines}
    is_now = {line.label: line for line in after.lines}
    for name in sorted(was.keys() | is_now.keys()):
        none = Line(name, 0, 0, 0, 0, 0, 0)
        found += _of_line(name, was.get(name, none), is_now.get(name, none))
    for one, other in zip(before.crossed, after.crossed, strict=True):
        suggested = f"voorstel {one.suggested}" if one.suggested else "geen voorstel"
        for profile, (count, later) in enumerate(zip(one.counts, other.counts, strict=True), 1):
            if count != later:
                found.append(f"{suggested}, vastgesteld {profile}: {count} wordt {later}")
    return tuple(found)


def _of_line(label: str, before: Line, after: Line) -> Iterator[str]:
    pairs = ((words, getattr(before, name), getattr(after, name)) for name, words in PARTS.items())
    parts = [
        f"{words} {was if was != '' else 'geen'} wordt {now if now != '' else 'geen'}"
        for words, was, now in pairs
        if was != now
    ]
    if parts:
        yield f"{label}: {', '.join(parts)}"
