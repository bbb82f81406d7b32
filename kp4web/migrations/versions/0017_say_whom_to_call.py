"""Say whom to call: phone numbers of organisations and users; on the way down they go."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = (("organisation", "phone"), ("organisation", "reachable"), ("user_account", "phone"))


def upgrade() -> None:
    """Apply."""
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    for table, column in reversed(COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
