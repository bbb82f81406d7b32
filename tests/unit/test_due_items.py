"""The stored due items of one dossier say nothing about another."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.domain.due import DueKind
from kp4web.extensions import db
from kp4web.worklist.commands import NotePension, note_pension, refresh_due_items
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import actor, at, make_dossier, make_user

pytestmark = pytest.mark.usefixtures("app")


def pension_item_of(dossier):
    return db.session.scalar(
        select(DueItem.due_on).where(
            DueItem.dossier_id == dossier.id, DueItem.kind == DueKind.PENSION_REACHED
        )
    )


def postpone(dossier, lead, day):
    note = NotePension("Wacht op de beschikking.", day)
    note_pension(db.session(), actor(lead), dossier.number, note, now=at(TODAY), today=TODAY)


def test_a_postponement_moves_the_own_dossier_only_and_the_last_one_counts():
    lead = make_user()
    mine, other = (
        make_dossier(lead=lead, birth_date=date(1960, 1, 1 + day)) for day in range(2)
    )  # fmt: skip
    untouched = pension_item_of(other)
    for weeks in (4, 2):
        postpone(mine, lead, TODAY + timedelta(weeks=weeks))
    postpone(other, lead, TODAY + timedelta(weeks=9))
    refresh_due_items(db.session(), [mine.id, other.id])
    assert pension_item_of(mine) == TODAY + timedelta(weeks=2)
    assert untouched != pension_item_of(other) == TODAY + timedelta(weeks=9)
