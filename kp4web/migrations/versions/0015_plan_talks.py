"""
Plan talks: a follow-up with a time, whether it is about activation, and how often it changed.

On the way down the dates stay, without time, place and purpose.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _kinds(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_activation", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("activation_reason", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(
            sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_follow_up_reason_of_activation"),
            "activation_reason = '' OR is_activation",
        )
    with op.batch_alter_table("follow_up_move", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_at", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("to_at", sa.Time(), nullable=True))
    op.create_table(
        "planned_talk",
        sa.Column("follow_up_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column(
            "how", _kinds("office", "home", "phone", "video", name="talkhow"), nullable=False
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_planned_talk_minutes")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_planned_talk_follow_up_id")
        ),
        sa.PrimaryKeyConstraint("follow_up_id", name=op.f("pk_planned_talk")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("planned_talk")
    with op.batch_alter_table("follow_up_move", schema=None) as batch_op:
        batch_op.drop_column("to_at")
        batch_op.drop_column("from_at")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_follow_up_reason_of_activation"), type_="check")
        batch_op.drop_column("revision")
        batch_op.drop_column("activation_reason")
        batch_op.drop_column("is_activation")
