"""The outcome of a questionnaire: what it says, how it is computed, who gets it."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from kp4web.clients.models import Client
from kp4web.decisions import queries
from kp4web.domain.actor import Role
from kp4web.domain.questionnaire.definition import DataClass, Skip
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.extensions import db
from kp4web.questionnaires.commands import DiscardQuestionnaire, discard_questionnaire
from kp4web.questionnaires.models import Answer, ProfileSuggestion
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_application,
    make_dossier,
    make_questionnaire,
    make_user,
)
from tests.outcome_pages import (
    FRAGMENT,
    HEAVY,
    ROOFLESS,
    address,
    asked,
    entries,
    profile_on,
    text_of,
    worst,
)
from tests.questionnaires import example

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
