"""The addresses of the council report, and reading what was logged."""

from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.extensions import db

PAGE, BEHIND, WELFARE = "/rapportages/kp4", "/rapportages/kp4/dossiers", "/rapportages/bijstand"


def entries(action):
    db.session.expire_all()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
