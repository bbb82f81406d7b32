"""
Keep drafts of every form, not only of those about a dossier; note which forms were sent.

On the way down only the drafts about dossiers stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ABOUT = sa.Enum(
    "dossier", "application", "handover", "questionnaire", "nothing",
    name="about", native_enum=False, create_constraint=True, length=40,
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("draft") as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_dossier_id"))
        batch_op.drop_constraint(batch_op.f("fk_draft_dossier_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_draft_user_id_form_dossier_id"), type_="unique")
        batch_op.alter_column(
            "dossier_id", new_column_name="subject_id", existing_type=sa.Integer(),
            existing_nullable=False,
        )  # fmt: skip
        batch_op.add_column(
            sa.Column("about", _ABOUT, nullable=False, server_default=sa.text("'dossier'"))
        )
    with op.batch_alter_table("draft") as batch_op:
        batch_op.alter_column("about", existing_type=_ABOUT, server_default=None)
        batch_op.create_unique_constraint(
            batch_op.f("uq_draft_user_id_form_subject_id"), ["user_id", "form", "subject_id"]
        )
    op.create_table(
        "sent_form",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sent_form_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "submission", "content", name=op.f("pk_sent_form")),
    )
    op.create_index(op.f("ix_sent_form_sent_at"), "sent_form", ["sent_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("sent_form")
    op.execute(sa.text("DELETE FROM draft WHERE about <> 'dossier'"))
    with op.batch_alter_table("draft") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_draft_user_id_form_subject_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_draft_about"), type_="check")
        batch_op.drop_column("about")
        batch_op.alter_column(
            "subject_id", new_column_name="dossier_id", existing_type=sa.Integer(),
            existing_nullable=False,
        )  # fmt: skip
    with op.batch_alter_table("draft") as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_draft_dossier_id"), "dossier", ["dossier_id"], ["id"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_draft_user_id_form_dossier_id"), ["user_id", "form", "dossier_id"]
        )
        batch_op.create_index(batch_op.f("ix_draft_dossier_id"), ["dossier_id"])
