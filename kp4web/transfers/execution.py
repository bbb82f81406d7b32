"""
Carrying out a transfer: one transaction, and as many statements for one dossier as for a thousand.

``begin_execution`` locks and asks every check again; ``carry_out`` yields what it has done so far.
Only the commit of the caller makes it true: until then everybody else sees everything as it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from kp4web.accounts.models import ReasonGrant
from kp4web.audit.commands import record
from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Actor
from kp4web.domain.dates import dutch_date
from kp4web.domain.errors import DomainError
from kp4web.domain.periods import Plan, change_or_resume, current, earliest, end
from kp4web.domain.policy import Relation
from kp4web.domain.transfers import (
    Outcome,
    TransferState,
    blocked_text,
    blocks,
    moving_day,
    shown_to,
    welcome_text,
)
from kp4web.dossiers.models import Dossier, GuidancePeriod
from kp4web.transfers.checks import found_in
from kp4web.transfers.models import Transfer, TransferDossier
from kp4web.transfers.pieces import Head, Line
from kp4web.transfers.queries import lines_of
from kp4web.transfers.steps import happened, locked, note_step
from kp4web.worklist.commands import refresh_due_items
from kp4web.worklist.models import FollowUp, Message

AT_ONCE = 250
"""Dossiers of which the due items are computed before the page hears of it."""
_DOSSIER, _CHOSEN = cast(Table, Dossier.__table__), cast(Table, TransferDossier.__table__)
_IDS = select(TransferDossier.dossier_id).where(
    TransferDossier.transfer_id == bindparam("transfer_id")
)
_MOVED = _IDS.where(TransferDossier.outcome == Outcome.MOVED)
_LOCK = (
    select(Dossier.id)
    .where(Dossier.id.in_(_IDS))
    .order_by(Dossier.number)  # the order in which every command locks several
    .with_for_update(key_share=True)
)
_RECEIVER = (
    select(_CHOSEN.c.receiver_id)
    .where(_CHOSEN.c.transfer_id == bindparam("transfer_id"), _CHOSEN.c.dossier_id == _DOSSIER.c.id)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: what is being done, and of how many dossiers it is done."""

    text: str
    done: int
    in_all: int


@dataclass(frozen=True, slots=True)
class Execution:
    """A transfer that is locked and found in order, about to be carried out."""

    transfer: Transfer
    head: Head
    lines: tuple[Line, ...]

    @property
    def moving(self) -> tuple[Line, ...]:
        """Return the dossiers that move."""
        return tuple(line for line in self.lines if line.outcome is Outcome.MOVED)


def begin_execution(
    session: Session, actor: Actor, transfer_id: int, *, now: datetime, today: date
) -> Execution:
    """
    Lock the transfer and its dossiers, and ask every check again.

    Raises ``DomainError`` with what happened, from when it can be, or what stands in the way.
    """
    transfer, head = locked(session, actor, transfer_id)
    if not transfer.state.is_open:
        raise DomainError(happened(session, transfer))
    if not head.may(TransferState.EXECUTED):
        raise DomainError(
            f"Deze overgang is nu: {head.state.label.lower()}. Uitvoeren kan pas als de ontvanger "
            "hem heeft bevestigd. Er is niets veranderd."
        )
    if today < head.effective_on:
        raise DomainError(f"Uitvoeren kan vanaf {dutch_date(head.effective_on)}.")
    session.execute(_LOCK, {"transfer_id": transfer.id})
    checked = found_in(session, head, now=now, today=today)
    lines = lines_of(session, head, {dossier: tuple(found) for dossier, found in checked.items()})
    if stuck := [line for line in lines if any(map(blocks, line.findings))]:
        seen = set(shown_to(head.side))
        named = [line.number for line in stuck if any(map(blocks, seen & set(line.findings)))]
        raise DomainError(
            blocked_text(
                named, len(stuck) - len(named), side=head.side, giver=head.giver,
                receiver=head.receiver,
            )
        )  # fmt: skip
    return Execution(transfer, head, lines)


def carry_out(
    session: Session, actor: Actor, execution: Execution, *, now: datetime, today: date
) -> Iterator[Progress]:
    """Move the guidance; flushed, not committed. Yields after every part."""
    transfer, head, moving = execution.transfer, execution.head, execution.moving
    in_all = len(moving)
    yield Progress("Alles is nagekeken", in_all, in_all)
    _move_guidance(session, actor, execution, now=now, today=today)
    yield Progress("Begeleiding en vaste consulent", in_all, in_all)
    _let_go(session, transfer.id, now=now)
    _welcome(session, actor, head, moving, now=now, today=today)
    yield Progress("Opvolgingen en berichten", in_all, in_all)
    for start in range(0, in_all, AT_ONCE):
        part = moving[start : start + AT_ONCE]
        refresh_due_items(session, [line.dossier_id for line in part])
        yield Progress("Werkvoorraad", start + len(part), in_all)
    for line in moving:
        record(
            session, actor, "guidance_move", now=now, subjects=[line.client_id],
            dossier_id=line.dossier_id, municipality_id=head.municipality_id,
            relation=[Relation.COORDINATOR], transfer=transfer.id,
            organisation=head.to_organisation_id, lead=line.receiver_id, earlier=line.lead_id,
        )  # fmt: skip
    note_step(session, actor, transfer, TransferState.EXECUTED, "", now=now, today=today)
    session.expire_all()  # statements changed what may have been loaded
    yield Progress("Logboek", in_all, in_all)


def _move_guidance(
    session: Session, actor: Actor, execution: Execution, *, now: datetime, today: date
) -> None:
    """End one guidance and assignment of each dossier, begin the other, note what became of it."""
    transfer_id, head = execution.transfer.id, execution.head
    guided = _histories(session, GuidancePeriod, transfer_id)
    assigned = _histories(session, Assignment, transfer_id)
    outcomes: list[dict[str, Any]] = []
    guidance: list[tuple[Plan[Any], dict[str, Any]]] = []
    assignments: list[tuple[Plan[Any], dict[str, Any]]] = []
    when: Any = {"today": today, "at": now}
    reason = f"Begeleiding overgegaan van {head.giver} ({head.reference})."
    for line in execution.lines:
        day = None
        if line.outcome is Outcome.MOVED:
            periods, spells = guided[line.dossier_id], assigned.get(line.dossier_id, [])
            place = {"dossier_id": line.dossier_id, "municipality_id": head.municipality_id}
            day = moving_day(head.effective_on, current(periods).valid_from, earliest(spells))  # type: ignore[union-attr]
            new = place | {"organisation_id": head.to_organisation_id}
            guidance.append((_changed(periods, day, "organisation_id", new, **when), new))
            if line.receiver_id is not None:
                held = place | {"user_id": line.receiver_id, "reason": reason}
                assignments.append((_changed(spells, day, "user_id", held, **when), held))
            elif current(spells) is not None:
                assignments.append((end(spells, day, **when), {}))
        outcomes.append(
            {"dossier": line.dossier_id, "became": line.outcome, "on": day, "track": line.kind,
             "lead": line.lead_id}
        )  # fmt: skip
    GuidancePeriod.store_all(session, guidance, recorded_by_id=actor.id)
    Assignment.store_all(session, assignments, recorded_by_id=actor.id)
    _store_outcomes(session, transfer_id, head, outcomes)


def _changed(
    rows: Sequence[Any], day: date, name: str, new: Mapping[str, Any], *, today: date, at: datetime
) -> Plan[Any]:
    """Plan the new row, or let the one before it run on when it names the same in this column."""
    return change_or_resume(
        rows, day, lambda row: getattr(row, name) == new[name], today=today, at=at
    )


def _histories(session: Session, fact: Any, transfer_id: int) -> dict[int, list[Any]]:
    chosen = select(TransferDossier.dossier_id).where(TransferDossier.transfer_id == transfer_id)
    found: dict[int, list[Any]] = fact.histories(session, fact.dossier_id.in_(chosen))
    return found


def _store_outcomes(
    session: Session, transfer_id: int, head: Head, outcomes: Sequence[dict[str, Any]]
) -> None:
    """Note per dossier what became of it, and let the dossiers say who holds and leads them."""
    connection = session.connection()
    if outcomes:
        connection.execute(
            update(_CHOSEN)
            .where(_CHOSEN.c.transfer_id == transfer_id,
                   _CHOSEN.c.dossier_id == bindparam("dossier"))
            .values(outcome=bindparam("became"), guided_from=bindparam("on"),
                    kind=bindparam("track"), earlier_lead_id=bindparam("lead")),
            outcomes,
        )  # fmt: skip
    connection.execute(
        update(_DOSSIER)
        .where(_DOSSIER.c.id.in_(_MOVED))
        .values(holder_id=head.to_organisation_id, lead_id=_RECEIVER),
        {"transfer_id": transfer_id},
    )


def _let_go(session: Session, transfer_id: int, *, now: datetime) -> None:
    """Let what a colleague of the giving team was to do be for the lead; end open reasons."""
    connection, key = session.connection(), {"transfer_id": transfer_id}
    follow_up, grant = cast(Table, FollowUp.__table__), cast(Table, ReasonGrant.__table__)
    connection.execute(
        update(follow_up)
        .where(follow_up.c.dossier_id.in_(_MOVED), follow_up.c.ended_at.is_(None),
               follow_up.c.user_id.is_not(None))
        .values(user_id=None, revision=follow_up.c.revision + 1),
        key,
    )  # fmt: skip
    connection.execute(
        update(grant)
        .where(grant.c.dossier_id.in_(_MOVED), grant.c.ended_at.is_(None),
               grant.c.expires_at > now)
        .values(ended_at=now),
        key,
    )  # fmt: skip


def _welcome(
    session: Session, actor: Actor, head: Head, moving: Sequence[Line], *, now: datetime,
    today: date,
) -> None:  # fmt: skip
    """Leave word for every new lead: a due item until it is read."""
    rows = [
        {
            "dossier_id": line.dossier_id, "author_id": actor.id, "written_on": today,
            "written_at": now, "text": welcome_text(line.kind, head.giver),
        }
        for line in moving
        if line.receiver_id is not None
    ]  # fmt: skip
    if rows:
        session.connection().execute(insert(cast(Table, Message.__table__)), rows)
