"""Reading applications below the pages: names in one line, look-alikes, owners."""

from datetime import date

import pytest

from kp4web.applications.queries import alike_applications
from kp4web.clients.commands import who_is_typed
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.applications import ApplicationState
from kp4web.domain.errors import Forbidden
from kp4web.extensions import db
from kp4web.intake.queries import days_text, name_parts, owner_of
from kp4web.organisations.commands import add_organisation
from tests.factories import a_bsn, actor, make_application, make_person, make_user


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("K. van den Heuvel", ("K.", "", "van den", "Heuvel")),
        ("KJ de Wit", ("KJ", "", "de", "Wit")),
        ("Noor O'Brien-Şahin", ("", "Noor", "", "O'Brien-Şahin")),
        ("van Dijk", ("", "", "van", "Dijk")),
        ("Şahin", ("", "", "", "Şahin")),
        ("A.B. Wojciechowska-van den Heuvel", ("A.B.", "", "", "Wojciechowska-van den Heuvel")),
        ("de", ("", "", "", "de")),
        ("  ", ("", "", "", "")),
    ],
)
def test_a_name_in_one_line_falls_apart_in_its_parts(typed, parts):
    found = name_parts(typed)
    assert tuple(found[name] for name in ("initials", "given_name", "prefix", "surname")) == parts


@pytest.mark.parametrize(
    ("state", "owner"),
    [
        (ApplicationState.OPEN, "Sanne"),
        (ApplicationState.RUNNING, "Sanne"),
        (ApplicationState.WAITING, "Sanne"),
        (ApplicationState.RETURNED, "Sanne"),
        (ApplicationState.OFFERED, "Coördinator van Team Sociaal"),
        (ApplicationState.ACCEPTED, ""),
        (ApplicationState.CLOSED, ""),
    ],
)
def test_every_state_has_one_owner(state, owner):
    assert owner_of(state, handler="Sanne", team="Team Sociaal") == owner


@pytest.mark.parametrize(
    ("days", "text"), [(-1, "sinds vandaag"), (0, "sinds vandaag"), (1, "1 dag"), (12, "12 dagen")]
)
def test_waiting_is_said_in_words(days, text):
    assert days_text(days) == text


# ---------------------------------------------------------------------- look-alikes


def found_by(user, **names):
    who = who_is_typed(make_person(**names))
    return [match.id for match in alike_applications(db.session(), actor(user), who)]


def test_the_same_bsn_is_the_same_person_whatever_the_name(app):
    intake, number = make_user(Role.INTAKE), a_bsn()
    made = make_application(by=intake, bsn=number)
    make_application(by=intake)
    assert found_by(intake, bsn=number, birth_date=date(1990, 1, 1)) == [made.id]


@pytest.mark.parametrize(("ours", "theirs"), [(None, None), (None, "b"), ("a", None)])
def test_without_both_numbers_name_and_birth_date_decide(app, ours, theirs):
    intake = make_user(Role.INTAKE)
    made = make_application(
        by=intake, surname="Şahin", initials="F.", bsn=a_bsn() if theirs else None
    )
    number = a_bsn() if ours else None
    assert found_by(intake, surname="SAHIN", initials="F.", bsn=number) == [made.id]
    assert found_by(intake, surname="Sahin", initials="G.", bsn=number) == []


def test_two_numbers_that_differ_are_two_persons(app):
    intake = make_user(Role.INTAKE)
    make_application(by=intake, surname="Şahin", initials="F.")
    assert found_by(intake, surname="Şahin", initials="F.", bsn=a_bsn()) == []


def test_what_another_agency_registered_stays_unknown(app):
    number = a_bsn()
    make_application(bsn=number)
    other = add_organisation(
        db.session(), kind=OrganisationKind.WORK_AGENCY, name="Werkzaak Elders", serves=[]
    )
    db.session.commit()
    assert found_by(make_user(Role.INTAKE, organisation=other), bsn=number) == []


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_nobody_else_looks_for_applications(app, role):
    with pytest.raises(Forbidden):
        found_by(make_user(role))
