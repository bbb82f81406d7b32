"""Recording a conversation or an attempt: what it changes, and what it refuses."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from kp4web.conversations.commands import (
    CONVERSATION_FORM,
    AttemptOutcome,
    Channel,
    Participant,
    RecordConversation,
    record_conversation,
)
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.domain.drafts import DraftRule
from kp4web.domain.due import DueKind
from kp4web.domain.errors import DomainError, InvalidInput, NotFound
from kp4web.dossiers.models import Dossier
from kp4web.drafts.commands import discard_draft, forget_old, save_draft
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp
from tests.conftest import TODAY
from tests.factories import actor, at, make_dossier, make_follow_up, make_user

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def lead(app):
    return make_user()


def record_in(dossier, user, *, now=None, **given):
    known = {"held_on": TODAY, "channel": Channel.PHONE, "report": "Gesproken."}
    entry = record_conversation(
        db.session(), actor(user), dossier.number, RecordConversation(**(known | given)),
        now=now or at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return entry


def last_contact(dossier):
    return db.session.scalar(select(Dossier.last_contact_on).where(Dossier.id == dossier.id))


def waiting_for(dossier):
    rows = db.session.execute(
        select(DueItem.kind, DueItem.due_on).where(DueItem.dossier_id == dossier.id)
    )
    return {DueKind(kind): due_on for kind, due_on in rows}


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({}, True),
        ({"channel": Channel.VIDEO}, True),
        ({"participants": (Participant.RESIDENT, Participant.PARTNER)}, True),
        ({"channel": Channel.IN_WRITING}, False),
        ({"participants": (Participant.PARTNER, Participant.PROFESSIONAL)}, False),
        ({"attempt": AttemptOutcome.NO_ANSWER}, False),
    ],
)
def test_a_contact_counts_when_the_resident_was_spoken_to(lead, given, counts):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 6, 1))
    record_in(dossier, lead, **given)
    assert last_contact(dossier) == (TODAY if counts else None)


def test_an_earlier_contact_never_replaces_a_later_one(lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 6, 1))
    record_in(dossier, lead)
    record_in(dossier, lead, held_on=date(2026, 7, 1))
    assert last_contact(dossier) == TODAY


def test_attempts_are_kept_apart_and_leave_the_contact_item(lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 6, 1))
    before = waiting_for(dossier)[DueKind.CONTACT]
    entry = record_in(dossier, lead, attempt=AttemptOutcome.NO_SHOW, report="")
    assert db.session.get_one(ContactAttempt, entry.id).held_on == TODAY
    assert waiting_for(dossier)[DueKind.CONTACT] == before
    record_in(dossier, lead)
    assert waiting_for(dossier)[DueKind.CONTACT] == date(2027, 2, 18)


def test_a_follow_up_is_planned_and_others_are_settled(lead):
    dossier = make_dossier(lead=lead)
    old = make_follow_up(dossier, lead, due_on=TODAY)
    entry = record_in(
        dossier, lead, follow_up_on=TODAY + timedelta(days=14), follow_up_what=" Bellen. ",
        done=frozenset({old.id}),
    )  # fmt: skip
    new = db.session.scalars(select(FollowUp).where(FollowUp.ended_at.is_(None))).one()
    assert (new.what, new.conversation_id) == ("Bellen.", entry.id)
    assert waiting_for(dossier)[DueKind.FOLLOW_UP] == TODAY + timedelta(days=14)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("held_on", {"held_on": TODAY + timedelta(days=1)}),
        ("held_on", {"held_on": date(2026, 5, 31)}),
        ("held_at", {"held_at": time(10, 1)}),
        ("report", {"report": "x" * 50_001}),
        ("follow_up_on", {"follow_up_on": TODAY - timedelta(days=1)}),
        ("follow_up_on", {"follow_up_on": date(2199, 1, 1)}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(lead, field, given):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 6, 1))
    with pytest.raises(InvalidInput) as caught:
        record_in(dossier, lead, now=at(TODAY, 10), **given)
    assert caught.value.field == field
    db.session.rollback()
    assert db.session.scalar(select(func.count(Conversation.id))) == 0


def test_a_time_earlier_today_or_any_time_on_an_earlier_day_is_fine(lead):
    dossier = make_dossier(lead=lead)
    entry = record_in(dossier, lead, held_at=time(10), now=at(TODAY, 10))
    assert db.session.get_one(Conversation, entry.id).held_at == time(10)
    yesterday = TODAY - timedelta(days=1)
    assert record_in(dossier, lead, held_on=yesterday, held_at=time(23, 59), now=at(TODAY, 10))


def test_a_ticked_follow_up_of_another_dossier_changes_nothing(lead):
    dossier, other = make_dossier(lead=lead), make_dossier(lead=lead)
    foreign = make_follow_up(other, lead, due_on=TODAY)
    with pytest.raises(DomainError, match="intussen afgehandeld"):
        record_in(dossier, lead, done=frozenset({foreign.id}))
    db.session.rollback()
    assert db.session.get(FollowUp, foreign.id).ended_at is None
    assert db.session.scalar(select(func.count(Conversation.id))) == 0


def test_the_same_form_lands_on_its_first_record(lead):
    dossier, mark = make_dossier(lead=lead), str(uuid4())
    first = record_in(dossier, lead, submission=mark, follow_up_on=TODAY)
    again = record_in(dossier, lead, submission=mark, follow_up_on=TODAY)
    assert again.id == first.id
    assert db.session.scalar(select(func.count(FollowUp.id))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"report": "Iets anders."},
        {"attempt": AttemptOutcome.NO_ANSWER},
        {"held_on": TODAY - timedelta(days=1)},
    ],
)
def test_the_same_form_with_another_content_is_not_swallowed(lead, change):
    dossier, mark = make_dossier(lead=lead), str(uuid4())
    record_in(dossier, lead, submission=mark)
    with pytest.raises(DomainError, match="al eerder verstuurd"):
        record_in(dossier, lead, submission=mark, **change)


def test_the_marks_of_two_users_never_clash(lead):
    colleague, mark = make_user(), str(uuid4())
    mine, theirs = make_dossier(lead=lead), make_dossier(lead=colleague)
    assert record_in(mine, lead, submission=mark) is not None
    assert record_in(theirs, colleague, submission=mark) is not None
    assert db.session.scalar(select(func.count(Conversation.id))) == 2


def test_a_colleague_records_and_the_lead_is_told(lead):
    dossier, colleague = make_dossier(lead=lead), make_user()
    record_in(dossier, colleague)
    item = db.session.scalars(select(DueItem).where(DueItem.kind == DueKind.MESSAGE)).one()
    assert item.user_id == lead.id


def test_a_colleague_plans_nothing(lead):
    dossier, colleague = make_dossier(lead=lead), make_user()
    with pytest.raises(InvalidInput):
        record_in(dossier, colleague, follow_up_on=TODAY)


def test_the_last_lead_finishes_a_report_in_a_stopped_dossier(lead):
    dossier = make_dossier(track="stopped", lead=lead)
    assert record_in(dossier, lead).id
    with pytest.raises(InvalidInput, match="gestopt"):
        record_in(dossier, lead, follow_up_on=TODAY)


def test_out_of_reach_does_not_exist(lead):
    dossier, stranger = make_dossier(lead=lead), make_user(municipality="Buren")
    with pytest.raises(NotFound):
        record_in(dossier, stranger)


# ---------------------------------------------------------------------- drafts

TALK = DraftRule(CONVERSATION_FORM, "Gesprek vastleggen", "conversations.new")


def keep(dossier, user, text, *, days_ago=0):
    then = at(TODAY) - timedelta(days=days_ago)
    save_draft(db.session(), actor(user), TALK, dossier.id, {"report": [text]}, now=then)
    db.session.commit()


def drafts():
    return [draft.fields["report"] for draft in db.session.scalars(select(Draft))]


def test_there_is_one_draft_per_user_and_dossier(lead):
    dossier, colleague = make_dossier(lead=lead), make_user()
    keep(dossier, lead, "Eerste")
    keep(dossier, lead, "Tweede")
    keep(dossier, colleague, "Van mij")
    assert sorted(drafts()) == [["Tweede"], ["Van mij"]]


def test_recording_forgets_the_own_draft_only(lead):
    dossier, colleague = make_dossier(lead=lead), make_user()
    keep(dossier, lead, "Van mij")
    keep(dossier, colleague, "Van de collega")
    record_in(dossier, lead)
    assert drafts() == [["Van de collega"]]


def test_a_draft_too_long_to_keep_is_refused(lead):
    dossier = make_dossier(lead=lead)
    with pytest.raises(InvalidInput, match="te lang"):
        keep(dossier, lead, "x" * 200_001)


def test_drafts_are_thrown_away_by_hand_and_after_thirty_days(lead):
    dossier, other = make_dossier(lead=lead), make_dossier(lead=lead)
    keep(dossier, lead, "Weg")
    keep(other, lead, "Oud", days_ago=31)
    weg = db.session.scalars(select(Draft.id).where(Draft.subject_id == dossier.id)).one()
    discard_draft(db.session(), actor(lead), weg)
    assert forget_old(db.session(), now=at(TODAY)) == 1
    assert drafts() == []
