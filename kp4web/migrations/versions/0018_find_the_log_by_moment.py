"""Find entries of the log by municipality and moment: for a period, and for what stands out."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_audit_entry_moment", "audit_entry", ["municipality_id", "started_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_audit_entry_moment", table_name="audit_entry")
