"""What the statements of the dossier page are asked with, and their shared shape of columns."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, bindparam, cast, null, type_coerce

NO_DAY = date(9999, 12, 31)
NO_ID = 2**31 - 1

DOSSIER = bindparam("dossier_id", type_=Integer)
CLIENT = bindparam("client_id", type_=Integer)
HOUSEHOLD = bindparam("household_id", type_=Integer)
ACTOR = bindparam("actor_id", type_=Integer)
READS_REPORTS = bindparam("reads_reports", type_=Boolean)
READS_NEEDS = bindparam("reads_needs", type_=Boolean)
READS_QUESTIONS = bindparam("reads_questions", type_=Boolean)
READS_BIRTH = bindparam("reads_birth", type_=Boolean)
READS_WHAT = bindparam("reads_what", type_=Boolean)
READS_HANDOVER = bindparam("reads_handover", type_=Boolean)
READS_QUESTIONNAIRES = bindparam("reads_questionnaires", type_=Boolean)
READS_OUTCOME = bindparam("reads_outcome", type_=Boolean)
READS_EXEMPTION = bindparam("reads_exemption", type_=Boolean)
READS_WHY_EXEMPT = bindparam("reads_why_exempt", type_=Boolean)
READS_SIGNAL = bindparam("reads_signal", type_=Boolean)


def shaped(shape: Mapping[str, Any], columns: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    """Return the columns in the order of the shape; a text column loses its enumeration."""
    return [
        (
            type_coerce(columns[name], kind) if name in columns else cast(null(), kind)
        ).label(name)
        for name, kind in shape.items()
    ]  # fmt: skip
