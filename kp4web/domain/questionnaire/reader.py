"""
The reader of a questionnaire file: a ``Definition``, or every fault with its place.

``syntax`` makes tables of the text, ``parts`` reads each table by the keys that ``schema``
declares, ``checks`` looks whether the parts fit together.
"""

from collections.abc import Mapping
from typing import Any

from kp4web.domain.questionnaire.checks import check
from kp4web.domain.questionnaire.definition import BEFORE, Definition, RuleKind
from kp4web.domain.questionnaire.faults import DefinitionError, Fault, Faults
from kp4web.domain.questionnaire.parts import Draft, read_draft
from kp4web.domain.questionnaire.syntax import parse

__all__ = ["DefinitionError", "Fault", "definition_of", "read_definition", "summarise"]


def read_definition(text: str) -> Definition:
    """Return what the file says; raise ``DefinitionError`` with every fault found."""
    return definition_of(parse(text))


def definition_of(tree: Mapping[str, Any]) -> Definition:
    """Return what the tables of a file say; raise ``DefinitionError`` with every fault found."""
    faults = Faults()
    draft = read_draft(tree, faults)
    check(draft, faults)
    faults.refuse()
    return _complete(draft)


def _complete(draft: Draft) -> Definition:
    """Return the definition of a draft without faults."""
    if draft.texts is None or draft.scoring is None:
        raise AssertionError("a draft without faults has all its parts")
    head = draft.head
    return Definition(
        id=head["id"],
        version=head["version"],
        title=head["title"],
        valid_from=head["valid_from"],
        validated=head["validated"],
        origin=head["origin"],
        estimated_minutes=head["estimated_minutes"],
        texts=draft.texts,
        scoring=draft.scoring,
        profiles=draft.profiles,
        areas=tuple(draft.areas),
        signals=draft.signals,
        questions=tuple(draft.questions),
        gates=tuple(draft.rules[RuleKind.GATE]),
        knockouts=tuple(draft.rules[RuleKind.KNOCKOUT]),
        rules=tuple(draft.rules[RuleKind.RULE]),
        ceilings=tuple(draft.rules[RuleKind.CEILING]),
        subgroups=tuple(draft.subgroups),
        tracks=tuple(draft.tracks),
    )


def summarise(definition: Definition) -> tuple[tuple[str, int | str], ...]:
    """Return what is in the file, for the check report: Dutch words with a number or a word."""
    questions = definition.questions
    rules = (definition.gates, definition.knockouts, definition.rules, definition.ceilings)
    return (
        ("Vragen", len(questions)),
        ("waarvan alleen na een bepaald antwoord", sum(q.show_if is not None for q in questions)),
        ("waarvan meetellend", sum(q.weight > 0 for q in questions)),
        ("Vragen vooraf", len(definition.questions_of(BEFORE))),
        *(
            (f"Vragen over {area.label}", len(definition.questions_of(area.code)))
            for area in definition.areas
        ),
        ("Signalen", len(definition.signals)),
        ("Regels voor het voorstel", sum(map(len, rules))),
        ("Voorstellen voor een subgroep", len(definition.subgroups)),
        ("Voorstellen voor een traject", len(definition.tracks)),
        ("Gevalideerd", "ja" if definition.validated else "nee"),
    )
