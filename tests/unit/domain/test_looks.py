"""Visits, the busiest hour, and cells that stay text."""

from datetime import UTC, datetime, timedelta

import pytest

from kp4web.domain.looks import Act, busiest_hour, plain_cell, visits

NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def after(minutes):
    return NINE + timedelta(minutes=minutes)


def acts(*rows):
    """Return acts, newest first, of (minutes after nine, user, action, reason)."""
    made = [
        Act(number, after(minutes), user, "colleague", action, reason)
        for number, (minutes, user, action, reason) in enumerate(rows)
    ]
    return sorted(made, key=lambda act: -act.id)


def test_acts_without_a_pause_are_one_visit_also_when_somebody_else_is_there():
    found = list(
        visits(
            acts(
                (0, 1, "dossier_read", "Belde."), (5, 2, "dossier_read", ""),
                (10, 1, "dossier_read", "Belde."), (12, 1, "bsn_reveal", ""),
                (43, 1, "dossier_read", ""),
            )
        )
    )  # fmt: skip
    assert [(v.user_id, v.begins, v.ends, v.actions, v.reasons) for v in found] == [
        (1, after(43), after(43), (("dossier_read", 1),), ()),
        (1, after(0), after(12), (("dossier_read", 2), ("bsn_reveal", 1)), ("Belde.",)),
        (2, after(5), after(5), (("dossier_read", 1),), ()),
    ]


@pytest.mark.parametrize(
    ("minutes", "most"),
    [
        ([], 0),
        ([0, 1, 2], 3),
        ([0, 59, 60], 2),  # sixty minutes later is another hour
        ([0, 30, 59, 61, 62], 4),
    ],
)
def test_the_busiest_hour_counts_different_dossiers(minutes, most):
    looks = [(after(minute), number) for number, minute in enumerate(minutes)]
    assert busiest_hour(looks)[0] == most


def test_the_same_dossier_again_counts_once_and_the_hour_has_a_beginning():
    looks = [(after(minute), 7) for minute in range(50)] + [(after(50), 8), (after(200), 9)]
    assert busiest_hour(looks) == (2, NINE)


@pytest.mark.parametrize("text", ["=1+1", "+31", "-x", "@a", "\t=1", "  =HYPERLINK()", "\r=1"])
def test_what_a_spreadsheet_would_compute_stays_text(text):
    assert plain_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Karin", "KP4-2026-0001", "1=1"])
def test_other_text_stays_as_it_is(text):
    assert plain_cell(text) == text
