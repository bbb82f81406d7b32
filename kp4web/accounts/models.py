"""Users, their roles with history, their sessions and the attempts to sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from kp4web.domain.actor import Role
from kp4web.extensions import Base


class User(Base):
    """Somebody who can sign in; closed, never deleted."""

    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("name <> ''", name="name_filled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    """For colleagues, the other organisation and residents; filled in by the administrator."""
    password_hash: Mapped[str]
    password_set_at: Mapped[datetime]
    password_is_initial: Mapped[bool] = mapped_column(default=False)
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether single keys do something (WCAG 2.1.4: they can be turned off)."""
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class UserRole(Base):
    """One spell in which a user has a role; the running one has no ``revoked_at``."""

    __tablename__ = "user_role"
    __table_args__ = (
        Index(
            "uq_user_role_running", "user_id", "role", unique=True,
            sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class ReasonGrant(Base):
    """
    A dossier that a user opened by giving a reason, until a moment (break-glass).

    ``ended_at``: it ended before that, by the user or with the role.
    """

    __tablename__ = "reason_grant"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_filled"),
        CheckConstraint("expires_at > granted_at", name="expires_later"),
        Index("ix_reason_grant_user", "user_id", "expires_at"),
        Index("ix_reason_grant_dossier", "dossier_id", "granted_at"),
        Index("ix_reason_grant_municipality", "municipality_id", "granted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    role: Mapped[Role]
    """With which role: as a colleague (consultant) or as coordinator."""
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UserSession(Base):
    """One signed-in browser; only the hash of its token is kept."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    browser: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed or successful attempt to sign in, by keyed hash of address and account."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_account", "account_hash", "at"),
        Index("ix_sign_in_attempt_address", "address_hash", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str]
    address_hash: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]
