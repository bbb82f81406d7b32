"""Writing exemptions and sanction signals of the demo history, through the real commands."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

from kp4web.demo import legal_events as told
from kp4web.demo.events import Event
from kp4web.demo.loading import Keys
from kp4web.domain.exemptions import Act, Wanted
from kp4web.domain.sanctions import SignalGround
from kp4web.dossiers.models import Dossier, Exemption, SanctionSignal
from kp4web.dossiers.queries import dossier_ref
from kp4web.exemptions.commands import (
    ExemptionInput,
    Settle,
    extend_exemption,
    grant_exemption,
    settle_exemption,
)
from kp4web.grounds.commands import AnnounceRow, announce, load_reference
from kp4web.grounds.models import LegalGround
from kp4web.signals.commands import SaveSignal, return_signal, save_signal, withdraw_signal
from kp4web.signals.queries import attempts_of

_RUNNING = (
    select(LegalGround.code)
    .join(Exemption, Exemption.ground_id == LegalGround.id)
    .join(Dossier, Dossier.id == Exemption.dossier_id)
    .where(Dossier.number == bindparam("number"), Exemption.running())
)
_SIGNAL = (
    select(SanctionSignal.id)
    .join(Dossier, Dossier.id == SanctionSignal.dossier_id)
    .where(Dossier.number == bindparam("number"))
    .order_by(SanctionSignal.id.desc())
    .limit(1)
)


def load(keys: Keys, event: told.LoadGrounds) -> None:
    """Fill the legal reference data."""
    load_reference(keys.session, now=event.at)


def announce_duty(keys: Keys, event: told.AnnounceDuty) -> None:
    """Let a duty be something else from a day on."""
    values = {"name": event.name, "explanation": event.explanation}
    command = AnnounceRow("verplichting", event.code, event.from_on, values)
    announce(*keys.who(event), command, now=event.at, today=event.day)


def grant(keys: Keys, event: told.RecordExemption) -> None:
    """Record an exemption from that day on."""
    parent = event.child_born_on is not None
    wanted = Wanted(
        starts_on=event.day, ends_on=event.ends_on, review_on=event.review_on,
        seen_on=event.seen_on, requested_on=event.day if parent else None,
        child_born_on=event.child_born_on,
    )  # fmt: skip
    command = ExemptionInput(
        ground=event.ground, reason=event.reason, justification=event.justification,
        organisation_id=keys.actors[event.by].organisation_id, wanted=wanted,
        decision_reference=event.reference,
    )  # fmt: skip
    grant_exemption(*keys.where(event), command, now=event.at, today=event.day)


def extend(keys: Keys, event: told.ExtendExemption) -> None:
    """Extend the exemption that runs, on its own ground."""
    number = keys.numbers[event.dossier]
    command = ExemptionInput(
        ground=keys.session.scalars(_RUNNING, {"number": number}).one(), reason=event.reason,
        justification=event.justification,
        organisation_id=keys.actors[event.by].organisation_id,
        wanted=Wanted(starts_on=event.day, ends_on=event.ends_on),
        decision_reference=event.reference,
    )  # fmt: skip
    extend_exemption(*keys.where(event), command, now=event.at, today=event.day)


def settle(keys: Keys, event: told.SettleExemption) -> None:
    """Record the plan or a review."""
    act = Act.PLANNED if event.planned else Act.REVIEWED
    command = Settle(act, event.note, event.day)
    settle_exemption(*keys.where(event), command, now=event.at, today=event.day)


def draft(keys: Keys, event: told.DraftSignal) -> None:
    """Draft a signal on what the dossier holds, and maybe submit it."""
    session, actor, number = keys.where(event)
    attempts = attempts_of(session, dossier_ref(session, actor, number))
    command = SaveSignal(
        ground=SignalGround.REFUSES_CONTACT, explanation=event.explanation,
        culpability=event.culpability, urgent_reasons=event.urgent_reasons,
        heard_on=event.heard_on, attempts=frozenset(line.id for line in attempts),
        submits=event.submits,
    )  # fmt: skip
    save_signal(session, actor, number, command, now=event.at, today=event.day)


def send_back(keys: Keys, event: told.ReturnSignal) -> None:
    """Send the signal of a dossier back."""
    return_signal(*keys.who(event), _signal(keys, event.dossier), event.reason, now=event.at,
                  today=event.day)  # fmt: skip


def withdraw(keys: Keys, event: told.WithdrawSignal) -> None:
    """Withdraw the signal of a dossier."""
    withdraw_signal(*keys.who(event), _signal(keys, event.dossier), event.reason, now=event.at,
                    today=event.day)  # fmt: skip


def _signal(keys: Keys, dossier: str) -> int:
    return keys.session.scalars(_SIGNAL, {"number": keys.numbers[dossier]}).one()


LEGAL_COMMANDS: dict[type[Event], Callable[[Any, Any], None]] = {
    told.LoadGrounds: load,
    told.AnnounceDuty: announce_duty,
    told.RecordExemption: grant,
    told.ExtendExemption: extend,
    told.SettleExemption: settle,
    told.DraftSignal: draft,
    told.ReturnSignal: send_back,
    told.WithdrawSignal: withdraw,
}
