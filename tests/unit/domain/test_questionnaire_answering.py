"""Answers: what is asked, what a form may send, how an answer is kept and shown."""

import json
from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.errors import InvalidInput
from kp4web.domain.questionnaire.answering import (
    AreaProgress,
    counted,
    describe,
    dump,
    load,
    offers_refuse,
    offers_unknown,
    progress,
    read_answer,
    visible_questions,
)
from kp4web.domain.questionnaire.definition import DataClass, Question, QuestionType, Skip
from tests.answers import TODAY, easy, values_of
from tests.questionnaires import example

TEXTS = example().texts
UNKNOWN, REFUSED = Skip.UNKNOWN, Skip.REFUSED


def the(question_id):
    return example().by_id[question_id]


def read(question_id, *raw, skip="", today=TODAY):
    return read_answer(the(question_id), raw, skip=skip, today=today)


def refusal(question_id, *raw, **other):
    with pytest.raises(InvalidInput) as caught:
        read(question_id, *raw, **other)
    assert caught.value.field == question_id
    return str(caught.value)


def shown(**answers):
    return {question.id for question in visible_questions(example(), answers)}


class TestWhatIsAsked:
    def test_without_answers_only_questions_without_a_condition_are_asked(self):
        plain = [one for one in example().questions if one.show_if is None]
        assert list(visible_questions(example(), {})) == plain

    def test_an_answer_makes_a_question_appear(self):
        assert "werk_laatst" in shown(werk_nu="nee")
        assert "werk_laatst" not in shown(werk_nu="ja_veel")
        assert {"werk_termijn", "werk_laatst"} <= shown(werk_nu="nee")
        assert "gez_verklaring_datum" in shown(gez_verklaring=True)
        assert "gez_verklaring_datum" not in shown(gez_verklaring=False)

    def test_either_of_two_answers_is_enough_for_any(self):
        assert "gez_herstel" in shown(gez_hoofd="vaak")
        assert "gez_herstel" in shown(gez_lichaam="altijd", gez_hoofd="nooit")
        assert "gez_herstel" not in shown(gez_lichaam="soms", gez_hoofd="soms")

    def test_a_condition_looks_across_life_areas(self):
        assert "won_geschikt" in shown(gez_lichaam="vaak")
        assert "won_geschikt" not in shown(gez_lichaam="soms")

    def test_a_skip_shows_nothing(self):
        assert "werk_laatst" not in shown(werk_nu=UNKNOWN)
        assert "geld_schulden_hulp" not in shown(geld_schulden="weigert")

    def test_a_vanished_answer_does_not_count_and_comes_back(self):
        answers = {"werk_nu": "nee", "werk_laatst": "gt5"}
        assert counted(example(), answers) == answers
        assert counted(example(), {**answers, "werk_nu": "ja_veel"}) == {"werk_nu": "ja_veel"}
        assert counted(example(), {**answers, "werk_nu": "nee"}) == answers

    def test_a_question_hangs_only_on_questions_that_are_shown_themselves(self):
        answers = {"jus_verplichting": "ja", "jus_tijd": "geen"}
        assert "jus_tijd" in counted(example(), answers)
        assert "jus_tijd" not in counted(example(), {**answers, "jus_verplichting": UNKNOWN})

    def test_answers_to_other_questions_are_no_answers(self):
        assert counted(example(), {"bestaat_niet": "ja"}) == {}


class TestProgress:
    def test_there_is_a_line_before_the_areas_and_one_per_area(self):
        lines = progress(example(), {})
        assert lines[0] == AreaProgress("", "Vooraf", 2, 0, 0)
        assert [line.code for line in lines[1:]] == [area.code for area in example().areas]

    def test_a_skip_is_an_answer_and_only_open_required_questions_are_open(self):
        work = progress(example(), {"werk_nu": UNKNOWN, "werk_wens": "tuinieren"})[1]
        assert work == AreaProgress("werk", "Werk en werk zoeken", 7, 2, 2)

    def test_a_question_that_appears_is_counted(self):
        work = progress(example(), {"werk_nu": "nee"})[1]
        assert (work.shown, work.answered, work.required_open) == (9, 1, 3)

    def test_everything_answered_leaves_nothing_open(self):
        lines = progress(example(), easy())
        assert [line.required_open for line in lines] == [0] * 6


class TestWhatWasTyped:
    @pytest.mark.parametrize("question", [question.id for question in example().questions])
    def test_nothing_given_is_no_answer(self, question):
        assert read(question) is None
        assert read(question, "") is None
        assert read(question, " ", "") is None

    @pytest.mark.parametrize("question", [question.id for question in example().questions])
    def test_a_skip_is_always_possible(self, question):
        assert read(question, skip="unknown") is UNKNOWN
        assert read(question, "onzin", skip="refused") is REFUSED
        assert refusal(question, skip="misschien") == "Kies een antwoord uit de lijst."

    def test_one_option(self):
        assert read("werk_nu", "nee") == "nee"
        assert refusal("werk_nu", "Nee") == "Kies een antwoord uit de lijst."
        assert refusal("werk_nu", "nee", "ja_veel") == "Kies één antwoord."

    def test_more_options_come_in_the_order_of_the_file_and_once(self):
        assert read("werk_doen", "cursus", "solliciteren", "cursus") == ("solliciteren", "cursus")
        assert refusal("werk_doen", "cursus", "slapen") == "Kies een antwoord uit de lijst."

    def test_an_exclusive_option_stands_alone(self):
        assert read("gez_hulp", "geen") == ("geen",)
        sentence = "‘Ik krijg geen hulp’ kan niet samen met een ander antwoord."
        assert refusal("gez_hulp", "geen", "huisarts") == sentence

    def test_yes_and_no(self):
        assert read("vooraf_tolk", "ja") is True
        assert read("vooraf_tolk", "nee") is False
        assert refusal("vooraf_tolk", "true") == "Kies Ja of Nee."

    @pytest.mark.parametrize(("typed", "step"), [("1", 1), ("5", 5)])
    def test_a_step_of_a_scale(self, typed, step):
        assert read("gez_energie", typed) == step

    @pytest.mark.parametrize("typed", ["0", "6", "-1", "3.0", "drie", "٣", " 3", "1e0"])
    def test_no_step_of_a_scale(self, typed):
        assert refusal("gez_energie", typed) == "Kies een getal van 1 tot en met 5."

    @pytest.mark.parametrize(
        "typed", ["2026-11-22", "22-11-2026", " 22-11-2026 "]
    )  # fmt: skip
    def test_a_day_is_read_both_ways(self, typed):
        assert read("jus_einde", typed) == date(2026, 11, 22)

    def test_a_day_may_go_without_leading_zeros(self):
        assert read("jus_einde", "2-1-2027") == date(2027, 1, 2)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("30-2-2026", "Deze datum bestaat niet."),
            ("29-02-2025", "Deze datum bestaat niet."),
            ("2026-13-01", "Deze datum bestaat niet."),
            ("00-01-2026", "Deze datum bestaat niet."),
            ("31-12-1899", "Vul een jaar in van 1900 tot en met 2199."),
            ("01-01-2200", "Vul een jaar in van 1900 tot en met 2199."),
            ("0000-01-01", "Vul een jaar in van 1900 tot en met 2199."),
            ("22/11/2026", "Vul een datum in, bijvoorbeeld 22-11-2026."),
            ("22-11-26", "Vul een datum in, bijvoorbeeld 22-11-2026."),
            ("morgen", "Vul een datum in, bijvoorbeeld 22-11-2026."),
            ("٢٢-١١-٢٠٢٦", "Vul een datum in, bijvoorbeeld 22-11-2026."),
            ("2026-11-22\0", "Vul een datum in, bijvoorbeeld 22-11-2026."),
        ],
    )
    def test_no_day(self, typed, sentence):
        assert refusal("jus_einde", typed) == sentence

    def test_the_edges_of_the_years(self):
        assert read("jus_einde", "01-01-1900") == date(1900, 1, 1)
        assert read("jus_einde", "31-12-2199") == date(2199, 12, 31)

    def test_a_day_in_the_future_only_where_the_file_allows_it(self):
        assert read("gez_verklaring_datum", "18-11-2026") == TODAY
        sentence = "Deze datum ligt in de toekomst."
        assert refusal("gez_verklaring_datum", "19-11-2026") == sentence
        assert read("jus_einde", "19-11-2026") == date(2026, 11, 19)

    def test_a_text_is_trimmed_and_its_line_ends_are_one(self):
        assert read("werk_wens", "  in de\r\ntuin\r ") == "in de\ntuin"

    def test_a_text_has_a_limit_and_the_refusal_tells_the_number(self):
        assert read("werk_wens", "x" * 500) == "x" * 500
        sentence = "Gebruik hoogstens 500 tekens. U typte er 501."
        assert refusal("werk_wens", "x" * 501) == sentence

    @pytest.mark.parametrize("typed", ["a\0b", "half \ud83d"])
    def test_what_no_database_keeps_is_refused(self, typed):
        sentence = "In deze tekst staat een teken dat niet bewaard kan worden."
        assert refusal("werk_wens", typed) == sentence

    @given(
        st.sampled_from(example().questions),
        st.lists(st.text(st.characters(codec=None), max_size=12), max_size=3),
    )
    def test_whatever_is_sent_it_is_refused_or_can_be_kept(self, question, raw):
        value = None
        with suppress(InvalidInput):
            value = read_answer(question, raw, today=TODAY)
        assert value is None or load(question, dump(value)) == value


class TestHowItIsKept:
    def test_the_text_is_json(self):
        assert dump("nee") == '"nee"'
        assert dump(("a", "b")) == '["a", "b"]'
        assert dump(True) == "true"
        assert dump(3) == "3"
        assert dump(date(2026, 11, 22)) == '"2026-11-22"'
        assert dump(REFUSED) == '{"skip": "refused"}'
        assert dump("één 😀") == '"één 😀"'

    @pytest.mark.parametrize("question", example().questions, ids=lambda one: one.id)
    def test_what_is_kept_comes_back_as_it_was(self, question):
        for value in values_of(question):
            back = load(question, dump(value))
            assert back == value
            assert type(back) is type(value)

    @given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    def test_every_day_comes_back(self, day):
        assert load(the("jus_einde"), dump(day)) == day

    def test_more_options_come_back_in_the_order_of_the_file(self):
        assert load(the("werk_doen"), '["cursus", "solliciteren"]') == ("solliciteren", "cursus")

    @pytest.mark.parametrize(
        ("question", "text"),
        [
            ("werk_nu", '"misschien"'), ("werk_nu", "1"), ("werk_nu", '["nee"]'),
            ("werk_nu", "null"), ("werk_nu", '{"skip": "later"}'),
            ("werk_nu", '{"skip": "unknown", "meer": 1}'), ("werk_nu", "{}"), ("werk_nu", "nee"),
            ("werk_nu", '{"skip": ["unknown"]}'), ("werk_nu", ""),
            ("werk_doen", "[]"), ("werk_doen", '["slapen"]'), ("werk_doen", '["cursus", 1]'),
            ("werk_doen", '["cursus", "cursus"]'), ("werk_doen", '"cursus"'),
            ("gez_hulp", '["geen", "huisarts"]'),
            ("vooraf_tolk", "1"), ("vooraf_tolk", '"ja"'),
            ("gez_energie", "0"), ("gez_energie", "6"), ("gez_energie", "true"),
            ("gez_energie", "2.0"), ("gez_energie", '"2"'),
            ("jus_einde", '"2026-02-30"'), ("jus_einde", '"ooit"'), ("jus_einde", "20261122"),
            ("werk_wens", '""'), ("werk_wens", json.dumps("x" * 501)), ("werk_wens", "5"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_the_question_is_not_loaded(self, question, text):
        with pytest.raises(ValueError, match=r".") as caught:
            load(the(question), text)
        assert not isinstance(caught.value, InvalidInput)


class TestHowItIsShown:
    @pytest.mark.parametrize(
        ("question", "value", "words"),
        [
            ("werk_nu", "ja_weinig", "Ja, minder dan 12 uur per week"),
            ("werk_doen", ("solliciteren", "cursus"),
             "Ik solliciteer, Ik volg een cursus of opleiding"),
            ("vooraf_tolk", True, "Ja"),
            ("vooraf_tolk", False, "Nee"),
            ("gez_energie", 2, "2 van 5 (1 = Bijna geen energie, 5 = Veel energie)"),
            ("jus_einde", date(2026, 11, 2), "02-11-2026"),
            ("werk_wens", "in de tuin", "in de tuin"),
            ("werk_nu", UNKNOWN, "Dat weet ik niet"),
            ("gez_energie", REFUSED, "Dat wil ik niet zeggen"),
        ],
    )  # fmt: skip
    def test_an_answer_in_words(self, question, value, words):
        assert describe(the(question), value, TEXTS) == words

    def test_a_scale_without_words_at_its_ends(self):
        question = Question(
            "q", "", 1, QuestionType.SCALE, "Q?", DataClass.GENERAL, weight=Fraction(1)
        )
        assert describe(question, 4, TEXTS) == "4 van 5"

    def test_a_skip_is_offered_unless_it_is_an_option(self):
        assert offers_unknown(the("gez_lichaam"), TEXTS)
        assert not offers_refuse(the("gez_lichaam"), TEXTS)
        assert not offers_unknown(the("werk_uren"), TEXTS)
        assert offers_refuse(the("werk_uren"), TEXTS)
        assert offers_unknown(the("gez_energie"), TEXTS)
        assert offers_refuse(the("werk_wens"), TEXTS)
