"""An application sent twice, of somebody known already, or of the partner."""

from datetime import date

import pytest

from kp4web.applications.commands import Member
from kp4web.clients.models import HouseholdRelation
from kp4web.extensions import db
from tests.application_pages import entries, in_all, in_state, members_of, newest, typed, url, valid
from tests.factories import (
    a_bsn,
    make_application,
    make_municipality,
)

# ---------------------------------------------------------------------- sent twice, known already

MARK = "6f1c1a8e-6f0b-4c43-9d0b-0d9f5d8f0d10"


def test_a_form_that_is_sent_twice_registers_once(http_as, intake):
    http = http_as(intake)
    first = http.post("/aanvragen", data=valid(submission=MARK, bsn=a_bsn()))
    again = http.post("/aanvragen", data=valid(submission=MARK, bsn=newest().reveal_bsn()))
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    assert in_all() == 1
    assert len(entries("application_register")) == 1


def test_the_same_form_with_somebody_else_on_it_is_refused(http_as, intake):
    http = http_as(intake)
    http.post("/aanvragen", data=valid(submission=MARK))
    response = http.post("/aanvragen", data=valid(submission=MARK, surname="Iemand"))
    assert response.status_code == 409
    assert "al eerder verstuurd" in response.text
    assert in_all() == 1


@pytest.mark.parametrize("state", ["open", "running", "waiting", "offered", "returned"])
def test_a_running_application_with_this_bsn_rules_out_another(http_as, intake, state):
    number = a_bsn()
    known = in_state(state, intake, bsn=number, surname="Anders")
    sent = valid(bsn=number, confirmed=str(known.id))
    response = http_as(intake).post("/aanvragen", data=sent)
    assert response.status_code == 422
    assert f"Er loopt al een aanvraag met dit BSN: aanvraag {known.id}" in response.text
    assert f'href="{url(known)}"' in response.text
    assert in_all() == 1


@pytest.mark.parametrize("state", ["accepted", "closed"])
def test_an_ended_application_with_this_bsn_asks_to_confirm(http_as, intake, state):
    number = a_bsn()
    known = in_state(state, intake, bsn=number, surname="Geheimpje")
    http = http_as(intake)
    response = http.post("/aanvragen", data=valid(bsn=number))
    assert response.status_code == 422
    assert "Is deze persoon er al?" in response.text
    assert f"Aanvraag {known.id}" in response.text
    assert ("Geheimpje" in response.text) == (state == "closed")
    assert entries("applications_read")[-1].detail == {"applications": [known.id]}
    confirmed = http.post("/aanvragen", data=valid(bsn=number, confirmed=str(known.id)))
    assert (confirmed.status_code, in_all()) == (303, 2)


def test_a_running_application_elsewhere_only_asks_to_confirm(http_as, intake):
    number = a_bsn()
    known = make_application(by=intake, municipality="Buren", bsn=number)
    http = http_as(intake)
    assert "Is deze persoon er al?" in http.post("/aanvragen", data=valid(bsn=number)).text
    sent = valid(bsn=number, confirmed=f"{known.id} 99999")
    assert http.post("/aanvragen", data=sent).status_code == 303


@pytest.mark.parametrize("bsn", [None, "known"])
def test_the_same_name_and_birth_date_asks_to_confirm(http_as, intake, bsn):
    known = make_application(
        by=intake, surname="OBRIEN sahin", initials="S.", bsn=a_bsn() if bsn else None
    )
    http = http_as(intake)
    response = http.post("/aanvragen", data=valid(approach="Bel eerst."))
    assert response.status_code == 422
    assert "Zelfde naam en geboortedatum" in response.text
    assert typed(response.text)["approach"] == "Bel eerst."
    assert http.post("/aanvragen", data=valid(confirmed="99999")).status_code == 422
    assert http.post("/aanvragen", data=valid(confirmed=str(known.id))).status_code == 303
    assert in_all() == 2


@pytest.mark.parametrize(
    "other",
    [{"surname": "Iemand"}, {"initials": "B."}, {"birth_date": "1975-05-18"}, {"bsn": "another"}],
    ids=["name", "first letter", "birth date", "both BSNs known"],
)
def test_nobody_else_is_warned_about(http_as, intake, other):
    make_application(by=intake, surname="O'Brien-Şahin", initials="Ş.", bsn=a_bsn())
    number = {"bsn": a_bsn()} if "bsn" in other else {}
    assert http_as(intake).post("/aanvragen", data=valid() | other | number).status_code == 303


# ---------------------------------------------------------------------- the partner

HOUSEHOLD = (
    Member("K. van den Heuvel", HouseholdRelation.PARTNER, date(1979, 3, 2)),
    Member("Noor", HouseholdRelation.CHILD, date(2014, 5, 6)),
)


def test_the_partner_starts_with_the_household(http_as, intake):
    first = make_application(
        by=intake, members=HOUSEHOLD, street="Herenstraat 1", town="Tiel", municipality="Buren",
        phone="06 12345678", approach="Niet samen.",
    )  # fmt: skip
    http = http_as(intake)
    shown = typed(http.get(url(first, "/partner")).text)
    assert (shown["initials"], shown["prefix"], shown["surname"]) == ("K.", "van den", "Heuvel")
    assert (shown["birth_date"], shown["street"]) == ("1979-03-02", "Herenstraat 1")
    assert shown["municipality"] == str(make_municipality("Buren").id)
    assert (shown["members-0-name"], shown["members-1-name"] or "") == ("Noor", "")
    assert (shown["partner_of"], shown["bsn"] or "") == (str(first.id), "")
    assert (shown["phone"] or "", shown["approach"]) == ("", "")  # these are of one person
    response = http.post("/aanvragen", data=shown)
    second = newest()
    assert (response.status_code, response.location) == (303, url(second))
    db.session.refresh(first)
    assert (first.partner_id, second.partner_id) == (second.id, first.id)
    assert members_of(second) == [("Noor", "child", date(2014, 5, 6))]


def test_each_of_a_couple_leads_to_the_other(http_as, intake):
    first = make_application(by=intake, members=HOUSEHOLD)
    second = make_application(by=intake, partner_of=first)
    http = http_as(intake)
    page = http.get(url(first)).text
    assert f'href="{url(second)}"' in page
    assert "K. van den Heuvel" not in page  # shown by the own application instead
    assert f'href="{url(first)}"' in http.get(url(second)).text


def test_a_partner_who_has_an_application_gets_no_second_one(http_as, intake):
    first = make_application(by=intake)
    make_application(by=intake, partner_of=first)
    http = http_as(intake)
    assert http.get(url(first, "/partner")).status_code == 409
    refused = http.post("/aanvragen", data=valid(partner_of=first.id))
    assert refused.status_code == 409
    assert "De partner heeft al een aanvraag." in refused.text
    assert in_all() == 2


def test_the_error_page_of_a_partner_leads_back_to_the_right_application(http_as, intake):
    first = make_application(by=intake)
    page = http_as(intake).post("/aanvragen", data=valid(surname="", partner_of=first.id)).text
    assert typed(page)["partner_of"] == str(first.id)
    assert f'href="{url(first)}"' in page
