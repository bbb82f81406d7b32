"""
Every write of drafts and sent forms.

A draft belongs to its writer alone. Whether that person may fill in the form is asked by the
page that keeps it, before anything is stored; what the draft is about is asked again on reading.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.drafts import DRAFT_LIMIT, DRAFTS_KEPT, TOO_LONG, DraftRule, size_of
from kp4web.domain.errors import InvalidInput, NotFound
from kp4web.domain.policy import Action, require
from kp4web.drafts.models import Draft, SentForm
from kp4web.drafts.queries import SavedDraft as SavedDraft
from kp4web.drafts.queries import draft_of as draft_of
from kp4web.drafts.queries import location_of as location_of

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_DRAFT = cast(Table, Draft.__table__)
_FORGET = delete(_DRAFT).where(
    _DRAFT.c.user_id == bindparam("user_id"),
    _DRAFT.c.form == bindparam("form"),
    _DRAFT.c.subject_id == bindparam("subject_id"),
)


def save_draft(
    session: Session,
    actor: Actor,
    rule: DraftRule,
    subject_id: int,
    fields: Mapping[str, Sequence[str]],
    *,
    submission: str | None = None,
    now: datetime,
) -> Draft | None:
    """
    Keep what is being typed: one draft per user, form and subject.

    Returns ``None`` when the form with this ``submission`` was sent in the meantime: a late save
    never brings an old text back. Raises ``InvalidInput`` when it is too long to keep; the text
    stays in the page.
    """
    require(actor, Action.OWN_ACCOUNT)
    if size_of(fields) > DRAFT_LIMIT:
        raise InvalidInput("", TOO_LONG)
    if submission and was_sent(session, actor, submission):
        return None
    values = {
        "about": rule.about, "fields": {name: list(texts) for name, texts in fields.items()},
        "saved_at": now,
    }  # fmt: skip
    key = {"user_id": actor.id, "form": rule.key, "subject_id": subject_id}
    insert = _INSERT[session.get_bind().dialect.name](Draft).values(**key, **values)
    session.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))
    return session.scalars(_own(actor, rule.key, subject_id)).one()


def _own(actor: Actor, form: str, subject_id: int) -> Select[Draft]:
    return (
        select(Draft)
        .where(Draft.user_id == actor.id, Draft.form == form, Draft.subject_id == subject_id)
        .execution_options(populate_existing=True)
    )


def forget_draft(session: Session, actor: Actor, form: str, subject_id: int) -> None:
    """Forget the actor's own draft of this form and subject, if there is one."""
    key = {"user_id": actor.id, "form": form, "subject_id": subject_id}
    session.connection().execute(_FORGET, key)


def discard_draft(session: Session, actor: Actor, draft_id: int) -> None:
    """Throw one of the actor's own drafts away; raise ``NotFound`` for anybody else's."""
    require(actor, Action.OWN_ACCOUNT)
    gone = session.scalar(
        delete(Draft).where(Draft.id == draft_id, Draft.user_id == actor.id).returning(Draft.id)
    )
    if gone is None:
        raise NotFound("Dit concept bestaat niet meer.")


def claim_form(
    session: Session, actor: Actor, submission: str, content: str, *, now: datetime
) -> bool:
    """
    Note that this form is being carried out; return false when it was before.

    Where two arrive at once the second waits for the transaction of the first.
    """
    key = {"user_id": actor.id, "submission": submission, "content": content}
    insert = _INSERT[session.get_bind().dialect.name](SentForm)
    claimed = session.execute(
        insert.values(**key, location="", sent_at=now)
        .on_conflict_do_nothing()
        .returning(SentForm.submission)
    ).all()
    return bool(claimed)


def settle_form(
    session: Session, actor: Actor, submission: str, content: str, location: str | None
) -> None:
    """Note where the form landed; ``None``: it was refused, and may be sent again."""
    own = (
        SentForm.user_id == actor.id,
        SentForm.submission == submission,
        SentForm.content == content,
    )
    if location is None:
        session.execute(delete(SentForm).where(*own, SentForm.location == ""))
    else:
        session.execute(update(SentForm).where(*own).values(location=location))


def was_sent(session: Session, actor: Actor, submission: str) -> bool:
    """Return whether the actor sent the form with this mark."""
    query = select(SentForm.submission).where(
        SentForm.user_id == actor.id, SentForm.submission == submission
    )
    return session.scalar(query.limit(1)) is not None


def forget_old(session: Session, *, now: datetime) -> int:
    """Forget what nobody touched for 30 days; return the number of drafts."""
    session.execute(delete(SentForm).where(SentForm.sent_at < now - DRAFTS_KEPT))
    old = Draft.saved_at < now - DRAFTS_KEPT
    count = session.scalar(select(func.count(Draft.id)).where(old)) or 0
    session.execute(delete(Draft).where(old))
    return count
