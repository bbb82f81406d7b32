"""Acting on the work list: moving, completing and planning follow-ups, and the AOW date."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.worklist.commands import PlanFollowUp, plan_follow_up
from kp4web.worklist.models import FollowUp, PensionNote
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_dossier,
    make_follow_up,
    make_user,
)
from tests.worklist_page import LIST, subjects_of

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


# ---------------------------------------------------------------------- moving and completing


def test_a_move_is_kept_logged_and_leads_back_to_the_list(app, http_as):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    moved = http_as(lead).post(
        f"/opvolgingen/{row.id}/verzetting",
        data={"due_on": "02-12-2026", "terug": f"{LIST}?groep=today"},
    )
    assert moved.status_code == 303
    assert moved.location == f"{LIST}?groep=today"
    assert db.session.get_one(FollowUp, row.id).due_on == date(2026, 12, 2)
    assert db.session.scalar(text("SELECT count(*) FROM follow_up_move")) == 1
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.detail) == ("follow_up_move", {"follow_up": row.id})


@pytest.mark.parametrize("back", ["//kwaad.example", "https://kwaad.example", "/\\kwaad", "x", ""])
def test_the_way_back_is_a_page_of_our_own(app, http_as, back):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    done = http_as(lead).post(f"/opvolgingen/{row.id}/afhandeling", data={"terug": back})
    assert done.location == LIST


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Vul dit veld in"),
        ("31-02-2026", "geen bestaande datum"),
        ("morgen", "geen bestaande datum"),
        ("2026-11-17", "Kies vandaag of een dag daarna"),
        ("2035-01-01", "Kies een dag binnen vijf jaar"),
        ("1826-11-17", "jaartal kan niet kloppen"),
        ("2026-12-01\x00", "teken dat niet bewaard kan worden"),
    ],
)
def test_a_wrong_date_comes_back_with_what_was_typed(app, http_as, typed, said):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    http, address = http_as(lead), f"/opvolgingen/{row.id}/verzetting"
    for headers in ({}, PARTIAL):
        page = http.post(address, data={"due_on": typed}, headers=headers)
        assert page.status_code == 422
        assert said in page.text
        assert typed.strip("\x00") in page.text
        assert 'data-testid="field-error"' in page.text
    assert page.headers["HX-Retarget"] == f"#move-{row.id}"
    assert "<html" not in page.text
    assert db.session.get_one(FollowUp, row.id).due_on == TODAY


def test_the_form_to_move_is_a_page_and_a_fragment(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, surname="Bakker", initials="T.")
    row = make_follow_up(dossier, lead, due_on=TODAY, what="Huisbezoek")
    http = http_as(lead)
    page = http.get(f"/opvolgingen/{row.id}/verzetting?terug={LIST}")
    assert "T. Bakker" in page.text
    assert "Huisbezoek" in page.text
    assert "T. Bakker" not in page.text.split("</title>")[0]
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, subjects_of(last)) == ("due_item_read", [dossier.client_id])
    fragment = http.get(f"/opvolgingen/{row.id}/verzetting?rij=0", headers=PARTIAL)
    assert fragment.text.count('name="due_on"') == 5  # four quick picks and a date
    for day in ("2026-11-25", "2026-12-02", "2026-12-18", "2027-02-18"):
        assert f'value="{day}"' in fragment.text
    assert "T. Bakker" not in fragment.text
    assert db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).first() == (
        last.id
    )


def test_htmx_gets_the_list_anew_with_the_focus_where_one_was(app, http_as):
    lead = make_user()
    first = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY + timedelta(days=1))
    page = http_as(lead).post(
        f"/opvolgingen/{first.id}/afhandeling", data={"terug": LIST, "rij": "0"}, headers=PARTIAL
    )
    assert page.status_code == 200
    assert "<html" not in page.text
    assert "is afgehandeld" in page.text
    assert 'hx-swap-oob="innerHTML"' in page.text
    assert page.text.count(" data-focus") == 1
    assert page.text.index(" data-focus") < page.text.index('class="due__actions"')
    actions = db.session.scalars(
        select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)
    ).all()
    assert set(actions) == {"follow_up_complete", "worklist_read"}


def test_htmx_from_another_page_goes_back_to_that_page(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    row = make_follow_up(dossier, lead, due_on=TODAY)
    page = http_as(lead).post(
        f"/opvolgingen/{row.id}/afhandeling",
        data={"terug": f"/dossiers/{dossier.number}"},
        headers=PARTIAL,
    )
    assert page.headers["HX-Redirect"] == f"/dossiers/{dossier.number}"


def test_what_somebody_settled_before_is_a_conflict_that_says_so(app, http_as):
    lead, colleague = make_user(), make_user()
    dossier = make_dossier(lead=lead)
    command = PlanFollowUp(TODAY, "Samen", user_id=colleague.id)
    row = plan_follow_up(
        db.session(), actor(lead), dossier.number, command, now=at(TODAY), today=TODAY
    )
    http_as(colleague).post(f"/opvolgingen/{row.id}/afhandeling")
    http = http_as(lead)
    for answer in (
        http.post(f"/opvolgingen/{row.id}/afhandeling"),
        http.post(f"/opvolgingen/{row.id}/verzetting", data={"due_on": "2026-12-01"}),
        http.get(f"/opvolgingen/{row.id}/verzetting"),
    ):
        assert answer.status_code == 409
        assert "al afgehandeld op 18-11-2026, door een collega" in answer.text


@pytest.mark.parametrize("beyond", [2**31, 2**63, 10**25])
def test_an_id_that_cannot_exist_is_not_found(app, http_as, beyond):
    http = http_as(make_user())
    assert http.get(f"/opvolgingen/{beyond}/verzetting").status_code == 404
    assert http.post(f"/opvolgingen/{beyond}/afhandeling").status_code == 404
    assert http.post(f"/opvolgingen/{2**31 - 1}/afhandeling").status_code == 404


def test_a_follow_up_of_another_municipality_is_not_found(app, http_as):
    theirs = make_user(municipality="Buren")
    dossier = make_dossier(lead=theirs, municipality="Buren")
    row = make_follow_up(dossier, theirs, due_on=TODAY)
    for role in (Role.CONSULTANT, Role.COORDINATOR):
        http = http_as(make_user(role))
        missing = http.post("/opvolgingen/999999/afhandeling")
        for address in (f"/opvolgingen/{row.id}/afhandeling", f"/opvolgingen/{row.id}/verzetting"):
            answer = http.post(address, data={"due_on": "2026-12-01"})
            assert answer.status_code == 404
            assert without_address(answer) == without_address(missing)
        assert http.get(f"/opvolgingen/{row.id}/verzetting").status_code == 404
        for method in (http.get, http.post):
            assert method(f"/dossiers/{dossier.number}/aow").status_code == 404
        assert http.get(f"/dossiers/{dossier.number}/opvolgingen/nieuw").status_code == 404
        assert (
            http.post(
                f"/dossiers/{dossier.number}/opvolgingen", data={"due_on": "2026-12-01"}
            ).status_code
            == 404
        )
    assert db.session.get_one(FollowUp, row.id).ended_at is None


def without_address(answer):
    """Return the sentence of an error page, without what the form sent itself."""
    return re.search(r"Deze opvolging[^<]*", answer.text)[0]


def test_a_colleague_does_not_settle_what_the_lead_has_to_do(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    row = make_follow_up(dossier, lead, due_on=TODAY)
    http = http_as(make_user())
    assert http.post(f"/opvolgingen/{row.id}/afhandeling").status_code == 403
    assert http.get(f"/opvolgingen/{row.id}/verzetting").status_code == 403
    assert http.get(f"/dossiers/{dossier.number}/aow").status_code == 403
    assert http.get(f"/dossiers/{dossier.number}/opvolgingen/nieuw").status_code == 403


def test_a_coordinator_moves_but_does_not_complete(app, http_as):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY, what="Geheim")
    http = http_as(make_user(Role.COORDINATOR))
    form = http.get(f"/opvolgingen/{row.id}/verzetting")
    assert form.status_code == 200
    assert "Geheim" not in form.text
    address = f"/opvolgingen/{row.id}/verzetting"
    assert http.post(address, data={"due_on": "2026-12-01"}).status_code == 303
    assert http.post(f"/opvolgingen/{row.id}/afhandeling").status_code == 403


def test_without_a_token_nothing_changes(app, http_as):
    app.config["WTF_CSRF_ENABLED"] = True
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    answer = http_as(lead).post(f"/opvolgingen/{row.id}/afhandeling")
    assert answer.status_code == 401
    assert db.session.get_one(FollowUp, row.id).ended_at is None


# ---------------------------------------------------------------------- planning and the AOW date


def test_a_follow_up_is_planned_once_however_often_it_is_sent(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    http, address = http_as(lead), f"/dossiers/{dossier.number}/opvolgingen"
    assert "Opvolging plannen" in http.get(f"{address}/nieuw").text
    for _ in range(3):
        answer = http.post(address, data={"due_on": "2026-12-01", "what": "Bellen"})
        assert answer.location == f"/dossiers/{dossier.number}"
    rows = db.session.scalars(select(FollowUp)).all()
    assert [(row.due_on, row.what) for row in rows] == [(date(2026, 12, 1), "Bellen")]


def test_a_refused_plan_keeps_everything_typed(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    address = f"/dossiers/{dossier.number}/opvolgingen"
    http = http_as(lead)
    past = http.post(address, data={"due_on": "2026-11-17", "what": "Bellen met de huisarts"})
    long = http.post(address, data={"due_on": "2026-12-01", "what": "x" * 501})
    assert past.status_code == long.status_code == 422
    assert "Kies vandaag of een dag daarna" in past.text
    assert "Bellen met de huisarts" in past.text
    assert "U typte er 501" in long.text
    assert "x" * 501 in long.text
    assert db.session.scalar(text("SELECT count(*) FROM follow_up")) == 0


def test_a_stopped_dossier_takes_no_follow_up(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="stopped")
    answer = http_as(lead).post(
        f"/dossiers/{dossier.number}/opvolgingen", data={"due_on": "2026-12-01"}
    )
    assert answer.status_code == 422
    assert "Dit dossier is gestopt" in answer.text


def test_the_aow_forms_ask_for_a_note_and_postponing_for_a_day(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1959, 8, 1))
    http, address = http_as(lead), f"/dossiers/{dossier.number}/aow"
    assert "AOW-datum gezien" in http.get(address).text
    assert "Uitstellen tot" in http.get(f"{address}?uitstel=1").text
    empty = http.post(address, data={"note": "  "})
    assert empty.status_code == 422
    no_day = http.post(address, data={"note": "Wacht op de SVB.", "uitstel": "1"})
    assert no_day.status_code == 422
    assert "Wacht op de SVB." in no_day.text
    wrong = http.post(
        address,
        data={"note": "Wacht", "uitstel": "1", "postponed_to": "2026-02-31"},
        headers=PARTIAL,
    )
    assert wrong.status_code == 422
    assert "geen bestaande datum" in wrong.text
    assert wrong.headers["HX-Retarget"] == f"#aow-uitstel-{dossier.number}"
    assert db.session.scalars(select(PensionNote)).all() == []
