"""
Corrections of facts: what may be said of a track or an assignment that was recorded wrongly.

A correction never changes a row: the history that we know better takes the place of the one we
knew (``stretches``), and what a report says as known at an earlier moment stays as it was. The
rules are those of a change (``tracks.check_change``), asked of the days that are corrected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import InvalidInput
from kp4web.domain.stretches import (
    History,
    Stretch,
    Verdict,
    ended,
    moved,
    replaced,
    touches,
    without,
)
from kp4web.domain.tracks import REASON_MAX, StopReason, TrackChange, TrackKind, check_change

WHY_MAX = 1000
"""Characters in the reason of a correction."""
ASSIGNMENT_REASON_MAX = 500
NOTHING_CHANGED = "U heeft niets veranderd. Pas aan wat niet klopt."


@dataclass(frozen=True, slots=True)
class TrackContent:
    """What a dossier was on, and why; everything but the days."""

    kind: TrackKind
    planned_end: date | None
    stop_reason: StopReason | None
    reason: str
    avoid: str = ""

    def change(self, valid_from: date) -> TrackChange:
        """Return it as the change that it was on its first day."""
        return TrackChange(
            self.kind, valid_from, self.reason, self.planned_end, self.stop_reason, self.avoid
        )


@dataclass(frozen=True, slots=True)
class AssignmentContent:
    """Who held a dossier, and why."""

    user_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrackCorrection:
    """What is said of one track; ``start`` and ``content`` count when something in it changed."""

    verdict: Verdict
    start: date | None = None
    content: TrackContent | None = None


@dataclass(frozen=True, slots=True)
class AssignmentCorrection:
    """What is said of one assignment; ``end`` counts where nobody follows on it."""

    verdict: Verdict
    start: date | None = None
    end: date | None = None
    content: AssignmentContent | None = None


@dataclass(frozen=True, slots=True)
class OpeningLimits:
    """Between which days the opening of a dossier may be moved; ``refusal`` when it may not."""

    earliest: date
    latest: date
    """Of the first thing that was recorded in the dossier."""
    refusal: str = ""


Fact = TypeVar("Fact", TrackContent, AssignmentContent)


def verdicts(history: History[Fact], index: int) -> tuple[Verdict, ...]:
    """Return what can be said of this stretch: only what touches can take its days."""
    found = [Verdict.CHANGED]
    if touches(history, index):
        found.append(Verdict.EARLIER_WENT_ON)
    if index + 1 < len(history) and touches(history, index + 1):
        found.append(Verdict.LATER_BEGAN)
    if isinstance(history[index].content, AssignmentContent):
        found.append(Verdict.NOTHING)
    return tuple(found)


def correct_tracks(
    history: History[TrackContent],
    index: int,
    said: TrackCorrection,
    *,
    opening: OpeningLimits,
    today: date,
    rest_max_months: int,
) -> History[TrackContent]:
    """
    Return the tracks as we know them better: without gaps, from the opening until further notice.

    Raises ``InvalidInput`` at the field that keeps it from being so.
    """
    _require_verdict(history, index, said.verdict)
    if said.verdict is Verdict.CHANGED:
        after = _changed_track(history, index, said, opening=opening, today=today)
    else:
        after = without(history, index, said.verdict, _same_track)
    if after == history:
        raise InvalidInput("verdict", NOTHING_CHANGED)
    _check_tracks(history, after, rest_max_months)
    return after


def _changed_track(
    history: History[TrackContent],
    index: int,
    said: TrackCorrection,
    *,
    opening: OpeningLimits,
    today: date,
) -> History[TrackContent]:
    start, content = said.start, said.content
    if start is None or content is None:
        raise InvalidInput("valid_from", "Vul dit veld in.")
    if index == 0 and start != history[0].span.valid_from:
        _check_opening(start, opening)
    _check_start(history, index, start, today=today)
    return moved(replaced(history, index, content), index, start)


def _check_opening(start: date, opening: OpeningLimits) -> None:
    if opening.refusal:
        raise InvalidInput("valid_from", opening.refusal)
    if start < opening.earliest:
        raise InvalidInput("valid_from", "De openingsdag ligt dan voor de geboortedatum.")
    if start > opening.latest:
        raise InvalidInput(
            "valid_from",
            f"Op {dutch_date(opening.latest)} is er al iets vastgelegd in dit dossier. "
            "De openingsdag kan niet later zijn.",
        )


def _check_start(history: History[Fact], index: int, start: date, *, today: date) -> None:
    if start > today:
        raise InvalidInput("valid_from", "De datum mag niet in de toekomst liggen.")
    end = history[index].span.valid_to
    if end is not None and start >= end:
        raise InvalidInput(
            "valid_from", f"Kies een dag voor {dutch_date(end)}: op die dag hield dit op."
        )
    before = history[index - 1].span.valid_from if index else None
    if before is not None and start <= before:
        raise InvalidInput(
            "valid_from",
            f"Kies een dag na {dutch_date(before)}: op die dag begon wat eraan voorafging. "
            "Was dat er niet, corrigeer dan eerst die regel.",
        )


def _check_tracks(
    before: History[TrackContent], after: History[TrackContent], rest_max_months: int
) -> None:
    """Ask of whatever is new or follows on something else what is asked of a change."""
    known = {_begun(one): _begun(earlier) for earlier, one in _pairs(before)}
    for earlier, one in _pairs(after):
        if known.get(_begun(one), ()) == _begun(earlier):
            continue
        change = one.content.change(one.span.valid_from)
        try:
            check_change(
                earlier.content.kind if earlier else None,
                earlier.content.planned_end if earlier else None,
                change,
                rest_max_months=rest_max_months,
            )
        except InvalidInput as error:
            raise _at_the_field(error, one, earlier, is_new=_begun(one) not in known) from error


def _pairs(
    history: History[TrackContent],
) -> Iterator[tuple[Stretch[TrackContent] | None, Stretch[TrackContent]]]:
    """Yield every stretch with the one before it."""
    return zip((None, *history), history, strict=False)


def _begun(one: Stretch[TrackContent] | None) -> tuple[date, TrackContent] | None:
    return None if one is None else (one.span.valid_from, one.content)


def _at_the_field(
    error: InvalidInput,
    one: Stretch[TrackContent],
    earlier: Stretch[TrackContent] | None,
    *,
    is_new: bool,
) -> InvalidInput:
    """Return the refusal in words that fit a correction, at a field of its form."""
    same = earlier is not None and earlier.content.kind is one.content.kind
    if error.field == "kind" and same:
        return InvalidInput(
            "kind",
            f"Vanaf {dutch_date(one.span.valid_from)} staat er dan twee keer achter elkaar "
            f"{one.content.kind.label}. Kies dan dat een van beide er niet was.",
        )
    if not is_new:
        return InvalidInput(
            error.field,
            f"Wat begint op {dutch_date(one.span.valid_from)}, klopt dan niet meer: {error}",
        )
    return error


def correct_assignments(
    history: History[AssignmentContent],
    index: int,
    said: AssignmentCorrection,
    *,
    opened_on: date,
    today: date,
) -> History[AssignmentContent]:
    """Return who held the dossier as we know it better; raises ``InvalidInput`` at the field."""
    _require_verdict(history, index, said.verdict)
    if said.verdict is Verdict.CHANGED:
        after = _changed_assignment(history, index, said, opened_on=opened_on, today=today)
    else:
        after = without(history, index, said.verdict, _same_lead)
    if after == history:
        raise InvalidInput("verdict", NOTHING_CHANGED)
    for number in range(1, len(after)):
        if touches(after, number) and _same_lead(after[number - 1].content, after[number].content):
            raise InvalidInput(
                "user",
                "Dan staat dezelfde consulent er twee keer achter elkaar. Kies dan dat een van "
                "beide toewijzingen er niet was.",
            )
    return after


def _changed_assignment(
    history: History[AssignmentContent],
    index: int,
    said: AssignmentCorrection,
    *,
    opened_on: date,
    today: date,
) -> History[AssignmentContent]:
    start, content = said.start, said.content
    if start is None or content is None:
        raise InvalidInput("valid_from", "Vul dit veld in.")
    if start < opened_on:
        raise InvalidInput(
            "valid_from",
            f"Het dossier is geopend op {dutch_date(opened_on)}. Kies die dag of later.",
        )
    if ends_freely(history, index):
        history = ended(history, index, _free_end(history, index, said.end, start, today=today))
    _check_start(history, index, start, today=today)
    return moved(replaced(history, index, content), index, start)


def ends_freely(history: History[AssignmentContent], index: int) -> bool:
    """Return whether nobody followed on this assignment: then its last day is its own."""
    follows = index + 1 < len(history) and touches(history, index + 1)
    return history[index].span.valid_to is not None and not follows


def _free_end(
    history: History[AssignmentContent], index: int, end: date | None, start: date, *, today: date
) -> date | None:
    following = history[index + 1].span.valid_from if index + 1 < len(history) else None
    if end is None:
        return following
    if end > today:
        raise InvalidInput("valid_to", "De datum mag niet in de toekomst liggen.")
    if following is not None and end > following:
        raise InvalidInput(
            "valid_to",
            f"Op {dutch_date(following)} begon de toewijzing erna. Kies die dag of eerder.",
        )
    if end <= start:
        raise InvalidInput("valid_to", "De einddatum moet na de begindatum liggen.")
    return end


def _require_verdict(history: History[Fact], index: int, verdict: Verdict) -> None:
    if verdict not in verdicts(history, index):
        raise InvalidInput("verdict", "Deze keuze kan bij deze regel niet.")


def _same_track(one: TrackContent, other: TrackContent) -> bool:
    """Return whether two tracks are one; rest after rest is an extension with its own decision."""
    return one.kind is other.kind and one.kind is not TrackKind.REST


def _same_lead(one: AssignmentContent, other: AssignmentContent) -> bool:
    return one.user_id == other.user_id


def check_texts(why: str, reason: str, *, reason_max: int = REASON_MAX) -> None:
    """Raise ``InvalidInput`` unless there is a reason for the correction, and texts fit."""
    if not why.strip():
        raise InvalidInput("why", "Schrijf op wat er niet klopte.")
    if len(why) > WHY_MAX:
        raise InvalidInput("why", f"Gebruik hooguit {WHY_MAX} tekens.")
    if len(reason) > reason_max:
        raise InvalidInput("reason", f"Gebruik hooguit {reason_max} tekens.")
