"""The golden figures come out of the demo history, whatever the seed and the day."""

from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from kp4web.demo.events import JoinScreeningRound, OpenDossier, RegisterWelfareCount, StopDossier
from kp4web.demo.golden import DECK_DAY, NOTE_DAY
from kp4web.demo.life import GOLDEN_END
from kp4web.domain.dates import whole_years
from kp4web.domain.tracks import StopReason, Subgroup
from tests.unit.demo.fold import STOPPED, kinds_on, play, story

TODAY = date(2026, 11, 18)
NOTE = {"kp3": 2, "support": 21, "rest": 67, "under_investigation": 40, "stopped": 18}


@pytest.fixture(scope="module")
def dossiers():
    return play(story(TODAY))


@pytest.fixture(scope="module")
def members():
    joined = [e for e in story(TODAY) if isinstance(e, JoinScreeningRound)]
    return [key for event in joined for key in event.dossiers]


def test_the_note_of_november_2020(dossiers):
    assert kinds_on(dossiers, NOTE_DAY) == NOTE
    assert sum(NOTE.values()) == 148
    assert sum(NOTE.values()) - NOTE["stopped"] == 130


def test_the_note_as_it_was_known_then():
    known_at = datetime.combine(date(2020, 11, 24), time.max, UTC)
    known = play(tuple(event for event in story(TODAY) if event.at <= known_at))
    assert kinds_on(known, NOTE_DAY) == NOTE


def test_exactly_148_of_west_betuwe_opened_by_then_and_all_are_in_the_round(dossiers, members):
    by_then = {k for k, d in dossiers.items() if k[:3] == "wb-" and d.opened_on <= NOTE_DAY}
    assert len(by_then) == 148
    assert sorted(members) == sorted(by_then)


def test_nobody_else_came_before_the_deck(dossiers):
    assert sum(d.opened_on <= DECK_DAY for k, d in dossiers.items() if k[:3] == "wb-") == 148


def test_none_of_the_18_was_handed_over(dossiers):
    stopped = [d for k, d in dossiers.items() if k[:3] == "wb-" and d.kind_on(NOTE_DAY) is STOPPED]
    reasons = {next(row.stop_reason for row in d.rows if row.stop_reason) for d in stopped}
    assert reasons == set(StopReason) - {StopReason.HANDED_OVER, StopReason.OTHER}


def test_the_forty_were_mostly_classified_by_the_end_of_2020(dossiers):
    on_new_year = kinds_on(dossiers, date(2020, 12, 31))
    assert 1 <= on_new_year["under_investigation"] <= 3
    assert kinds_on(dossiers, DECK_DAY)["under_investigation"] == 0


def test_the_subgroups_of_the_deck(dossiers):
    west = [d for key, d in dossiers.items() if key.startswith("wb-")]
    size = {group: sum(d.in_group(group, DECK_DAY) for d in west) for group in Subgroup}
    assert size[Subgroup.IMPROVED] == 7
    assert size[Subgroup.HIDDEN_PROBLEMS] == 4
    assert min(size, key=lambda group: size[group]) is Subgroup.HIDDEN_PROBLEMS
    assert size[Subgroup.DISABILITY] > 2 * max(
        number for group, number in size.items() if group is not Subgroup.DISABILITY
    )


def test_one_couple_has_hidden_problems(dossiers):
    hidden = [d for d in dossiers.values() if d.in_group(Subgroup.HIDDEN_PROBLEMS, DECK_DAY)]
    homes = Counter(d.person.household for d in hidden if d.key.startswith("wb-"))
    assert sorted(homes.values()) == [1, 1, 2]
    (home,) = (home for home, number in homes.items() if number == 2)
    ages = [whole_years(d.person.birth_date, DECK_DAY) for d in hidden
            if d.person.household == home]  # fmt: skip
    assert all(55 <= age <= 60 for age in ages)


@pytest.mark.parametrize(
    ("surname", "age", "kind"),
    [
        ("Akker", 48, "support"),
        ("Yıldırım", 53, "support"),
        ("Kock", 65, "support"),
        ("Bouzidi", 32, "rest"),
        ("Zanten", 57, "kp3"),
    ],
)
def test_the_cases_of_the_deck_are_there(dossiers, surname, age, kind):
    west = [d for d in dossiers.values() if d.key[:3] == "wb-" and d.opened_on <= NOTE_DAY]
    named = [d for d in west if d.person.surname == surname]
    found = [d for d in named if whole_years(d.person.birth_date, DECK_DAY) == age]
    assert [d.kind_on(DECK_DAY) for d in found] == [kind]


def test_449_households_is_the_latest_figure_on_the_day_of_the_note():
    counts = [e for e in story(TODAY) if isinstance(e, RegisterWelfareCount)
              and e.municipality == "west-betuwe" and e.counted_on <= NOTE_DAY]  # fmt: skip
    latest = max(counts, key=lambda count: count.counted_on)
    assert (latest.counted_on, latest.households) == (date(2020, 7, 1), 449)
    assert latest.day <= NOTE_DAY


def test_the_widower_lost_his_wife_who_had_a_dossier_too(dossiers):
    home = [d for d in dossiers.values() if d.person.household == "huis-van-zanten"]
    reasons = {row.stop_reason for d in home for row in d.rows if row.kind is STOPPED}
    assert reasons == {StopReason.DECEASED, StopReason.HANDED_OVER}


@pytest.mark.parametrize("seed", [1, 77])
@pytest.mark.parametrize("today", [date(2022, 1, 1), date(2022, 3, 1), date(2024, 2, 29)])
def test_seed_and_today_leave_the_golden_history_alone(seed, today):
    golden = [event for event in story(TODAY) if event.day <= GOLDEN_END]
    assert [event for event in story(today, seed) if event.day <= GOLDEN_END] == golden


def test_an_early_today_tells_the_beginning_only():
    early = story(date(2020, 11, 3))
    assert early == story(TODAY)[: len(early)]
    assert max(event.day for event in early) == NOTE_DAY or early[-1].day < NOTE_DAY


def test_somebody_who_moved_has_a_dossier_in_each_municipality():
    opened = [e for e in story(TODAY) if isinstance(e, OpenDossier) and e.person.bsn]
    twice = [n for n, times in Counter(e.person.bsn for e in opened).items() if times > 1]
    assert len(twice) == 1
    first, second = (e for e in opened if e.person.bsn == twice[0])
    assert (first.municipality, second.municipality) == ("west-betuwe", "buren")
    stops = {e.dossier: e for e in story(TODAY) if isinstance(e, StopDossier)}
    assert stops[first.dossier].stop_reason is StopReason.MOVED
    assert stops[first.dossier].valid_from <= second.opened_on
