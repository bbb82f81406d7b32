"""Questionnaires with an outcome, and reading its page."""

import re
from html import unescape

from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.domain.questionnaire.definition import Skip
from kp4web.domain.questionnaire.scoring import barrier_of
from kp4web.extensions import db
from tests.answers import easy, values_of
from tests.factories import (
    make_questionnaire,
)
from tests.questionnaires import example

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
HEAVY = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1, "gez_zelfzorg": 1,
         "gez_herstel": "slechter"}  # fmt: skip
ROOFLESS = {"won_plek": "geen"}


def worst():
    """Return the answer with the largest barrier to every question that counts."""
    found = {}
    for question in example().questions:
        scored = [
            (barrier_of(example().scoring, question, value), value)
            for value in values_of(question)
            if not isinstance(value, Skip)
        ]
        scored = [(barrier, value) for barrier, value in scored if barrier is not None]
        if scored and question.weight:
            found[question.id] = max(scored, key=lambda one: one[0])[1]
    return found


def asked(subject, by, answers=None, **more):
    answers = easy() if answers is None else answers
    return make_questionnaire(subject, by, answers=answers, completed=True, **more)


def address(questionnaire):
    return f"/vragenlijsten/{questionnaire.id}/uitkomst"


def text_of(page):
    """Return what somebody reads on a page, or in a part of it."""
    page = getattr(page, "text", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page)))


def count_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def entries(action="questionnaire_outcome"):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def profile_on(page):
    return re.search(r'data-testid="suggestion" data-profile="(\d?)"', page)[1]
