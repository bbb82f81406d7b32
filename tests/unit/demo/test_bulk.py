"""The large data set: as many as asked for, and nothing that the commands would not have left."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kp4web.accounts.queries import user_by_email
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client
from kp4web.conversations.models import Conversation
from kp4web.demo import cli
from kp4web.demo.bulk import MUNICIPALITIES, sizes_for
from kp4web.domain.tracks import check_change
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.extensions import db
from kp4web.upkeep.queries import verify_dossiers
from tests.bulk import add_towns, staff_of
from tests.conftest import TODAY
from tests.factories import make_conversation, make_dossier


@pytest.mark.usefixtures("app")
def test_nothing_stored_contradicts_the_facts():
    add_towns(40, 3, talks=9)
    batches = list(verify_dossiers(db.session()))
    assert sum(batch.compared for batch in batches) == 43
    assert [difference for batch in batches for difference in batch.differences] == []


@pytest.mark.usefixtures("app")
def test_there_are_as_many_as_asked_for():
    add_towns(7, 2, talks=3)
    counts = [db.session.scalar(select(func.count(kind.id))) for kind in (Client, Conversation)]
    assert counts == [9, 27]
    assert db.session.scalar(select(func.max(Conversation.held_on))) <= TODAY
    assert db.session.scalar(select(func.min(Assignment.valid_from))) > TODAY - timedelta(3000)


@pytest.mark.usefixtures("app")
def test_the_tracks_are_such_as_the_rules_allow():
    add_towns(60)
    known = TrackPeriod.superseded_at.is_(None)
    rows = db.session.scalars(
        select(TrackPeriod).where(known).order_by(TrackPeriod.dossier_id, TrackPeriod.valid_from)
    ).all()
    for before, row in zip([None, *rows], rows, strict=False):
        if before is None or before.dossier_id != row.dossier_id:
            check_change(None, None, row)
        else:
            assert before.valid_to == row.valid_from
            check_change(before.kind, before.planned_end, row)


@pytest.mark.usefixtures("app")
def test_work_goes_on_where_the_numbering_left_off():
    add_towns(2)
    lead, name = staff_of(0), MUNICIPALITIES[0]
    dossier = make_dossier(lead=lead, municipality=name)
    make_conversation(dossier, lead)
    assert db.session.scalar(select(func.count(Dossier.id))) == 3


def test_municipalities_are_never_more_than_have_names():
    assert sizes_for(2_000) == (285, 286, 286, 285, 286, 286, 286)
    assert len(sizes_for(1_000_000)) == len(set(MUNICIPALITIES)) == 340
    assert sum(sizes_for(1_000_000)) == 1_000_000


@pytest.mark.history
def test_the_history_is_filled_up_to_what_was_asked(app):
    before = db.session.scalar(select(func.count(Dossier.id)))
    cli._fill_up(db.session(), before + 11, None, 1, TODAY)
    cli._fill_up(db.session(), before, None, 1, TODAY)
    assert db.session.scalar(select(func.count(Dossier.id))) == before + 11
    assert user_by_email(db.session(), f"consulent1@{MUNICIPALITIES[0].lower()}.example")
    assert not [one for batch in verify_dossiers(db.session()) for one in batch.differences]
