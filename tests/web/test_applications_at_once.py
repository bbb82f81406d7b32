"""Registering by several people at once: one application per form and per BSN."""

from uuid import uuid4

from kp4web.applications.models import Application
from kp4web.domain.actor import Role
from tests.factories import make_municipality, make_team, make_user
from tests.web.test_concurrency import AT_ONCE, all_is_well, count_of, post, together

__all__ = ["post"]  # the fixture that prepares a form


def form(**given):
    known = {
        "surname": "Dubbel", "initials": "D.", "birth_date": "1975-05-17",
        "municipality": str(make_municipality().id), "registered_on": "2026-11-10",
    }  # fmt: skip
    return known | given


def test_one_form_sent_many_times_is_one_application(app, post):
    make_team()
    intake, data = make_user(Role.INTAKE), form(submission=uuid4().hex, bsn="999990019")
    sends = [post(intake, "/aanvragen", data) for _ in range(AT_ONCE)]
    assert together(*(sends * 3)) == {303: 24}
    assert count_of(Application) == 1
    assert all_is_well(app)


def test_two_colleagues_who_register_one_bsn_make_one_application(app, post):
    pair = [make_user(Role.INTAKE) for _ in range(2)]
    sends = [post(user, "/aanvragen", form(submission=uuid4().hex, bsn="999990019"))
             for user in pair]  # fmt: skip
    assert together(*sends) == {303: 1, 422: 1}
    assert count_of(Application) == 1
    assert all_is_well(app)


def test_a_partner_is_registered_once(app, post):
    pair = [make_user(Role.INTAKE) for _ in range(2)]
    together(post(pair[0], "/aanvragen", form(submission=uuid4().hex)))
    names = ("Een", "Twee")
    sends = [
        post(user, "/aanvragen", form(surname=name, submission=uuid4().hex, partner_of="1"))
        for user, name in zip(pair, names, strict=True)
    ]
    assert together(*sends) == {303: 1, 409: 1}
    assert count_of(Application) == 2
    assert all_is_well(app)
