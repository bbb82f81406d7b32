"""How often the suggestion is followed: the figures of the work agency's coordinator."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

from kp4web.applications.models import Application
from kp4web.audit.models import AuditEntry
from kp4web.decisions.commands import Measured
from kp4web.decisions.figures import Line, figures_for
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.extensions import db
from kp4web.handovers.commands import ReturnHandover, return_handover
from kp4web.handovers.models import Handover
from kp4web.organisations.commands import add_organisation
from kp4web.organisations.models import Municipality
from tests.answers import easy
from tests.factories import (
    a_coordinator,
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries

PATH = "/rapportages/profielvoorstellen"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SUGGESTS = {1: {}, 4: {"won_plek": "geen"}}
NAME = "Kanariepiet"


@pytest.fixture(autouse=True)
def version(app):
    return make_version(make_team(), make_team("Buren"), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE)


@pytest.fixture
def coordinator(app):
    return make_user(Role.AGENCY_COORDINATOR)


@pytest.fixture
def made(intake):
    """Return a function that decides one application, on a suggestion when one is named."""

    def _made(suggested, decided, municipality="West Betuwe", today=date(2026, 6, 1), **more):
        application = make_application(
            by=intake, municipality=municipality, surname=NAME, today=today
        )
        given = None
        if suggested != "none":
            answers = easy() | SUGGESTS[suggested] if suggested else {"werk_nu": "nee"}
            given = make_questionnaire(
                application, intake, answers=answers, completed=True, today=today
            )
        return decide(
            application, intake, profile=decided, questionnaire=given, today=today, **more
        )

    return _made


@pytest.fixture
def some(made):
    made(1, 1)
    made(1, 1)
    made(1, 3)
    made(4, 4, "Buren")
    made(4, 3, "Buren")
    made(None, 2)
    made("none", 3)
    made("none", 2, "Buren", measured=Measured("Dariuz Diagnose", date(2026, 5, 1), profile=2))


def text_of(page):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def rows(page, testid):
    found = re.findall(rf'<tr data-testid="{testid}">(.*?)</tr>', page, re.DOTALL)
    return [text_of(row).strip() for row in found]


def test_the_figures_add_up(some, coordinator):
    found = figures_for(db.session(), actor(coordinator), *YEAR)
    assert found.total == Line(
        "Alle gemeenten", followed=3, other=2, no_suggestion=1, without=1, elsewhere=1, total=8
    )
    assert [(line.label, line.followed, line.other, line.total) for line in found.lines] == [
        ("Buren", 1, 1, 3), ("West Betuwe", 2, 1, 5),
    ]  # fmt: skip
    assert {one.suggested: one.counts for one in found.crossed} == {
        1: (2, 0, 1, 0), 2: (0, 0, 0, 0), 3: (0, 0, 0, 0), 4: (0, 0, 1, 1), None: (0, 1, 0, 0),
    }  # fmt: skip
    assert found.by_decided == (2, 1, 2, 1)
    assert found.adds_up
    assert found.check == "5 + 1 + 1 + 1 = 8"


def test_the_page_shows_them_with_their_meaning_and_nobody(http_as, some, coordinator):
    page = http_as(coordinator).get(PATH).text
    words = text_of(page)
    assert 'data-testid="share">60%<' in page
    assert "5 + 1 + 1 + 1 = 8 vastgestelde profielen." in words
    assert "Gevolgd betekent: het vastgestelde klantprofiel is gelijk aan het voorstel" in words
    assert rows(page, "crossed")[0] == "Klantprofiel 1 2 gevolgd 0 1 0 3"
    assert rows(page, "crossed")[-1] == "Geen voorstel 0 1 0 0 1"
    assert rows(page, "municipality") == [
        "Buren 2 1 50% 0 0 1 3", "West Betuwe 3 2 67% 1 1 0 5", "Alle gemeenten 5 3 60% 1 1 1 8",
    ]  # fmt: skip
    assert NAME not in page
    assert "/aanvragen/" not in page
    assert "/vragenlijsten/" not in page


def test_a_decision_made_anew_counts_again(made, coordinator, intake):
    first = made(4, 4)
    handover = db.session.scalars(select(Handover)).one()
    return_handover(
        db.session(), a_coordinator(), handover.id, ReturnHandover("Graag KP3."),
        now=at(date(2026, 6, 2)), today=date(2026, 6, 2),
    )  # fmt: skip
    db.session.commit()
    application = db.session.get_one(Application, first.application_id)
    decide(application, intake, profile=3, today=date(2026, 6, 3))
    total = figures_for(db.session(), actor(coordinator), *YEAR).total
    assert (total.followed, total.without, total.total) == (1, 1, 2)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(date(2026, 6, 1), date(2026, 6, 1), 1), (date(2026, 6, 2), date(2026, 12, 31), 0),
     (date(2026, 1, 1), date(2026, 5, 31), 0), (date(2026, 5, 31), date(2026, 6, 2), 1)],
)  # fmt: skip
def test_both_days_of_the_period_count(made, coordinator, first, last, count):
    made("none", 2)
    assert figures_for(db.session(), actor(coordinator), first, last).total.total == count


def test_this_calendar_year_is_asked_by_default(http_as, made, coordinator):
    made("none", 2)
    page = text_of(http_as(coordinator).get(PATH).text)
    assert "Van 01-01-2026 tot en met 31-12-2026" in page


def test_without_suggestions_there_is_no_share(http_as, made, coordinator):
    made("none", 2)
    page = http_as(coordinator).get(PATH).text
    assert 'data-testid="share">–<' in page
    assert "0 + 0 + 1 + 0 = 1" in page


def test_a_period_without_decisions_says_so(http_as, made, coordinator):
    made("none", 2)
    page = http_as(coordinator).get(f"{PATH}?van=2025-01-01&tot=2025-12-31")
    assert page.status_code == 200
    assert "Geen profielen vastgesteld" in page.text
    assert "Kies een andere periode." in page.text


@pytest.mark.parametrize(
    ("query", "text"),
    [("van=2026-02-30", "Dit is geen bestaande datum."), ("van=&tot=", "Vul dit veld in."),
     ("van=2026-06-02&tot=2026-06-01", "Kies een dag op of na de begindag."),
     ("tot=gisteren", "Dit is geen bestaande datum."), ("van=9999-12-31", "kan niet kloppen"),
     ("van=%00&tot=<script>", "fouten")],
)  # fmt: skip
def test_a_wrong_period_is_refused_with_what_was_typed(http_as, coordinator, query, text):
    response = http_as(coordinator).get(f"{PATH}?{query}")
    assert response.status_code == 422
    assert text in response.text
    assert "<script>" not in response.text.partition("<main")[2]
    for typed in ("2026-02-30", "gisteren"):
        if typed in query:
            assert f'value="{typed}"' in response.text


def test_only_the_coordinator_of_the_agency_gets_them(http_as, some):
    for role in Role:
        status = 200 if role is Role.AGENCY_COORDINATOR else 403
        assert http_as(make_user(role)).get(PATH).status_code == status


def test_another_agency_counts_its_own(http_as, some):
    other = add_organisation(
        db.session(), kind=OrganisationKind.WORK_AGENCY, name="Werk elders",
        serves=list(db.session.scalars(select(Municipality.id))),
    )  # fmt: skip
    db.session.commit()
    page = http_as(make_user(Role.AGENCY_COORDINATOR, organisation=other)).get(PATH).text
    assert "Geen profielen vastgesteld" in page


def test_one_query_counts_however_many(made, coordinator):
    who, found = actor(coordinator), []
    for _ in range(2):
        made("none", 2)
        made(1, 1, "Buren")
        db.session.commit()
        with count_queries() as statements:
            figures_for(db.session(), who, *YEAR)
        found.append(len(statements))
    assert found == [1, 1]


def test_figures_about_nobody_leave_nothing_in_the_log(http_as, some, coordinator):
    http = http_as(coordinator)
    count = select(func.count()).select_from(AuditEntry)
    before = db.session.scalar(count)
    http.get(PATH)
    db.session.rollback()
    assert db.session.scalar(count) == before
