"""What stands beside an outcome: earlier ones, proposals, what would change it."""

from datetime import date

import pytest

from kp4web.dossiers.models import SubgroupPeriod, TrackPeriod
from tests.answers import easy
from tests.factories import (
    decide,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_version,
)
from tests.outcome_pages import (
    FRAGMENT,
    ROOFLESS,
    address,
    asked,
    count_of,
    entries,
    text_of,
    worst,
)
from tests.queries import count_queries
from tests.questionnaires import changed

# ---------------------------------------------------------------------- earlier ones


def test_a_reassessment_stands_beside_the_one_before(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    first = asked(dossier, lead, worst(), today=date(2026, 3, 2))
    now = asked(dossier, lead, easy() | {"soc_contact": "nooit"})
    http = http_as(lead)
    page = http.get(address(now)).text
    part = text_of(page[page.index('id="eerder"') :])
    assert address(first) in page
    assert "02-03-2026" in part
    assert "minder, beter" in part
    assert "Niet dezelfde vragenlijst" not in page
    assert "Vergeleken met eerder" not in http.get(address(first)).text


def test_worse_and_equal_are_said_too(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    asked(dossier, lead, easy(), today=date(2026, 3, 2))
    now = asked(dossier, lead, easy() | {"soc_contact": "nooit"})
    page = http_as(lead).get(address(now)).text
    part = text_of(page[page.index('id="eerder"') :])
    assert "meer, slechter" in part
    assert "gelijk" in part


def test_another_version_of_the_file_is_said(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    asked(dossier, lead, easy(), today=date(2026, 3, 2))
    newer = changed(('version = "1.0.0"', 'version = "1.1.0"'))
    make_version(make_team(), content=newer, today=date(2026, 4, 1))
    now = asked(dossier, lead, easy())
    page = text_of(http_as(lead).get(address(now)))
    assert "1.1.0, niet gevalideerd" in page
    assert "Eerder is ingevuld: Vragenlijst: hoe gaat het met u? (1.0.0)." in page


def test_only_the_last_three_stand_beside_it(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    for month in (2, 3, 4, 5, 6):
        asked(dossier, lead, easy(), today=date(2026, month, 2))
    page = text_of(http_as(lead).get(address(asked(dossier, lead))))
    assert "02-03-2026" not in page
    assert all(f"02-0{month}-2026" in page for month in (4, 5, 6))
    assert "Er zijn nog 2 oudere vragenlijsten die hier niet staan." in page


def test_the_number_of_queries_does_not_grow_with_the_earlier_ones(http_as, lead):
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    found = []
    for month in (2, 3, 4, 5, 6):
        last = asked(dossier, lead, easy(), today=date(2026, month, 2))
        http = http_as(lead)
        http.get(address(last))
        with count_queries() as statements:
            http.get(address(last))
        found.append(len(statements))
    assert found[1:] == [found[1]] * 4
    assert found[1] <= 17


# ---------------------------------------------------------------------- proposals


def test_proposals_are_shown_in_our_words_and_nothing_is_stored(http_as, lead):
    dossier = make_dossier(lead=lead)
    found = asked(dossier, lead, worst())
    before = count_of(SubgroupPeriod), count_of(TrackPeriod)
    page = http_as(lead).get(address(found)).text
    part = text_of(page[page.index('id="ook-voorgesteld"') :])
    assert "Dit zijn voorstellen. Er is niets vastgelegd." in part
    for word in ("Ondersteuning", "Taalachterstand", "Mantelzorgtaken"):
        assert word in part
    assert f'href="/dossiers/{dossier.number}/traject#wijzigen"' in page
    assert f'href="/dossiers/{dossier.number}/traject#subgroepen"' in page
    assert (count_of(SubgroupPeriod), count_of(TrackPeriod)) == before


def test_an_application_has_proposals_without_a_dossier_to_change(http_as, intake):
    found = asked(make_application(by=intake), intake, worst())
    page = http_as(intake).get(address(found)).text
    assert "Ook voorgesteld" in page
    assert "Na de overdracht beslist Team Sociaal hierover." in page
    assert "/dossiers/" not in page[page.index("<main") :]


@pytest.mark.parametrize(("answers", "maybe"), [(None, True), (ROOFLESS, False)])
def test_a_dossier_that_can_do_more_says_maybe_kp3(http_as, lead, answers, maybe):
    found = asked(make_dossier(lead=lead), lead, easy() | (answers or {}))
    page = http_as(lead).get(address(found)).text
    assert ("Mogelijk KP3" in page) is maybe
    assert "Profiel vaststellen" not in page  # a reassessment ends at its outcome


def test_an_applicant_never_gets_maybe_kp3(http_as, intake):
    page = http_as(intake).get(address(asked(make_application(by=intake), intake))).text
    assert "Mogelijk KP3" not in page


# ---------------------------------------------------------------------- what would change it


def test_what_would_change_it_is_looked_up_on_demand(http_as, intake):
    found = asked(make_application(by=intake), intake)
    http, path = http_as(intake), address(found)
    first = http.get(path).text
    assert f'href="{path}?wat=anders#anders"' in first
    assert f'data-hx-get="{path}?wat=anders#anders"' in first
    assert "Zou zijn" not in first
    page = text_of(http.get(f"{path}?wat=anders"))
    assert "ander antwoord" in page
    assert "Naar klantprofiel 2" in page
    assert "Nu:" in page
    assert "Zou zijn:" in page


def test_the_fragment_holds_that_part_only_and_logs_nothing_more(http_as, intake):
    found = asked(make_application(by=intake), intake)
    page = http_as(intake)
    page.get(address(found))
    logged = entries()
    part = page.get(f"{address(found)}?wat=anders", headers=FRAGMENT).text
    assert part.strip().startswith('<div id="anders"')
    assert "<html" not in part
    assert "Naar klantprofiel 2" in text_of(part)
    assert len(logged) == 1
    assert entries() == logged


def test_a_fragment_of_an_open_questionnaire_is_refused(http_as, intake):
    running = make_questionnaire(make_application(by=intake), intake)
    path = f"{address(running)}?wat=anders"
    assert http_as(intake).get(path, headers=FRAGMENT).status_code == 409
    assert http_as(intake).get(path).status_code == 303


# ---------------------------------------------------------------------- after the decision


def test_the_record_shows_what_was_suggested_and_what_was_decided(http_as, intake):
    application = make_application(by=intake)
    found = asked(application, intake)
    decide(application, intake, profile=3, questionnaire=found, justification="Geen opvang.")
    page = text_of(http_as(intake).get(address(found)))
    assert "Anders dan het voorstel: klantprofiel 1" in page
    assert "Geen opvang." in page
    assert "Vastgesteld op 18-11-2026 door Femke de Groot." in page


def test_a_newer_questionnaire_is_pointed_at(http_as, intake):
    application = make_application(by=intake)
    first = asked(application, intake, today=date(2026, 11, 2))
    newer = asked(application, intake)
    page = http_as(intake).get(address(first)).text
    assert "Er is een nieuwere vragenlijst" in page
    assert f'href="{address(newer)}"' in page
    assert 'vaststellen"' not in page
