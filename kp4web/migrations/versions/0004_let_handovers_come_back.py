"""
Let a hand-over be returned and offered again, and tie it to the decision it rests on.

What cannot be kept on the way down: returned hand-overs, which had no place before; an
application that was returned is then one with klantprofiel 4 that was never offered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = sa.text("state <> 'returned'")
STATE_NAME = "ck_handover_handoverstate"

DECISIONS_UP = """
    UPDATE handover SET return_reason = '', decision_id = (
        SELECT d.id FROM application_decision d WHERE d.application_id = handover.application_id
        ORDER BY d.decided_at DESC, d.id DESC LIMIT 1)
"""
DUE_ITEMS_DOWN = """
    DELETE FROM due_item WHERE handover_id IN (SELECT id FROM handover WHERE state = 'returned')
"""
RETURNED_DOWN = "DELETE FROM handover WHERE state = 'returned'"
STATES_DOWN = "UPDATE application SET state = 'open' WHERE state = 'returned'"


def upgrade() -> None:
    """Apply."""
    op.add_column("handover", sa.Column("decision_id", sa.Integer()))
    op.add_column("handover", sa.Column("return_reason", sa.Text()))
    op.execute(DECISIONS_UP)
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_handover_application_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f(STATE_NAME), type_="check")
        batch_op.alter_column("decision_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("return_reason", existing_type=sa.Text(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f(STATE_NAME), "state IN ('offered', 'accepted', 'returned')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_handover_return_reason"), "(state = 'returned') = (return_reason <> '')"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_handover_decision_id"), "application_decision", ["decision_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_handover_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(
            "ix_handover_application", ["application_id", "offered_at"], unique=False
        )
        batch_op.create_index(
            "uq_handover_open",
            ["application_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def downgrade() -> None:
    """Take back."""
    for statement in (DUE_ITEMS_DOWN, RETURNED_DOWN, STATES_DOWN):
        op.execute(statement)
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("uq_handover_open")
        batch_op.drop_index("ix_handover_application")
        batch_op.drop_index(batch_op.f("ix_handover_decision_id"))
        batch_op.drop_constraint(batch_op.f("fk_handover_decision_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_handover_return_reason"), type_="check")
        batch_op.drop_constraint(batch_op.f(STATE_NAME), type_="check")
        batch_op.drop_column("return_reason")
        batch_op.drop_column("decision_id")
        batch_op.create_check_constraint(batch_op.f(STATE_NAME), "state IN ('offered', 'accepted')")
        batch_op.create_unique_constraint(
            batch_op.f("uq_handover_application_id"), ["application_id"]
        )
