"""The form of a conversation in a browser, as the tests fill it in."""

import re
from datetime import date

from playwright.sync_api import expect
from sqlalchemy import select, update

from kp4web.accounts.models import User, UserSession
from kp4web.conversations.models import Conversation
from kp4web.drafts.models import Draft
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import (
    PASSWORD,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)

REPORT = "Mevrouw gaat nu twee ochtenden naar de dagbesteding."
EMAIL = "k.jansen@westbetuwe.example"
SAVED = re.compile(r"Bewaard om \d\d:\d\d")


def make_lead(arrange):
    """Return the id of the lead who types."""
    with arrange():
        return make_user(name="K. Jansen", email=EMAIL).id


def make_number(arrange, lead):
    """Return the number of a dossier with one talk and one follow-up of today."""
    with arrange():
        user = db.session.get_one(User, lead)
        dossier = make_dossier(
            lead=user, surname="Wojciechowska-van den Heuvel", approach="Bel eerst."
        )
        make_conversation(dossier, user, held_on=date(2026, 7, 1), report="Eerder gesproken.")
        make_follow_up(dossier, user, due_on=TODAY, what="Bellen over de huur")
        return dossier.number


def open_form(page_as, lead, number):
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
