"""
What comes in from the pages of a questionnaire.

Its fields follow from the file, so they are read here by the id of the question: ``answer.<id>``
(repeated), ``skip.<id>`` beside a field to type in, and ``was.<id>``: the revision and the answer
as the page showed it, so that only what somebody changed is saved. ``seen.<id>`` is the same of an
answer from elsewhere, for who keeps the own answer knowing the other.
"""

import re

from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField

from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.questionnaire.sent import Press, Sent, Typed
from kp4web.questionnaires.commands import REASON_MAX, DiscardQuestionnaire
from kp4web.web.forms import BaseForm, at_most, filled

_WAS = re.compile(r"(?P<revision>[0-9]{1,9}):(?P<shown>.*)", re.DOTALL)
_WAS_NAME = "was."


def sent_in(fields: MultiDict[str, str]) -> Sent:
    """Return what a page sent, whatever it is; the answers are not read yet."""
    named = (name.removeprefix(_WAS_NAME) for name in fields if name.startswith(_WAS_NAME))
    press = next((press for press in Press if press.value in fields), None)
    kept = fields[Press.KEEP.value] if press is Press.KEEP else ""
    return Sent(
        {question: _typed(fields, question, f"seen.{question}" if question == kept else "")
         for question in named},
        press, fields[press.value] if press else "", fields.get("question", ""),
        frozenset(fields.getlist("shown")),
    )  # fmt: skip


def _typed(fields: MultiDict[str, str], question: str, seen: str) -> Typed:
    """Return what was sent for a question; ``seen`` names the other answer one was told of."""
    shown = fields[f"{_WAS_NAME}{question}"]
    was = _WAS.fullmatch(fields.get(seen, shown))
    return Typed(
        tuple(fields.getlist(f"answer.{question}")), tuple(fields.getlist(f"skip.{question}")),
        int(was["revision"]) if was else 0, was["shown"] if was else "",
    )  # fmt: skip


class DiscardForm(BaseForm):
    """Throwing a questionnaire away."""

    draft = DraftRule(
        "weggooien", "Vragenlijst weggooien", "questionnaires.finish", About.QUESTIONNAIRE
    )  # fmt: skip

    reason = TextAreaField(
        "Waarom gooit u deze vragenlijst weg?", validators=[filled, at_most(REASON_MAX)]
    )

    def command(self) -> DiscardQuestionnaire:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return DiscardQuestionnaire((self.reason.data or "").replace("\r\n", "\n"))
