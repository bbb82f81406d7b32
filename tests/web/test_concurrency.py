"""Several people at once, in real threads with their own connections, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

import kp4web
from kp4web.accounts.commands import ACCOUNT_FAILURES
from kp4web.caseload.models import Assignment
from kp4web.conversations.models import Conversation
from kp4web.domain.actor import Role
from kp4web.domain.periods import known, overlaps
from kp4web.domain.sanctions import SignalState
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.extensions import Base, db
from kp4web.worklist.models import FollowUp
from tests.conftest import TODAY, settings_for
from tests.factories import (
    make_dossier,
    make_follow_up,
    make_handover,
    make_signal,
    make_user,
)
from tests.forms import FORMS, PATHS
from tests.web.test_bad_input import Visitors, body_of, rules_of, signed_in

AT_ONCE = 8
DAY = TODAY.isoformat()
TALK = {"outcome": "held", "held_on": DAY, "channel": "phone", "report": "Gesproken."}
Step = Callable[[], int]


@pytest.fixture
def post(app: Flask, http_as) -> Callable[..., Step]:
    """Return a function that prepares a form to be sent, as somebody with an own client."""

    def _prepare(user, path: str, data: dict[str, str] | None = None) -> Step:
        return sending(app, http_as(user), path, data or {})

    return _prepare


def sending(
    app: Flask, client: FlaskClient, path: str, data: dict[str, str], told: list[str] | None = None
) -> Step:
    def send() -> int:
        with app.app_context():
            if data.get("method") == "GET":
                return FlaskClient.open(client, path).status_code
            answer = FlaskClient.open(client, path, method="POST", data=data)
            if told is not None:
                told.append(answer.text)
            return answer.status_code

    return send


def together(*steps: Step, threads: int = AT_ONCE) -> Counter[int]:
    """Run the steps at the same time and return how often each status came."""
    db.session.commit()  # the test itself holds no lock
    db.session.expire_all()
    start = Barrier(min(threads, len(steps)))

    def run(numbered: tuple[int, Step]) -> int:
        number, step = numbered
        if number < start.parties:
            start.wait(timeout=30)
        return step()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(run, enumerate(steps)))


def count_of(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def all_is_well(app: Flask) -> bool:
    """Return whether the log and every stored date are as the facts say."""
    db.session.commit()
    run = app.test_cli_runner().invoke
    results = [run(args=["audit", "verify"]), run(args=["worklist", "verify"])]
    return [result.exit_code for result in results] == [0, 0]


def test_one_form_sent_200_times_is_one_conversation(app, post):
    lead = make_user()
    number = make_dossier(lead=lead).number
    data = TALK | {"submission": uuid4().hex, "follow_up_on": DAY, "follow_up_what": "Bellen."}
    sends = [post(lead, f"/dossiers/{number}/gesprekken", data) for _ in range(AT_ONCE)]
    assert together(*(sends * 25)) == {303: 200}
    assert (count_of(Conversation), count_of(FollowUp)) == (1, 1)
    assert all_is_well(app)


@pytest.mark.parametrize("rival", ["another coach", "the lead withdraws", "the lead stops"])
def test_a_hand_over_has_one_winner_and_the_other_hears_what_happened(app, http_as, rival):
    lead, first, second = make_user(), make_user(Role.JOB_COACH), make_user(Role.JOB_COACH)
    dossier = make_dossier(lead=lead, track=TrackKind.KP3)
    offered = http_as(lead).post(f"/dossiers/{dossier.number}/overdracht", data={"note": "Kan."})
    path, accepts = offered.location, {"justification": "Kan binnen een jaar werken."}
    stops = {"kind": "stopped", "valid_from": DAY, "stop_reason": "moved", "reason": "Verhuisd."}
    other = {
        "another coach": (second, f"{path}/acceptatie", accepts),
        "the lead withdraws": (lead, f"{path}/intrekking", {}),
        "the lead stops": (lead, f"/dossiers/{dossier.number}/traject", stops),
    }[rival]
    told: list[str] = []
    counts = together(
        *(
            sending(app, http_as(user), to, data, told)
            for user, to, data in [(first, f"{path}/acceptatie", accepts), other]
        )
    )
    if rival == "the lead stops" and counts == {303: 1, 422: 1}:
        counts = Counter({303: 1, 409: 1})  # accepted first: it stands stopped already
    assert counts == {303: 1, 409: 1}
    assert all_is_well(app)
    if rival != "the lead stops":
        assert any("Deze overdracht is al " in page for page in told)


def test_a_signal_is_sent_or_withdrawn_and_the_other_hears_what_happened(app, http_as):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    signal = make_signal(dossier, lead, SignalState.SUBMITTED)
    path, told = f"/maatregelsignalen/{signal.id}", []
    counts = together(
        sending(app, http_as(make_user(Role.COORDINATOR)), f"{path}/goedkeuring", {}, told),
        sending(app, http_as(lead), f"{path}/intrekking", {"reason": "Hij belde."}, told),
    )
    assert counts == {303: 1, 409: 1}
    assert any("Dit signaal heeft nu de stand " in page for page in told)
    assert all_is_well(app)


FORMS_THAT_ADD = {  # endpoint: which table grows, by how much
    "conversations.create_attempt": "contact_attempt",
    "conversations.create_message": "message",
    "residents.create_contact": "contact",
    "residents.create_member": "household_member",
    "worklist.create": "follow_up",
    "worklist.note_pension": "pension_note",
    "tracks.update": "track_period",
    "caseload.create_dossier": "dossier",
    "intake.create": "application",
    "intake.close": "audit_entry",
    "decisions.create": "application_decision",
    "handovers.accept": "dossier",
    "handovers.return_": "audit_entry",
    "handovers.create": "handover",
    "departures.create": "handover",
    "handovers.tell": "feedback_report",
    "handovers.withdraw": "audit_entry",
    "questionnaires.discard": "audit_entry",
    "figures.create_count": "welfare_count",
}


@pytest.mark.forms
def test_every_form_that_adds_something_adds_it_once(app):
    """The same form at once and once more: every answer goes on, and the second adds nothing."""
    visitors, faults = Visitors(app), []
    for endpoint, name in FORMS_THAT_ADD.items():
        persona, data = FORMS[endpoint]
        good = {**(data if endpoint != "handovers.accept" else {}), "submission": uuid4().hex}
        body = visitors.fill(body_of(good))
        path = visitors.fill(PATHS.get(endpoint, rules_of(app)[endpoint]))
        http = signed_in(app, visitors.world, persona)
        kind = "application/x-www-form-urlencoded"

        def send(http=http, path=path, body=body, kind=kind) -> int:
            with app.app_context():
                return FlaskClient.open(
                    http, path, method="POST", data=body, content_type=kind
                ).status_code

        table = Base.metadata.tables[name]
        before = db.session.scalar(select(func.count()).select_from(table))
        once = together(send, send)
        between = db.session.scalar(select(func.count()).select_from(table))
        db.session.rollback()
        twice = together(send)
        after = db.session.scalar(select(func.count()).select_from(table))
        db.session.rollback()
        if (once, twice, after) != ({303: 2}, {303: 1}, between) or between == before:
            faults.append((endpoint, once, twice, before, between, after))
    assert faults == []
    assert all_is_well(app)


def test_a_message_sent_several_times_is_one_message(app, post):
    number, colleague = make_dossier(lead=make_user()).number, make_user()
    data = {"text": "Bel even.", "submission": uuid4().hex}
    sends = [post(colleague, f"/dossiers/{number}/berichten", data) for _ in range(AT_ONCE)]
    assert together(*(sends * 3)) == {303: 24}
    assert all_is_well(app)


def test_two_people_accept_one_handover_and_one_dossier_comes_of_it(app, post):
    handover = make_handover()
    pair = [make_user(Role.COORDINATOR) for _ in range(2)]
    path = f"/overdrachten/{handover.id}/acceptatie"
    assert together(*(post(user, path) for user in pair)) == {303: 1, 409: 1}
    assert count_of(Dossier) == 1
    assert all_is_well(app)


def test_two_handovers_of_one_person_never_become_two_dossiers(app, post):
    first, bsn = make_handover(bsn="999990019", surname="Dubbel"), "999990019"
    second = make_handover(bsn=bsn, surname="Dubbel")
    coordinators = [make_user(Role.COORDINATOR) for _ in range(2)]
    paths = [f"/overdrachten/{one.id}/acceptatie" for one in (first, second)]
    found = together(*map(post, coordinators, paths))
    assert found[303] == 1
    assert found[409] + found[422] == 1
    assert count_of(Dossier) == 1
    assert all_is_well(app)


def test_two_coordinators_assign_one_dossier_and_one_lead_holds_it(app, post):
    dossier, leads = make_dossier(), [make_user() for _ in range(2)]
    sends = [
        post(
            make_user(Role.COORDINATOR), "/toewijzingen",
            {"dossier": dossier.number, "user": str(lead.id), "reason": "Past hier."},
        )
        for lead in leads
    ]  # fmt: skip
    assert together(*sends) == {303: 2}
    rows = known(Assignment.history(db.session(), dossier_id=dossier.id))
    assert not overlaps(rows)
    assert [row.user_id for row in rows if row.valid_to is None] == [dossier.lead_id]
    assert all_is_well(app)


def test_assigning_the_same_dossiers_in_another_order_never_locks_up(app, post):
    numbers = [make_dossier().number for _ in range(6)]
    sends = [
        post(
            make_user(Role.COORDINATOR), "/toewijzingen",
            {"dossier": order, "user": str(make_user().id), "reason": "Past hier."},
        )
        for order in (numbers, numbers[::-1], numbers[3:] + numbers[:3]) * 2
    ]  # fmt: skip
    assert together(*sends) == {303: 6}
    assert all_is_well(app)


def test_two_tabs_change_the_track_and_no_day_has_two(app, post):
    lead = make_user()
    dossier = make_dossier(lead=lead)
    path = f"/dossiers/{dossier.number}/traject"
    changes = [
        {"kind": "kp3", "valid_from": DAY, "reason": "Een."},
        {"kind": "rest", "valid_from": DAY, "planned_end": "2027-05-01", "reason": "Twee."},
        {"kind": "under_investigation", "valid_from": "2026-11-01", "reason": "Drie."},
    ]
    found = together(*(post(lead, path, change) for change in changes))
    assert found[303] >= 1
    assert set(found) <= {303, 422}
    rows = known(TrackPeriod.history(db.session(), dossier_id=dossier.id))
    assert not overlaps(rows)
    assert [row.kind for row in rows if row.valid_to is None] == [dossier.kind]
    assert all_is_well(app)


def test_a_follow_up_is_completed_once(app, post):
    lead = make_user()
    item = make_follow_up(make_dossier(lead=lead), lead, due_on=TODAY)
    path = f"/opvolgingen/{item.id}/afhandeling"
    assert together(*(post(lead, path) for _ in range(4))) == {303: 1, 409: 3}
    assert all_is_well(app)


def test_reading_and_writing_one_dossier_at_once_never_locks_up(app, post):
    lead, colleague = make_user(), make_user()
    number = make_dossier(lead=lead).number
    page, look = f"/dossiers/{number}", {"method": "GET"}
    steps = [
        post(lead, page, look),
        post(colleague, page, look),
        post(lead, f"{page}/gesprekken", TALK),
        post(colleague, f"{page}/berichten", {"text": "Bel even."}),
    ] * 20
    found = together(*steps, threads=4)
    assert found == {200: 40, 303: 40}
    assert all_is_well(app)


def test_many_people_in_many_dossiers_all_get_through(app, post):
    steps = []
    for _ in range(AT_ONCE):
        lead = make_user()
        dossier = make_dossier(lead=lead)
        item = make_follow_up(dossier, lead, due_on=TODAY)
        page = f"/dossiers/{dossier.number}"
        steps += [
            post(lead, f"{page}/gesprekken", TALK),
            post(lead, f"{page}/opvolgingen", {"due_on": DAY, "what": "Bellen."}),
            post(lead, f"/opvolgingen/{item.id}/verzetting", {"due_on": "2026-12-01"}),
            post(lead, f"{page}/traject", {"kind": "kp3", "valid_from": DAY, "reason": "Ja."}),
            post(lead, page, {"method": "GET"}),
            post(lead, "/werkvoorraad", {"method": "GET"}),
        ]
    assert together(*steps) == {303: 4 * AT_ONCE, 200: 2 * AT_ONCE}
    assert all_is_well(app)


def test_attempts_to_sign_in_count_together_in_every_instance(app):
    user = make_user(email="wim@kp4web.example")
    other = kp4web.create_app(settings_for(app.config["SQLALCHEMY_DATABASE_URI"]))
    data = {"email": user.email, "password": "niet dit wachtwoord"}
    clients = [(one, one.test_client()) for one in (app, other)]
    sends = [sending(one, client, "/inloggen", data) for one, client in clients]
    db.session.commit()
    statuses = [sends[number % 2]() for number in range(ACCOUNT_FAILURES + 2)]
    assert statuses == [422] * ACCOUNT_FAILURES + [429, 429]
    with other.app_context():
        db.engine.dispose()


GONE = ("sqlite:////nowhere/kp4web.sqlite", "postgresql+psycopg://kp4web@/x?host=/nowhere")


@pytest.mark.parametrize("address", GONE)
@pytest.mark.parametrize("path", ["/werkvoorraad", "/inloggen", "/dossiers/KP4-2026-0001"])
def test_without_a_database_a_user_reads_why_in_dutch(address, path):
    app = kp4web.create_app(settings_for(address))
    client = app.test_client()
    with client.session_transaction() as session:
        session["token"] = "somebody who was signed in"
    response = client.get(path)
    assert response.status_code == 500
    assert "De gegevens zijn nu niet bereikbaar. Er is niets veranderd." in response.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
