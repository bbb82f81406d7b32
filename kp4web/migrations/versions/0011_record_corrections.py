"""
Record who corrected a fact and why; count what was open by the days it was guided.

On the way down the reasons go; the corrected facts stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "track", "assignment", name="corrected", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaced", sa.JSON(), nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.CheckConstraint("why <> ''", name=op.f("ck_correction_why_filled")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_correction_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_correction_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_correction_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("submission", name=op.f("uq_correction_submission")),
    )  # fmt: skip
    op.create_index("ix_correction_dossier", "correction", ["dossier_id", "recorded_at"])
    op.drop_index("ix_guidance_period_municipality_id", "guidance_period")
    op.create_index(
        "ix_guidance_period_report",
        "guidance_period",
        ["municipality_id", "valid_from", "valid_to", "dossier_id"],
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_guidance_period_report", "guidance_period")
    op.create_index("ix_guidance_period_municipality_id", "guidance_period", ["municipality_id"])
    op.drop_table("correction")
