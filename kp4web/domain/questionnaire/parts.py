"""The parts of a questionnaire file, each read on its own: areas, questions, signals, rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kp4web.domain.questionnaire import schema
from kp4web.domain.questionnaire.conditions import read_condition
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    PROFILES,
    Area,
    Condition,
    DataClass,
    Level,
    Option,
    Proposal,
    Question,
    Rule,
    RuleKind,
    Scoring,
    Signal,
    Texts,
)
from kp4web.domain.questionnaire.faults import QUOTE_MAX, Faults, Say, within
from kp4web.domain.questionnaire.values import Row, Table, WrongValue, code, read_table


@dataclass
class Names:
    """The names a section gives out, wrong rows included; an unread section knows every name."""

    count: Counter[str] = field(default_factory=Counter)
    complete: bool = True

    def __contains__(self, name: object) -> bool:
        return name in self.count or not self.complete

    def add(self, name: object) -> None:
        """Add the name of a row as the file has it."""
        if isinstance(name, str):
            self.count[name] += 1
        else:
            self.complete = False

    def twice(self) -> Iterator[tuple[str, int]]:
        """Yield the names that are given out more than once, with how often."""
        return ((name, times) for name, times in self.count.items() if times > 1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition with the kind of row it is in and the function that reports there."""

    say: Say
    condition: Condition
    kind: RuleKind | None = None
    """``None`` in a proposal, and in the ``show_if`` of a question."""


@dataclass
class Draft:
    """What could be read so far; a row with a fault is not in it, but its name is."""

    head: Mapping[str, Any] = field(default_factory=dict)
    texts: Texts | None = None
    scoring: Scoring | None = None
    profiles: dict[int, tuple[str, str]] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    signals: dict[str, Signal] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    rules: dict[RuleKind, list[Rule]] = field(default_factory=dict)
    subgroups: list[Proposal] = field(default_factory=list)
    tracks: list[Proposal] = field(default_factory=list)

    area_names: Names = field(default_factory=Names)
    signal_names: Names = field(default_factory=Names)
    question_names: Names = field(default_factory=Names)
    rule_names: Names = field(default_factory=Names)
    show_ifs: dict[str, Placed] = field(default_factory=dict)
    """By the id of the question."""
    conditions: list[Placed] = field(default_factory=list)
    """Of the rules and the proposals."""


def read_draft(tree: Mapping[str, Any], faults: Faults) -> Draft:
    """Return everything in the file that could be read; report the rest."""
    draft = Draft()
    file = read_table(tree, schema.FILE, faults.at("bestand"))
    _read_head(file, draft, faults)
    _read_scoring(file, draft, faults)
    _read_profiles(file, draft, faults)
    _read_areas(file, draft, faults)
    _read_signals(file, draft, faults)
    _read_questions(file, draft, faults)
    _read_rules(file, draft, faults)
    draft.subgroups = _read_proposals(file.get("subgroups", ()), "subgroep", draft, faults)
    draft.tracks = _read_proposals(file.get("tracks", ()), "traject", draft, faults)
    return draft


def place_of(kind: str, name: object, position: int) -> str:
    """Return where a row is: by its name or, without a usable one, by its position."""
    if isinstance(name, str) and name.isprintable() and 0 < len(name) <= QUOTE_MAX:
        return f"{kind} {name}"
    return f"{kind} nummer {position}"


def _rows(
    raws: Iterable[Any], kind: str, key: str, table: Table, faults: Faults
) -> Iterator[tuple[Row, Any, Say]]:
    """Yield each row of a section with its raw name and the function that reports there."""
    for position, raw in enumerate(raws, start=1):
        name = raw.get(key) if isinstance(raw, dict) else None
        say = faults.at(place_of(kind, name, position))
        yield read_table(raw, table, say), name, say


# ---------------------------------------------------------------------- the head


def _section(file: Row, key: str, table: Table, faults: Faults) -> Row:
    """Return a section that is one table; one that is missing was reported already."""
    if key not in file.values:
        return Row({}, sound=False)
    return read_table(file[key], table, faults.at(f"onderdeel {table.name}"))


def _read_head(file: Row, draft: Draft, faults: Faults) -> None:
    head = _section(file, "questionnaire", schema.HEAD, faults)
    texts = _section(head, "texts", schema.TEXTS, faults)
    draft.head = head.values
    draft.texts = Texts(**texts.values) if texts.sound else None


def _read_scoring(file: Row, draft: Draft, faults: Faults) -> None:
    row = _section(file, "scoring", schema.SCORING, faults)
    say = faults.at("onderdeel scoring.levels")
    rows = [
        read_table(raw, schema.LEVEL, within(say, f"niveau nummer {position}"))
        for position, raw in enumerate(row.get("levels", ()), start=1)
    ]
    if row.sound and all(level.sound for level in rows):
        levels = tuple(Level(level["from"], level["label"], level["code"]) for level in rows)
        numbers = {name: row[name] for name in row.values if name not in ("rounding", "levels")}
        draft.scoring = Scoring(**numbers, levels=levels)


def _read_profiles(file: Row, draft: Draft, faults: Faults) -> None:
    profiles = _section(file, "profiles", schema.PROFILES_TABLE, faults)
    for profile in PROFILES:
        if str(profile) in profiles.values:
            say = faults.at(f"profiel {profile}")
            row = read_table(profiles[str(profile)], schema.PROFILE, say)
            if row.sound:
                draft.profiles[profile] = (row["label"], row["description"])


# ---------------------------------------------------------------------- areas and signals


def _read_areas(file: Row, draft: Draft, faults: Faults) -> None:
    draft.area_names.complete = "areas" in file.values
    raws = file.get("areas", ())
    for row, name, say in _rows(raws, "leefgebied", "code", schema.AREA, faults):
        draft.area_names.add(name)
        subareas = [
            read_table(raw, schema.SUBAREA, within(say, f"deelgebied nummer {position}"))
            for position, raw in enumerate(row.get("subareas", ()), start=1)
        ]
        if row.sound and all(subarea.sound for subarea in subareas):
            pairs = tuple((subarea["code"], subarea["label"]) for subarea in subareas)
            draft.areas.append(Area(**{**row.values, "subareas": pairs}))
    draft.areas.sort(key=lambda area: area.order)


def _read_signals(file: Row, draft: Draft, faults: Faults) -> None:
    draft.signal_names.complete = "signals" in file.values
    for position, (name, raw) in enumerate(file.get("signals", {}).items(), start=1):
        draft.signal_names.add(name)
        say = faults.at(place_of("signaal", name, position))
        try:
            code(name)
        except WrongValue as error:
            say(f"code {error}")
        row = read_table(raw, schema.SIGNAL, say)
        if row.sound:
            draft.signals[name] = Signal(code=name, **row.values)


# ---------------------------------------------------------------------- questions


def _read_questions(file: Row, draft: Draft, faults: Faults) -> None:
    draft.question_names.complete = "questions" in file.values
    classes = {area.code: area.data_class for area in draft.areas}
    for position, raw in enumerate(file.get("questions", ()), start=1):
        name = raw.get("id") if isinstance(raw, dict) else None
        draft.question_names.add(name)
        say = faults.at(place_of("vraag", name, position))
        row = read_table(raw, _table_for(raw), say)
        options = _read_options(row.get("options") or (), say)
        show_if = None
        if row.get("show_if") is not None:
            show_if = read_condition(row["show_if"], within(say, "show_if"))
            draft.show_ifs[str(name)] = Placed(within(say, "show_if"), show_if)
        if row.sound and options is not None:
            draft.questions.append(_question(row, options, show_if, classes))
    order = {BEFORE: -1} | {area.code: nr for nr, area in enumerate(draft.areas)}
    draft.questions.sort(key=lambda question: (order.get(question.area, -1), question.order))


def _table_for(raw: Any) -> Table:
    """Return the keys for the type of this question, or of all types when it has none."""
    type_ = raw.get("type") if isinstance(raw, dict) else None
    tables = {str(known): table for known, table in schema.QUESTIONS.items()}
    return tables.get(type_, schema.UNTYPED) if isinstance(type_, str) else schema.UNTYPED


def _read_options(raws: Iterable[Any], say: Say) -> tuple[Option, ...] | None:
    """Return the options, or ``None`` when one is wrong."""
    rows = []
    for position, raw in enumerate(raws, start=1):
        name = raw.get("value") if isinstance(raw, dict) else None
        rows.append(
            read_table(raw, schema.OPTION, within(say, place_of("antwoord", name, position)))
        )
    return tuple(Option(**row.values) for row in rows) if all(row.sound for row in rows) else None


def _question(
    row: Row,
    options: tuple[Option, ...],
    show_if: Condition | None,
    classes: Mapping[str, DataClass],
) -> Question:
    own = {
        "options": options,
        "show_if": show_if,
        "weight": Fraction(row["weight"]),
        "data_class": row["data_class"] or classes.get(row["area"], DataClass.GENERAL),
    }
    return Question(**{**row.values, **own})


# ---------------------------------------------------------------------- rules and proposals


def _read_rules(file: Row, draft: Draft, faults: Faults) -> None:
    lists = _section(file, "rules", schema.RULE_LISTS, faults)
    for kind, table in schema.RULES.items():
        draft.rules[kind] = []
        for row, name, say in _rows(lists.get(kind, ()), "regel", "id", table, faults):
            draft.rule_names.add(name)
            when = _read_when(row, say, draft, kind)
            if row.sound and when is not None:
                values = {key: value for key, value in row.values.items() if key != "max_profile"}
                if kind is RuleKind.CEILING:
                    values["profile"] = row["max_profile"]
                draft.rules[kind].append(Rule(**{**values, "kind": kind, "when": when}))


def _read_proposals(raws: Iterable[Any], kind: str, draft: Draft, faults: Faults) -> list[Proposal]:
    proposals = []
    for row, _name, say in _rows(raws, kind, "code", schema.PROPOSAL, faults):
        when = _read_when(row, say, draft, None)
        if row.sound and when is not None:
            proposals.append(Proposal(**{**row.values, "when": when}))
    return proposals


def _read_when(row: Row, say: Say, draft: Draft, kind: RuleKind | None) -> Condition | None:
    """Return the condition when all of it is right; what is right of it is checked further."""
    if "when" not in row.values:
        return None
    problems = 0

    def count(message: str) -> None:
        nonlocal problems
        problems += 1
        say(message)

    condition = read_condition(row["when"], count)
    draft.conditions.append(Placed(say, condition, kind))
    return None if problems else condition
