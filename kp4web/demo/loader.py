"""
Writing the demo history: every event through the command that a user would have given.

The moment of an event is the ``now`` and its day the ``today`` of the command, so that "as known
at" gives then what it would have given.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from kp4web.accounts.queries import actor_of
from kp4web.breakglass.commands import OpenWithReason, open_with_reason
from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.clients.models import HouseholdRelation
from kp4web.conversations.commands import MakeAgreement, RecordConversation, record_conversation
from kp4web.conversations.models import AttemptOutcome, Channel, Participant
from kp4web.corrections.commands import Statement, correct_track
from kp4web.corrections.queries import track_for
from kp4web.demo import events as told
from kp4web.demo.loader_access import ACCESS_COMMANDS
from kp4web.demo.loader_departures import DEPARTURE_COMMANDS, accept_instead
from kp4web.demo.loader_intake import INTAKE_COMMANDS
from kp4web.demo.loader_legal import LEGAL_COMMANDS
from kp4web.demo.loader_reports import REPORT_COMMANDS
from kp4web.demo.loader_transfers import TRANSFER_COMMANDS
from kp4web.demo.loading import Keys, person_of
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.corrections import TrackCorrection
from kp4web.domain.stretches import Verdict
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.figures.commands import RecordWelfareCount, record_welfare_count
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.needs.commands import WriteHeading, write_heading
from kp4web.organisations.commands import add_municipality, add_organisation
from kp4web.outlines.commands import SaveOutline, add_outline
from kp4web.residents.commands import (
    ContactInput,
    MemberInput,
    change_client,
    save_contact,
    save_member,
)
from kp4web.screening.commands import OpenRound, add_to_round, open_round
from kp4web.tracks.commands import OpenDossier, change_subgroup, change_track, open_dossier
from kp4web.users.commands import add_user
from kp4web.worklist.commands import (
    LeaveMessage,
    NotePension,
    complete_follow_up,
    leave_message,
    move_follow_up,
    note_pension,
    refreshed_together,
    settle_message,
)
from kp4web.worklist.models import FollowUp, Message

AT_ONCE = 400
"""Events per batch, after which the session forgets them."""
_DOSSIER: BindParameter[int] = bindparam("dossier_id")
_FOLLOW_UP = select(func.max(FollowUp.id)).where(FollowUp.dossier_id == _DOSSIER)
_MESSAGE = select(func.max(Message.id)).where(Message.dossier_id == _DOSSIER)


def load(
    session: Session, events: Iterable[told.Event], *, password: str,
    done: Callable[[int], None] = lambda number: None,
) -> int:  # fmt: skip
    """
    Execute the events on an empty database and commit; return how many there were.

    One transaction: a load that is broken off leaves nothing. ``password`` is that of every
    account; ``done`` hears after each batch how many events it held.
    """
    loader, number = Loader(session, password), 0
    for batch in _batches(events):
        with refreshed_together(session):
            for event in batch:
                loader.execute(event)
        session.flush()
        session.expunge_all()
        number += len(batch)
        done(len(batch))
    session.commit()
    return number


def _batches(events: Iterable[told.Event]) -> Iterator[list[told.Event]]:
    rest = iter(events)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


class Loader(Keys):
    """Executes events one by one; those of dossiers here, those of intake in ``loader_intake``."""

    def execute(self, event: told.Event) -> None:
        """Give the command that the event stands for."""
        COMMANDS[type(event)](self, event)

    # ------------------------------------------------------------------ setting up

    def add_municipality(self, event: told.AddMunicipality) -> None:
        """Add a municipality."""
        made = add_municipality(self.session, slug=event.slug, name=event.name)
        self.municipalities[event.slug] = made.id

    def add_organisation(self, event: told.AddOrganisation) -> None:
        """Add an organisation."""
        municipality = event.municipality
        made = add_organisation(
            self.session, kind=OrganisationKind(event.kind), name=event.name, team=event.team,
            municipality_id=self.municipalities[municipality] if municipality else None,
            serves=[self.municipalities[slug] for slug in event.serves],
        )  # fmt: skip
        made.phone, made.reachable = event.phone, event.reachable
        self.organisations[event.key] = made.id

    def add_user(self, event: told.AddUser) -> None:
        """Make an account with the password of the demo."""
        by = self.actors.get(event.by)  # the first administrator comes from nowhere
        user = add_user(
            self.session, email=event.email, name=event.name, password=self.password,
            organisation_id=self.organisations[event.organisation],
            roles=[Role(role) for role in event.roles], created_by_id=by.id if by else None,
            now=event.at,
        )  # fmt: skip
        user.phone = event.phone
        self.actors[event.email] = actor_of(self.session, user.id)

    # ------------------------------------------------------------------ opening and assigning

    def open_dossier(self, event: told.OpenDossier) -> None:
        """Take over an existing dossier; a partner comes into the same household."""
        track = TrackChange(event.kind, event.opened_on, event.reason, event.planned_end,
                            avoid=event.avoid)  # fmt: skip
        command = OpenDossier(
            person=person_of(event.person), opened_on=event.opened_on, track=track,
            reason=event.reason, partner_of=self.homes.get(event.person.household),
            number=event.number,
        )  # fmt: skip
        open_dossier(*self.who(event), command, now=event.at, today=event.day)
        self._keep(event.dossier, event.number, event.person.household)

    def accept_handover(self, event: told.AcceptHandover) -> None:
        """Accept a hand-over; a look-alike is somebody else."""
        accept_handover(
            *self.who(event), self.handovers[event.handover],
            AcceptHandover(reopen="", number=event.number), now=event.at, today=event.day,
        )  # fmt: skip
        self._keep(event.dossier, event.number, f"huis-{event.person}")

    def _keep(self, dossier: str, number: str, household: str) -> None:
        self.numbers[dossier] = number
        self.homes.setdefault(household, number)

    def assign(self, event: told.Assign) -> None:
        """Give dossiers to a consultant."""
        command = AssignDossiers(
            numbers=tuple(self.numbers[key] for key in event.dossiers),
            user_id=self.actors[event.user].id, reason=event.reason,
        )  # fmt: skip
        assign_dossiers(*self.who(event), command, now=event.at, today=event.day)

    # ------------------------------------------------------------------ the person

    def describe_client(self, event: told.DescribeClient) -> None:
        """Note how to reach somebody."""
        change_client(*self.where(event), person_of(event.person), now=event.at, today=event.day)

    def add_member(self, event: told.AddHouseholdMember) -> None:
        """Add somebody of the household."""
        command = MemberInput(event.name, HouseholdRelation(event.relation), event.birth_date,
                              event.since)  # fmt: skip
        save_member(*self.where(event), command, now=event.at, today=event.day)

    def add_contact(self, event: told.AddContact) -> None:
        """Add somebody around the resident."""
        command = ContactInput(
            name=event.name, role=event.role, organisation=event.organisation, phone=event.phone,
            since=event.since, discussed_on=event.discussed_on,
        )  # fmt: skip
        save_contact(*self.where(event), command, now=event.at, today=event.day)

    # ------------------------------------------------------------------ the course

    def change_track(self, event: told.ChangeTrack) -> None:
        """Put a dossier on another track."""
        track = TrackChange(event.kind, event.valid_from, event.reason, event.planned_end,
                            avoid=event.avoid)  # fmt: skip
        keep = frozenset(self.follow_ups[key] for key in event.keep)
        change_track(*self.where(event), track, keep=keep, now=event.at, today=event.day)

    def extend_rest(self, event: told.ExtendRest) -> None:
        """Extend rest from today."""
        track = TrackChange(TrackKind.REST, event.day, event.reason, event.planned_end,
                            avoid=event.avoid)  # fmt: skip
        change_track(*self.where(event), track, now=event.at, today=event.day)

    def stop_dossier(self, event: told.StopDossier) -> None:
        """Stop a dossier; who was offered to the work agency is accepted there."""
        if accept_instead(self, event):
            return
        track = TrackChange(TrackKind.STOPPED, event.valid_from, event.reason,
                            stop_reason=event.stop_reason)  # fmt: skip
        change_track(*self.where(event), track, now=event.at, today=event.day)

    def reopen_dossier(self, event: told.ReopenDossier) -> None:
        """Reopen a stopped dossier."""
        track = TrackChange(event.kind, event.valid_from, event.reason, event.planned_end)
        change_track(*self.where(event), track, now=event.at, today=event.day)

    def correct_track(self, event: told.CorrectTrack) -> None:
        """Let the running track begin on another day."""
        where = self.where(event)
        running = select(TrackPeriod.id).join(Dossier, Dossier.id == TrackPeriod.dossier_id)
        row_id = self.session.scalars(
            running.where(Dossier.number == self.numbers[event.dossier], TrackPeriod.running())
        ).one()
        track = track_for(*where, row_id)
        said = TrackCorrection(Verdict.CHANGED, event.valid_from, track.stretch.content)
        correct_track(*where, row_id, said, Statement(event.why, track.basis),
                      now=event.at, today=event.day)  # fmt: skip

    def set_subgroup(self, event: told.SetSubgroup) -> None:
        """Put a dossier in a subgroup."""
        change_subgroup(*self.where(event), event.subgroup, member=True, since=event.valid_from,
                        now=event.at, today=event.day)  # fmt: skip

    def end_subgroup(self, event: told.EndSubgroup) -> None:
        """Take a dossier out of a subgroup."""
        change_subgroup(*self.where(event), event.subgroup, member=False, since=event.valid_to,
                        now=event.at, today=event.day)  # fmt: skip

    # ------------------------------------------------------------------ talks and the work list

    def record_conversation(self, event: told.RecordConversation) -> None:
        """Record a conversation or an attempt."""
        plan = event.follow_up
        command = RecordConversation(
            held_on=event.held_on, held_at=event.held_at, channel=Channel(event.channel),
            attempt=None if event.outcome == "held" else AttemptOutcome(event.outcome),
            participants=tuple(Participant(one) for one in event.participants),
            report=event.report, follow_up_on=plan.due_on if plan else None,
            follow_up_what=plan.what if plan else "", talk=plan.talk if plan else None,
            is_activation=bool(plan and plan.activation_reason),
            activation_reason=plan.activation_reason if plan else "",
            done=frozenset(self.follow_ups.pop(key) for key in event.done),
            life_areas=event.life_areas, participation_step=event.participation_step,
            agreements=tuple(MakeAgreement(a.what, a.who, a.due_on) for a in event.agreements),
        )  # fmt: skip
        made = record_conversation(*self.where(event), command, now=event.at, today=event.day)
        if plan is not None:
            self.follow_ups[plan.key] = self._latest(_FOLLOW_UP, made.dossier_id)
        if event.message is not None:
            self.messages[event.message] = self._latest(_MESSAGE, made.dossier_id)

    def _latest(self, query: Select[int], dossier_id: int) -> int:
        return self.session.scalars(query, {"dossier_id": dossier_id}).one()

    def write_heading(self, event: told.WriteHeading) -> None:
        """Write under a heading."""
        command = WriteHeading(event.heading, event.text, event.based_on)
        write_heading(*self.where(event), command, now=event.at, today=event.day)

    def add_outline(self, event: told.AddOutline) -> None:
        """Make an outline."""
        add_outline(*self.who(event), SaveOutline(event.name, event.headings), now=event.at)

    def leave_message(self, event: told.LeaveMessage) -> None:
        """Leave word for the lead."""
        made = leave_message(*self.where(event), LeaveMessage(event.text), now=event.at,
                             today=event.day)  # fmt: skip
        self.messages[event.message] = made.id

    def open_with_reason(self, event: told.OpenWithReason) -> None:
        """Open a dossier with a reason."""
        made = open_with_reason(*self.where(event), OpenWithReason(event.reason), now=event.at,
                                today=event.day)  # fmt: skip
        self.messages[event.message] = self._latest(_MESSAGE, made.dossier_id)

    def settle_message(self, event: told.SettleMessage) -> None:
        """Note that the lead has read a message."""
        settle_message(*self.who(event), self.messages.pop(event.message), now=event.at)

    def move_follow_up(self, event: told.MoveFollowUp) -> None:
        """Move a follow-up."""
        move_follow_up(*self.who(event), self.follow_ups[event.follow_up], event.due_on,
                       now=event.at, today=event.day)  # fmt: skip

    def complete_follow_up(self, event: told.CompleteFollowUp) -> None:
        """Complete a follow-up."""
        complete_follow_up(*self.who(event), self.follow_ups.pop(event.follow_up),
                           now=event.at, today=event.day)  # fmt: skip

    def note_pension(self, event: told.RecordPensionSeen) -> None:
        """Note that the nearing AOW date was seen."""
        note_pension(*self.where(event), NotePension(event.note), now=event.at, today=event.day)

    # ------------------------------------------------------------------ figures and the round

    def record_count(self, event: told.RegisterWelfareCount) -> None:
        """Record the households on welfare."""
        command = RecordWelfareCount(event.counted_on, event.households, event.source)
        record_welfare_count(*self.who(event), command, now=event.at, today=event.day)

    def open_round(self, event: told.OpenScreeningRound) -> None:
        """Open a screening round."""
        command = OpenRound(event.name, event.starts_on, event.ends_on)
        self.rounds[event.round] = open_round(*self.who(event), command, now=event.at).id

    def join_round(self, event: told.JoinScreeningRound) -> None:
        """Add dossiers to a round."""
        add_to_round(
            *self.who(event), self.rounds[event.round],
            [self.numbers[key] for key in event.dossiers], now=event.at, today=event.day,
        )  # fmt: skip


COMMANDS: dict[type[told.Event], Callable[[Loader, Any], None]] = {
    told.AddMunicipality: Loader.add_municipality,
    told.AddOrganisation: Loader.add_organisation,
    told.AddUser: Loader.add_user,
    told.OpenDossier: Loader.open_dossier,
    told.AcceptHandover: Loader.accept_handover,
    told.Assign: Loader.assign,
    told.DescribeClient: Loader.describe_client,
    told.AddHouseholdMember: Loader.add_member,
    told.AddContact: Loader.add_contact,
    told.ChangeTrack: Loader.change_track,
    told.ExtendRest: Loader.extend_rest,
    told.StopDossier: Loader.stop_dossier,
    told.ReopenDossier: Loader.reopen_dossier,
    told.CorrectTrack: Loader.correct_track,
    told.SetSubgroup: Loader.set_subgroup,
    told.EndSubgroup: Loader.end_subgroup,
    told.RecordConversation: Loader.record_conversation,
    told.WriteHeading: Loader.write_heading,
    told.AddOutline: Loader.add_outline,
    told.LeaveMessage: Loader.leave_message,
    told.OpenWithReason: Loader.open_with_reason,
    told.SettleMessage: Loader.settle_message,
    told.MoveFollowUp: Loader.move_follow_up,
    told.CompleteFollowUp: Loader.complete_follow_up,
    told.RecordPensionSeen: Loader.note_pension,
    told.RegisterWelfareCount: Loader.record_count,
    told.OpenScreeningRound: Loader.open_round,
    told.JoinScreeningRound: Loader.join_round,
    **INTAKE_COMMANDS,
    **LEGAL_COMMANDS,
    **DEPARTURE_COMMANDS,
    **REPORT_COMMANDS,
    **ACCESS_COMMANDS,
    **TRANSFER_COMMANDS,
}
