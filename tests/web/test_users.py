"""The administrator's pages about users."""

import pytest
from sqlalchemy import select

from kp4web.accounts.models import User, UserRole
from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.extensions import db
from kp4web.organisations.commands import add_organisation
from tests.factories import PASSWORD, make_agency, make_dossier, make_team, make_user


@pytest.fixture
def operator(app):
    """An administrator who keeps the accounts of every organisation."""
    make_agency()
    place = add_organisation(db.session(), kind=OrganisationKind.OPERATOR, name="Beheer")
    return make_user(Role.ADMINISTRATOR, organisation=place)


def fields(**changes):
    known = {"name": "Zoë O'Brien-Şahin", "email": "Zoe@Gemeente.example",
             "organisation": make_team().id, "roles": ["consultant", "coordinator"]}  # fmt: skip
    return known | changes


def by_email(email):
    db.session.rollback()
    return db.session.scalar(select(User).where(User.email == email))


def running_roles(user):
    db.session.rollback()
    rows = select(UserRole.role).where(UserRole.user_id == user.id, UserRole.revoked_at.is_(None))
    return set(db.session.scalars(rows))


def test_a_new_user_signs_in_with_the_password_shown_once(http, http_as, operator):
    page = http_as(operator).post("/beheer/gebruikers", data=fields())
    assert page.status_code == 200
    password = page.text.split("Eerste wachtwoord</dt>")[1].split("<dd>")[1].split("</dd>")[0]
    user = by_email("zoe@gemeente.example")
    assert running_roles(user) == {Role.CONSULTANT, Role.COORDINATOR}
    data = {"email": user.email, "password": password.strip()}
    assert http.post("/inloggen", data=data).status_code == 303
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "user_create"))
    assert "zoe" not in str(entry.detail).lower()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Vul dit veld in."),
        ({"name": "x" * 121}, "hoogstens 120 tekens"),
        ({"email": "geen adres"}, "Dit is geen e-mailadres."),
        ({"roles": []}, "Kies minstens een rol."),
        ({"roles": ["intake"]}, "Deze organisatie kent niet de rol"),
        ({"roles": ["keizer"]}, "geldige keuze"),
        ({"organisation": 2**31}, "geldige keuze"),
        ({"organisation": "x"}, "keuze"),
        ({"name": "a\x00b"}, "niet bewaard"),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(http_as, operator, changes, sentence):
    typed = fields(**changes)
    page = http_as(operator).post("/beheer/gebruikers", data=typed)
    assert page.status_code == 422
    assert sentence.lower() in page.text.lower()
    assert typed["email"] in page.text
    assert by_email("zoe@gemeente.example") is None


def test_an_address_is_used_once(http_as, operator):
    make_user(email="zoe@gemeente.example")
    page = http_as(operator).post("/beheer/gebruikers", data=fields())
    assert page.status_code == 422
    assert "Er is al een account met dit e-mailadres." in page.text


def test_changed_roles_keep_their_history_and_end_the_sessions(http_as, operator):
    user = make_user(Role.CONSULTANT)
    theirs = http_as(user)
    page = http_as(operator).post(
        f"/beheer/gebruikers/{user.id}/rollen", data={"roles": ["policy_officer"]}
    )
    assert page.status_code == 303
    assert running_roles(user) == {Role.POLICY_OFFICER}
    assert len(db.session.scalars(select(UserRole).filter_by(user_id=user.id)).all()) == 2
    assert theirs.get("/account").status_code == 303


def test_a_consultant_with_dossiers_keeps_role_and_account(http_as, operator):
    user = make_user()
    make_dossier(lead=user)
    http = http_as(operator)
    for path, data in (("rollen", {"roles": ["policy_officer"]}), ("sluiting", {})):
        page = http.post(f"/beheer/gebruikers/{user.id}/{path}", data=data)
        assert page.status_code == 422
        assert "heeft nog dossiers" in page.text
    assert running_roles(user) == {Role.CONSULTANT}
    assert by_email(user.email).closed_at is None


def test_a_closed_account_cannot_sign_in(http, http_as, operator):
    user = make_user()
    admin = http_as(operator)
    assert admin.post(f"/beheer/gebruikers/{user.id}/sluiting").status_code == 303
    data = {"email": user.email, "password": PASSWORD}
    assert http.post("/inloggen", data=data).status_code == 422
    assert user.email not in admin.get("/beheer/gebruikers").text
    assert user.email in admin.get("/beheer/gebruikers?gesloten=1").text
    assert admin.post(f"/beheer/gebruikers/{user.id}/sluiting").status_code == 409


def test_a_new_password_replaces_the_forgotten_one(http, http_as, operator):
    user = make_user()
    page = http_as(operator).post(f"/beheer/gebruikers/{user.id}/wachtwoord")
    assert "U ziet dit wachtwoord maar een keer." in page.text
    data = {"email": user.email, "password": PASSWORD}
    assert http.post("/inloggen", data=data).status_code == 422


def test_nobody_locks_themselves_out(http_as, operator):
    http = http_as(operator)
    own = f"/beheer/gebruikers/{operator.id}"
    assert http.post(f"{own}/sluiting").status_code == 409
    assert http.post(f"{own}/wachtwoord").status_code == 409
    assert http.post(f"{own}/rollen", data={"roles": []}).status_code == 422


def test_an_administrator_of_one_organisation_keeps_only_its_own(http_as):
    make_team("Buren")
    admin, mine = make_user(Role.ADMINISTRATOR), make_user()
    theirs = make_user(municipality="Buren")
    http = http_as(admin)
    page = http.get("/beheer/gebruikers").text
    assert (mine.email in page, theirs.email in page) == (True, False)
    assert http.get(f"/beheer/gebruikers/{theirs.id}").status_code == 404
    for path in ("rollen", "wachtwoord", "sluiting"):
        data = {"roles": ["consultant"]}
        assert http.post(f"/beheer/gebruikers/{theirs.id}/{path}", data=data).status_code == 404


def test_the_work_agency_gives_itself_consultants_and_coordinators(http_as):
    agency = make_agency()
    admin = make_user(Role.ADMINISTRATOR, organisation=agency)
    user = make_user(Role.INTAKE)
    page = http_as(admin).post(
        f"/beheer/gebruikers/{user.id}/rollen", data={"roles": ["intake", "consultant"]}
    )
    assert page.status_code == 303
    assert running_roles(user) == {Role.INTAKE, Role.CONSULTANT}
    made = fields(organisation=agency.id, roles=["agency_coordinator", "coordinator"])
    assert http_as(admin).post("/beheer/gebruikers", data=made).status_code == 200


@pytest.mark.parametrize("number", [2**31, 2**63, 10**25])
def test_a_number_nobody_has_is_not_found(http_as, operator, number):
    assert http_as(operator).get(f"/beheer/gebruikers/{number}").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_gets_in(http_as, role):
    http = http_as(make_user(role))
    assert http.get("/beheer/gebruikers").status_code == 403
    assert http.post("/beheer/gebruikers", data=fields()).status_code == 403
