"""How entries of the log read: words for who, what, and what somebody was to the dossier."""

from kp4web.audit.models import ACTS
from kp4web.domain.actor import Role
from kp4web.domain.policy import Relation

SYSTEM = "Systeem"


def act_words(code: str) -> str:
    """Return what an act is called."""
    return ACTS.get(code, code)


def role_words(codes: str) -> str:
    """Return the roles of an entry in words."""
    return ", ".join(Role(code).label for code in codes.split(",") if code)


def relation_words(codes: str) -> str:
    """Return what the actor was to the dossier in words."""
    return ", ".join(Relation(code).label for code in codes.split(",") if code)


def has_reason(action: str, relation: str) -> bool:
    """Return whether the dossier was open because of a reason, or was opened with one."""
    return action == "break_glass" or Relation.WITH_REASON in relation.split(",")
