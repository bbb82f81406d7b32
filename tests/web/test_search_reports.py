"""Searching in reports: what is found, by whom, and how the hit stands in its context."""

import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from kp4web.audit.models import AuditEntry
from kp4web.conversations.models import AttemptOutcome, ReportText
from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import make_assignment, make_conversation, make_dossier, make_user
from tests.queries import count_queries

OPENED = date(2026, 1, 5)


@pytest.fixture
def lead(app):
    return make_user(name="Anna Bos")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead, opened_on=OPENED, surname="Wojciechowska-van den Heuvel")


def talk(dossier, lead, report, **given):
    return make_conversation(dossier, lead, report=report, **given)


def search(http, term, **more):
    response = http.post("/zoeken", data={"term": term} | more)
    assert response.status_code == 200, term
    return response.text


def hits(page):
    """Return the passages on the page, with what is marked between brackets."""
    found = re.findall(r'class="hit__text">(.*?)</p>', page, re.DOTALL)
    return [re.sub(r"</?mark>", lambda m: "]" if "/" in m[0] else "[", text) for text in found]


def finds(http, term):
    return bool(hits(search(http, term)))


# ---------------------------------------------------------------------- what is found


def test_words_are_found_by_how_they_begin_whatever_their_case_and_accents(http_as, dossier, lead):
    talk(dossier, lead, "Hulp bij schuldhulpverlening. Zoë vindt één ding: de coördinatie. Ñandú.")
    http = http_as(lead)
    for term in (
        "schuldhulpverlening", "schuldh", "schuldh*", "SCHULDH", "zoe", "Zoë", "ZOË*", "zoé",
        "coordinatie", "coördinatie", "nandu", "Ñandú", "hulp zoe", "zoe hulp", "de hulp",
    ):  # fmt: skip
        assert finds(http, term), term
    for term in ("hulpverlening", "zoem", "schuldhx", "hulp fiets", "*", "chuldh"):
        assert not finds(http, term), term


def test_phrases_are_found_word_after_word(http_as, dossier, lead):
    talk(dossier, lead, "Er is geen werk in de buurt; wel vrijwilligerswerk bij O'Brien-Şahin.")
    http = http_as(lead)
    for term in (
        '"geen werk"', '"in de buurt"', "“geen werk”", '"geen wer', '"geen werk" buurt',
        "o'brien-sahin", "O’Brien", '"o\'brien sahin"',
    ):  # fmt: skip
        assert finds(http, term), term
    for term in ('"werk geen"', '"geen wer"', '"geen buurt"', '"geen werk" fiets', '"wer"'):
        assert not finds(http, term), term


def test_stems_are_found_where_the_database_knows_them(http_as, dossier, lead, engine_name):
    talk(dossier, lead, "Er is een schuld bij de buren.")
    http = http_as(lead)
    assert hits(search(http, "schul")) == ["Er is een [schuld] bij de buren."]
    by_stem = ["Er is een [schuld] bij de buren."] if engine_name == "postgres" else []
    assert hits(search(http, "schulden")) == by_stem
    assert hits(search(http, '"schulden"')) == []


def test_the_report_of_an_attempt_is_found_too(http_as, dossier, lead):
    talk(dossier, lead, "Voicemail ingesproken.", attempt=AttemptOutcome.NO_ANSWER)
    page = search(http_as(lead), "voicemail")
    assert hits(page) == ["[Voicemail] ingesproken."]
    assert "Geen gehoor" in page
    assert f"/dossiers/{dossier.number}" in page


def test_what_stands_under_a_heading_is_found_until_it_is_replaced(http_as, dossier, lead):
    http, address = http_as(lead), f"/dossiers/{dossier.number}/ondersteuning"
    http.post(f"{address}/ondersteuningsvraag", data={"text": "Zoekt een tuin."})
    page = search(http, "tuin")
    assert hits(page) == ["Zoekt een [tuin]."]
    assert "Ondersteuningsvraag, zoals die nu in het dossier staat" in page
    assert f'href="{address}"' in page
    assert not finds(http_as(make_user()), "tuin")  # a colleague reads no headings
    http.post(f"{address}/ondersteuningsvraag", data={"text": "Zoekt een koor."})
    assert (finds(http, "tuin"), finds(http, "koor")) == (False, True)
    http.post(f"{address}/ondersteuningsvraag", data={"text": ""})
    assert not finds(http, "koor")


def test_the_newest_come_first_and_more_than_a_hundred_is_said(http_as, dossier, lead):
    for number in range(101):
        talk(dossier, lead, f"Wandelen {number}.", held_on=OPENED + timedelta(days=number))
    http = http_as(lead)
    page = search(http, "wandelen")
    assert "In meer dan 100 verslagen" in page
    assert hits(page) == [f"[Wandelen] {number}." for number in range(100, 88, -1)]
    every = search(http, "wandelen", alle="1")
    assert hits(every) == [f"[Wandelen] {number}." for number in range(100, 0, -1)]
    assert "Toon" not in every.split('class="hits"')[1]


def test_small_words_alone_find_nothing_and_say_so(http_as, dossier, lead):
    talk(dossier, lead, "Zij is er en het gaat.")
    page = search(http_as(lead), "de het een")
    assert hits(page) == []
    assert "Niets gevonden" in page


# ---------------------------------------------------------------------- in its context


def test_the_hit_stands_in_its_context_escaped(http_as, dossier, lead):
    talk(dossier, lead, f"{'Begin. ' * 60}<script>alert(1)</script> & <b>fiets</b> {'eind ' * 80}")
    page = search(http_as(lead), "fiets")
    (text,) = hits(page)
    assert "&lt;b&gt;[fiets]&lt;/b&gt;" in text
    assert "<script>alert" not in page
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < 400


def test_a_report_leads_to_its_page(http_as, dossier, lead):
    entry = talk(dossier, lead, "Samen gefietst.")
    http = http_as(lead)
    address = f"/dossiers/{dossier.number}/gesprekken/{entry.id}"
    assert f'href="{address}"' in search(http, "gefietst")
    assert http.get(address).status_code == 200


# ---------------------------------------------------------------------- who finds it


def test_only_the_lead_finds_words_in_reports(http_as, dossier, lead):
    talk(dossier, lead, "Kanariepiet zingt.")
    assert finds(http_as(lead), "kanariepiet")
    others = [
        make_user(), make_user(Role.COORDINATOR), make_user(municipality="Buren"),
        make_user(Role.COORDINATOR, municipality="Buren"),
        make_user(Role.CONSULTANT, Role.COORDINATOR),
    ]  # fmt: skip
    for other in others:
        page = search(http_as(other), "kanariepiet")
        assert hits(page) == []
        assert "Niets gevonden" in page
        assert "zingt" not in page


def test_an_onlooker_cannot_tell_whether_there_is_a_report(http_as, dossier, lead):
    talk(dossier, lead, "Kanariepiet zingt.")
    http = http_as(make_user())

    def shape(term):
        return re.sub(r'value="[^"]*"', "", search(http, term))

    assert shape("kanariepiet") == shape("bestaatniet")


def test_reports_follow_the_dossier_to_its_next_lead(http_as, dossier, lead):
    talk(dossier, lead, "Kanariepiet zingt.")
    successor = make_user()
    make_assignment(dossier, successor)
    assert not finds(http_as(lead), "kanariepiet")
    assert finds(http_as(successor), "kanariepiet")


def test_the_log_holds_whose_reports_were_shown_and_not_what_for(http_as, dossier, lead):
    talk(dossier, lead, "Kanariepiet zingt.")
    search(http_as(lead), "kanariepiet")
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "search"))
    assert json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id)) == [
        dossier.client_id
    ]
    assert entry.detail == {"by": "name,reports"}


# ---------------------------------------------------------------------- whatever is typed


def test_odd_terms_break_nothing(http_as, dossier, lead):
    talk(dossier, lead, "Gewoon gesprek.")
    http = http_as(lead)
    for term in (
        '"', '""', '"a" OR "b"', "gewoon OR fiets", "NEAR(gewoon gesprek)", "words:gewoonx",
        "dossier_id:1", "gewoon & !fiets", "^gewoonx", "a* b* c*", "'x':*", "\\ufeffx", "ﷺ" * 200,
        "x" * 200, "\U0001f600a", "٠١١٧ab", '"gewoon fiets" "" *', "-gewoonx", "(gewoonx",
    ):  # fmt: skip
        assert not finds(http, term), term
    assert http.post("/zoeken", data={"term": "a" * 10_000}).status_code == 422


def test_a_long_report_is_found_to_its_end(http_as, dossier, lead):
    talk(dossier, lead, "woord " * 8_000 + "slotsom")
    assert "[slotsom]" in hits(search(http_as(lead), "slotsom"))[0]


def test_what_is_taken_out_of_the_index_is_no_longer_found(http_as, dossier, lead):
    talk(dossier, lead, "Kanariepiet zingt.")
    db.session.execute(delete(ReportText))
    db.session.commit()
    assert not finds(http_as(lead), "kanariepiet")


def test_the_number_of_queries_does_not_grow(http_as, dossier, lead):
    talk(dossier, lead, "Wandelen.", held_on=TODAY)
    http = http_as(lead)
    search(http, "wandelen")
    asked = []
    for _ in range(2):
        with count_queries() as statements:
            search(http, "wandelen")
        asked.append(len(statements))
        for _ in range(15):
            talk(dossier, lead, "Wandelen.", held_on=TODAY)
    assert asked[0] == asked[1] <= 7
