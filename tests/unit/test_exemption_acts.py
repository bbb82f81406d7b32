"""Exemptions as rows: every act is kept, at most one runs, and the work list follows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kp4web.domain.due import DueKind
from kp4web.domain.errors import DomainError, InvalidInput
from kp4web.domain.exemptions import Act
from kp4web.dossiers.models import Exemption
from kp4web.exemptions.commands import (
    Settle,
    correct_exemption,
    extend_exemption,
    grant_exemption,
    settle_exemption,
)
from kp4web.exemptions.queries import exemption_for
from kp4web.extensions import db
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.factories import (
    actor,
    an_exemption,
    at,
    make_dossier,
    make_exemption,
    make_user,
)

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)
BEGAN = date(2026, 3, 2)


def given(**days):
    lead = make_user()
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    make_exemption(dossier, lead, today=BEGAN, **days)
    return dossier, actor(lead)


def known(dossier):
    """The rows that hold now: first day, last day, first day without it, and the act."""
    rows = [row for row in Exemption.history(db.session(), dossier_id=dossier.id)
            if row.superseded_at is None]  # fmt: skip
    return [(row.valid_from, row.ends_on, row.valid_to, row.act) for row in rows]


def waits_for(dossier):
    query = select(DueItem.kind, DueItem.due_on).where(
        DueItem.dossier_id == dossier.id, DueItem.kind.in_(
            (DueKind.EXEMPTION_END, DueKind.EXEMPTION_PLAN, DueKind.EXEMPTION_REVIEW)
        ),
    )  # fmt: skip
    return {DueKind(kind): due_on for kind, due_on in db.session.execute(query)}


def acts(who, dossier):
    page = exemption_for(db.session(), who, dossier.number, today=TODAY)
    return [act.label for act in reversed(page.acts)]


def settle(who, dossier, act, hour=13, **more):
    command = Settle(act, **({"note": "Besproken."} | more))
    now = at(TODAY, hour)
    return settle_exemption(db.session(), who, dossier.number, command, now=now, today=TODAY)


def test_an_extension_closes_the_running_row_and_keeps_the_earlier_knowledge():
    dossier, who = given(ends_on=date(2026, 12, 31))
    assert waits_for(dossier) == {DueKind.EXEMPTION_END: date(2026, 11, 5)}
    longer = an_exemption(ends_on=date(2027, 12, 31), justification="Nog steeds.")
    extend_exemption(db.session(), who, dossier.number, longer, now=at(TODAY), today=TODAY)
    assert known(dossier) == [
        (BEGAN, date(2026, 12, 31), TODAY, Act.GRANTED),
        (TODAY, date(2027, 12, 31), None, Act.EXTENDED),
    ]
    assert waits_for(dossier) == {DueKind.EXEMPTION_END: date(2027, 11, 5)}
    assert acts(who, dossier) == ["Ontheffing vastgelegd", "Ontheffing verlengd"]
    before = Exemption.lifted_on(TODAY, at(TODAY, 9))
    assert db.session.scalars(select(Exemption.ends_on).where(before)).all() == [date(2026, 12, 31)]


def test_one_that_has_passed_is_no_exemption_and_gives_way_to_the_next():
    dossier, who = given(ends_on=date(2026, 10, 31))
    lifted = select(Exemption.id).where(Exemption.lifted_on(TODAY))
    assert db.session.scalars(lifted).all() == []
    again = an_exemption(starts_on=TODAY - 3 * DAY)
    grant_exemption(db.session(), who, dossier.number, again, now=at(TODAY), today=TODAY)
    assert [row[:3] for row in known(dossier)] == [
        (BEGAN, date(2026, 10, 31), date(2026, 11, 1)),
        (TODAY - 3 * DAY, date(2027, 11, 18), None),
    ]


def test_a_second_one_is_refused_by_the_rule_and_by_the_database():
    dossier, who = given()
    first = an_exemption(starts_on=BEGAN, ends_on=date(2027, 3, 2))
    same = grant_exemption(db.session(), who, dossier.number, first, now=at(TODAY), today=TODAY)
    assert [same.act for _ in known(dossier)] == [Act.GRANTED]  # the same form again
    with pytest.raises(DomainError, match="Er loopt al een ontheffing"):
        grant_exemption(
            db.session(), who, dossier.number, an_exemption(), now=at(TODAY), today=TODAY
        )
    row = Exemption.history(db.session(), dossier_id=dossier.id)[0]
    copy = {name: getattr(row, name) for name in (*Exemption.key, *Exemption.scope,
                                                  *Exemption.content, "recorded_at",
                                                  "recorded_by_id")}  # fmt: skip
    db.session.add(Exemption(**copy, valid_from=TODAY))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_single_parent_has_a_plan_and_reviews_and_gets_it_once():
    lead = make_user()
    dossier, who = make_dossier(lead=lead), actor(lead)
    parent = {"ground": "9a", "reason": "ouder", "child_born_on": date(2024, 5, 1)}
    make_exemption(dossier, lead, **parent, requested_on=TODAY)
    assert waits_for(dossier) == {
        DueKind.EXEMPTION_END: date(2027, 9, 23),
        DueKind.EXEMPTION_PLAN: date(2027, 5, 18),
        DueKind.EXEMPTION_REVIEW: date(2027, 5, 18),
    }
    settle(who, dossier, Act.PLANNED)
    settle(who, dossier, Act.REVIEWED, 14, review_on=date(2027, 4, 1))
    settle(who, dossier, Act.LAPSES, 15)
    assert waits_for(dossier) == {DueKind.EXEMPTION_REVIEW: date(2027, 4, 1)}
    assert acts(who, dossier)[1:] == [
        "Plan bij de ontheffing gemaakt", "Ontheffing beoordeeld",
        "Ontheffing wordt niet verlengd",
    ]  # fmt: skip
    later = TODAY + 30 * DAY
    ended = Settle(Act.ENDED, "Ging weer werken.", later)
    settle_exemption(db.session(), who, dossier.number, ended, now=at(later), today=later)
    assert waits_for(dossier) == {}
    again = an_exemption(**parent, starts_on=later, requested_on=later, ends_on=later + 30 * DAY)
    with pytest.raises(InvalidInput) as refusal:
        grant_exemption(db.session(), who, dossier.number, again, now=at(later), today=later)
    assert refusal.value.field == "ground"


def test_ending_early_needs_a_reason_and_leaves_what_was():
    dossier, who = given()
    for wrong, field in ((Settle(Act.ENDED, "", TODAY), "note"),
                         (Settle(Act.ENDED, "Fout.", BEGAN), "on"),
                         (Settle(Act.ENDED, "Fout.", TODAY + DAY), "on")):  # fmt: skip
        with pytest.raises(InvalidInput) as refusal:
            settle_exemption(db.session(), who, dossier.number, wrong, now=at(TODAY), today=TODAY)
        assert refusal.value.field == field
    settle(who, dossier, Act.ENDED, on=TODAY)
    assert known(dossier) == [(BEGAN, date(2027, 3, 2), TODAY, Act.ENDED)]


def test_a_correction_says_why_and_may_move_the_first_day():
    dossier, who = given()
    earlier = an_exemption(starts_on=BEGAN - 30 * DAY, ends_on=date(2027, 1, 1))
    with pytest.raises(InvalidInput) as refusal:
        correct_exemption(db.session(), who, dossier.number, earlier, now=at(TODAY), today=TODAY)
    assert refusal.value.field == "note"
    why = an_exemption(starts_on=BEGAN - 30 * DAY, ends_on=date(2027, 1, 1), note="Tikfout.")
    correct_exemption(db.session(), who, dossier.number, why, now=at(TODAY), today=TODAY)
    assert known(dossier) == [(BEGAN - 30 * DAY, date(2027, 1, 1), None, Act.CORRECTED)]


def test_who_looked_at_an_older_row_changes_nothing():
    dossier, who = given()
    shown = Exemption.history(db.session(), dossier_id=dossier.id)[-1].id
    settle(who, dossier, Act.REVIEWED, shown=shown)
    with pytest.raises(DomainError, match="intussen gewijzigd"):
        settle(who, dossier, Act.LAPSES, shown=shown)
