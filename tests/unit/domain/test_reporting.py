"""The council's figures, and a reader who tries to work out what is hidden from him."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.reporting import (
    ACTIVE_KINDS,
    ALL_KINDS,
    SMALL,
    figures,
    number_text,
    partition_words,
    share,
    single_count,
)
from kp4web.domain.tracks import TrackKind

GOLDEN = (2, 21, 67, 40, 18)
"""West Betuwe on 2 November 2020: KP3, support, rest, under investigation, stopped."""


def view(numbers, *, with_stopped=False, guarded=True, total=None):
    counts = dict(zip(ALL_KINDS, numbers, strict=True))
    of = numbers if with_stopped else numbers[:4]
    return figures(
        counts, total=sum(of) if total is None else total,
        with_stopped=with_stopped, guarded=guarded,
    )  # fmt: skip


def shown(numbers, **options):
    found = view(numbers, **options)
    return [*(cell.shown for cell in found.cells), found.total_shown]


def test_the_golden_figures_as_they_are():
    found = view(GOLDEN, guarded=False)
    assert [cell.kind for cell in found.cells] == list(ACTIVE_KINDS)
    assert [cell.count for cell in found.cells] == [2, 21, 67, 40]
    assert [cell.share for cell in found.cells] == ["1,5%", "16,2%", "51,5%", "30,8%"]
    assert found.total == 130
    assert found.check == "2 + 21 + 67 + 40 = 130, klopt"
    assert found.adds_up


def test_the_golden_figures_with_inactive_dossiers():
    found = view(GOLDEN, guarded=False, with_stopped=True)
    assert found.cells[-1].kind is TrackKind.STOPPED
    assert found.check == "2 + 21 + 67 + 40 + 18 = 148, klopt"


def test_the_golden_figures_behind_the_guard():
    found = view(GOLDEN)
    assert shown(GOLDEN) == ["<5", "afgeschermd", "67", "40", "130"]
    assert found.check == "som klopt"
    assert [cell.count for cell in found.cells] == [None, None, 67, 40]
    assert [cell.share for cell in found.cells] == [None, None, "51,5%", "30,8%"]
    assert shown(GOLDEN, with_stopped=True) == [
        "<5",
        "afgeschermd",
        "67",
        "40",
        "afgeschermd",
        "148",
    ]


def test_without_small_numbers_the_guard_hides_nothing():
    numbers = (5, 21, 0, 40, 5)
    for with_stopped in (False, True):
        assert view(numbers, with_stopped=with_stopped) == view(
            numbers, with_stopped=with_stopped, guarded=False
        )


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5")])
def test_the_guard_begins_at_one_and_ends_at_five(number, text):
    assert shown((number, 30, 50, 60, 0))[0] == text
    assert single_count(number, guarded=True) == text
    assert single_count(number, guarded=False) == str(number)


def test_the_only_cell_that_is_small_hides_the_total():
    assert shown((0, 3, 0, 0, 0)) == ["0", "<5", "0", "0", "afgeschermd"]
    assert shown((0, 3, 0, 0, 50)) == ["0", "<5", "0", "0", "afgeschermd"]
    assert view((0, 3, 0, 0, 0)).check == "som klopt"


def test_few_stopped_dossiers_hide_only_the_total_with_them():
    numbers = (12, 21, 67, 40, 3)
    assert shown(numbers) == ["afgeschermd", "21", "67", "40", "140"]
    assert shown(numbers, with_stopped=True) == [
        "afgeschermd", "21", "67", "40", "<5", "afgeschermd",
    ]  # fmt: skip


def test_a_sum_that_gives_the_small_cell_away_is_hidden():
    assert shown((1, 5, 67, 40, 0))[-1] == "afgeschermd"  # together 6: only 1 and 5
    assert shown((4, 5, 67, 40, 0))[-1] == "116"  # together 9: 1 to 4 are all possible
    assert shown((4, 40, 40, 41, 0))[-1] == "afgeschermd"  # 44 together, the cover at most 40
    assert shown((1, 40, 40, 41, 0))[-1] == "122"


def test_a_hidden_total_hides_the_shares():
    assert {cell.share for cell in view((1, 5, 67, 40, 0)).cells} == {None}


@pytest.mark.parametrize("guarded", [False, True])
def test_an_empty_report_adds_up_without_shares(guarded):
    found = view((0, 0, 0, 0, 0), guarded=guarded)
    assert found.check == "0 + 0 + 0 + 0 = 0, klopt"
    assert {cell.share for cell in found.cells} == {None}


def test_a_sum_that_does_not_add_up_is_said_plainly():
    found = view(GOLDEN, guarded=False, total=131)
    assert found.check == "2 + 21 + 67 + 40 = 130, maar het totaal is 131: klopt niet"
    assert not found.adds_up
    behind = view(GOLDEN, total=131)
    assert behind.check == "som klopt niet"
    assert behind.total is None


def test_a_track_that_is_not_there_counts_zero():
    found = figures({TrackKind.REST: 9}, total=9, with_stopped=True, guarded=True)
    assert [cell.count for cell in found.cells] == [0, 0, 9, 0, 0]


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [
        (2, 130, "1,5%"),
        (7, 148, "4,7%"),
        (1, 3, "33,3%"),
        (2, 3, "66,7%"),
        (1, 2000, "0,1%"),
        (1, 2001, "<0,1%"),
        (1999, 2000, ">99,9%"),
        (1998, 2000, "99,9%"),
        (0, 10, "0,0%"),
        (10, 10, "100,0%"),
        (0, 0, None),
        (3, 0, None),
    ],
)
def test_shares_are_honest(count, total, text):
    assert share(count, total) == text


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=5))
def test_shares_are_within_half_a_tenth_of_the_truth(counts):
    total = sum(counts)
    for count in counts:
        text = share(count, total)
        if text and text[0] not in "<>":
            assert abs(float(text[:-1].replace(",", ".")) - 100 * count / total) <= 0.05 + 1e-9


def test_numbers_have_dutch_thousands():
    assert [number_text(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1.000", "1.234.567"]


def both_views(numbers):
    """Return everything a reader of counts gets to see, both views side by side."""
    return view(numbers), view(numbers, with_stopped=True)


def test_no_small_number_can_be_worked_out_from_both_views_together():
    """
    To a reader who knows how the guard works, every small number could be another.

    Every report with cells up to 6 is compared with every one up to 9, which leaves room for
    the cell that takes the difference.
    """
    look_alike = defaultdict(list)
    for numbers in product(range(10), repeat=5):
        if any(number in SMALL for number in numbers):
            look_alike[both_views(numbers)].append(numbers)
    for vectors in look_alike.values():
        possible = [set(numbers) for numbers in zip(*vectors, strict=True)]
        for numbers in (v for v in vectors if max(v) <= 6):
            for place, number in enumerate(numbers):
                assert number not in SMALL or len(possible[place]) > 1, numbers


counts = st.tuples(*[st.integers(0, 300)] * 5)


@given(counts, st.integers(0, 4), st.sampled_from(SMALL))
def test_a_small_number_keeps_a_double_at_any_size(numbers, place, small):
    """Move the small number, and let the cells hidden with it take the difference."""
    numbers = tuple(small if i == place else number for i, number in enumerate(numbers))
    seen = both_views(numbers)
    hidden = [i for i, cell in enumerate(seen[1].cells) if cell.count is None]
    others = [i for i in hidden if i != place]
    for other in set(SMALL) - {small}:
        moved = list(numbers)
        moved[place] = other
        for taker in (None, *others):
            for second in (None, *others):
                trial = list(moved)
                if taker is not None:
                    trial[taker] += small - other
                if second is not None:
                    trial[second] += 1
                if min(trial) >= 0 and both_views(tuple(trial)) == seen:
                    return
    pytest.fail(f"{numbers} can be worked out")


@given(counts)
def test_hidden_cells_are_hidden_in_both_views_and_bring_nothing_along(numbers):
    without, including = both_views(numbers)
    assert including.cells[:4] == tuple(
        type(cell)(cell.kind, cell.count, cell.shown, including.cells[i].share)
        for i, cell in enumerate(without.cells)
    )
    for found in (without, including):
        for cell, number in zip(found.cells, numbers, strict=False):
            assert (cell.count is None) is (cell.shown in {"<5", "afgeschermd"})
            assert cell.count in {None, number}
            assert number not in SMALL or cell.shown == "<5"
            assert cell.count is not None or cell.share is None
        if any(cell.count is None for cell in found.cells):
            assert found.check == "som klopt"


def test_a_partition_is_shown_as_it_is_to_who_may_see_it():
    assert partition_words([3, 0, 1200], guarded=False) == ["3", "0", "1.200"]
    assert partition_words([5, 0, 30], guarded=True) == ["5", "0", "30"]


def test_a_small_cell_hides_so_many_others_that_it_stays_open():
    assert partition_words([3, 0, 30, 90], guarded=True) == ["<5", "0", "afgeschermd", "90"]
    assert partition_words([1, 5, 60], guarded=True) == ["<5", "afgeschermd", "afgeschermd"]
    assert partition_words([4, 0], guarded=True) == ["<5", "0"]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_no_small_number_follows_from_the_others_and_the_total(numbers):
    words = partition_words(numbers, guarded=True)
    hidden = [n for n, word in zip(numbers, words, strict=True) if not word.isdecimal()]
    small = [n for n in hidden if n in SMALL]
    cover = sorted(n for n in hidden if n not in SMALL)
    assert all(n not in SMALL or word == "<5" for n, word in zip(numbers, words, strict=True))
    if not small or not cover:
        assert not cover or small
        return
    seen = [n for n, word in zip(numbers, words, strict=True) if word.isdecimal() and n]
    if seen:  # the cover is the smallest of what is not small: nobody knows more than this
        assert min(seen) >= cover[-1]
        assert sum(hidden) >= 5 * len(cover) + len(small) - 1 + 4
        assert sum(hidden) <= min(seen) * len(cover) + 4 * (len(small) - 1) + 1
