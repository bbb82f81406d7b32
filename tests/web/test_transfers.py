"""Moving the guidance of many dossiers: rehearse, divide, confirm, carry out in one transaction."""

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from kp4web.breakglass.commands import OpenWithReason, open_with_reason
from kp4web.caseload.models import Assignment
from kp4web.domain.actor import Role
from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.periods import gaps, known
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import Outcome, TransferState
from kp4web.dossiers.models import Dossier, GuidancePeriod
from kp4web.drafts.commands import save_draft
from kp4web.extensions import db
from kp4web.transfers import execution
from kp4web.transfers.models import Transfer, TransferDossier
from kp4web.worklist.models import FollowUp, Message
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_agency,
    make_departure,
    make_dossier,
    make_follow_up,
    make_handover,
    make_signal,
    make_team,
    make_transfer,
    make_user,
)
from tests.queries import count_queries
from tests.web.test_concurrency import all_is_well, sending, together
from tests.world import make_world

CONFIRMED = TransferState.CONFIRMED
RULE = DraftRule("gesprek", "Gesprek", "conversations.new")


@pytest.fixture
def giver(app):
    return make_user(Role.COORDINATOR, name="G. Ever")


@pytest.fixture
def receiver(giver):
    """Return a coordinator of the work agency."""
    return make_user(Role.COORDINATOR, organisation=make_agency(), name="O. Ontvanger")


@pytest.fixture
def consultant(receiver):
    return make_user(organisation=make_agency(), name="N. Nieuw")


def page_of(transfer, part=""):
    return f"/overgangen/{transfer.id}{part}"


def execute(http, transfer, until=None):
    """
    Carry it out as a server does, outside every context; return the page, or its part ``until``.
    """
    address = page_of(transfer, "/uitvoering")

    def read():
        answer, parts = FlaskClient.open(http, address, method="POST"), []
        for part in answer.iter_encoded():
            parts.append(part.decode())
            if until and until in parts[-1]:
                break
        answer.close()
        return answer.status_code, "".join(parts)

    db.session.commit()
    db.session.expire_all()
    with ThreadPoolExecutor(1) as pool:
        status, page = pool.submit(read).result()
    assert status == 200
    return page


def test_from_the_decision_of_the_council_to_the_new_lead(
    app, http_as, giver, receiver, consultant
):
    lead = make_user(name="K. Jansen")
    moving = make_dossier(lead=lead, surname="O'Brien-Şahin")
    named = make_follow_up(moving, lead, due_on=date(2026, 12, 1), user_id=make_user().id)
    staying = make_dossier(lead=lead, track=TrackKind.STOPPED)
    gives, takes, leads, guides = map(http_as, (giver, receiver, lead, consultant))
    sent = gives.post("/overgangen", data={
        "municipality": moving.municipality_id, "decided_on": "2026-09-01",
        "effective_on": "2026-11-16", "reference": "2026-114",
    })  # fmt: skip
    path = sent.location
    rehearsal = gives.get(path).text
    assert '"count-moving">1<' in rehearsal
    assert 'data-finding="named_follow_up"' in rehearsal
    assert takes.get(path).status_code == 404  # not before it is put before them
    gives.post(f"{path}/stappen", data={"step": "offered"})
    listed = takes.get(f"{path}/dossiers").text
    assert moving.number in listed
    assert "Brien" not in listed
    assert "Opvolging op naam" not in listed
    divided = {"how": "to", "user": consultant.id, "dossier": moving.number}
    assert gives.post(f"{path}/verdeling", data=divided).status_code == 403
    assert takes.post(f"{path}/verdeling", data=divided).status_code == 303
    assert gives.post(f"{path}/stappen", data={"step": "confirmed"}).status_code == 403
    assert takes.post(f"{path}/stappen", data={"step": "confirmed"}).status_code == 303
    assert leads.get(f"/dossiers/{moving.number}").status_code == 200
    page = gives.post(f"{path}/uitvoering", buffered=True).text
    assert "Werkvoorraad: 1 van 1" in page
    assert "1 dossier is nu bij Werkzaak Rivierenland" in page
    assert leads.get(f"/dossiers/{moving.number}").status_code == 404
    assert leads.get(f"/dossiers/{staying.number}").status_code == 200
    dossier = guides.get(f"/dossiers/{moving.number}").text
    assert "Begeleiding overgegaan van Gemeente West Betuwe naar Werkzaak" in dossier
    assert "maak kennis met de inwoner" in dossier
    assert moving.number in guides.post("/zoeken", data={"term": "brien"}).text
    assert "Brien" not in gives.get(f"{path}/dossiers").text
    assert "Brien" in takes.get(f"{path}/dossiers").text
    db.session.refresh(named)
    assert (named.user_id, named.revision) == (None, 1)
    guided = known(GuidancePeriod.history(db.session(), dossier_id=moving.id))
    assert [(row.valid_from, row.organisation_id) for row in guided] == [
        (moving.opened_on, make_team().id), (TODAY, make_agency().id),
    ]  # assigned on the day itself, so that day counts  # fmt: skip
    assert all_is_well(app)


def test_a_day_that_passed_is_the_day_from_which_the_other_side_guides(
    app, http_as, giver, receiver
):
    lead = make_user()
    early = make_dossier(lead=lead, today=date(2026, 10, 1))
    transfer = make_transfer(giver, receiver, state=CONFIRMED, effective_on=date(2026, 11, 1))
    execute(http_as(receiver), transfer)
    (was, now) = known(GuidancePeriod.history(db.session(), dossier_id=early.id))
    assert (was.valid_to, now.valid_from) == (date(2026, 11, 1), date(2026, 11, 1))
    (held,) = known(Assignment.history(db.session(), dossier_id=early.id))
    assert (held.user_id, held.valid_to) == (lead.id, date(2026, 11, 1))
    assert db.session.get_one(Dossier, early.id).lead_id is None
    assert all_is_well(app)


def test_not_before_the_day_and_not_before_it_is_confirmed(http_as, giver, receiver):
    make_dossier()
    transfer = make_transfer(
        giver, receiver, state=CONFIRMED, effective_on=date(2026, 11, 19)
    )  # fmt: skip
    gives = http_as(giver)
    assert "laten overgaan" not in gives.get(page_of(transfer)).text
    early = gives.post(page_of(transfer, "/uitvoering"))
    assert (early.status_code, "vanaf 19-11-2026" in early.text) == (409, True)
    back = http_as(receiver).post(
        page_of(transfer, "/stappen"), data={"step": "returned", "reason": "Te vroeg."}
    )
    assert back.status_code == 303
    assert "Te vroeg." in gives.get(page_of(transfer)).text
    assert gives.post(page_of(transfer, "/uitvoering")).status_code == 409
    without = gives.post(page_of(transfer, "/stappen"), data={"step": "withdrawn", "reason": " "})
    assert (without.status_code, "Schrijf op waarom" in without.text) == (422, True)


def test_what_stands_in_the_way_is_told_to_who_may_know_and_can_be_left_out(
    app, http_as, giver, receiver
):
    lead = make_user(name="K. Jansen")
    fine, offered, typed, judged = (make_dossier(lead=lead) for _ in range(4))
    offered = make_departure(lead, dossier=make_dossier(lead=lead, track=TrackKind.KP3)).dossier_id
    offered = db.session.get_one(Dossier, offered)
    save_draft(
        db.session(), actor(lead), RULE, typed.id, {"report": ["Half"]}, submission=None,
        now=at(TODAY),
    )  # fmt: skip
    make_signal(judged, lead, SignalState.SUBMITTED)
    transfer = make_transfer(giver, receiver, state=CONFIRMED)
    gives, takes = http_as(giver), http_as(receiver)
    seen, told = gives.get(page_of(transfer)).text, takes.get(page_of(transfer)).text
    for finding in ("handover_open", "signal_in_hand", "unfinished"):
        assert f'data-finding="{finding}"' in seen
        assert f'data-finding="{finding}"' not in told
    assert "K. Jansen" in seen
    assert "3 dossiers wachten nog op iets bij Gemeente West Betuwe" in told
    by_taker, by_giver = (http.post(page_of(transfer, "/uitvoering")) for http in (takes, gives))
    assert by_taker.status_code == by_giver.status_code == 409
    assert "3 dossiers kunnen nog niet over." in by_taker.text
    for dossier in (offered, typed, judged):  # afterwards a number has a name
        assert dossier.number in by_giver.text
        assert dossier.number not in by_taker.text
    assert db.session.get_one(Dossier, fine.id).holder_id == make_team().id
    numbers = [offered.number, typed.number, judged.number]
    gives.post(page_of(transfer, "/keuze"), data={"what": "leave", "dossier": numbers})
    assert "uitgevoerd" in execute(takes, transfer)
    assert db.session.get_one(Dossier, fine.id).holder_id == make_agency().id
    assert db.session.get_one(Dossier, typed.id).holder_id == make_team().id
    assert all_is_well(app)


@pytest.mark.world
def test_every_check_finds_what_there_is_in_the_world(http_as):
    world = make_world()
    place, giver = world.places["West Betuwe"], world.users["coordinator"]
    lead, number = world.users["lead"], place.dossier.number
    partner = make_dossier(lead=lead, partner_of=number)  # later, so not chosen
    grant = OpenWithReason("Belt nu en de vaste consulent is er niet.")
    open_with_reason(db.session(), actor(world.users["colleague"]), number, grant,
                     now=datetime.now(UTC), today=TODAY)  # fmt: skip
    transfer = db.session.get_one(Transfer, place.transfer_id)
    db.session.execute(
        update(TransferDossier)
        .where(TransferDossier.transfer_id == transfer.id)
        .values(receiver_id=world.users["job coach"].id)  # of the agency, and no consultant
    )
    named = {"user_id": world.users["colleague"].id, "due_on": date(2026, 11, 20)}
    db.session.execute(update(FollowUp).values(named))
    draft = DraftRule("antwoorden", "Vragenlijst", "questionnaires.show", About.QUESTIONNAIRE)
    save_draft(db.session(), actor(lead), draft, place.questionnaire.id, {"a": ["Half"]},
               submission=None, now=at(TODAY))  # fmt: skip
    page = http_as(giver).get(page_of(transfer)).text
    found = dict(re.findall(r'data-finding="(\w+)".*?(KP4-[\d-]+)', page, re.DOTALL))
    assert set(found) == {
        "access_request", "decision_due", "household_split", "named_follow_up", "planned_talk",
        "question_open", "reason_grant", "receiver_gone", "signal_sent", "unfinished",
    }  # fmt: skip
    assert {found[one] for one in found if one not in {"receiver_gone", "signal_sent"}} == {number}
    assert partner.number not in page


def test_what_happened_meanwhile_stays_behind_and_the_report_says_so(
    app, http_as, giver, receiver, consultant
):
    lead = make_user()
    going, stopped = make_dossier(lead=lead), make_dossier(lead=lead)
    grant = OpenWithReason("Belt nu en de vaste consulent is er niet.")
    open_with_reason(
        db.session(), actor(make_user()), going.number, grant, now=at(TODAY), today=TODAY
    )
    transfer = make_transfer(giver, receiver, state=CONFIRMED)
    form = {"kind": "stopped", "valid_from": TODAY.isoformat(), "stop_reason": "moved",
            "reason": "Verhuisd."}  # fmt: skip
    assert http_as(lead).post(f"/dossiers/{stopped.number}/traject", data=form).status_code == 303
    takes = http_as(receiver)
    spread = {"how": "spread", "users": consultant.id}
    takes.post(page_of(transfer, "/verdeling"), data=spread)
    execute(takes, transfer)
    rows = db.session.scalars(select(TransferDossier).order_by(TransferDossier.dossier_id)).all()
    assert [row.outcome for row in rows] == [Outcome.MOVED, Outcome.STOPPED]
    assert db.session.get_one(Dossier, stopped.id).holder_id == make_team().id
    assert "Bleef: intussen gestopt" in http_as(giver).get(page_of(transfer, "/dossiers")).text
    assert all_is_well(app)


def test_there_and_back_on_one_day_gives_everybody_the_same_lead_as_if_nothing_moved(
    app, http_as, giver, receiver, consultant
):
    lead = make_user()
    dossier, free = make_dossier(lead=lead, today=date(2026, 10, 1)), make_dossier()
    there = make_transfer(giver, receiver, state=CONFIRMED)
    http_as(receiver).post(page_of(there, "/verdeling"), data={
        "how": "spread", "users": consultant.id})  # fmt: skip
    execute(http_as(giver), there)
    assert db.session.get_one(Dossier, dossier.id).lead_id == consultant.id
    between = datetime.now(UTC)
    back = make_transfer(receiver, giver, state=CONFIRMED)
    assert back.from_organisation_id == make_agency().id
    http_as(giver).post(page_of(back, "/verdeling"), data={"how": "former"})
    execute(http_as(receiver), back)
    db.session.expire_all()
    for one, wanted in ((dossier, lead.id), (free, None)):
        row = db.session.get_one(Dossier, one.id)
        assert (row.holder_id, row.lead_id) == (make_team().id, wanted)
        assert not gaps(GuidancePeriod.history(db.session(), dossier_id=one.id))
    guided = GuidancePeriod.history(db.session(), dossier_id=dossier.id)
    held = Assignment.history(db.session(), dossier_id=dossier.id)
    (guide,), (spell,) = known(guided), known(held)
    assert (guide.organisation_id, guide.valid_from) == (make_team().id, dossier.opened_on)
    assert (spell.user_id, spell.valid_from) == (lead.id, date(2026, 10, 1))
    assert "Begeleiding overgegaan" not in spell.reason
    assert [(row.organisation_id, row.valid_from) for row in known(guided, between)] == [
        (make_team().id, dossier.opened_on), (make_agency().id, TODAY),
    ]  # fmt: skip
    assert [row.user_id for row in known(held, between)] == [lead.id, consultant.id]
    moved = db.session.get_one(TransferDossier, (back.id, dossier.id))
    assert moved.guided_from == TODAY
    page = http_as(lead).get(f"/dossiers/{dossier.number}").text
    assert "sinds 01-10-2026" in page
    assert "Begeleiding overgegaan" not in page
    assert http_as(consultant).get(f"/dossiers/{dossier.number}").status_code == 404
    assert all_is_well(app)


@pytest.mark.parametrize("step", ["/stappen", "/uitvoering"])
def test_of_two_coordinators_at_once_one_has_it_and_the_other_hears_who(
    app, http_as, giver, receiver, step
):
    make_dossier()
    confirms = step == "/stappen"
    state = TransferState.OFFERED if confirms else CONFIRMED
    transfer, told = make_transfer(giver, receiver, state=state), []
    second = make_user(Role.COORDINATOR, organisation=make_agency())
    data = {"step": "confirmed"} if confirms else {}
    counts = together(*(
        sending(app, http_as(user), page_of(transfer, step), data, told)
        for user in (receiver, second)
    ))  # fmt: skip
    assert counts == {(303 if confirms else 200): 1, 409: 1}
    word = "bevestigd" if confirms else "uitgevoerd"
    assert any(f"Deze overgang is al {word}" in page for page in told)
    assert all_is_well(app)


def test_who_leaves_the_page_before_the_end_changed_nothing(app, http_as, giver, receiver):
    dossier = make_dossier(lead=make_user())
    transfer = make_transfer(giver, receiver, state=CONFIRMED)
    assert "is uitgevoerd" not in execute(
        http_as(giver), transfer, until="Opvolgingen en berichten"
    )
    assert db.session.get_one(Dossier, dossier.id).holder_id == make_team().id
    assert all_is_well(app)  # writes too: nothing is locked any more
    assert "is uitgevoerd" in execute(http_as(receiver), transfer)
    assert all_is_well(app)


@pytest.mark.parametrize("fails_at", ["refresh_due_items", "_welcome"])
def test_a_failure_leaves_everything_as_it_was_and_says_so(
    app, http_as, giver, receiver, monkeypatch, fails_at
):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    transfer = make_transfer(giver, receiver, state=CONFIRMED)

    def fail(*_values, **_named):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(execution, fails_at, fail)
        page = execute(http_as(giver), transfer)
    assert "Er is niets veranderd" in page
    assert "disk full" not in page
    row = db.session.get_one(Dossier, dossier.id)
    assert (row.holder_id, row.lead_id) == (make_team().id, lead.id)
    assert len(GuidancePeriod.history(db.session(), dossier_id=dossier.id)) == 1
    assert db.session.get_one(Transfer, transfer.id).state is CONFIRMED
    assert db.session.scalars(select(Message)).all() == []
    assert all_is_well(app)
    assert "uitgevoerd" in execute(http_as(giver), transfer)


def test_forty_dossiers_take_as_many_statements_as_one(http_as, giver, receiver):
    numbers, gives = [], http_as(giver)
    for size in (1, 40):
        for _ in range(size):
            make_dossier(lead=make_user())
        transfer = make_transfer(giver, receiver, state=CONFIRMED)
        with count_queries() as shown:
            gives.get(page_of(transfer))
        session, who, when = db.session(), actor(giver), {"now": at(TODAY), "today": TODAY}
        with count_queries() as statements:
            begun = execution.begin_execution(session, who, transfer.id, **when)
            for _ in execution.carry_out(session, who, begun, **when):
                pass
            session.commit()
        numbers.append((len(shown), len(statements)))
    assert numbers[0] == numbers[1]
    assert max(shown for shown, _ in numbers) < 15
    assert max(executed for _, executed in numbers) < 35


def test_a_killed_process_leaves_everything_as_it_was(app, http_as, giver, receiver):
    lead = make_user()
    dossier_id, lead_id = make_dossier(lead=lead).id, lead.id
    transfer, takes = make_transfer(giver, receiver, state=CONFIRMED), http_as(receiver)
    who, number, when = actor(giver), transfer.id, {"now": at(TODAY), "today": TODAY}
    db.session.remove()
    db.engine.dispose()  # the child is not to inherit a connection
    child = os.fork()
    if child == 0:
        begun = execution.begin_execution(db.session(), who, number, **when)
        for progress in execution.carry_out(db.session(), who, begun, **when):
            if progress.text == "Logboek":
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    row = db.session.get_one(Dossier, dossier_id)
    assert (row.holder_id, row.lead_id) == (make_team().id, lead_id)
    assert all_is_well(app)
    assert "is uitgevoerd" in execute(takes, db.session.get_one(Transfer, number))


@pytest.mark.history
def test_the_council_counts_the_same_whoever_guides(app, http_as, db_session):
    giver = db_session.scalars(select_user("coordinator@westbetuwe.example")).one()
    receiver = make_user(Role.COORDINATOR, organisation=make_agency())
    db_session.execute(update(FollowUp).values(user_id=None))
    address = "/rapportages/kp4?peildatum={}"
    days = ("2020-11-02", TODAY.isoformat())
    gives = http_as(giver)
    before = [figures_on(gives.get(address.format(day)).text) for day in days]
    assert before[0]["count-total"] == "130"
    transfer = make_transfer(giver, receiver, state=TransferState.OFFERED)
    for found in blocked(gives.get(page_of(transfer)).text):
        gives.post(page_of(transfer, "/keuze"), data={"what": "leave", "dossier": found})
    http_as(receiver).post(page_of(transfer, "/stappen"), data={"step": "confirmed"})
    assert "uitgevoerd" in execute(gives, transfer)
    assert [figures_on(gives.get(address.format(day)).text) for day in days] == before


def select_user(email):
    from kp4web.accounts.models import User

    return select(User).where(User.email == email)


def figures_on(page):
    """Return every count on the council report by its name."""
    return dict(re.findall(r'data-testid="(count-[a-z_0-9]+)"[^>]*>\s*(?:<a[^>]*>)?\s*(\d+)', page))


def blocked(page):
    """Return the numbers of the dossiers that stand in the way, of each finding."""
    rows = re.findall(r'data-testid="finding".*?</tr>', page, re.DOTALL)
    return [re.findall(r"KP4-\d{4}-\d+", row) for row in rows if "Eerst oplossen" in row]


def test_what_came_to_nothing_and_what_came_in_before_is_no_window_on_what_moved(
    http_as, giver, receiver
):
    came = make_handover()
    accepted = http_as(giver).post(f"/overdrachten/{came.id}/acceptatie", data={})
    assert accepted.status_code == 303
    number = db.session.scalar(select(Dossier.number))
    dead = make_transfer(giver, receiver, state=CONFIRMED)
    gives, listed = http_as(giver), "/overdrachten?status=geaccepteerd"
    assert number in gives.get(page_of(dead, "/dossiers")).text
    assert number in gives.get(listed).text
    gives.post(page_of(dead, "/stappen"), data={"step": "withdrawn", "reason": "Herzien."})
    assert "uitgevoerd" in execute(gives, make_transfer(giver, receiver, state=CONFIRMED))
    assert number not in gives.get(page_of(dead, "/dossiers")).text
    assert gives.get(f"/overdrachten/{came.id}").status_code == 404
    assert number not in gives.get(listed).text
    again = gives.post(f"/overdrachten/{came.id}/acceptatie", data={})
    assert number not in again.text
