"""Forms that determine a klantprofiel, and what was determined."""

import re
from datetime import date
from html import unescape

from sqlalchemy import func, select

from kp4web.applications.commands import Member
from kp4web.applications.models import Application, ApplicationDecision
from kp4web.audit.models import AuditEntry
from kp4web.clients.models import ContactPreference, HouseholdRelation
from kp4web.extensions import db

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
TYPED = 'Een lang verhaal met é, <teken> & "aanhaling".'
SHOWN = "Een lang verhaal met é, &lt;teken&gt; &amp; "
PERSON = {
    "surname": "O'Brien-Şahin", "initials": "J.W.M.", "street": "Herenstraat 12a",
    "postcode": "4191 AB", "town": "Geldermalsen", "phone": "0345 123456",
    "email": "jwm@example.org", "contact_preference": ContactPreference.PHONE,
    "interpreter": "Pools", "approach": "Bel na 11.00 uur.", "bsn": "999990019",
    "members": (Member("Kim Wojciechowska", HouseholdRelation.CHILD, date(2020, 5, 1)),),
}  # fmt: skip
GOES_ALONG = (
    "O'Brien-Şahin", "17-05-1975", "•••••• 019", "Herenstraat 12a", "4191 AB", "Geldermalsen",
    "0345 123456", "jwm@example.org", "Bellen", "Pools", "Bel na 11.00 uur.", "18-11-2026",
    "Kim Wojciechowska", "01-05-2020",
)  # fmt: skip


def questionnaire_of(application):
    from kp4web.questionnaires.models import Questionnaire

    query = select(Questionnaire.id).where(Questionnaire.application_id == application.id)
    return db.session.scalars(query.order_by(Questionnaire.id.desc())).first()


def path(application):
    return f"/aanvragen/{application.id}/profielbepalingen"


def outcome_path(application):
    return f"/vragenlijsten/{questionnaire_of(application)}/uitkomst"


def on_outcome(application, **more):
    good = {"questionnaire": questionnaire_of(application), "profile": "1", "justification": TYPED}
    return {name: value for name, value in (good | more).items() if value is not None}


def without(**more):
    good = {"basis": "conversation", "basis_reason": "Het gesprek was genoeg.", "profile": "2",
            "justification": TYPED}  # fmt: skip
    return {name: value for name, value in (good | more).items() if value is not None}


def elsewhere(**more):
    good = {"basis": "elsewhere", "instrument": "Dariuz Diagnose", "measured_on": "2026-11-02",
            "measured_profile": "3", "reference": "DD-2026-0042", "score_work": "62",
            "score_health": "Oranje", "profile": "3", "justification": TYPED}  # fmt: skip
    return {name: value for name, value in (good | more).items() if value is not None}


def decisions():
    db.session.rollback()
    return db.session.scalars(select(ApplicationDecision).order_by(ApplicationDecision.id)).all()


def count_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def state_of(application):
    db.session.rollback()
    return db.session.get_one(Application, application.id).state


def entries(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page)))


def form_of(page):
    """Return the form on the page, as it is sent."""
    return page[page.index('id="vaststellen"') :]
