"""A first set-up from the command line, as on a new server."""

import pytest

from kp4web.audit.queries import verify_chain
from kp4web.extensions import db


@pytest.fixture
def flask(app):
    """Return a function that runs a command and gives its exit code and output."""

    def _run(*arguments):
        result = app.test_cli_runner().invoke(args=list(arguments))
        return result.exit_code, result.output

    return _run


ACCOUNT = ("users", "create", "--email", "Beheer@Regio.example", "--name", "B. Heer",
           "--organisation", "Regionaal beheer", "--role", "administrator")  # fmt: skip


def test_the_first_administrator_signs_in_with_the_password_shown(flask, http):
    assert flask("organisations", "create-operator", "Regionaal beheer")[0] == 0
    code, output = flask(*ACCOUNT)
    assert code == 0
    password = output.split("Eerste wachtwoord: ")[1].strip()
    data = {"email": "beheer@regio.example", "password": password}
    assert http.post("/inloggen", data=data).status_code == 303
    assert "Kies eerst een eigen wachtwoord." in http.get("/account").text
    assert verify_chain(db.session()).faults == ()


def test_municipalities_come_before_the_agency_that_serves_them(flask):
    assert flask("organisations", "create-municipality", "West Betuwe")[0] == 0
    assert flask("organisations", "create-municipality", "Buren")[0] == 0
    code, output = flask("organisations", "create-agency", "Werkzaak Rivierenland")
    assert (code, "voor 2 gemeenten" in output) == (0, True)
    code, output = flask("organisations", "create-municipality", "Buren")
    assert (code, "bestaat al" in output) == (1, True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"--organisation": "Niemand"}, "Niemand bestaat niet. Kies uit: Regionaal beheer."),
        ({"--email": "geen adres"}, "Dit is geen e-mailadres."),
        ({"--role": "consultant"}, "Deze organisatie kent niet de rol Consulent."),
        ({"--role": "keizer"}, "is not one of"),
    ],
)
def test_a_mistake_is_explained(flask, change, sentence):
    flask("organisations", "create-operator", "Regionaal beheer")
    arguments = list(ACCOUNT)
    for option, value in change.items():
        arguments[arguments.index(option) + 1] = value
    code, output = flask(*arguments)
    assert code != 0
    assert sentence in output
