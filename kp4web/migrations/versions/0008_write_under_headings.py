"""
Keep support need and activation: the two standing headings of a dossier, version after version.

On the way down they go: before, there was no place for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "heading_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "heading",
            sa.Enum(
                "support_need", "activation", name="heading", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "version > 1 OR (version = 1 AND text <> '')", name=op.f("ck_heading_version_version")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_heading_version_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"],
            name=op.f("fk_heading_version_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"],
            name=op.f("fk_heading_version_recorded_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_version")),
        sa.UniqueConstraint(
            "dossier_id", "heading", "version",
            name=op.f("uq_heading_version_dossier_id_heading_version"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_table("heading_version")
