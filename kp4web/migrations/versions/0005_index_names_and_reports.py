"""
Index names by the slips people make in them, and the words of reports; keep filters per user.

The indexes are filled from what is there, by the folding of the application. On the way down
they go, and so do the saved filters and the choice to work without shortcuts.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from kp4web.domain.names import fold
from kp4web.domain.spelling import name_keys

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
BY_CODE_POINT = sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql")
CLIENTS = """
    SELECT id, municipality_id, search_name FROM client
    WHERE id > :after ORDER BY id LIMIT :number
"""
SOURCES = (("conversation", "conversation_id"), ("contact_attempt", "attempt_id"))
WORDS = {
    "sqlite": ":words",
    "postgresql": "to_tsvector('simple', :words) || strip(to_tsvector('dutch', :words))",
}
FTS = (
    """
    CREATE VIRTUAL TABLE report_index USING fts5(
        words, dossier_id, content='report_text', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0', prefix='3'
    )
    """,
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


def upgrade() -> None:
    """Apply."""
    _create_tables()
    if op.get_bind().dialect.name == "sqlite":
        for statement in FTS:
            op.execute(statement)
    else:
        op.create_index(
            "ix_report_text_words", "report_text", ["words"], postgresql_using="gin"
        )  # fmt: skip
    _index_names()
    _index_reports()
    op.add_column(
        "user_account",
        sa.Column("shortcuts", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def _create_tables() -> None:
    op.create_table(
        "name_key",
        sa.Column("municipality_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", BY_CODE_POINT, nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_name_key_client_id")),
        sa.PrimaryKeyConstraint("municipality_id", "key", "client_id", name=op.f("pk_name_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_name_key_client_id"), "name_key", ["client_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "report_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text() if on_sqlite else TSVECTOR(), nullable=False),
        sa.CheckConstraint(
            "(conversation_id IS NULL) <> (attempt_id IS NULL)",
            name=op.f("ck_report_text_one_source"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["contact_attempt.id"], name=op.f("fk_report_text_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_report_text_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_report_text_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_report_text_attempt_id")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_report_text_conversation_id")),
    )
    op.create_index(op.f("ix_report_text_dossier_id"), "report_text", ["dossier_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filter_name_filled")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )


def _index_names() -> None:
    for clients in _rows(CLIENTS):
        _insert(
            "INSERT INTO name_key VALUES (:municipality_id, :key, :client_id)",
            [
                {"municipality_id": place, "key": key, "client_id": client}
                for client, place, name in clients
                for key in sorted(name_keys(name))
            ],
        )


def _index_reports() -> None:
    words = WORDS[op.get_bind().dialect.name]
    for table, column in SOURCES:
        reports = (
            f"SELECT id, dossier_id, held_on, report FROM {table}"  # noqa: S608
            " WHERE id > :after AND report <> '' ORDER BY id LIMIT :number"
        )
        for rows in _rows(reports):
            _insert(
                f"INSERT INTO report_text (dossier_id, {column}, held_on, words)"  # noqa: S608
                f" VALUES (:dossier, :source, :held_on, {words})",
                [
                    {"source": source, "dossier": dossier, "held_on": day, "words": fold(report)}
                    for source, dossier, day, report in rows
                ],
            )


def _rows(query: str) -> Iterator[Sequence[Any]]:
    """Yield the rows in portions; their first column is the id by which they are read."""
    after = 0
    while rows := op.get_bind().execute(sa.text(query), {"after": after, "number": AT_ONCE}).all():
        yield rows
        after = rows[-1][0]


def _insert(statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(sa.text(statement), rows)


def downgrade() -> None:
    """Take back."""
    op.drop_column("user_account", "shortcuts")
    op.drop_table("saved_filter")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE report_index")
    op.drop_table("report_text")
    op.drop_table("name_key")
