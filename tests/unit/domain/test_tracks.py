from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from kp4web.domain.errors import InvalidInput
from kp4web.domain.tracks import (
    REASON_MAX,
    StopReason,
    Subgroup,
    TrackChange,
    TrackKind,
    check_change,
    ran_since,
)

DAY = timedelta(days=1)
START = date(2026, 3, 1)
YEAR_ON = date(2027, 3, 1)
REST = TrackChange(TrackKind.REST, START, "Gesprekken doen nu kwaad.", planned_end=YEAR_ON)
SUPPORT = TrackChange(TrackKind.SUPPORT, START, "Eerst de zorg op orde.")
STOP = TrackChange(TrackKind.STOPPED, START, "Verhuisd naar Ede.", stop_reason=StopReason.MOVED)


def refused_at(current, current_end, change, **options):
    """Return the field at which the change is refused, or None."""
    try:
        check_change(current, current_end, change, **options)
    except InvalidInput as error:
        return error.field
    return None


@pytest.mark.parametrize("kinds", [TrackKind, StopReason, Subgroup])
def test_every_member_has_its_own_label(kinds):
    assert len({member.label for member in kinds}) == len(kinds)


def test_the_labels_are_those_of_the_documents():
    assert [kind.label for kind in TrackKind] == [
        "Nog in onderzoek",
        "Rust",
        "Ondersteuning",
        "KP3",
        "Gestopt",
    ]
    assert StopReason.HANDED_OVER.label == "Overgedragen (KP3)"
    assert len(Subgroup) == 6


ACTIVE = [kind for kind in TrackKind if kind.active]
CHANGE_TO = {
    TrackKind.UNDER_INVESTIGATION: replace(SUPPORT, kind=TrackKind.UNDER_INVESTIGATION),
    TrackKind.REST: REST,
    TrackKind.SUPPORT: SUPPORT,
    TrackKind.KP3: replace(SUPPORT, kind=TrackKind.KP3),
    TrackKind.STOPPED: STOP,
}


def test_only_stopped_is_not_active():
    assert set(TrackKind) - set(ACTIVE) == {TrackKind.STOPPED}


@pytest.mark.parametrize("current", TrackKind)
@pytest.mark.parametrize("kind", TrackKind)
def test_any_track_goes_to_any_other(current, kind):
    expected = "kind" if current is kind and kind is not TrackKind.REST else None
    assert refused_at(current, None, CHANGE_TO[kind]) == expected


@pytest.mark.parametrize("kind", TrackKind)
def test_a_dossier_begins_active(kind):
    assert refused_at(None, None, CHANGE_TO[kind]) == (None if kind.active else "kind")


@pytest.mark.parametrize(
    ("planned_end", "field"),
    [
        (None, "planned_end"),
        (START - DAY, "planned_end"),
        (START, "planned_end"),
        (START + DAY, None),
        (YEAR_ON - DAY, None),
        (YEAR_ON, None),
        (YEAR_ON + DAY, "planned_end"),
        (date.max, "planned_end"),
    ],
)
def test_rest_ends_after_it_begins_and_within_a_year(planned_end, field):
    assert refused_at(TrackKind.SUPPORT, None, replace(REST, planned_end=planned_end)) == field


def test_how_long_rest_may_be_is_a_setting():
    half_year = replace(REST, planned_end=date(2026, 9, 1))
    assert refused_at(TrackKind.SUPPORT, None, half_year, rest_max_months=6) is None
    assert refused_at(TrackKind.SUPPORT, None, half_year, rest_max_months=5) == "planned_end"


@pytest.mark.parametrize(
    ("old_end", "field"),
    [(YEAR_ON - DAY, None), (YEAR_ON, "planned_end"), (YEAR_ON + DAY, "planned_end")],
)
def test_extending_rest_needs_a_later_end(old_end, field):
    assert refused_at(TrackKind.REST, old_end, REST) == field


def test_the_months_of_an_extension_count_from_its_own_start():
    extension = replace(REST, valid_from=date(2027, 1, 15), planned_end=date(2028, 1, 15))
    assert refused_at(TrackKind.REST, YEAR_ON, extension) is None
    longer = replace(extension, planned_end=date(2028, 1, 16))
    assert refused_at(TrackKind.REST, YEAR_ON, longer) == "planned_end"


@pytest.mark.parametrize("change", [SUPPORT, STOP], ids=["support", "stopped"])
def test_only_rest_has_a_planned_end(change):
    planned = replace(change, planned_end=YEAR_ON)
    assert refused_at(TrackKind.KP3, None, planned) == "planned_end"


def test_stopping_needs_its_reason_and_nothing_else_has_one():
    assert refused_at(TrackKind.REST, None, replace(STOP, stop_reason=None)) == "stop_reason"
    for change in (SUPPORT, REST):
        with_reason = replace(change, stop_reason=StopReason.MOVED)
        assert refused_at(TrackKind.KP3, None, with_reason) == "stop_reason"


@pytest.mark.parametrize("change", CHANGE_TO.values(), ids=CHANGE_TO)
@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_reason_is_always_needed(change, reason):
    current = TrackKind.SUPPORT if change.kind is not TrackKind.SUPPORT else TrackKind.KP3
    assert refused_at(current, None, replace(change, reason=reason)) == "reason"


def test_another_reason_to_stop_needs_words():
    other = replace(STOP, stop_reason=StopReason.OTHER)
    assert refused_at(TrackKind.REST, None, replace(other, reason=" ")) == "reason"
    assert refused_at(TrackKind.REST, None, other) is None


@pytest.mark.parametrize("field", ["reason", "avoid"])
def test_texts_have_a_greatest_length(field):
    fits, too_long = (replace(REST, **{field: "x" * n}) for n in (REASON_MAX, REASON_MAX + 1))
    assert refused_at(TrackKind.SUPPORT, None, fits) is None
    assert refused_at(TrackKind.SUPPORT, None, too_long) == field


@dataclass
class Row:
    kind: TrackKind
    valid_from: date
    valid_to: date | None = None


def test_rest_runs_since_the_first_of_consecutive_rows():
    support = Row(TrackKind.SUPPORT, date(2025, 1, 1), date(2025, 6, 1))
    first = Row(TrackKind.REST, date(2025, 6, 1), date(2026, 3, 1))
    second = Row(TrackKind.REST, date(2026, 3, 1))
    assert ran_since([support, first, second]) == first.valid_from
    assert ran_since([support, first]) == first.valid_from
    assert ran_since([support]) == support.valid_from


def test_a_break_ends_the_run():
    earlier = Row(TrackKind.REST, date(2025, 1, 1), date(2025, 6, 1))
    other = Row(TrackKind.SUPPORT, date(2025, 6, 1), date(2026, 3, 1))
    last = Row(TrackKind.REST, date(2026, 3, 1))
    assert ran_since([earlier, other, last]) == last.valid_from
    assert ran_since([earlier, last]) == last.valid_from
