"""
Open a dossier with a reason: who, which, why, and until when.

On the way down the grants go: what was opened is closed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ROLES = (
    "consultant", "coordinator", "intake", "job_coach", "agency_coordinator", "income_officer",
    "policy_officer", "data_protection_officer", "privacy_officer", "administrator",
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "reason_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reason_grant_reason_filled")),
        sa.CheckConstraint("expires_at > granted_at", name=op.f("ck_reason_grant_expires_later")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reason_grant_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_reason_grant_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_reason_grant_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_grant")),
    )
    for name, columns in (
        ("user", ["user_id", "expires_at"]),
        ("dossier", ["dossier_id", "granted_at"]),
        ("municipality", ["municipality_id", "granted_at"]),
    ):
        op.create_index(f"ix_reason_grant_{name}", "reason_grant", columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table("reason_grant")
