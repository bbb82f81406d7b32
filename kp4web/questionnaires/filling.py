"""Filling in: from what a page sent to what is saved, and what the page must show then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.dates import count_of
from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import readable_classes
from kp4web.domain.questionnaire.answering import dump
from kp4web.domain.questionnaire.definition import Question, Value
from kp4web.domain.questionnaire.sent import Press, Sent, Typed, read_typed
from kp4web.questionnaires.commands import (
    Overtaken,
    SaveAnswer,
    give_answers,
    require_open,
    require_question,
)
from kp4web.questionnaires.pieces import Asked, Notes, Sheet
from kp4web.questionnaires.queries import (
    Given,
    QuestionnaireRef,
    answers_of,
    earlier_answers,
    sheet_for,
)
from kp4web.versions.queries import definition_of

# ---------------------------------------------------------------------- a whole area


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of an area that was sent."""

    status: int
    """200 saved, 422 or 409 refused and nothing saved."""
    sheet: Sheet
    """The answers as they are kept now."""
    notes: Notes = field(default_factory=Notes)
    appeared: tuple[str, ...] = ()
    """Questions of this area that are asked now and were not on the page."""

    @property
    def sentence(self) -> str:
        """Return what to say about the questions that appeared."""
        if not self.appeared:
            return ""
        more = count_of(len(self.appeared), "vraag", "vragen")
        verb = "Er is" if len(self.appeared) == 1 else "Er zijn"
        return f"Uw antwoorden zijn bewaard. {verb} {more} bij gekomen."


def fill_in_area(
    session: Session, actor: Actor, ref: QuestionnaireRef, area: str, sent: Sent,
    *, now: datetime, today: date,
) -> Filled:  # fmt: skip
    """
    Save the answers that were changed on the page of an area, behind the lock of ``ref``.

    Raises ``DomainError`` for a frozen questionnaire; writes nothing unless the status is 200.
    """
    require_open(ref)
    sheet = sheet_for(session, ref)
    typed = _on_page(sheet, area, sent)
    values, errors = _read(sheet, typed, sent, today)
    changes = changes_in(typed, values)
    kept = {question: typed[question] for question in typed.keys() & {*errors, *changes}}
    if errors:
        return Filled(422, sheet, Notes(kept, errors))
    definition, given = sheet.definition, answers_of(session, ref.id, sheet.definition)
    try:
        after = give_answers(session, actor, ref, definition, given, changes, now=now)
    except Overtaken as error:
        return Filled(409, sheet, _both(sheet, kept, changes, error.questions))
    saved = _sheet(sheet, after)
    new = (q.id for q in saved.shown(area) if q.id not in sent.typed)
    return Filled(200, saved, appeared=tuple(new))


def _on_page(sheet: Sheet, area: str, sent: Sent) -> dict[str, Typed]:
    """Return what was typed for each question of the page that is to be saved."""
    return {
        question: sent.typed[question]
        for question in sheet.slots(area)
        if question in sent.typed and not sent.asks(Press.TAKE, question)
    }


def _read(
    sheet: Sheet, typed: Mapping[str, Typed], sent: Sent, today: date
) -> tuple[dict[str, Value | None], dict[str, str]]:
    """Return the answers by question, and what is wrong with those that do not fit."""
    values: dict[str, Value | None] = {}
    errors: dict[str, str] = {}
    for question_id, one in typed.items():
        question = sheet.definition.by_id[question_id]
        try:
            values[question_id] = _value(sheet, question, one, sent, today)
        except InvalidInput as error:
            errors[question_id] = str(error)
    return values, errors


def _value(sheet: Sheet, question: Question, typed: Typed, sent: Sent, today: date) -> Value | None:
    if sent.asks(Press.CLEAR, question.id):
        return None
    if sent.asks(Press.SAME, question.id):
        return _as_before(sheet, question)
    return read_typed(question, typed, today=today)


def _as_before(sheet: Sheet, question: Question) -> Value:
    earlier = sheet.earlier.get(question.id)
    if earlier is None or earlier.value is None:
        raise InvalidInput(question.id, "Het vorige antwoord past niet meer bij deze vraag.")
    return earlier.value


def changes_in(
    typed: Mapping[str, Typed], values: Mapping[str, Value | None]
) -> dict[str, SaveAnswer]:
    """Return what to save: the answers that are not what the page showed."""
    return {
        question: SaveAnswer(question, value, typed[question].revision)
        for question, value in values.items()
        if ("" if value is None else dump(value)) != typed[question].shown
    }


def _both(
    sheet: Sheet,
    typed: dict[str, Typed],
    changes: dict[str, SaveAnswer],
    overtaken: Collection[str],
) -> Notes:
    """Return both answers of every question that was changed elsewhere, beside what was typed."""
    conflicts = {
        question: sheet.conflict(sheet.definition.by_id[question], changes[question].value)
        for question in overtaken
    }
    return Notes(typed, {}, conflicts)


def _sheet(sheet: Sheet, after: Given) -> Sheet:
    readable = {q.id for q in sheet.definition.questions if q.data_class in sheet.readable}
    return Sheet(
        sheet.definition, {q: value for q, value in after.answers.items() if q in readable},
        {q: revision for q, revision in after.revisions.items() if q in readable},
        sheet.readable, sheet.earlier,
    )  # fmt: skip


# ---------------------------------------------------------------------- one answer


@dataclass(frozen=True, slots=True)
class GivenOne:
    """What became of one answer, and which questions come and go on its page."""

    status: int
    """200 saved, 422 or 409 refused and nothing saved."""
    sheet: Sheet
    asked: Asked
    area: str
    whole: bool = False
    """The whole question must be shown again, not only what stands around the answer."""
    appeared: tuple[Asked, ...] = ()
    vanished: tuple[str, ...] = ()
    notes: Notes = field(default_factory=Notes)
    """Why it was refused."""

    @property
    def sentence(self) -> str:
        """Return what to announce about the questions that come and go."""
        said = [f"Er is een vraag bij gekomen: {one.text}" for one in self.appeared]
        if self.vanished:
            gone = count_of(len(self.vanished), "vraag is", "vragen zijn")
            said.append(f"{gone} niet meer nodig.")
        return " ".join(said)


def give_one(
    session: Session, actor: Actor, ref: QuestionnaireRef, sent: Sent,
    *, now: datetime, today: date,
) -> GivenOne:  # fmt: skip
    """
    Save the answer to the one question that was sent, behind the lock of ``ref``.

    Raises ``DomainError`` for a frozen questionnaire or a question of another one; writes nothing
    unless the status is 200.
    """
    require_open(ref)
    definition = definition_of(session, ref.version_id)
    question = require_question(ref, definition, sent.question)
    given = answers_of(session, ref.id, definition)
    sheet = Sheet(definition, given.answers, given.revisions, readable_classes(ref.relations))
    whole = sent.press in (Press.CLEAR, Press.SAME, Press.TAKE)
    if whole:
        sheet = replace(sheet, earlier=earlier_answers(session, ref, definition))
    typed = sent.typed.get(question.id) or Typed()
    if sent.asks(Press.TAKE, question.id):
        return _shown_again(session, ref, sheet, question, sent, whole=True)
    try:
        value = _value(sheet, question, typed, sent, today)
    except InvalidInput as error:
        return _refused(sheet, question, 422, Notes({}, {question.id: str(error)}))
    changes = changes_in({question.id: typed}, {question.id: value})
    try:
        after = give_answers(session, actor, ref, definition, given, changes, now=now)
    except Overtaken:
        both = sheet.conflict(question, value)
        return _refused(sheet, question, 409, Notes({question.id: typed}, {}, {question.id: both}))
    saved = _sheet(sheet, after)
    return _shown_again(session, ref, saved, question, sent, whole=whole)


def _refused(sheet: Sheet, question: Question, status: int, notes: Notes) -> GivenOne:
    return GivenOne(status, sheet, sheet.one(question, notes), question.area, notes=notes)


def _shown_again(
    session: Session, ref: QuestionnaireRef, sheet: Sheet, question: Question, sent: Sent,
    *, whole: bool,
) -> GivenOne:  # fmt: skip
    """Return the question with the questions of its page that come and go."""
    visible = sheet.shown(question.area)
    new = [one for one in visible if sent.shown and one.id not in sent.shown | {question.id}]
    if new and not sheet.earlier:
        sheet = replace(sheet, earlier=earlier_answers(session, ref, sheet.definition))
    gone = sent.shown & set(sheet.slots(question.area)) - {one.id for one in visible}
    return GivenOne(
        200, sheet, sheet.one(question, Notes()), question.area, whole=whole,
        appeared=tuple(sheet.one(one, Notes()) for one in new), vanished=tuple(sorted(gone)),
    )  # fmt: skip
