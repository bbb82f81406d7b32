"""Writing hand-overs to the work agency of the demo history, through the real commands."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

from kp4web.demo import accounts
from kp4web.demo import departure_events as told
from kp4web.demo.events import DossierEvent, Event, StopDossier
from kp4web.demo.loading import Keys
from kp4web.domain.handovers import HandoverKind, HandoverState
from kp4web.domain.tracks import StopReason
from kp4web.dossiers.models import Dossier, Handover
from kp4web.handovers.commands import (
    AcceptDossier,
    OfferDossier,
    ReturnHandover,
    accept_dossier,
    assign_coach,
    offer_dossier,
    read_feedback,
    return_handover,
    withdraw_handover,
    write_feedback,
)

WHY = "Kan met begeleiding binnen twee jaar betaald werken en wil dat ook."
_LAST = (
    select(Handover.id, Handover.state)
    .join(Dossier, Dossier.id == Handover.dossier_id)
    .where(Dossier.number == bindparam("number"), Handover.kind == HandoverKind.KP3)
    .order_by(Handover.id.desc())
    .limit(1)
)


def offer(keys: Keys, event: told.OfferDossier) -> None:
    """Offer a dossier."""
    command = OfferDossier(event.note, talk_wanted=event.talk_wanted)
    offer_dossier(*keys.where(event), command, now=event.at, today=event.day)


def take(keys: Keys, event: told.TakeDossier) -> None:
    """Let the job coach review it."""
    assign_coach(*keys.who(event), _last(keys, event), None, now=event.at)


def send_back(keys: Keys, event: told.ReturnDossier) -> None:
    """Send it back."""
    return_handover(*keys.who(event), _last(keys, event), ReturnHandover(event.reason),
                    now=event.at, today=event.day)  # fmt: skip


def withdraw(keys: Keys, event: told.WithdrawDossier) -> None:
    """Take it back."""
    withdraw_handover(*keys.who(event), _last(keys, event), now=event.at, today=event.day)


def write(keys: Keys, event: told.WriteFeedback) -> None:
    """Tell how it went."""
    write_feedback(*keys.who(event), _last(keys, event), event.text, now=event.at, today=event.day)


def read(keys: Keys, event: told.ReadFeedback) -> None:
    """Note that it was read."""
    read_feedback(*keys.who(event), _last(keys, event), now=event.at, today=event.day)


def accept_instead(keys: Keys, event: StopDossier) -> bool:
    """Accept the open offer of a dossier that stops as handed over; false when there is none."""
    if event.stop_reason is not StopReason.HANDED_OVER:
        return False
    number = keys.numbers[event.dossier]
    last = keys.session.execute(_LAST, {"number": number}).one_or_none()
    if last is None or last.state is not HandoverState.OFFERED:
        return False
    coach = keys.actors[accounts.JOB_COACH]
    accept_dossier(
        keys.session, coach, last.id, AcceptDossier(WHY), now=event.at, today=event.valid_from
    )
    return True


def _last(keys: Keys, event: DossierEvent) -> int:
    row = keys.session.execute(_LAST, {"number": keys.numbers[event.dossier]}).one()
    return int(row.id)


DEPARTURE_COMMANDS: dict[type[Event], Callable[[Any, Any], None]] = {
    told.OfferDossier: offer,
    told.TakeDossier: take,
    told.ReturnDossier: send_back,
    told.WithdrawDossier: withdraw,
    told.WriteFeedback: write,
    told.ReadFeedback: read,
}
