"""Recording a conversation in a browser: fast, by keyboard, without scripts, and nothing lost."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kp4web.conversations.models import ContactAttempt
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.outlines.commands import SaveOutline, add_outline
from kp4web.worklist.models import Agreement, FollowUp
from tests.browser import ON_SQLITE, only, run_axe_at_all_widths, with_javascript
from tests.conftest import TODAY
from tests.conversation_form import (
    REPORT,
    SAVED,
    make_lead,
    make_number,
    open_form,
    report_field,
    reports,
    status_line,
    submit,
)
from tests.factories import (
    actor,
    at,
    make_dossier,
    make_user,
)


@pytest.fixture
def lead(arrange):
    return make_lead(arrange)


@pytest.fixture
def number(arrange, lead):
    return make_number(arrange, lead)


@pytest.fixture
def page(page_as, lead, number):
    """Return the form, opened by the lead."""
    return open_form(page_as, lead, number)


# ---------------------------------------------------------------------- recording


def test_a_conversation_with_follow_up_is_recorded(page, number, arrange):
    """Runs with and without JavaScript."""
    report_field(page).fill(REPORT)
    page.get_by_label("Bellen over de huur").check()
    page.get_by_label("Opvolgen op").fill("2026-12-01")
    page.get_by_label("Wat gaat u dan doen?").fill("Samen langsgaan")
    submit(page)
    expect(page).to_have_url(re.compile(f"/dossiers/{number}$"))
    expect(page.get_by_role("status")).to_contain_text(
        "Het gesprek is vastgelegd. Opvolging op 01-12-2026."
    )
    assert reports(arrange) == [REPORT]
    with arrange():
        open_ones = db.session.scalars(select(FollowUp).where(FollowUp.ended_at.is_(None))).all()
        assert [(row.due_on, row.what) for row in open_ones] == [
            (date(2026, 12, 1), "Samen langsgaan")
        ]


def test_an_attempt_is_recorded_without_a_report(page):
    page.get_by_label("Geen gehoor").check()
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("De contactpoging is vastgelegd.")


def test_errors_stand_at_their_fields_and_nothing_is_lost(page, variant, arrange):
    page.get_by_label("Datum", exact=True).fill("")
    page.get_by_label("Wat gaat u dan doen?").fill("Samen langsgaan")
    submit(page)
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text("Er zijn 2 fouten gevonden")
    if variant.javascript:
        expect(summary).to_be_focused()
    day = page.get_by_label("Datum", exact=True)
    expect(day).to_have_accessible_description("Vul een datum in.")
    day.fill(TODAY.isoformat())
    expect(page.get_by_label("Wat gaat u dan doen?")).to_have_value("Samen langsgaan")
    page.get_by_label("Wat gaat u dan doen?").fill("")
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@with_javascript
def test_no_answer_is_two_clicks_from_the_work_list_and_the_next_one_a_third(page, arrange):
    page.goto("/werkvoorraad")
    page.locator("summary", has_text="Niet bereikt").first.click()
    page.get_by_role("button", name="Geen gehoor").click()
    expect(page.get_by_role("status")).to_contain_text("De contactpoging is vastgelegd.")
    with arrange():
        (tried,) = db.session.scalars(select(ContactAttempt)).all()
        assert (tried.held_on, tried.outcome) == (TODAY, "no_answer")
    page.get_by_role("button", name="+1 week, wo 25-11-2026").click()
    expect(page.get_by_role("status")).to_contain_text("wo 25-11-2026")
    with arrange():
        days = db.session.scalars(select(FollowUp.due_on).where(FollowUp.ended_at.is_(None)))
        assert date(2026, 11, 25) in days.all()


def test_an_attempt_from_a_row_and_the_next_one_with_and_without_scripts(page, number):
    page.goto(f"/dossiers/{number}/pogingen/nieuw?terug=/werkvoorraad")
    page.get_by_role("button", name="Niet verschenen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wanneer probeert u het weer?")
    page.get_by_role("button", name="+1 week").click()
    expect(page).to_have_url(re.compile(r"/werkvoorraad$"))
    expect(page.get_by_role("status")).to_contain_text("De opvolging is gepland op wo 25-11-2026")


def test_one_more_agreement_keeps_everything_typed(page, arrange):
    """Runs with and without JavaScript."""
    report_field(page).fill(REPORT)
    page.locator("summary", has_text="Afspraken vastleggen").click()
    page.get_by_label("Afspraak 1").fill("De huisarts bellen")
    page.get_by_label("Wie", exact=True).first.select_option("resident")
    page.get_by_label("Uiterlijk op").first.fill("2026-12-01")
    page.get_by_role("button", name="Nog een afspraak").click()
    expect(page.get_by_label("Afspraak 4")).to_be_visible()
    expect(page.get_by_label("Afspraak 1")).to_have_value("De huisarts bellen")
    expect(report_field(page)).to_have_value(REPORT)
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    with arrange():
        made = db.session.scalars(select(Agreement)).all()
        assert [(row.what, row.due_on) for row in made] == [
            ("De huisarts bellen", date(2026, 12, 1))
        ]


def test_headings_of_an_outline_come_under_what_was_typed(page, variant, arrange):
    """Runs with and without JavaScript."""
    with arrange():
        coordinator = actor(make_user(Role.COORDINATOR, name="S. de Wit"))
        outline = SaveOutline("Eerste gesprek", ("Gezondheid", "Dagindeling"))
        add_outline(db.session(), coordinator, outline, now=at(TODAY))
        db.session.commit()
    page.reload()
    report_field(page).fill(REPORT)
    page.get_by_label("Wat gaat u dan doen?").fill("Samen langsgaan")
    page.locator("summary", has_text="sjabloon").click()
    page.get_by_label("Sjabloon", exact=True).select_option(label="Eerste gesprek")
    page.get_by_role("button", name="Invoegen").click()
    expect(report_field(page)).to_have_value(f"{REPORT}\n\nGezondheid:\n\n\nDagindeling:\n")
    expect(page.get_by_label("Wat gaat u dan doen?")).to_have_value("Samen langsgaan")
    expect(report_field(page)).to_be_focused()
    if variant.javascript:  # the cursor stands under the first heading, and the text is kept
        page.keyboard.type("Goed.")
        whole = f"{REPORT}\n\nGezondheid:\nGoed.\n\nDagindeling:\n"
        expect(report_field(page)).to_have_value(whole)
        expect(status_line(page)).to_have_text(SAVED)


@with_javascript
def test_from_the_work_list_and_back_in_few_interactions(page, arrange):
    done = []

    def do(act):
        done.append(act)
        act()

    page.goto("/werkvoorraad")
    row = page.get_by_test_id("due-item").first
    do(row.get_by_role("link", name="Gesprek vastleggen").click)
    do(lambda: report_field(page).fill(REPORT))
    do(page.get_by_label("Bellen over de huur").check)
    do(page.get_by_role("button", name="Voorstel").click)
    do(lambda: page.get_by_label("Wat gaat u dan doen?").fill("Bellen"))
    do(lambda: submit(page))
    expect(page).to_have_url(re.compile(r"/werkvoorraad"))
    expect(page.get_by_role("status")).to_contain_text("Opvolging op 18-02-2027.")
    assert len(done) <= 8
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_by_keyboard_alone(page, arrange):
    page.get_by_label("Gesprek gevoerd").focus()
    for expected in ("held_on", "held_at", "channel", "report"):
        for _ in range(6):  # a date or time field has parts of its own
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == expected:
                break
        assert page.evaluate("document.activeElement.name") == expected
    page.keyboard.type(REPORT)
    pick = page.get_by_role("button", name="+1 week")
    while not pick.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Opvolgen op")).to_have_value("2026-11-25")
    button = page.get_by_role("button", name="Gesprek vastleggen")
    while not button.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Opvolging op 25-11-2026.")
    assert reports(arrange) == [REPORT]


@with_javascript
def test_a_double_click_makes_one_record(page, arrange):
    report_field(page).fill(REPORT)
    page.get_by_role("button", name="Gesprek vastleggen").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_the_time_of_another_day_is_unknown(page):
    expect(page.locator("#held_at")).not_to_have_value("")
    page.get_by_label("Datum").fill("2026-11-17")
    expect(page.locator("#held_at")).to_have_value("")


# ---------------------------------------------------------------------- for everyone


@only(ON_SQLITE)
def test_the_form_is_accessible_in_its_states(page):
    run_axe_at_all_widths(page)
    page.get_by_label("Wat gaat u dan doen?").fill("Bellen")
    submit(page)
    expect(page.locator(".error-summary")).to_be_visible()
    run_axe_at_all_widths(page)


@only(ON_SQLITE)
def test_report_draft_rest_and_message_are_accessible(page, page_as, arrange, lead, number):
    from kp4web.accounts.models import User

    report_field(page).fill(REPORT)
    page.get_by_role("button", name="Concept bewaren").click()
    expect(status_line(page)).to_have_text(SAVED)
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    run_axe_at_all_widths(page)
    page.goto(f"/dossiers/{number}/gesprekken/1")
    run_axe_at_all_widths(page)
    with arrange():
        colleague = make_user(name="M. de Boer")
        resting = make_dossier(track="rest", lead=db.session.get_one(User, lead))
        colleague_id, at_rest = colleague.id, resting.number
    page.goto(f"/dossiers/{at_rest}/gesprekken/nieuw")
    run_axe_at_all_widths(page)
    theirs = page_as(colleague_id)
    for path in ("gesprekken/nieuw", "berichten"):
        theirs.goto(f"/dossiers/{number}/{path}")
        run_axe_at_all_widths(theirs)
