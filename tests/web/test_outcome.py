"""The outcome of a questionnaire: what it says, to whom, and what it never tells."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select, update

from kp4web.audit.models import AuditEntry
from kp4web.clients.models import Client
from kp4web.decisions import queries
from kp4web.domain.actor import Role
from kp4web.domain.questionnaire.definition import DataClass, Skip
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.domain.questionnaire.scoring import barrier_of
from kp4web.dossiers.models import SubgroupPeriod, TrackPeriod
from kp4web.extensions import db
from kp4web.questionnaires.commands import DiscardQuestionnaire, discard_questionnaire
from kp4web.questionnaires.models import Answer, ProfileSuggestion
from tests.answers import easy, values_of
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_dossier,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.questionnaires import changed, example

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
HEAVY = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1, "gez_zelfzorg": 1,
         "gez_herstel": "slechter"}  # fmt: skip
ROOFLESS = {"won_plek": "geen"}


@pytest.fixture(autouse=True)
def version(app):
    return make_version(make_team(), make_team("Buren"), make_agency(), today=date(2026, 1, 1))


@pytest.fixture
def intake(app):
    return make_user(Role.INTAKE, name="Femke de Groot")


@pytest.fixture
def lead(app):
    return make_user(name="Noor O'Brien-Şahin")


def worst():
    """Return the answer with the largest barrier to every question that counts."""
    found = {}
    for question in example().questions:
        scored = [
            (barrier_of(example().scoring, question, value), value)
            for value in values_of(question)
            if not isinstance(value, Skip)
        ]
        scored = [(barrier, value) for barrier, value in scored if barrier is not None]
        if scored and question.weight:
            found[question.id] = max(scored, key=lambda one: one[0])[1]
    return found


def asked(subject, by, answers=None, **more):
    answers = easy() if answers is None else answers
    return make_questionnaire(subject, by, answers=answers, completed=True, **more)


def address(questionnaire):
    return f"/vragenlijsten/{questionnaire.id}/uitkomst"


def text_of(page):
    """Return what somebody reads on a page, or in a part of it."""
    page = getattr(page, "text", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", page)))


def count_of(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def entries(action="questionnaire_outcome"):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def profile_on(page):
    return re.search(r'data-testid="suggestion" data-profile="(\d?)"', page)[1]


# ---------------------------------------------------------------------- what it says


def test_intake_sees_the_suggestion_and_that_a_person_decides(http_as, intake):
    found = asked(make_application(by=intake, surname="Kanariepiet"), intake)
    page = http_as(intake).get(address(found)).text
    assert profile_on(page) == "1"
    assert "Direct beschikbaar voor betaald werk." in page
    assert "Dit is een voorstel. Een medewerker beslist." in page
    assert "Voorbeeldinhoud, niet gevalideerd" in page
    assert "Het is niet de gelicentieerde vragenlijst." in page
    assert "Vragenlijst: hoe gaat het met u?" in page
    assert "1.0.0" in page
    assert "18-11-2026 10:00, Femke de Groot" in page
    title = re.search("<title>(.*?)</title>", page)[1]
    assert (
        title == f"Uitkomst van de vragenlijst, aanvraag {found.application_id} - KP4-volgsysteem"
    )


def test_the_look_is_logged_once_with_the_ids_only(http_as, intake):
    found = asked(make_application(by=intake, surname="Kanariepiet"), intake)
    http_as(intake).get(address(found))
    (entry,) = entries()
    assert entry.detail == {"questionnaire": found.id, "application": found.application_id}
    assert entry.relation == "intake"


def test_every_rule_that_was_looked_at_stands_on_the_page_with_its_reasons(http_as, intake):
    answers = easy() | HEAVY
    page = text_of(
        http_as(intake).get(address(asked(make_application(by=intake), intake, answers)))
    )
    birth = Facts(months_to_pension=200)
    trace = outcome(example(), answers, birth).trace
    assert len(trace) > 5
    for step in trace:
        assert f"Regel {step.rule_id} " in page
        if step.held:
            assert step.sentence in page
    assert page.count("Geldt niet") == sum(not step.held for step in trace)
    assert "De score op Gezondheid en verslaving is" in page


def test_a_ceiling_says_what_the_suggestion_was_before(http_as, intake):
    page = text_of(
        http_as(intake).get(address(asked(make_application(by=intake), intake, easy() | HEAVY)))
    )
    assert "Zonder grens was het voorstel klantprofiel 4." in page
    assert "Daarom hooguit klantprofiel 3." in page


def test_a_temporary_suggestion_says_until_when(http_as, intake):
    found = asked(make_application(by=intake), intake, easy() | ROOFLESS)
    page = text_of(http_as(intake).get(address(found)))
    assert "Klantprofiel 4" in page
    assert "Bekijk het opnieuw binnen 3 maanden, dus voor 18-02-2027." in page


def test_scores_stand_as_bars_with_the_same_in_text(http_as, intake):
    found = asked(make_application(by=intake), intake, easy() | HEAVY)
    page = http_as(intake).get(address(found)).text
    part = page[page.index('data-testid="score-gezondheid"') :]
    value = re.search(r'<b>(\d+)</b> <span class="muted">van 100</span>, ([^<]*)</span>', part)
    assert f'class="bar__fill" width="{value[1]}%"' in part
    assert value[2] == "zeer grote belemmering"
    assert re.search(r"\d+ van \d+ vragen beantwoord\.", part)


def test_without_enough_answers_there_is_no_suggestion_but_what_is_missing(http_as, intake):
    few = {"werk_nu": "nee", "werk_uren": Skip.UNKNOWN, "soc_contact": "dagelijks"}
    page = http_as(intake).get(address(asked(make_application(by=intake), intake, few))).text
    assert profile_on(page) == ""
    words = text_of(page)
    assert "Geen voorstel" in words
    assert "Er zijn te weinig vragen beantwoord voor een voorstel." in words
    assert example().by_id["werk_taal"].text in words
    skipped = words[words.index("Overgeslagen (weet ik niet") :]
    assert example().by_id["werk_uren"].text in skipped[:400]
    assert "Geen score" in words
    assert "Nodig is 60%." in words


def test_signals_stand_by_urgency_with_their_advice(http_as, intake):
    page = text_of(
        http_as(intake).get(address(asked(make_application(by=intake), intake, worst())))
    )
    part = page[page.index("Signalen") :]
    places = [part.index(word) for word in ("Direct", "Deze week", "Zonder haast")]
    assert places == sorted(places)
    for signal in ("crisis_wonen", "schulden_zonder_hulp", "taal"):
        assert example().signals[signal].label in part
        assert example().signals[signal].advice in part


def test_without_signals_the_page_says_so(http_as, intake):
    page = http_as(intake).get(address(asked(make_application(by=intake), intake))).text
    assert "De antwoorden geven geen signalen." in page


# ---------------------------------------------------------------------- computed again


def test_the_outcome_follows_from_the_facts_of_its_own_day(http_as, lead):
    dossier = make_dossier(lead=lead, birth_date=date(1960, 2, 1))
    found = asked(dossier, lead, easy() | {"werk_uren": "0", "werk_nu": "nee"})
    before = text_of(http_as(lead).get(address(found)))
    db.session.execute(update(Client).values(birth_date=date(1995, 1, 1)))
    db.session.commit()
    after = text_of(http_as(lead).get(address(found)))
    assert "Het aantal maanden tot de AOW-leeftijd is 3" in before
    assert after == before.replace("01-02-1960", "01-01-1995")


@pytest.mark.parametrize("kept", [{"profile": 2}, {"profile": None}, {"rule": "R0"}])
def test_an_outcome_that_is_not_what_was_stored_is_not_to_be_used(http_as, intake, kept):
    found = asked(make_application(by=intake), intake)
    db.session.execute(update(ProfileSuggestion).values(**kept))
    db.session.commit()
    page = http_as(intake).get(address(found)).text
    assert "Deze uitkomst is niet gelijk aan de uitkomst van toen" in page
    assert "Profiel vaststellen" not in page


def test_an_answer_that_was_tampered_with_is_noticed(http_as, intake):
    found = asked(make_application(by=intake), intake)
    where = (Answer.questionnaire_id == found.id) & (Answer.question == "won_plek")
    db.session.execute(update(Answer).where(where).values(value='"geen"'))
    db.session.commit()
    assert "niet gelijk aan de uitkomst van toen" in http_as(intake).get(address(found)).text


# ---------------------------------------------------------------------- who gets it


def test_an_open_questionnaire_leads_to_finishing_it(http_as, intake):
    running = make_questionnaire(make_application(by=intake), intake)
    response = http_as(intake).get(address(running))
    assert response.status_code == 303
    assert response.location == f"/vragenlijsten/{running.id}/afronding"
    assert entries() == []


def test_a_discarded_questionnaire_has_no_outcome(http_as, intake):
    thrown = make_questionnaire(make_application(by=intake), intake)
    discard_questionnaire(
        db.session(), actor(intake), thrown.id, DiscardQuestionnaire("Dubbel begonnen."),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    response = http_as(intake).get(address(thrown))
    assert response.status_code == 409
    assert "weggegooid" in response.text


def test_only_the_lead_gets_the_outcome_of_a_dossier(http_as, lead, intake):
    found = asked(make_dossier(lead=lead), lead)
    others = {
        make_user(): 404, make_user(municipality="Buren"): 404, make_user(Role.COORDINATOR): 403,
        intake: 404, make_user(Role.AGENCY_COORDINATOR): 403, make_user(Role.POLICY_OFFICER): 403,
    }  # fmt: skip
    assert http_as(lead).get(address(found)).status_code == 200
    for user, status in others.items():
        for path in (address(found), f"{address(found)}?wat=anders"):
            for headers in ({}, FRAGMENT):
                assert http_as(user).get(path, headers=headers).status_code == status


# ---------------------------------------------------------------------- hidden classes


SECRET = [q for q in example().questions if q.data_class is not DataClass.GENERAL]
OPEN = frozenset({DataClass.GENERAL})


def hidden_words():
    """Return every word that only a question of another class than ``gewoon`` has."""
    shown = [q for q in example().questions if q.data_class is DataClass.GENERAL]
    common = {option.label for question in shown for option in question.options}
    labels = {option.label for question in SECRET for option in question.options} - common
    return {question.text for question in SECRET} | {f"‘{label}’" for label in labels}


def test_whoever_may_read_some_classes_reads_no_word_of_the_others(http_as, intake, monkeypatch):
    answers = worst() | {"werk_nu": "nee", "soc_veilig": "ja"}
    found = asked(make_application(by=intake), intake, answers)
    http, path = http_as(intake), f"{address(found)}?wat=anders"
    whole = text_of(http.get(path))
    assert len([word for word in hidden_words() if word in whole]) > 10
    monkeypatch.setattr(queries, "readable_classes", lambda _relations: OPEN)
    for headers in ({}, FRAGMENT):
        page = text_of(http.get(path, headers=headers))
        assert [word for word in hidden_words() if word in page] == []
    page = text_of(http.get(path))
    for code in ("crisis_wonen", "verslaving", "schulden_zonder_hulp"):
        assert example().signals[code].label not in page
    assert "Deze regel rust op antwoorden die u niet mag zien." in page
    assert "Regel K3" not in page
    assert example().signals["taal"].label in page
    assert profile_on(http.get(path).text) == profile_on(http.get(address(found)).text) == "4"


def test_what_is_missing_names_no_hidden_question(http_as, intake, monkeypatch):
    found = asked(make_application(by=intake), intake, {"werk_nu": "nee"})
    monkeypatch.setattr(queries, "readable_classes", lambda _relations: OPEN)
    page = text_of(http_as(intake).get(address(found)))
    assert example().by_id["werk_taal"].text in page
    assert [question.id for question in SECRET if question.text in page] == []


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
