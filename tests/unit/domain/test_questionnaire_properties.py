"""What is always so, of the example and of small random questionnaires, for random answers."""

from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kp4web.domain.questionnaire.answering import (
    counted,
    dump,
    load,
    progress,
    visible_questions,
)
from kp4web.domain.questionnaire.definition import DataClass, Skip
from kp4web.domain.questionnaire.evidence import can_raise, says_nothing
from kp4web.domain.questionnaire.outcome import Facts, for_reader, outcome, recompute
from kp4web.domain.questionnaire.scoring import barrier_of, score
from kp4web.domain.questionnaire.words import number_beside
from tests.answers import answer_sets, cases, facts, values_of
from tests.questionnaires import example

many = settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])


def shown(definition, answers):
    return {question.id for question in visible_questions(definition, answers)}


def barriers(definition, question, answers):
    """Return (barrier, value) of every answer to the question that counts."""
    found = [(barrier_of(definition.scoring, question, one), one) for one in values_of(question)]
    return [(barrier, value) for barrier, value in found if barrier is not None]


def raisable(definition, answers):
    """Return (question, larger) for every counting answer, with the answers that weigh more."""
    pairs = []
    for area in score(definition, answers).areas.values():
        for part in area.contributions:
            question = definition.by_id[part.question]
            more = [one for now, one in barriers(definition, question, answers)
                    if now > part.barrier]  # fmt: skip
            pairs.extend((question, value) for value in more)
    return pairs


@many
@given(cases(), st.data())
def test_raising_a_barrier_never_lowers_a_score(case, data):
    definition, answers, _ = case
    choices = raisable(definition, answers)
    assume(choices)
    question, value = data.draw(st.sampled_from(choices))
    raised = {**answers, question.id: value}
    assume(shown(definition, raised) == shown(definition, answers))
    before, after = score(definition, answers), score(definition, raised)
    for code, area in before.areas.items():
        now = after.areas[code]
        assert (area.score is None) == (now.score is None)
        if area.score is not None:
            assert now.score >= area.score
            assert now.mean >= area.mean
            assert code == question.area or now == area
    if before.total is not None:
        assert after.total >= before.total


@many
@given(cases(), st.data())
def test_a_skip_is_as_no_answer_in_everything_that_is_worked_out(case, data):
    definition, answers, known = case
    skipped = {key: value for key, value in answers.items() if not isinstance(value, Skip)}
    gaps = [question.id for question in definition.questions if question.id not in skipped]
    skips = {one: data.draw(st.sampled_from(Skip)) for one in gaps}
    bare = outcome(definition, skipped, known)
    told = outcome(definition, {**skipped, **skips}, known)
    assert told.profile == bare.profile
    assert told.scores.areas == bare.scores.areas
    assert told.scores.total == bare.scores.total
    assert told.scores.signals == bare.scores.signals
    assert [one.held for one in told.trace] == [one.held for one in bare.trace]


@many
@given(cases(), st.data())
def test_skipping_a_question_takes_nothing_but_its_own_part_away(case, data):
    definition, answers, _ = case
    before = score(definition, answers)
    parts = [part.question for area in before.areas.values() for part in area.contributions]
    assume(parts)
    one = data.draw(st.sampled_from(parts))
    skipped = {**answers, one: data.draw(st.sampled_from(Skip))}
    assume(shown(definition, skipped) == shown(definition, answers))
    after = score(definition, skipped)
    for code, area in before.areas.items():
        now = after.areas[code]
        kept = tuple(part for part in area.contributions if part.question != one)
        assert now.contributions == kept
        assert now.shown == area.shown
        assert now.completeness == Fraction(len(kept), area.shown or 1)


@many
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_answering_never_matters(case, random):
    definition, answers, known = case
    pairs = list(answers.items())
    random.shuffle(pairs)
    assert outcome(definition, dict(pairs), known) == outcome(definition, answers, known)


@many
@given(cases())
def test_every_outcome_has_a_trace_that_recomputes_to_it(case):
    definition, answers, known = case
    result = outcome(definition, answers, known)
    assert recompute(result.trace) == result.profile
    assert all(step.reasons for step in result.trace)
    assert all(reason.held == step.held for step in result.trace for reason in step.reasons)
    assert all(reason.data_classes <= step.data_classes
               for step in result.trace for reason in step.reasons)  # fmt: skip
    if result.capped_by:
        assert result.profile == result.capped_by.profile < result.decided_by.profile
    elif result.decided_by:
        assert result.profile == result.decided_by.profile


@many
@given(cases())
def test_a_kept_questionnaire_leads_to_the_same_outcome(case):
    definition, answers, known = case
    kept = {key: dump(value) for key, value in answers.items()}
    back = {key: load(definition.by_id[key], text) for key, text in kept.items()}
    assert back == answers
    assert outcome(definition, back, Facts.load(known.dump())) == outcome(
        definition, answers, known
    )


@many
@given(cases())
def test_vanished_answers_do_not_count(case):
    definition, answers, known = case
    count = counted(definition, answers)
    assert set(count) == set(answers) & shown(definition, answers)
    assert shown(definition, count) == shown(definition, answers)
    assert outcome(definition, count, known) == outcome(definition, answers, known)


@many
@given(cases(), st.data())
def test_vanished_answers_come_back(case, data):
    definition, answers, known = case
    before = outcome(definition, answers, known)
    question = data.draw(st.sampled_from(definition.questions))
    answering = dict(answers)
    for value in (*values_of(question), None):
        if value is not None:
            answering[question.id] = value
        elif question.id in answers:
            answering[question.id] = answers[question.id]
        else:
            del answering[question.id]
    assert outcome(definition, answering, known) == before


@many
@given(cases())
def test_scores_are_within_their_bounds(case):
    definition, answers, _ = case
    scores = score(definition, answers)
    weighed = {area.code: area.weight for area in definition.areas}
    found = [area.score for code, area in scores.areas.items()
             if area.score is not None and weighed[code]]  # fmt: skip
    assert all(0 <= one <= 100 for one in found)
    assert (scores.total is None) == (not found)
    assert not found or min(found) <= scores.total <= max(found)
    for area in scores.areas.values():
        assert 0 <= area.completeness <= 1
        assert (area.level is None) == (area.score is None)


@many
@given(cases())
def test_enough_is_told_and_what_is_missing_can_be_answered(case):
    definition, answers, _ = case
    scores = score(definition, answers)
    assert scores.sufficient == (not scores.missing)
    for missing in scores.missing:
        open_questions = {*missing.questions, *missing.skipped}
        assert open_questions <= shown(definition, answers)
        assert all(one not in answers or says_nothing(definition.by_id[one], answers[one])
                   for one in open_questions)  # fmt: skip


@many
@given(cases())
def test_progress_adds_up(case):
    definition, answers, _ = case
    lines = progress(definition, answers)
    assert sum(line.shown for line in lines) == len(shown(definition, answers))
    assert sum(line.answered for line in lines) == len(counted(definition, answers))


@many
@given(cases(), st.sets(st.sampled_from(DataClass)).map(frozenset))
def test_no_word_of_another_class_is_left_for_a_reader(case, readable):
    definition, answers, known = case
    full = outcome(definition, answers, known)
    less = for_reader(full, readable)
    words = repr(less)
    secret = [question for question in definition.questions
              if question.data_class not in readable]  # fmt: skip
    may_show = {code for question in definition.questions if question not in secret
                for code in can_raise(question)}  # fmt: skip
    for question in secret:
        assert question.text not in words
        assert f"'{question.id}'" not in words
        only = can_raise(question) - may_show
        assert not any(definition.signals[code].label in words for code in only)
    assert (less.profile, recompute(less.trace)) == (full.profile, full.profile)
    assert [step.held for step in less.trace] == [step.held for step in full.trace]
    assert for_reader(less, readable) == less


@many
@given(answer_sets(example()), facts)
def test_the_example_always_has_a_suggestion_once_enough_is_answered(answers, known):
    result = outcome(example(), answers, known)
    assert (result.profile is not None) == result.scores.sufficient
    proposing = 4 in (result.profile, known.current_profile)
    assert (result.track is not None) == proposing


@given(st.fractions(-100, 100), st.integers(-1000, 1000).map(lambda tenths: Fraction(tenths, 10)))
def test_a_number_beside_a_threshold_stays_on_its_side(value, threshold):
    told = Fraction(number_beside(value, threshold).replace(",", "."))
    far = abs(value - threshold) > Fraction(1, 100_000)
    if far or value == threshold:
        assert (told > threshold) == (value > threshold)
        assert (told < threshold) == (value < threshold)
