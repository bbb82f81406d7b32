"""
Record exemptions, on grounds that are dated reference data, with their due items.

The tables of grounds, duties, reasons and the warning stay empty: ``grounds load`` fills them. On
the way down the exemptions go with their due items.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KIND_NAME = "ck_due_item_duekind"
KINDS = (
    "follow_up", "contact", "classify", "rest_decision", "arrange_handover",
    "pension_approaching", "pension_reached", "assign", "review_handover", "twelve_months",
    "message", "agreement",
)  # fmt: skip
ADDED = ("exemption_end", "exemption_plan", "exemption_review")
ACTS = ("granted", "extended", "corrected", "planned", "reviewed", "lapses", "ended")
NEXT_WITHOUT = """
    UPDATE dossier SET next_due_on = (
        SELECT min(due_item.due_on) FROM due_item
        WHERE due_item.dossier_id = dossier.id AND due_item.kind NOT LIKE 'exemption%'
    )
    WHERE dossier.id IN (SELECT dossier_id FROM due_item WHERE kind LIKE 'exemption%')
"""


def _one_of(name: str, values: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    """Apply."""
    _allow((*KINDS, *ADDED))
    text = sa.Column("explanation", sa.Text(), nullable=False)
    _create_fact("legal_duty", ["code"], [_code(), _name(), text])
    _create_fact("exemption_reason", ["code"], [_code(), _name()])
    _create_fact(
        "sanction_warning", ["code"],
        [_code(), _name(), sa.Column("text", sa.Text(), nullable=False)],
    )  # fmt: skip
    _create_fact("legal_ground", ["code"], _ground(), {
        "article_filled": "article <> ''",
        "terms": "max_months >= 0 AND child_until_years >= 0 AND plan_months >= 0"
                 " AND review_months >= 0",
    })  # fmt: skip
    _create_fact(
        "exemption", ["dossier_id"], _exemption(),
        {"justification_filled": "justification <> ''", "ends_later": "ends_on >= valid_from"},
        named=False,
    )  # fmt: skip
    op.create_index(
        "ix_exemption_report", "exemption",
        ["municipality_id", "valid_from", "valid_to", "ends_on", "dossier_id"],
    )  # fmt: skip


def _allow(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("due_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_NAME), type_="check")
        batch_op.create_check_constraint(batch_op.f(KIND_NAME), _one_of("kind", kinds))


def _code() -> sa.Column[Any]:
    return sa.Column("code", sa.String(), nullable=False)


def _name() -> sa.Column[Any]:
    return sa.Column("name", sa.String(), nullable=False)


def _ground() -> list[sa.Column[Any]]:
    flags = ("end_required", "seen_required", "on_request", "once")
    numbers = ("max_months", "child_until_years", "plan_months", "review_months")
    return [
        _code(), _name(), sa.Column("article", sa.String(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("lifts", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in flags),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
    ]  # fmt: skip


def _exemption() -> list[sa.Column[Any]]:
    ids = ("dossier_id", "municipality_id", "ground_id", "reason_id", "organisation_id")
    days = ("ends_on", "review_on", "plan_due_on", "plan_made_on", "seen_on", "requested_on",
            "child_born_on")  # fmt: skip
    acts = sa.Enum(*ACTS, name="act", native_enum=False, create_constraint=True, length=40)
    return [
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ids),
        sa.Column("justification", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in days),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision_reference", sa.String(), nullable=False),
        sa.Column("lapses", sa.Boolean(), nullable=False),
        sa.Column("act", acts, nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_refers("exemption", {
            "dossier_id": "dossier.id", "municipality_id": "municipality.id",
            "ground_id": "legal_ground.id", "reason_id": "exemption_reason.id",
            "organisation_id": "organisation.id",
        }),
    ]  # fmt: skip


def _refers(table: str, columns: dict[str, str]) -> list[Any]:
    return [
        sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}"))
        for name, target in columns.items()
    ]


def _create_fact(
    table: str, key: list[str], columns: list[Any], checks: dict[str, str] | None = None,
    *, named: bool = True,
) -> None:  # fmt: skip
    """Create a table of bitemporal rows; reference data (``named``) may come from nobody."""
    rules = {"known": "superseded_at >= recorded_at", "period": "valid_to > valid_from",
             **(checks or {})}  # fmt: skip
    if named:
        rules["name_filled"] = "name <> ''"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=named),
        *(sa.CheckConstraint(r, name=op.f(f"ck_{table}_{name}")) for name, r in rules.items()),
        *_refers(table, {"recorded_by_id": "user_account.id"}),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    known = sa.text("superseded_at IS NULL")
    running = sa.text("superseded_at IS NULL AND valid_to IS NULL")
    op.create_index(f"ix_{table}_history", table, [*key, "recorded_at"])
    for name, more, where in (("known", ["valid_from"], known), ("running", [], running)):
        op.create_index(
            f"uq_{table}_{name}", table, [*key, *more], unique=True,
            sqlite_where=where, postgresql_where=where,
        )  # fmt: skip


def downgrade() -> None:
    """Take back."""
    for table in (
        "exemption", "legal_ground", "sanction_warning", "exemption_reason", "legal_duty",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute(NEXT_WITHOUT)
    op.execute("DELETE FROM due_item WHERE kind LIKE 'exemption%'")
    _allow(KINDS)
