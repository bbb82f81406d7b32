"""The schema of a questionnaire file as data: every table with its keys and what they hold."""

from collections.abc import Mapping

from kp4web.domain.questionnaire import values
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    PROFILES,
    SCALE,
    TEXT_MAX,
    Comparison,
    DataClass,
    Direction,
    FactName,
    Match,
    QuestionType,
    RuleKind,
    Urgency,
)
from kp4web.domain.questionnaire.values import (
    Key,
    Read,
    Table,
    WrongValue,
    code,
    listed,
    number,
    tables,
    text,
    unseen,
    whole,
    word,
)

SCHEMA_VERSION = 1
BARRIER_MAX = len(SCALE) - 1
"""The formulas for a scale give 0 to 4, so no other maximum can be right."""
QUESTIONS_MAX = 500
PARTS_MAX = 50
"""Parts of one condition, those of its parts included."""
DEPTH_MAX = 6
"""How many conditions may stand within each other."""
RESERVED = ("vooraf", "uitkomst", "totaal", "voorstel")
"""Not for an area: pages of a questionnaire, and words in the text of a rule."""


def optional(read: Read, default: object = None) -> Key:
    """Declare a key that may be left out."""
    return Key(read, required=False, default=default)


def area_code(raw: object) -> str:
    """Read the code of an area."""
    value: str = code(raw)
    if value in RESERVED:
        raise WrongValue(f"mag niet {value} zijn: dat woord heeft al een betekenis")
    return value


def area_or_before(raw: object) -> str:
    """Read the area of a question; an empty text is before the areas."""
    return BEFORE if raw == BEFORE else str(code(raw))


SENTENCE = text(500)
PROSE = text(2000, lines=True)
CODES = listed(code)
ORDER = whole(0, 100_000)
BARRIER = whole(0, BARRIER_MAX)
SCORE = number(0, 100)

# ---------------------------------------------------------------------- the file and its head

FILE = Table(
    "het bestand",
    {
        "schema_version": Key(whole(SCHEMA_VERSION, SCHEMA_VERSION)),
        "questionnaire": Key(unseen),
        "scoring": Key(unseen),
        "profiles": Key(unseen),
        "areas": Key(tables(20)),
        "signals": optional(values.table, {}),
        "questions": Key(tables(QUESTIONS_MAX)),
        "rules": Key(unseen),
        "subgroups": optional(tables(20), ()),
        "tracks": optional(tables(20), ()),
    },
)
HEAD = Table(
    "questionnaire",
    {
        "id": Key(values.file_id),
        "version": Key(values.version),
        "title": Key(text()),
        "language": optional(values.fixed("nl")),
        "language_level": optional(text()),
        "form_of_address": optional(text()),
        "valid_from": Key(values.day),
        "estimated_minutes": Key(whole(1, 600)),
        "validated": Key(values.flag),
        "origin": Key(text()),
        "texts": Key(unseen),
    },
)
TEXTS = Table(
    "questionnaire.texts",
    {
        "intro": Key(PROSE),
        "privacy": Key(PROSE),
        "outro": Key(PROSE),
        "unknown_label": Key(text()),
        "refuse_label": Key(text()),
    },
)
SCORING = Table(
    "scoring",
    {
        "barrier_max": Key(whole(BARRIER_MAX, BARRIER_MAX)),
        "peak_share": Key(number(0, 1)),
        "min_completeness_area": Key(number(0, 1)),
        "min_areas_scored": Key(whole(1, 20)),
        "required_areas": optional(listed(code), ()),
        "rounding": Key(values.fixed("half_up")),
        "levels": Key(tables(20)),
    },
)
LEVEL = Table("een niveau", {"from": Key(SCORE), "label": Key(text()), "code": Key(code)})
PROFILES_TABLE = Table("profiles", {str(profile): Key(unseen) for profile in PROFILES})
PROFILE = Table("een profiel", {"label": Key(text()), "description": Key(SENTENCE)})
AREA = Table(
    "een leefgebied",
    {
        "code": Key(area_code),
        "label": Key(text()),
        "order": Key(ORDER),
        "weight": Key(number(0, 10)),
        "data_class": optional(word(DataClass), DataClass.GENERAL),
        "intro": optional(PROSE, ""),
        "optional": optional(values.flag, False),
        "subareas": optional(tables(20), ()),
    },
)
SUBAREA = Table("een deelgebied", {"code": Key(code), "label": Key(text())})
SIGNAL = Table(
    "een signaal", {"label": Key(text()), "urgency": Key(word(Urgency)), "advice": Key(PROSE)}
)

# ---------------------------------------------------------------------- questions

QUESTION: Mapping[str, Key] = {
    "id": Key(code),
    "area": Key(area_or_before),
    "order": Key(ORDER),
    "type": Key(word(QuestionType)),
    "text": Key(SENTENCE),
    "subarea": optional(code, ""),
    "help": optional(SENTENCE, ""),
    "required": optional(values.flag, False),
    "key": optional(values.flag, False),
    "weight": optional(number(0, 3), 0),
    "data_class": optional(word(DataClass)),
    "show_if": optional(unseen),
}
OWN_KEYS: Mapping[QuestionType, Mapping[str, Key]] = {
    QuestionType.SINGLE: {"options": Key(tables(100))},
    QuestionType.MULTI: {"options": Key(tables(100))},
    QuestionType.YESNO: {
        "barrier_yes": optional(BARRIER),
        "barrier_no": optional(BARRIER),
        "signals_yes": optional(CODES, ()),
        "signals_no": optional(CODES, ()),
    },
    QuestionType.SCALE: {
        "direction": Key(word(Direction)),
        "min_label": Key(text()),
        "max_label": Key(text()),
        "signals_low": optional(CODES, ()),
    },
    QuestionType.DATE: {"not_in_future": optional(values.flag, False)},
    QuestionType.TEXT: {"max_length": optional(whole(1, 2000), TEXT_MAX)},
}
QUESTIONS: Mapping[QuestionType, Table] = {
    type_: Table(f"een vraag van type {type_}", {**QUESTION, **own})
    for type_, own in OWN_KEYS.items()
}
_ANY_TYPE = {name: optional(key.read) for own in OWN_KEYS.values() for name, key in own.items()}
UNTYPED = Table("een vraag", {**QUESTION, **_ANY_TYPE})
"""For a question whose type is missing or wrong: the keys of all types."""
OPTION = Table(
    "een antwoord",
    {
        "value": Key(values.option_value),
        "label": Key(text()),
        "barrier": optional(BARRIER),
        "skip": optional(values.flag, False),
        "exclusive": optional(values.flag, False),
        "signals": optional(CODES, ()),
    },
)

# ---------------------------------------------------------------------- rules and proposals

RULE_LISTS = Table(
    "rules",
    {
        RuleKind.GATE: Key(tables(60)),
        RuleKind.KNOCKOUT: optional(tables(60, least=0), ()),
        RuleKind.RULE: Key(tables(60)),
        RuleKind.CEILING: optional(tables(60, least=0), ()),
    },
)
_RULE = {"id": Key(values.rule_id), "when": Key(values.table), "text": Key(PROSE)}
_LEADS_TO = {"profile": Key(whole(PROFILES[0], PROFILES[-1]))}
_REVIEW = {"review_months": optional(whole(1, 60))}
RULES: Mapping[RuleKind, Table] = {
    RuleKind.GATE: Table("een gate", _RULE),
    RuleKind.KNOCKOUT: Table("een knock-out", _RULE | _LEADS_TO | _REVIEW),
    RuleKind.RULE: Table("een regel", _RULE | _LEADS_TO | _REVIEW),
    RuleKind.CEILING: Table(
        "een plafond", _RULE | {"max_profile": Key(whole(PROFILES[0], PROFILES[-2]))}
    ),
}
PROPOSAL = Table(
    "een voorstel",
    {
        "code": Key(code),
        "label": Key(text()),
        "when": Key(values.table),
        "text": optional(PROSE, ""),
    },
)

# ---------------------------------------------------------------------- conditions


def answer(raw: object) -> str | bool | int | tuple[str | int, ...]:
    """Read what an answer is compared with."""
    if isinstance(raw, list):
        several: tuple[str | int, ...] = listed(_one_answer)(raw)
        return several
    return raw if isinstance(raw, bool) else _one_answer(raw)


def _one_answer(raw: object) -> str | int:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise WrongValue(
            "moet een antwoord, true of false, een stap van de schaal of een lijst zijn"
        )
    return raw


_OP = {"op": Key(word(Comparison))}
CONDITIONS: Mapping[str, Table] = {
    "area": Table(
        "een voorwaarde op een leefgebied", {"area": Key(code), **_OP, "value": Key(SCORE)}
    ),
    "total": Table(
        "een voorwaarde op de totaalscore",
        {"total": Key(values.true), **_OP, "value": Key(SCORE)},
    ),
    "areas_at_least": Table(
        "een voorwaarde op het aantal leefgebieden",
        {"areas_at_least": Key(SCORE), **_OP, "value": Key(number(0, 20))},
    ),
    "question": Table(
        "een voorwaarde op een antwoord",
        {"question": Key(code), "op": Key(word(Match)), "value": optional(answer)},
    ),
    "signal": Table("een voorwaarde op een signaal", {"signal": Key(code)}),
    "fact": Table(
        "een voorwaarde op een gegeven",
        {"fact": Key(word(FactName)), **_OP, "value": Key(number(-10_000, 10_000))},
    ),
    "completeness": Table(
        "een voorwaarde op de volledigheid", {"completeness": Key(values.fixed("insufficient"))}
    ),
    "all": Table("een groep all", {"all": Key(tables(PARTS_MAX, least=0))}),
    "any": Table("een groep any", {"any": Key(tables(PARTS_MAX))}),
    "none": Table("een groep none", {"none": Key(tables(PARTS_MAX))}),
}
"""The kinds of condition by the key that tells them apart."""
