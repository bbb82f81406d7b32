"""The page of one dossier: which role sees which part, the household and the BSN."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.conversations.models import AttemptOutcome, Channel
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.residents.commands import (
    ContactInput,
    HouseholdRelation,
    MemberInput,
    save_contact,
    save_member,
)
from kp4web.worklist.commands import (
    LeaveMessage,
    leave_message,
)
from tests.conftest import TODAY
from tests.dossier_page import PARTIAL, page_of, path
from tests.factories import (
    a_bsn,
    actor,
    at,
    make_conversation,
    make_dossier,
    make_user,
)

SECRET = "Geheim verslag kanarie"


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def colleague(app):
    return make_user(name="Ö. Demir")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="S. de Wit")


# ---------------------------------------------------------------------- the matrix


@pytest.fixture
def full(lead, colleague):
    """A dossier with something in every field that is not for everybody."""
    dossier = make_dossier(
        lead=lead, opened_on=date(2026, 3, 1), bsn=a_bsn(), approach="Aanpak kanarie",
        today=date(2026, 3, 1),
    )  # fmt: skip
    make_conversation(
        dossier, lead, report=SECRET, channel=Channel.PHONE, today=date(2026, 11, 2),
        follow_up_on=date(2026, 11, 30), follow_up_what="Opvolging kanarie",
    )  # fmt: skip
    make_conversation(
        dossier, lead, report="Poging kanarie", attempt=AttemptOutcome.NO_ANSWER,
        channel=Channel.PHONE,
    )  # fmt: skip
    leave_message(
        db.session(), actor(colleague), dossier.number, LeaveMessage("Bericht kanarie"),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    save_contact(
        db.session(), actor(lead), dossier.number, ContactInput("Betrokkene kanarie", "Zus"),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    save_member(
        db.session(), actor(lead), dossier.number,
        MemberInput("Gezinslid kanarie", HouseholdRelation.CHILD, date(2012, 4, 1)),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    db.session.commit()
    return dossier


def seen(html):
    texts = {
        "report": SECRET, "attempt": "Poging kanarie", "message": "Bericht kanarie",
        "what": "Opvolging kanarie", "contact": "Betrokkene kanarie",
        "member": "Gezinslid kanarie", "approach": "Aanpak kanarie", "bsn": "BSN tonen",
    }  # fmt: skip
    return {name for name, text in texts.items() if text in html}


def test_the_lead_sees_everything(http_as, lead, full):
    assert seen(page_of(http_as(lead), full)) == {
        "report", "attempt", "message", "what", "contact", "member", "approach", "bsn",
    }  # fmt: skip


def test_a_colleague_sees_that_there_was_contact_and_nothing_of_the_reports(http_as, full):
    html = page_of(http_as(make_user()), full)
    assert seen(html) == {"what", "contact", "member", "approach"}
    assert "Telefonisch gesprek" in html
    assert "geen gehoor" in html
    assert "Dat leest alleen de vaste consulent" in html


def test_a_colleague_reads_the_own_message_and_the_own_conversation(http_as, colleague, full):
    report = "Zelf gesproken. " * 60
    make_conversation(full, colleague, report=report, channel=Channel.HOME_VISIT)
    html = page_of(http_as(colleague), full)
    assert seen(html) == {"message", "what", "contact", "member", "approach"}
    assert report.strip() in html


def test_a_coordinator_sees_dates_and_no_text_of_the_work(http_as, coordinator, full):
    html = page_of(http_as(coordinator), full)
    assert seen(html) == {"member", "approach", "bsn"}
    assert "Opvolging gepland op 30-11-2026" in html
    assert 'id="betrokkenen"' not in html
    assert "Betrokkenen" in html.split("Niet zichtbaar voor uw rol")[1]


@pytest.mark.parametrize(
    "query", ["?soort=gesprekken", "?soort=opvolging", "?soort=traject", "?voor=2026-12-31"]
)
def test_no_filter_and_no_fragment_shows_more_than_the_page(http_as, coordinator, full, query):
    http = http_as(coordinator)
    assert seen(page_of(http, full, query)) <= {"member", "approach", "bsn"}
    for target in ("section#tijdlijn", "p#earlier"):
        part = http.get(path(full) + query, headers=PARTIAL | {"HX-Target": target})
        assert part.status_code == 200
        assert seen(part.text) == set()


def test_actions_are_offered_to_who_may_use_them(http_as, lead, colleague, coordinator):
    dossier = make_dossier(lead=lead)
    offers = {
        name: text in page_of(http_as(user), dossier)
        for user in (lead, colleague, coordinator)
        for name, text in {
            f"{user.name} records": "Gesprek vastleggen",
            f"{user.name} leaves word": "Bericht achterlaten",
            f"{user.name} changes track": "Traject wijzigen",
            f"{user.name} plans": "Opvolging plannen",
            f"{user.name} changes the person": f"{path(dossier)}/inwoner",
            f"{user.name} changes contacts": f"{path(dossier)}/betrokkenen/nieuw",
        }.items()
    }
    assert {name for name, offered in offers.items() if offered} == {
        "K. Jansen records", "K. Jansen changes track", "K. Jansen plans",
        "K. Jansen changes the person", "K. Jansen changes contacts",
        "Ö. Demir records", "Ö. Demir leaves word",
        "S. de Wit changes track", "S. de Wit changes the person",
    }  # fmt: skip


def test_who_is_both_lead_and_coordinator_has_the_rights_of_both(http_as):
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    mine, other = make_dossier(lead=both), make_dossier(lead=make_user())
    for dossier, author in ((mine, both), (other, make_user())):
        make_conversation(dossier, author, report=SECRET)
    http = http_as(both)
    assert SECRET in page_of(http, mine)
    assert "Toewijzen" in page_of(http, mine)
    assert SECRET not in page_of(http, other)


# ---------------------------------------------------------------------- household


def test_a_partner_is_shown_with_a_link_to_the_dossier(http_as, lead):
    mine = make_dossier(lead=lead)
    partner = make_dossier(
        partner_of=mine.number, surname="Heuvel", prefix="van den", initials="T."
    )
    html = page_of(http_as(lead), mine)
    assert "T. van den Heuvel" in html
    assert f'href="{path(partner)}"' in html


# ---------------------------------------------------------------------- BSN


def test_the_bsn_is_masked_and_showing_it_is_logged(http_as, lead):
    bsn = a_bsn()
    dossier = make_dossier(lead=lead, bsn=bsn)
    http = http_as(lead)
    masked = page_of(http, dossier)
    assert bsn not in masked
    assert f"•••••• {bsn[-3:]}" in masked
    shown = http.post(path(dossier) + "/bsn")
    assert shown.status_code == 200
    assert bsn in shown.text
    assert "Tijdlijn" in shown.text
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["bsn_reveal", "dossier_read"]


def test_htmx_gets_the_number_in_its_place(http_as, lead):
    bsn = a_bsn()
    dossier = make_dossier(lead=lead, bsn=bsn)
    part = http_as(lead).post(path(dossier) + "/bsn", headers=PARTIAL)
    assert part.status_code == 200
    assert part.text.lstrip().startswith("<div")
    assert bsn in part.text
    assert "<main" not in part.text
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.dossier_id) == ("bsn_reveal", dossier.id)


def test_an_unknown_bsn_has_no_button(http_as, lead):
    html = page_of(http_as(lead), make_dossier(lead=lead, bsn=None))
    assert "niet bekend" in html
    assert "BSN tonen" not in html


def test_a_colleague_cannot_reveal_the_bsn(http_as, lead, colleague):
    bsn = a_bsn()
    answer = http_as(colleague).post(path(make_dossier(lead=lead, bsn=bsn)) + "/bsn")
    assert answer.status_code == 403
    assert bsn not in answer.text


def test_revealing_in_another_municipality_is_404(http_as, lead):
    stranger = http_as(make_user(Role.COORDINATOR, municipality="Buren"))
    assert stranger.post(path(make_dossier(lead=lead)) + "/bsn").status_code == 404
