"""
Outcome: the suggestion that follows from the answers, and every rule looked at on the way there.

Gates first, then knock-outs, then the list, then the ceilings, as the file says. A suggestion is
never a decision: a person decides.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kp4web.domain.questionnaire.answering import counted
from kp4web.domain.questionnaire.definition import (
    Answers,
    DataClass,
    Definition,
    FactName,
    Proposal,
    Rule,
    RuleKind,
)
from kp4web.domain.questionnaire.evidence import (
    Evidence,
    Reason,
    data_classes,
    holds,
    reasons,
)
from kp4web.domain.questionnaire.scoring import Scores, score
from kp4web.domain.questionnaire.words import UNKNOWN, filled, rounded

PROPOSALS_FOR = 4
"""The klantprofiel, current or suggested, that subgroups and tracks are proposed for."""
HIDDEN_SENTENCE = "Deze regel rust op antwoorden die u niet mag zien."
TOTAL, SUGGESTION = "totaal", "voorstel"
"""What a text may name beside the life areas."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dossier said on the day the questionnaire was completed; ``None`` is unknown."""

    months_to_pension: int | None = None
    current_profile: int | None = None
    previous_total: Fraction | None = None

    def to_dict(self) -> dict[str, int | str | None]:
        """Return the facts for a JSON column, the fraction as ``"n/d"``."""
        total = self.previous_total
        return {
            "months_to_pension": self.months_to_pension,
            "current_profile": self.current_profile,
            "previous_total": f"{total.numerator}/{total.denominator}"
            if total is not None
            else None,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, int | str | None]) -> "Facts":
        """Return the facts that ``to_dict`` wrote; what is not in it is unknown."""
        months, profile = kept.get("months_to_pension"), kept.get("current_profile")
        total = kept.get("previous_total")
        return cls(
            int(months) if months is not None else None,
            int(profile) if profile is not None else None,
            Fraction(total) if total is not None else None,
        )

    def dump(self) -> str:
        """Return the facts as JSON text for one column."""
        return json.dumps(self.to_dict())

    @classmethod
    def load(cls, text: str) -> "Facts":
        """Return the facts that ``dump`` wrote."""
        return cls.from_dict(json.loads(text))


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at."""

    kind: RuleKind
    rule_id: str
    """Empty when the rule is hidden from the reader."""
    held: bool
    profile: int | None
    """What it leads to, or the highest profile a ceiling allows; ``None`` for a gate."""
    sentence: str
    """The text of the rule; only true when the rule held."""
    reasons: tuple[Reason, ...]
    """Why it held, or why it did not."""
    data_classes: frozenset[DataClass]
    """Of all answers the rule names."""
    hidden: bool = False
    """Whether the reader may not see on what the rule rests."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A subgroup or track that the file proposes."""

    code: str
    label: str
    text: str
    reasons: tuple[Reason, ...]
    data_classes: frozenset[DataClass]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers lead to."""

    scores: Scores
    profile: int | None
    """The suggestion; ``None`` when there is none."""
    trace: tuple[Step, ...]
    """Every rule looked at, in order."""
    decided_by: Step | None
    """The gate, knock-out or rule that held; ``None`` when none did."""
    capped_by: Step | None
    """The last ceiling that made the profile lower."""
    review_months: int | None
    """When to look again, for a suggestion that is for a while."""
    subgroups: tuple[Proposed, ...]
    track: Proposed | None
    hidden: bool = False
    """Whether something was left out for the reader."""


def outcome(definition: Definition, answers: Answers, facts: Facts) -> Outcome:
    """Return the scores, the suggestion with its trace, and the proposals."""
    scores = score(definition, answers)
    evidence = evidence_of(definition, answers, scores, facts)
    looked = tuple(looked_at(definition, evidence))
    texts = _scores_in_words(scores)
    trace = tuple(_step(rule, held, evidence, texts) for rule, held in looked)
    profile = recompute(trace)
    decided, capped = _decisive(trace)
    months = {rule.id: rule.review_months for rule, _ in looked}
    known = _with_suggestion(evidence, profile)
    texts = {**texts, SUGGESTION: str(profile) if profile else UNKNOWN}
    proposing = PROPOSALS_FOR in (profile, facts.current_profile)
    return Outcome(
        scores=scores, profile=profile, trace=trace, decided_by=decided, capped_by=capped,
        review_months=months[decided.rule_id] if decided else None,
        subgroups=tuple(proposed_by(definition.subgroups, known, texts)) if proposing else (),
        track=next(proposed_by(definition.tracks, known, texts), None) if proposing else None,
    )  # fmt: skip


def evidence_of(definition: Definition, answers: Answers, scores: Scores, facts: Facts) -> Evidence:
    """Return what the rules look at."""
    return Evidence(
        definition,
        counted(definition, answers),
        {code: area.score for code, area in scores.areas.items()},
        frozenset(raised.signal.code for raised in scores.signals),
        scores.sufficient,
        facts_for_rules(facts),
        facts.previous_total,
    )


def facts_for_rules(facts: Facts) -> dict[FactName, Fraction]:
    """Return the known facts by the name that rules use; there is no suggestion yet."""
    known = {
        FactName.MONTHS_TO_PENSION: facts.months_to_pension,
        FactName.CURRENT_PROFILE: facts.current_profile,
    }
    return {name: Fraction(value) for name, value in known.items() if value is not None}


def _with_suggestion(evidence: Evidence, profile: int | None) -> Evidence:
    if profile is None:
        return evidence
    return replace(
        evidence, facts={**evidence.facts, FactName.SUGGESTED_PROFILE: Fraction(profile)}
    )


# ---------------------------------------------------------------------- the rules in turn


def looked_at(definition: Definition, evidence: Evidence) -> Iterator[tuple[Rule, bool]]:
    """Yield every rule that is looked at, with whether it held; what follows is not looked at."""
    for rule in (*definition.gates, *definition.knockouts):
        held = holds(rule.when, evidence)
        yield rule, held
        if held:
            return
    for rule in definition.rules:
        held = holds(rule.when, evidence)
        yield rule, held
        if held:
            break
    else:
        return
    for rule in definition.ceilings:
        yield rule, holds(rule.when, evidence)


def profile_of(steps: Iterable[tuple[RuleKind, bool, int | None]]) -> int | None:
    """Return the profile that (kind, held, profile) of the rules looked at lead to."""
    profile: int | None = None
    for kind, held, leads_to in steps:
        if not held:
            continue
        if kind is RuleKind.GATE:
            return None
        if kind is not RuleKind.CEILING:
            profile = leads_to
        elif profile is not None and leads_to is not None:
            profile = min(profile, leads_to)
    return profile


def recompute(trace: Iterable[Step]) -> int | None:
    """Return the profile from the steps alone."""
    return profile_of((step.kind, step.held, step.profile) for step in trace)


def _step(rule: Rule, held: bool, evidence: Evidence, texts: Mapping[str, str]) -> Step:
    return Step(
        rule.kind, rule.id, held, rule.profile, filled(rule.text, texts),
        reasons(rule.when, evidence), data_classes(rule.when, evidence.definition),
    )  # fmt: skip


def _decisive(trace: tuple[Step, ...]) -> tuple[Step | None, Step | None]:
    """Return the step that decided and the last one that lowered the profile."""
    decided = next((one for one in trace if one.held and one.kind is not RuleKind.CEILING), None)
    capped: Step | None = None
    profile = decided.profile if decided else None
    for step in trace:
        ceiling = step.profile if step.held and step.kind is RuleKind.CEILING else None
        if ceiling is not None and profile is not None and ceiling < profile:
            capped, profile = step, ceiling
    return decided, capped


def _scores_in_words(scores: Scores) -> dict[str, str]:
    found = {code: area.score for code, area in scores.areas.items()} | {TOTAL: scores.total}
    return {
        code: UNKNOWN if value is None else str(rounded(value)) for code, value in found.items()
    }


def proposed_by(
    proposals: Iterable[Proposal], evidence: Evidence, texts: Mapping[str, str]
) -> Iterator[Proposed]:
    """Yield what is proposed on this evidence, in the order of the file."""
    for one in proposals:
        if holds(one.when, evidence):
            yield Proposed(
                one.code, one.label, filled(one.text, texts), reasons(one.when, evidence),
                data_classes(one.when, evidence.definition),
            )  # fmt: skip


# ---------------------------------------------------------------------- who reads what


def for_reader(outcome: Outcome, readable: frozenset[DataClass]) -> Outcome:
    """
    Return the outcome for who may read answers of these classes only.

    A rule that names an answer of another class keeps its place and its effect, but no word of it
    is left: its id, its text and its reasons may each tell the answer.
    """
    trace = tuple(_step_for(step, readable) for step in outcome.trace)
    shown = {id(old): new for old, new in zip(outcome.trace, trace, strict=True)}
    subgroups = tuple(one for one in outcome.subgroups if one.data_classes <= readable)
    track = outcome.track if outcome.track and outcome.track.data_classes <= readable else None
    scores = outcome.scores.without(frozenset(DataClass) - readable)
    decided, capped = outcome.decided_by, outcome.capped_by
    less = replace(
        outcome, scores=scores, trace=trace, subgroups=subgroups, track=track,
        decided_by=shown[id(decided)] if decided else None,
        capped_by=shown[id(capped)] if capped else None,
    )  # fmt: skip
    return replace(less, hidden=outcome.hidden or less != outcome)


def _step_for(step: Step, readable: frozenset[DataClass]) -> Step:
    if step.data_classes <= readable:
        return step
    return replace(
        step, rule_id="", sentence=HIDDEN_SENTENCE, reasons=(), data_classes=frozenset(),
        hidden=True,
    )  # fmt: skip
