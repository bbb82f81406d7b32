"""Break-glass: a reason opens one dossier for one user for a day, and the lead is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kp4web.accounts.models import ReasonGrant
from kp4web.audit.models import AuditEntry
from kp4web.breakglass.commands import OpenWithReason, open_with_reason
from kp4web.domain.actor import Role
from kp4web.domain.reasons import LASTS
from kp4web.extensions import db
from kp4web.users.commands import change_roles
from tests.conftest import TODAY
from tests.dossier_page import page_of, path
from tests.factories import (
    a_bsn,
    actor,
    make_conversation,
    make_dossier,
    make_operator,
    make_user,
)

REASON = "De vaste consulent is ziek en de inwoner belt."
SECRET = "Verslagkanarie over de huur"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def colleague(app):
    return make_user(name="Ö. Demir")


@pytest.fixture
def dossier(lead):
    made = make_dossier(lead=lead, bsn=a_bsn())
    make_conversation(made, lead, report=SECRET)
    return made


def ask(http, dossier, reason=REASON):
    return http.post(f"{path(dossier)}/inzien-met-reden", data={"reason": reason})


def opened(user, dossier, moment):
    grant = open_with_reason(
        db.session(), actor(user), dossier.number, OpenWithReason(REASON),
        now=moment, today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return grant


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_a_reason_opens_reports_and_bsn_of_this_dossier_and_no_other(
    http_as, lead, colleague, dossier
):
    other = make_dossier(lead=lead)
    make_conversation(other, lead, report=SECRET)
    http = http_as(colleague)
    before = page_of(http, dossier)
    assert "Inzien met reden" in before
    assert SECRET not in before
    answer = ask(http, dossier)
    assert (answer.status_code, answer.location) == (303, path(dossier))
    page = page_of(http, dossier)
    assert SECRET in page
    assert "U ziet dit dossier met reden tot" in page
    assert http.post(path(dossier) + "/bsn").status_code == 200
    assert SECRET not in page_of(http, other)
    assert http.post(path(other) + "/bsn").status_code == 403
    assert SECRET not in page_of(http_as(make_user()), dossier)


def test_what_is_seen_with_a_reason_is_logged_with_relation_and_reason(http_as, colleague, dossier):
    http = http_as(colleague)
    ask(http, dossier)
    page_of(http, dossier)
    found = [(e.relation, e.reason) for e in entries("dossier_read")]
    assert found == [("colleague,with_reason", REASON)]
    assert [(e.relation, e.reason) for e in entries("break_glass")] == [("colleague", REASON)]
    http.post("/zoeken", data={"term": "verslagkanarie"})
    assert [(e.relation, e.reason) for e in entries("search")] == [("with_reason", REASON)]
    lines = http_as(make_user(Role.DATA_PROTECTION_OFFICER)).get("/logboek").text
    assert "Dossier geopend met reden" in lines
    assert REASON in lines


def test_words_in_reports_and_the_bsn_are_found_while_it_is_open(http_as, lead, colleague):
    bsn = a_bsn()
    mine = make_dossier(lead=lead, bsn=bsn)
    make_conversation(mine, lead, report=SECRET)
    http = http_as(colleague)

    def found():
        words = http.post("/zoeken", data={"term": "verslagkanarie"}).text
        number = http.post("/zoeken", data={"term": bsn}).text
        return mine.number in words, mine.number in number

    assert found() == (False, False)
    ask(http, mine)
    assert found() == (True, True)
    http.post(f"{path(mine)}/inzien-met-reden/einde")
    assert found() == (False, False)


def test_the_lead_is_told_once_however_often_it_is_sent(http_as, lead, colleague, dossier):
    http = http_as(colleague)
    for reason in (REASON, REASON, "Een heel andere reden dan zojuist."):
        assert ask(http, dossier, reason).status_code == 303
    page_of(http, dossier)
    assert db.session.scalar(select(func.count()).select_from(ReasonGrant)) == 1
    work = http_as(lead).get("/werkvoorraad").text
    assert work.count("Ik heb dit dossier ingezien met een reden") == 1
    assert REASON in work


def test_a_coordinator_reads_reports_with_a_reason_and_changes_nothing(http_as, dossier):
    http = http_as(make_user(Role.COORDINATOR))
    ask(http, dossier)
    page = page_of(http, dossier)
    assert SECRET in page
    assert "Gesprek vastleggen" not in page
    assert http.get(path(dossier) + "/vragenlijsten").status_code == 403


def test_the_lead_needs_no_reason(http_as, lead, dossier):
    assert ask(http_as(lead), dossier).status_code == 403
    assert "Inzien met reden" not in page_of(http_as(lead), dossier)


@pytest.mark.parametrize(("ago", "sees"), [(LASTS - timedelta(minutes=1), True), (LASTS, False)])
def test_it_ends_after_24_hours_also_in_a_running_session(http_as, colleague, dossier, ago, sees):
    http = http_as(colleague)
    opened(colleague, dossier, datetime.now(UTC) - ago)
    assert (SECRET in page_of(http, dossier)) is sees


def test_it_ends_with_the_role_and_does_not_come_back_with_it(http_as, colleague, dossier):
    opened(colleague, dossier, datetime.now(UTC))
    administrator = actor(make_user(Role.ADMINISTRATOR, organisation=make_operator()))
    for roles in ({Role.POLICY_OFFICER}, {Role.CONSULTANT}):
        change_roles(
            db.session(), administrator, colleague.id, frozenset(roles), now=datetime.now(UTC)
        )
    db.session.commit()
    assert SECRET not in page_of(http_as(colleague), dossier)


@pytest.mark.parametrize("reason", ["", "nodig", "ziek ziek ziek ziek"])
def test_a_reason_that_says_nothing_is_refused_with_what_was_typed(
    http_as, colleague, dossier, reason
):
    answer = ask(http_as(colleague), dossier, reason)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert f">\n{reason}</textarea>" in answer.text.replace("\r", "")
    assert db.session.scalar(select(func.count()).select_from(ReasonGrant)) == 0


def test_the_overview_counts_by_role_within_the_own_municipality(http_as, colleague, dossier):
    coordinator = make_user(Role.COORDINATOR)
    moment = datetime.now(UTC)
    opened(colleague, dossier, moment - timedelta(hours=30))
    opened(colleague, dossier, moment)
    opened(coordinator, dossier, moment)
    elsewhere = make_dossier(lead=make_user(municipality="Buren"), municipality="Buren")
    opened(make_user(municipality="Buren"), elsewhere, moment)
    since, until = (moment - timedelta(days=2)).date(), (moment + timedelta(days=1)).date()
    for role in (Role.COORDINATOR, Role.DATA_PROTECTION_OFFICER):
        page = http_as(make_user(role)).get(
            f"/rapportages/inzien-met-reden?van={since}&tot={until}"
        )
        cells = [line.strip() for line in page.text.splitlines() if 'class="number">' in line]
        numbers = [cell.split(">")[1].split("<")[0] for cell in cells if "<td" in cell]
        assert numbers == ["2", "1", "1", "1", "1", "1", "3", "1", "2"]
    assert http_as(coordinator).get("/rapportages/inzien-met-reden?van=x").status_code == 422
