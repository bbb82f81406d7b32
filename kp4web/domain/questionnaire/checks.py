"""What must hold between the parts of a questionnaire file, after each was read on its own."""

import re
from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import TypeVar

from kp4web.domain.questionnaire.codes import SUBGROUP_CODES, TRACK_CODES
from kp4web.domain.questionnaire.conditions import ALWAYS, implies, walk
from kp4web.domain.questionnaire.definition import (
    AnswerIs,
    AreasAtLeast,
    AreaScoreIs,
    Comparison,
    Condition,
    FactIs,
    FactName,
    HasSignal,
    Insufficient,
    Proposal,
    RuleKind,
    TotalScoreIs,
)
from kp4web.domain.questionnaire.faults import Faults, Say, quote
from kp4web.domain.questionnaire.parts import Draft, Placed
from kp4web.domain.questionnaire.question_checks import (
    check_answer,
    check_questions,
    check_show_ifs,
)

FACT_RANGES: Mapping[FactName, tuple[int, int]] = {
    FactName.MONTHS_TO_PENSION: (-1200, 1200),
    FactName.CURRENT_PROFILE: (1, 4),
    FactName.SUGGESTED_PROFILE: (1, 4),
    FactName.CHANGE_OF_TOTAL: (-100, 100),
}
TOTAL = "totaal"
SUGGESTION = "voorstel"
"""Words between braces in a text, beside the codes of the areas."""

_T = TypeVar("_T")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check(draft: Draft, faults: Faults) -> None:
    """Report everything in which the parts of the file do not fit together."""
    for one in CHECKS:
        one(draft, faults)


# ---------------------------------------------------------------------- names and numbers


def _check_names(draft: Draft, faults: Faults) -> None:
    for kind, names in (
        ("leefgebied", draft.area_names),
        ("vraag", draft.question_names),
        ("regel", draft.rule_names),
    ):
        for name, times in names.twice():
            faults.at(f"{kind} {name}")(f"staat {times} keer in het bestand")


def _check_order(draft: Draft, faults: Faults) -> None:
    for area, earlier in _same(draft.areas, lambda area: area.order):
        say = faults.at(f"leefgebied {area.code}")
        say(f"order {area.order} is niet uniek: leefgebied {earlier.code} heeft hem ook")
    for question, first in _same(draft.questions, lambda question: (question.area, question.order)):
        say = faults.at(f"vraag {question.id}")
        say(f"order {question.order} is niet uniek: vraag {first.id} heeft hem ook")


def _same(rows: Sequence[_T], key: Callable[[_T], Hashable]) -> Iterator[tuple[_T, _T]]:
    """Yield the rows that have the same key as an earlier one, with the first that has it."""
    first: dict[Hashable, _T] = {}
    for row in rows:
        if first.setdefault(key(row), row) is not row:
            yield row, first[key(row)]


def _check_areas(draft: Draft, faults: Faults) -> None:
    if draft.areas and not any(area.weight for area in draft.areas):
        faults.at("bestand")("geen enkel leefgebied telt mee (weight)")
    names = draft.question_names
    all_read = names.complete and len(draft.questions) == names.count.total()
    for area in draft.areas:
        say = faults.at(f"leefgebied {area.code}")
        for code, times in Counter(code for code, _ in area.subareas).items():
            if times > 1:
                say(f"deelgebied {quote(code)} staat er {times} keer")
        own = [question for question in draft.questions if question.area == area.code]
        if all_read and not any(question.weight for question in own):
            say("heeft geen vraag die meetelt (weight)")


def _check_scoring(draft: Draft, faults: Faults) -> None:
    if draft.scoring is None:
        return
    say = faults.at("onderdeel scoring")
    for code in draft.scoring.required_areas:
        if code not in draft.area_names:
            say(f"required_areas: leefgebied {quote(code)} bestaat niet")
    most = draft.area_names.count.total()
    if draft.area_names.complete and draft.scoring.min_areas_scored > most:
        say(f"min_areas_scored is meer dan het aantal leefgebieden ({most})")
    levels = draft.scoring.levels
    if levels[0].start != 0:
        faults.at("onderdeel scoring.levels")("het eerste niveau moet bij 0 beginnen")
    if any(low.start >= high.start for low, high in pairwise(levels)):
        faults.at("onderdeel scoring.levels")("de niveaus moeten oplopen (from)")
    if len({level.code for level in levels}) < len(levels):
        faults.at("onderdeel scoring.levels")("een code staat er twee keer")


# ---------------------------------------------------------------------- conditions


def _check_conditions(draft: Draft, faults: Faults) -> None:
    for placed in draft.conditions:
        for part in walk(placed.condition):
            for problem in _part_problems(part, placed, draft):
                placed.say(problem)
            if isinstance(part, AnswerIs):
                check_answer(part, draft, placed.say)


def _part_problems(part: Condition, placed: Placed, draft: Draft) -> Iterator[str]:
    match part:
        case AreaScoreIs(area=area) if area not in draft.area_names:
            yield f"leefgebied {quote(area)} bestaat niet"
        case HasSignal(signal=signal) if signal not in draft.signal_names:
            yield f"signaal {quote(signal)} bestaat niet"
        case FactIs(fact=FactName.SUGGESTED_PROFILE) if placed.kind is not None:
            yield "voorgesteld_profiel is nog niet bekend als de regels worden nagelopen"
        case _:
            pass
    match part:
        case FactIs(fact=fact, value=value):
            low, high = FACT_RANGES[fact]
            if not low <= value <= high:
                yield f"value bij {fact} moet een getal van {low} tot en met {high} zijn"
        case AreasAtLeast(value=value) if value > draft.area_names.count.total():
            if draft.area_names.complete:
                yield "areas_at_least: zo veel leefgebieden zijn er niet"
        case AreaScoreIs(op=op, value=value) | TotalScoreIs(op=op, value=value):
            if (op is Comparison.MORE and value == 100) or (op is Comparison.LESS and value == 0):
                yield f"een score is nooit {op} {value}"
        case _:
            pass


# ---------------------------------------------------------------------- rules and proposals


def _check_reach(draft: Draft, faults: Faults) -> None:
    """
    Report rules that never get their turn.

    The first of a list that holds decides, so one that follows from an earlier one is dead.
    A gate or a knock-out that always holds leaves nothing for the rules at all.
    """
    for kind in (RuleKind.GATE, RuleKind.KNOCKOUT, RuleKind.RULE):
        rules = draft.rules[kind]
        always = [rule for rule in rules if implies(ALWAYS, rule.when)]
        if kind is not RuleKind.RULE and always:
            say = faults.at(f"regel {always[0].id}")
            say("geldt altijd, dus de regels komen nooit aan de beurt")
            continue
        for first, second in combinations(rules, 2):
            if implies(second.when, first.when):
                say = faults.at(f"regel {second.id}")
                say(f"komt nooit aan de beurt: regel {first.id} geldt dan al")
    for first_track, second_track in combinations(draft.tracks, 2):
        if implies(second_track.when, first_track.when):
            say = faults.at(f"traject {second_track.code}")
            say(f"komt nooit aan de beurt: het eerdere traject {first_track.code} geldt dan al")


def _check_outcome(draft: Draft, faults: Faults) -> None:
    """
    Report rules that leave a questionnaire without an outcome, or an empty one with.

    Without a last rule that always holds somebody could end without a suggestion and without
    a reason; without a gate for it, a questionnaire with hardly an answer would get one.
    """
    rules, gates = draft.rules[RuleKind.RULE], draft.rules[RuleKind.GATE]
    whens = [placed for placed in draft.conditions if placed.kind in (RuleKind.RULE, RuleKind.GATE)]
    if len(rules) + len(gates) < len(whens) or not rules or not gates:
        return  # one of them was wrong already
    if not implies(ALWAYS, rules[-1].when):
        say = faults.at(f"regel {rules[-1].id}")
        say("moet als laatste altijd gelden: when = { all = [] }; anders is er soms geen voorstel")
    if not any(implies(Insufficient(), gate.when) for gate in gates):
        say = faults.at("onderdeel rules.gates")
        say('geen gate met { completeness = "insufficient" }: ook zonder antwoorden een voorstel')


def _check_texts(draft: Draft, faults: Faults) -> None:
    areas = draft.area_names
    for rules in draft.rules.values():
        for rule in rules:
            _check_text(rule.text, faults.at(f"regel {rule.id}"), areas, (TOTAL,))
    for kind, proposals in _proposals(draft):
        for proposal in proposals:
            say = faults.at(f"{kind} {proposal.code}")
            _check_text(proposal.text, say, areas, (TOTAL, SUGGESTION))


def _check_text(text: str, say: Say, areas: Container[str], words: Sequence[str]) -> None:
    """Report what stands between braces but is no area and none of the words."""
    for name in _PLACEHOLDER.findall(text):
        if name not in words and name not in areas:
            say(f"tekst: {{{quote(name)}}} is geen leefgebied en niet {' of '.join(words)}")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        say("tekst: een accolade hoort niet bij een paar")


def _check_codes(draft: Draft, faults: Faults) -> None:
    known: Mapping[str, Container[str]] = {"subgroep": SUBGROUP_CODES, "traject": TRACK_CODES}
    for kind, proposals in _proposals(draft):
        for proposal in proposals:
            if proposal.code not in known[kind]:
                faults.at(f"{kind} {proposal.code}")("deze code kent de applicatie niet")
    for code, times in Counter(proposal.code for proposal in draft.subgroups).items():
        if times > 1:
            faults.at(f"subgroep {code}")(f"staat {times} keer in het bestand")


def _proposals(draft: Draft) -> tuple[tuple[str, list[Proposal]], ...]:
    return (("subgroep", draft.subgroups), ("traject", draft.tracks))


CHECKS = (
    _check_names,
    _check_order,
    _check_areas,
    _check_scoring,
    check_questions,
    check_show_ifs,
    _check_conditions,
    _check_reach,
    _check_outcome,
    _check_texts,
    _check_codes,
)
