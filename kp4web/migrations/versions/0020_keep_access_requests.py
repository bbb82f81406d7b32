"""
Keep access requests (AVG art. 15): received when, identity checked how, and how they ended.

On the way down the requests go; what they gave was never stored.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE = "access_request"
PREPARED = sa.text("state = 'prepared'")
IDENTITY = ("in_person", "digid", "home_visit", "representative")
STATES = ("prepared", "released", "returned", "withdrawn")


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("identity", _one_of(IDENTITY, "identitycheck"), nullable=False),
        sa.Column("identity_note", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of(STATES, "requeststate"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "identity_note <> ''", name=op.f("ck_access_request_identity_note_filled")
        ),
        sa.CheckConstraint(
            "(state = 'prepared') = (ended_at IS NULL)", name=op.f("ck_access_request_ended_whole")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_access_request_ended_by_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'released') = (open_until IS NOT NULL)",
            name=op.f("ck_access_request_open_until"),
        ),
        sa.CheckConstraint(
            "(state IN ('returned', 'withdrawn')) = (end_reason <> '')",
            name=op.f("ck_access_request_end_reason_filled"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{TABLE}_{column}"))
            for column, target in (
                ("dossier_id", "dossier.id"),
                ("municipality_id", "municipality.id"),
                ("prepared_by_id", "user_account.id"),
                ("ended_by_id", "user_account.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index(
        "uq_access_request_prepared", TABLE, ["dossier_id"], unique=True,
        sqlite_where=PREPARED, postgresql_where=PREPARED,
    )  # fmt: skip
    op.create_index("ix_access_request_dossier", TABLE, ["dossier_id", "prepared_at"])
    op.create_index(
        "ix_access_request_municipality", TABLE, ["municipality_id", "state", "received_on"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table(TABLE)
