"""
Add to reports after they were saved, find those words too, and ask about reports.

On the way down the additions and the questions go with their words and their due items.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KIND_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message", "agreement", "exemption_end", "exemption_plan", "exemption_review",
    "signal_review", "signal_returned", "signal_outcome",
)  # fmt: skip
NEW_KINDS = ("question", "question_asked", "answer")
ONE_OF_TWO = "(conversation_id IS NULL) <> (attempt_id IS NULL)"
ONE_OF_THREE = (
    "(CASE WHEN conversation_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN attempt_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN addition_id IS NULL THEN 0 ELSE 1 END) = 1"
)
FOLLOW = (
    """
    CREATE TRIGGER report_text_added AFTER INSERT ON report_text BEGIN
        INSERT INTO report_index (rowid, words, dossier_id)
        VALUES (new.id, new.words, new.dossier_id);
    END
    """,
    """
    CREATE TRIGGER report_text_removed AFTER DELETE ON report_text BEGIN
        INSERT INTO report_index (report_index, rowid, words, dossier_id)
        VALUES ('delete', old.id, old.words, old.dossier_id);
    END
    """,
    """
    CREATE TRIGGER report_text_changed AFTER UPDATE ON report_text BEGIN
        INSERT INTO report_index (report_index, rowid, words, dossier_id)
        VALUES ('delete', old.id, old.words, old.dossier_id);
        INSERT INTO report_index (rowid, words, dossier_id)
        VALUES (new.id, new.words, new.dossier_id);
    END
    """,
)
"""A table that SQLite replaces loses its triggers; the index itself keeps the numbers of rows."""
NEXT_WITHOUT = """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item
        WHERE due_item.dossier_id = dossier.id
        AND due_item.kind NOT IN ('question', 'question_asked', 'answer')
    )
    WHERE dossier.id IN (
        SELECT dossier_id FROM due_item WHERE kind IN ('question', 'question_asked', 'answer')
    )
"""


def _one_of(values: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    """Apply."""
    _create_additions()
    _create_questions()
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_text_one_source"), type_="check")
        batch_op.add_column(sa.Column("addition_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_report_text_addition_id"), "report_addition", ["addition_id"], ["id"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_report_text_addition_id"), ["addition_id"])
        batch_op.create_check_constraint(batch_op.f("ck_report_text_one_source"), ONE_OF_THREE)
    _follow()
    _allow((*KINDS, *NEW_KINDS))


def _follow() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in FOLLOW:
            op.execute(statement)


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_NAME), type_="check")
        batch_op.create_check_constraint(batch_op.f(KIND_NAME), _one_of(kinds))


def _create_additions() -> None:
    kind = sa.Enum(
        "correction", "addition", "response",
        name="additionkind", native_enum=False, create_constraint=True, length=40,
    )  # fmt: skip
    op.create_table(
        "report_addition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_report_addition_text_filled")),
        sa.CheckConstraint(
            "kind = 'response' OR reason <> ''", name=op.f("ck_report_addition_reason_filled")
        ),
        *_references(
            "report_addition", dossier_id="dossier", municipality_id="municipality",
            conversation_id="conversation", author_id="user_account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_addition")),
        sa.UniqueConstraint("submission", name=op.f("uq_report_addition_submission")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_report_addition_conversation_id"), "report_addition", ["conversation_id"]
    )
    op.create_index(
        "ix_report_addition_dossier", "report_addition", ["dossier_id", "dated_on", "id"]
    )


def _create_questions() -> None:
    op.create_table(
        "report_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("question <> ''", name=op.f("ck_report_question_question_filled")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_report_question_answered_whole")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_report_question_ended_whole"),
        ),
        *_references(
            "report_question", dossier_id="dossier", conversation_id="conversation",
            asked_by_id="user_account", answered_by_id="user_account", ended_by_id="user_account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_question")),
        sa.UniqueConstraint("submission", name=op.f("uq_report_question_submission")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_report_question_conversation_id"), "report_question", ["conversation_id"]
    )
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_report_question_open", "report_question", ["dossier_id"],
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def _references(name: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, target in targets.items()
    ]


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM report_text WHERE addition_id IS NOT NULL")
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_text_one_source"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_report_text_addition_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_report_text_addition_id"), type_="foreignkey")
        batch_op.drop_column("addition_id")
        batch_op.create_check_constraint(batch_op.f("ck_report_text_one_source"), ONE_OF_TWO)
    _follow()
    op.execute(NEXT_WITHOUT)
    op.execute("DELETE FROM due_item WHERE kind IN ('question', 'question_asked', 'answer')")
    _allow(KINDS)
    op.drop_table("report_question")
    op.drop_table("report_addition")
