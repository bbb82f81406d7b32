"""
Let a dossier be offered to the work agency: two kinds of hand-over in one table, and feedback.

What cannot be kept on the way down: hand-overs about a dossier with their feedback. A withdrawn
hand-over about an application becomes a returned one with that as its reason.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DUE_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message", "agreement", "exemption_end", "exemption_plan", "exemption_review",
    "signal_review", "signal_returned", "signal_outcome", "question", "question_asked", "answer",
)  # fmt: skip
ADDED = ("await_handover", "read_feedback", "write_feedback")
STATE_NAME = "ck_handover_handoverstate"
STATES = ("offered", "accepted", "returned")
CHECKS = {
    "handoverkind": "kind IN ('kp4', 'kp3')",
    "application": "(kind = 'kp4') = (application_id IS NOT NULL)",
    "decision": "(kind = 'kp4') = (decision_id IS NOT NULL)",
    "dossier": "(dossier_id IS NOT NULL) = (kind = 'kp3' OR state = 'accepted')",
    "coach": "kind = 'kp3' OR coach_id IS NULL",
    "coach_known": "kind = 'kp4' OR state <> 'accepted' OR coach_id IS NOT NULL",
    "guided_until": "guided_until IS NULL OR (kind = 'kp3' AND state = 'accepted')",
    "talk": "talk_wanted OR (talk_planned_on IS NULL AND talk_held_on IS NULL)",
}
OPEN = "state <> 'returned'"
OPEN_KP4 = "kind = 'kp4' AND state IN ('offered', 'accepted')"
OPEN_KP3 = "kind = 'kp3' AND state = 'offered'"
GUIDED = "kind = 'kp3' AND state = 'accepted' AND guided_until IS NULL"
COLUMNS: dict[str, Any] = {
    "kind": sa.String(40), "coach_id": sa.Integer(), "guided_until": sa.Date(),
    "talk_wanted": sa.Boolean(), "talk_planned_on": sa.Date(), "talk_held_on": sa.Date(),
}  # fmt: skip
ARRANGE = timedelta(weeks=2)
WITHDRAWN_DOWN = (
    "UPDATE handover SET state = 'returned', return_reason = 'Ingetrokken.' "
    "WHERE state = 'withdrawn'"
)
NEXT_DOWN = """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item WHERE due_item.dossier_id = dossier.id
    )
    WHERE dossier.id IN (SELECT dossier_id FROM handover WHERE kind = 'kp3')
"""


def upgrade() -> None:
    """Apply."""
    for name, kind in COLUMNS.items():
        op.add_column("handover", sa.Column(name, kind))
    op.execute(sa.text("UPDATE handover SET kind = 'kp4', talk_wanted = :no").bindparams(no=False))
    op.drop_index("uq_handover_open", "handover")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        for name, kind in (("kind", sa.String(40)), ("talk_wanted", sa.Boolean())):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for name in ("application_id", "decision_id"):
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=True)
        _allow(batch_op, STATE_NAME, "state", (*STATES, "withdrawn"))
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_handover_{name}"), rule)
        batch_op.create_foreign_key(
            batch_op.f("fk_handover_coach_id"), "user_account", ["coach_id"], ["id"]
        )
    op.create_index("ix_handover_coach", "handover", ["coach_id", "state"])
    _unique("uq_handover_open", "application_id", OPEN_KP4)
    _unique("uq_handover_open_kp3", "dossier_id", OPEN_KP3)
    _unique("uq_handover_guided", "dossier_id", GUIDED)
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        _allow(batch_op, DUE_NAME, "kind", (*KINDS, *ADDED))
    _create_feedback()


def _create_feedback() -> None:
    refers = {
        "handover_id": "handover.id", "read_by_id": "user_account.id",
        "written_by_id": "user_account.id",
    }  # fmt: skip
    op.create_table(
        "feedback_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_feedback_report_text_filled")),
        sa.CheckConstraint(
            "(read_at IS NULL) = (read_by_id IS NULL)", name=op.f("ck_feedback_report_read_whole")
        ),
        *(
            sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_feedback_report_{name}"))
            for name, target in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_report")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_feedback_report_handover_id")),
    )


def _allow(batch_op: Any, name: str, column: str, values: tuple[str, ...]) -> None:
    batch_op.drop_constraint(batch_op.f(name), type_="check")
    allowed = ", ".join(repr(value) for value in values)
    batch_op.create_check_constraint(batch_op.f(name), f"{column} IN ({allowed})")


def _unique(name: str, column: str, where: str) -> None:
    rule = sa.text(where)
    op.create_index(
        name, "handover", [column], unique=True, sqlite_where=rule, postgresql_where=rule
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("feedback_report")
    _take_back_due_items()
    op.execute("DELETE FROM handover WHERE kind = 'kp3'")
    op.execute(WITHDRAWN_DOWN)
    for name in ("uq_handover_guided", "uq_handover_open_kp3", "uq_handover_open",
                 "ix_handover_coach"):  # fmt: skip
        op.drop_index(name, "handover")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_handover_coach_id"), type_="foreignkey")
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_handover_{name}"), type_="check")
        _allow(batch_op, STATE_NAME, "state", STATES)
        for name in ("application_id", "decision_id"):
            batch_op.alter_column(name, existing_type=sa.Integer(), nullable=False)
        for name in COLUMNS:
            batch_op.drop_column(name)
    _unique("uq_handover_open", "application_id", OPEN)
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        _allow(batch_op, DUE_NAME, "kind", KINDS)


def _take_back_due_items() -> None:
    """Let a dossier that was offered wait for arranging the hand-over again."""
    found = sa.text(
        "SELECT due_item.id, dossier.track_since FROM due_item "
        "JOIN dossier ON dossier.id = due_item.dossier_id WHERE due_item.kind = 'await_handover'"
    ).columns(id=sa.Integer(), track_since=sa.Date())
    again = sa.text(
        "UPDATE due_item SET kind = 'arrange_handover', subject_id = NULL, due_on = :due_on "
        "WHERE id = :id"
    ).bindparams(sa.bindparam("due_on", type_=sa.Date()))
    connection = op.get_bind()
    for row in connection.execute(found).all():
        connection.execute(again, {"id": row.id, "due_on": row.track_since + ARRANGE})
    op.execute("DELETE FROM due_item WHERE kind IN ('read_feedback', 'write_feedback')")
    op.execute(
        "DELETE FROM due_item WHERE handover_id IN (SELECT id FROM handover WHERE kind = 'kp3')"
    )
    op.execute(NEXT_DOWN)
