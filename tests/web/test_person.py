"""The data of a resident, the people around, the household: who changes what, and bad input."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.clients.models import (
    Client,
    Contact,
    ContactPreference,
    HouseholdMember,
    HouseholdRelation,
)
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.residents.commands import ContactInput, MemberInput, save_contact, save_member
from tests.conftest import TODAY
from tests.factories import actor, at, make_dossier, make_user

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PERSON = {
    "initials": "Ş.", "given_name": "Şirin", "prefix": "van den", "surname": "O'Brien-Şahin",
    "birth_date": "12-11-1964", "street": "Voorstraat 12", "postcode": "4191 AB",
    "town": "Geldermalsen", "phone": "0345 111 222", "email": "sirin@voorbeeld.example",
    "contact_preference": "letter", "interpreter": "Turks", "approach": "Bel na 11.00 uur.",
}  # fmt: skip
CONTACT = {
    "name": "F. Demir-Yıldırım", "role": "Thuisbegeleider", "organisation": "Santé Partners",
    "phone": "0345 333 444", "since": "2026-01-05", "until": "", "discussed_on": "05-01-2026",
}  # fmt: skip
MEMBER = {
    "name": "Zofia van den Heuvel", "relation": "child", "birth_date": "2012-04-01",
    "since": "", "until": "",
}  # fmt: skip


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, surname="Vroeger", approach="Eerst bellen.")


def client_of(dossier):
    db.session.expire_all()
    return db.session.get_one(Client, dossier.client_id)


def url(dossier, rest):
    return f"/dossiers/{dossier.number}/{rest}"


def add_contact(dossier, lead, **given):
    contact = save_contact(
        db.session(), actor(lead), dossier.number, ContactInput(**({"name": "B. Kok"} | given)),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return contact


def add_member(dossier, lead, **given):
    known = {"name": "Zofia", "relation": HouseholdRelation.CHILD}
    member = save_member(
        db.session(), actor(lead), dossier.number, MemberInput(**(known | given)),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return member


def errors_on(response):
    assert response.status_code == 422
    found = re.findall(r'id="(\w+)-error"\s+data-testid="field-error">(.*?)</p>', response.text)
    return dict(found)


def last_entry():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


# ---------------------------------------------------------------------- the person


def test_the_form_shows_what_is_known(http_as, lead):
    dossier = make_dossier(
        lead=lead, surname="Wojciechowska", contact_preference=ContactPreference.PHONE,
        approach="Eerst bellen.",
    )  # fmt: skip
    response = http_as(lead).get(url(dossier, "inwoner"))
    assert response.status_code == 200
    for text in ('value="Wojciechowska"', '<option selected value="phone">', "Eerst bellen."):
        assert text in response.text
    assert (last_entry().action, last_entry().dossier_id) == ("client_read", dossier.id)


def test_the_lead_changes_the_person_and_what_follows_from_it(http_as, lead, dossier):
    bsn = client_of(dossier).reveal_bsn()
    answer = http_as(lead).post(url(dossier, "inwoner"), data=PERSON)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}")
    client = client_of(dossier)
    assert client.display_name == "Ş. van den O'Brien-Şahin"
    assert client.birth_date == date(1964, 11, 12)
    assert (client.pension_on, client.pension_provisional) == (date(2032, 2, 12), True)
    assert client.contact_preference is ContactPreference.LETTER
    assert (client.interpreter, client.approach) == ("Turks", "Bel na 11.00 uur.")
    assert "sahin" in client.search_name
    assert client.reveal_bsn() == bsn
    entry = last_entry()
    assert (entry.action, entry.detail) == ("client_change", {})


def test_htmx_is_sent_to_the_dossier(http_as, lead, dossier):
    answer = http_as(lead).post(url(dossier, "inwoner"), data=PERSON, headers=PARTIAL)
    assert answer.headers["HX-Redirect"] == f"/dossiers/{dossier.number}"


def test_a_coordinator_changes_the_person_but_not_the_approach(http_as, dossier):
    http = http_as(make_user(Role.COORDINATOR))
    form = http.get(url(dossier, "inwoner")).text
    assert 'name="approach"' not in form
    assert "Eerst bellen." in form
    assert http.post(url(dossier, "inwoner"), data=PERSON).status_code == 303
    client = client_of(dossier)
    assert (client.surname, client.approach) == ("O'Brien-Şahin", "Eerst bellen.")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("surname", "  ", "Vul dit veld in."),
        ("surname", "a" * 101, "Gebruik hier hoogstens 100 tekens. U typte er 101."),
        ("birth_date", "", "Vul dit veld in."),
        ("birth_date", "31-02-1975", "Dit is geen bestaande datum."),
        ("birth_date", "2026-11-19", "De geboortedatum kan niet in de toekomst liggen."),
        ("birth_date", "01-01-1901", "Dat is meer dan 120 jaar geleden."),
        ("birth_date", "01-01-1701", "Dit jaartal kan niet kloppen."),
        ("phone", "bel maar", "Schrijf hier alleen een telefoonnummer"),
        ("email", "geen adres", "Dit is geen e-mailadres."),
        ("postcode", "1" * 11, "Gebruik hier hoogstens 10 tekens."),
        ("contact_preference", "duif", "Ongeldige keuze."),
        ("approach", "a" * 2001, "Gebruik hier hoogstens 2000 tekens."),
        ("town", "Tiel\x00", "een teken dat niet bewaard kan worden"),
    ],
)
def test_bad_input_is_told_at_the_field_and_nothing_is_lost(
    http_as, lead, dossier, field, typed, message
):
    answer = http_as(lead).post(url(dossier, "inwoner"), data=PERSON | {field: typed})
    errors = errors_on(answer)
    assert list(errors) == [field]
    assert message in errors[field].replace("&#39;", "'")
    assert "Voorstraat 12" in answer.text
    if typed.strip() and field not in {"contact_preference", "town"}:
        assert typed in answer.text
    assert client_of(dossier).surname == "Vroeger"


def test_htmx_gets_only_the_form_with_its_errors(http_as, lead, dossier):
    data = PERSON | {"surname": ""}
    answer = http_as(lead).post(url(dossier, "inwoner"), data=data, headers=PARTIAL)
    assert list(errors_on(answer)) == ["surname"]
    assert answer.text.lstrip().startswith("<form")


def test_a_lone_surrogate_is_no_error_of_ours(http_as, lead, dossier):
    answer = http_as(lead).post(
        url(dossier, "inwoner"), data=PERSON | {"town": b"Tiel\xed\xa0\x80"}
    )
    assert answer.status_code in {303, 422}


# ---------------------------------------------------------------------- people around


def test_somebody_around_the_resident_is_added(http_as, lead, dossier):
    http = http_as(lead)
    assert http.get(url(dossier, "betrokkenen/nieuw")).status_code == 200
    answer = http.post(url(dossier, "betrokkenen/nieuw"), data=CONTACT)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}")
    contact = db.session.scalars(select(Contact)).one()
    assert (contact.name, contact.role, contact.since) == (
        "F. Demir-Yıldırım", "Thuisbegeleider", date(2026, 1, 5),
    )  # fmt: skip
    page = http.get(f"/dossiers/{dossier.number}").text
    for text in ("Thuisbegeleider, Santé Partners", "Sinds 05-01-2026, besproken op 05-01-2026"):
        assert text in page


def test_ending_somebody_is_a_date_and_nothing_is_deleted(http_as, lead, dossier):
    contact = add_contact(dossier, lead, since=date(2025, 1, 1))
    http = http_as(lead)
    place = url(dossier, f"betrokkenen/{contact.id}")
    assert 'value="B. Kok"' in http.get(place).text
    data = CONTACT | {"name": "B. Kok", "since": "01-01-2025", "until": "01-10-2026"}
    assert http.post(place, data=data).status_code == 303
    db.session.expire_all()
    assert db.session.scalars(select(Contact)).one().until == date(2026, 10, 1)
    assert "Betrokken tot 01-10-2026" in http.get(f"/dossiers/{dossier.number}").text


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Vul dit veld in."),
        ("name", "a" * 101, "Gebruik hier hoogstens 100 tekens."),
        ("until", "2025-01-01", "De einddatum ligt voor de begindatum."),
        ("discussed_on", "2026-11-19", "Deze datum kan niet in de toekomst liggen."),
        ("since", "gisteren", "Dit is geen bestaande datum."),
    ],
)
def test_bad_input_about_a_contact(http_as, lead, dossier, field, typed, message):
    contact = add_contact(dossier, lead)
    for place in ("betrokkenen/nieuw", f"betrokkenen/{contact.id}"):
        answer = http_as(lead).post(url(dossier, place), data=CONTACT | {field: typed})
        errors = errors_on(answer)
        assert list(errors) == [field]
        assert message in errors[field]
        assert "Santé Partners" in answer.text
        assert typed in answer.text
    assert db.session.scalars(select(Contact.name)).all() == ["B. Kok"]


# ---------------------------------------------------------------------- household


def test_a_household_member_is_added_and_changed(http_as, lead, dossier):
    http = http_as(lead)
    assert http.get(url(dossier, "gezinsleden/nieuw")).status_code == 200
    assert http.post(url(dossier, "gezinsleden/nieuw"), data=MEMBER).status_code == 303
    member = db.session.scalars(select(HouseholdMember)).one()
    assert "Kind, 14 jaar (01-04-2012)" in http.get(f"/dossiers/{dossier.number}").text
    place = url(dossier, f"gezinsleden/{member.id}")
    assert '<option selected value="child">' in http.get(place).text
    assert http.post(place, data=MEMBER | {"until": "01-11-2026"}).status_code == 303
    page = http.get(f"/dossiers/{dossier.number}").text
    assert "woont hier niet meer sinds 01-11-2026" in page


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Vul dit veld in."),
        ("relation", "", "Maak een keuze."),
        ("relation", "kat", "Ongeldige keuze."),
        ("birth_date", "2026-11-19", "De geboortedatum kan niet in de toekomst liggen."),
    ],
)
def test_bad_input_about_a_member(http_as, lead, dossier, field, typed, message):
    answer = http_as(lead).post(url(dossier, "gezinsleden/nieuw"), data=MEMBER | {field: typed})
    errors = errors_on(answer)
    assert list(errors) == [field]
    assert message in errors[field]
    assert db.session.scalar(select(func.count(HouseholdMember.id))) == 0


def test_a_couple_shares_its_household(http_as, lead, dossier):
    partner = make_dossier(lead=lead, partner_of=dossier.number)
    member = add_member(dossier, lead)
    place = f"/dossiers/{partner.number}/gezinsleden/{member.id}"
    assert http_as(lead).get(place).status_code == 200


# ---------------------------------------------------------------------- who may


PLACES = ("inwoner", "betrokkenen/nieuw", "gezinsleden/nieuw", "betrokkenen/{}", "gezinsleden/{}")


def answers(http, dossier, contact, member):
    """Return the status of looking and of sending, per form."""
    places = [place.format(contact.id if "betrok" in place else member.id) for place in PLACES]
    return {
        place: (
            http.get(url(dossier, place)).status_code,
            http.post(url(dossier, place), data=PERSON | CONTACT | MEMBER).status_code,
        )
        for place in places
    }


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"roles": [Role.CONSULTANT]}, {(403, 403)}),
        ({"roles": [Role.INTAKE]}, {(403, 403)}),
        ({"roles": [Role.POLICY_OFFICER]}, {(403, 403)}),
        ({"roles": [Role.ADMINISTRATOR]}, {(403, 403)}),
        ({"roles": [Role.CONSULTANT], "municipality": "Buren"}, {(404, 404)}),
        ({"roles": [Role.COORDINATOR], "municipality": "Buren"}, {(404, 404)}),
    ],
)
def test_who_may_not_change_the_person(http_as, lead, dossier, user, expected):
    contact, member = add_contact(dossier, lead), add_member(dossier, lead)
    roles, rest = user["roles"], {k: v for k, v in user.items() if k != "roles"}
    http = http_as(make_user(*roles, **rest))
    assert set(answers(http, dossier, contact, member).values()) == expected
    assert client_of(dossier).surname == "Vroeger"


def test_a_coordinator_changes_the_household_and_never_sees_contacts(http_as, lead, dossier):
    contact, member = add_contact(dossier, lead), add_member(dossier, lead)
    found = answers(http_as(make_user(Role.COORDINATOR)), dossier, contact, member)
    assert found == {
        "inwoner": (200, 303),
        "betrokkenen/nieuw": (403, 403),
        "gezinsleden/nieuw": (200, 303),
        f"betrokkenen/{contact.id}": (403, 403),
        f"gezinsleden/{member.id}": (200, 303),
    }


def test_somebody_of_another_dossier_is_404(http_as, lead, dossier):
    other = make_dossier(lead=lead)
    contact, member = add_contact(other, lead), add_member(other, lead)
    http = http_as(lead)
    for place in (f"betrokkenen/{contact.id}", f"gezinsleden/{member.id}"):
        assert http.get(url(dossier, place)).status_code == 404
        assert http.post(url(dossier, place), data=CONTACT | MEMBER).status_code == 404
    assert db.session.get_one(Contact, contact.id).name == "B. Kok"


@pytest.mark.parametrize("row_id", [0, 2**31 - 1, 2**31, 2**63, 10**25])
def test_an_id_that_cannot_be_is_404(http_as, lead, dossier, row_id):
    http = http_as(lead)
    for place in ("betrokkenen", "gezinsleden"):
        assert http.get(url(dossier, f"{place}/{row_id}")).status_code == 404
