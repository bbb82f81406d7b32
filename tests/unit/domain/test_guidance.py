"""Who guides: over any course of events an active dossier has exactly one guiding organisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kp4web.domain.errors import DomainError
from kp4web.domain.handovers import Guide, HandoverState, Standing
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import Finding, Outcome, blocks, outcome_of

EVENTS = ("offered", "accepted", "returned", "withdrawn", "transferred")
ACTIVE = [kind for kind in TrackKind if kind.active]
happened = st.lists(st.one_of(st.sampled_from(EVENTS), st.sampled_from(list(TrackKind))))


def after(standing: Standing, event: str | TrackKind) -> Standing:
    """Return what an event leads to; what is refused changes nothing."""
    try:
        if event == "transferred":
            return standing  # who holds changes, and nothing else
        if isinstance(event, TrackKind):
            return standing.moved(event)
        return getattr(standing, event)()
    except DomainError:
        return standing


def holder_after(holder: str, standing: Standing) -> str:
    """Return who holds a dossier after a transfer: what is checked says whether it moves."""
    waits = standing.handover is HandoverState.OFFERED and blocks(Finding.HANDOVER_OPEN)
    moves = outcome_of(standing.track, is_held=True) is Outcome.MOVED and not waits
    return {"town": "agency", "agency": "town"}[holder] if moves else holder


@given(st.sampled_from(ACTIVE), happened)
def test_an_active_dossier_always_has_exactly_one_guiding_organisation(start, events):
    standing, holder = Standing(start), "town"
    for event in events:
        before = (standing, holder)
        if event == "transferred":
            holder = holder_after(holder, standing)
        standing = after(standing, event)
        if holder != before[1]:  # it moved: only the holder guided, before and after
            assert before[0].guides == standing.guides == (Guide.HOLDER,)
        assert standing.guides == (Guide.HOLDER,) or not standing.track.active
        assert len(standing.guides) <= 1
        if standing.handover is HandoverState.OFFERED:
            assert standing.track is TrackKind.KP3


def test_acceptance_passes_guidance_on_and_reopening_takes_it_back():
    standing = Standing(TrackKind.KP3).offered().accepted()
    assert (standing.track, standing.guides) == (TrackKind.STOPPED, (Guide.AGENCY,))
    assert standing.moved(TrackKind.SUPPORT).guides == (Guide.HOLDER,)
    assert standing.moved(TrackKind.KP3).offered().guides == (Guide.HOLDER,)


@pytest.mark.parametrize("answer", ["returned", "withdrawn"])
def test_without_acceptance_nothing_changes_but_the_hand_over(answer):
    offered = Standing(TrackKind.KP3).offered()
    assert getattr(offered, answer)() == Standing(TrackKind.KP3, HandoverState(answer))


@pytest.mark.parametrize("track", [kind for kind in TrackKind if kind is not TrackKind.KP3])
def test_leaving_kp3_withdraws_what_was_offered(track):
    assert Standing(TrackKind.KP3).offered().moved(track).handover is HandoverState.WITHDRAWN


@pytest.mark.parametrize(
    ("standing", "event"),
    [
        (Standing(TrackKind.SUPPORT), "offered"),
        (Standing(TrackKind.KP3).offered(), "offered"),
        (Standing(TrackKind.KP3), "accepted"),
        (Standing(TrackKind.KP3, HandoverState.WITHDRAWN), "accepted"),
        (Standing(TrackKind.STOPPED, HandoverState.ACCEPTED), "withdrawn"),
        (Standing(TrackKind.SUPPORT, HandoverState.OFFERED), "accepted"),
    ],
)
def test_what_does_not_fit_is_refused(standing, event):
    with pytest.raises(DomainError):
        getattr(standing, event)()
