"""Reading the pages of a questionnaire and sending them, as a browser does."""

import re
from datetime import date

from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.extensions import db
from kp4web.questionnaires.models import Answer

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
NAME = "Wojciechowska-van den Heuvel"
MARCH = date(2026, 3, 2)
AREAS = ("vooraf", "werk", "gezondheid", "sociaal", "wonen_geld", "justitie")
MOST_QUERIES = 8


def at_sheet(sheet, rest):
    return f"/vragenlijsten/{sheet}/{rest}"


def kept(sheet):
    """Return the answers in the database as JSON, with their revision."""
    db.session.rollback()
    rows = db.session.scalars(select(Answer).where(Answer.questionnaire_id == sheet))
    return {row.question: (row.value, row.revision) for row in rows}


def acts(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def was_of(page, question, name="was"):
    found = re.search(rf'name="{name}\.{question}"\s+value="([^"]*)"', page.text)
    return found[1].replace("&#34;", '"').replace("&#39;", "'")


def on_page(page):
    """Return the questions that stand on the page."""
    return re.findall(r'data-question="(\w+)"', page.text)


def fields_of(page, **answers):
    """Return what the form of a page sends without scripts, with these answers given."""
    sent = {f"was.{question}": was_of(page, question) for question in on_page(page)}
    for name, value in re.findall(
        r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]+)"[^>]*? checked', page.text
    ):
        sent.setdefault(name, []).append(value)
    sent |= dict(re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*?>\n([^<]*)', page.text))
    sent |= dict(re.findall(r'inputmode[^>]*?name="([^"]+)"\s+value="([^"]*)"', page.text))
    return sent | {f"answer.{question}": value for question, value in answers.items()}


def give(http, sheet, question, *values, was="0:", **more):
    """Send one answer as the page does."""
    data = {"question": question, f"was.{question}": was, f"answer.{question}": list(values)}
    return http.post(at_sheet(sheet, "antwoorden"), data=data | more, headers=HTMX)
