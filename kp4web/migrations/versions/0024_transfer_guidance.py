"""
Transfer the guidance of many dossiers: what the council decided, its steps, the dossiers.

On the way down the preparation goes; the guidance periods that came of it stay.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATES = ("drafted", "offered", "returned", "confirmed", "executed", "withdrawn")
TRACKS = ("under_investigation", "rest", "support", "kp3", "stopped")
OUTCOMES = ("moved", "stopped", "elsewhere")


def _one_of(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _keys(table: str, links: Mapping[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in links.items()
    ]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("from_organisation_id", sa.Integer(), nullable=False),
        sa.Column("to_organisation_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", _one_of(STATES, "transferstate"), nullable=False),
        sa.CheckConstraint(
            "from_organisation_id <> to_organisation_id", name=op.f("ck_transfer_two_organisations")
        ),
        sa.CheckConstraint("effective_on >= decided_on", name=op.f("ck_transfer_decided_first")),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_transfer_reference_filled")),
        *_keys(
            "transfer",
            {
                "municipality_id": "municipality",
                "from_organisation_id": "organisation",
                "to_organisation_id": "organisation",
            },
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index("ix_transfer_from", "transfer", ["from_organisation_id", "id"])
    op.create_index("ix_transfer_to", "transfer", ["to_organisation_id", "id"])
    op.create_table(
        "transfer_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("state", _one_of(STATES, "transferstate"), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_keys("transfer_step", {"transfer_id": "transfer", "by_id": "user_account"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_step")),
    )
    op.create_index("ix_transfer_step_transfer", "transfer_step", ["transfer_id", "id"])
    op.create_table(
        "transfer_dossier",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("outcome", _one_of(OUTCOMES, "outcome"), nullable=True),
        sa.Column("kind", _one_of(TRACKS, "trackkind"), nullable=True),
        sa.Column("guided_from", sa.Date(), nullable=True),
        sa.Column("earlier_lead_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(COALESCE(outcome, '') = 'moved') = (guided_from IS NOT NULL)",
            name=op.f("ck_transfer_dossier_guided_whole"),
        ),
        *_keys(
            "transfer_dossier",
            {
                "transfer_id": "transfer",
                "dossier_id": "dossier",
                "receiver_id": "user_account",
                "earlier_lead_id": "user_account",
            },
        ),
        sa.PrimaryKeyConstraint("transfer_id", "dossier_id", name=op.f("pk_transfer_dossier")),
    )
    op.create_index("ix_transfer_dossier_dossier", "transfer_dossier", ["dossier_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("transfer_dossier")
    op.drop_table("transfer_step")
    op.drop_table("transfer")
