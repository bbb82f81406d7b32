"""Create the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("name", name=op.f("uq_municipality_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_hash", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account", ["account_hash", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_address", ["address_hash", "at"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_household_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_municipality_id"), ["municipality_id"], unique=False
        )

    op.create_table(
        "municipality_norms",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("investigation_contact_weeks", sa.Integer(), nullable=False),
        sa.Column("support_contact_months", sa.Integer(), nullable=False),
        sa.Column("classify_weeks", sa.Integer(), nullable=False),
        sa.Column("rest_decision_weeks", sa.Integer(), nullable=False),
        sa.Column("rest_max_months", sa.Integer(), nullable=False),
        sa.Column("floor_months", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_municipality_norms_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_id", name=op.f("pk_municipality_norms")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "municipality",
                "work_agency",
                "operator",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'municipality') = (municipality_id IS NOT NULL)",
            name=op.f("ck_organisation_municipality"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_organisation_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("municipality_id", name=op.f("uq_organisation_municipality_id")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("pension_on", sa.Date(), nullable=False),
        sa.Column("pension_provisional", sa.Boolean(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column(
            "sort_name",
            sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("bsn_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bsn_hash", sa.String(), nullable=True),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "contact_preference",
            sa.Enum(
                "phone",
                "text_message",
                "email",
                "letter",
                "visit",
                "via_contact",
                name="contactpreference",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("interpreter", sa.String(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.CheckConstraint("surname <> ''", name=op.f("ck_client_surname_filled")),
        sa.CheckConstraint(
            "(bsn_hash IS NULL) = (bsn_sealed IS NULL)", name=op.f("ck_client_bsn_whole")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_client_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_client_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint(
            "municipality_id", "bsn_hash", name=op.f("uq_client_municipality_id_bsn_hash")
        ),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index(
            "ix_client_birth_date", ["municipality_id", "birth_date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_client_household_id"), ["household_id"], unique=False)
        batch_op.create_index("ix_client_sort", ["municipality_id", "sort_name"], unique=False)

    op.create_table(
        "household_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
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
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_household_member_name_filled")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_member_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
    )
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_member_household_id"), ["household_id"], unique=False
        )

    op.create_table(
        "served_municipality",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_served_municipality_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_served_municipality_organisation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "municipality_id", name=op.f("pk_served_municipality")
        ),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_is_initial", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_user_account_name_filled")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_user_account_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_user_account_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_account_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_account_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("bsn_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("bsn_hash", sa.String(), nullable=True),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "contact_preference",
            sa.Enum(
                "phone",
                "text_message",
                "email",
                "letter",
                "visit",
                "via_contact",
                name="contactpreference",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("interpreter", sa.String(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(profile IS NULL) = (decided_on IS NULL)", name=op.f("ck_application_decided_whole")
        ),
        sa.CheckConstraint("profile BETWEEN 1 AND 4", name=op.f("ck_application_profile")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_application_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_application_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["user_account.id"], name=op.f("fk_application_registered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("discussed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_contact_name_filled")),
        sa.CheckConstraint("until >= since", name=op.f("ck_contact_period")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_contact_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_client_id"), ["client_id"], unique=False)

    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "handover",
                "taken_over",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opening_reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "under_investigation",
                "rest",
                "support",
                "kp3",
                "stopped",
                name="trackkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("track_since", sa.Date(), nullable=False),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_dossier_client_id")),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["organisation.id"], name=op.f("fk_dossier_holder_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["user_account.id"], name=op.f("fk_dossier_lead_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_dossier_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_dossier_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("client_id", name=op.f("uq_dossier_client_id")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.create_index(
            "ix_dossier_holder_lead", ["holder_id", "lead_id", "kind"], unique=False
        )
        batch_op.create_index("ix_dossier_holder_next", ["holder_id", "next_due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(
            "ix_dossier_municipality", ["municipality_id", "opened_on"], unique=False
        )

    op.create_table(
        "profile_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "justification <> ''", name=op.f("ck_profile_decision_justification_filled")
        ),
        sa.CheckConstraint("profile BETWEEN 1 AND 4", name=op.f("ck_profile_decision_profile")),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_profile_decision_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_profile_decision_period")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_profile_decision_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_profile_decision_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_profile_decision_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_decision")),
    )
    with op.batch_alter_table("profile_decision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_profile_decision_history", ["client_id", "recorded_at"], unique=False
        )
        batch_op.create_index(
            "uq_profile_decision_known",
            ["client_id", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_profile_decision_running",
            ["client_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "screening_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_screening_round_period")),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_screening_round_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_screening_round_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_round")),
    )
    with op.batch_alter_table("screening_round", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_screening_round_municipality_id"), ["municipality_id"], unique=False
        )

    op.create_table(
        "user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "consultant",
                "coordinator",
                "intake",
                "job_coach",
                "agency_coordinator",
                "income_officer",
                "policy_officer",
                "data_protection_officer",
                "privacy_officer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["user_account.id"], name=op.f("fk_user_role_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["user_account.id"], name=op.f("fk_user_role_revoked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
    )
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.create_index(
            "uq_user_role_running",
            ["user_id", "role"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "welfare_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("ck_welfare_count_source_filled")),
        sa.CheckConstraint("households >= 0", name=op.f("ck_welfare_count_households")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_welfare_count_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_welfare_count_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_count")),
    )
    with op.batch_alter_table("welfare_count", schema=None) as batch_op:
        batch_op.create_index(
            "ix_welfare_count_date", ["municipality_id", "counted_on", "recorded_at"], unique=False
        )

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_assignment_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_assignment_period")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_assignment_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_assignment_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_assignment_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_assignment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_history", ["dossier_id", "recorded_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignment_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index("ix_assignment_user", ["user_id", "valid_from"], unique=False)
        batch_op.create_index(
            "uq_assignment_known",
            ["dossier_id", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_assignment_running",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("span_id", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("subjects_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_audit_entry_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_audit_entry_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_audit_entry_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_dossier", ["dossier_id", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_entry_municipality", ["municipality_id", "id"], unique=False
        )
        batch_op.create_index("ix_audit_entry_user", ["user_id", "id"], unique=False)

    op.create_table(
        "contact_attempt",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "no_answer",
                "no_show",
                "cancelled",
                name="attemptoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("held_at", sa.Time(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "face_to_face",
                "phone",
                "home_visit",
                "video",
                "in_writing",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_contact_attempt_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_contact_attempt_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_contact_attempt_municipality_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
        sa.UniqueConstraint("submission", name=op.f("uq_contact_attempt_submission")),
    )
    with op.batch_alter_table("contact_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_attempt_dossier", ["dossier_id", "held_on", "id"], unique=False
        )

    op.create_table(
        "conversation",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("is_contact", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("held_at", sa.Time(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "face_to_face",
                "phone",
                "home_visit",
                "video",
                "in_writing",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_conversation_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_conversation_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_conversation_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("submission", name=op.f("uq_conversation_submission")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversation_contact", ["dossier_id", "is_contact", "held_on"], unique=False
        )
        batch_op.create_index(
            "ix_conversation_dossier", ["dossier_id", "held_on", "id"], unique=False
        )

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_draft_dossier_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "user_id", "form", "dossier_id", name=op.f("uq_draft_user_id_form_dossier_id")
        ),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_saved_at"), ["saved_at"], unique=False)

    op.create_table(
        "guidance_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_guidance_period_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_guidance_period_period")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_guidance_period_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_guidance_period_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_guidance_period_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_guidance_period_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_period")),
    )
    with op.batch_alter_table("guidance_period", schema=None) as batch_op:
        batch_op.create_index(
            "ix_guidance_period_history", ["dossier_id", "recorded_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_guidance_period_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            "uq_guidance_period_known",
            ["dossier_id", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_guidance_period_running",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("from_organisation_id", sa.Integer(), nullable=False),
        sa.Column("to_organisation_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                name="handoverstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') = (ended_at IS NULL)", name=op.f("ck_handover_ended_whole")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_handover_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_handover_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_handover_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_from_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_handover_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["user_account.id"], name=op.f("fk_handover_offered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisation.id"], name=op.f("fk_handover_to_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("application_id", name=op.f("uq_handover_application_id")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(
            "ix_handover_from", ["from_organisation_id", "state", "offered_on"], unique=False
        )
        batch_op.create_index(
            "ix_handover_to", ["to_organisation_id", "state", "offered_on"], unique=False
        )

    op.create_table(
        "pension_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("postponed_to", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_pension_note_note_filled")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_pension_note_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_pension_note_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pension_note")),
    )
    with op.batch_alter_table("pension_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pension_note_dossier_id"), ["dossier_id"], unique=False
        )

    op.create_table(
        "screening_member",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_screening_member_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_screening_member_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["screening_round.id"], name=op.f("fk_screening_member_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "dossier_id", name=op.f("pk_screening_member")),
    )
    with op.batch_alter_table("screening_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_screening_member_dossier_id"), ["dossier_id"], unique=False
        )

    op.create_table(
        "subgroup_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "subgroup",
            sa.Enum(
                "disability",
                "language",
                "near_pension",
                "caregiver",
                "improved",
                "hidden_problems",
                name="subgroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_subgroup_period_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_subgroup_period_period")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_subgroup_period_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipality.id"],
            name=op.f("fk_subgroup_period_municipality_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_subgroup_period_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subgroup_period")),
    )
    with op.batch_alter_table("subgroup_period", schema=None) as batch_op:
        batch_op.create_index(
            "ix_subgroup_period_history", ["dossier_id", "subgroup", "recorded_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_subgroup_period_municipality_id"), ["municipality_id"], unique=False
        )
        batch_op.create_index(
            "uq_subgroup_period_known",
            ["dossier_id", "subgroup", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_subgroup_period_running",
            ["dossier_id", "subgroup"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "track_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "under_investigation",
                "rest",
                "support",
                "kp3",
                "stopped",
                name="trackkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column(
            "stop_reason",
            sa.Enum(
                "pension_age",
                "moved",
                "deceased",
                "paid_work",
                "benefit_ended",
                "handed_over",
                "other",
                name="stopreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("avoid", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'rest') = (planned_end IS NOT NULL)", name=op.f("ck_track_period_planned_end")
        ),
        sa.CheckConstraint(
            "(kind = 'stopped') = (stop_reason IS NOT NULL)",
            name=op.f("ck_track_period_stop_reason"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_track_period_reason_filled")),
        sa.CheckConstraint(
            "planned_end > valid_from", name=op.f("ck_track_period_planned_end_later")
        ),
        sa.CheckConstraint("superseded_at >= recorded_at", name=op.f("ck_track_period_known")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_track_period_period")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_track_period_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_track_period_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_track_period_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_period")),
    )
    with op.batch_alter_table("track_period", schema=None) as batch_op:
        batch_op.create_index(
            "ix_track_period_history", ["dossier_id", "recorded_at"], unique=False
        )
        batch_op.create_index(
            "ix_track_period_report",
            ["municipality_id", "valid_from", "valid_to", "kind", "dossier_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_track_period_known",
            ["dossier_id", "valid_from"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_track_period_running",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )

    op.create_table(
        "due_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("handover_id", sa.Integer(), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "follow_up",
                "contact",
                "classify",
                "rest_decision",
                "arrange_handover",
                "pension_approaching",
                "pension_reached",
                "assign",
                "review_handover",
                "twelve_months",
                "message",
                name="duekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(dossier_id IS NULL) <> (handover_id IS NULL)", name=op.f("ck_due_item_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_due_item_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_due_item_handover_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_due_item_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_due_item_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_due_item_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_item")),
    )
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_due_item_coordinators",
            ["organisation_id", "due_on", "id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NULL"),
            postgresql_where=sa.text("user_id IS NULL"),
        )
        batch_op.create_index("ix_due_item_dossier", ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_due_item_handover_id"), ["handover_id"], unique=False)
        batch_op.create_index("ix_due_item_user", ["user_id", "due_on", "id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "done",
                "closed",
                name="followupending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ending IS NULL) = (ended_at IS NULL)", name=op.f("ck_follow_up_ended_whole")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_follow_up_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_follow_up_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_follow_up_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_follow_up_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_follow_up_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_follow_up_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index("ix_follow_up_dossier", ["dossier_id", "due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_follow_up_open",
            ["dossier_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "text <> '' OR conversation_id IS NOT NULL", name=op.f("ck_message_says_something")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_message_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_message_dossier_id")),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["user_account.id"], name=op.f("fk_message_read_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("submission", name=op.f("uq_message_submission")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_dossier", ["dossier_id", "written_at"], unique=False)

    op.create_table(
        "follow_up_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_follow_up_move_follow_up_id")
        ),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["user_account.id"], name=op.f("fk_follow_up_move_moved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_move")),
    )
    with op.batch_alter_table("follow_up_move", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_move_follow_up_id"), ["follow_up_id"], unique=False
        )

    head = sa.table("audit_head", sa.column("id"), sa.column("last_id"), sa.column("last_hash"))
    op.bulk_insert(head, [{"id": 1, "last_id": 0, "last_hash": "0" * 64}])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("follow_up_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_move_follow_up_id"))

    op.drop_table("follow_up_move")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_dossier")

    op.drop_table("message")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_follow_up_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_follow_up_dossier")

    op.drop_table("follow_up")
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_index("ix_due_item_user")
        batch_op.drop_index(batch_op.f("ix_due_item_handover_id"))
        batch_op.drop_index("ix_due_item_dossier")
        batch_op.drop_index(
            "ix_due_item_coordinators",
            sqlite_where=sa.text("user_id IS NULL"),
            postgresql_where=sa.text("user_id IS NULL"),
        )

    op.drop_table("due_item")
    with op.batch_alter_table("track_period", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_track_period_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_track_period_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_track_period_report")
        batch_op.drop_index("ix_track_period_history")

    op.drop_table("track_period")
    with op.batch_alter_table("subgroup_period", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subgroup_period_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_subgroup_period_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_subgroup_period_municipality_id"))
        batch_op.drop_index("ix_subgroup_period_history")

    op.drop_table("subgroup_period")
    with op.batch_alter_table("screening_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_member_dossier_id"))

    op.drop_table("screening_member")
    with op.batch_alter_table("pension_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pension_note_dossier_id"))

    op.drop_table("pension_note")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_to")
        batch_op.drop_index("ix_handover_from")
        batch_op.drop_index(batch_op.f("ix_handover_dossier_id"))

    op.drop_table("handover")
    with op.batch_alter_table("guidance_period", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_guidance_period_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_guidance_period_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_guidance_period_municipality_id"))
        batch_op.drop_index("ix_guidance_period_history")

    op.drop_table("guidance_period")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_saved_at"))
        batch_op.drop_index(batch_op.f("ix_draft_dossier_id"))

    op.drop_table("draft")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_dossier")
        batch_op.drop_index("ix_conversation_contact")

    op.drop_table("conversation")
    with op.batch_alter_table("contact_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_attempt_dossier")

    op.drop_table("contact_attempt")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_user")
        batch_op.drop_index("ix_audit_entry_municipality")
        batch_op.drop_index("ix_audit_entry_dossier")

    op.drop_table("audit_entry")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_assignment_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_assignment_user")
        batch_op.drop_index(batch_op.f("ix_assignment_municipality_id"))
        batch_op.drop_index("ix_assignment_history")

    op.drop_table("assignment")
    with op.batch_alter_table("welfare_count", schema=None) as batch_op:
        batch_op.drop_index("ix_welfare_count_date")

    op.drop_table("welfare_count")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_user_role_running",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("user_role")
    with op.batch_alter_table("screening_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_round_municipality_id"))

    op.drop_table("screening_round")
    with op.batch_alter_table("profile_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_profile_decision_running",
            sqlite_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL AND valid_to IS NULL"),
        )
        batch_op.drop_index(
            "uq_profile_decision_known",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_profile_decision_history")

    op.drop_table("profile_decision")
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_index("ix_dossier_municipality")
        batch_op.drop_index(batch_op.f("ix_dossier_lead_id"))
        batch_op.drop_index("ix_dossier_holder_next")
        batch_op.drop_index("ix_dossier_holder_lead")

    op.drop_table("dossier")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_client_id"))

    op.drop_table("contact")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_organisation_id"))

    op.drop_table("application")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_organisation_id"))

    op.drop_table("user_account")
    op.drop_table("served_municipality")
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_member_household_id"))

    op.drop_table("household_member")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index("ix_client_sort")
        batch_op.drop_index(batch_op.f("ix_client_household_id"))
        batch_op.drop_index("ix_client_birth_date")

    op.drop_table("client")
    op.drop_table("organisation")
    op.drop_table("municipality_norms")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_municipality_id"))

    op.drop_table("household")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_address")
        batch_op.drop_index("ix_sign_in_attempt_account")

    op.drop_table("sign_in_attempt")
    op.drop_table("municipality")
    op.drop_table("audit_head")
