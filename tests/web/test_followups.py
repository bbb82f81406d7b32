"""Following up: taking back, planned talks, the reason in rest, moving several at once."""

import re
from dataclasses import astuple
from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.talks import TalkHow, TalkPlan
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp, FollowUpMove, PlannedTalk
from kp4web.worklist.queries import expected_items
from tests.conftest import TODAY
from tests.factories import make_conversation, make_dossier, make_follow_up, make_user
from tests.worklist_page import LIST, on_page, row_of

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
NEXT = TODAY + timedelta(days=5)
FORM = {
    "due_on": NEXT.isoformat(), "what": "Post doornemen", "talk_at": "10:30", "talk_how": "home",
    "talk_minutes": "45", "talk_place": "Dorpsstraat 1",
}  # fmt: skip


def stored():
    """Return every follow-up and due item, apart from the ids of rows that were made anew."""
    columns = [column for column in FollowUp.__table__.c if column.name != "revision"]
    follow_ups = db.session.execute(select(*columns).order_by(FollowUp.id)).all()
    items = sorted(
        str((row.dossier_id, row.kind, row.due_on, row.user_id, row.subject_id))
        for row in db.session.scalars(select(DueItem))
    )
    return follow_ups, items


def last_actions(number):
    query = select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(number)
    return list(db.session.scalars(query))


# ---------------------------------------------------------------------- completing and taking back


def test_completing_is_one_click_and_taking_back_restores_what_was(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    row = make_follow_up(dossier, lead, due_on=TODAY)
    before, http = stored(), http_as(lead)
    http.post(f"/opvolgingen/{row.id}/afhandeling", data={"terug": LIST})
    page = http.get(LIST)
    undo = f"/opvolgingen/{row.id}/heropening"
    assert f'action="{undo}"' in page.text  # a form of its own: no JavaScript needed
    assert "Ongedaan maken" not in http.get(LIST).text
    for _ in range(2):  # a double click is one
        assert http.post(undo, data={"terug": LIST}).location == LIST
    assert stored() == before
    assert last_actions(9).count("follow_up_undo") == 1
    assert (dossier.number, "follow_up", TODAY.isoformat()) in on_page(http.get(LIST))


def test_htmx_gets_the_button_with_the_list_and_the_list_back(app, http_as):
    lead = make_user()
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    http, undo = http_as(lead), f"/opvolgingen/{row.id}/heropening"
    done = http.post(f"/opvolgingen/{row.id}/afhandeling", data={"terug": LIST}, headers=PARTIAL)
    assert f'data-hx-post="{undo}" data-hx-target="#worklist"' in done.text
    back = http.post(undo, data={"terug": LIST}, headers=PARTIAL)
    assert 'data-kind="follow_up"' in back.text
    assert "staat weer open" in back.text


def test_after_ten_seconds_or_by_somebody_else_it_stays_done(app, http_as):
    lead, coordinator = make_user(), make_user(Role.CONSULTANT, Role.COORDINATOR)
    row = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    http, undo = http_as(lead), f"/opvolgingen/{row.id}/heropening"
    http.post(f"/opvolgingen/{row.id}/afhandeling")
    assert http_as(coordinator).post(undo).status_code == 403
    ended = db.session.get_one(FollowUp, row.id).ended_at
    with time_machine.travel(ended + timedelta(seconds=11), tick=False):
        late = http.post(undo)
    assert late.status_code == 409
    assert "langer dan 10 seconden geleden" in late.text
    assert db.session.get_one(FollowUp, row.id).ended_at == ended


# ---------------------------------------------------------------------- a planned talk


def test_a_follow_up_with_a_time_is_a_planned_talk_and_moves_with_its_history(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    http, address = http_as(lead), f"/dossiers/{dossier.number}/opvolgingen"
    for _ in range(2):  # sent twice is planned once
        assert http.post(address, data=FORM).status_code == 303
    row = db.session.scalars(select(FollowUp)).one()
    move = f"/opvolgingen/{row.id}/verzetting"
    coordinator = http_as(make_user(Role.COORDINATOR))
    coordinator.post(move, data={"due_on": "2026-12-01"})  # a pick keeps time and place
    assert "Dorpsstraat 1" not in coordinator.get(move).text  # what it is about, and so the place
    theirs = {"due_on": "2026-12-02", "place": "Kamer 3"}
    assert coordinator.post(move, data=theirs).status_code == 403
    assert 'value="Dorpsstraat 1"' in http.get(move).text
    http.post(move, data={"due_on": "2026-12-01", "starts_at": "14.15", "place": "Kamer 3"})
    line = row_of(http.get(LIST), "follow_up")
    assert "<b>Gepland gesprek.</b>" in line
    assert "di 01-12-2026 om 14:15" in line
    assert "Afgesproken: Huisbezoek, Kamer 3, 45 minuten. Post doornemen." in line
    assert "2 keer verzet" in line
    page = http.get(f"/dossiers/{dossier.number}").text
    assert "2 keer verzet" in page
    assert "Gesprek gepland op 23-11-2026 om 10:30" in page
    assert "Gesprek verzet van 23-11-2026 om 10:30 naar 01-12-2026 om 10:30" in page
    assert "Gesprek verzet van 01-12-2026 om 10:30 naar 01-12-2026 om 14:15" in page
    assert page.count("Plaats: Kamer 3") == 1  # where it changed
    assert "Huisbezoek, Dorpsstraat 1" in page  # as it was planned


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"talk_at": ""}, "Vul een tijd in"),
        ({"talk_at": "25:00"}, "geen bestaande tijd"),
        ({"talk_how": ""}, "Kies de vorm van het gesprek"),
        ({"talk_place": "x" * 201}, "U typte er 201"),
        ({"user": str(2**31)}, "Kies een consulent"),
        ({"activation_reason": "Omdat."}, "Kruis aan dat dit een activeringsgesprek is"),
    ],
)
def test_a_refused_talk_comes_back_unfolded_with_everything_typed(app, http_as, changed, said):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    typed = FORM | changed
    page = http_as(lead).post(f"/dossiers/{dossier.number}/opvolgingen", data=typed)
    assert page.status_code == 422
    assert said in page.text
    assert all(typed[name] in page.text for name in ("what", "talk_at", "talk_place"))
    assert "<details" in page.text
    assert " open" in page.text
    assert db.session.scalars(select(FollowUp)).all() == []


def test_only_consultants_of_the_own_team_are_offered_and_taken(app, http_as):
    lead, colleague = make_user(name="L. Ead"), make_user(name="O'Brien-Şahin")
    make_user(Role.COORDINATOR, name="C. Oordinator")
    other = make_user(municipality="Buren", name="B. Uren")
    dossier = make_dossier(lead=lead)
    http, address = http_as(lead), f"/dossiers/{dossier.number}/opvolgingen"
    page = http.get(f"{address}/nieuw").text
    offered = re.search(r'<select[^>]*name="user".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r'value="(\d+)"', offered) == [str(colleague.id)]
    assert http.post(address, data=FORM | {"user": str(other.id)}).status_code == 422
    http.post(address, data=FORM | {"user": str(colleague.id)})
    assert "O&#39;Brien-Şahin" in http.get(f"/dossiers/{dossier.number}").text
    assert (dossier.number, "follow_up", NEXT.isoformat()) in on_page(http_as(colleague).get(LIST))
    assert "follow_up" not in {kind for _, kind, _ in on_page(http.get(LIST))}


def test_the_conversation_form_names_a_colleague_for_the_follow_up(app, http_as):
    lead, colleague = make_user(), make_user(name="O'Brien-Şahin")
    other, dossier = make_user(municipality="Buren"), make_dossier(lead=lead)
    http, address = http_as(lead), f"/dossiers/{dossier.number}/gesprekken"
    data = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone", "report": "Gebeld.",
        "follow_up_on": NEXT.isoformat(), "user": str(colleague.id),
    }  # fmt: skip
    assert f'value="{colleague.id}"' in http.get(f"{address}/nieuw").text
    for wrong, said in (({"user": str(other.id)}, "Kies een consulent van uw eigen team."),
                        ({"user": "9" * 30}, "Kies een consulent van uw eigen team."),
                        ({"follow_up_on": ""}, "u gaf de opvolging aan een collega")):  # fmt: skip
        answer = http.post(address, data=data | wrong)
        assert (answer.status_code, said in answer.text) == (422, True)
    assert http.post(address, data=data).status_code == 303
    assert (dossier.number, "follow_up", NEXT.isoformat()) in on_page(http_as(colleague).get(LIST))
    assert "follow_up" not in {kind for _, kind, _ in on_page(http.get(LIST))}


def test_the_conversation_form_plans_the_next_talk(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    data = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone", "report": "Gebeld.",
        "follow_up_on": NEXT.isoformat(), "follow_up_what": "Verder praten",
    }  # fmt: skip
    http, address = http_as(lead), f"/dossiers/{dossier.number}/gesprekken"
    half = http.post(address, data=data | {"follow_up_on": "", "talk_at": "09:00"})
    assert half.status_code == 422
    assert "Kies ook een datum" in half.text
    talk = {"talk_at": "09:00", "talk_how": "office", "talk_place": "kamer 3"}
    assert http.post(address, data=data | talk).status_code == 303
    talk = db.session.scalars(select(PlannedTalk)).one()
    assert (talk.starts_at, talk.how, talk.minutes, talk.place) == (
        time(9), TalkHow.OFFICE, None, "kamer 3",
    )  # fmt: skip
    assert "Volgend gesprek op ma 23-11-2026 om 09:00" in http.get(LIST).text


def test_in_rest_a_talk_about_activation_needs_a_reason_that_stays_with_it(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="rest")
    http, address = http_as(lead), f"/dossiers/{dossier.number}/opvolgingen"
    refused = http.post(address, data=FORM | {"is_activation": "y", "activation_reason": " "})
    assert refused.status_code == 422
    assert "Deze inwoner is in rust. Schrijf op waarom" in refused.text
    assert 'id="activation_reason-error"' in refused.text
    talk = {
        "outcome": "held", "held_on": TODAY.isoformat(), "channel": "phone",
        "follow_up_on": NEXT.isoformat(), "is_activation": "y",
    }  # fmt: skip
    again = http.post(f"/dossiers/{dossier.number}/gesprekken", data=talk)
    assert again.status_code == 422
    assert "Deze inwoner is in rust. Schrijf op waarom" in again.text
    assert db.session.scalars(select(FollowUp)).all() == []
    reason = {"is_activation": "y", "activation_reason": "Zij vroeg er zelf om."}
    assert http.post(address, data=FORM | reason).status_code == 303
    assert "in rust, omdat: Zij vroeg er zelf om." in row_of(http.get(LIST), "follow_up")
    page = http.get(f"/dossiers/{dossier.number}").text
    assert page.count("Activeringsgesprek in rust, omdat: Zij vroeg er zelf om") == 2
    plain = FORM | {"due_on": "2026-12-01"}  # rest asks nothing of any other follow-up
    assert http.post(address, data=plain).status_code == 303


def test_outside_rest_a_talk_about_activation_asks_nothing(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead, track="support")
    data = FORM | {"is_activation": "y"}
    assert (
        http_as(lead).post(f"/dossiers/{dossier.number}/opvolgingen", data=data).status_code == 303
    )


def test_the_coordinator_sees_when_and_not_how_where_or_why(app, http_as):
    lead, coordinator = make_user(), make_user(Role.COORDINATOR)
    dossier = make_dossier(lead=lead, track="rest")
    talk = TalkPlan(time(10, 30), TalkHow.HOME, 45, "Geheimstraat 1")
    make_follow_up(dossier, lead, due_on=NEXT, what="Geheim", talk=talk, is_activation=True,
                   activation_reason="Geheime reden")  # fmt: skip
    page = http_as(coordinator).get(f"/dossiers/{dossier.number}").text
    assert "ma 23-11-2026 om 10:30" in page
    for word in ("Geheim", "Huisbezoek", "45 minuten", "Activeringsgesprek"):
        assert word not in page


# ---------------------------------------------------------------------- several at once


def several(http, rows, **query):
    asked = [("opvolging", row.id) for row in rows] + list(query.items())
    return http.get("/verzettingen/nieuw", query_string=asked)


def test_several_are_chosen_previewed_and_moved_in_one_go(app, http_as):
    lead = make_user()
    late = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY, today=TODAY)
    later = make_follow_up(make_dossier(lead=lead), lead, due_on=NEXT)
    done = make_follow_up(make_dossier(lead=lead), lead, due_on=NEXT)
    rows, http = (late, later, done), http_as(lead)
    page = http.get(LIST).text
    assert "checkbox" not in page
    choose = re.search(r'href="([^"]*kies=1[^"]*)"', page)[1].replace("&amp;", "&")
    page = http.get(choose).text
    assert len(re.findall(r'type="checkbox" form="several"', page)) == 3
    assert "Afgehandeld" not in page
    http.post(f"/opvolgingen/{done.id}/afhandeling")
    preview = several(http, rows, naar="elk-1-week", terug=f"{LIST}?groep=week")
    assert "wo 25-11-2026" in preview.text
    assert "ma 30-11-2026" in preview.text
    assert "al afgehandeld op 18-11-2026, door uzelf" in preview.text
    assert "2 opvolgingen verzetten" in preview.text
    moves = re.findall(r'name="verzet" value="([^"]*)"', preview.text)
    assert len(moves) == 2
    for _ in range(2):  # sent twice is moved once
        answer = http.post("/verzettingen", data={"verzet": moves, "terug": f"{LIST}?groep=week"})
        assert answer.status_code == 303
    result = http.get(answer.location)
    assert "2 opvolgingen zijn verzet." in result.text
    assert f'href="{LIST}?groep=week"' in result.text
    kept = db.session.execute(
        select(FollowUpMove.follow_up_id, FollowUpMove.to_on).order_by(FollowUpMove.id)
    ).all()
    assert sorted(kept) == [(late.id, date(2026, 11, 25)), (later.id, date(2026, 11, 30))]
    ids = [late.dossier_id, later.dossier_id]
    wanted = {item.key for items in expected_items(db.session(), ids).values() for item in items}
    assert wanted == {
        (i.dossier_id, i.organisation_id, str(i.kind), i.due_on, i.user_id, i.subject_id)
        for i in db.session.scalars(select(DueItem).where(DueItem.dossier_id.in_(ids)))
    }


def test_what_was_moved_meanwhile_stays_and_the_others_go(app, http_as):
    lead, colleague = make_user(), make_user()
    mine = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    gone = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    theirs = make_follow_up(make_dossier(lead=colleague), colleague, due_on=TODAY)
    http = http_as(lead)
    preview = several(http, (mine, gone, theirs), op="2026-12-01")
    assert "van een collega" in preview.text
    moves = re.findall(r'name="verzet" value="([^"]*)"', preview.text)
    http.post(f"/opvolgingen/{gone.id}/verzetting", data={"due_on": "2026-12-08"})
    moves.append(f"{theirs.id}_{TODAY}_2026-12-01")  # not offered
    result = http.get(http.post("/verzettingen", data={"verzet": moves}).location)
    assert "1 opvolging is verzet. 2 zijn niet verzet" in result.text
    assert "Intussen door iemand anders verzet naar di 08-12-2026." in result.text
    found = {row.id: row.due_on for row in db.session.scalars(select(FollowUp))}
    assert found == {
        mine.id: date(2026, 12, 1), gone.id: date(2026, 12, 8), theirs.id: TODAY,
    }  # fmt: skip


def test_several_of_another_municipality_are_not_there(app, http_as):
    theirs = make_user(municipality="Buren")
    row = make_follow_up(make_dossier(lead=theirs, municipality="Buren"), theirs, due_on=TODAY)
    http = http_as(make_user())
    assert "U heeft nog niets gekozen" in several(http, [row], naar="over-1-week").text
    http.post("/verzettingen", data={"verzet": f"{row.id}_{TODAY}_2026-12-01"})
    assert db.session.get_one(FollowUp, row.id).due_on == TODAY
    assert http.post("/verzettingen", data={"verzet": "onzin"}).status_code == 422
    assert several(http, [row], op="2026-02-30").status_code == 422


# ---------------------------------------------------------------------- one number everywhere


def test_list_overview_and_digest_count_the_same(app, http_as):
    from kp4web.caseload.overview import overview_for
    from kp4web.worklist.queries import Wanted, work_for
    from tests.factories import actor

    lead, coordinator = make_user(), make_user(Role.COORDINATOR)
    make_dossier(lead=lead, track="support", opened_on=date(2026, 6, 1))
    resting = make_dossier(lead=lead, track="rest", planned_end=date(2026, 12, 1),
                           opened_on=date(2026, 1, 1))  # fmt: skip
    make_follow_up(resting, lead, due_on=date(2026, 11, 10), today=date(2026, 11, 2))
    make_conversation(make_dossier(lead=lead), lead)
    work = work_for(db.session(), actor(lead), Wanted(), today=TODAY)
    after = http_as(lead).get(LIST).text.partition('data-testid="group-late"')[2]
    late = after.partition("</section>")[0].count('data-testid="due-item"')
    overview = overview_for(db.session(), actor(coordinator), today=TODAY)
    held = next(c for c in overview.consultants if c.user_id == lead.id)
    assert work.counts.late == late == held.overdue == 3
    assert astuple(work.counts)[0] == late
