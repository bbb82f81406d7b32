"""Making applications in every state, and reading their pages."""

import re
from datetime import date

import html5lib
from sqlalchemy import func, select

from kp4web.applications.models import Application, ApplicationMember
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
)
from kp4web.handovers.models import Handover
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_municipality,
    make_questionnaire,
    make_user,
    make_version,
)

NOT_ALLOWED = [role for role in Role if role not in {Role.INTAKE, Role.AGENCY_COORDINATOR}]
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
ROW = 'data-testid="application-row"'


def url(application, tail=""):
    return f"/aanvragen/{application.id}{tail}"


def valid(**given):
    """Return what a good form sends."""
    known = {
        "initials": "Ş.", "prefix": "van den", "surname": "O'Brien-Şahin",
        "birth_date": "1975-05-17", "municipality": make_municipality().id,
        "registered_on": "2026-11-10",
    }  # fmt: skip
    return known | given


def newest():
    db.session.rollback()
    return db.session.scalars(select(Application).order_by(Application.id.desc())).first()


def in_all():
    db.session.rollback()
    return db.session.scalar(select(func.count(Application.id)))


def members_of(application):
    rows = db.session.scalars(
        select(ApplicationMember)
        .where(ApplicationMember.application_id == application.id)
        .order_by(ApplicationMember.id)
    )
    return [(row.name, row.relation.value, row.birth_date) for row in rows]


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def typed(page):
    """Return what stands in the fields of the form."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found = {item.get("name"): item.get("value") for item in tree.findall(".//input")}
    found |= {i.get("name"): (i.text or "").strip() for i in tree.findall(".//textarea")}
    for choice in tree.findall(".//select"):
        chosen = [o.get("value") for o in choice if "selected" in o.attrib]
        found[choice.get("name")] = next(iter(chosen), "")
    return found


def rows_on(page):
    return [int(key) for key in re.findall(r'data-application="(\d+)"', page)]


def handover_of(application):
    query = select(Handover).where(Handover.application_id == application.id)
    return db.session.scalars(query.order_by(Handover.id.desc())).first()


def sent_back(application, by, reason="Deze inwoner is verhuisd.", today=TODAY):
    decide(application, by, today=today)
    receiver = actor(make_user(Role.COORDINATOR))
    return_handover(
        db.session(), receiver, handover_of(application).id, ReturnHandover(reason),
        now=at(today, 11), today=today,
    )  # fmt: skip
    db.session.commit()


def handed_over(application, by, today=TODAY):
    decide(application, by, today=today, justification="Geheime motivering", note="Geheime notitie")
    receiver = actor(make_user(Role.COORDINATOR))
    accept_handover(
        db.session(), receiver, handover_of(application).id, AcceptHandover(),
        now=at(today, 11), today=today,
    )  # fmt: skip
    db.session.commit()


def in_state(state, by, **names):
    """Return an application in this state."""
    made = make_application(by=by, **names)
    if state in {"running", "waiting"}:
        make_version(make_agency(), today=date(2026, 1, 1))
        make_questionnaire(made, by, completed=state == "waiting")
    elif state == "offered":
        decide(made, by)
    elif state == "returned":
        sent_back(made, by)
    elif state == "accepted":
        handed_over(made, by)
    elif state == "closed":
        decide(made, by, profile=2)
    db.session.refresh(made)
    assert made.state is ApplicationState(state)
    return made
