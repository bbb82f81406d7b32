"""Every write of agreements; other features find these among the commands of the work list."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kp4web.domain.actor import Actor
from kp4web.domain.agreements import AgreementEnding as AgreementEnding
from kp4web.domain.agreements import Party
from kp4web.domain.dates import add_months
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.queries import DossierRef, dossier_ref_by_id
from kp4web.worklist.models import Agreement
from kp4web.worklist.queries import AGREEMENT_ENDED, NO_AGREEMENT
from kp4web.worklist.refresh import refresh_due_items

FURTHEST_MONTHS = 60
"""How far ahead an agreement may reach, in months."""


@dataclass(frozen=True)
class MakeAgreement:
    """The intention to agree that somebody does something, by a day or without one."""

    what: str
    who: Party
    due_on: date | None = None


def add_agreements(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    made: Iterable[MakeAgreement],
    *,
    now: datetime,
    today: date,
    conversation_id: int | None,
) -> None:
    """
    Add the rows, in one statement (for commands that refresh and log themselves).

    Raises ``InvalidInput`` at the field of the row: ``agreements-<place>-<field>``.
    """
    rows = []
    for place, agreement in enumerate(made):
        _check(f"agreements-{place}", ref, agreement, today)
        rows.append(
            {
                "dossier_id": ref.id, "municipality_id": ref.municipality_id,
                "conversation_id": conversation_id, "what": agreement.what.strip(),
                "who": agreement.who, "due_on": agreement.due_on, "created_on": today,
                "created_at": now, "created_by_id": actor.id,
            }
        )  # fmt: skip
    if rows:
        session.execute(insert(Agreement).execution_options(render_nulls=True), rows)


def _check(place: str, ref: DossierRef, agreement: MakeAgreement, today: date) -> None:
    if not agreement.what.strip():
        raise InvalidInput(f"{place}-what", "Schrijf op wat er is afgesproken.")
    if not ref.is_active:
        raise InvalidInput(
            f"{place}-what", "Dit dossier is gestopt: er zijn geen nieuwe afspraken meer."
        )
    if agreement.due_on is None:
        return
    if agreement.due_on < today:
        raise InvalidInput(f"{place}-due_on", "Kies vandaag of een dag daarna.")
    if agreement.due_on > add_months(today, FURTHEST_MONTHS):
        raise InvalidInput(f"{place}-due_on", "Kies een dag binnen vijf jaar.")


def end_agreements(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    ids: Collection[int],
    ending: AgreementEnding,
    *,
    now: datetime,
    today: date,
) -> None:
    """
    End open agreements of a dossier (for commands that refresh and log themselves).

    Raises ``DomainError`` when one is not open in this dossier: somebody else was first.
    """
    if not ids:
        return
    query = update(Agreement).where(
        Agreement.dossier_id == ref.id, Agreement.ended_at.is_(None), Agreement.id.in_(ids)
    )
    values = {"ending": ending, "ended_on": today, "ended_at": now, "ended_by_id": actor.id}
    ended = session.scalars(query.values(**values).returning(Agreement.id)).all()
    if len(ended) < len(set(ids)):
        raise DomainError("Een van de afspraken is intussen afgerond. Kijk het dossier na.")


def settle_agreement(
    session: Session,
    actor: Actor,
    agreement_id: int,
    ending: AgreementEnding,
    *,
    now: datetime,
    today: date,
) -> DossierRef:
    """Note how an agreement ended; the lead does. Nothing else follows from it."""
    require(actor, Action.AGREEMENT_SETTLE)
    query = select(Agreement.dossier_id).where(Agreement.id == agreement_id)
    dossier_id = session.scalar(query)
    if dossier_id is None:
        raise NotFound(NO_AGREEMENT)
    try:
        ref = dossier_ref_by_id(session, actor, dossier_id, lock=True)
    except NotFound as error:
        raise NotFound(NO_AGREEMENT) from error
    ref.require(Field.REPORTS, Access.WRITE)
    agreement = session.get_one(Agreement, agreement_id, populate_existing=True)
    if agreement.ended_at is not None:
        raise DomainError(AGREEMENT_ENDED)
    agreement.ending, agreement.ended_on, agreement.ended_at = ending, today, now
    agreement.ended_by_id = actor.id
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "agreement_settle", now=now, agreement=agreement_id)
    return ref
