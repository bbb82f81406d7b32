"""
Record sanction signals with their steps and evidence, and the due items that follow.

On the way down they go with their due items.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KIND_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message", "agreement", "exemption_end", "exemption_plan", "exemption_review",
)  # fmt: skip
ADDED = ("signal_review", "signal_returned", "signal_outcome")
STATES = ("drafted", "submitted", "returned", "withdrawn", "sent", "answered", "seen")
NEXT_WITHOUT = """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item
        WHERE due_item.dossier_id = dossier.id AND due_item.kind NOT LIKE 'signal%'
    )
    WHERE dossier.id IN (SELECT dossier_id FROM due_item WHERE kind LIKE 'signal%')
"""


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    _allow((*KINDS, *ADDED))
    _create_signals()
    op.create_table(
        "sanction_evidence",
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        *_refers("sanction_evidence", {
            "attempt_id": "contact_attempt.id", "signal_id": "sanction_signal.id",
        }),
        sa.PrimaryKeyConstraint("signal_id", "attempt_id", name=op.f("pk_sanction_evidence")),
    )  # fmt: skip
    op.create_table(
        "sanction_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of(*STATES, name="signalstate"), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_refers("sanction_step", {"by_id": "user_account.id", "signal_id": "sanction_signal.id"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_step")),
    )
    op.create_index("ix_sanction_step_signal", "sanction_step", ["signal_id", "id"])
    op.create_index(op.f("ix_sanction_step_taken_on"), "sanction_step", ["taken_on"])


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_NAME), type_="check")
        allowed = ", ".join(repr(kind) for kind in kinds)
        batch_op.create_check_constraint(batch_op.f(KIND_NAME), f"kind IN ({allowed})")


def _create_signals() -> None:
    grounds, outcomes = (
        ("refuses_contact", "broke_agreement"), ("applied", "not_applied", "withdrawn"),
    )  # fmt: skip
    op.create_table(
        "sanction_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("ground", _one_of(*grounds, name="signalground"), nullable=False),
        sa.Column("warning_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("track_start", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("culpability", sa.Text(), nullable=False),
        sa.Column("urgent_reasons", sa.Text(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", _one_of(*STATES, name="signalstate"), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("outcome", _one_of(*outcomes, name="signaloutcome"), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (outcome_on IS NULL)",
            name=op.f("ck_sanction_signal_outcome_whole"),
        ),
        sa.CheckConstraint(
            "(outcome IS NOT NULL) = (state IN ('answered', 'seen'))",
            name=op.f("ck_sanction_signal_outcome_known"),
        ),
        *_refers("sanction_signal", {
            "agreement_id": "agreement.id", "author_id": "user_account.id",
            "dossier_id": "dossier.id", "municipality_id": "municipality.id",
            "warning_id": "sanction_warning.id",
        }),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction_signal")),
    )  # fmt: skip
    still_open = sa.text("state IN ('drafted', 'submitted', 'returned', 'sent')")
    op.create_index("ix_sanction_signal_dossier", "sanction_signal", ["dossier_id", "id"])
    op.create_index(
        "ix_sanction_signal_list", "sanction_signal", ["municipality_id", "state", "state_on"]
    )
    op.create_index(
        "uq_sanction_signal_open", "sanction_signal", ["dossier_id"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def _refers(table: str, columns: dict[str, str]) -> list[Any]:
    return [
        sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}"))
        for name, target in columns.items()
    ]


def downgrade() -> None:
    """Take back."""
    for table in ("sanction_step", "sanction_evidence", "sanction_signal"):
        op.drop_table(table)
    op.execute(NEXT_WITHOUT)
    op.execute("DELETE FROM due_item WHERE kind LIKE 'signal%'")
    _allow(KINDS)
