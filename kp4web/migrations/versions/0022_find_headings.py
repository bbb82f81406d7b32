"""
Find what stands under the two headings of a dossier by its words, as reports are found.

Filled from what stands there now; on the way down those words go.
"""

import sqlalchemy as sa
from alembic import op

from kp4web.domain.names import fold

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
THREE = ("conversation_id", "attempt_id", "addition_id")
FOUR = (*THREE, "heading_version_id")
WORDS = {
    "sqlite": ":words",
    "postgresql": "to_tsvector('simple', :words) || strip(to_tsvector('dutch', :words))",
}
STANDING = """
    SELECT id, dossier_id, written_on, text FROM heading_version AS one
    WHERE id > :after AND text <> '' AND NOT EXISTS (
        SELECT id FROM heading_version AS later
        WHERE later.dossier_id = one.dossier_id AND later.heading = one.heading
        AND later.version > one.version
    )
    ORDER BY id LIMIT :number
"""
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


def _one_of(columns: tuple[str, ...]) -> str:
    return f"({' + '.join(f'CASE WHEN {one} IS NULL THEN 0 ELSE 1 END' for one in columns)}) = 1"


def _follow() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in FOLLOW:
            op.execute(statement)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_text_one_source"), type_="check")
        batch_op.add_column(sa.Column("heading_version_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_report_text_heading_version_id"), "heading_version",
            ["heading_version_id"], ["id"],
        )  # fmt: skip
        batch_op.create_unique_constraint(
            batch_op.f("uq_report_text_heading_version_id"), ["heading_version_id"]
        )
        batch_op.create_check_constraint(batch_op.f("ck_report_text_one_source"), _one_of(FOUR))
    _follow()
    _fill()


def _fill() -> None:
    connection, after = op.get_bind(), 0
    adding = sa.text(
        "INSERT INTO report_text (dossier_id, heading_version_id, held_on, words)"  # noqa: S608
        f" VALUES (:dossier, :source, :held_on, {WORDS[connection.dialect.name]})"
    )
    while rows := connection.execute(
        sa.text(STANDING), {"after": after, "number": AT_ONCE}
    ).all():  # fmt: skip
        found = [
            {"source": source, "dossier": dossier, "held_on": day, "words": fold(text)}
            for source, dossier, day, text in rows
        ]
        connection.execute(adding, found)
        after = rows[-1][0]


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM report_text WHERE heading_version_id IS NOT NULL")
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_report_text_one_source"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_report_text_heading_version_id"), type_="unique")
        batch_op.drop_constraint(
            batch_op.f("fk_report_text_heading_version_id"), type_="foreignkey"
        )
        batch_op.drop_column("heading_version_id")
        batch_op.create_check_constraint(batch_op.f("ck_report_text_one_source"), _one_of(THREE))
    _follow()
