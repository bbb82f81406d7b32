"""Every day gives a history without a broken rule, and a normal day's work."""

import re
from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kp4web.demo import accounts, departure_events, legal_events
from kp4web.demo.cast import pension_on
from kp4web.demo.days import is_working_day
from kp4web.demo.events import (
    AcceptHandover,
    AddUser,
    Assign,
    ChangeTrack,
    ExtendRest,
    OfferHandover,
    RecordConversation,
    ReopenDossier,
    StopDossier,
)
from kp4web.demo.intake_events import ReturnHandover
from kp4web.demo.reports import TEXTS
from kp4web.demo.story import history
from kp4web.demo.transfers import MoveGuidance
from kp4web.domain import bsn
from kp4web.domain.agreements import Party
from kp4web.domain.dates import add_months, week_end
from kp4web.domain.due import (
    ABOUT_QUESTIONS,
    DossierState,
    DueKind,
    Norms,
    OpenAgreement,
    OpenFollowUp,
    UnreadMessage,
    due_items,
    review_handover,
)
from kp4web.domain.tracks import TrackChange, TrackKind, check_change, ran_since
from tests.unit.demo.fold import STOPPED, Dossier, kinds_on, play, story

DAYS = [date(2022, 9, 1), date(2024, 2, 29), date(2025, 12, 31), date(2026, 11, 22)]
FORBIDDEN = ("granieten", "parkeren", "onbemiddelbaar", "verslaafde", "stoornis", "{", "}", "@")
NORMS = Norms()
CHANGES = (ChangeTrack, ExtendRest, StopDossier, ReopenDossier)


@pytest.fixture(params=DAYS, ids=str)
def today(request):
    return request.param


def due(dossier: Dossier) -> list[tuple[DueKind, date]]:
    if dossier.kind is STOPPED:
        return []
    starts = [SpanRow(row.kind, row.valid_from) for row in dossier.rows]
    for one, after in pairwise(starts):
        one.valid_to = after.valid_from
    state = DossierState(
        kind=dossier.kind, track_since=ran_since(starts), opened_on=dossier.opened_on,
        planned_end=dossier.rows[-1].planned_end, has_lead=dossier.lead is not None,
        last_contact_on=max(dossier.contacts, default=None),
        aow_on=pension_on(dossier.person.birth_date), pension_seen=dossier.pension_seen,
        follow_ups=tuple(OpenFollowUp(1, on) for on in dossier.open.values()),
        messages=tuple(UnreadMessage(1, on) for on in dossier.unread.values()),
        agreements=tuple(
            OpenAgreement(1, made.due_on, made.who is Party.CONSULTANT)
            for made in dossier.agreements
            if made.due_on is not None
        ),
    )  # fmt: skip
    return [(item.kind, item.due_on) for item in due_items(state, NORMS)]


class SpanRow:
    def __init__(self, kind: TrackKind, valid_from: date) -> None:
        self.kind, self.valid_from, self.valid_to = kind, valid_from, None


# ---------------------------------------------------------------------- one history


def test_the_same_seed_and_day_give_the_same_history():
    assert history(2020, DAYS[0]) == story(DAYS[0])


def test_another_seed_gives_other_later_years():
    assert story(date(2024, 2, 29), 3) != story(date(2024, 2, 29))


def test_events_are_in_order_within_working_hours_and_before_today(today):
    events = story(today)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert all(event.day < today for event in events)
    assert all(time(8, 30) <= event.at.time() <= time(18) for event in events)
    assert all(is_working_day(event.day) for event in events)


def test_one_dossier_never_has_two_things_at_one_moment(today):
    for dossier in play(story(today)).values():
        moments = Counter(event.at for event in dossier.events)
        assert not [at for at, number in moments.items() if number > 1]


def test_every_bsn_is_of_the_demo_series_and_unique_within_the_municipality(today):
    dossiers = play(story(today))
    for prefix in ("wb-", "bu-"):
        known = [d.person.bsn for k, d in dossiers.items() if k.startswith(prefix) and d.person.bsn]
        assert len(set(known)) == len(known)
        assert all(number.startswith("9999") and bsn.is_valid(number) for number in known)


def test_a_few_bsns_are_unknown(today):
    unknown = [d for d in play(story(today)).values() if d.person.bsn is None]
    assert 2 <= len(unknown) <= 6


def test_dossier_numbers_are_unique_and_of_the_year_of_opening(today):
    dossiers = play(story(today)).values()
    assert len({d.number for d in dossiers}) == len(dossiers)
    assert all(d.number.startswith(f"KP4-{d.opened_on.year}-") for d in dossiers)


def test_tracks_follow_the_rules(today):
    for dossier in play(story(today)).values():
        kind: TrackKind | None = TrackKind.UNDER_INVESTIGATION
        end: date | None = None
        begins = dossier.opened_on
        for row, event in zip(dossier.rows[1:], changes(dossier), strict=True):
            change = TrackChange(
                kind=row.kind, valid_from=row.valid_from, reason=event.reason,
                planned_end=row.planned_end, stop_reason=row.stop_reason,
            )  # fmt: skip
            check_change(kind, end, change)
            assert begins < row.valid_from <= event.day, dossier.key
            kind, end, begins = row.kind, row.planned_end, row.valid_from


def changes(dossier):
    return [e for e in dossier.events if isinstance(e, CHANGES)]


def test_rest_is_decided_before_its_end_except_where_it_shows_as_late(today):
    for dossier in play(story(today)).values():
        ends = [row.planned_end for row in dossier.rows]
        decided = [row.valid_from for row in dossier.rows[1:]]
        for end, on in zip(ends, decided, strict=False):
            assert end is None or on <= end, dossier.key


def test_talks_are_not_of_the_future_nor_from_before_the_dossier(today):
    for dossier in play(story(today)).values():
        for event in dossier.events:
            if isinstance(event, RecordConversation):
                assert dossier.opened_on <= event.held_on <= event.day
                assert event.follow_up is None or event.follow_up.due_on > event.held_on
                assert event.report
                assert (event.outcome == "held") == bool(event.participants)


def test_only_the_lead_or_a_colleague_records_and_only_while_it_is_active(today):
    leads: dict[str, str] = {}
    stopped: set[str] = set()
    for event in story(today):
        if isinstance(event, Assign):
            leads |= dict.fromkeys(event.dossiers, event.user)
        elif isinstance(event, StopDossier):
            stopped.add(event.dossier)
        elif isinstance(event, ReopenDossier):
            stopped.remove(event.dossier)
        elif isinstance(event, RecordConversation):
            assert event.dossier not in stopped
            assert event.by == leads[event.dossier] or event.message
        elif isinstance(event, ChangeTrack | ExtendRest):
            assert event.by == leads[event.dossier]


def test_nobody_stays_past_the_aow_date_but_the_one_who_is_meant_to(today):
    latest = today - timedelta(4)
    active = [d for d in play(story(today)).values() if d.kind is not STOPPED]
    past = [d for d in active if pension_on(d.person.birth_date) < latest]
    assert [d.key for d in past] == ["wb-aow-reached"]


def test_who_stops_for_the_aow_stops_on_the_date_itself(today):
    for dossier in play(story(today)).values():
        for row in dossier.rows:
            if row.stop_reason == "pension_age":
                assert row.valid_from == pension_on(dossier.person.birth_date)


# ---------------------------------------------------------------------- today


def test_a_normal_caseload(today):
    dossiers = play(story(today))
    west = kinds_on(dossiers, today)
    assert 110 <= west.total() - west["stopped"] <= 140
    east = kinds_on(dossiers, today, "bu-")
    assert 18 <= east.total() - east["stopped"] <= 30
    leads = Counter(d.lead for k, d in dossiers.items() if k[:3] == "wb-" and d.kind is not STOPPED)
    assert set(leads) == {*accounts.WEST_BETUWE.consultants, None}
    assert all(25 <= leads[lead] <= 60 for lead in accounts.WEST_BETUWE.consultants)


OF_THE_LAW = {kind for kind in DueKind if kind.value.startswith(("exemption", "signal"))}
"""What exemptions and signals wait for is not folded here: the commands of the load check them."""


OF_KP3 = {DueKind.AWAIT_HANDOVER, DueKind.READ_FEEDBACK, DueKind.WRITE_FEEDBACK}
"""What KP3 hand-overs wait for is not folded here either."""


def test_nobody_is_offered_to_the_work_agency_in_the_golden_years(today):
    told = [e for e in story(today) if type(e).__module__ == departure_events.__name__]
    moves = [e for e in story(today) if isinstance(e, MoveGuidance)]
    assert not [e for e in (*told, *moves) if e.day.year < 2022]
    assert len(moves) == (today.year > 2021)
    kinds = {type(e).__name__ for e in told}
    if today.year > 2024:
        assert {"OfferDossier", "WriteFeedback", "ReadFeedback"} <= kinds


def test_nothing_of_the_law_is_recorded_in_the_golden_years_and_no_signal_is_ever_sent(today):
    told = [e for e in story(today) if type(e).__module__ == legal_events.__name__]
    assert {e.day.year for e in told if e.day.year < 2022} == {2019}  # the grounds themselves
    granted = {e.dossier for e in told if isinstance(e, legal_events.RecordExemption)}
    assert len(granted) > 80
    kinds = {type(e).__name__ for e in told}
    assert ({"DraftSignal", "ReturnSignal", "WithdrawSignal"} <= kinds) == (today.year > 2022)


def test_a_handful_is_late_and_of_every_kind(today):
    dossiers = play(story(today))
    late = Counter(
        kind for d in dossiers.values() if d.key[:3] == "wb-" for kind, on in due(d) if on < today
    )
    offers = [event.day for event in waiting_handovers(today)]
    late.update(
        DueKind.REVIEW_HANDOVER for on in offers if review_handover(1, on, NORMS).due_on < today
    )
    seldom = {DueKind.CONTACT, DueKind.TWELVE_MONTHS, DueKind.PROFILE_CORRECTED}
    seldom |= OF_THE_LAW | ABOUT_QUESTIONS | OF_KP3
    assert set(DueKind) - set(late) <= seldom
    assert 12 <= late.total() <= 32
    assert late[DueKind.REST_DECISION] >= 2


def waiting_handovers(today):
    answered = {e.handover for e in story(today) if isinstance(e, AcceptHandover | ReturnHandover)}
    return [e for e in story(today) if isinstance(e, OfferHandover) and e.handover not in answered]


def test_two_handovers_are_open(today):
    assert len(waiting_handovers(today)) == 2


def test_some_is_due_today_some_this_week_most_later(today):
    dates = [on for d in play(story(today)).values() for _, on in due(d)]
    assert sum(on == today for on in dates) >= 3
    if today.weekday() < 4:
        assert sum(today < on <= week_end(today) for on in dates) >= 3
    assert sum(on > week_end(today) for on in dates) > 0.8 * len(dates)


# ---------------------------------------------------------------------- texts and accounts


FIELDS = ("report", "reason", "avoid", "text", "note", "justification", "basis_reason")


def texts_of(event):
    answers = [value for _, value in getattr(event, "answers", ()) if isinstance(value, str)]
    approach = event.person.approach if hasattr(event, "registered_on") else ""
    texts = [getattr(event, name, None) for name in FIELDS]
    return [text for text in (*texts, *answers, approach) if isinstance(text, str)]


def test_no_forbidden_word_and_no_open_blank_anywhere(today):
    for event in story(today):
        for text in texts_of(event):
            assert not [word for word in FORBIDDEN if word in text.lower()], text


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.toml")), ids=lambda path: path.stem)
def test_no_forbidden_word_in_the_sources(path: Path):
    source = path.read_text(encoding="utf-8").lower()
    assert not [word for word in FORBIDDEN[:5] if word in source]


def test_reports_have_two_to_six_sentences(today):
    for event in story(today):
        if isinstance(event, RecordConversation) and event.outcome == "held":
            assert 2 <= len(re.findall(r"[.?!\"](?=\s|$)", event.report)) <= 7, event.report


def test_a_dossier_seldom_repeats_itself(today):
    for dossier in play(story(today)).values():
        said = [e.report for e in dossier.events
                if isinstance(e, RecordConversation) and e.outcome == "held"]  # fmt: skip
        assert len(set(said)) >= 0.7 * len(said)


def test_there_are_attempts_moves_and_talks_by_every_channel(today):
    talks = [event for event in story(today) if isinstance(event, RecordConversation)]
    outcomes = Counter(event.outcome for event in talks)
    assert set(outcomes) == {"held", "no_answer", "no_show", "cancelled"}
    assert 0.05 < 1 - outcomes["held"] / len(talks) < 0.2
    assert {"face_to_face", "phone", "home_visit", "video"} <= {e.channel for e in talks}


def test_accounts_are_those_of_the_design():
    users = {event.email for event in story(DAYS[0]) if isinstance(event, AddUser)}
    places = ("consulent1", "consulent2", "consulent3", "coordinator", "beleid", "fg", "privacy")
    assert users == {
        *(f"{name}@westbetuwe.example" for name in places),
        *("consulent1@buren.example", "coordinator@buren.example", "beheer@kp4web.example"),
        *(f"{name}@werkzaak.example" for name in
          ("intake", "klantmanager", "coordinator", "inkomen", "consulent", "consulent2",
           "teamcoordinator")),
    }  # fmt: skip


# ---------------------------------------------------------------------- any day


@settings(max_examples=5)
@given(day=st.dates(date(2019, 12, 1), date(2031, 12, 31)), seed=st.integers(0, 9))
def test_any_day_and_seed_give_a_history_that_folds(day, seed):
    events = history(seed, day)
    dossiers = play(tuple(event for event in events if event.day < day))
    assert all(event.day < day for event in events[30:])
    for dossier in dossiers.values():
        starts = [row.valid_from for row in dossier.rows]
        assert starts == sorted(set(starts))
        if dossier.kind is TrackKind.REST:
            end = dossier.rows[-1].planned_end
            assert end is not None
            assert end <= add_months(dossier.rows[-1].valid_from, 12)
