"""Hand-overs that were sent back, and what their pages say."""

from datetime import timedelta

from sqlalchemy import func, select

from kp4web.applications.models import Application
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    offer_again,
    return_handover,
)
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_handover,
)

REASON = "De gemeente Tiel kent dit gezin al."
NOTE = "Graag eerst bellen."
CANARY = {
    "surname": "Kanariepiet", "street": "Geheimstraat 1", "phone": "06-99999999",
    "approach": "Aanpakgeheim", "interpreter": "Tolkgeheim",
}  # fmt: skip
SECRETS = [*CANARY.values(), NOTE, "Geen reëel perspectief"]
SENT_BACK = "/overdrachten?status=teruggestuurd"
REFUSED = [role for role in Role if role is not Role.COORDINATOR]


def url(handover):
    return f"/overdrachten/{handover.id}"


def return_url(handover):
    return f"{url(handover)}/terugzending"


def offer_url(handover, *, new=False):
    return f"/aanvragen/{handover.application_id}/overdrachten" + ("/nieuw" if new else "")


def clock(minutes=0):
    return {"now": at(TODAY, 12) + timedelta(minutes=minutes), "today": TODAY}


def returned(coordinator, reason=REASON, **given):
    """Return a hand-over that this coordinator sent back."""
    handover = make_handover(**given)
    return_handover(
        db.session(), actor(coordinator), handover.id, ReturnHandover(reason), **clock()
    )
    db.session.commit()
    return handover


def again(handover, by, note="Nu met uitleg.", minutes=1):
    made = offer_again(db.session(), actor(by), handover.application_id, note, **clock(minutes))
    db.session.commit()
    return made


def accepted(handover, by, minutes=2):
    dossier = accept_handover(
        db.session(), actor(by), handover.id, AcceptHandover(reopen=""), **clock(minutes)
    )
    db.session.commit()
    return dossier


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def state_of(handover):
    db.session.expire_all()
    return db.session.get_one(Application, handover.application_id).state


def found_in(texts, page):
    return [text for text in texts if text in page]


def last_entry(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc())
    return db.session.scalars(query).first()
