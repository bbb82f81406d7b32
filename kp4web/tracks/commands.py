"""Every write of a dossier's course: opening, changing track, stopping, reopening, subgroups."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.clients.commands import Person, check_person, create_client
from kp4web.clients.models import Client, bsn_hash
from kp4web.domain import bsn as bsn_rules
from kp4web.domain.actor import Actor
from kp4web.domain.errors import InvalidInput
from kp4web.domain.periods import PeriodError, change, end, known
from kp4web.domain.policy import Access, Action, Field, require
from kp4web.domain.tracks import Subgroup, TrackChange, TrackKind, check_change, ran_since
from kp4web.dossiers.commands import record_in
from kp4web.dossiers.models import (
    Dossier,
    GuidancePeriod,
    Origin,
    ProfileDecision,
    SubgroupPeriod,
    TrackPeriod,
)
from kp4web.dossiers.queries import DossierRef, dossier_ref
from kp4web.organisations.models import MunicipalityNorms, Organisation
from kp4web.tracks.standing import settle_handover as settle_handover
from kp4web.tracks.standing import standing_of as standing_of
from kp4web.worklist.commands import end_follow_ups, refresh_due_items
from kp4web.worklist.models import FollowUp, FollowUpEnding

BEFORE_TAKEOVER = "Overgenomen dossier: het eerdere traject is niet vastgelegd."


@dataclass(frozen=True)
class OpenDossier:
    """The intention to take over an existing dossier ("Bestaand dossier overnemen")."""

    person: Person
    opened_on: date
    track: TrackChange
    """The running track; its ``valid_from`` is since when."""
    reason: str
    partner_of: str | None = None
    """Number of the dossier of somebody in the same household."""
    number: str | None = None
    """A number to keep; drawn when empty."""


def open_dossier(
    session: Session, actor: Actor, command: OpenDossier, *, now: datetime, today: date
) -> Dossier:
    """
    Open a dossier for a person who is guided already; the coordinator's act.

    Returns the dossier. Raises ``InvalidInput`` at the field, also when a dossier with this BSN
    exists (returning means reopening), ``Forbidden`` or ``NotFound`` (partner out of reach).
    """
    require(actor, Action.DOSSIER_OPEN)
    check_person(command.person, today=today)
    if command.opened_on > today:
        raise InvalidInput("opened_on", "De openingsdatum kan niet in de toekomst liggen.")
    if command.track.valid_from < command.opened_on:
        raise InvalidInput("valid_from", "Het traject kan niet voor de opening beginnen.")
    if not command.reason.strip():
        raise InvalidInput("reason", "Schrijf op waarom u dit dossier overneemt.")
    household_id = None
    if command.partner_of:
        partner = dossier_ref(session, actor, command.partner_of)
        household_id = session.get_one(Client, partner.client_id).household_id
    refuse_double(session, actor, command.person)
    client = create_client(
        session, command.person, municipality_id=own_municipality(actor), household_id=household_id
    )
    return start_dossier(
        session, actor, client, origin=Origin.TAKEN_OVER, opened_on=command.opened_on,
        track=command.track, reason=command.reason, number=command.number, now=now, today=today,
    )  # fmt: skip


def own_municipality(actor: Actor) -> int:
    """Return the municipality in which this actor opens dossiers; raise ``Forbidden`` without."""
    if actor.municipality_id is None:
        raise InvalidInput("surname", "Uw organisatie opent zelf geen dossiers.")
    return actor.municipality_id


def refuse_double(session: Session, actor: Actor, person: Person) -> None:
    """
    Raise ``InvalidInput`` at the BSN when a dossier with it exists in the municipality.

    Of one that another organisation guides it says which organisation, and not its number.
    """
    if not person.bsn:
        return
    key = bsn_hash(bsn_rules.normalise(person.bsn))
    if elsewhere := held_elsewhere(session, actor, key):
        raise InvalidInput("bsn", f"{elsewhere} Overleg met die organisatie.")
    given = {"municipality_id": actor.municipality_id, "bsn_hash": key}
    row = session.execute(_OF_PERSON, given).one_or_none()
    if row is not None:
        raise InvalidInput(
            "bsn",
            f"Er is al een dossier met dit BSN: {row.number}. Open dat dossier of heropen het.",
        )


GUIDED_ELSEWHERE = "Deze inwoner heeft al een dossier. {} begeleidt."
STOPPED_ELSEWHERE = (
    "Deze inwoner heeft een gestopt dossier bij {}. Die organisatie kan het heropenen en daarna "
    "de begeleiding laten overgaan."
)
_OF_PERSON = (
    select(Dossier.number, Dossier.holder_id, Dossier.kind, Organisation.name.label("holder"))
    .join(Client, Client.id == Dossier.client_id)
    .join(Organisation, Organisation.id == Dossier.holder_id)
    .where(
        Client.municipality_id == bindparam("municipality_id"),
        Client.bsn_hash == bindparam("bsn_hash"),
    )
)


def held_elsewhere(session: Session, actor: Actor, key: str | None) -> str | None:
    """
    Return a sentence on the other organisation with a dossier of this person, or ``None``.

    ``key``: the hash of the BSN; the sentence names no dossier.
    """
    given = {"municipality_id": actor.municipality_id, "bsn_hash": key}
    row = session.execute(_OF_PERSON, given).one_or_none() if key else None
    if row is None or row.holder_id == actor.organisation_id:
        return None
    return (GUIDED_ELSEWHERE if row.kind.active else STOPPED_ELSEWHERE).format(row.holder)


def start_dossier(
    session: Session,
    actor: Actor,
    client: Client,
    *,
    origin: Origin,
    opened_on: date,
    track: TrackChange,
    reason: str,
    number: str | None = None,
    now: datetime,
    today: date,
) -> Dossier:
    """Add the dossier with its first facts (behind the lock of the command that opens it)."""
    dossier = Dossier(
        number=number or draw_number(session, opened_on.year), client_id=client.id,
        municipality_id=client.municipality_id, opened_on=opened_on, origin=origin,
        opening_reason=reason.strip(), recorded_at=now, recorded_by_id=actor.id,
        holder_id=actor.organisation_id, kind=track.kind, track_since=track.valid_from,
        planned_end=track.planned_end,
    )  # fmt: skip
    session.add(dossier)
    session.flush()
    key = {"dossier_id": dossier.id, "municipality_id": dossier.municipality_id}
    GuidancePeriod.store(
        session, change((), opened_on, today=today, at=now), key=key,
        content={"organisation_id": actor.organisation_id}, recorded_by_id=actor.id,
    )  # fmt: skip
    if track.valid_from > opened_on:
        before = TrackChange(TrackKind.UNDER_INVESTIGATION, opened_on, BEFORE_TAKEOVER)
        _store_track(session, actor, key, before, now=now, today=today)
    _store_track(session, actor, key, track, now=now, today=today)
    project_track(session, dossier.id)
    refresh_due_items(session, [dossier.id])
    record(
        session, actor, "dossier_open", now=now, subjects=[client.id], dossier_id=dossier.id,
        municipality_id=dossier.municipality_id, origin=str(origin),
    )  # fmt: skip
    return dossier


def draw_number(session: Session, year: int) -> str:
    """Return a free dossier number of the year, at random: a sequence tells how many there are."""
    digits = 4
    while True:
        number = f"KP4-{year}-{secrets.randbelow(10**digits):0{digits}d}"
        if session.scalar(select(Dossier.id).where(Dossier.number == number)) is None:
            return number
        digits = min(digits + 1, 8)  # taken: draw from a larger range


def change_track(
    session: Session,
    actor: Actor,
    number: str,
    track: TrackChange,
    *,
    keep: frozenset[int] | None = None,
    now: datetime,
    today: date,
) -> Dossier:
    """
    Put a dossier on another track: also extending rest, stopping and reopening.

    ``keep``: which open follow-ups stay when rest begins; ``None`` keeps them all. Stopping
    closes them all. Raises ``InvalidInput`` at the field, ``Forbidden`` or ``NotFound``.
    """
    require(actor, Action.TRACK_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.TRACK, Access.WRITE)
    norms = session.get(MunicipalityNorms, ref.municipality_id)
    months = norms.rest_max_months if norms else None
    check_change(
        ref.kind, ref.planned_end, track, **({"rest_max_months": months} if months else {})
    )
    return move_dossier(session, actor, ref, track, keep=keep, now=now, today=today)


def move_dossier(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    track: TrackChange,
    *,
    keep: frozenset[int] | None = None,
    now: datetime,
    today: date,
) -> Dossier:
    """Store a change of track with all that follows (behind the lock of its command)."""
    key = {"dossier_id": ref.id, "municipality_id": ref.municipality_id}
    _store_track(session, actor, key, track, now=now, today=today)
    _settle_follow_ups(session, actor, ref, track.kind, keep, now=now, today=today)
    settle_handover(session, actor, ref, track.kind, now=now, today=today)
    dossier = project_track(session, ref.id)
    refresh_due_items(session, [ref.id])
    record_in(session, actor, ref, "track_change", now=now, kind=str(track.kind))
    return dossier


def _store_track(
    session: Session,
    actor: Actor,
    key: dict[str, int],
    track: TrackChange,
    *,
    now: datetime,
    today: date,
) -> None:
    rows = TrackPeriod.history(session, dossier_id=key["dossier_id"])
    try:
        plan = change(rows, track.valid_from, today=today, at=now)
    except PeriodError as error:
        raise InvalidInput("valid_from", str(error)) from error
    content = {
        "kind": track.kind, "planned_end": track.planned_end, "stop_reason": track.stop_reason,
        "reason": track.reason.strip(), "avoid": track.avoid.strip(),
    }  # fmt: skip
    TrackPeriod.store(session, plan, key=key, content=content, recorded_by_id=actor.id)


def _settle_follow_ups(
    session: Session,
    actor: Actor,
    ref: DossierRef,
    kind: TrackKind,
    keep: frozenset[int] | None,
    *,
    now: datetime,
    today: date,
) -> None:
    """Close what the new track silences: all when stopping, what is not kept when resting."""
    ids: set[int] | None = None
    if kind is not TrackKind.STOPPED:
        if kind is not TrackKind.REST or keep is None:
            return
        is_open = select(FollowUp.id).where(
            FollowUp.dossier_id == ref.id, FollowUp.ended_at.is_(None)
        )
        ids = set(session.scalars(is_open)) - keep
    end_follow_ups(session, actor, ref, ids, FollowUpEnding.CLOSED, now=now, today=today)


def project_track(session: Session, dossier_id: int) -> Dossier:
    """Copy the running track to the dossier row, from the facts themselves."""
    dossier = session.get_one(Dossier, dossier_id)
    rows = known(TrackPeriod.history(session, dossier_id=dossier_id))
    running = rows[-1]
    dossier.kind, dossier.planned_end = running.kind, running.planned_end
    dossier.track_since = ran_since(rows)
    session.flush()
    return dossier


def choose_subgroups(
    session: Session,
    actor: Actor,
    number: str,
    chosen: Collection[Subgroup],
    *,
    since: date,
    now: datetime,
    today: date,
) -> None:
    """
    Put a dossier in exactly these subgroups from a day on; the others end that day.

    Raises ``InvalidInput`` at ``since`` when the day does not fit, ``Forbidden``, ``NotFound``.
    """
    for subgroup in Subgroup:
        change_subgroup(
            session, actor, number, subgroup, member=subgroup in chosen, since=since, now=now,
            today=today,
        )  # fmt: skip


def change_subgroup(
    session: Session,
    actor: Actor,
    number: str,
    subgroup: Subgroup,
    *,
    member: bool,
    since: date,
    now: datetime,
    today: date,
) -> None:
    """Let a dossier be in a subgroup from a day on, or no longer; nothing when that is so."""
    ref, rows, key = _subgroup(session, actor, number, subgroup)
    running = any(row.valid_to is None for row in known(rows))
    if running is member:
        return
    try:
        plan = (change if member else end)(rows, since, today=today, at=now)
    except PeriodError as error:
        raise InvalidInput("since", f"{subgroup.label}: {error}") from error
    SubgroupPeriod.store(session, plan, key=key, content={}, recorded_by_id=actor.id)
    action = "subgroup_set" if member else "subgroup_end"
    record_in(session, actor, ref, action, now=now, subgroup=str(subgroup))


def _subgroup(
    session: Session, actor: Actor, number: str, subgroup: Subgroup
) -> tuple[DossierRef, list[SubgroupPeriod], dict[str, object]]:
    require(actor, Action.TRACK_CHANGE)
    ref = dossier_ref(session, actor, number, lock=True)
    ref.require(Field.TRACK, Access.WRITE)
    rows = list(SubgroupPeriod.history(session, dossier_id=ref.id, subgroup=subgroup))
    key = {
        "dossier_id": ref.id, "municipality_id": ref.municipality_id, "subgroup": subgroup,
    }  # fmt: skip
    return ref, rows, key


def store_profile(
    session: Session,
    *,
    client_id: int,
    profile: int,
    organisation_id: int,
    justification: str,
    decided_on: date,
    decided_by_id: int,
    now: datetime,
    today: date,
) -> None:
    """Store a klantprofiel that was determined (behind the lock of the command that does so)."""
    rows = ProfileDecision.history(session, client_id=client_id)
    ProfileDecision.store(
        session, change(rows, decided_on, today=today, at=now), key={"client_id": client_id},
        content={
            "profile": profile, "organisation_id": organisation_id, "justification": justification,
        },
        recorded_by_id=decided_by_id,
    )  # fmt: skip
