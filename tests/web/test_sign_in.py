"""Signing in, sessions and the own account."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from kp4web.accounts.models import SignInAttempt, User, UserSession
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from tests.factories import PASSWORD, make_user


def sign_in(http, user, password=PASSWORD, **more):
    return http.post("/inloggen", data={"email": user.email, "password": password, **more})


def sessions():
    db.session.rollback()
    return db.session.scalars(select(UserSession).order_by(UserSession.id)).all()


def test_the_right_password_starts_a_session_kept_on_the_server(http):
    user = make_user(Role.PRIVACY_OFFICER)
    response = sign_in(http, user)
    assert (response.status_code, response.location) == (303, "/")
    assert len(sessions()) == 1
    assert http.get("/").location == "/privacy/inzageverzoeken"


def test_the_address_is_not_case_sensitive(http):
    user = make_user(email="wim@kp4web.example")
    data = {"email": " Wim@KP4web.example ", "password": PASSWORD}
    assert http.post("/inloggen", data=data).status_code == 303
    assert user.id


@pytest.mark.parametrize("known", [True, False], ids=["wrong password", "unknown account"])
def test_a_failure_tells_nothing_about_the_account(http, known):
    user = make_user()
    email = user.email if known else "nobody@kp4web.example"
    response = http.post("/inloggen", data={"email": email, "password": "niet dit wachtwoord"})
    assert response.status_code == 422
    assert "Het e-mailadres of het wachtwoord klopt niet." in response.text
    assert email in response.text
    assert sessions() == []


def test_after_five_failures_the_account_waits_even_with_the_right_password(http):
    user = make_user()
    for _ in range(5):
        assert sign_in(http, user, "fout fout fout").status_code == 422
    response = sign_in(http, user)
    assert response.status_code == 429
    assert "Wacht een kwartier" in response.text
    db.session.execute(update(SignInAttempt).values(at=datetime.now(UTC) - timedelta(minutes=16)))
    db.session.commit()
    assert sign_in(http, user).status_code == 303


def test_a_success_forgets_the_failures_before_it(http):
    user = make_user()
    for _ in range(4):
        sign_in(http, user, "fout fout fout")
    assert sign_in(http, user).status_code == 303
    assert sign_in(http, user, "fout fout fout").status_code in {303, 422}


def test_many_accounts_from_one_address_are_slowed_down(http):
    for number in range(30):
        data = {"email": f"a{number}@kp4web.example", "password": "fout fout fout"}
        assert http.post("/inloggen", data=data).status_code == 422
    assert sign_in(http, make_user()).status_code == 429


@pytest.mark.parametrize("data", [{}, {"email": "a\x00b@x.nl", "password": "x"},
                                  {"email": "a" * 300, "password": "x" * 300}])  # fmt: skip
def test_bad_input_gets_a_sentence(http, data):
    response = http.post("/inloggen", data=data)
    assert response.status_code == 422
    assert 'data-testid="field-error"' in response.text


def test_signing_out_ends_the_session_for_good(http):
    user = make_user(Role.PRIVACY_OFFICER)
    sign_in(http, user)
    stolen = http.get_cookie("session").value
    response = http.post("/uitloggen")
    assert (response.status_code, response.location) == (303, "/inloggen")
    assert "storage" in response.headers["Clear-Site-Data"]
    http.set_cookie("session", stolen)
    assert http.get("/account").status_code == 303


@pytest.mark.parametrize("change", ["expired", "ended", "closed", "unknown"])
def test_a_session_that_no_longer_holds_opens_nothing(http_as, change):
    user = make_user(Role.PRIVACY_OFFICER)
    http = http_as(user)
    past = datetime.now(UTC) - timedelta(minutes=1)
    values = {"expired": {"expires_at": past}, "ended": {"ended_at": past},
              "unknown": {"token_hash": "x"}}  # fmt: skip
    if change == "closed":
        db.session.execute(update(User).where(User.id == user.id).values(closed_at=past))
    else:
        db.session.execute(update(UserSession).values(**values[change]))
    db.session.commit()
    response = http.get("/account")
    assert (response.status_code, response.location.split("?")[0]) == (303, "/inloggen")


def test_using_a_session_keeps_it_alive_but_never_over_ten_hours(http_as):
    http = http_as(make_user(Role.PRIVACY_OFFICER))
    now = datetime.now(UTC)
    db.session.execute(
        update(UserSession).values(
            created_at=now - timedelta(hours=9, minutes=50),
            last_seen_at=now - timedelta(minutes=20), expires_at=now + timedelta(minutes=5),
        )
    )  # fmt: skip
    db.session.commit()
    assert http.get("/account").status_code == 200
    (row,) = sessions()
    assert row.last_seen_at >= now
    assert row.expires_at == row.created_at + timedelta(hours=10)


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "/a\nb", ""])
def test_the_way_back_never_leaves_the_application(http, path):
    assert sign_in(http, make_user(), verder=path).location == "/"


def test_one_continues_where_one_was(http):
    user = make_user(Role.PRIVACY_OFFICER)
    assert http.get("/account?x=1").location == "/inloggen?verder=/account?x%3D1"
    assert sign_in(http, user, verder="/account?x=1").location == "/account?x=1"


def test_a_post_without_a_session_gives_the_form_back(http):
    response = http.post("/account/wachtwoord", data={"naam": "blijft staan"})
    assert response.status_code == 401
    assert "blijft staan" in response.text


def test_a_post_without_a_token_is_refused(app, http_as):
    app.config["WTF_CSRF_ENABLED"] = True
    http = http_as(make_user(Role.PRIVACY_OFFICER))
    assert http.post("/uitloggen").status_code == 401
    assert sessions()[0].ended_at is None


def test_the_owner_ends_another_session_but_nobody_elses(http_as):
    user, other = make_user(Role.PRIVACY_OFFICER), make_user(Role.PRIVACY_OFFICER)
    http, _second, _theirs = http_as(user), http_as(user), http_as(other)
    ids = [row.id for row in sessions()]
    assert http.post(f"/account/sessies/{ids[1]}/einde").status_code == 303
    assert http.post(f"/account/sessies/{ids[2]}/einde").status_code == 404
    assert [row.ended_at is None for row in sessions()] == [True, False, True]


NEW = "een heel andere zin"


def test_a_new_password_ends_the_other_sessions(http, http_as):
    user = make_user(Role.PRIVACY_OFFICER)
    other = http_as(user)
    sign_in(http, user)
    data = {"password": PASSWORD, "new_password": NEW, "repeat_password": NEW}
    assert http.post("/account/wachtwoord", data=data).status_code == 303
    assert other.get("/account").status_code == 303
    assert http.get("/account").status_code == 200
    http.post("/uitloggen")
    assert sign_in(http, user).status_code == 422
    assert sign_in(http, user, NEW).status_code == 303


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"password": "niet het oude"}, "Dit is niet uw huidige wachtwoord."),
        ({"new_password": "kort", "repeat_password": "kort"}, "Gebruik minstens 12 tekens."),
        ({"new_password": "welkom123456", "repeat_password": "welkom123456"}, "te raden"),
        ({"repeat_password": "iets heel anders"}, "Dit is niet hetzelfde als hierboven."),
        ({"new_password": PASSWORD, "repeat_password": PASSWORD}, "een ander wachtwoord"),
    ],
)  # fmt: skip
def test_a_wrong_new_password_is_explained_at_the_field(http_as, data, sentence):
    http = http_as(make_user(Role.PRIVACY_OFFICER))
    good = {"password": PASSWORD, "new_password": NEW, "repeat_password": NEW}
    response = http.post("/account/wachtwoord", data=good | data)
    assert response.status_code == 422
    assert sentence in response.text
    assert NEW not in response.text


def test_an_initial_password_must_be_replaced_first(http_as):
    user = make_user(Role.ADMINISTRATOR)
    user.password_is_initial = True
    db.session.commit()
    http = http_as(user)
    assert http.get("/beheer/gebruikers").location == "/account"
    assert "Kies eerst een eigen wachtwoord." in http.get("/account").text


def test_signing_in_and_out_is_logged_without_the_address(http):
    sign_in(http, make_user(Role.PRIVACY_OFFICER))
    http.post("/uitloggen")
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["sign_in", "session_end"]
    assert "@" not in str([entry.detail for entry in entries])
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == 1
