"""
Give applications a state and a handler, and move what was decided to rows of its own.

What cannot be kept on the way down: earlier decisions (the last one counts), what a decision
rested on, members of the household, partners, who handles it, and closings without a profile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATE = "state IN ('open', 'running', 'waiting', 'offered', 'returned', 'accepted', 'closed')"
CLOSING = "closing IN ('profile', 'withdrawn', 'other')"

DECISIONS_UP = """
    INSERT INTO application_decision (
        application_id, organisation_id, profile, justification, decided_on, decided_at,
        decided_by_id, basis, basis_reason, instrument, reference)
    SELECT id, organisation_id, profile, justification, decided_on, registered_at,
        decided_by_id, 'conversation', 'Vastgesteld voordat de vragenlijst in dit systeem stond.',
        '', ''
    FROM application WHERE profile IS NOT NULL ORDER BY id
"""
# Klantprofiel 4 without a hand-over is not closed: it waits for one, or for another decision.
STATES_UP = """
    UPDATE application SET
        handler_id = registered_by_id,
        closing_note = '',
        state = coalesce(
            (SELECT h.state FROM handover h WHERE h.application_id = application.id),
            CASE WHEN profile < 4 THEN 'closed' ELSE 'open' END),
        state_since = coalesce(
            (SELECT coalesce(h.ended_on, h.offered_on) FROM handover h
             WHERE h.application_id = application.id),
            decided_on, registered_on)
"""
CLOSED_UP = """
    UPDATE application SET closing = 'profile', closed_on = decided_on,
        closed_at = registered_at, closed_by_id = decided_by_id
    WHERE state = 'closed'
"""
DECISIONS_DOWN = """
    UPDATE application SET (profile, justification, decided_on, decided_by_id) = (
        SELECT d.profile, d.justification, d.decided_on, d.decided_by_id
        FROM application_decision d WHERE d.application_id = application.id
        ORDER BY d.decided_at DESC, d.id DESC LIMIT 1)
"""
UNDECIDED_DOWN = "UPDATE application SET justification = '' WHERE justification IS NULL"


def upgrade() -> None:
    """Apply."""
    _create_tables()
    for column in (
        sa.Column("handler_id", sa.Integer()),
        sa.Column("partner_id", sa.Integer()),
        sa.Column("state", sa.String(length=40)),
        sa.Column("state_since", sa.Date()),
        sa.Column("closing", sa.String(length=40)),
        sa.Column("closing_note", sa.Text()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by_id", sa.Integer()),
        sa.Column("submission", sa.String()),
    ):
        op.add_column("application", column)
    for statement in (DECISIONS_UP, STATES_UP, CLOSED_UP):
        op.execute(statement)
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_organisation_id"))
        batch_op.drop_constraint(batch_op.f("fk_application_decided_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("ck_application_decided_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_application_profile"), type_="check")
        for name in ("decided_by_id", "decided_on", "justification", "profile"):
            batch_op.drop_column(name)
        batch_op.alter_column("handler_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("state", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("state_since", existing_type=sa.Date(), nullable=False)
        batch_op.alter_column("closing_note", existing_type=sa.Text(), nullable=False)
        batch_op.create_check_constraint(batch_op.f("ck_application_applicationstate"), STATE)
        batch_op.create_check_constraint(batch_op.f("ck_application_closing"), CLOSING)
        batch_op.create_check_constraint(
            batch_op.f("ck_application_surname_filled"), "surname <> ''"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_bsn_whole"), "(bsn_hash IS NULL) = (bsn_sealed IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_closed_whole"), "(closing IS NULL) = (closed_at IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_partner_is_another"), "partner_id <> id"
        )
        batch_op.create_unique_constraint(batch_op.f("uq_application_submission"), ["submission"])
        batch_op.create_foreign_key(
            batch_op.f("fk_application_handler_id"), "user_account", ["handler_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_application_closed_by_id"), "user_account", ["closed_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_application_partner_id"), "application", ["partner_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_application_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(
            "ix_application_state", ["organisation_id", "state", "state_since", "id"], unique=False
        )
        batch_op.create_index("ix_application_bsn", ["organisation_id", "bsn_hash"], unique=False)
        batch_op.create_index(
            "ix_application_birth_date", ["organisation_id", "birth_date"], unique=False
        )


def _create_tables() -> None:
    op.create_table(
        "application_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "partner",
                "child",
                "parent",
                "other",
                name="householdrelation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_application_member_name_filled")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_member_application_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_member")),
    )
    with op.batch_alter_table("application_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_member_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "application_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "questionnaire",
                "elsewhere",
                "conversation",
                name="decisionbasis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("basis_reason", sa.Text(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=True),
        sa.Column("suggested_profile", sa.Integer(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.Column("measured_profile", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(basis = 'conversation') = (basis_reason <> '')",
            name=op.f("ck_application_decision_basis_reason"),
        ),
        sa.CheckConstraint(
            "(basis = 'elsewhere') = (instrument <> '' AND measured_on IS NOT NULL)",
            name=op.f("ck_application_decision_elsewhere_whole"),
        ),
        sa.CheckConstraint(
            "(basis = 'questionnaire') = (questionnaire_id IS NOT NULL)",
            name=op.f("ck_application_decision_questionnaire"),
        ),
        sa.CheckConstraint(
            "justification <> ''", name=op.f("ck_application_decision_justification_filled")
        ),
        sa.CheckConstraint(
            "measured_profile BETWEEN 1 AND 4",
            name=op.f("ck_application_decision_measured_profile"),
        ),
        sa.CheckConstraint("profile BETWEEN 1 AND 4", name=op.f("ck_application_decision_profile")),
        sa.CheckConstraint(
            "suggested_profile BETWEEN 1 AND 4",
            name=op.f("ck_application_decision_suggested_profile"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_decision_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_application_decision_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_application_decision_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaire.id"],
            name=op.f("fk_application_decision_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_decision")),
    )
    with op.batch_alter_table("application_decision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_decision_application",
            ["application_id", "decided_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_application_decision_figures", ["organisation_id", "decided_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_application_decision_questionnaire_id"),
            ["questionnaire_id"],
            unique=False,
        )

    op.create_table(
        "elsewhere_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column(
            "life_area",
            sa.Enum(
                "work",
                "health",
                "social",
                "housing_money",
                "justice",
                name="lifearea",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.String(length=20), nullable=False),
        sa.CheckConstraint("score <> ''", name=op.f("ck_elsewhere_score_score_filled")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["application_decision.id"],
            name=op.f("fk_elsewhere_score_decision_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_score")),
        sa.UniqueConstraint(
            "decision_id", "life_area", name=op.f("uq_elsewhere_score_decision_id_life_area")
        ),
    )


def downgrade() -> None:
    """Take back."""
    for column in (
        sa.Column("profile", sa.Integer()),
        sa.Column("justification", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by_id", sa.Integer()),
    ):
        op.add_column("application", column)
    for statement in (DECISIONS_DOWN, UNDECIDED_DOWN):
        op.execute(statement)
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_birth_date")
        batch_op.drop_index("ix_application_bsn")
        batch_op.drop_index("ix_application_state")
        batch_op.drop_index(batch_op.f("ix_application_partner_id"))
        for name in ("partner_id", "closed_by_id", "handler_id"):
            batch_op.drop_constraint(batch_op.f(f"fk_application_{name}"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_application_submission"), type_="unique")
        for name in (
            "partner_is_another", "closed_whole", "bsn_whole", "surname_filled", "closing",
            "applicationstate",
        ):  # fmt: skip
            batch_op.drop_constraint(batch_op.f(f"ck_application_{name}"), type_="check")
        for name in (
            "submission", "closed_by_id", "closed_at", "closed_on", "closing_note", "closing",
            "state_since", "state", "partner_id", "handler_id",
        ):  # fmt: skip
            batch_op.drop_column(name)
        batch_op.alter_column("justification", existing_type=sa.Text(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_application_decided_whole"), "(profile IS NULL) = (decided_on IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_application_profile"), "profile BETWEEN 1 AND 4"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_application_decided_by_id"), "user_account", ["decided_by_id"], ["id"]
        )
        batch_op.create_index(
            batch_op.f("ix_application_organisation_id"), ["organisation_id"], unique=False
        )

    op.drop_table("elsewhere_score")

    with op.batch_alter_table("application_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_decision_questionnaire_id"))
        batch_op.drop_index("ix_application_decision_figures")
        batch_op.drop_index("ix_application_decision_application")

    op.drop_table("application_decision")

    with op.batch_alter_table("application_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_member_application_id"))

    op.drop_table("application_member")
