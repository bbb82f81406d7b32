"""The work list: who sees what and why it is there, in groups and pages."""

import gzip
import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.worklist import overview
from kp4web.worklist.commands import PlanFollowUp, plan_follow_up
from kp4web.worklist.models import FollowUp
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)
from tests.queries import count_queries
from tests.worklist_page import ITEM, LIST, kinds_of, on_page, row_of, subjects_of

GROUP = re.compile(r'data-testid="group-(\w+)"(.*?)</section>', re.DOTALL)
LATE, EARLIER = TODAY - timedelta(days=4), date(2026, 8, 1)


def groups_on(response):
    return {name: ITEM.findall(part) for name, part in GROUP.findall(response.text)}


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
        "takes": False, "sees_text": True, "sees_reports": True, "sees_questions": True,
    }  # fmt: skip
    query = overview._items_query(own=True, team=False, by_kind=False, by_track=False)
    asked = query.compile(db.engine).construct_expanded_state(given)
    values = {
        name: str(value) if isinstance(value, date) else value
        for name, value in asked.parameters.items()
    }
    connection = db.session.connection()
    if engine_name == "postgres":  # a small table is scanned anyway, unless that is forbidden
        db.session.execute(text("SET enable_seqscan = off"))
        db.session.execute(text("SET enable_sort = off"))
        lines = connection.exec_driver_sql(f"EXPLAIN {asked.statement}", values).all()
    else:
        row = tuple(values[name] for name in asked.positiontup)
        lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.statement}", row).all()
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


def test_the_list_stays_small(app, http_as):
    """Two thirds are the sentences, the names and what other programs read from each row."""
    lead = make_user()
    for number in range(25):
        dossier = make_dossier(lead=lead, surname="Wojciechowska-van den Heuvel", track="rest")
        due_on = TODAY + timedelta(days=number)
        make_follow_up(dossier, lead, due_on=due_on, what="Bellen over de keuring bij de huisarts")
    page = http_as(lead).get(LIST)
    assert len(on_page(page)) == 25
    assert len(page.data) < 52_000
    assert len(gzip.compress(page.data)) < 5_600
