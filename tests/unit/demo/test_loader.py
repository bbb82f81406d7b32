"""The demo history in the database, as the command loads it, on both engines."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import and_, func, select

from kp4web.accounts.commands import passwords
from kp4web.accounts.models import User
from kp4web.clients.models import Client, HouseholdMember
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.demo.accounts import ACCOUNTS, AGENCY_CONSULTANTS
from kp4web.demo.events import RecordConversation
from kp4web.domain.actor import OrganisationKind
from kp4web.domain.tracks import Subgroup, TrackKind
from kp4web.dossiers.models import Dossier, SubgroupPeriod, TrackPeriod
from kp4web.figures.models import WelfareCount
from kp4web.handovers.models import Handover, HandoverKind, HandoverState
from kp4web.organisations.models import Municipality, Organisation
from kp4web.screening.models import ScreeningMember
from kp4web.worklist.models import DueItem, FollowUp
from tests.conftest import TODAY
from tests.factories import make_user
from tests.unit.demo.fold import play, story

NOTE_DAY = date(2020, 11, 2)
NOTE = {"kp3": 2, "support": 21, "rest": 67, "under_investigation": 40, "stopped": 18}

history = pytest.mark.history


@pytest.fixture
def run(app):
    def _run(*args, **env):
        return app.test_cli_runner().invoke(args=args, env=env)

    return _run


def kinds_on(session, day, known_at=None):
    query = (
        select(TrackPeriod.kind, func.count())
        .join(Municipality, Municipality.id == TrackPeriod.municipality_id)
        .where(TrackPeriod.valid_on(day, known_at), Municipality.slug == "west-betuwe")
        .group_by(TrackPeriod.kind)
    )
    return {kind.value: number for kind, number in session.execute(query)}


def count(session, model, *conditions):
    return session.scalar(select(func.count()).select_from(model).where(*conditions))


@history
def test_the_rows_give_the_figures_of_the_note(db_session):
    assert kinds_on(db_session, NOTE_DAY) == NOTE


@history
def test_the_rows_give_them_as_they_were_known_then(db_session):
    known_at = datetime.combine(date(2020, 11, 24), time.max, UTC)
    assert kinds_on(db_session, NOTE_DAY, known_at) == NOTE


@history
def test_the_rows_give_the_subgroups_of_the_deck(db_session):
    counted = (
        select(SubgroupPeriod.subgroup, func.count())
        .join(Dossier, Dossier.id == SubgroupPeriod.dossier_id)
        .join(Municipality, Municipality.id == SubgroupPeriod.municipality_id)
        .where(
            SubgroupPeriod.valid_on(date(2021, 3, 23)),
            Municipality.slug == "west-betuwe",
            Dossier.opened_on <= NOTE_DAY,
        )
        .group_by(SubgroupPeriod.subgroup)
    )
    sizes = dict(db_session.execute(counted).all())
    assert sizes[Subgroup.IMPROVED] == 7
    assert sizes[Subgroup.HIDDEN_PROBLEMS] == 4


@history
def test_everything_told_is_there(db_session):
    talks = [event for event in story(TODAY) if isinstance(event, RecordConversation)]
    held = sum(event.outcome == "held" for event in talks)
    assert count(db_session, Conversation) == held
    assert count(db_session, ContactAttempt) == len(talks) - held
    assert count(db_session, ScreeningMember) == 148
    for kind, waiting in ((HandoverKind.KP4, 2), (HandoverKind.KP3, 1)):
        offered = Handover.state == HandoverState.OFFERED
        assert count(db_session, Handover, and_(Handover.kind == kind, offered)) == waiting
    counts = select(WelfareCount.households).where(WelfareCount.counted_on == date(2020, 7, 1))
    assert 449 in db_session.scalars(counts).all()


@history
def test_every_dossier_stands_where_the_story_left_it(db_session):
    rows = {dossier.number: dossier for dossier in db_session.scalars(select(Dossier))}
    emails = dict(db_session.execute(select(User.id, User.email)).all())
    agency = db_session.scalar(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.WORK_AGENCY)
    )
    moved = [row for row in rows.values() if row.holder_id == agency]
    assert len(moved) >= 8
    assert sum(row.lead_id is None for row in moved) == 2
    told = play(story(TODAY))
    assert len(rows) == len(told)
    for dossier in told.values():
        row = rows[dossier.number]
        assert (row.kind, row.planned_end) == (dossier.kind, dossier.rows[-1].planned_end)
        lead = emails.get(row.lead_id)
        if row.holder_id == agency:  # moved at the end of the last day
            assert (dossier.key[:3], row.kind) == ("bu-", TrackKind.REST)
            assert lead in {None, *AGENCY_CONSULTANTS}
        else:
            assert lead == dossier.lead
        assert row.last_contact_on == max(dossier.contacts, default=None)
    still_open = count(db_session, FollowUp, FollowUp.ended_at.is_(None))
    assert still_open == sum(len(dossier.open) for dossier in told.values())


@history
def test_couples_share_a_household_and_children_live_in_it(db_session):
    homes = select(func.count()).select_from(Client).group_by(Client.household_id)
    sizes = db_session.scalars(homes).all()
    assert sizes.count(2) == 11
    assert set(sizes) == {1, 2}
    assert count(db_session, HouseholdMember) > 40


@history
def test_all_municipalities_are_there_and_only_two_have_dossiers(db_session):
    assert count(db_session, Municipality) == 8
    assert count(db_session, Organisation) == 10
    held = select(func.count(Dossier.municipality_id.distinct()))
    assert db_session.scalar(held) == 2


@history
def test_something_is_due_today_and_something_is_late(db_session):
    assert count(db_session, DueItem, DueItem.due_on == TODAY) >= 3
    assert 10 <= count(db_session, DueItem, DueItem.due_on < TODAY) <= 35


@history
@pytest.mark.parametrize("command", [("worklist", "verify"), ("audit", "verify")])
def test_what_was_loaded_verifies(run, command):
    result = run(*command)
    assert result.exit_code == 0, result.output


@history
def test_loading_a_second_time_does_nothing(run, db_session):
    before = count(db_session, Conversation)
    db_session.rollback()
    result = run("demo", "load")
    assert result.exit_code == 0
    assert "al geladen" in result.output
    assert count(db_session, Conversation) == before


def test_a_database_in_use_is_left_alone(run, app, db_session):
    make_user()
    result = run("demo", "load")
    assert result.exit_code != 0
    assert "lege database" in result.output
    assert count(db_session, Municipality, Municipality.slug == "culemborg") == 0


@history
def test_accounts_are_shown_and_get_the_password_asked_for(run, db_session):
    result = run("demo", "accounts", KP4WEB_DEMO_PASSWORD="een ander wachtwoord")
    assert result.exit_code == 0
    assert all(email in result.output for email, *_ in ACCOUNTS)
    hashes = db_session.scalars(select(User.password_hash)).all()
    assert len(hashes) == len(ACCOUNTS)
    assert all(passwords.match(stored, "een ander wachtwoord") for stored in hashes)


def test_accounts_of_an_empty_database_say_what_to_do(run):
    result = run("demo", "accounts")
    assert result.exit_code != 0
    assert "demo load" in result.output
