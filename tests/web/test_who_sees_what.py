"""The page "Wie ziet wat": for everybody, and it explains a case within the asker's reach."""

import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.breakglass.commands import OpenWithReason, open_with_reason
from kp4web.domain.actor import Role
from kp4web.domain.policy import Field
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import actor, make_agency, make_dossier, make_user

PATH = "/privacy/wie-ziet-wat"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


def ask(http, field=Field.BSN, **data):
    return http.post(PATH, data={"field": field.value, **data})


def test_the_page_tells_every_field_to_who_has_no_dossiers_too(http_as):
    page = html.unescape(http_as(make_user(Role.PRIVACY_OFFICER)).get(PATH).text)
    assert [field for field in Field if field.label not in page] == []
    assert "lezen na een reden" in page.lower()


def test_a_colleague_is_told_why_and_it_is_logged(http_as, lead, dossier):
    other = make_user(name="Ö. Demir")
    http = http_as(other)
    answer = ask(http, number=dossier.number.lower())
    assert answer.status_code == 200
    assert "Nee, tenzij met een reden." in answer.text
    assert "Collega: lezen na een reden." in answer.text
    assert "Vaste consulent: lezen." in ask(http, person="k. jansen", number=dossier.number).text
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.dossier_id, entry.relation) == (
        "policy_explain", dossier.id, "colleague",
    )  # fmt: skip
    assert entry.detail == {"about": lead.id, "field": "bsn"}


def test_without_a_number_the_roles_are_explained(http_as):
    answer = ask(http_as(make_user(Role.DATA_PROTECTION_OFFICER)), field=Field.LOOKED)
    assert "Ja: lezen." in answer.text


@pytest.mark.parametrize(
    ("role", "municipality"),
    [(Role.CONSULTANT, "Buren"), (Role.DATA_PROTECTION_OFFICER, "West Betuwe")],
)
def test_a_dossier_out_of_reach_answers_as_one_that_does_not_exist(
    http_as, dossier, role, municipality
):
    http = http_as(make_user(role, municipality=municipality))
    answers = [ask(http, number=number) for number in (dossier.number, "KP4-2026-00000001")]
    assert [answer.status_code for answer in answers] == [422, 422]
    forms = (answer.text.split('id="uitleg"')[1].split("</form>")[0] for answer in answers)
    one, other = (re.sub(r'value="[^"]{32,}"', "", form) for form in forms)
    assert "Dit dossier bestaat niet of is niet voor u." in one
    assert one.replace(dossier.number, "") == other.replace("KP4-2026-00000001", "")
    assert not db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "policy_explain")
    ).all()


@pytest.mark.parametrize("person", ["Iemand Anders", "werkzaak persoon", "x" * 300])
def test_somebody_of_another_organisation_is_nobody(http_as, person):
    make_user(Role.INTAKE, organisation=make_agency(), name="werkzaak persoon")
    answer = ask(http_as(make_user()), person=person)
    assert answer.status_code == 422
    assert person in answer.text


def test_two_of_one_name_are_told_apart_by_their_address(http_as, lead):
    twin = make_user(name=lead.name)
    http = http_as(make_user())
    assert "Er zijn meer mensen met deze naam" in ask(http, person=lead.name).text
    assert ask(http, person=twin.email).status_code == 200


def test_a_reason_is_told_to_who_may_know_who_looked(http_as, lead, dossier):
    looked = make_user(name="Ö. Demir")
    reason = OpenWithReason("De vaste consulent is ziek en de inwoner belt.")
    open_with_reason(
        db.session(), actor(looked), dossier.number, reason, now=datetime.now(UTC), today=TODAY
    )
    db.session.commit()
    asked = {"person": looked.name, "number": dossier.number}
    assert "Ja: lezen." in ask(http_as(lead), **asked).text
    assert "Ja: lezen." in ask(http_as(looked), number=dossier.number).text
    assert "Nee, tenzij met een reden." in ask(http_as(make_user()), **asked).text
