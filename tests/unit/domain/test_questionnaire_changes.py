"""What would change the suggestion: by hand, and against trying everything with the slow engine."""

from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kp4web.domain.questionnaire.answering import visible_questions
from kp4web.domain.questionnaire.changes import (
    Change,
    ChangeSet,
    for_reader,
    what_would_change,
)
from kp4web.domain.questionnaire.definition import DataClass, QuestionType, Skip
from kp4web.domain.questionnaire.evidence import says_nothing
from kp4web.domain.questionnaire.outcome import Facts, outcome
from kp4web.domain.questionnaire.trial import candidates_of
from tests.answers import answer_sets, easy, facts, small_definitions, values_of
from tests.questionnaires import example

NO_FACTS = Facts()
SHELTER_AND_UNSAFE = easy(won_plek="geen", soc_veilig="nee")


def changes(answers, known=NO_FACTS, **other):
    return what_would_change(example(), answers, known, **other)


def others(question):
    """Return every answer to the question that says something, all choices of options included."""
    if question.type in (QuestionType.DATE, QuestionType.TEXT):
        return []
    if question.type is not QuestionType.MULTI:
        return [one for one in values_of(question) if not says_nothing(question, one)]
    options = [one for one in question.options if not one.skip]
    together = [one.value for one in options if not one.exclusive]
    alone = [(one.value,) for one in options if one.exclusive]
    sizes = range(1, len(together) + 1)
    return [*alone, *(choice for size in sizes for choice in combinations(together, size))]


def profile_with(definition, answers, known, tried):
    """Return the profile with these answers, ``None`` when one of them is not even asked."""
    changed = {**answers, **dict(tried)}
    asked = {question.id for question in visible_questions(definition, changed)}
    if not asked >= {question for question, _ in tried}:
        return None
    return outcome(definition, changed, known).profile


def by_trying(definition, answers, known, size):
    """Return the sets of this size that lead to another profile, each with that profile."""
    now = outcome(definition, answers, known).profile
    single = [
        (question.id, value)
        for question in definition.questions
        for value in others(question)
        if value != answers.get(question.id)
    ]
    return {
        (tried, profile)
        for tried in combinations(single, size)
        if len(dict(tried)) == size
        and (profile := profile_with(definition, answers, known, tried)) not in (None, now)
    }


def as_sets(found):
    return {
        (tuple((change.question, change.becomes) for change in one.changes), one.profile)
        for one in found.sets
    }


def with_one_choice(definition, sets):
    """Write every choice of options as one: of those that come to the same, one is tried."""
    several = {one.id for one in definition.questions if one.type is QuestionType.MULTI}
    return {
        (tuple((one, None if one in several else value) for one, value in tried), profile)
        for tried, profile in sets
    }


# ---------------------------------------------------------------------- against trying everything


@settings(max_examples=120)
@given(small_definitions(), st.data())
def test_small_questionnaires_give_what_trying_everything_gives(definition, data):
    answers, known = data.draw(answer_sets(definition)), data.draw(facts)
    assume(sum(len(others(question)) for question in definition.questions) <= 30)
    found = what_would_change(definition, answers, known)
    assert found.complete
    expected = by_trying(definition, answers, known, 1)
    size = 1
    if not expected:
        expected, size = by_trying(definition, answers, known, 2), 2
    assert found.size == (size if expected else 0)
    assert as_sets(found) <= expected
    assert with_one_choice(definition, as_sets(found)) == with_one_choice(definition, expected)


@settings(max_examples=6)
@given(answer_sets(example()), facts)
def test_one_answer_of_the_example_as_trying_everything_gives(answers, known):
    found = what_would_change(example(), answers, known)
    expected = by_trying(example(), answers, known, 1)
    if found.size == 1:
        assert as_sets(found) <= expected
    assert with_one_choice(example(), as_sets(found) if found.size == 1 else set()) == (
        with_one_choice(example(), expected)
    )


@settings(max_examples=6)
@given(answer_sets(example()), facts, st.randoms(use_true_random=False))
def test_two_answers_of_the_example_against_a_sample(answers, known, random):
    given_answers = {**easy(), **answers, "soc_veilig": "nee", "won_plek": "geen"}
    found = what_would_change(example(), given_answers, known)
    now = outcome(example(), given_answers, known).profile
    sets = as_sets(found)
    for tried, profile in random.sample(sorted(sets, key=repr), min(len(sets), 20)):
        assert profile_with(example(), given_answers, known, tried) == profile != now
    if found.size == 1:
        return
    options = candidates_of(example(), given_answers)
    for _ in range(40):
        one, other = random.sample(options, 2)
        if one.question != other.question:
            pair = tuple(sorted((one, other), key=options.index))
            profile = profile_with(example(), given_answers, known, pair)
            assert ((tuple(map(tuple, pair)), profile) in sets) == (profile not in (None, now))


# ---------------------------------------------------------------------- by hand


def test_one_answer_that_decides():
    found = changes(easy(won_plek="opvang"))
    assert (found.size, found.complete) == (1, True)
    assert ChangeSet((Change("won_plek", "opvang", "eigen"),), 1) in found.sets
    assert ChangeSet((Change("won_plek", "opvang", "familie"),), 2) in found.sets
    assert {change.question for one in found.sets for change in one.changes} == {"won_plek"}


def test_two_answers_that_hold_each_other():
    found = changes(SHELTER_AND_UNSAFE)
    assert (found.size, found.complete) == (2, True)
    for one in found.sets:
        assert [change.question for change in one.changes] == ["soc_veilig", "won_plek"]


def test_the_nearest_profile_comes_first_then_the_order_of_the_file():
    found = changes(easy(won_plek="opvang"))
    assert [one.profile for one in found.sets] == sorted(
        (one.profile for one in found.sets), reverse=True
    )
    up = changes(easy())
    order = [question.id for question in example().questions]
    for profile in (2, 3, 4):
        places = [order.index(one.changes[0].question)
                  for one in up.sets if one.profile == profile]  # fmt: skip
        assert places == sorted(places)
        assert places


def test_an_answer_that_was_never_given_can_make_the_difference():
    answers = easy(won_plek=None)
    assert ChangeSet((Change("won_plek", None, "geen"),), 4) in changes(answers).sets


def test_too_little_answered_is_changed_by_answering():
    by_id = example().by_id
    answers = {key: value for key, value in easy().items()
               if by_id[key].area not in ("justitie", "wonen_geld")}  # fmt: skip
    answers |= {"jus_verplichting": "nee", "jus_vog": Skip.REFUSED}
    found = changes(answers)
    assert found.size == 1
    assert {one.changes[0].question for one in found.sets} == {"jus_boetes", "jus_vog"}
    assert Change("jus_vog", Skip.REFUSED, "nee") in [one.changes[0] for one in found.sets]


def test_nothing_to_change_is_told_so():
    assert (changes({}).sets, changes({}).size, changes({}).complete) == ((), 0, True)


def test_a_fact_counts_along():
    answers = easy(werk_nu="ja_weinig", werk_uren="8_19", werk_termijn="nu")
    near = changes(answers, Facts(months_to_pension=12))
    assert outcome(example(), answers, Facts(months_to_pension=12)).decided_by.rule_id == "K2"
    assert ChangeSet((Change("werk_uren", "8_19", "32plus"),), 1) in near.sets


def test_answers_that_cannot_matter_are_not_tried():
    tried = {one.question for one in candidates_of(example(), easy())}
    assert "vooraf_tolk" not in tried
    assert "werk_wens" not in tried
    assert "geld_bewind" not in tried
    assert "soc_jong_kind" not in tried
    assert {"gez_verklaring", "soc_zorgtaken_duur", "won_plek"} <= tried


def test_choices_that_come_to_the_same_are_tried_once():
    tried = [one.value for one in candidates_of(example(), easy(soc_meedoen=("nergens",)))
             if one.question == "soc_meedoen"]  # fmt: skip
    assert tried == [("vrijwilligerswerk",)]


def test_a_skip_is_never_proposed():
    tried = candidates_of(example(), easy())
    assert not [one for one in tried if says_nothing(example().by_id[one.question], one.value)]


@pytest.mark.parametrize("budget", [0, 10, 200])
def test_a_budget_that_runs_out_is_told(budget):
    found = changes(SHELTER_AND_UNSAFE, budget=budget)
    assert not found.complete
    assert as_sets(found) <= as_sets(changes(SHELTER_AND_UNSAFE))


def test_the_example_stays_far_within_the_budget():
    hopeless = {question.id: others(question)[-1]
                for question in example().questions if others(question)}  # fmt: skip
    for answers in (SHELTER_AND_UNSAFE, hopeless, {}):
        assert changes(answers, budget=20_000).complete


def test_a_reader_sees_no_set_with_an_answer_of_another_class():
    found = changes(SHELTER_AND_UNSAFE)
    every = frozenset(DataClass)
    assert for_reader(found, example(), every) == found
    less = for_reader(found, example(), every - {DataClass.LEAD_ONLY})
    assert (less.sets, less.hidden) == ((), True)
    some = for_reader(changes(easy()), example(), frozenset({DataClass.GENERAL}))
    named = {example().by_id[change.question].data_class
             for one in some.sets for change in one.changes}  # fmt: skip
    assert named == {DataClass.GENERAL}
