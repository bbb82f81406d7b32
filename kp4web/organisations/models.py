"""Organisations as rows: who they are, whom they serve, which norms they keep."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.due import Norms
from kp4web.extensions import Base


class Municipality(Base):
    """A municipality that guides people with klantprofiel 4."""

    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)


class Organisation(Base):
    """An organisation whose staff sign in: a municipality, the work agency, or the operator."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'municipality') = (municipality_id IS NOT NULL)", name="municipality"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganisationKind]
    name: Mapped[str] = mapped_column(unique=True)
    team: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    reachable: Mapped[str] = mapped_column(default="", server_default="")
    """When it can be called, in its own words."""
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), unique=True)

    @property
    def label(self) -> str:
        """Return the name with its team, as the header shows it."""
        return f"{self.name}, {self.team}" if self.team else self.name


class ServedMunicipality(Base):
    """A municipality for which the work agency does intake and income."""

    __tablename__ = "served_municipality"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)


class MunicipalityNorms(Base):
    """The norms of one municipality; without a row the defaults of ``Norms`` hold."""

    __tablename__ = "municipality_norms"

    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)
    investigation_contact_weeks: Mapped[int]
    support_contact_months: Mapped[int]
    classify_weeks: Mapped[int]
    rest_decision_weeks: Mapped[int]
    rest_max_months: Mapped[int]
    floor_months: Mapped[int]

    @property
    def norms(self) -> Norms:
        """Return the norms as the domain reads them."""
        return norms_in(self)


_NORMS = (
    "investigation_contact_weeks", "support_contact_months", "classify_weeks",
    "rest_decision_weeks", "rest_max_months", "floor_months",
)  # fmt: skip
NORMS = tuple(getattr(MunicipalityNorms, name) for name in _NORMS)
"""The columns that ``norms_in`` reads, for a statement with an outer join."""


def norms_in(row: Any) -> Norms:
    """Return the norms that stand in a row, or the defaults where no row was joined."""
    own = {name: getattr(row, name) for name in _NORMS}
    return Norms() if own["floor_months"] is None else Norms(**own)
