"""The outcome: the trace and its sentences, proposals, frozen facts, and what a reader may see."""

from dataclasses import replace
from fractions import Fraction

import pytest

from kp4web.domain.questionnaire.definition import (
    All,
    AnswerIs,
    AnyOf,
    AreaScoreIs,
    Comparison,
    DataClass,
    FactIs,
    FactName,
    Insufficient,
    Match,
    NoneOf,
    RuleKind,
    Skip,
    TotalScoreIs,
)
from kp4web.domain.questionnaire.evidence import Evidence, data_classes, holds, reasons
from kp4web.domain.questionnaire.outcome import (
    HIDDEN_SENTENCE,
    Facts,
    for_reader,
    outcome,
    recompute,
)
from tests.answers import easy
from tests.questionnaires import example

EVERY = frozenset(DataClass)
GENERAL = frozenset({DataClass.GENERAL})
NO_FACTS = Facts()
UNSAFE = easy(soc_veilig="nee")
IN_SHELTER = easy(won_plek="opvang")
ILL = easy(gez_lichaam="altijd", gez_herstel="ja")


def found(answers, facts=NO_FACTS):
    return outcome(example(), answers, facts)


def step(result, rule_id):
    return next(one for one in result.trace if one.rule_id == rule_id)


def why(condition, scores=None, facts=None, previous=None, sufficient=True, **answers):
    seen = Evidence(
        example(), answers, scores or {}, frozenset(), sufficient, facts or {}, previous
    )
    return [reason.sentence for reason in reasons(condition, seen)]


class TestTrace:
    def test_a_gate_ends_it(self):
        result = found({})
        assert [one.rule_id for one in result.trace] == ["G1"]
        assert result.profile is None
        assert result.decided_by is result.trace[0]

    def test_a_knockout_ends_it_and_is_for_a_while(self):
        result = found(UNSAFE)
        assert [one.rule_id for one in result.trace] == ["G1", "K1", "K2", "K3"]
        assert [one.held for one in result.trace] == [False, False, False, True]
        assert (result.profile, result.review_months, result.capped_by) == (4, 3, None)

    def test_the_list_ends_at_the_first_rule_that_holds_and_ceilings_follow(self):
        result = found(ILL)
        ids = [one.rule_id for one in result.trace]
        assert ids[5:] == ["R4a", "R4b", "R4c", "R4d", "R4e", "R3a", "P1"]
        assert (result.decided_by.rule_id, result.profile) == ("R3a", 3)
        assert result.review_months is None

    def test_a_ceiling_that_does_not_lower_is_no_cap(self):
        result = found(ILL)
        assert step(result, "P1").held
        assert result.capped_by is None

    def test_the_profile_follows_from_the_steps_alone(self):
        for answers in ({}, UNSAFE, ILL, easy(), IN_SHELTER):
            assert recompute(found(answers).trace) == found(answers).profile

    def test_no_rule_that_holds_is_no_suggestion(self):
        assert recompute(()) is None
        assert recompute(one for one in found(ILL).trace if not one.held) is None

    def test_without_a_rule_that_holds_no_ceiling_is_looked_at(self):
        short = replace(example(), rules=example().rules[:1])
        result = outcome(short, easy(), NO_FACTS)
        assert [one.rule_id for one in result.trace][-1] == "R4a"
        assert (result.profile, result.decided_by, result.review_months) == (None, None, None)

    def test_the_kinds_are_in_order(self):
        kinds = [one.kind for one in found(ILL).trace]
        assert kinds == sorted(kinds, key=list(RuleKind).index)

    def test_texts_show_the_rounded_score(self):
        answers = easy(gez_lichaam="altijd", gez_herstel="nee", gez_hoofd="altijd", gez_energie=1)
        result = found(answers)
        score = result.scores.areas["gezondheid"].score
        assert score == Fraction(100 * 40, 60) / 2 + 50 == Fraction(250, 3)
        assert (
            result.decided_by.sentence
            == "De score op gezondheid is 83: een zeer grote belemmering."
        )

    def test_a_score_that_is_not_there_is_unknown(self):
        answers = {key: value for key, value in easy().items() if not key.startswith("jus_")}
        assert "{" not in "".join(one.sentence for one in found(answers).trace)


class TestReasons:
    WORK = "Werk en werk zoeken"

    @pytest.mark.parametrize(
        ("op", "score", "words"),
        [
            (Comparison.AT_LEAST, 62, "62, en dat is 55 of meer"),
            (Comparison.AT_LEAST, 40, "40, en dat is minder dan 55"),
            (Comparison.AT_LEAST, "54.6", "54,6, en dat is minder dan 55"),
            (Comparison.AT_MOST, 55, "55, en dat is 55 of minder"),
            (Comparison.AT_MOST, "55.1", "55,1, en dat is meer dan 55"),
            (Comparison.MORE, 56, "56, en dat is meer dan 55"),
            (Comparison.MORE, 55, "55, en dat is niet meer dan 55"),
            (Comparison.LESS, 54, "54, en dat is minder dan 55"),
            (Comparison.LESS, 55, "55, en dat is niet minder dan 55"),
            (Comparison.EQUAL, 55, "55, en dat is precies 55"),
            (Comparison.EQUAL, 54, "54, en dat is niet 55"),
        ],
    )
    def test_a_score_beside_its_threshold(self, op, score, words):
        condition = AreaScoreIs("werk", op, Fraction(55))
        sentence = f"de score op {self.WORK} is {words}"
        assert why(condition, {"werk": Fraction(score)}) == [sentence]
        total = TotalScoreIs(op, Fraction(55))
        assert why(total, {"werk": Fraction(score)}) == [f"de totaalscore is {words}"]

    def test_no_score(self):
        condition = AreaScoreIs("werk", Comparison.LESS, Fraction(55))
        assert why(condition) == [f"er is geen score op {self.WORK}"]
        assert why(TotalScoreIs(Comparison.LESS, Fraction(1))) == ["er is geen totaalscore"]

    def test_facts(self):
        months = FactIs(FactName.MONTHS_TO_PENSION, Comparison.AT_MOST, Fraction(24))
        assert why(months) == ["de AOW-leeftijd is niet bekend"]
        assert why(months, facts={FactName.MONTHS_TO_PENSION: Fraction(30)}) == [
            "het aantal maanden tot de AOW-leeftijd is 30, en dat is meer dan 24"
        ]
        change = FactIs(FactName.CHANGE_OF_TOTAL, Comparison.AT_MOST, Fraction(-15))
        assert why(change) == ["er is geen eerdere totaalscore om mee te vergelijken"]
        assert why(change, {"werk": Fraction(40)}, previous=Fraction(56)) == [
            "de verandering van de totaalscore is -16, en dat is -15 of minder"
        ]
        current = FactIs(FactName.CURRENT_PROFILE, Comparison.EQUAL, Fraction(4))
        facts = {FactName.CURRENT_PROFILE: Fraction(4)}
        assert why(current, facts=facts) == ["het huidige klantprofiel is 4"]

    def test_answers(self):
        place = AnswerIs("won_plek", Match.IN, ("opvang", "geen"))
        asked = "op de vraag ‘Hoe woont u nu?’ is het antwoord"
        assert why(place) == ["er is geen antwoord op de vraag ‘Hoe woont u nu?’"]
        assert why(place, won_plek="opvang") == [f"{asked} ‘In de opvang’"]
        assert why(place, won_plek=Skip.REFUSED) == [
            f"{asked} ‘Dat wil ik niet zeggen’, en niet ‘In de opvang’ of ‘Ik heb geen vaste plek’"
        ]
        statement = AnswerIs("gez_verklaring", Match.EQ, True)
        assert why(statement, gez_verklaring=False)[0].endswith("antwoord ‘Nee’, en niet ‘Ja’")

    def test_enough_answers(self):
        assert why(Insufficient()) == ["er zijn genoeg vragen beantwoord"]
        assert why(Insufficient(), sufficient=False) == ["er zijn te weinig vragen beantwoord"]

    def test_only_what_decided_is_told(self):
        place = AnswerIs("won_plek", Match.EQ, "geen")
        tolk = AnswerIs("vooraf_tolk", Match.EQ, True)
        either = AnyOf((place, tolk))
        assert len(why(either, won_plek="geen", vooraf_tolk=False)) == 1
        assert len(why(either, won_plek="eigen", vooraf_tolk=False)) == 2
        assert len(why(NoneOf((place, tolk)), won_plek="geen", vooraf_tolk=False)) == 1
        assert len(why(NoneOf((place, tolk)), won_plek="eigen", vooraf_tolk=False)) == 2
        both = All((place, tolk))
        assert why(both, won_plek="geen", vooraf_tolk=False) == why(tolk, vooraf_tolk=False)
        assert len(why(both, won_plek="geen", vooraf_tolk=True)) == 2

    def test_a_rule_without_conditions_always_holds(self):
        assert [one.sentence for one in step(found(easy()), "R1").reasons] == ["dit geldt altijd"]

    def test_a_rule_on_signals_names_them(self):
        assert [one.sentence for one in found(UNSAFE).decided_by.reasons] == [
            "het signaal ‘Voelt zich thuis niet veilig’ is er"
        ]

    def test_a_rule_on_a_number_of_areas_names_them(self):
        assert [one.sentence for one in step(found(ILL), "R3a").reasons] == [
            "op 1 leefgebied is de score 50 of meer (Gezondheid en verslaving), en dat is 1 of meer"
        ]


class TestMatching:
    @pytest.mark.parametrize(
        ("op", "wanted", "answer", "expected"),
        [
            (Match.EQ, "nee", "nee", True), (Match.EQ, "nee", "ja_veel", False),
            (Match.NE, "nee", "ja_veel", True), (Match.NE, "nee", "nee", False),
            (Match.NE, "nee", Skip.UNKNOWN, False), (Match.ANSWERED, None, "nee", True),
            (Match.ANSWERED, None, Skip.UNKNOWN, False), (Match.IN, ("nee",), "nee", True),
            (Match.EQ, "nee", Skip.REFUSED, False),
        ],
    )  # fmt: skip
    def test_one_answer(self, op, wanted, answer, expected):
        seen = Evidence(example(), {"werk_nu": answer})
        assert holds(AnswerIs("werk_nu", op, wanted), seen) is expected

    @pytest.mark.parametrize("op", Match)
    def test_nothing_is_true_of_no_answer(self, op):
        assert not holds(AnswerIs("werk_nu", op, ("nee",)), Evidence(example(), {}))

    @pytest.mark.parametrize(
        ("op", "wanted", "expected"),
        [(Match.ANSWERED, None, False), (Match.NE, "0", False), (Match.EQ, "onbekend", True)],
    )
    def test_an_option_that_is_a_skip_is_no_answer_unless_it_is_named(self, op, wanted, expected):
        seen = Evidence(example(), {"werk_uren": "onbekend"})
        assert holds(AnswerIs("werk_uren", op, wanted), seen) is expected

    @pytest.mark.parametrize(
        ("op", "wanted", "answer", "expected"),
        [
            (Match.CONTAINS_ANY, ("ggz", "geen"), ("huisarts", "ggz"), True),
            (Match.CONTAINS_ANY, ("geen",), ("huisarts", "ggz"), False),
            (Match.EQ, "ggz", ("ggz",), True), (Match.EQ, "ggz", ("huisarts", "ggz"), False),
            (Match.IN, ("ggz", "geen"), ("ggz",), True), (Match.ANSWERED, None, ("ggz",), True),
        ],
    )  # fmt: skip
    def test_more_answers(self, op, wanted, answer, expected):
        seen = Evidence(example(), {"gez_hulp": answer})
        assert holds(AnswerIs("gez_hulp", op, wanted), seen) is expected

    @pytest.mark.parametrize(
        ("group", "none", "one", "both"),
        [(All, False, False, True), (AnyOf, False, True, True), (NoneOf, True, False, False)],
    )
    def test_groups(self, group, none, one, both):
        parts = (AnswerIs("vooraf_tolk", Match.EQ, True), AnswerIs("won_plek", Match.EQ, "geen"))
        for answers, expected in (
            ({}, none), ({"vooraf_tolk": True}, one),
            ({"vooraf_tolk": True, "won_plek": "geen"}, both),
        ):  # fmt: skip
            assert holds(group(parts), Evidence(example(), answers)) is expected

    def test_empty_groups(self):
        nothing = Evidence(example(), {})
        assert holds(All(()), nothing)
        assert holds(NoneOf(()), nothing)
        assert not holds(AnyOf(()), nothing)


class TestProposals:
    def test_only_for_profile_four_now_or_suggested(self):
        assert found(UNSAFE).track.code == "ondersteuning"
        assert found(ILL, Facts(current_profile=3)).track is None
        assert found(ILL, Facts(current_profile=3)).subgroups == ()
        assert [one.code for one in found(ILL, Facts(current_profile=4)).subgroups] == [
            "beperking", "verbeterde_situatie",
        ]  # fmt: skip

    def test_the_text_names_the_suggestion(self):
        track = found(ILL, Facts(current_profile=4)).track
        assert track.code == "kp3_traject"
        assert "wijst op klantprofiel 3." in track.text

    def test_also_without_a_suggestion(self):
        track = found({}, Facts(current_profile=4)).track
        assert (track.code, track.text) == (
            "in_onderzoek", "Er is nog te weinig duidelijk. Plan een gesprek.",
        )  # fmt: skip


class TestFacts:
    @pytest.mark.parametrize(
        "facts",
        [Facts(), Facts(24, 4, Fraction(279, 16)), Facts(-3, None, Fraction(0)), Facts(0, 1)],
    )
    def test_facts_come_back_as_they_were(self, facts):
        assert Facts.from_dict(facts.to_dict()) == facts
        assert Facts.load(facts.dump()) == facts

    def test_the_fraction_is_kept_exactly(self):
        assert Facts(previous_total=Fraction(279, 16)).to_dict()["previous_total"] == "279/16"
        assert Facts.from_dict({}) == Facts()


class TestForAReader:
    def test_who_may_read_all_sees_all(self):
        result = found(UNSAFE)
        assert for_reader(result, EVERY) == result
        assert not for_reader(result, EVERY).hidden

    def test_a_rule_on_another_class_keeps_only_its_place(self):
        less = for_reader(found(UNSAFE), EVERY - {DataClass.LEAD_ONLY})
        assert less.hidden
        hidden = less.decided_by
        assert hidden is less.trace[-1]
        assert (hidden.held, hidden.profile, hidden.hidden) == (True, 4, True)
        assert (hidden.sentence, hidden.rule_id, hidden.reasons) == (HIDDEN_SENTENCE, "", ())
        assert less.profile == recompute(less.trace) == 4

    def test_also_when_the_answer_is_of_a_class_that_may_be_read(self):
        less = for_reader(found(IN_SHELTER), EVERY - {DataClass.LEAD_ONLY})
        assert "veiligheid" not in repr(less.trace)

    def test_also_when_the_rule_did_not_hold(self):
        less = for_reader(found(easy()), EVERY - {DataClass.LEAD_ONLY})
        assert [one.hidden for one in less.trace[:4]] == [False, False, False, True]

    def test_rules_on_scores_stay(self):
        less = for_reader(found(ILL), GENERAL)
        assert less.decided_by == found(ILL).decided_by
        assert less.scores.areas["gezondheid"].score == found(ILL).scores.areas["gezondheid"].score

    def test_signals_and_proposals_of_other_classes_are_left_out(self):
        full = found(easy(soc_veilig="nee", werk_taal="niet"))
        less = for_reader(full, GENERAL)
        assert [one.signal.code for one in full.scores.signals] == ["onveilig", "taal"]
        assert [one.signal.code for one in less.scores.signals] == ["taal"]
        assert [one.code for one in less.subgroups] == ["taalachterstand"]
        assert full.track.code == "ondersteuning"
        assert less.track is None

    def test_who_may_read_nothing_sees_no_answer(self):
        full = found(easy(soc_veilig="nee", gez_verklaring=True, jus_verplichting="ja"))
        words = repr(for_reader(full, frozenset()))
        for question in example().questions:
            assert question.text not in words
        for signal in example().signals.values():
            assert signal.label not in words
            assert signal.advice not in words

    @pytest.mark.parametrize(
        ("rule", "classes"),
        [
            ("K1", {DataClass.HEALTH}),
            ("K3", {DataClass.LEAD_ONLY, DataClass.FINANCIAL}),
            ("K4", {DataClass.GENERAL, DataClass.HEALTH}),
            ("R4a", set()), ("R4d", {DataClass.GENERAL}), ("R3a", set()),
        ],
    )  # fmt: skip
    def test_the_classes_of_a_rule(self, rule, classes):
        rules = (*example().knockouts, *example().rules)
        when = next(one.when for one in rules if one.id == rule)
        assert data_classes(when, example()) == classes
