"""
Create the tables of questionnaires and of the versions of their file.

What cannot be kept on the way down: every questionnaire, answer and version in them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("validated", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_questionnaire_version_added_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint(
            "file_id", "version", name=op.f("uq_questionnaire_version_file_id_version")
        ),
        sa.UniqueConstraint("sha256", name=op.f("uq_questionnaire_version_sha256")),
    )

    op.create_table(
        "version_in_force",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_version_in_force_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_version_in_force_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_version_in_force_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_version_in_force_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_version_in_force_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_in_force")),
    )
    with op.batch_alter_table("version_in_force", schema=None) as batch_op:
        batch_op.create_index(
            "ix_version_in_force_history", ["organisation_id", "recorded_at"], unique=False
        )
        batch_op.create_index(
            "uq_version_in_force_known",
            ["organisation_id", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_version_in_force_running",
            ["organisation_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "completed",
                "discarded",
                name="questionnairestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("discard_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'discarded') = (discard_reason <> '')",
            name=op.f("ck_questionnaire_discard_reason_filled"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_questionnaire_ended_whole")
        ),
        sa.CheckConstraint(
            "application_id IS NOT NULL OR dossier_id IS NOT NULL",
            name=op.f("ck_questionnaire_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_questionnaire_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_questionnaire_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_questionnaire_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_questionnaire_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_questionnaire_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user_account.id"], name=op.f("fk_questionnaire_started_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_questionnaire_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
    )
    with op.batch_alter_table("questionnaire", schema=None) as batch_op:
        batch_op.create_index(
            "ix_questionnaire_application", ["application_id", "started_at"], unique=False
        )
        batch_op.create_index(
            "ix_questionnaire_dossier", ["dossier_id", "started_at"], unique=False
        )
        batch_op.create_index(
            "uq_questionnaire_open_application",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_questionnaire_open_dossier",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_answer_revision")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_answer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_answer_questionnaire_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "questionnaire_id", "question", name=op.f("uq_answer_questionnaire_id_question")
        ),
    )

    op.create_table(
        "profile_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("profile BETWEEN 1 AND 4", name=op.f("ck_profile_suggestion_profile")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_profile_suggestion_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_suggestion")),
        sa.UniqueConstraint(
            "questionnaire_id", name=op.f("uq_profile_suggestion_questionnaire_id")
        ),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("profile_suggestion")

    op.drop_table("answer")

    with op.batch_alter_table("questionnaire", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_questionnaire_open_dossier",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "uq_questionnaire_open_application",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_questionnaire_dossier")
        batch_op.drop_index("ix_questionnaire_application")

    op.drop_table("questionnaire")

    with op.batch_alter_table("version_in_force", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_version_in_force_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_version_in_force_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_version_in_force_history")

    op.drop_table("version_in_force")

    op.drop_table("questionnaire_version")
