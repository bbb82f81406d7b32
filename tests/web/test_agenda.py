"""The agenda of one's own dates, and a planned talk as a calendar file read by a real parser."""

import re
from datetime import UTC, date, datetime, time, timedelta

import icalendar
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.talks import TalkHow, TalkPlan
from kp4web.extensions import db
from tests.conftest import TODAY
from tests.factories import make_dossier, make_follow_up, make_user
from tests.queries import count_queries
from tests.worklist_page import subjects_of

NEXT = date(2026, 11, 20)
TALK = TalkPlan(time(10, 30), TalkHow.HOME, 45, "Dorpsstraat 1")
ITEM = re.compile(
    r'data-testid="agenda-item" data-dossier="([^"]*)" data-kind="([^"]*)" data-due="([^"]*)"'
)


def planned(lead, **person):
    dossier = make_dossier(lead=lead, **person)
    return dossier, make_follow_up(dossier, lead, due_on=NEXT, what="Over schulden", talk=TALK)


def event_in(response):
    assert response.status_code == 200
    (calendar,) = icalendar.Calendar.from_ical(response.data, multiple=True)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


# ---------------------------------------------------------------------- the calendar file


def test_the_file_holds_number_and_initials_and_nothing_else_of_the_person(app, http_as):
    lead = make_user(name="K. Jansen")
    dossier, row = planned(lead, surname="Şahin-O'Brien", initials="A.M.", given_name="Ayşe")
    answer = http_as(lead).get(f"/opvolgingen/{row.id}/gesprek.ics")
    calendar, event = event_in(answer)
    assert str(event["summary"]) == f"Gesprek {dossier.number} (A.M.Ş.)"
    assert event.decoded("dtstart") == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert (event["status"], event["sequence"], calendar["method"]) == ("CONFIRMED", 0, "PUBLISH")
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS",
                          "CLASS"}  # fmt: skip
    for word in ("Brien", "Ayşe", "Dorpsstraat", "schulden", "Jansen", "Huisbezoek"):
        assert word not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert f'filename="gesprek-{dossier.number}.ics"' in answer.headers["Content-Disposition"]
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, last.dossier_id) == ("calendar_file_read", dossier.id)
    assert subjects_of(last) == [dossier.client_id]


def test_the_same_event_follows_a_move_and_is_cancelled_when_it_will_not_be(app, http_as):
    lead = make_user()
    _, row = planned(lead)
    http, address = http_as(lead), f"/opvolgingen/{row.id}"
    _, first = event_in(http.get(f"{address}/gesprek.ics"))
    http.post(f"{address}/verzetting", data={"due_on": "2027-07-01", "starts_at": "09:00"})
    _, moved = event_in(http.get(f"{address}/gesprek.ics"))
    assert moved["uid"] == first["uid"]
    assert moved["sequence"] > first["sequence"]
    assert moved.decoded("dtstart") == datetime(2027, 7, 1, 7, tzinfo=UTC)  # summer time
    http.post(f"{address}/afhandeling")
    calendar, ended = event_in(http.get(f"{address}/gesprek.ics"))
    assert (ended["status"], calendar["method"]) == ("CANCELLED", "CANCEL")
    assert ended["sequence"] > moved["sequence"]
    http.post(f"{address}/heropening")
    _, again = event_in(http.get(f"{address}/gesprek.ics"))
    assert again["status"] == "CONFIRMED"
    assert again["sequence"] > ended["sequence"]


def test_a_follow_up_without_a_time_and_one_out_of_reach_have_no_file(app, http_as):
    lead = make_user()
    plain = make_follow_up(make_dossier(lead=lead), lead, due_on=NEXT)
    _, row = planned(lead)
    assert http_as(lead).get(f"/opvolgingen/{plain.id}/gesprek.ics").status_code == 404
    stranger = http_as(make_user(municipality="Buren"))
    assert stranger.get(f"/opvolgingen/{row.id}/gesprek.ics").status_code == 404


# ---------------------------------------------------------------------- the agenda


def test_week_and_month_show_the_own_dates_and_name_what_is_late(app, http_as):
    lead, colleague = make_user(), make_user()
    dossier, row = planned(lead, surname="Bakker", initials="T.")
    late = make_dossier(lead=lead, surname="Peters", initials="O.", opened_on=date(2026, 7, 1))
    planned(colleague, surname="Anders", initials="X.")
    http = http_as(lead)
    page = http.get("/agenda").text
    assert (dossier.number, "follow_up", "2026-11-20") in ITEM.findall(page)
    assert "10:30" in page
    assert f'href="/opvolgingen/{row.id}/gesprek.ics"' in page
    assert (late.number, "contact", "2026-10-01") in ITEM.findall(page)
    assert '<span class="nowrap">do 01-10-2026</span>, te laat' in page
    month = http.get("/agenda?maand=2026-11").text
    assert (dossier.number, "follow_up", "2026-11-20") in ITEM.findall(month)
    for text in (page, month):
        assert "T. Bakker" in text
        assert "Anders" not in text
        assert "Bakker" not in text.split("</title>")[0]
    assert ITEM.findall(http.get("/agenda?week=2026-W48").text) == []
    assert "Hier staat niets" in http.get("/agenda?week=2026-W48").text
    assert 'href="/agenda?week=2026-W49"' in http.get("/agenda?week=2026-W48").text
    assert "Week 47" in http.get("/agenda?week=onzin&maand=2026-13").text


def test_the_agenda_is_for_consultants_and_logged_with_whom_it_shows(app, http_as):
    lead = make_user()
    dossier, _ = planned(lead)
    http = http_as(lead)
    assert 'href="/agenda"' in http.get("/werkvoorraad").text
    http.get("/agenda?week=2026-W47")
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.action, subjects_of(last)) == ("agenda_read", [dossier.client_id])
    coordinator = http_as(make_user(Role.COORDINATOR))
    assert coordinator.get("/agenda").status_code == 403
    assert 'href="/agenda"' not in coordinator.get("/werkvoorraad").text


def test_the_agenda_asks_as_much_for_many_as_for_none(app, http_as):
    few, many = make_user(), make_user()
    for number in range(6):
        dossier = make_dossier(lead=many)
        make_follow_up(dossier, many, due_on=TODAY + timedelta(days=number), talk=TALK)
    asked = []
    for user in (few, many):
        http = http_as(user)
        http.get("/agenda")
        with count_queries() as statements:
            http.get("/agenda?maand=2026-11")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 6
