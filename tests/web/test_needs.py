"""Support need and activation: written in place, dated versions, nothing lost between two."""

import re

import pytest
from sqlalchemy import select

from kp4web.domain.errors import Forbidden
from kp4web.domain.headings import Heading
from kp4web.extensions import db
from kp4web.needs.commands import WriteHeading, write_heading
from kp4web.needs.models import HeadingVersion
from tests.conftest import TODAY
from tests.dossier_page import PARTIAL, kinds, page_of, path
from tests.factories import actor, at, make_dossier, make_user

NEED, ACTIVATION = "ondersteuningsvraag", "activering"
ASKED = "Dagbesteding tegen eenzaamheid en voor zingeving."


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, track="support")


def form_of(dossier, slug=NEED):
    return f"{path(dossier)}/ondersteuning/{slug}"


def write(dossier, lead, text, based_on=0, heading=Heading.SUPPORT_NEED):
    command = WriteHeading(heading, text, based_on)
    write_heading(
        db.session(), actor(lead), dossier.number, command, now=at(TODAY), today=TODAY
    )  # fmt: skip
    db.session.commit()


def texts():
    return list(db.session.scalars(select(HeadingVersion.text).order_by(HeadingVersion.id)))


def test_an_empty_heading_says_what_to_write_and_takes_a_text(http_as, lead, dossier):
    http = http_as(lead)
    assert "Welke hulp zoekt de inwoner" in page_of(http, dossier)
    answer = http.post(form_of(dossier), data={"text": f" {ASKED}\r\nEn rust."})
    assert (answer.status_code, answer.location) == (303, path(dossier))
    html = page_of(http, dossier)
    assert f"{ASKED}\nEn rust.</p>" in html
    assert "Ondersteuningsvraag opgeschreven" in html
    assert "heading" in kinds(html)
    sheet = http.get(f"{path(dossier)}/voorbereiding").text
    assert f"<b>Ondersteuningsvraag:</b> {ASKED} En rust." in sheet


def test_each_save_is_a_version_and_history_stays_readable(http_as, lead, dossier):
    write(dossier, lead, ASKED)
    http = http_as(lead)
    http.post(form_of(dossier), data={"text": "Taalles."})
    http.post(form_of(dossier), data={"text": ""})
    html = http.get(f"{path(dossier)}/ondersteuning").text
    assert html.index("Leeggemaakt.") < html.index("Taalles.") < html.index(ASKED)
    assert "Eerdere versies (2)" in page_of(http, dossier)


def test_htmx_changes_the_heading_in_its_place(http_as, lead, dossier):
    http = http_as(lead)
    form = http.get(form_of(dossier), headers=PARTIAL).text
    assert form.lstrip().startswith("<form")
    shown = http.post(form_of(dossier), data={"text": ASKED}, headers=PARTIAL)
    assert shown.status_code == 200
    assert 'id="kop-ondersteuningsvraag"' in shown.text
    assert "Ondersteuningsvraag is opgeslagen." in shown.text
    back = http.get(f"{path(dossier)}/ondersteuning?kop={NEED}", headers=PARTIAL).text
    assert ASKED in back
    assert "Activering" not in back


def based_on(page):
    """Return the mark of what the form was based on."""
    return re.search(r'name="based_on" value="([^"]*)"', page)[1]


@pytest.mark.parametrize("headers", [{}, PARTIAL])
def test_who_comes_second_sees_both_texts_and_loses_nothing(http_as, lead, dossier, headers):
    write(dossier, lead, ASKED)
    http = http_as(lead)
    mine = {"text": "Mijn tekst.", "based_on": based_on(http.get(form_of(dossier)).text)}
    write(dossier, lead, "De eerste was sneller.", based_on=1)
    second = http.post(form_of(dossier), data=mine, headers=headers)
    assert second.status_code == 409
    assert "De eerste was sneller." in second.text
    assert "Mijn tekst.</textarea>" in second.text
    assert "Maak er 1 tekst van." in second.text
    assert texts() == [ASKED, "De eerste was sneller."]
    http.post(form_of(dossier), data={"text": "Samen.", "based_on": based_on(second.text)})
    assert texts()[-1] == "Samen."


def test_a_double_submit_and_an_empty_or_long_text(http_as, lead, dossier):
    http = http_as(lead)
    for _ in range(2):
        assert http.post(form_of(dossier), data={"text": ASKED}).status_code == 303
    assert texts() == [ASKED]
    empty = http.post(form_of(dossier, ACTIVATION), data={"text": " "})
    assert (empty.status_code, "Schrijf eerst iets op." in empty.text) == (422, True)
    long = http.post(form_of(dossier), data={"text": "x" * 2001})
    assert long.status_code == 422
    assert "x" * 2001 in long.text
    assert http.get(form_of(dossier, "onzin")).status_code == 404


def test_rest_asks_nothing_about_activation(http_as, lead):
    resting = make_dossier(lead=lead, track="rest")
    html = page_of(http_as(lead), resting)
    assert "Vraag de inwoner nu niet naar activering" in html
    assert "Wat doet de inwoner" not in html
    assert "Toch opschrijven" in html


def test_a_colleague_neither_reads_nor_writes(http_as, lead, dossier):
    write(dossier, lead, ASKED)
    colleague = make_user(name="Ö. Demir")
    assert ASKED not in page_of(http_as(colleague), dossier)
    with pytest.raises(Forbidden):
        write(dossier, colleague, "Van een collega", based_on=1)
    assert texts() == [ASKED]
