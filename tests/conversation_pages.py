"""Sending and reading the forms about conversations."""

import re

from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.extensions import db
from tests.conftest import TODAY

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
CANARY = "Kanarie in een verslag"


def at_dossier(dossier, rest=""):
    return f"/dossiers/{dossier.number}/gesprekken{rest}"


def fields(**changes):
    """Return exactly the fields other programs rely on."""
    known = {"held_on": TODAY.isoformat(), "held_at": "09:30", "channel": "phone",
             "outcome": "held", "report": "Het gaat beter.", "follow_up_on": "",
             "follow_up_what": "", "done": []}  # fmt: skip
    return known | changes


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def acts(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def value_of(page, name):
    return re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page.text, re.DOTALL)[1]
