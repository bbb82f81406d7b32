"""Registering an application, and what is wrong with it told at the field."""

import re
from datetime import date

import pytest

from kp4web.domain.applications import ApplicationState
from tests.application_pages import FRAGMENT, entries, in_all, members_of, newest, typed, url, valid
from tests.factories import (
    a_bsn,
)


def test_intake_registers_an_application(http_as, intake):
    http, number = http_as(intake), a_bsn()
    assert http.get("/aanvragen/nieuw").status_code == 200
    household = {
        "members-0-name": "Noor", "members-0-relation": "child",
        "members-0-birth_date": "2014-05-06", "members-1-name": "", "members-1-relation": "",
    }  # fmt: skip
    spaced = f"{number[:4]}.{number[4:6]} {number[6:]}"
    sent = valid(bsn=spaced, contact_preference="phone", interpreter="Turks", **household)
    response = http.post("/aanvragen", data=sent)
    made = newest()
    assert (response.status_code, response.location) == (303, url(made))
    assert (made.state, made.handler_id) == (ApplicationState.OPEN, intake.id)
    assert (str(made.registered_on), made.interpreter) == ("2026-11-10", "Turks")
    assert made.reveal_bsn() == number
    assert members_of(made) == [("Noor", "child", date(2014, 5, 6))]
    (entry,) = entries("application_register")
    assert entry.detail == {"application": made.id}


def test_a_bsn_of_eight_digits_gets_its_zero(http_as, intake):
    assert http_as(intake).post("/aanvragen", data=valid(bsn="10000008")).status_code == 303
    assert newest().reveal_bsn() == "010000008"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surname": " "}, "Vul dit veld in."),
        ({"surname": "a" * 70_000}, "U typte er 70000."),
        ({"surname": "a\x00b"}, "een teken dat niet bewaard kan worden"),
        ({"birth_date": "31-02-1975"}, "Dit is geen bestaande datum."),
        ({"birth_date": "2027-01-01"}, "De geboortedatum kan niet in de toekomst liggen."),
        ({"bsn": "123456789"}, "Dit is geen geldig BSN."),
        ({"registered_on": "2026-11-19"}, "De datum kan niet in de toekomst liggen."),
        ({"registered_on": "gisteren"}, "Dit is geen bestaande datum."),
        ({"municipality": "99999"}, "Ongeldige keuze"),
        ({"municipality": ""}, "Maak een keuze."),
        ({"email": "geen adres"}, "Dit is geen e-mailadres."),
        ({"contact_preference": "duif"}, "Ongeldige keuze"),
        ({"members-0-relation": "child"}, "Vul een naam in, of maak deze regel leeg."),
        ({"members-0-name": "Noor"}, "Kies de relatie met de aanvrager."),
        ({"members-0-name": "N\x00", "members-0-relation": "child"}, "niet bewaard kan worden"),
        ({"members-0-birth_date": "2014-02-30"}, "Vul een naam in, of maak deze regel leeg."),
        (
            {"members-3-name": "N", "members-3-relation": "child",
             "members-3-birth_date": "30-02-14"},
            "Dit is geen bestaande datum.",
        ),
        (
            {"members-3-name": "N", "members-3-relation": "child",
             "members-3-birth_date": "2030-01-01"},
            "De geboortedatum kan niet in de toekomst liggen.",
        ),
        ({"partner_of": "x"}, "Begin opnieuw bij de aanvraag van de partner."),
    ],
)  # fmt: skip
def test_what_cannot_be_right_comes_back_with_everything_typed(http_as, intake, change, said):
    household = {"members-1-name": "Sem", "members-1-relation": "child"}
    sent = valid(approach="Bel eerst even.", **household) | change
    response = http_as(intake).post("/aanvragen", data=sent)
    assert response.status_code == 422
    assert said in response.text
    shown = typed(response.text)
    assert shown["approach"] == "Bel eerst even."
    assert ("Sem", "child") in {(shown[f"members-{n}-name"], shown[f"members-{n}-relation"])
                                for n in range(2)}  # fmt: skip
    assert in_all() == 0


def test_the_errors_of_a_household_member_are_in_the_summary(http_as, intake):
    sent = valid(**{"members-1-name": "Sem", "members-1-relation": "child",
                    "members-1-birth_date": "2030-01-01"})  # fmt: skip
    page = http_as(intake).post("/aanvragen", data=sent).text
    assert 'href="#members-0-birth_date">Geboortedatum gezinslid' in page


def test_one_more_row_keeps_what_was_typed(http_as, intake):
    sent = valid(birth_date="onzin", approach="Bel eerst.", meer="1", bsn="1234",
                 **{"members-0-name": "Noor", "members-1-name": ""})  # fmt: skip
    response = http_as(intake).post("/aanvragen", data=sent, headers=FRAGMENT)
    assert response.status_code == 200
    assert "<html" not in response.text
    shown = typed(response.text)
    assert (shown["birth_date"], shown["approach"], shown["bsn"]) == ("onzin", "Bel eerst.", "1234")
    assert (shown["members-0-name"], "members-2-name" in shown) == ("Noor", True)
    assert "field-error" not in response.text
    assert in_all() == 0


def test_rows_have_an_end(http_as, intake):
    sent = valid(meer="1", **{f"members-{n}-name": f"Kind {n}" for n in range(20)})
    shown = typed(http_as(intake).post("/aanvragen", data=sent).text)
    assert "members-19-name" in shown
    assert "members-20-name" not in shown


def test_strange_rows_are_no_rows(http_as, intake):
    strange = {"members-²-name": "x", f"members-{'9' * 5000}-name": "x", "members--1-name": "x"}
    assert http_as(intake).post("/aanvragen", data=valid(**strange)).status_code == 303
    assert members_of(newest()) == []


def test_only_municipalities_that_work_with_the_system_are_offered(http_as, intake):
    page = http_as(intake).get("/aanvragen/nieuw").text
    assert re.findall(r"<option[^>]*>(Buren|West Betuwe|Tiel)<", page) == ["Buren", "West Betuwe"]


def test_an_error_comes_as_a_block_and_a_success_as_an_address(http_as, intake):
    http = http_as(intake)
    refused = http.post("/aanvragen", data=valid(surname=""), headers=FRAGMENT)
    assert (refused.status_code, "<html" in refused.text) == (422, False)
    accepted = http.post("/aanvragen", data=valid(), headers=FRAGMENT)
    assert accepted.headers["HX-Redirect"] == url(newest())
