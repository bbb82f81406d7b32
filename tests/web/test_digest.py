"""The page on which somebody chooses to get the work list by e-mail."""

import pytest

from kp4web.digest.models import DigestSetting
from kp4web.domain.actor import Role
from kp4web.domain.digest import Rhythm
from kp4web.extensions import db
from tests.factories import make_user
from tests.mailbox import mailbox
from tests.queries import count_queries

PAGE = "/account/overzicht"
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def me(app):
    return make_user()


def chosen_by(user):
    db.session.commit()
    row = db.session.get(DigestSetting, user.id, populate_existing=True)
    return row and (row.rhythm, row.weekday)


def checked(page, value):
    return f'checked id="rhythm-{list(Rhythm).index(value)}"' in page


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.COORDINATOR])
def test_it_is_off_until_somebody_chooses(app, http_as, role):
    user = make_user(role)
    http = http_as(user)
    assert f'href="{PAGE}"' in http.get("/account").text
    assert checked(http.get(PAGE).text, Rhythm.OFF)
    assert chosen_by(user) is None
    response = http.post(PAGE, data={"rhythm": "weekly", "weekday": "4"})
    assert (response.status_code, response.location) == (303, PAGE)
    assert chosen_by(user) == (Rhythm.WEEKLY, 4)
    page = http.get(PAGE).text
    assert checked(page, Rhythm.WEEKLY)
    assert '<option selected value="4">vrijdag</option>' in page
    assert user.email in page


def test_a_choice_replaces_the_one_before_and_not_that_of_others(app, http_as, me):
    other = make_user()
    http_as(other).post(PAGE, data={"rhythm": "daily", "weekday": "0"})
    for rhythm in ("daily", "off"):
        http_as(me).post(PAGE, data={"rhythm": rhythm, "weekday": "0"})
    assert chosen_by(me) == (Rhythm.OFF, 0)
    assert chosen_by(other) == (Rhythm.DAILY, 0)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.POLICY_OFFICER, Role.ADMINISTRATOR])
def test_who_has_no_work_list_gets_none_by_e_mail(app, http_as, role):
    user = make_user(role)
    http = http_as(user)
    assert PAGE not in http.get("/account").text
    assert http.get(PAGE).status_code == 403
    assert http.post(PAGE, data={"rhythm": "daily", "weekday": "0"}).status_code == 403
    assert chosen_by(user) is None


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, "rhythm"),
        ({"rhythm": "hourly", "weekday": "1"}, "rhythm"),
        ({"rhythm": "weekly", "weekday": "7"}, "weekday"),
        ({"rhythm": "weekly", "weekday": "x"}, "weekday"),
    ],
)
def test_what_is_no_choice_is_refused_at_its_field(app, http_as, me, data, wrong):
    response = http_as(me).post(PAGE, data=data)
    assert response.status_code == 422
    assert f'id="{wrong}-error"' in response.text
    assert chosen_by(me) is None


def test_a_refusal_and_a_success_answer_htmx_too(app, http_as, me):
    http = http_as(me)
    refused = http.post(PAGE, data={"rhythm": "x", "weekday": "3"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert '<option selected value="3">donderdag</option>' in refused.text
    done = http.post(PAGE, data={"rhythm": "daily", "weekday": "3"}, headers=FRAGMENT)
    assert (done.status_code, done.headers["HX-Redirect"]) == (200, PAGE)


def test_a_form_without_a_token_changes_nothing(app, http_as, me):
    app.config["WTF_CSRF_ENABLED"] = True
    response = http_as(me).post(PAGE, data={"rhythm": "daily", "weekday": "0"})
    assert response.status_code in {400, 401}
    assert chosen_by(me) is None


def test_the_pages_say_that_no_mail_server_is_set(app, http_as, me):
    http = http_as(me)
    assert "nog geen mailserver ingesteld" in http.get(PAGE).text
    assert "nog geen mailserver ingesteld" in http.get("/account").text
    with mailbox() as server:
        app.config["MAIL_SERVER"] = server.settings()
        assert "mailserver" not in http.get(PAGE).text
        assert "mailserver" not in http.get("/account").text


def test_the_page_takes_one_query_beside_the_session(app, http_as, me):
    http = http_as(me)
    http.get(PAGE)
    with count_queries() as statements:
        assert http.get(PAGE).status_code == 200
    assert len(statements) == 2


def test_the_choice_is_in_the_log(app, http_as, me):
    http_as(me).post(PAGE, data={"rhythm": "daily", "weekday": "0"})
    page = http_as(make_user(Role.DATA_PROTECTION_OFFICER)).get("/logboek").text
    assert "Overzicht per e-mail ingesteld" in page
