"""Recording a conversation in a browser: fast, by keyboard, without scripts, and nothing lost."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from kp4web.accounts.models import UserSession
from kp4web.conversations.models import ContactAttempt, Conversation
from kp4web.domain.actor import Role
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from kp4web.outlines.commands import SaveOutline, add_outline
from kp4web.worklist.models import Agreement, FollowUp
from tests.browser import ON_SQLITE, only, run_axe_at_all_widths, with_javascript
from tests.conftest import TODAY
from tests.factories import (
    PASSWORD,
    actor,
    at,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)

REPORT = "Mevrouw gaat nu twee ochtenden naar de dagbesteding."
EMAIL = "k.jansen@westbetuwe.example"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")


@pytest.fixture
def lead(arrange):
    with arrange():
        return make_user(name="K. Jansen", email=EMAIL).id


@pytest.fixture
def number(arrange, lead):
    from kp4web.accounts.models import User

    with arrange():
        user = db.session.get_one(User, lead)
        dossier = make_dossier(
            lead=user, surname="Wojciechowska-van den Heuvel", approach="Bel eerst."
        )
        make_conversation(dossier, user, held_on=date(2026, 7, 1), report="Eerder gesproken.")
        make_follow_up(dossier, user, due_on=TODAY, what="Bellen over de huur")
        return dossier.number


@pytest.fixture
def page(page_as, lead, number):
    """Return the form, opened by the lead."""
    page = page_as(lead)
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    return page


def report_field(page):
    return page.get_by_label("Verslag")


def submit(page):
    page.get_by_role("button", name="Gesprek vastleggen").click()


def status_line(page):
    return page.locator("#draft-status")


def end_session(arrange):
    with arrange():
        db.session.execute(update(UserSession).values(expires_at=UserSession.created_at))


def sign_in(page):
    page.goto("/inloggen")
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).not_to_have_url(re.compile("inloggen"))


def reports(arrange):
    with arrange():
        rows = db.session.scalars(select(Conversation.report).order_by(Conversation.id)).all()
        return list(rows)[1:]


def drafts(arrange):
    with arrange():
        return [draft.fields["report"] for draft in db.session.scalars(select(Draft))]


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
    expect(page.get_by_label("Tijd")).not_to_have_value("")
    page.get_by_label("Datum").fill("2026-11-17")
    expect(page.get_by_label("Tijd")).to_have_value("")


# ---------------------------------------------------------------------- the draft


@with_javascript
def test_a_draft_survives_the_tab_and_is_gone_after_sending(page, context, number, arrange):
    report_field(page).press_sequentially(REPORT)
    expect(status_line(page)).to_have_text(SAVED)
    assert drafts(arrange) == [[REPORT]]
    page.close()
    page = context.new_page()
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(page.get_by_text("Er is een concept van")).to_be_visible()
    expect(report_field(page)).to_have_value(REPORT)
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert drafts(arrange) == []
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(report_field(page)).to_have_value("")
    expect(page.get_by_text("Er is een concept van")).to_have_count(0)


@only(ON_SQLITE)
def test_who_never_stops_typing_is_saved_all_the_same(page, arrange):
    with page.expect_response("**/gesprekken"):
        for _ in range(30):
            report_field(page).press_sequentially("woord ", delay=12)
    assert drafts(arrange)[0][0].startswith("woord woord")


def test_a_draft_is_saved_and_thrown_away_by_hand(page, number, arrange):
    """Runs with and without JavaScript."""
    report_field(page).fill(REPORT)
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text(re.compile("Bewaard om|Het concept is bewaard")).first).to_be_visible()
    page.goto(f"/dossiers/{number}/gesprekken/nieuw")
    expect(report_field(page)).to_have_value(REPORT)
    page.get_by_role("button", name="Concept weggooien").click()
    expect(page.get_by_role("status")).to_contain_text("Het concept is weggegooid.")
    expect(report_field(page)).to_have_value("")
    assert drafts(arrange) == []


@only(ON_SQLITE)
def test_the_last_words_are_saved_while_the_page_closes(page, arrange):
    report_field(page).fill("Net getypt")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert drafts(arrange) == [["Net getypt"]]


@with_javascript
def test_an_ended_session_loses_nothing(page, context, arrange):
    end_session(arrange)
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("U bent niet meer ingelogd.")
    expect(report_field(page)).to_have_value(REPORT)
    sign_in(context.new_page())
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_a_cleared_browser_loses_nothing(page, context, arrange):
    context.clear_cookies()
    report_field(page).fill(REPORT)
    expect(page.get_by_role("alert")).to_contain_text("verlopen")
    expect(status_line(page)).to_contain_text("Niet bewaard.")
    sign_in(context.new_page())
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]


@only(ON_SQLITE)
def test_somebody_else_in_this_browser_sends_nothing_by_itself(page, context, arrange):
    context.clear_cookies()
    with arrange():
        other = make_user(name="M. de Boer", email="m.deboer@westbetuwe.example")
        assert other.id
    report_field(page).fill(REPORT)
    tab = context.new_page()
    tab.goto("/inloggen")
    tab.get_by_label("E-mailadres").fill("m.deboer@westbetuwe.example")
    tab.get_by_label("Wachtwoord").fill(PASSWORD)
    tab.get_by_role("button", name="Inloggen").click()
    expect(tab).not_to_have_url(re.compile("inloggen"))
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("Dit scherm was verlopen.")
    expect(report_field(page)).to_have_value(REPORT)
    assert reports(arrange) == []


def test_without_javascript_an_ended_session_gives_the_text_back(page, variant, arrange):
    """Runs in every variant; with JavaScript the text stays in its field."""
    end_session(arrange)
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("textbox", name="Verslag")).to_have_value(REPORT)
    assert reports(arrange) == []


@only(ON_SQLITE)
def test_without_a_network_the_text_waits(page, context, complaints, arrange):
    context.set_offline(True)
    report_field(page).fill(REPORT)
    expect(page.get_by_role("alert")).to_contain_text("Geen verbinding.")
    expect(status_line(page)).to_contain_text("Nog niet bewaard.")
    context.set_offline(False)
    expect(status_line(page)).to_have_text(SAVED)
    expect(page.get_by_role("alert")).to_be_empty()
    assert drafts(arrange) == [[REPORT]]
    complaints.clear()  # the browser reports that there was no network


@only(ON_SQLITE)
def test_a_failing_proxy_costs_no_text(page, complaints, arrange):
    page.route("**/gesprekken", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    report_field(page).fill(REPORT)
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("niet bereikbaar")
    expect(report_field(page)).to_have_value(REPORT)
    page.unroute("**/gesprekken")
    submit(page)
    expect(page.get_by_role("status")).to_contain_text("Het gesprek is vastgelegd.")
    assert reports(arrange) == [REPORT]
    complaints.clear()


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
