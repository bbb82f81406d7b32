"""Intake and questionnaires in the demo history, on several days of loading."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from kp4web.demo.answers import example, first_part
from kp4web.demo.cast import pension_on
from kp4web.demo.days import working_days_before
from kp4web.demo.desk import BEGIN
from kp4web.demo.events import AcceptHandover, Assign, JoinScreeningRound, OfferHandover
from kp4web.demo.intake_events import (
    AddVersion,
    CloseApplication,
    DetermineProfile,
    DiscardQuestionnaire,
    PutInForce,
    RegisterApplicant,
    ReturnHandover,
)
from kp4web.demo.life import GOLDEN_END
from kp4web.demo.newcomers import newcomers
from kp4web.demo.population import Population
from kp4web.demo.scenes import start
from kp4web.demo.story import history
from kp4web.demo.today import arrange
from kp4web.domain.applications import ApplicationState, LifeArea
from kp4web.domain.dates import add_days
from kp4web.domain.pension import months_until
from kp4web.domain.questionnaire.answering import (
    dump,
    load,
    progress,
    read_answer,
    visible_questions,
)
from kp4web.domain.questionnaire.definition import QuestionType, Skip
from kp4web.domain.questionnaire.outcome import Facts, outcome
from tests.unit.demo.fold import intake, story

DAYS = [date(2026, 3, 2), date(2026, 11, 18), date(2027, 2, 28), date(2028, 2, 29)]
BUNDLED = (Assign, JoinScreeningRound)
LEAD = "consulent1@westbetuwe.example"
NO_DIAGNOSIS = ("depressi", "kanker", "reuma", "diabet", "psychose", "burn-out", "borderline",
                "verslaafd", "autis", "ptss", "hernia")  # fmt: skip


@pytest.fixture(params=DAYS, ids=str)
def today(request):
    return request.param


@pytest.fixture
def desk(today):
    return intake(story(today))


def of_state(desk, state):
    return [one for one in desk.applications.values() if one.state is state]


def outcome_of(filled_in, born, **facts):
    months = months_until(pension_on(born), filled_in.day)
    return outcome(example(), filled_in.answers, Facts(months_to_pension=months, **facts))


# ---------------------------------------------------------------------- every state


def test_applications_in_every_state(desk):
    states = Counter(one.state for one in desk.applications.values())
    assert set(states) == set(ApplicationState)
    assert states[ApplicationState.OPEN] >= 5
    assert states[ApplicationState.RUNNING] >= 2
    assert states[ApplicationState.WAITING] >= 4
    assert states[ApplicationState.OFFERED] == 2
    assert states[ApplicationState.RETURNED] == 1


def test_what_waits_is_fresh_but_for_one(desk, today):
    undecided = [one for one in desk.applications.values() if one.state.undecided]
    late = [one for one in undecided if one.registered.registered_on < add_days(today, -45)]
    assert [one.state for one in late] == [ApplicationState.OPEN]
    assert max(one.registered.registered_on for one in undecided) == working_days_before(today, 1)


def test_a_couple_in_one_household_with_children(desk):
    partners = [one for one in of_state(desk, ApplicationState.OPEN) if one.registered.partner_of]
    (second,) = (one.registered for one in partners)
    first = desk.applications[second.partner_of].registered
    assert second.at > first.at
    assert (second.person.household, second.person.street) == (
        first.person.household,
        first.person.street,
    )
    assert second.members == first.members
    assert [one.relation for one in first.members] == ["child", "child"]


def test_one_needs_an_interpreter_and_says_how_to_approach(desk):
    people = [one.registered.person for one in of_state(desk, ApplicationState.OPEN)]
    assert [p for p in people if p.interpreter and "tolk" in p.approach]


def test_names_that_put_a_list_to_the_test(desk):
    names = {one.registered.person.surname for one in of_state(desk, ApplicationState.OPEN)}
    assert {"O'Connor-Yıldız", "Wojciechowska-van den Heuvel"} <= names


def test_one_questionnaire_is_half_way(desk):
    shares = []
    for one in of_state(desk, ApplicationState.RUNNING):
        pages = progress(example(), one.running.answers)
        shares.append(sum(p.answered for p in pages) / sum(p.shown for p in pages))
    assert any(0.35 < share < 0.65 for share in shares)
    assert all(0 < share < 0.7 for share in shares)


def test_who_waits_for_a_decision_has_every_kind_of_outcome(desk):
    found = [
        outcome_of(one.completed[-1], one.registered.person.birth_date)
        for one in of_state(desk, ApplicationState.WAITING)
    ]
    assert {None, 4} <= {one.profile for one in found}
    assert {2, 3} & {one.profile for one in found}
    (acute,) = (one for one in found if one.decided_by and one.decided_by.rule_id == "K3")
    urgent = {raised.signal.code for raised in acute.scores.signals}
    assert {"crisis_wonen", "onveilig"} <= urgent
    (nothing,) = (one for one in found if one.profile is None)
    assert nothing.decided_by.rule_id == "G1"


def test_one_person_waits_for_the_second_time_with_an_earlier_outcome(desk):
    waiting = {one.registered.person.bsn for one in of_state(desk, ApplicationState.WAITING)}
    before = [one for one in of_state(desk, ApplicationState.CLOSED) if one.completed]
    assert [one for one in before if one.registered.person.bsn in waiting]


def test_offered_and_returned_ones_have_a_questionnaire_behind_them(desk):
    for state in (ApplicationState.OFFERED, ApplicationState.RETURNED):
        assert all(one.completed for one in of_state(desk, state))


def test_the_returned_one_came_back_with_a_reason(today):
    (back,) = (event for event in story(today) if isinstance(event, ReturnHandover))
    assert back.day == working_days_before(today, 3)
    assert len(back.reason) > 40


# ---------------------------------------------------------------------- the year


def test_enough_was_decided_for_the_figure_to_say_something():
    desk = intake(story(date(2026, 11, 18)))
    decided = [one for one in desk.decided if one.questionnaire]
    assert 25 <= len(decided) <= 45
    followed = [one for one in decided if one.suggested == one.profile]
    assert 0.6 <= len(followed) / len(decided) <= 0.95
    assert {one.profile for one in desk.decided} == {1, 2, 3, 4}
    assert len({one.municipality for one in desk.decided}) >= 6


def test_some_were_decided_otherwise_or_ended_without_a_profile(desk, today):
    events = [e for e in story(today) if isinstance(e, DetermineProfile)]
    if today > date(2026, 6, 1):
        (measured, *_) = (event.measured for event in events if event.measured)
        assert {code for code, _ in measured.scores} == {area.value for area in LifeArea}
        assert measured.instrument
        assert measured.reference
        assert measured.measured_on < measured_day(events, measured)
        assert [event for event in events if event.basis_reason and not event.questionnaire]
        assert [one for one in desk.decided if one.questionnaire and one.suggested is None]
        assert [e for e in story(today) if isinstance(e, DiscardQuestionnaire)]
        closings = {e.closing for e in story(today) if isinstance(e, CloseApplication)}
        assert "withdrawn" in closings


def measured_day(events, measured):
    return next(event.day for event in events if event.measured is measured)


def test_klantprofiel_4_is_offered_where_somebody_can_accept(today):
    places = {e.municipality for e in story(today) if isinstance(e, OfferHandover)}
    assert places == {"west-betuwe", "buren"}


def test_the_lead_reads_answers_that_came_with_accepted_applications():
    for today in DAYS[1:]:
        desk = intake(story(today))
        leads = {}
        for event in story(today):
            if isinstance(event, Assign):
                leads |= dict.fromkeys(event.dossiers, event.user)
        passed = [
            e.dossier
            for e in story(today)
            if isinstance(e, AcceptHandover) and desk.completed_of(e.handover)
        ]
        assert sum(leads.get(dossier) == LEAD for dossier in passed) >= 2


# ---------------------------------------------------------------------- reassessments


def test_one_reassessment_went_clearly_better(desk, today):
    recent = [
        asked for asked in desk.of_dossiers()
        if asked.by == LEAD and asked.day == working_days_before(today, 5) and asked.is_complete
    ]  # fmt: skip
    (better, *_) = (asked for asked in recent if desk.earlier(asked))
    before = desk.earlier(better)[-1]
    born = desk.born(better.dossier, story(today))
    old = outcome_of(before, born)
    new = outcome_of(better, born, current_profile=4, previous_total=old.scores.total)
    assert old.scores.total - new.scores.total >= 15
    assert new.profile in {2, 3}
    assert new.track.code == "kp3_traject"
    assert "verbeterde_situatie" in {group.code for group in new.subgroups}


def test_one_reassessment_is_half_way_with_earlier_answers_beside_it(desk):
    (half,) = (asked for asked in desk.of_dossiers() if not asked.is_complete)
    assert half.by == LEAD
    before = desk.earlier(half)[-1]
    assert 10 < len(half.answers) < len(before.answers)
    same = [key for key, value in half.answers.items() if before.answers.get(key) == value]
    assert 0 < len(same) < len(half.answers)


def test_other_leads_reassess_too():
    desk = intake(story(date(2026, 11, 18)))
    assert len({asked.by for asked in desk.of_dossiers()}) >= 3


# ---------------------------------------------------------------------- rules of the whole


def test_questionnaires_are_of_2026_and_later(today):
    desk = intake(story(today))
    assert min(asked.day for asked in desk.questionnaires.values()) == BEGIN
    for event in story(today):
        if isinstance(event, OfferHandover) and event.day <= BEGIN:
            assert not event.questionnaire


def test_the_version_is_in_force_for_everybody_who_asks(today):
    (added,) = (event for event in story(today) if isinstance(event, AddVersion))
    (force,) = (event for event in story(today) if isinstance(event, PutInForce))
    assert added.at < force.at
    assert force.from_on == date(2026, 1, 1) > force.day
    assert len(force.organisations) == 9


@pytest.mark.parametrize("day", [GOLDEN_END, date(2025, 12, 1)])
def test_before_the_questionnaire_there_is_no_intake(day):
    assert not intake(story(day)).applications
    assert not [e for e in story(day) if isinstance(e, AddVersion)]


def test_the_same_seed_and_day_give_the_same_answers():
    day = DAYS[0]
    assert intake(history(2020, day)).answers() == intake(story(day)).answers()
    assert intake(history(4, day)).answers() != intake(story(day)).answers()


def test_intake_leaves_the_lives_in_the_dossiers_as_they_are(today):
    population = Population("2020")
    plans = population.golden()
    plans += newcomers(population, plans, today)
    lives = arrange(population, [start(plan, "2020").run(today) for plan in plans], today)
    alone = [event for life in lives for event in life.events if event.day < today]
    told = {
        repr(replace(e, application="", questionnaire="") if isinstance(e, OfferHandover) else e)
        for e in story(today)
    }
    missing = {repr(e) for e in alone if not isinstance(e, BUNDLED)} - told
    assert not missing


def test_every_answer_is_one_that_the_screen_takes(desk, today):
    by_id = example().by_id
    for asked in desk.questionnaires.values():
        shown = {question.id for question in visible_questions(example(), asked.answers)}
        assert set(asked.answers) <= shown
        for key, value in asked.answers.items():
            assert load(by_id[key], dump(value)) == value
            if not isinstance(value, Skip):
                assert read_answer(by_id[key], typed(by_id[key], value), today=today) == value


def typed(question, value):
    match question.type:
        case QuestionType.MULTI:
            return list(value)
        case QuestionType.YESNO:
            return ["ja" if value else "nee"]
        case QuestionType.DATE:
            return [value.isoformat()]
        case _:
            return [str(value)]


def test_a_text_in_own_words_holds_no_name_and_no_diagnosis(desk, today):
    people = [e.person for e in story(today) if isinstance(e, RegisterApplicant)]
    names = {name for p in people for name in (p.surname, p.given_name) if len(name) > 3}
    texts = {
        value
        for asked in desk.questionnaires.values()
        for key, value in asked.answers.items()
        if example().by_id[key].type is QuestionType.TEXT and isinstance(value, str)
    }
    assert len(texts) >= 8
    for text in texts:
        assert not [word for word in NO_DIAGNOSIS if word in text.lower()], text
        assert not names & set(text.replace(",", " ").replace(".", " ").split()), text


def test_people_and_answers_fit_each_other(desk):
    for one in desk.applications.values():
        for asked in one.all_asked:
            if one.registered.person.interpreter:
                assert asked.answers.get("vooraf_tolk") is True
                assert asked.answers.get("werk_taal") not in {"goed", "redelijk"}
            if asked.answers.get("soc_jong_kind") is True:
                youngest = max(child.birth_date for child in one.registered.members)
                assert (asked.day - youngest).days < 5 * 366


def test_every_bsn_of_an_applicant_is_a_number_of_the_demo_that_nobody_else_has(desk, today):
    by_number = {}
    for one in desk.applications.values():
        person = one.registered.person
        if person.bsn:
            assert person.bsn.startswith("9999")
            by_number.setdefault(person.bsn, set()).add((person.given_name, person.surname))
    assert all(len(names) == 1 for names in by_number.values())
    dossiers = {e.person.bsn for e in story(today) if hasattr(e, "opened_on")}
    assert not dossiers & set(by_number)


def test_half_a_questionnaire_ends_after_the_question_named():
    whole = next(
        asked for asked in intake(story(DAYS[1])).questionnaires.values() if asked.is_complete
    )
    part = dict(first_part(tuple(whole.answers.items()), "gez_energie"))
    assert list(part) == list(whole.answers)[: len(part)]
    assert "gez_energie" in part
    assert "gez_zelfzorg" not in part


def test_who_does_not_follow_the_suggestion_says_which_one_it_was(desk, today):
    told = [e for e in story(today) if isinstance(e, DetermineProfile) and e.questionnaire]
    suggestions = {one.questionnaire: one.suggested for one in desk.decided}
    for event in told:
        suggestion = suggestions[event.questionnaire]
        if suggestion not in {None, event.profile}:
            assert f"klantprofiel {suggestion}" in event.justification
