"""
Duties, grounds, reason categories and the warning about the consequence: rows with a period.

A change of the law is a new row from a day on, which may lie ahead; nothing here is a constant of
the program. An exemption keeps the very row that it rests on.
"""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from kp4web.domain.exemptions import Terms
from kp4web.extensions import Base
from kp4web.facts import Fact


class _Reference(Fact):
    """A row of reference data: known by its code, from a day on."""

    key = ("code",)

    @declared_attr
    def recorded_by_id(cls) -> Mapped[int | None]:  # type: ignore[override]  # noqa: N805
        """Return the column of who recorded it; empty when it came from the command line."""
        return mapped_column(ForeignKey("user_account.id"))


class LegalDuty(_Reference, Base):
    """A duty of the Participatiewet that an exemption can lift."""

    __tablename__ = "legal_duty"
    content = ("name", "explanation")
    extra_args = (CheckConstraint("name <> ''", name="name_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    explanation: Mapped[str] = mapped_column(Text, default="")


class LegalGround(_Reference, Base):
    """A legal ground of exemption with what it asks; 0 means that there is no such rule."""

    __tablename__ = "legal_ground"
    content = (
        "name", "article", "explanation", "lifts", "end_required", "seen_required", "on_request",
        "once", "max_months", "child_until_years", "plan_months", "review_months",
    )  # fmt: skip
    extra_args = (
        CheckConstraint("name <> ''", name="name_filled"),
        CheckConstraint("article <> ''", name="article_filled"),
        CheckConstraint(
            "max_months >= 0 AND child_until_years >= 0 AND plan_months >= 0"
            " AND review_months >= 0",
            name="terms",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    article: Mapped[str]
    explanation: Mapped[str] = mapped_column(Text, default="")
    lifts: Mapped[list[str]] = mapped_column(JSON)
    """Codes of duties; which duty a code is, is dated too."""
    end_required: Mapped[bool]
    seen_required: Mapped[bool]
    on_request: Mapped[bool]
    once: Mapped[bool]
    max_months: Mapped[int]
    child_until_years: Mapped[int]
    plan_months: Mapped[int]
    review_months: Mapped[int]

    @property
    def terms(self) -> Terms:
        """Return what this ground asks, as the domain reads it."""
        return Terms(
            end_required=self.end_required, seen_required=self.seen_required,
            on_request=self.on_request, once=self.once, max_months=self.max_months,
            child_until_years=self.child_until_years, plan_months=self.plan_months,
            review_months=self.review_months,
        )  # fmt: skip


class ExemptionReason(_Reference, Base):
    """A category of reasons; never a diagnosis."""

    __tablename__ = "exemption_reason"
    content = ("name",)
    extra_args = (CheckConstraint("name <> ''", name="name_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]


class SanctionWarning(_Reference, Base):
    """The words about the consequence that stand on the form of a sanction signal."""

    __tablename__ = "sanction_warning"
    content = ("name", "text")
    extra_args = (CheckConstraint("name <> ''", name="name_filled"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    """The article."""
    text: Mapped[str] = mapped_column(Text)
