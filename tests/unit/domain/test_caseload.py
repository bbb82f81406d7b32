from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.caseload import AttentionWeights, attention, caseload_attention
from kp4web.domain.tracks import TrackKind


@pytest.mark.parametrize(
    ("kind", "weight"),
    [
        (TrackKind.UNDER_INVESTIGATION, "1.5"),
        (TrackKind.SUPPORT, "1.0"),
        (TrackKind.KP3, "1.2"),
        (TrackKind.REST, "0.3"),
        (TrackKind.STOPPED, "0.0"),
    ],
)
def test_each_track_has_its_weight(kind, weight):
    assert attention(kind, 0) == Decimal(weight)


@pytest.mark.parametrize(
    ("overdue", "weight"), [(0, "0.3"), (1, "0.4"), (4, "0.7"), (5, "0.8"), (6, "0.8"), (99, "0.8")]
)
def test_overdue_items_add_up_to_half_a_point(overdue, weight):
    assert attention(TrackKind.REST, overdue) == Decimal(weight)


def test_a_stopped_dossier_asks_nothing():
    assert attention(TrackKind.STOPPED, 7) == 0


def test_a_caseload_is_the_sum_of_its_dossiers():
    dossiers = [(TrackKind.REST, 0)] * 67 + [(TrackKind.SUPPORT, 2)] * 21 + [(TrackKind.KP3, 9)] * 2
    assert caseload_attention(dossiers) == Decimal("48.7")
    assert caseload_attention([]) == 0


def test_the_weights_are_a_setting():
    weights = AttentionWeights({TrackKind.REST: Decimal(1)}, Decimal("0.5"), Decimal(1))
    assert attention(TrackKind.REST, 1, weights) == Decimal("1.5")
    assert attention(TrackKind.REST, 3, weights) == Decimal(2)


@given(st.lists(st.tuples(st.sampled_from(TrackKind), st.integers(0, 20)), max_size=30))
def test_one_dossier_more_never_weighs_less(dossiers):
    lighter = caseload_attention(dossiers[1:])
    assert Decimal(0) <= lighter <= caseload_attention(dossiers)
