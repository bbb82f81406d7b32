"""
Keep the place of a planned talk with each of its moves: it can change in the same step.

On the way down the places go; the talk keeps the last one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in ("from_place", "to_place"):
        op.add_column("follow_up_move", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("follow_up_move", schema=None) as batch_op:
        for name in ("to_place", "from_place"):
            batch_op.drop_column(name)
