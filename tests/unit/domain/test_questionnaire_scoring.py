"""Scores by hand: every figure here was worked out on paper from the rules in the file."""

from dataclasses import replace
from fractions import Fraction

import pytest

from kp4web.domain.questionnaire.definition import DataClass, Option, QuestionType, Skip
from kp4web.domain.questionnaire.scoring import (
    Contribution,
    Missing,
    barrier_of,
    is_sufficient,
    level_of,
    raised_by,
    rounded,
    score,
)
from kp4web.domain.questionnaire.words import number, number_beside
from tests.answers import easy
from tests.questionnaires import example

SCORING = example().scoring
HEALTH = {
    "gez_lichaam": "vaak",  # 3 x 2, key
    "gez_hoofd": "nooit",  # 3 x 0, key
    "gez_energie": 3,  # 2 x 2
    "gez_zelfzorg": 5,  # 2 x 0
    "gez_herstel": "beetje",  # 2 x 2
    "gez_middelen": "beetje",  # 2 x 1, key
    "gez_gesprek": "prima",  # 1 x 0
}
JUSTICE = {
    "jus_verplichting": "ja",  # 2 x 2
    "jus_tijd": "8_24",  # 2 x 3, key
    "jus_vast": False,  # 2 x 0, key
    "jus_boetes": "geen_regeling",  # 1 x 3
    "jus_vog": "misschien",  # 1 x 1
}


def area(code, **answers):
    return score(example(), answers).areas[code]


def without_area(*codes):
    """Return easy answers with nothing in these areas."""
    by_id = example().by_id
    return {key: value for key, value in easy().items() if by_id[key].area not in codes}


class TestOneArea:
    def test_mean_peak_and_score_are_exact(self):
        health = area("gezondheid", **HEALTH)
        assert health.mean == Fraction(100 * 16, 15 * 4) == Fraction(80, 3)
        assert health.peak == Fraction(100 * 2, 4)
        assert health.score == Fraction(115, 3)
        assert (health.shown, health.answered, health.completeness) == (7, 7, 1)
        assert health.level.code == "enig"

    def test_a_score_with_other_weights(self):
        justice = area("justitie", **JUSTICE)
        assert (justice.mean, justice.peak) == (Fraction(175, 4), 75)
        assert justice.score == Fraction(475, 8)

    def test_without_an_answered_key_question_the_score_is_the_mean(self):
        justice = area("justitie", jus_verplichting="nee", jus_boetes="regeling", jus_vog="ja")
        assert (justice.mean, justice.peak, justice.score) == (25, None, 25)

    def test_one_very_large_barrier_counts_even_when_all_else_is_well(self):
        health = area("gezondheid", **easy(gez_middelen="dagelijks"))
        assert health.mean == Fraction(100 * 8, 13 * 4)
        assert health.peak == 100
        assert health.score == Fraction(50 + Fraction(100, 13))

    def test_the_share_of_the_peak_is_that_of_the_file(self):
        scoring = replace(SCORING, peak_share=Fraction(1, 4))
        justice = score(replace(example(), scoring=scoring), JUSTICE).areas["justitie"]
        assert justice.score == Fraction(175, 4) * Fraction(3, 4) + 75 * Fraction(1, 4)

    def test_the_parts_of_the_score_are_told(self):
        parts = area("justitie", **JUSTICE).contributions
        assert parts[1] == Contribution("jus_tijd", 3, Fraction(2), key=True)
        assert [part.question for part in parts] == list(JUSTICE)

    def test_from_the_least_to_the_most(self):
        assert area("gezondheid", **easy()).score == 0
        worst = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1,
                 "gez_zelfzorg": 1, "gez_herstel": "nee", "gez_middelen": "dagelijks",
                 "gez_gesprek": "erger"}  # fmt: skip
        assert area("gezondheid", **worst).score == 100

    def test_without_answers_there_is_no_score(self):
        justice = area("justitie")
        assert (justice.mean, justice.peak, justice.score, justice.level) == (None,) * 4
        assert (justice.completeness, justice.contributions) == (0, ())


class TestCompleteness:
    def test_three_of_five_is_just_enough(self):
        some = {key: JUSTICE[key] for key in ("jus_verplichting", "jus_tijd", "jus_vast")}
        justice = area("justitie", **some)
        assert justice.completeness == Fraction(3, 5) == SCORING.min_completeness_area
        assert justice.score == Fraction(500, 12) / 2 + Fraction(75, 2)

    def test_two_of_five_is_not(self):
        justice = area("justitie", jus_verplichting="ja", jus_tijd="8_24")
        assert justice.completeness == Fraction(2, 5)
        assert justice.score is None
        assert justice.mean == Fraction(1000, 16)

    @pytest.mark.parametrize("skip", [Skip.UNKNOWN, Skip.REFUSED])
    def test_a_skip_counts_against_the_completeness_and_not_in_the_score(self, skip):
        full = {**JUSTICE, "jus_vog": "nee"}
        skipped, left_out = {**full, "jus_vog": skip}, {**full}
        del left_out["jus_vog"]
        assert area("justitie", **skipped) == area("justitie", **left_out)
        assert area("justitie", **skipped).completeness == Fraction(4, 5)
        assert area("justitie", **skipped).mean == Fraction(1300, 28)

    def test_an_option_that_is_a_skip_counts_as_one(self):
        told = area("justitie", **{**JUSTICE, "jus_vog": "onbekend"})
        assert told == area("justitie", **{**JUSTICE, "jus_vog": Skip.UNKNOWN})

    def test_questions_that_do_not_count_do_not_make_an_area_fuller(self):
        some = {"jus_hulp": True, "jus_verplichting": "nee"}
        assert area("justitie", **some).completeness == Fraction(1, 3)

    def test_a_vanished_answer_counts_for_nothing(self):
        gone = {**JUSTICE, "jus_verplichting": "nee"}
        assert area("justitie", **gone).shown == 3
        assert area("justitie", **gone).mean == Fraction(100 * 4, 16)


class TestOneAnswer:
    @pytest.mark.parametrize(
        ("question", "value", "barrier"),
        [
            ("werk_uren", "0", 4), ("werk_uren", "onbekend", None), ("werk_uren", None, None),
            ("werk_uren", Skip.UNKNOWN, None),
            ("gez_energie", 1, 4), ("gez_energie", 5, 0),
            ("jus_vast", True, 4), ("jus_vast", False, 0),
            ("werk_doen", ("niets_kan_niet",), 3), ("werk_doen", ("cursus", "vrijwilliger"), 0),
            ("geld_schulden_hulp", ("schuldhulp", "vrijwilliger"), 1),
            ("gez_hulp", ("huisarts",), None), ("werk_wens", "iets", None),
        ],
    )  # fmt: skip
    def test_how_large_a_barrier_it_is(self, question, value, barrier):
        assert barrier_of(SCORING, example().by_id[question], value) == barrier

    def test_more_options_add_up_to_four_at_most(self):
        options = (Option("a", "A", 1), Option("b", "B", 2), Option("c", "C", 3),
                   Option("w", "W", 4, skip=True))  # fmt: skip
        question = replace(example().by_id["werk_doen"], options=options)
        assert barrier_of(SCORING, question, ("a", "b")) == 3
        assert barrier_of(SCORING, question, ("b", "c")) == 4
        assert barrier_of(SCORING, question, ("a", "w")) == 1
        assert barrier_of(SCORING, question, ("w",)) is None

    def test_a_scale_the_other_way_round(self):
        energy = example().by_id["gez_energie"]
        bad = replace(energy, direction=type(energy.direction)("high_is_bad"))
        assert [barrier_of(SCORING, bad, step) for step in range(1, 6)] == [0, 1, 2, 3, 4]

    def test_signals_of_an_answer(self):
        by_id = example().by_id
        low = {step: raised_by(by_id["geld_papieren"], step) for step in range(1, 6)}
        assert low == {1: ("laaggeletterd_digitaal",), 2: ("laaggeletterd_digitaal",),
                       3: (), 4: (), 5: ()}  # fmt: skip
        assert raised_by(by_id["jus_vast"], True) == ("justitie_vast",)
        assert raised_by(by_id["jus_vast"], False) == ()
        assert raised_by(by_id["gez_hulp"], ("huisarts", "wachtlijst")) == ("wachtlijst_zorg",)
        assert raised_by(by_id["werk_taal"], Skip.UNKNOWN) == ()


class TestTotal:
    def test_the_total_is_weighted_by_area(self):
        scores = score(example(), easy(**HEALTH, **JUSTICE))
        assert {code: one.score for code, one in scores.areas.items()} == {
            "werk": 0, "gezondheid": Fraction(115, 3), "sociaal": 0, "wonen_geld": 0,
            "justitie": Fraction(475, 8),
        }  # fmt: skip
        assert scores.total == Fraction(279, 16)

    def test_an_area_without_a_score_has_no_say(self):
        answers = {**without_area("justitie"), **HEALTH}
        assert score(example(), answers).total == Fraction(115, 3) * Fraction(15, 45)

    def test_without_any_score_there_is_no_total(self):
        assert score(example(), {}).total is None


class TestSignals:
    def test_the_most_urgent_come_first_with_what_raises_them(self):
        answers = easy(jus_verplichting="ja", jus_vast=True, jus_boetes="gijzeling",
                       werk_taal="niet", soc_veilig="nee")  # fmt: skip
        raised = score(example(), answers).signals
        assert [one.signal.code for one in raised] == ["onveilig", "justitie_vast", "taal"]
        assert raised[1].questions == ("jus_vast", "jus_boetes")
        assert raised[0].data_classes == {DataClass.LEAD_ONLY}

    def test_a_vanished_answer_raises_nothing(self):
        answers = easy(jus_verplichting="nee", jus_vast=True)
        assert score(example(), answers).signals == ()


class TestEnough:
    def test_four_areas_with_the_required_ones_are_enough(self):
        scores = score(example(), without_area("justitie"))
        assert scores.sufficient
        assert scores.missing == ()

    def test_three_are_not_and_what_is_missing_is_told(self):
        answers = {**without_area("justitie", "wonen_geld"), "jus_vog": Skip.REFUSED}
        scores = score(example(), answers)
        assert not scores.sufficient
        housing, justice = scores.missing
        assert housing.questions == ("won_plek", "geld_rondkomen", "geld_schulden",
                                     "geld_afsluiting", "geld_papieren")  # fmt: skip
        assert justice == Missing(
            "justitie", "Justitie", ("jus_verplichting", "jus_boetes"), ("jus_vog",)
        )

    @pytest.mark.parametrize("code", ["werk", "gezondheid"])
    def test_a_required_area_cannot_be_missed(self, code):
        scores = score(example(), without_area(code))
        assert not scores.sufficient
        assert [one.code for one in scores.missing] == [code]

    def test_enough_is_about_scores_only(self):
        scored = dict.fromkeys(("werk", "gezondheid", "sociaal", "justitie"), Fraction(0))
        assert is_sufficient(SCORING, scored)
        assert not is_sufficient(SCORING, {**scored, "sociaal": None})
        assert not is_sufficient(SCORING, {**scored, "werk": None, "wonen_geld": Fraction(9)})


class TestShowing:
    @pytest.mark.parametrize(
        ("result", "code"),
        [(0, "klein"), ("24.999", "klein"), (25, "enig"), ("49.999", "enig"), (50, "groot"),
         ("74.999", "groot"), (75, "zeer_groot"), (100, "zeer_groot")],
    )  # fmt: skip
    def test_bands_start_exactly(self, result, code):
        assert level_of(SCORING, Fraction(result)).code == code

    def test_without_a_score_there_is_no_band(self):
        assert level_of(SCORING, None) is None

    @pytest.mark.parametrize(
        ("result", "shown"),
        [(0, 0), ("0.5", 1), ("0.499", 0), ("49.5", 50), ("54.6", 55), (100, 100)],
    )
    def test_scores_are_rounded_half_up(self, result, shown):
        assert rounded(Fraction(result)) == shown

    @pytest.mark.parametrize(
        ("value", "threshold", "shown"),
        [("54.6", 55, "54,6"), ("54.96", 55, "54,96"), (55, 55, "55"), ("55.04", 55, "55,04"),
         ("62.3", 55, "62"), ("12.5", "12.5", "12,5"), ("-15.2", -15, "-15,2"), (-16, -15, "-16"),
         ("0.3", 0, "0,3")],
    )  # fmt: skip
    def test_a_score_beside_a_threshold_never_seems_to_be_on_the_other_side(
        self, value, threshold, shown
    ):
        assert number_beside(Fraction(value), Fraction(threshold)) == shown

    def test_numbers_have_a_decimal_comma(self):
        assert number(Fraction("12.5")) == "12,5"
        assert number(Fraction(1, 3)) == "0,33"
        assert number(Fraction(-7)) == "-7"


class TestForAReader:
    def test_scores_stay_and_answers_go(self):
        full = score(example(), {**easy(**HEALTH, **JUSTICE), "soc_veilig": "nee"})
        less = full.without(frozenset({DataClass.HEALTH, DataClass.LEAD_ONLY}))
        assert {c: a.score for c, a in less.areas.items()} == {
            c: a.score for c, a in full.areas.items()
        }
        assert less.areas["gezondheid"].contributions == ()
        social = [part.question for part in less.areas["sociaal"].contributions]
        assert "soc_contact" in social
        assert "soc_veilig" not in social
        assert "onveilig" in [one.signal.code for one in full.signals]
        assert "onveilig" not in [one.signal.code for one in less.signals]

    def test_open_questions_of_other_classes_are_not_named(self):
        less = score(example(), {}).without(frozenset({DataClass.LEAD_ONLY}))
        named = [question for one in less.missing for question in one.questions]
        assert "soc_contact" in named
        assert "soc_veilig" not in named


def test_only_what_can_count_has_a_weight():
    for question in example().questions:
        if question.type in (QuestionType.DATE, QuestionType.TEXT) or not question.area:
            assert question.weight == 0
