"""An outcome in rows and sentences for the page; whatever the reader may not see is gone before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kp4web.domain.dates import count_of
from kp4web.domain.questionnaire.answering import describe
from kp4web.domain.questionnaire.changes import Change, Changes, ChangeSet
from kp4web.domain.questionnaire.codes import SUBGROUP_CODES, TRACK_CODES
from kp4web.domain.questionnaire.definition import Definition, RuleKind, Urgency
from kp4web.domain.questionnaire.evidence import Reason
from kp4web.domain.questionnaire.outcome import Outcome, Proposed, Step
from kp4web.domain.questionnaire.scoring import AreaScore, RaisedSignal, Scores, rounded
from kp4web.domain.tracks import TrackKind

CHANGES_SHOWN = 6
"""Ways to another profile that are shown of each profile; the rest is counted."""
PERCENT = 100
NO_ANSWER = "nog geen antwoord"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The score of one life area: 0 is no barrier, 100 the largest."""

    code: str
    label: str
    value: int | None
    level: str
    answered: str
    """How many questions were really answered, in words."""
    why: str
    """Why there is no score; empty when there is one."""


@dataclass(frozen=True, slots=True)
class SignalRow:
    """Something to act on."""

    label: str
    advice: str
    questions: tuple[str, ...]
    """The questions that raised it, as far as the reader may see them."""


@dataclass(frozen=True, slots=True)
class SignalGroup:
    """The signals of one urgency."""

    label: str
    tone: str
    signals: tuple[SignalRow, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule that was looked at."""

    id: str
    effect: str
    held: bool
    sentence: str
    """The text of the rule, when it held."""
    reasons: tuple[str, ...]
    hidden: bool
    decisive: bool
    """Whether the suggestion rests on it."""


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one step, in the order in which they were looked at."""

    title: str
    explanation: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A life area that needs more answers before there can be a suggestion."""

    label: str
    open: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A subgroup or track that the file proposes; nothing of it is stored."""

    label: str
    text: str
    reasons: tuple[str, ...]
    track: TrackKind | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome as the page shows it."""

    profile: int | None
    profile_text: str
    total: int | None
    total_level: str
    scores: tuple[ScoreRow, ...]
    signals: tuple[SignalGroup, ...]
    decided_by: RuleRow | None
    capped_by: RuleRow | None
    capped_from: int | None
    """What the suggestion was before a ceiling made it lower."""
    review_months: int | None
    missing: tuple[MissingRow, ...]
    rules: tuple[RuleGroup, ...]
    subgroups: tuple[ProposalRow, ...]
    track: ProposalRow | None
    hidden: bool


def shown(definition: Definition, outcome: Outcome) -> Shown:
    """Return the outcome (already ``for_reader``) in rows and sentences."""
    scores, profile = outcome.scores, outcome.profile
    text = definition.profiles[profile][1] if profile else ""
    decided, capped = outcome.decided_by, outcome.capped_by
    return Shown(
        profile=profile, profile_text=text,
        total=None if scores.total is None else rounded(scores.total),
        total_level=_level(definition, scores.total),
        scores=tuple(_score(definition, area) for area in scores.areas.values()),
        signals=_signals(definition, scores.signals),
        decided_by=_rule(decided, outcome) if decided else None,
        capped_by=_rule(capped, outcome) if capped else None,
        capped_from=decided.profile if decided and capped else None,
        review_months=outcome.review_months if profile else None,
        missing=_missing(definition, scores) if profile is None else (),
        rules=_rules(outcome),
        subgroups=tuple(
            _proposal(one, SUBGROUP_CODES[one.code].label if one.code in SUBGROUP_CODES else "")
            for one in outcome.subgroups
        ),
        track=_track(outcome.track) if outcome.track else None,
        hidden=outcome.hidden,
    )  # fmt: skip


def _level(definition: Definition, score: Fraction | None) -> str:
    if score is None:
        return ""
    below = [level for level in definition.scoring.levels if level.start <= score]
    return max(below, key=lambda level: level.start).label if below else ""


def _score(definition: Definition, area: AreaScore) -> ScoreRow:
    questions = count_of(area.shown, "vraag", "vragen")
    value = None if area.score is None else rounded(area.score)
    return ScoreRow(
        area.code, area.label, value, area.level.label if area.level else "",
        f"{area.answered} van {questions} beantwoord", _why_none(definition, area),
    )  # fmt: skip


def _why_none(definition: Definition, area: AreaScore) -> str:
    if area.score is not None:
        return ""
    if not area.shown:
        return "Er zijn hier geen vragen gesteld die meetellen."
    needed = rounded(definition.scoring.min_completeness_area * PERCENT)
    return f"Er zijn te weinig vragen beantwoord. Nodig is {needed}%."


_URGENCY = {
    Urgency.NOW: ("Direct", "danger"),
    Urgency.WEEK: ("Deze week", "warn"),
    Urgency.NORMAL: ("Zonder haast", "info"),
}


def _signals(definition: Definition, raised: Sequence[RaisedSignal]) -> tuple[SignalGroup, ...]:
    groups = []
    for urgency, (label, tone) in _URGENCY.items():
        rows = tuple(
            SignalRow(one.signal.label, one.signal.advice, _questions(definition, one.questions))
            for one in raised
            if one.signal.urgency is urgency
        )
        if rows:
            groups.append(SignalGroup(label, tone, rows))
    return tuple(groups)


def _questions(definition: Definition, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(definition.by_id[one].text for one in ids)


def _missing(definition: Definition, scores: Scores) -> tuple[MissingRow, ...]:
    return tuple(
        MissingRow(
            one.label, _questions(definition, one.questions), _questions(definition, one.skipped)
        )
        for one in scores.missing
    )


# ---------------------------------------------------------------------- the rules


_STEPS: Mapping[RuleKind, tuple[str, str]] = {
    RuleKind.GATE: (
        "Kan er een voorstel zijn?",
        "Als een van deze regels geldt, komt er geen voorstel.",
    ),
    RuleKind.KNOCKOUT: (
        "Regels die voorgaan",
        "De eerste die geldt, bepaalt het voorstel meteen.",
    ),
    RuleKind.RULE: (
        "De andere regels, van boven naar beneden",
        "De eerste die geldt, bepaalt het voorstel.",
    ),
    RuleKind.CEILING: (
        "Grenzen",
        "Een grens die geldt, maakt het voorstel lager als het hoger was.",
    ),
}


def _rules(outcome: Outcome) -> tuple[RuleGroup, ...]:
    groups = []
    for kind, (title, explanation) in _STEPS.items():
        rules = tuple(_rule(step, outcome) for step in outcome.trace if step.kind is kind)
        if rules:
            groups.append(RuleGroup(title, explanation, rules))
    return tuple(groups)


def _rule(step: Step, outcome: Outcome) -> RuleRow:
    decisive = step is outcome.decided_by or step is outcome.capped_by
    return RuleRow(
        step.rule_id, _effect(step), step.held,
        _sentence(step.sentence) if step.held or step.hidden else "",
        _reasons(step.reasons), step.hidden, decisive,
    )  # fmt: skip


def _effect(step: Step) -> str:
    if step.kind is RuleKind.GATE:
        return "geen voorstel"
    if step.kind is RuleKind.CEILING:
        return f"hooguit klantprofiel {step.profile}"
    return f"klantprofiel {step.profile}"


def _reasons(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(_sentence(reason.sentence) for reason in reasons)


def _sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    text = text.strip()
    closed = text if text.endswith((".", "!", "?")) or not text else f"{text}."
    return closed[:1].upper() + closed[1:]


def _proposal(one: Proposed, label: str, track: TrackKind | None = None) -> ProposalRow:
    return ProposalRow(label or one.label, one.text, _reasons(one.reasons), track)


def _track(one: Proposed) -> ProposalRow:
    kind = TRACK_CODES.get(one.code)
    return _proposal(one, kind.label if kind else "", kind)


# ---------------------------------------------------------------------- what would change it


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """A question with its answer now, and the one that would change the suggestion."""

    question: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class OtherProfile:
    """The ways to one other profile."""

    profile: int
    ways: tuple[tuple[OtherAnswer, ...], ...]
    more: int
    """Ways that are not shown."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would change the suggestion."""

    lead: str
    profiles: tuple[OtherProfile, ...]
    complete: bool
    hidden: bool


def what_if(definition: Definition, changes: Changes) -> WhatIf:
    """Return the smallest sets of other answers (already ``for_reader``) in words."""
    profiles = dict.fromkeys(one.profile for one in changes.sets)
    others = tuple(_other(definition, changes.sets, profile) for profile in profiles)
    return WhatIf(_lead(changes), others, changes.complete, changes.hidden)


def _lead(changes: Changes) -> str:
    if changes.sets:
        if changes.size == 1:
            return "Eén ander antwoord is genoeg voor een ander voorstel."
        return "Eén ander antwoord is niet genoeg. Twee andere antwoorden samen wel."
    if changes.hidden:
        return "Een ander voorstel hangt af van antwoorden die u niet mag zien."
    if not changes.complete:
        return "In korte tijd is niets gevonden dat tot een ander voorstel leidt."
    return "Een of twee andere antwoorden leiden niet tot een ander voorstel."


def _other(definition: Definition, sets: Sequence[ChangeSet], profile: int) -> OtherProfile:
    ways = [
        tuple(_answer(definition, change) for change in one.changes)
        for one in sets
        if one.profile == profile
    ]
    return OtherProfile(profile, tuple(ways[:CHANGES_SHOWN]), max(0, len(ways) - CHANGES_SHOWN))


def _answer(definition: Definition, change: Change) -> OtherAnswer:
    question = definition.by_id[change.question]
    was = NO_ANSWER if change.was is None else describe(question, change.was, definition.texts)
    return OtherAnswer(question.text, was, describe(question, change.becomes, definition.texts))
