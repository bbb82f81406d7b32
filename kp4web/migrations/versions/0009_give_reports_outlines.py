"""Keep the outlines of a team: headings for reports."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_outline_name_filled")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_outline_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outline_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["user_account.id"], name=op.f("fk_outline_retired_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outline")),
    )
    in_use = sa.text("retired_at IS NULL")
    op.create_index(
        "ix_outline_in_use", "outline", ["organisation_id", "name"], unique=True,
        sqlite_where=in_use, postgresql_where=in_use,
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_table("outline")
