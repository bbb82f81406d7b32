"""
Correct a klantprofiel: decisions get the moments between which we knew them, corrections a place.

What cannot be kept on the way down: corrections of profiles. The decision stays as it is known
then, and what it was before goes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DUE_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message", "agreement", "exemption_end", "exemption_plan", "exemption_review",
    "signal_review", "signal_returned", "signal_outcome", "question", "question_asked", "answer",
    "await_handover", "read_feedback", "write_feedback",
)  # fmt: skip
ADDED = "profile_corrected"
SUBJECT_NAME = "ck_correction_corrected"
SUBJECTS = ("track", "assignment")
CHECKS = {
    "application": "(subject = 'profile') = (application_id IS NOT NULL)",
    "dossier": "subject = 'profile' OR dossier_id IS NOT NULL",
    "seen_whole": "(seen_at IS NULL) = (seen_by_id IS NULL)",
}
REFERS = {"application_id": "application", "seen_by_id": "user_account"}
COLUMNS: dict[str, Any] = {
    "application_id": sa.Integer(), "seen_at": sa.DateTime(timezone=True),
    "seen_by_id": sa.Integer(),
}  # fmt: skip
UNSEEN = sa.text("subject = 'profile' AND seen_at IS NULL")
KNOWN = sa.text("superseded_at IS NULL")
DOWN = (
    """
    UPDATE handover SET decision_id = (
        SELECT latest.id FROM application_decision AS latest
        WHERE latest.first_id = handover.decision_id AND latest.superseded_at IS NULL
    )
    WHERE decision_id IN (
        SELECT first_id FROM application_decision WHERE first_id IS NOT NULL
    )
    """,
    """
    DELETE FROM elsewhere_score WHERE decision_id IN (
        SELECT id FROM application_decision WHERE superseded_at IS NOT NULL
    )
    """,
    "UPDATE application_decision SET first_id = NULL",
    "DELETE FROM application_decision WHERE superseded_at IS NOT NULL",
    "DELETE FROM due_item WHERE kind = 'profile_corrected'",
    """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item WHERE due_item.dossier_id = dossier.id
    )
    WHERE dossier.id IN (SELECT dossier_id FROM correction WHERE subject = 'profile')
    """,
    "DELETE FROM correction WHERE subject = 'profile'",
)


def upgrade() -> None:
    """Apply."""
    moment = sa.DateTime(timezone=True)
    for name, kind in (("recorded_at", moment), ("superseded_at", moment),
                       ("first_id", sa.Integer())):  # fmt: skip
        op.add_column("application_decision", sa.Column(name, kind))
    op.execute("UPDATE application_decision SET recorded_at = decided_at")
    with op.batch_alter_table("application_decision", schema=None) as batch_op:
        batch_op.alter_column("recorded_at", existing_type=moment, nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_application_decision_known"), "superseded_at >= recorded_at"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_application_decision_first_id"), "application_decision",
            ["first_id"], ["id"],
        )  # fmt: skip
    op.create_index(
        "uq_application_decision_corrected", "application_decision", ["first_id"], unique=True,
        sqlite_where=KNOWN, postgresql_where=KNOWN,
    )  # fmt: skip
    for name, kind in COLUMNS.items():
        op.add_column("correction", sa.Column(name, kind))
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.alter_column("dossier_id", existing_type=sa.Integer(), nullable=True)
        _allow(batch_op, SUBJECT_NAME, "subject", (*SUBJECTS, "profile"))
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_correction_{name}"), rule)
        for name, target in REFERS.items():
            batch_op.create_foreign_key(batch_op.f(f"fk_correction_{name}"), target, [name], ["id"])
    op.create_index("ix_correction_application", "correction", ["application_id"])
    op.create_index(
        "ix_correction_unseen", "correction", ["dossier_id"],
        sqlite_where=UNSEEN, postgresql_where=UNSEEN,
    )  # fmt: skip
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        _allow(batch_op, DUE_NAME, "kind", (*KINDS, ADDED))


def _allow(batch_op: Any, name: str, column: str, values: tuple[str, ...]) -> None:
    batch_op.drop_constraint(batch_op.f(name), type_="check")
    allowed = ", ".join(repr(value) for value in values)
    batch_op.create_check_constraint(batch_op.f(name), f"{column} IN ({allowed})")


def downgrade() -> None:
    """Take back."""
    for statement in DOWN:
        op.execute(statement)
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        _allow(batch_op, DUE_NAME, "kind", KINDS)
    op.drop_index("ix_correction_unseen", "correction")
    op.drop_index("ix_correction_application", "correction")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        for name in REFERS:
            batch_op.drop_constraint(batch_op.f(f"fk_correction_{name}"), type_="foreignkey")
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_correction_{name}"), type_="check")
        _allow(batch_op, SUBJECT_NAME, "subject", SUBJECTS)
        batch_op.alter_column("dossier_id", existing_type=sa.Integer(), nullable=False)
        for name in COLUMNS:
            batch_op.drop_column(name)
    op.drop_index("uq_application_decision_corrected", "application_decision")
    with op.batch_alter_table("application_decision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_application_decision_first_id"), "foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_application_decision_known"), type_="check")
        for name in ("first_id", "superseded_at", "recorded_at"):
            batch_op.drop_column(name)
