"""What the pages of a questionnaire are made of: frozen objects, built from file and answers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kp4web.domain.questionnaire.answering import (
    NO,
    YES,
    AreaProgress,
    describe,
    dump,
    load,
    offers_refuse,
    offers_unknown,
    progress,
    visible_questions,
)
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    SCALE,
    Answers,
    DataClass,
    Definition,
    Option,
    Question,
    QuestionType,
    Skip,
    Value,
)
from kp4web.domain.questionnaire.sent import SKIP_MARK, TYPED_OUT, Typed, chosen_skips, typed_of

BEFORE_PATH = "vooraf"
"""What stands in the address for the questions before the life areas."""
FINISH = "afronding"
FINISH_LABEL = "Afronden"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two answers to one question: the one kept elsewhere, and the one given here."""

    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What went wrong with some questions, by their id, and what was changed but not saved."""

    typed: Mapping[str, Typed] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer to the same question in the previous questionnaire."""

    on: date
    words: str
    value: Value | None
    """``None`` when it does not fit this version of the question."""
    asked: str
    """The question as it was then, where it is another now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: str
    label: str
    checked: bool
    alone: bool = False
    """Cannot be chosen together with another answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it stands on the page, with its answer."""

    id: str
    type: str
    text: str
    help: str
    important: bool
    choices: tuple[Choice, ...]
    skips: tuple[Choice, ...]
    typed: str
    max_length: int
    ends: tuple[str, str]
    """What the two ends of a scale mean."""
    not_in_future: bool
    was: str
    """Revision and answer that the page began from, for the hidden field."""
    seen: str
    """The same of the answer as it is kept now."""
    answered: bool
    words: str
    error: str
    conflict: Conflict | None
    earlier: Earlier | None
    unchanged: bool
    """The answer is the earlier one."""

    @property
    def is_choice(self) -> bool:
        """Return whether one chooses, not types."""
        return self.type not in TYPED_OUT


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one question on the page of its area."""

    id: str
    heading: str
    """Of the part of the area that begins here; empty otherwise."""
    asked: Asked | None
    """``None`` while the question is not asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the questionnaire in its list of steps."""

    path: str
    label: str
    progress: AreaProgress | None
    current: bool

    @property
    def done(self) -> bool:
        """Return whether every question that is shown has an answer."""
        return self.progress is not None and self.progress.answered == self.progress.shown


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one questionnaire as the actor may read them, and the page they stand on."""

    definition: Definition
    answers: Answers
    revisions: Mapping[str, int]
    readable: frozenset[DataClass]
    earlier: Mapping[str, Earlier] = field(default_factory=dict)

    def shown(self, area: str) -> tuple[Question, ...]:
        """Return the questions to ask in an area, in order."""
        asked = visible_questions(self.definition, self.answers)
        return tuple(q for q in asked if q.area == area and q.data_class in self.readable)

    def pages(self) -> tuple[str, ...]:
        """Return the areas in the order of filling in, the questions before them first."""
        return (BEFORE, *(area.code for area in self.definition.areas))

    def parts(self, current: str) -> tuple[Part, ...]:
        """Return the steps; ``current`` is the path of the page."""
        found = {one.code: one for one in progress(self.definition, self.answers)}
        labels = {area.code: area.label for area in self.definition.areas}
        steps = [
            Part(path_of(code), labels.get(code, "Vooraf"), found.get(code),
                 path_of(code) == current)
            for code in self.pages()
        ]  # fmt: skip
        return (*steps, Part(FINISH, FINISH_LABEL, None, current == FINISH))

    def slots(self, area: str) -> tuple[str, ...]:
        """Return every question of an area that may stand on the page, shown or not."""
        return tuple(question.id for question in self._slots(area))

    def _slots(self, area: str) -> tuple[Question, ...]:
        questions = self.definition.questions_of(area)
        return tuple(q for q in questions if q.data_class in self.readable)

    def rows(self, area: str, notes: Notes | None = None) -> tuple["Slot", ...]:
        """Return the page of an area: a place for every question, filled or not."""
        return tuple(self._rows(area, {q.id for q in self.shown(area)}, notes or Notes()))

    def _rows(self, area: str, shown: Collection[str], notes: Notes) -> Iterator["Slot"]:
        found = self.definition.area(area)
        labels, here = dict(found.subareas if found else ()), ""
        for question in self._slots(area):
            heading = labels.get(question.subarea, "") if question.subarea != here else ""
            here = question.subarea
            asked = self.one(question, notes) if question.id in shown else None
            yield Slot(question.id, heading, asked)

    def open_questions(self) -> tuple[tuple[str, tuple[Question, ...]], ...]:
        """Return the questions without an answer, by the path of their page."""
        return tuple(
            (path_of(code), tuple(q for q in self.shown(code) if q.id not in self.answers))
            for code in self.pages()
        )

    def one(self, question: Question, notes: Notes) -> Asked:
        """Return one question as it stands on the page, with what was typed when there is."""
        value = self.answers.get(question.id)
        typed = notes.typed.get(question.id) or typed_of(question, value)
        earlier = self.earlier.get(question.id)
        return Asked(
            id=question.id, type=question.type.value, text=question.text, help=question.help,
            important=question.required or question.key,
            choices=tuple(_choices(question, typed.values)),
            skips=tuple(_skips(self.definition, question, typed)),
            typed=typed.values[0] if typed.values and question.type in TYPED_OUT else "",
            max_length=question.max_length, ends=(question.min_label, question.max_label),
            not_in_future=question.not_in_future,
            was=self._was(question, notes), seen=self._now(question), answered=value is not None,
            words="" if value is None else describe(question, value, self.definition.texts),
            error=notes.errors.get(question.id, ""),
            conflict=notes.conflicts.get(question.id), earlier=earlier,
            unchanged=bool(earlier and earlier.value is not None and earlier.value == value),
        )  # fmt: skip

    def _was(self, question: Question, notes: Notes) -> str:
        """Return what the page showed; where something else is typed, what that began from."""
        sent = notes.typed.get(question.id)
        return f"{sent.revision}:{sent.shown}" if sent else self._now(question)

    def _now(self, question: Question) -> str:
        value = self.answers.get(question.id)
        kept = "" if value is None else dump(value)
        return f"{self.revisions.get(question.id, 0)}:{kept}"

    def conflict(self, question: Question, mine: Value | None) -> Conflict:
        """Return the two answers in words."""
        theirs = self.answers.get(question.id)
        return Conflict(*(self._words(question, value) for value in (theirs, mine)))

    def _words(self, question: Question, value: Value | None) -> str:
        if value is None:
            return "geen antwoord"
        return f"‘{describe(question, value, self.definition.texts)}’"


def earlier_beside(
    question_id: str, value: Value, on: date, then: Definition, now: Definition
) -> Earlier:
    """Return an earlier answer as it stands beside the question as it is asked now."""
    before, asked = then.by_id[question_id], now.by_id[question_id]
    words = describe(before, value, then.texts)
    same_question = (before.text, before.type) == (asked.text, asked.type)
    fits = same_question and _says(asked, value, now) == words
    other = before.text if before.text != asked.text else ""
    return Earlier(on, words, value if fits else None, other)


def _says(asked: Question, value: Value, definition: Definition) -> str | None:
    """Return what the answer says to the question as it is asked now; ``None``: nothing."""
    try:
        return describe(asked, load(asked, dump(value)), definition.texts)
    except ValueError:
        return None


def path_of(area: str) -> str:
    """Return what stands in the address for an area."""
    return area or BEFORE_PATH


def _choices(question: Question, chosen: Collection[str]) -> Iterator[Choice]:
    match question.type:
        case QuestionType.SINGLE | QuestionType.MULTI:
            for option in question.options:
                if not option.skip:
                    yield _option(option, chosen)
        case QuestionType.YESNO:
            yield Choice(YES, "Ja", YES in chosen)
            yield Choice(NO, "Nee", NO in chosen)
        case QuestionType.SCALE:
            for step in SCALE:
                yield Choice(str(step), str(step), str(step) in chosen)
        case _:
            return


def _option(option: Option, chosen: Collection[str]) -> Choice:
    return Choice(option.value, option.label, option.value in chosen, option.exclusive)


def _skips(definition: Definition, question: Question, typed: Typed) -> Iterator[Choice]:
    """Return the ways not to answer, those among the options too; refusing comes last."""
    refuse = definition.texts.refuse_label
    own = [_option(option, typed.values) for option in question.options if option.skip]
    found = own + list(_offered(definition, question, chosen_skips(question, typed)))
    yield from sorted(found, key=lambda choice: choice.label == refuse)


def _offered(
    definition: Definition, question: Question, chosen: Collection[str]
) -> Iterator[Choice]:
    texts = definition.texts
    offered = (
        (Skip.UNKNOWN, texts.unknown_label, offers_unknown(question, texts)),
        (Skip.REFUSED, texts.refuse_label, offers_refuse(question, texts)),
    )
    for skip, label, is_offered in offered:
        value = SKIP_MARK + skip.value
        if is_offered or value in chosen:
            yield Choice(value, label, value in chosen, alone=True)
