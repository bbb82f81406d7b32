"""The page on which rest is decided: extend, support, KP3 or stop."""

import re
from datetime import date

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.tracks.commands import change_track
from tests.conftest import TODAY
from tests.factories import actor, at, make_conversation, make_dossier, make_follow_up, make_user

SECOND = "De medicatie wordt nog ingesteld; daarom verlengd."


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def resting(lead):
    """Return a dossier in rest since 2 March, extended once, decision due before 18-12-2026."""
    first = TrackChange(
        TrackKind.REST, date(2026, 3, 2), "Behandeling is net begonnen.", date(2026, 9, 2)
    )
    second = TrackChange(
        TrackKind.REST, date(2026, 9, 1), SECOND, date(2026, 12, 18), avoid="Niet bellen."
    )
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    for change in (first, second):
        day = change.valid_from
        change_track(db.session(), actor(lead), dossier.number, change, now=at(day), today=day)
    db.session.commit()
    return dossier


def url(dossier):
    return f"/dossiers/{dossier.number}/rustbesluit"


def test_it_shows_how_the_rest_went_and_chooses_nothing(http_as, lead, resting):
    make_conversation(resting, lead, held_on=date(2026, 10, 6), report="Slaapt weer beter.")
    page = http_as(lead).get(url(resting))
    words = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Rust sinds 02-03-2026 , 1 keer verlengd" in words
    assert words.index("Behandeling is net begonnen.") < words.index(SECOND)
    assert "Slaapt weer beter." in words
    form = page.text[page.text.index('class="stack track-form"') :]
    offered = [kind.value for kind in TrackKind if f'value="{kind.value}"' in form]
    assert sorted(offered) == ["kp3", "rest", "stopped", "support"]
    assert not any("checked" in tag for tag in form.split("<input") if 'name="kind"' in tag)
    assert "Niet bellen." in form  # what to avoid goes along with an extension


def test_the_coordinator_decides_without_reading_reports(http_as, lead, resting):
    make_conversation(resting, lead, held_on=date(2026, 10, 6), report="Slaapt weer beter.")
    page = http_as(make_user(Role.COORDINATOR)).get(url(resting)).text
    assert "Slaapt weer beter." not in page
    assert "niet zichtbaar voor uw rol" in page
    assert SECOND in page


def test_what_is_wrong_comes_back_on_the_page_of_the_decision(http_as, lead, resting):
    data = {"rustbesluit": "1", "kind": "rest", "valid_from": TODAY.isoformat(),
            "planned_end": "2026-12-01", "reason": "Nog even wachten."}  # fmt: skip
    answer = http_as(lead).post(f"/dossiers/{resting.number}/traject", data=data)
    assert answer.status_code == 422
    assert "Besluit over rust" in answer.text
    assert "Verlengen kan alleen tot een datum na 18-12-2026." in answer.text
    assert "Nog even wachten." in answer.text


def test_extending_keeps_what_was_kept_unless_somebody_unticks_it(http_as, lead, resting):
    follow_up = make_follow_up(resting, lead, due_on=date(2026, 12, 1))
    page = http_as(lead).get(url(resting)).text
    (box,) = (tag for tag in page.split("<input") if 'name="keep"' in tag)
    assert f'value="{follow_up.id}"' in box
    assert "checked" in box


def test_the_work_list_leads_to_the_decision(http_as, lead, resting):
    assert f'href="{url(resting)}' in http_as(lead).get("/werkvoorraad").text


def test_without_rest_there_is_nothing_to_decide(http_as, lead):
    dossier = make_dossier(lead=lead)
    answer = http_as(lead).get(url(dossier))
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}/traject")
