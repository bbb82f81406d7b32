from datetime import date, timedelta

import pytest

from kp4web.domain.due import DossierState, DueKind, Norms, OpenFollowUp, due_items
from kp4web.domain.due_words import DueGroup, explain, group, quick_picks
from kp4web.domain.tracks import TrackKind

TODAY = date(2026, 11, 18)  # a Wednesday
DAY = timedelta(days=1)
FACTS = {
    "today": TODAY,
    "due_on": TODAY,
    "track": TrackKind.UNDER_INVESTIGATION,
    "track_since": date(2026, 3, 2),
    "last_contact_on": None,
    "planned_end": None,
    "aow_on": None,
    "norms": Norms(),
}


def words(kind, **facts):
    return explain(kind, **{**FACTS, **facts})


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-400, DueGroup.LATE),
        (-1, DueGroup.LATE),
        (0, DueGroup.TODAY),
        (1, DueGroup.WEEK),
        (4, DueGroup.WEEK),
        (5, DueGroup.LATER),
    ],
)
def test_groups_run_to_sunday(days, expected):
    assert group(TODAY + days * DAY, TODAY) is expected


def test_on_a_sunday_the_week_is_over():
    sunday = date(2026, 11, 22)
    assert group(sunday, sunday) is DueGroup.TODAY
    assert group(sunday + DAY, sunday) is DueGroup.LATER


def test_the_groups_have_the_words_of_the_work_list():
    assert [g.label for g in DueGroup] == ["Te laat", "Vandaag", "Deze week", "Later"]


def test_quick_picks():
    assert [(pick.label, pick.on) for pick in quick_picks(date(2026, 11, 30))] == [
        ("+1 week", date(2026, 12, 7)),
        ("+2 weken", date(2026, 12, 14)),
        ("+1 maand", date(2026, 12, 30)),
        ("+3 maanden", date(2027, 2, 28)),
    ]


@pytest.mark.parametrize("kind", DueKind)
def test_every_item_says_in_sentences_why_and_until_when(kind):
    said = words(kind)
    assert said.why.endswith(".")
    assert said.disappears.startswith("Verdwijnt ")
    assert said.disappears.endswith(".")
    assert "{" not in said.why


def test_contact_says_how_long_ago_and_the_norm():
    spoken = TODAY - 95 * DAY
    assert words(DueKind.CONTACT, last_contact_on=spoken).why == (
        "Laatste contact 95 dagen geleden, norm 6 weken."
    )
    assert words(DueKind.CONTACT, last_contact_on=spoken, track=TrackKind.SUPPORT).why == (
        "Laatste contact 95 dagen geleden, norm 3 maanden."
    )


@pytest.mark.parametrize("spoken", [None, date(2026, 3, 1)])
def test_contact_before_the_track_does_not_count_for_it(spoken):
    assert words(DueKind.CONTACT, last_contact_on=spoken).why == (
        "Nog geen contact sinds de start van dit traject op 02-03-2026, norm 6 weken."
    )


def test_a_follow_up_is_a_way_out_only_while_it_would_work():
    in_time = words(DueKind.CONTACT, due_on=TODAY - timedelta(weeks=4))
    assert in_time.disappears == (
        "Verdwijnt na een gesprek met de inwoner, of met een opvolgdatum uiterlijk op 18-11-2026."
    )
    too_late = words(DueKind.CONTACT, due_on=TODAY - timedelta(weeks=4) - DAY)
    assert too_late.disappears == "Verdwijnt na een gesprek met de inwoner."


@pytest.mark.parametrize("late_by", [0, 28, 29])
def test_the_way_out_of_contact_is_the_one_that_works(late_by):
    norm_on = TODAY - late_by * DAY
    spoken = norm_on - timedelta(weeks=6)
    followed = DossierState(
        TrackKind.UNDER_INVESTIGATION, date(2026, 3, 2), date(2026, 3, 2),
        last_contact_on=spoken, has_lead=True, follow_ups=(OpenFollowUp(1, TODAY),),
    )  # fmt: skip
    still_there = DueKind.CONTACT in {item.kind for item in due_items(followed, Norms())}
    said = words(DueKind.CONTACT, due_on=norm_on, last_contact_on=spoken)
    assert ("opvolgdatum" in said.disappears) is not still_there


def test_a_follow_up_says_what_was_agreed_where_it_may_be_read():
    said = words(DueKind.FOLLOW_UP, what="Bellen over dagbesteding. ")
    assert said.why == "Afgesproken: Bellen over dagbesteding."
    asked = words(DueKind.FOLLOW_UP, what="Is hij weer begonnen?")
    assert asked.why == "Afgesproken: Is hij weer begonnen?"
    assert words(DueKind.FOLLOW_UP).why == "Er is een opvolging afgesproken."


def test_rest_says_until_when_and_that_a_decision_is_late():
    until = words(DueKind.REST_DECISION, planned_end=TODAY)
    assert until.why == "Rust tot 18-11-2026, besluit 6 weken van tevoren."
    late = words(DueKind.REST_DECISION, planned_end=TODAY - DAY)
    assert late.why == "Besluit te laat: de rust was bedoeld tot 17-11-2026."


def test_pension_says_when():
    tomorrow = words(DueKind.PENSION_APPROACHING, aow_on=TODAY + DAY)
    assert tomorrow.why == "AOW-leeftijd op 19-11-2026, morgen."
    today = words(DueKind.PENSION_REACHED, aow_on=TODAY, due_on=TODAY)
    assert today.why == "AOW-leeftijd bereikt op 18-11-2026."
    postponed = words(DueKind.PENSION_REACHED, aow_on=TODAY, due_on=TODAY + 30 * DAY)
    assert postponed.why == (
        "AOW-leeftijd bereikt op 18-11-2026, stoppen uitgesteld tot 18-12-2026."
    )


def test_twelve_months_without_any_contact():
    assert words(DueKind.TWELVE_MONTHS).why == (
        "Nog geen contact sinds de opening, norm 12 maanden."
    )
    spoken = words(DueKind.TWELVE_MONTHS, last_contact_on=TODAY - 400 * DAY)
    assert spoken.why == "Laatste contact 400 dagen geleden, norm 12 maanden."


def test_norms_of_a_municipality_are_in_the_words():
    norms = Norms(investigation_contact_weeks=1, classify_weeks=8, assign_days=1)
    assert words(DueKind.CONTACT, norms=norms).why.endswith("norm 1 week.")
    assert words(DueKind.CLASSIFY, norms=norms).why.endswith("norm 8 weken.")
    assert "1 dag na opening" in words(DueKind.ASSIGN, norms=norms).why
