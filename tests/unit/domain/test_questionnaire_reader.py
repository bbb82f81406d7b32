"""The reader on the example: everything in it, exact and in the order of asking."""

from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest

from kp4web.domain.questionnaire.codes import SUBGROUP_CODES, TRACK_CODES
from kp4web.domain.questionnaire.conditions import ALWAYS, implies
from kp4web.domain.questionnaire.definition import (
    BEFORE,
    All,
    AnswerIs,
    AnyOf,
    AreasAtLeast,
    AreaScoreIs,
    Comparison,
    Condition,
    DataClass,
    Direction,
    FactIs,
    FactName,
    HasSignal,
    Insufficient,
    Match,
    NoneOf,
    QuestionType,
    TotalScoreIs,
    Urgency,
)
from kp4web.domain.questionnaire.reader import read_definition, summarise
from kp4web.domain.tracks import Subgroup, TrackKind
from tests.questionnaires import changed, example, example_text

AREAS = ("werk", "gezondheid", "sociaal", "wonen_geld", "justitie")


def test_the_head_is_read():
    definition = example()
    assert (definition.id, definition.version) == ("voorbeeld-5-leefgebieden", "1.0.0")
    assert definition.valid_from == date(2026, 1, 1)
    assert definition.estimated_minutes == 25
    assert definition.validated is False
    assert definition.texts.refuse_label == "Dat wil ik niet zeggen"
    assert definition.texts.intro.startswith("Met deze vragen")
    assert definition.texts.intro.endswith("hebt gekregen.")
    assert sorted(definition.profiles) == [1, 2, 3, 4]


def test_all_questions_areas_and_signals_are_there():
    definition = example()
    assert len(definition.questions) == 49
    assert example_text().count("\n[[questions]]") == 49
    assert tuple(area.code for area in definition.areas) == AREAS
    assert len(definition.signals) == 14
    assert definition.signals["onveilig"].urgency is Urgency.NOW
    per_area = Counter(question.area for question in definition.questions)
    assert per_area == {
        BEFORE: 2, "werk": 10, "gezondheid": 11, "sociaal": 10, "wonen_geld": 9, "justitie": 7,
    }  # fmt: skip


def test_questions_come_in_the_order_of_asking():
    places = [(BEFORE, *AREAS).index(question.area) for question in example().questions]
    assert places == sorted(places)
    for one, next_one in pairwise(example().questions):
        assert one.area != next_one.area or one.order < next_one.order


def test_the_order_of_the_file_is_not_the_order_of_asking():
    swapped = changed(
        ('code = "gezondheid"\nlabel = "Gezondheid en verslaving"\norder = 2', "##1"),
        ('code = "werk"\nlabel = "Werk en werk zoeken"\norder = 1', "##2"),
        ("##1", 'code = "gezondheid"\nlabel = "Gezondheid en verslaving"\norder = 1'),
        ("##2", 'code = "werk"\nlabel = "Werk en werk zoeken"\norder = 2'),
    )
    # a question about housing now asks after one about health, which still comes earlier
    codes = [area.code for area in read_definition(swapped).areas]
    assert codes == ["gezondheid", "werk", *AREAS[2:]]
    assert read_definition(swapped).questions[2].id == "gez_lichaam"


@pytest.mark.parametrize(
    ("question", "data_class"),
    [
        ("vooraf_tolk", DataClass.GENERAL),
        ("werk_nu", DataClass.GENERAL),
        ("gez_hulp", DataClass.HEALTH),
        ("soc_veilig", DataClass.LEAD_ONLY),
        ("soc_alleen", DataClass.GENERAL),
        ("won_geschikt", DataClass.HEALTH),
        ("geld_schulden", DataClass.FINANCIAL),
        ("jus_boetes", DataClass.CRIMINAL),
    ],
)
def test_a_question_has_its_own_data_class_or_that_of_its_area(question, data_class):
    assert example().by_id[question].data_class is data_class


def test_numbers_are_exact():
    assert example().scoring.peak_share == Fraction(1, 2)
    assert example().scoring.min_completeness_area == Fraction(3, 5)
    assert [area.weight for area in example().areas] == [1, Fraction(3, 2), 1, 1, Fraction(1, 2)]
    assert [level.start for level in example().scoring.levels] == [0, 25, 50, 75]
    third = read_definition(changed(("peak_share = 0.5", "peak_share = 0.333333")))
    assert third.scoring.peak_share == Fraction(333333, 1000000)
    numbers = [question.weight for question in example().questions]
    assert all(isinstance(number, Fraction) for number in numbers)


def test_every_type_of_question_has_what_belongs_to_it():
    of = example().by_id
    assert [option.value for option in of["werk_uren"].options][-2:] == ["0", "onbekend"]
    assert of["werk_uren"].options[-1].skip
    assert of["werk_doen"].type is QuestionType.MULTI
    assert [option.exclusive for option in of["werk_doen"].options].count(True) == 2
    assert (of["jus_vast"].barrier_yes, of["jus_vast"].barrier_no) == (4, 0)
    assert of["jus_vast"].signals_yes == ("justitie_vast",)
    assert of["geld_papieren"].direction is Direction.HIGH_IS_GOOD
    assert of["geld_papieren"].signals_low == ("laaggeletterd_digitaal",)
    assert of["gez_verklaring_datum"].not_in_future
    assert of["werk_wens"].max_length == 500
    assert of["soc_steun"].subarea == "infrastructuur"


def test_conditions_of_questions_are_read():
    of = example().by_id
    assert of["werk_nu"].show_if is None
    assert of["gez_verklaring_datum"].show_if == AnswerIs("gez_verklaring", Match.EQ, True)
    often = ("vaak", "dagelijks", "altijd")
    assert of["gez_herstel"].show_if == AnyOf(
        (AnswerIs("gez_lichaam", Match.IN, often), AnswerIs("gez_hoofd", Match.IN, often))
    )


def test_rules_are_read_with_where_they_lead_to():
    definition = example()
    assert [rule.id for rule in definition.gates] == ["G1"]
    assert definition.gates[0].when == Insufficient()
    assert [rule.id for rule in definition.knockouts] == ["K1", "K2", "K3", "K4"]
    assert definition.knockouts[2].review_months == 3
    assert definition.knockouts[1].when == All(
        (
            FactIs(FactName.MONTHS_TO_PENSION, Comparison.AT_MOST, Fraction(24)),
            AreaScoreIs("werk", Comparison.AT_LEAST, Fraction(25)),
        )
    )
    assert [(rule.id, rule.profile) for rule in definition.rules] == [
        ("R4a", 4), ("R4b", 4), ("R4c", 4), ("R4d", 4), ("R4e", 4),
        ("R3a", 3), ("R3b", 3), ("R2a", 2), ("R1", 1),
    ]  # fmt: skip
    assert [(rule.id, rule.profile) for rule in definition.ceilings] == [("P1", 3)]


def test_proposals_are_read_in_order_and_known_to_the_application():
    assert {proposal.code for proposal in example().subgroups} == set(SUBGROUP_CODES)
    assert [proposal.code for proposal in example().tracks] == [
        "kp3_traject", "ondersteuning", "rust", "ondersteuning", "in_onderzoek",
    ]  # fmt: skip
    assert set(SUBGROUP_CODES.values()) == set(Subgroup)
    assert set(TRACK_CODES.values()) == set(TrackKind) - {TrackKind.STOPPED}
    labels = {SUBGROUP_CODES[p.code].label: p.label for p in example().subgroups}
    assert all(ours == theirs for ours, theirs in labels.items())


def test_a_file_from_windows_reads_the_same():
    assert read_definition("\ufeff" + example_text().replace("\n", "\r\n")) == example()


def test_the_summary_counts_what_is_in_the_file():
    summary = dict(summarise(example()))
    assert summary["Vragen"] == 49
    assert summary["waarvan alleen na een bepaald antwoord"] == example_text().count("\nshow_if")
    assert summary["Vragen over Justitie"] == 7
    assert summary["Vragen vooraf"] == 2
    assert summary["Signalen"] == 14
    assert summary["Regels voor het voorstel"] == 15
    assert summary["Gevalideerd"] == "nee"


# ---------------------------------------------------------------------- what follows from what

HIGH = AreaScoreIs("werk", Comparison.AT_LEAST, Fraction(80))
LOWER = AreaScoreIs("werk", Comparison.AT_LEAST, Fraction(55))
ABOVE = AreaScoreIs("werk", Comparison.MORE, Fraction(55))
NEE = AnswerIs("werk_nu", Match.EQ, "nee")
NEE_OF_JA = AnswerIs("werk_nu", Match.IN, ("nee", "ja"))
TAAL = HasSignal("taal")
TOTAL = TotalScoreIs(Comparison.LESS, Fraction(20))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TAAL, TAAL),
        (HIGH, LOWER),
        (HIGH, ABOVE),
        (ABOVE, LOWER),
        (AreaScoreIs("werk", Comparison.EQUAL, Fraction(60)), ABOVE),
        (TOTAL, TotalScoreIs(Comparison.AT_MOST, Fraction(20))),
        (NEE, NEE_OF_JA),
        (AnswerIs("werk_nu", Match.NE, "ja"), AnswerIs("werk_nu", Match.ANSWERED, None)),
        (TAAL, ALWAYS),
        (All((TAAL, HIGH)), LOWER),
        (All((TAAL, HIGH)), All((LOWER, TAAL))),
        (HIGH, AnyOf((TAAL, LOWER))),
        (AnyOf((HIGH, ABOVE)), LOWER),
        (All((AnyOf((TAAL, HIGH)), NEE)), AnyOf((TAAL, HIGH))),
        (NoneOf((LOWER, TAAL)), NoneOf((HIGH,))),
    ],
)
def test_what_certainly_follows(one: Condition, other: Condition):
    assert implies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LOWER, HIGH),
        (LOWER, ABOVE),
        (HIGH, AreaScoreIs("sociaal", Comparison.AT_LEAST, Fraction(10))),
        (HIGH, TotalScoreIs(Comparison.AT_LEAST, Fraction(10))),
        (HIGH, AreaScoreIs("werk", Comparison.AT_MOST, Fraction(90))),
        (NEE_OF_JA, NEE),
        (NEE, AnswerIs("werk_taal", Match.EQ, "nee")),
        (NEE, AnswerIs("werk_nu", Match.NE, "nee")),
        (NEE, AnswerIs("werk_nu", Match.ANSWERED, None)),  # nee could be an option with skip
        (AnswerIs("werk_nu", Match.ANSWERED, None), NEE),
        (ALWAYS, TAAL),
        (LOWER, All((LOWER, TAAL))),
        (AnyOf((HIGH, TAAL)), LOWER),
        (NoneOf((HIGH,)), NoneOf((LOWER,))),
        (
            AreasAtLeast(Fraction(25), Comparison.AT_LEAST, Fraction(2)),
            AreasAtLeast(Fraction(50), Comparison.AT_LEAST, Fraction(1)),
        ),
    ],
)
def test_what_does_not_follow(one: Condition, other: Condition):
    assert not implies(one, other)
