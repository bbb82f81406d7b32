"""
What would change the suggestion: the smallest sets of other answers that lead to another profile.

Every set is tried with the same rules and scores as the outcome itself. It is quick because a life
area is scored once for each way its own answers can be, and not once for each set.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from kp4web.domain.questionnaire.definition import Answers, DataClass, Definition, Value
from kp4web.domain.questionnaire.outcome import Facts
from kp4web.domain.questionnaire.trial import Candidate, Trial, candidates_of

BUDGET = 40_000
"""Sets tried at most; one takes some 20 microseconds."""
SIZES = (1, 2)


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that would be different."""

    question: str
    was: Value | None
    """``None`` when the question has no answer."""
    becomes: Value


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Answers that together lead to another profile, none of which can be left out."""

    changes: tuple[Change, ...]
    """In the order of the file."""
    profile: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The smallest sets that were found."""

    sets: tuple[ChangeSet, ...]
    """The nearest profile first, then in the order of the file."""
    size: int
    """Answers in each set; 0 when no one or two answers lead to another profile."""
    complete: bool
    """Whether all sets of this size were tried."""
    hidden: bool = False
    """Whether sets were left out for the reader."""


def what_would_change(
    definition: Definition, answers: Answers, facts: Facts, *, budget: int = BUDGET
) -> Changes:
    """
    Return the sets of one answer, or else of two, that lead to another profile.

    Only answers that say something are tried, never a date or a text; of a question with more
    answers, of all choices that come to the same only the one nearest to what was chosen.
    """
    trial = Trial(definition, answers, facts)
    now = trial.profile(())
    options = candidates_of(definition, answers)
    left = budget
    for size in SIZES:
        found: list[ChangeSet] = []
        for tried in _sets(options, size, trial):
            if not left:
                return _sorted(definition, found, now, complete=False)
            left -= 1
            profile = trial.profile(tried)
            if profile is not None and profile != now:
                found.append(_change_set(tried, answers, profile))
        if found:
            return _sorted(definition, found, now, complete=True)
    return Changes((), 0, complete=True)


def _sets(
    options: tuple[Candidate, ...], size: int, trial: Trial
) -> Iterator[tuple[Candidate, ...]]:
    """
    Yield the sets to try; a question that is not shown only with one that can show it.

    An answer to a question that stays hidden changes nothing, so such a set is never found: one
    answer less would do the same, and the smaller sets were tried before.
    """
    if size == 1:
        yield from ((one,) for one in options if one.question in trial.shown)
        return
    for one, other in combinations(options, 2):
        if one.question == other.question or one.question not in trial.shown:
            continue
        if other.question in trial.shown or one.question in trial.deciders[other.question]:
            yield one, other


def _change_set(tried: Iterable[Candidate], answers: Answers, profile: int) -> ChangeSet:
    changes = (Change(one.question, answers.get(one.question), one.value) for one in tried)
    return ChangeSet(tuple(changes), profile)


def _sorted(
    definition: Definition, found: list[ChangeSet], now: int | None, *, complete: bool
) -> Changes:
    """Sort by how near the profile is; the sets were found in the order of the file."""
    near = sorted(found, key=lambda one: (abs(one.profile - (now or 0)), one.profile))
    return Changes(tuple(near), len(near[0].changes) if near else 0, complete)


def for_reader(changes: Changes, definition: Definition, readable: frozenset[DataClass]) -> Changes:
    """Leave out every set with an answer of a class that the reader may not see."""
    kept = tuple(
        one
        for one in changes.sets
        if all(definition.by_id[change.question].data_class in readable for change in one.changes)
    )
    return replace(changes, sets=kept, hidden=changes.hidden or len(kept) < len(changes.sets))
