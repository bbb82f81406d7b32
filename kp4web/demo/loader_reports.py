"""Writing what comes after a report in the demo, by the commands of the application."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, select

from kp4web.conversations.models import Conversation
from kp4web.demo import afterwards as told
from kp4web.demo.events import Event
from kp4web.demo.loading import Keys
from kp4web.dossiers.models import Dossier
from kp4web.reports import commands as reports


def add(keys: Keys, event: told.AddToReport) -> None:
    """Add to the latest report of its author."""
    session, actor, number = keys.where(event)
    latest = session.scalars(_latest(number).where(Conversation.author_id == actor.id)).one()
    command = reports.AddToReport(reports.AdditionKind(event.kind), event.text, event.reason)
    reports.add_to_report(
        session, actor, number, latest, command, now=event.at, today=event.day
    )  # fmt: skip


def ask(keys: Keys, event: told.AskQuestion) -> None:
    """Ask about the latest conversation."""
    session, actor, number = keys.where(event)
    latest = session.scalars(_latest(number)).one()
    made = reports.ask_question(
        session, actor, number, latest, reports.AskQuestion(event.text),
        now=event.at, today=event.day,
    )  # fmt: skip
    keys.questions[event.question] = made.id


def _latest(number: str) -> Select[int]:
    return (
        select(func.max(Conversation.id))
        .join(Dossier, Dossier.id == Conversation.dossier_id)
        .where(Dossier.number == number)
    )


def answer(keys: Keys, event: told.AnswerQuestion) -> None:
    """Answer a question."""
    question = keys.questions[event.question]
    reports.answer_question(*keys.who(event), question, event.text, now=event.at, today=event.day)


def settle(keys: Keys, event: told.SettleQuestion) -> None:
    """Note that the answer was read."""
    question = keys.questions.pop(event.question)
    reports.settle_question(*keys.who(event), question, now=event.at, today=event.day)


REPORT_COMMANDS: dict[type[Event], Callable[[Keys, Any], None]] = {
    told.AddToReport: add,
    told.AskQuestion: ask,
    told.AnswerQuestion: answer,
    told.SettleQuestion: settle,
}
