"""Determining a klantprofiel by its command, and an outcome put into words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from kp4web.applications.models import ApplicationDecision, ElsewhereScore
from kp4web.decisions import words
from kp4web.decisions.commands import (
    COLOURS,
    DecideProfile,
    Measured,
    check_score,
    decide_profile,
)
from kp4web.decisions.comparison import Earlier, compare
from kp4web.domain.actor import Role
from kp4web.domain.applications import DecisionBasis, LifeArea
from kp4web.domain.errors import DomainError, Forbidden, InvalidInput
from kp4web.domain.questionnaire.changes import Changes, what_would_change
from kp4web.domain.questionnaire.definition import DataClass
from kp4web.domain.questionnaire.outcome import HIDDEN_SENTENCE, Facts, for_reader, outcome
from kp4web.domain.questionnaire.scoring import score
from kp4web.extensions import db
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import actor, at, make_application, make_dossier, make_user
from tests.questionnaires import example

FACTS = Facts(months_to_pension=200)
GENERAL = frozenset({DataClass.GENERAL})
HEAVY = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1, "gez_zelfzorg": 1,
         "gez_herstel": "slechter"}  # fmt: skip
TALK = DecideProfile(2, "Dit past.", DecisionBasis.CONVERSATION, basis_reason="Gesproken.")
MEASURED = Measured("Dariuz Diagnose", date(2026, 11, 2))
ELSEWHERE = DecideProfile(2, "Dit past.", DecisionBasis.ELSEWHERE, measured=MEASURED)


def shown(answers, readable=None):
    found = outcome(example(), answers, FACTS)
    return words.shown(example(), for_reader(found, readable) if readable else found)


# ---------------------------------------------------------------------- the command


@pytest.fixture
def decide_with(app):
    """Return a function that decides with a command on a new application."""

    def _decide(command, by=None):
        intake = make_user(Role.INTAKE)
        application = make_application(by=intake)
        return decide_profile(
            db.session(), actor(by or intake), application.id, command, now=at(TODAY), today=TODAY
        )

    return _decide


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (replace(TALK, profile=0), "profile"),
        (replace(TALK, profile=5), "profile"),
        (replace(TALK, justification=" \n"), "justification"),
        (replace(TALK, profile=4), "note"),
        (replace(TALK, profile=4, note="  "), "note"),
        (replace(TALK, basis_reason=" "), "basis_reason"),
        (replace(ELSEWHERE, measured=None), "instrument"),
        (replace(ELSEWHERE, measured=replace(MEASURED, instrument=" ")), "instrument"),
        (replace(ELSEWHERE, measured=replace(MEASURED, measured_on=date(2026, 11, 19))),
         "measured_on"),
        (replace(ELSEWHERE, measured=replace(MEASURED, scores=((LifeArea.WORK, "paars"),))),
         "score_work"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_at_its_field(decide_with, command, field):
    with pytest.raises(InvalidInput) as refused:
        decide_with(command)
    assert refused.value.field == field
    db.session.rollback()
    assert db.session.scalar(select(func.count(ApplicationDecision.id))) == 0


def test_only_intake_decides(decide_with):
    for role in set(Role) - {Role.INTAKE}:
        with pytest.raises(Forbidden):
            decide_with(TALK, by=make_user(role))


def test_a_questionnaire_as_ground_needs_a_questionnaire(decide_with):
    with pytest.raises(DomainError, match="nieuwere vragenlijst"):
        decide_with(replace(TALK, basis=DecisionBasis.QUESTIONNAIRE, questionnaire_id=1))


def test_what_belongs_to_another_basis_is_left_out(decide_with):
    row = decide_with(replace(ELSEWHERE, basis_reason="Gesproken."))
    assert (row.basis_reason, row.instrument) == ("", "Dariuz Diagnose")
    other = decide_with(replace(TALK, measured=replace(MEASURED, scores=((LifeArea.WORK, "1"),))))
    assert (other.basis_reason, other.instrument, other.measured_on) == ("Gesproken.", "", None)
    assert db.session.scalar(select(func.count(ElsewhereScore.id))) == 0


@pytest.mark.parametrize(
    "text", ["", " ", "0", "62", "-3", "7,5", "7.25", "85%", *COLOURS, "ROOD", " geel "]
)
def test_a_score_of_elsewhere_is_a_number_or_a_colour(text):
    check_score("score_work", text)


@pytest.mark.parametrize(
    "text", ["paars", "roodgroen", "123456", "1,234", "--3", "1e5", "٣", "62 van 100", "rood."]
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidInput):
        check_score("score_work", text)


# ---------------------------------------------------------------------- in words


def test_the_rules_stand_in_steps_and_the_decisive_ones_are_marked():
    found = shown(easy() | HEAVY)
    assert [len(group.rules) > 0 for group in found.rules] == [True] * 4
    decisive = [rule.id for group in found.rules for rule in group.rules if rule.decisive]
    assert decisive == [found.decided_by.id, found.capped_by.id]
    assert (found.profile, found.capped_from) == (3, 4)


def test_a_rule_that_did_not_hold_says_why_and_not_its_text():
    found = shown(easy())
    failed = [rule for group in found.rules for rule in group.rules if not rule.held]
    assert len(failed) > 5
    assert {rule.sentence for rule in failed} == {""}
    assert all(rule.reasons for rule in failed)


def test_no_word_of_a_hidden_rule_is_left():
    found = shown(easy() | HEAVY, readable=GENERAL)
    hidden = [rule for group in found.rules for rule in group.rules if rule.hidden]
    assert hidden
    assert {(rule.id, rule.sentence, rule.reasons) for rule in hidden} == {
        ("", HIDDEN_SENTENCE, ())
    }
    assert found.hidden


@pytest.mark.parametrize("kinds", [{DataClass.GENERAL}, {DataClass.HEALTH}, set(DataClass)])
def test_signals_name_readable_questions_only(kinds):
    answers = easy(won_plek="geen", soc_veilig="nee", gez_middelen="dagelijks", werk_taal="slecht")
    found = shown(answers, readable=frozenset(kinds))
    named = {text for group in found.signals for one in group.signals for text in one.questions}
    assert named
    texts = {one.text: one.data_class for one in example().questions}
    assert {texts[text] for text in named} <= kinds


def test_a_score_says_how_much_was_answered_or_why_there_is_none():
    rows = {row.code: row for row in shown({"werk_nu": "nee"} | easy(gez_lichaam=None)).scores}
    assert rows["werk"].value is not None
    assert rows["werk"].why == ""
    bare = {row.code: row for row in shown({"werk_nu": "nee"}).scores}
    assert bare["werk"].value is None
    assert bare["werk"].why == "Er zijn te weinig vragen beantwoord. Nodig is 60%."
    assert bare["werk"].answered.startswith("1 van ")


def earlier(answers, file="Vragenlijst (1.0.0)"):
    return Earlier(1, date(2026, 3, 2), file, score(example(), answers))


def test_without_an_earlier_one_there_is_nothing_to_compare():
    assert compare(score(example(), easy()), "Vragenlijst (1.0.0)", []) is None


@pytest.mark.parametrize(
    ("before", "now", "meaning"),
    [(HEAVY, {}, "beter"), ({}, HEAVY, "slechter"), (HEAVY, HEAVY, "gelijk")],
)
def test_a_lower_score_is_better(before, now, meaning):
    found = compare(score(example(), easy() | now), "x", [earlier(easy() | before)])
    row = next(row for row in found.rows if row.label == "Gezondheid en verslaving")
    assert row.meaning == meaning
    if meaning != "gelijk":
        assert row.difference.split()[0] == str(abs(row.now - row.before[-1]))
        assert found.total.meaning == meaning


def test_what_looks_equal_is_called_equal():
    now = score(example(), easy())
    near = replace(now, total=Fraction(201, 10)), replace(now, total=Fraction(204, 10))
    found = compare(near[1], "x", [replace(earlier(easy()), scores=near[0])])
    assert (found.total.now, found.total.before, found.total.meaning) == (20, (20,), "gelijk")


def test_an_area_without_a_score_cannot_be_compared():
    found = compare(score(example(), easy()), "x", [earlier({"werk_nu": "nee"})])
    assert {row.meaning for row in found.rows} == {"niet te vergelijken"}


def test_files_other_than_this_one_are_named_once():
    before = [earlier(easy(), "Oud (0.9)"), earlier(easy(), "Oud (0.9)"), earlier(easy(), "Nu (1)")]
    assert compare(score(example(), easy()), "Nu (1)", before).other_files == ("Oud (0.9)",)


def test_what_would_change_it_names_the_answer_now_and_then():
    answers = easy()
    found = words.what_if(example(), what_would_change(example(), answers, FACTS))
    assert found.lead == "Eén ander antwoord is genoeg voor een ander voorstel."
    for other in found.profiles:
        assert other.profile != 1
        assert len(other.ways) <= words.CHANGES_SHOWN
    texts = {one.text for one in example().questions}
    given = [answer for other in found.profiles for way in other.ways for answer in way]
    assert {answer.question for answer in given} <= texts
    assert all(answer.was != answer.becomes for answer in given)


@pytest.mark.parametrize(
    ("changes", "words_in"),
    [
        (Changes((), 0, complete=True), "leiden niet tot een ander voorstel"),
        (Changes((), 0, complete=False), "In korte tijd is niets gevonden"),
        (Changes((), 1, complete=True, hidden=True), "antwoorden die u niet mag zien"),
    ],
)
def test_when_nothing_is_found_the_page_says_why(changes, words_in):
    assert words_in in words.what_if(example(), changes).lead


def test_a_dossier_is_no_application(app):
    lead = make_user()
    make_dossier(lead=lead)
    with pytest.raises(Forbidden):
        decide_profile(db.session(), actor(lead), 1, TALK, now=at(TODAY), today=TODAY)
