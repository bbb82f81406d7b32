"""
Record agreements, life areas and the participation step; count attempts since the last contact.

The count follows from what is there. On the way down the agreements go with their due items.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KIND_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message",
)  # fmt: skip
COUNT_ATTEMPTS = """
    UPDATE dossier SET attempts_since_contact = (
        SELECT count(*) FROM contact_attempt
        WHERE contact_attempt.dossier_id = dossier.id
        AND (dossier.last_contact_on IS NULL OR contact_attempt.held_on > dossier.last_contact_on)
    )
"""

NEXT_WITHOUT = """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item
        WHERE due_item.dossier_id = dossier.id AND due_item.kind <> 'agreement'
    )
    WHERE dossier.id IN (SELECT dossier_id FROM due_item WHERE kind = 'agreement')
"""


def _one_of(name: str, values: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(repr(value) for value in values)})"


def _kinds(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("life_areas", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("participation_step", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_conversation_participation_step"), "participation_step BETWEEN 1 AND 6"
        )
    op.add_column(
        "dossier",
        sa.Column(
            "attempts_since_contact", sa.Integer(), nullable=False, server_default=sa.text("0")
        ),
    )
    op.execute(COUNT_ATTEMPTS)
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_NAME), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(KIND_NAME), _one_of("kind", (*KINDS, "agreement"))
        )
    _create_agreements()


def _create_agreements() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", _kinds("resident", "consultant", "other", name="party"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "ending", _kinds("kept", "not_kept", "dropped", name="agreementending"), nullable=True
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("what <> ''", name=op.f("ck_agreement_what_filled")),
        sa.CheckConstraint(
            "(ending IS NULL) = (ended_at IS NULL)", name=op.f("ck_agreement_ended_whole")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_agreement_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_agreement_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_agreement_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_agreement_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_agreement_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_conversation_id"), "agreement", ["conversation_id"])
    op.create_index("ix_agreement_dossier", "agreement", ["dossier_id", "created_on", "id"])
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_agreement_open", "agreement", ["dossier_id", "due_on"],
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    op.drop_table("agreement")
    op.execute(NEXT_WITHOUT)
    op.execute("DELETE FROM due_item WHERE kind = 'agreement'")
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_NAME), type_="check")
        batch_op.create_check_constraint(batch_op.f(KIND_NAME), _one_of("kind", KINDS))
    op.drop_column("dossier", "attempts_since_contact")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conversation_participation_step"), type_="check")
        batch_op.drop_column("participation_step")
        batch_op.drop_column("life_areas")
