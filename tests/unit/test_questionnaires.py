"""What a page sends, and what is built to show it: without a database."""

from datetime import date

import pytest

from kp4web.domain.errors import InvalidInput
from kp4web.domain.policy import Relation, readable_classes
from kp4web.domain.questionnaire.definition import DataClass, Skip
from kp4web.domain.questionnaire.reader import read_definition
from kp4web.domain.questionnaire.sent import Press, Sent, Typed, read_typed, typed_of
from kp4web.questionnaires.filling import changes_in
from kp4web.questionnaires.pieces import FINISH, Notes, Sheet, earlier_beside
from tests.conftest import TODAY
from tests.questionnaires import changed, example

ALL = readable_classes({Relation.LEAD})
MARCH = date(2026, 3, 2)
ANSWERS = {
    "werk_nu": "nee", "werk_doen": ("solliciteren", "cursus"), "vooraf_tolk": False,
    "werk_vertrouwen": 2, "werk_wens": "Iets met planten.",
    "gez_verklaring_datum": date(2025, 3, 2), "werk_uren": Skip.REFUSED,
    "gez_verklaring": Skip.UNKNOWN, "soc_meedoen": Skip.UNKNOWN,
}  # fmt: skip


def sheet(**answers):
    revisions = dict.fromkeys(answers, 1)
    return Sheet(example(), answers, revisions, ALL)


@pytest.mark.parametrize("id", ANSWERS)
def test_what_a_page_shows_is_read_back_as_the_same_answer(id):
    question = example().by_id[id]
    typed = typed_of(question, ANSWERS[id])
    assert read_typed(question, typed, today=TODAY) == ANSWERS[id]


@pytest.mark.parametrize("id", example().by_id)
def test_no_answer_is_read_back_as_none(id):
    question = example().by_id[id]
    assert read_typed(question, typed_of(question, None), today=TODAY) is None


def test_what_is_typed_is_never_a_skip():
    question = example().by_id["werk_wens"]
    assert read_typed(question, Typed(("?unknown",)), today=TODAY) == "?unknown"
    assert read_typed(question, Typed(("",), ("?unknown",)), today=TODAY) is Skip.UNKNOWN
    with pytest.raises(InvalidInput, match="niet allebei"):
        read_typed(question, Typed(("Planten",), ("?unknown",)), today=TODAY)


def test_only_what_differs_from_the_page_is_a_change():
    typed = {"a": Typed(shown='"x"', revision=3), "b": Typed(revision=0), "c": Typed(shown="2")}
    changes = changes_in(typed, {"a": "x", "b": "y", "c": None})
    assert {(one.question, one.value, one.revision) for one in changes.values()} == {
        ("b", "y", 0), ("c", None, 0),
    }  # fmt: skip


def test_a_button_is_about_one_question():
    sent = Sent({}, Press.CLEAR, "werk_nu")
    assert sent.asks(Press.CLEAR, "werk_nu")
    assert not sent.asks(Press.CLEAR, "werk_uren")
    assert not sent.asks(Press.SAME, "werk_nu")


def test_the_page_has_a_place_for_every_question_and_fills_those_that_are_asked():
    rows = sheet(werk_nu="ja_veel").rows("werk")
    assert [row.id for row in rows] == [q.id for q in example().questions_of("werk")]
    empty = {row.id for row in rows if row.asked is None}
    assert empty == {"werk_laatst", "werk_termijn", "werk_taal_leren"}


def test_a_part_of_an_area_has_its_heading_once():
    headings = [row.heading for row in sheet().rows("sociaal") if row.heading]
    assert headings == ["Sociale cohesie", "Sociaal welzijn", "Sociale infrastructuur"]


def test_questions_of_a_class_one_may_not_read_are_not_there():
    less = Sheet(example(), {}, {}, frozenset({DataClass.GENERAL}))
    assert "soc_veilig" not in less.slots("sociaal")
    assert less.rows("gezondheid") == ()


def test_the_steps_count_and_end():
    parts = sheet(vooraf_wie="zelf", vooraf_tolk=True).parts("werk")
    assert [part.path for part in parts][:2] == ["vooraf", "werk"]
    assert (parts[0].done, parts[1].done, parts[1].current) == (True, False, True)
    assert (parts[-1].path, parts[-1].done) == (FINISH, False)


def test_what_was_typed_keeps_what_it_began_from():
    typed = Typed(("5",), revision=1, shown="4")
    question = example().by_id["werk_vertrouwen"]
    page = sheet(werk_vertrouwen=2)
    assert page.one(question, Notes({question.id: typed})).was == "1:4"
    both = page.conflict(question, 5)
    told = page.one(question, Notes({question.id: typed}, {}, {question.id: both}))
    assert (told.was, told.seen) == ("1:4", "1:2")
    assert page.one(question, Notes()).was == "1:2"


COURSE = "Ik volg een cursus of opleiding"


@pytest.mark.parametrize(
    ("id", "value", "old", "new", "fits"),
    [
        ("werk_nu", "nee", "Het gaat om werk waar u geld voor krijgt.", "Betaald.", True),
        ("werk_nu", "nee", "Werkt u op dit moment?", "Hebt u werk?", False),
        ("werk_nu", "ja_veel", "Ja, 12 uur per week of meer", "Ja, 16 uur of meer", False),
        ("werk_nu", "nee", "Ja, 12 uur per week of meer", "Ja, 16 uur of meer", True),
        ("werk_doen", ("cursus",), f'"cursus", label = "{COURSE}"',
         f'"les", label = "{COURSE}"', False),
        ("werk_vertrouwen", 2, 'min_label = "Heel weinig"', 'min_label = "Niets"', False),
        ("werk_wens", "x" * 300, "max_length = 500", "max_length = 200", False),
        ("werk_uren", Skip.REFUSED, "32 uur of meer", "36 uur of meer", True),
    ],
)  # fmt: skip
def test_an_earlier_answer_fits_as_long_as_it_says_the_same(id, value, old, new, fits):
    now = read_definition(changed((old, new)))
    found = earlier_beside(id, value, MARCH, example(), now)
    assert (found.value == value) is fits
    assert found.on == MARCH
