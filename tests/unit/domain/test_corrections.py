"""Corrections: what may be said of a fact, and that the preview is what the report then shows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kp4web.domain.corrected_figures import (
    changed_cells,
    kinds_of,
    lead_days,
    lead_words,
    track_days,
    track_words,
)
from kp4web.domain.corrections import (
    AssignmentContent,
    AssignmentCorrection,
    OpeningLimits,
    TrackContent,
    TrackCorrection,
    check_texts,
    correct_assignments,
    correct_tracks,
    ends_freely,
    verdicts,
)
from kp4web.domain.dates import add_months
from kp4web.domain.errors import InvalidInput
from kp4web.domain.periods import Span
from kp4web.domain.reporting import figures
from kp4web.domain.stretches import (
    DayChange,
    Stretch,
    Verdict,
    content_on,
    day_changes,
    reference_dates,
    span_words,
)
from kp4web.domain.tracks import StopReason, TrackKind

TODAY = date(2026, 11, 18)
DAY = timedelta(1)
JAN, MARCH, JUNE, SEPT = (date(2021, month, 1) for month in (1, 3, 6, 9))
OPENING = OpeningLimits(earliest=date(1975, 1, 1), latest=date(2021, 1, 15))
UNDER, REST, SUPPORT, KP3, STOPPED = (
    TrackKind.UNDER_INVESTIGATION, TrackKind.REST, TrackKind.SUPPORT, TrackKind.KP3,
    TrackKind.STOPPED,
)  # fmt: skip


def on(kind, *, planned_end=None, reason="Zo was het."):
    stop = StopReason.MOVED if kind is STOPPED else None
    return TrackContent(kind, planned_end, stop, reason)


def rest(until):
    return on(REST, planned_end=until)


def course(*parts):
    """Return a history from (first day, content), without gaps, until further notice."""
    ends = [start for start, _ in parts[1:]] + [None]
    return tuple(
        Stretch(Span(start, end), content)
        for (start, content), end in zip(parts, ends, strict=True)
    )


def told(history):
    return [(one.content.kind, one.span.valid_from, one.span.valid_to) for one in history]


def correct(history, index, said, *, opening=OPENING, today=TODAY):
    return correct_tracks(history, index, said, opening=opening, today=today, rest_max_months=12)


def changed(start, content):
    return TrackCorrection(Verdict.CHANGED, start, content)


PLAIN = course((JAN, on(UNDER)), (MARCH, on(SUPPORT)), (JUNE, rest(date(2022, 1, 1))))


# ---------------------------------------------------------------------- tracks


def test_another_first_day_moves_the_boundary_with_the_one_before():
    for start in (date(2021, 2, 1), date(2021, 5, 31)):
        after = correct(PLAIN, 1, changed(start, on(SUPPORT)))
        assert told(after) == [(UNDER, JAN, start), (SUPPORT, start, JUNE), (REST, JUNE, None)]


def test_another_kind_leaves_the_days_alone():
    after = correct(PLAIN, 1, changed(MARCH, on(KP3)))
    assert told(after) == [(UNDER, JAN, MARCH), (KP3, MARCH, JUNE), (REST, JUNE, None)]


def test_a_track_that_was_not_there_goes_to_a_neighbour():
    earlier = correct(PLAIN, 1, TrackCorrection(Verdict.EARLIER_WENT_ON))
    assert told(earlier) == [(UNDER, JAN, JUNE), (REST, JUNE, None)]
    later = correct(PLAIN, 1, TrackCorrection(Verdict.LATER_BEGAN))
    assert told(later) == [(UNDER, JAN, MARCH), (REST, MARCH, None)]


@pytest.mark.parametrize("verdict", [Verdict.EARLIER_WENT_ON, Verdict.LATER_BEGAN])
def test_neighbours_on_the_same_track_become_one(verdict):
    history = course((JAN, on(SUPPORT)), (MARCH, on(KP3)), (JUNE, on(SUPPORT)), (SEPT, on(KP3)))
    after = correct(history, 1, TrackCorrection(verdict))
    assert told(after) == [(SUPPORT, JAN, SEPT), (KP3, SEPT, None)]


def test_rest_after_rest_stays_two_decisions():
    history = course(
        (JAN, rest(date(2021, 7, 1))), (MARCH, on(SUPPORT)), (JUNE, rest(date(2022, 1, 1)))
    )
    after = correct(history, 1, TrackCorrection(Verdict.EARLIER_WENT_ON))
    assert told(after) == [(REST, JAN, JUNE), (REST, JUNE, None)]
    shorter = course(
        (JAN, rest(date(2021, 12, 1))), (MARCH, on(SUPPORT)), (JUNE, rest(date(2021, 11, 1)))
    )
    with pytest.raises(InvalidInput, match="klopt dan niet meer"):
        correct(shorter, 1, TrackCorrection(Verdict.EARLIER_WENT_ON))


def test_what_can_be_said_depends_on_the_neighbours():
    assert verdicts(PLAIN, 0) == (Verdict.CHANGED, Verdict.LATER_BEGAN)
    assert verdicts(PLAIN, 2) == (Verdict.CHANGED, Verdict.EARLIER_WENT_ON)
    assert verdicts(PLAIN[:1], 0) == (Verdict.CHANGED,)
    with pytest.raises(InvalidInput, match="kan bij deze regel niet"):
        correct(PLAIN, 0, TrackCorrection(Verdict.EARLIER_WENT_ON))
    with pytest.raises(InvalidInput):
        correct(PLAIN, 0, TrackCorrection(Verdict.NOTHING))


@pytest.mark.parametrize(
    ("index", "start", "content", "field", "sentence"),
    [
        (1, JAN, on(SUPPORT), "valid_from", "na 01-01-2021"),
        (1, JUNE, on(SUPPORT), "valid_from", "voor 01-06-2021"),
        (2, TODAY + DAY, rest(date(2027, 1, 1)), "valid_from", "toekomst"),
        (1, MARCH, on(SUPPORT), "verdict", "niets veranderd"),
        (1, MARCH, on(UNDER), "kind", "twee keer achter elkaar Nog in onderzoek"),
        (0, JAN, on(SUPPORT), "kind", "twee keer achter elkaar Ondersteuning"),
        (0, JAN, on(STOPPED), "kind", "niet beginnen als gestopt"),
        (1, MARCH, on(REST), "planned_end", "Vul in tot wanneer"),
        (1, MARCH, rest(MARCH), "planned_end", "na de begindatum"),
        (1, MARCH, rest(date(2022, 3, 2)), "planned_end", "hooguit 12 maanden"),
        (1, MARCH, rest(date(2022, 2, 1)), "planned_end", "01-06-2021, klopt dan niet meer"),
        (1, MARCH, on(SUPPORT, reason=" "), "reason", "Schrijf op"),
        (1, None, None, "valid_from", "Vul dit veld in"),
        (0, date(2021, 1, 16), on(UNDER), "valid_from", "15-01-2021 is er al iets"),
        (0, date(1974, 12, 31), on(UNDER), "valid_from", "geboortedatum"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_the_field(index, start, content, field, sentence):
    with pytest.raises(InvalidInput, match=sentence) as refused:
        correct(PLAIN, index, changed(start, content))
    assert refused.value.field == field


def test_the_opening_moves_within_its_limits_or_not_at_all():
    start = date(2020, 12, 1)
    assert told(correct(PLAIN, 0, changed(start, on(UNDER))))[0] == (UNDER, start, MARCH)
    closed = OpeningLimits(OPENING.earliest, OPENING.latest, "Alleen de coördinator.")
    with pytest.raises(InvalidInput, match="Alleen de coördinator"):
        correct(PLAIN, 0, changed(start, on(UNDER)), opening=closed)
    assert correct(PLAIN, 0, changed(JAN, on(KP3)), opening=closed)  # the same day is no move


def test_a_track_that_began_today_began_earlier_and_the_other_way_round():
    history = course((JAN, on(SUPPORT)), (TODAY, on(KP3)))
    assert told(correct(history, 1, changed(JUNE, on(KP3))))[1] == (KP3, JUNE, None)
    back = course((JAN, on(SUPPORT)), (JUNE, on(KP3)))
    assert told(correct(back, 1, changed(TODAY, on(KP3))))[1] == (KP3, TODAY, None)


def test_a_correction_says_why_in_so_many_characters():
    for why, reason, field in (
        (" ", "", "why"),
        ("x" * 1001, "", "why"),
        ("x", "y" * 2001, "reason"),
    ):
        with pytest.raises(InvalidInput) as refused:
            check_texts(why, reason)
        assert refused.value.field == field
    check_texts("x" * 1000, "y" * 2000)


# ---------------------------------------------------------------------- assignments

ANN, BOB, CAS = 1, 2, 3
HELD = (
    Stretch(Span(MARCH, JUNE), AssignmentContent(ANN)),
    Stretch(Span(JUNE, SEPT), AssignmentContent(BOB)),
    Stretch(Span(date(2021, 11, 1), None), AssignmentContent(CAS)),
)


def reassign(index, verdict, start=None, user=None, end=None, history=HELD):
    content = user and AssignmentContent(user)
    said = AssignmentCorrection(verdict, start, end, content)
    return correct_assignments(history, index, said, opened_on=JAN, today=TODAY)


def held(history):
    return [(one.content.user_id, one.span.valid_from, one.span.valid_to) for one in history]


def test_somebody_else_held_it():
    assert held(reassign(1, Verdict.CHANGED, JUNE, CAS, SEPT))[1] == (CAS, JUNE, SEPT)
    with pytest.raises(InvalidInput, match="twee keer achter elkaar"):
        reassign(1, Verdict.CHANGED, JUNE, ANN, SEPT)


def test_the_day_between_two_leads_is_one_day_and_the_last_of_the_latter_is_its_own():
    assert [ends_freely(HELD, index) for index in range(3)] == [False, True, False]
    later = reassign(1, Verdict.CHANGED, date(2021, 7, 1), BOB, date(2021, 10, 1))
    assert held(later)[:2] == [(ANN, MARCH, date(2021, 7, 1)),
                               (BOB, date(2021, 7, 1), date(2021, 10, 1))]  # fmt: skip
    assert held(reassign(1, Verdict.CHANGED, JUNE, BOB))[1] == (BOB, JUNE, date(2021, 11, 1))
    early = reassign(2, Verdict.CHANGED, date(2021, 8, 1), CAS)
    assert held(early)[1:] == [(BOB, JUNE, date(2021, 8, 1)), (CAS, date(2021, 8, 1), None)]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (JAN - DAY, None, "valid_from"), (MARCH, SEPT, "valid_from"),
        (JUNE, date(2021, 11, 2), "valid_to"), (JUNE, JUNE, "valid_to"),
        (JUNE, TODAY + DAY, "valid_to"), (None, None, "valid_from"),
    ],
)  # fmt: skip
def test_days_of_an_assignment_that_cannot_be(start, end, field):
    with pytest.raises(InvalidInput) as refused:
        reassign(1, Verdict.CHANGED, start, BOB, end)
    assert refused.value.field == field


def test_an_assignment_that_was_not_there():
    assert held(reassign(1, Verdict.EARLIER_WENT_ON))[0] == (ANN, MARCH, SEPT)
    assert held(reassign(0, Verdict.LATER_BEGAN))[0] == (BOB, MARCH, SEPT)
    assert [who for who, *_ in held(reassign(1, Verdict.NOTHING))] == [ANN, CAS]
    assert reassign(0, Verdict.NOTHING, history=HELD[2:]) == ()


def test_whose_caseload_on_which_days_is_said_in_a_sentence():
    names = {ANN: "Ann", BOB: "Bob", CAS: "Cas"}
    (one,) = lead_days(HELD, reassign(1, Verdict.CHANGED, JUNE, CAS, SEPT))
    assert lead_words(one, names) == (
        "Van 01-06-2021 tot en met 31-08-2021 staat dit dossier bij Cas in plaats van bij Bob."
    )
    (gone,) = lead_days(HELD, reassign(1, Verdict.NOTHING))
    assert lead_words(gone, names).endswith("bij niemand in plaats van bij Bob.")


# ---------------------------------------------------------------------- what changes


def test_the_days_that_count_differently_are_said_in_a_sentence():
    after = correct(PLAIN, 2, changed(date(2021, 5, 15), rest(date(2022, 1, 1))))
    (one,) = track_days(PLAIN, after)
    assert track_words(one) == (
        "Van 15-05-2021 tot en met 31-05-2021 telt dit dossier als rust "
        "in plaats van ondersteuning."
    )
    opened = correct(PLAIN, 0, changed(date(2020, 12, 31), on(UNDER)))
    assert [track_words(each) for each in track_days(PLAIN, opened)] == [
        "Op 31-12-2020 telt dit dossier mee als nog in onderzoek; eerst telde het niet mee."
    ]
    assert span_words(Span(MARCH)) == "Vanaf 01-03-2021"


def test_what_no_figure_counts_changes_no_day():
    after = correct(PLAIN, 2, changed(JUNE, rest(date(2022, 2, 1))))
    assert after != PLAIN
    assert track_days(PLAIN, after) == ()


def test_the_reference_dates_are_the_ends_of_quarters_today_and_what_is_asked():
    change = [DayChange(Span(MARCH, date(2021, 10, 1)), SUPPORT, REST)]
    asked = (date(2021, 4, 2), date(2022, 1, 1))
    assert reference_dates(change, today=TODAY, also=asked) == (
        date(2021, 9, 30), date(2021, 6, 30), date(2021, 4, 2), date(2021, 3, 31),
    )  # fmt: skip
    running = [DayChange(Span(date(2026, 9, 30)), SUPPORT, REST)]
    assert reference_dates(running, today=TODAY) == (TODAY, date(2026, 9, 30))
    assert reference_dates([], today=TODAY, also=asked) == ()


NOTE = {KP3: 2, SUPPORT: 21, REST: 67, UNDER: 40, STOPPED: 18}


def words(counts, was, becomes, *, guarded=False):
    return [each.words for each in changed_cells(counts, was, becomes, guarded=guarded)]


def test_the_figures_before_and_after():
    assert words(NOTE, SUPPORT, REST) == ["ondersteuning 21 wordt 20", "rust 67 wordt 68"]
    assert words(NOTE, REST, STOPPED) == [
        "rust 67 wordt 66", "gestopt 18 wordt 19", "totaal actief 130 wordt 129",
    ]  # fmt: skip
    assert words(NOTE, None, UNDER) == [
        "nog in onderzoek 40 wordt 41", "totaal actief 130 wordt 131",
    ]  # fmt: skip
    assert words(NOTE, REST, REST) == []


def test_a_guarded_reader_sees_no_small_number_on_either_side():
    assert words(NOTE, KP3, REST, guarded=True) == [
        "KP3 afgeschermd wordt afgeschermd", "rust 67 wordt 68",
    ]  # fmt: skip
    five = {KP3: 5, SUPPORT: 21, REST: 67, UNDER: 40, STOPPED: 18}
    assert words(five, KP3, REST, guarded=True)[0] == "KP3 afgeschermd wordt afgeschermd"


KINDS = st.sampled_from(list(TrackKind))
START, LENGTH = date(2020, 1, 1), 80


@st.composite
def courses(draw):
    """Return a history that the rules of a change allow, in 80 days from the start."""
    days = sorted(draw(st.sets(st.integers(1, LENGTH), max_size=4)))
    parts, last = [], None
    for day in (0, *days):
        start = START + day * DAY
        kinds = [k for k in TrackKind if k is not last and (last or k is not STOPPED)]
        last = draw(st.sampled_from(kinds))
        parts.append((start, rest(add_months(start, 3)) if last is REST else on(last)))
    return course(*parts)


@st.composite
def corrections(draw):
    """Return an index from the end of a history and what is said of that stretch."""
    start, kind = START + draw(st.integers(-20, LENGTH)) * DAY, draw(KINDS)
    months = draw(st.integers(1, 12))
    content = rest(add_months(start, months)) if kind is REST else on(kind)
    return draw(st.integers(0, 3)), TrackCorrection(draw(st.sampled_from(Verdict)), start, content)


def counted(histories, day):
    """Return the report of a day, counted the slow way."""
    numbers = dict.fromkeys(TrackKind, 0)
    for history in histories:
        if kind := content_on(kinds_of(history), day):
            numbers[kind] += 1
    return numbers


@settings(max_examples=100)
@given(st.lists(courses(), min_size=1, max_size=4), st.lists(corrections(), max_size=5))
def test_the_preview_is_the_difference_between_the_reports(others, said):
    history, *_ = others
    before = history
    anywhere = OpeningLimits(START - 30 * DAY, START + LENGTH * DAY)
    for index, correction in said:
        try:
            after = correct(
                history, index % len(history), correction, opening=anywhere,
                today=START + LENGTH * DAY,
            )  # fmt: skip
        except InvalidInput:
            continue
        check_whole(after)
        check_preview(others[1:], history, after)
        history = after
    check_preview(others[1:], before, history)


def check_whole(history):
    """Exactly one track on every day from the first until further notice."""
    for one, following in pairwise(history):
        assert one.span.valid_to == following.span.valid_from
    assert history[-1].span.valid_to is None
    assert all((c.planned_end is None) == (c.kind is not REST) for _, c in map(parts, history))


def parts(one):
    return one.span, one.content


def covers(change, day):
    return change.span.valid_from <= day and (change.span.valid_to or day + DAY) > day


def check_preview(others, before, after):
    changes = track_days(before, after)
    edges = {one.span.valid_from for one in (*before, *after)} | {START + LENGTH * DAY}
    for day in sorted(edges | {day - DAY for day in edges}):
        was, becomes = counted([*others, before], day), counted([*others, after], day)
        hit = [change for change in changes if covers(change, day)]
        assert len(hit) == (was != becomes)
        shown = changed_cells(was, hit[0].before, hit[0].after, guarded=False) if hit else ()
        expected = figures(becomes, total=sum(becomes.values()), with_stopped=True, guarded=False)
        texts = {cell.kind.label.lower(): cell.shown for cell in expected.cells}
        for cell in shown:
            if cell.label != "totaal actief":
                assert cell.after == texts[cell.label.lower()]
    for one, following in pairwise(changes):
        same = (one.before, one.after) == (following.before, following.after)
        assert not (same and one.span.valid_to == following.span.valid_from)


def test_two_equal_histories_differ_on_no_day():
    assert day_changes(PLAIN, PLAIN) == ()
    assert day_changes((), ()) == ()
