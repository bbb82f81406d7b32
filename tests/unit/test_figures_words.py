"""The report in Dutch sentences, and percentages that do not lie."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.dates import dutch_long_date
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import FigureScope, figure_scope
from kp4web.domain.reporting import figures, whole_share
from kp4web.domain.tracks import TrackKind
from kp4web.figures.queries import Households, Question, Report
from kp4web.figures.words import (
    definitions_of,
    figure_heading,
    households_sentence,
    later_than_known,
    note_sentence,
    subtitle,
)

NOTE = {
    TrackKind.KP3: 2, TrackKind.SUPPORT: 21, TrackKind.REST: 67,
    TrackKind.UNDER_INVESTIGATION: 40, TrackKind.STOPPED: 18,
}  # fmt: skip
THAT_DAY = Question(date(2020, 11, 2), known_on=date(2020, 11, 24))


def a_report(counts=NOTE, *, question=THAT_DAY, scope=FigureScope.MUNICIPALITY):
    kinds = [kind for kind in TrackKind if question.with_stopped or kind.active]
    found = figures(
        counts, total=sum(counts.get(kind, 0) for kind in kinds),
        with_stopped=question.with_stopped, guarded=scope is FigureScope.COUNTS_ONLY,
    )  # fmt: skip
    return Report(
        question=question, scope=scope, municipality="West Betuwe", figures=found,
        everything_shown="148", subgroups=(), households=None,
    )  # fmt: skip


def test_the_sentence_of_the_note_to_the_council():
    assert note_sentence(a_report()) == (
        "Op 2 november 2020 telde West Betuwe 130 dossiers met klantprofiel 4 (zoals bekend op "
        "24 november 2020): 2 in een KP3-traject, 21 in ondersteuning, 67 in rust en 40 nog in "
        "onderzoek."
    )


def test_the_sentence_says_that_stopped_dossiers_count_too():
    question = Question(date(2020, 11, 2), with_stopped=True)
    assert note_sentence(a_report(question=question)) == (
        "Op 2 november 2020 telde West Betuwe 148 dossiers met klantprofiel 4, gestopte dossiers "
        "meegeteld (zoals nu bekend): 2 in een KP3-traject, 21 in ondersteuning, 67 in rust, 40 "
        "nog in onderzoek en 18 gestopt."
    )


def test_the_sentence_of_a_consultant_is_about_own_dossiers():
    sentence = note_sentence(a_report({TrackKind.REST: 1}, scope=FigureScope.OWN))
    assert sentence.startswith(
        "Op 2 november 2020 was u de vaste consulent van 1 dossier met klantprofiel 4"
    )


def test_the_sentence_tells_nothing_that_the_table_hides():
    sentence = note_sentence(a_report(scope=FigureScope.COUNTS_ONLY))
    assert "minder dan 5 in een KP3-traject" in sentence
    assert "een afgeschermd aantal in ondersteuning" in sentence
    assert "2 in" not in sentence
    assert "21" not in sentence


def test_a_hidden_total_stays_hidden_in_the_sentence():
    sentence = note_sentence(a_report({TrackKind.REST: 3}, scope=FigureScope.COUNTS_ONLY))
    assert "telde West Betuwe een afgeschermd aantal dossiers" in sentence
    assert "3 in rust" not in sentence


def test_no_dossiers_is_a_sentence_too():
    assert note_sentence(a_report({})) == (
        "Op 2 november 2020 telde West Betuwe geen dossiers met klantprofiel 4 "
        "(zoals bekend op 24 november 2020)."
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (449, "ontvingen 449 huishoudens in West Betuwe bijstand."),
        (1449, "ontvingen 1.449 huishoudens in West Betuwe bijstand."),
        (1, "ontving 1 huishouden in West Betuwe bijstand."),
        (0, "ontving geen enkel huishouden in West Betuwe bijstand."),
    ],
)
def test_the_households_have_a_date_of_their_own(number, words):
    households = Households(date(2020, 7, 1), number, "Werkzaak")
    assert households_sentence(households, "West Betuwe") == f"Op 1 juli 2020 {words}"


def test_the_heading_of_a_list_says_what_the_figure_was():
    question = Question(date(2020, 11, 2))
    assert figure_heading(TrackKind.REST, question, 67) == "67 dossiers in rust"
    assert figure_heading(TrackKind.STOPPED, question, 1) == "1 dossier gestopt"
    assert figure_heading(None, question, 130) == "130 dossiers die niet zijn gestopt"
    whole = Question(date(2020, 11, 2), with_stopped=True)
    assert figure_heading(None, whole, 1148) == "1.148 dossiers in totaal"


def test_every_figure_on_the_report_is_defined():
    for question in (THAT_DAY, Question(date(2020, 11, 2), with_stopped=True)):
        report = a_report(question=question)
        names = [definition.name for definition in definitions_of(report)]
        assert names == [
            *(cell.kind.label for cell in report.figures.cells),
            "Totaal", "Subgroepen", "Huishoudens met bijstand",
        ]  # fmt: skip
        assert all(d.counts and d.rows and d.changes for d in definitions_of(report))


def test_own_figures_have_no_figure_from_outside():
    names = [definition.name for definition in definitions_of(a_report(scope=FigureScope.OWN))]
    assert "Huishoudens met bijstand" not in names


def test_the_subtitle_says_whose_figures_when_and_as_known_when():
    assert subtitle(a_report()) == (
        "West Betuwe, stand op 2 november 2020, zoals bekend op 24 november 2020"
    )
    assert subtitle(a_report(scope=FigureScope.OWN)).startswith("Uw dossiers, stand op")


def test_knowledge_from_before_the_reference_date_is_an_outlook():
    assert later_than_known(Question(date(2020, 11, 2), known_on=date(2020, 11, 1)))
    assert not later_than_known(Question(date(2020, 11, 2), known_on=date(2020, 11, 2)))
    assert not later_than_known(Question(date(2020, 11, 2)))


def test_a_day_in_words():
    assert dutch_long_date(date(2020, 2, 29)) == "29 februari 2020"
    assert dutch_long_date(date(2026, 11, 2)) == "2 november 2026"


@pytest.mark.parametrize(
    ("count", "total", "shown"),
    [
        (7, 148, "5%"),
        (0, 148, "0%"),
        (1, 148, "1%"),
        (1, 300, "<1%"),
        (299, 300, ">99%"),
        (148, 148, "100%"),
        (1, 2, "50%"),
        (1, 0, None),
        (0, 0, None),
    ],
)
def test_a_whole_percentage_is_honest_at_both_ends(count, total, shown):
    assert whole_share(count, total) == shown


@given(st.integers(1, 10_000), st.data())
def test_a_whole_percentage_is_never_half_a_percent_off(total, data):
    count = data.draw(st.integers(0, total))
    shown = whole_share(count, total)
    if shown and shown[0] not in "<>":
        assert abs(float(shown[:-1]) - 100 * count / total) <= 0.5


@pytest.mark.parametrize(
    ("roles", "scope"),
    [
        ({Role.COORDINATOR}, FigureScope.MUNICIPALITY),
        ({Role.COORDINATOR, Role.CONSULTANT}, FigureScope.MUNICIPALITY),
        ({Role.COORDINATOR, Role.POLICY_OFFICER}, FigureScope.MUNICIPALITY),
        ({Role.POLICY_OFFICER}, FigureScope.COUNTS_ONLY),
        ({Role.POLICY_OFFICER, Role.CONSULTANT}, FigureScope.COUNTS_ONLY),
        ({Role.CONSULTANT}, FigureScope.OWN),
    ],
)
def test_the_roles_decide_which_figures_one_sees(roles, scope):
    assert figure_scope(an_actor(roles)) is scope


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.COORDINATOR, Role.CONSULTANT, Role.POLICY_OFFICER})
)
def test_other_roles_have_no_figures(role):
    with pytest.raises(Forbidden):
        figure_scope(an_actor({role}))


def an_actor(roles):
    return Actor(
        id=1, name="A", roles=frozenset(roles), organisation_id=1,
        organisation_kind=OrganisationKind.MUNICIPALITY, municipality_id=1,
    )  # fmt: skip
