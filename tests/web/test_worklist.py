"""The work list: who sees what, why it is there, and acting on it in place."""

import gzip
import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from kp4web.audit.models import AuditEntry
from kp4web.caseload.commands import AssignDossiers, assign_dossiers
from kp4web.conversations.models import AttemptOutcome
from kp4web.domain.actor import Role
from kp4web.domain.tracks import StopReason, TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.handovers.commands import AcceptHandover, accept_handover
from kp4web.tracks.commands import change_track
from kp4web.worklist import overview
from kp4web.worklist.commands import LeaveMessage, PlanFollowUp, leave_message, plan_follow_up
from kp4web.worklist.models import FollowUp, Message, PensionNote
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    actor,
    at,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)
from tests.queries import count_queries

LIST = "/werkvoorraad"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
ITEM = re.compile(
    r'data-testid="due-item" data-dossier="([^"]*)" data-kind="([^"]*)" data-due="([^"]*)"'
)
GROUP = re.compile(r'data-testid="group-(\w+)"(.*?)</section>', re.DOTALL)
LATE, EARLIER = TODAY - timedelta(days=4), date(2026, 8, 1)


def on_page(response):
    """Return what stands on the page: number, kind and date of each row."""
    assert response.status_code == 200
    return ITEM.findall(response.text)


def kinds_of(http, dossier, path=LIST):
    return {kind for number, kind, _ in on_page(http.get(path)) if number == dossier.number}


def groups_on(response):
    return {name: ITEM.findall(part) for name, part in GROUP.findall(response.text)}


def row_of(response, kind):
    rows = re.findall(r'<li class="due .*?</li>', response.text, re.DOTALL)
    return next(row for row in rows if f'data-kind="{kind}"' in row)


def change(dossier, lead, kind, **given):
    track = TrackChange(TrackKind(kind), TODAY, "Zo past het beter.", **given)
    change_track(db.session(), actor(lead), dossier.number, track, now=at(TODAY), today=TODAY)
    db.session.commit()


# ---------------------------------------------------------------------- who sees what


def test_a_consultant_sees_the_own_items_with_the_reason_and_the_way_out(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, surname="O'Brien-Şahin", initials="M.")
    make_conversation(dossier, lead, today=EARLIER)
    make_follow_up(dossier, lead, due_on=LATE, what="Bellen over de keuring", today=EARLIER)
    page = http_as(lead).get(LIST)
    assert (dossier.number, "follow_up", LATE.isoformat()) in on_page(page)
    row = row_of(page, "follow_up")
    assert "M. O&#39;Brien-Şahin" in row
    assert "Afgesproken: Bellen over de keuring." in row
    assert "Verdwijnt als u de opvolging afhandelt of verzet." in row
    assert "4 dagen te laat" in row
    assert "Laatste contact 01-08-2026" in row
    assert 'data-track="support"' in row


def test_a_consultant_does_not_see_the_items_of_a_colleague(app, http_as):
    lead, colleague = make_user(), make_user()
    dossier = make_dossier(lead=lead)
    make_follow_up(dossier, lead, due_on=TODAY)
    assert on_page(http_as(colleague).get(LIST)) == []


def test_a_follow_up_for_a_named_colleague_stands_on_the_list_of_that_colleague(app, http_as):
    lead, colleague = make_user(), make_user()
    dossier = make_dossier(lead=lead)
    command = PlanFollowUp(TODAY, "Formulier meenemen", user_id=colleague.id)
    plan_follow_up(db.session(), actor(lead), dossier.number, command, now=at(TODAY), today=TODAY)
    http = http_as(colleague)
    row = row_of(http.get(LIST), "follow_up")
    assert "Formulier meenemen" in row
    assert "Afgehandeld" in row
    assert "follow_up" not in kinds_of(http_as(lead), dossier)
    done = http.post(f"/opvolgingen/{db.session.scalar(select(FollowUp.id))}/afhandeling")
    assert done.status_code == 303


def test_a_coordinator_sees_what_has_no_consultant_and_not_what_was_agreed(app, http_as):
    lead, coordinator = make_user(), make_user(Role.COORDINATOR)
    taken = make_dossier(lead=lead)
    make_follow_up(taken, lead, due_on=TODAY, what="Geheim van de vaste consulent")
    free = make_dossier(opened_on=TODAY - timedelta(days=3))
    with_text = make_dossier(lead=lead)
    make_follow_up(with_text, lead, due_on=TODAY, what="Ook geheim")
    page = http_as(coordinator).get(f"{LIST}?alles=1")
    found = on_page(page)
    assert {k for n, k, _ in found if n == free.number} >= {"assign", "contact", "twelve_months"}
    assert {k for n, k, _ in found if n == taken.number} == {"twelve_months"}
    assert "eheim" not in page.text
    assert f"Consulent: {lead.name}" in page.text


def test_the_text_of_a_follow_up_without_consultant_is_hidden_from_the_coordinator(app, http_as):
    """Nobody holds the dossier any more: its follow-up comes to the coordinators."""
    lead, coordinator = make_user(), make_user(Role.COORDINATOR)
    dossier = make_dossier(lead=lead)
    make_follow_up(dossier, lead, due_on=TODAY, what="Geheim")
    db.session.execute(text("UPDATE due_item SET user_id = NULL WHERE kind = 'follow_up'"))
    db.session.execute(text("UPDATE dossier SET lead_id = NULL"))
    page = http_as(coordinator).get(LIST)
    row = row_of(page, "follow_up")
    assert "Er is een opvolging afgesproken." in row
    assert "Geheim" not in page.text
    assert "Verzetten" in row
    assert "Afgehandeld" not in row


def test_somebody_with_both_roles_sees_both_lists(app, http_as):
    both = make_user(Role.CONSULTANT, Role.COORDINATOR)
    own, free = make_dossier(lead=both), make_dossier(opened_on=TODAY)
    http = http_as(both)
    assert "contact" in kinds_of(http, own)
    assert "assign" in kinds_of(http, free)


def test_another_municipality_is_not_there(app, http_as):
    make_dossier(municipality="Buren", opened_on=TODAY)
    make_handover(municipality="Buren")
    coordinator = make_user(Role.COORDINATOR)
    assert on_page(http_as(coordinator).get(f"{LIST}?alles=1")) == []


@pytest.mark.parametrize(
    "role",
    [r for r in Role if r not in {Role.CONSULTANT, Role.COORDINATOR}],
)
def test_other_roles_have_no_work_list(app, http_as, role):
    http = http_as(make_user(role))
    assert http.get(LIST).status_code == 403
    assert http.get("/opvolgingen/1/verzetting").status_code == 403
    assert http.post("/opvolgingen/1/afhandeling").status_code == 403


def test_a_new_consultant_reads_what_happens_next(app, http_as):
    page = http_as(make_user()).get(LIST)
    assert "Zodra u een dossier krijgt toegewezen" in page.text
    assert groups_on(page) == {"late": [], "today": [], "week": [], "later": []}


# ---------------------------------------------------------------------- groups, filters, pages


def test_items_stand_in_four_groups_and_this_week_ends_on_sunday(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="kp3", opened_on=date(2026, 9, 1))
    sunday = date(2026, 11, 22)
    days = {"late": LATE, "today": TODAY, "week": sunday, "later": sunday + timedelta(days=1)}
    for day in days.values():
        make_follow_up(dossier, lead, due_on=day, today=EARLIER + timedelta(days=40))
    page = http_as(lead).get(LIST)
    found = groups_on(page)
    for name, day in days.items():
        assert (dossier.number, "follow_up", day.isoformat()) in found[name]
    assert "2 te laat, 1 vandaag, 1 deze week" in page.text


def test_a_date_after_a_year_is_one_click_away(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1980, 1, 1))
    http = http_as(lead)
    assert "pension_reached" not in kinds_of(http, dossier)
    page = http.get(LIST)
    assert "Toon ook alles na 18-11-2027 (2)" in page.text
    assert kinds_of(http, dossier, f"{LIST}?alles=1") >= {"pension_reached", "pension_approaching"}


def test_filters_stand_in_the_address(app, http_as):
    lead = make_user()
    support, rest = make_dossier(lead=lead), make_dossier(lead=lead, track="rest")
    make_follow_up(support, lead, due_on=TODAY)
    http = http_as(lead)
    assert {n for n, _, _ in on_page(http.get(f"{LIST}?traject=rest"))} == {rest.number}
    assert {k for _, k, _ in on_page(http.get(f"{LIST}?soort=follow_up"))} == {"follow_up"}
    only_today = http.get(f"{LIST}?groep=today")
    assert set(groups_on(only_today)) == {"today"}
    assert {d for _, _, d in on_page(only_today)} == {TODAY.isoformat()}
    nothing = http.get(f"{LIST}?traject=kp3")
    assert on_page(nothing) == []
    assert "Niets gevonden" in nothing.text


@pytest.mark.parametrize(
    "query",
    ["groep=x", "traject=%00", "soort=\ud800", "pagina=-1", "pagina=0", "pagina=" + "9" * 30],
)
def test_an_address_that_means_nothing_shows_the_list(app, http_as, query):
    lead = make_user()
    make_dossier(lead=lead)
    address = f"{LIST}?{query}".encode("utf-8", "surrogatepass").decode("latin-1")
    assert on_page(http_as(lead).get(address))


def test_the_filter_is_kept_on_the_way_to_a_form_and_back(app, http_as):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    http = http_as(lead)
    page = http.get(f"{LIST}?groep=today&soort=follow_up")
    link = re.search(rf'href="(/opvolgingen/{row.id}/verzetting[^"]*)"', page.text)[1]
    form = http.get(html.unescape(link))
    assert 'name="terug" value="/werkvoorraad?groep=today&amp;soort=follow_up"' in form.text


def test_pages_hold_25_rows_and_the_last_page_the_rest(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="rest")
    for number in range(30):
        make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=number))
    http = http_as(lead)
    first, second = on_page(http.get(LIST)), on_page(http.get(f"{LIST}?pagina=2"))
    assert len(first) == 25
    assert len(second) == 6  # and the decision on rest
    assert not set(first) & set(second)
    assert [due for _, _, due in first + second] == sorted(d for _, _, d in first + second)
    assert on_page(http.get(f"{LIST}?pagina=77")) == second
    assert "op een andere pagina" in http.get(f"{LIST}?pagina=2").text


def test_the_number_of_queries_is_the_same_for_one_row_and_for_many(app, http_as):
    def queries_of(user):
        http = http_as(user)
        http.get(LIST)
        with count_queries() as statements:
            assert on_page(http.get(LIST))
        return len(statements)

    few, many = make_user(), make_user(Role.CONSULTANT, Role.COORDINATOR)
    make_dossier(lead=few)
    for number in range(12):
        dossier = make_dossier(lead=many)
        make_follow_up(dossier, many, due_on=TODAY + timedelta(days=number))
    make_handover()
    assert queries_of(few) == queries_of(many) <= 6


def test_the_list_reads_its_rows_from_the_index(app, http_as, engine_name):
    given = {
        "actor_id": 7, "organisation_id": 1, "from_on": date.min, "to_on": date.max, "skip": 0,
        "sees_text": True,
    }  # fmt: skip
    query = overview._items_query(own=True, team=False, by_kind=False, by_track=False)
    compiled = query.compile(db.engine)
    values = {
        name: str(value) if isinstance(value, date) else value
        for name, value in compiled.construct_params(given).items()
    }
    if engine_name == "postgres":  # a small table is scanned anyway, unless that is forbidden
        db.session.execute(text("SET enable_seqscan = off"))
        db.session.execute(text("SET enable_sort = off"))
        lines = db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", values).all()
    else:
        row = tuple(values[name] for name in compiled.positiontup)
        lines = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", row).all()
    plan = "\n".join(str(line[-1]) for line in lines)
    assert "ix_due_item_user" in plan
    assert "SCAN due_item" not in plan
    assert "TEMP B-TREE" not in plan


def test_a_page_is_logged_once_with_the_persons_shown(app, http_as):
    lead = make_user()
    shown = make_dossier(lead=lead)
    make_dossier()
    http = http_as(lead)
    before = db.session.scalar(text("SELECT count(*) FROM audit_entry"))
    http.get(LIST)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.id > before).order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["worklist_read"]
    assert subjects_of(entries[0]) == [shown.client_id]


def subjects_of(entry):
    import json

    from kp4web.crypto import vault

    return json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id))


# ---------------------------------------------------------------------- what makes it disappear


def test_a_follow_up_disappears_when_done_or_moved(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    row = make_follow_up(dossier, lead, due_on=TODAY)
    http = http_as(lead)
    http.post(f"/opvolgingen/{row.id}/verzetting", data={"due_on": "2026-11-25"})
    assert (dossier.number, "follow_up", "2026-11-25") in on_page(http.get(LIST))
    http.post(f"/opvolgingen/{row.id}/afhandeling")
    assert "follow_up" not in kinds_of(http, dossier)


@pytest.mark.parametrize("way_out", ["conversation", "follow_up"])
def test_contact_disappears_by_a_contact_or_a_follow_up_soon_enough(app, http_as, way_out):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="support", opened_on=date(2026, 8, 10))
    http = http_as(lead)
    row = row_of(http.get(LIST), "contact")
    assert "norm 3 maanden" in row
    assert "na een gesprek met de inwoner, of met een opvolgdatum uiterlijk op 08-12-2026" in row
    if way_out == "conversation":
        make_conversation(dossier, lead)
        assert (dossier.number, "contact", "2027-02-18") in on_page(http.get(LIST))
    else:
        http.post(f"/dossiers/{dossier.number}/opvolgingen", data={"due_on": "2026-12-08"})
        assert "contact" not in kinds_of(http, dossier)


def test_an_attempt_does_not_make_contact_disappear(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, opened_on=date(2026, 8, 10))
    make_conversation(dossier, lead, attempt=AttemptOutcome.NO_ANSWER)
    assert (dossier.number, "contact", "2026-11-10") in on_page(http_as(lead).get(LIST))


def test_to_classify_disappears_with_another_track(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="under_investigation", opened_on=date(2026, 9, 1))
    http = http_as(lead)
    assert "Nog in onderzoek sinds 01-09-2026, norm 12 weken" in row_of(http.get(LIST), "classify")
    assert "Traject kiezen" in row_of(http.get(LIST), "classify")
    change(dossier, lead, "support")
    assert "classify" not in kinds_of(http, dossier)


def test_the_decision_on_rest_moves_when_extended_and_goes_with_another_track(app, http_as):
    lead = make_user()
    dossier = make_dossier(
        lead=lead, track="rest", opened_on=date(2026, 1, 1), planned_end=date(2026, 12, 30)
    )
    http = http_as(lead)
    assert "Besluit nemen" in row_of(http.get(LIST), "rest_decision")
    assert kinds_of(http, dossier) == {"rest_decision"}  # no reminders to call
    change(dossier, lead, "rest", planned_end=date(2027, 6, 30))
    assert (dossier.number, "rest_decision", "2027-05-19") in on_page(http.get(LIST))
    change(dossier, lead, "support")
    assert "rest_decision" not in kinds_of(http, dossier)


def test_arranging_the_hand_over_disappears_when_the_track_stops(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="kp3", opened_on=date(2026, 11, 4))
    http = http_as(lead)
    assert (dossier.number, "arrange_handover", "2026-11-18") in on_page(http.get(LIST))
    change(dossier, lead, "stopped", stop_reason=StopReason.HANDED_OVER)
    assert kinds_of(http, dossier, f"{LIST}?alles=1") == set()


def test_a_nearing_aow_date_disappears_when_seen(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1959, 12, 1))  # AOW on 1-12-2026
    http = http_as(lead)
    assert "AOW-leeftijd op 01-12-2026" in row_of(http.get(LIST), "pension_approaching")
    page = http.post(f"/dossiers/{dossier.number}/aow", data={"note": "AOW is aangevraagd."})
    assert page.status_code == 303
    assert "pension_approaching" not in kinds_of(http, dossier)
    assert "pension_reached" in kinds_of(http, dossier)


def test_a_reached_aow_date_is_postponed_to_a_day(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, birth_date=date(1959, 8, 1))  # AOW on 1-8-2026
    http = http_as(lead)
    assert "Traject stoppen" in row_of(http.get(LIST), "pension_reached")
    http.post(
        f"/dossiers/{dossier.number}/aow",
        data={"note": "Wacht op de SVB.", "postponed_to": "15-01-2027", "uitstel": "1"},
    )
    assert (dossier.number, "pension_reached", "2027-01-15") in on_page(http.get(LIST))
    assert "stoppen uitgesteld tot 15-01-2027" in row_of(http.get(LIST), "pension_reached")


def test_to_assign_disappears_when_assigned(app, http_as):
    coordinator, lead = make_user(Role.COORDINATOR), make_user()
    dossier = make_dossier(opened_on=date(2026, 11, 16))
    http = http_as(coordinator)
    assert (dossier.number, "assign", "2026-11-23") in on_page(http.get(LIST))
    command = AssignDossiers((dossier.number,), lead.id, "Past in deze caseload.")
    assign_dossiers(db.session(), a_coordinator(), command, now=at(TODAY), today=TODAY)
    assert kinds_of(http, dossier) == {"twelve_months"}


def test_twelve_months_disappears_with_a_contact(app, http_as):
    coordinator, lead = make_user(Role.COORDINATOR), make_user()
    dossier = make_dossier(lead=lead, opened_on=date(2025, 11, 1))
    http = http_as(coordinator)
    assert (dossier.number, "twelve_months", "2026-11-01") in on_page(http.get(LIST))
    make_conversation(dossier, lead)
    assert (dossier.number, "twelve_months", "2027-11-18") in on_page(http.get(LIST))


def test_a_hand_over_to_review_names_nobody_and_disappears_when_accepted(app, http_as):
    coordinator = make_user(Role.COORDINATOR)
    handover = make_handover(surname="Onbekendman")
    http = http_as(coordinator)
    page = http.get(LIST)
    assert on_page(page) == [("", "review_handover", "2026-12-02")]
    assert "Onbekendman" not in page.text
    assert "/overdrachten" in row_of(page, "review_handover")
    accept_handover(
        db.session(), actor(coordinator), handover.id, AcceptHandover(), now=at(TODAY), today=TODAY
    )
    assert "review_handover" not in {kind for _, kind, _ in on_page(http.get(LIST))}


def test_a_message_shows_its_text_to_the_lead_and_disappears_when_read(app, http_as):
    lead, colleague = make_user(), make_user(name="S. de Boer")
    dossier = make_dossier(lead=lead)
    message = leave_message(
        db.session(), actor(colleague), dossier.number, LeaveMessage("De zoon belde."),
        now=at(TODAY), today=TODAY,
    )  # fmt: skip
    http = http_as(lead)
    row = row_of(http.get(LIST), "message")
    assert "S. de Boer: De zoon belde." in row
    assert f'formaction="/berichten/{message.id}/gelezen"' in row
    http.post(f"/berichten/{message.id}/gelezen", data={"terug": LIST})
    assert "message" not in kinds_of(http, dossier)
    assert db.session.get_one(Message, message.id).read_by_id == lead.id


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


def test_the_list_stays_small(app, http_as):
    """Two thirds are the sentences, the names and what other programs read from each row."""
    lead = make_user()
    for number in range(25):
        dossier = make_dossier(lead=lead, surname="Wojciechowska-van den Heuvel", track="rest")
        due_on = TODAY + timedelta(days=number)
        make_follow_up(dossier, lead, due_on=due_on, what="Bellen over de keuring bij de huisarts")
    page = http_as(lead).get(LIST)
    assert len(on_page(page)) == 25
    assert len(page.data) < 42_000
    assert len(gzip.compress(page.data)) < 5_000
