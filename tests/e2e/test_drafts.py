"""Nothing typed is lost: each kind of fault once, on any form; the long run is ``./kp4 drill``."""

import re
import threading

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update
from werkzeug.serving import make_server

from kp4web.accounts.models import User, UserSession
from kp4web.clients.models import Client
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from tests.browser import ON_SQLITE, WITHOUT_JAVASCRIPT, only, run_axe_at_all_widths
from tests.factories import PASSWORD, make_dossier, make_person, make_user

EMAIL = "k.jansen@westbetuwe.example"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")
WORDS = "Mevrouw zorgt elke dag voor haar moeder."


@pytest.fixture
def lead(arrange):
    with arrange():
        return make_user(name="K. Jansen", email=EMAIL).id


@pytest.fixture
def number(arrange, lead):
    with arrange():
        person = make_person(phone="0345 1", approach="Bel eerst.")
        return make_dossier(lead=db.session.get_one(User, lead), person=person).number


def kept(arrange):
    with arrange():
        return list(db.session.scalars(select(Draft.fields)))


@only(ON_SQLITE)
def test_the_server_restarts_while_one_types_the_reason_of_a_track(
    app, page_as, lead, number, complaints, arrange
):
    http = make_server("127.0.0.1", 0, app, threaded=True)
    port, thread = http.server_port, threading.Thread(target=http.serve_forever, args=[0.05])
    thread.start()
    page = page_as(lead)
    page.context.add_cookies(
        [c | {"url": f"http://127.0.0.1:{port}/"} for c in _bare(page.context.cookies())]
    )
    page.goto(f"http://127.0.0.1:{port}/dossiers/{number}/traject")
    http.shutdown()
    thread.join()
    http.server_close()
    page.get_by_label("Toelichting").fill(WORDS)
    expect(page.locator("#draft-status")).to_contain_text("Nog niet bewaard.")
    expect(page.locator("#message")).to_contain_text("Geen verbinding.")
    http = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, args=[0.05])
    thread.start()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#draft-status")).to_have_text(SAVED)
    assert kept(arrange)[0]["reason"] == [WORDS]
    page.close()
    http.shutdown()
    thread.join()
    http.server_close()
    complaints.clear()  # the browser reports that nobody answered, and the other port


def _bare(cookies):
    return [{"name": cookie["name"], "value": cookie["value"]} for cookie in cookies]


@only(ON_SQLITE)
def test_a_computer_that_slept_past_the_session_loses_nothing(page_as, lead, number, arrange):
    page = page_as(lead)
    page.clock.install()
    page.goto(f"/dossiers/{number}/traject")
    page.get_by_label("Toelichting").fill(WORDS)
    with arrange():
        db.session.execute(update(UserSession).values(expires_at=UserSession.created_at))
    page.clock.fast_forward("40:00")
    expect(page.locator("#session-warning")).to_contain_text("U bent uitgelogd")
    tab = page.context.new_page()
    tab.goto("/inloggen")
    tab.get_by_label("E-mailadres").fill(EMAIL)
    tab.get_by_label("Wachtwoord").fill(PASSWORD)
    tab.get_by_role("button", name="Inloggen").click()
    expect(tab).not_to_have_url(re.compile("inloggen"))
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#draft-status")).to_have_text(SAVED)
    assert kept(arrange)[0]["reason"] == [WORDS]


@only(ON_SQLITE)
def test_a_warning_comes_before_the_session_ends_and_can_be_answered(page_as, lead):
    page = page_as(lead)
    page.clock.install()
    page.goto("/account")
    page.clock.fast_forward("24:00")
    expect(page.locator("#session-warning")).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(page.get_by_role("alert").filter(has_text="wordt u uitgelogd")).to_be_visible()
    run_axe_at_all_widths(page)
    page.get_by_role("button", name="Ingelogd blijven").click()
    expect(page.locator("#session-warning")).to_be_hidden()


def test_a_draft_is_listed_on_the_work_list_and_thrown_away(
    page_as, lead, number, variant, arrange
):
    """Runs with and without JavaScript."""
    page = page_as(lead)
    page.goto(f"/dossiers/{number}/traject")
    page.get_by_label("Toelichting").fill(WORDS)
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text(re.compile("Bewaard om|Het concept is bewaard")).first).to_be_visible()
    page.goto("/werkvoorraad")
    line = page.get_by_test_id("draft")
    expect(line).to_contain_text(number)
    if variant.javascript:
        run_axe_at_all_widths(page)
    line.get_by_role("link", name="Traject wijzigen").click()
    expect(page.get_by_label("Toelichting")).to_have_value(WORDS)
    page.goto("/werkvoorraad")
    page.get_by_test_id("draft").get_by_role("button", name="Weggooien").click()
    expect(page.get_by_role("status").first).to_contain_text("Het concept is weggegooid.")
    expect(page.get_by_test_id("draft")).to_have_count(0)
    assert kept(arrange) == []


@only(ON_SQLITE, WITHOUT_JAVASCRIPT)
def test_two_editors_see_both_versions_and_choose(page_as, lead, number, variant, arrange):
    mine = page_as(lead)
    mine.goto(f"/dossiers/{number}/inwoner")
    with arrange():
        db.session.execute(update(Client).values(phone="0345 2", approach="Schrijf een brief."))
    mine.get_by_label("Telefoon").fill("0345 3")
    mine.get_by_label("Zo benadert u deze inwoner").fill("Bel na elf uur.")
    mine.get_by_role("button", name="Opslaan").click()
    expect(mine.locator(".error-summary")).to_contain_text("Iemand anders heeft dit intussen")
    expect(mine.get_by_test_id("clash")).to_have_count(2)
    expect(mine.get_by_test_id("clash").last).to_contain_text("Schrijf een brief.")
    if variant.javascript:
        expect(mine.locator(".error-summary")).to_be_focused()
        run_axe_at_all_widths(mine)
    mine.get_by_label("Wat er nu staat: 0345 2").check()
    mine.get_by_label("Zo benadert u deze inwoner").fill("Bel na elf uur of schrijf.")
    mine.get_by_role("button", name="Opslaan").click()
    expect(mine).to_have_url(re.compile(f"/dossiers/{number}$"))
    with arrange():
        row = db.session.scalars(select(Client)).one()
        assert (row.phone, row.approach) == ("0345 2", "Bel na elf uur of schrijf.")
