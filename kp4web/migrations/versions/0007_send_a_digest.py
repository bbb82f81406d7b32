"""
Send the work list by e-mail: who wants it how often, and each one that was sent or tried.

On the way down both go: nobody gets an e-mail any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _kinds(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "digest_setting",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rhythm", _kinds("off", "daily", "weekly", name="rhythm"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_digest_setting_weekday")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_digest_setting_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_setting")),
    )
    op.create_table(
        "digest_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome", _kinds("sent", "refused", "unknown", name="sendoutcome"), nullable=True
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_digest_sent_ended_whole")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_digest_sent_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_sent")),
        sa.UniqueConstraint("user_id", "for_day", name=op.f("uq_digest_sent_user_id_for_day")),
    )
    op.create_index("ix_digest_sent_for_day", "digest_sent", ["for_day"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("digest_sent")
    op.drop_table("digest_setting")
