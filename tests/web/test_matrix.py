"""
Every route as every role in every relation: who gets in, who may not, for whom it is not there.

A route without a row fails; so does a row without a route.
"""

import re

import pytest
from flask import Flask

from tests.world import PERSONAS, make_world, paths_of

pytestmark = pytest.mark.world
EVERYONE = set(PERSONAS)
TEAM = {"lead", "colleague", "coordinator"}
BUREN = {"buren lead", "buren coordinator"}
CONSULTANTS = {"lead", "colleague", "buren lead"}
COORDINATORS = {"coordinator", "buren coordinator"}
OPERATORS = {"administrator", "operator"}
AGENCY_TAKES = {"job coach", "agency coordinator"}

# endpoint: (who gets in, for whom the West Betuwe record is not there); all others are refused
ROWS: dict[str, tuple[set[str], set[str]]] = {
    "accessrequests.create": ({"coordinator"}, BUREN & COORDINATORS),
    "accessrequests.data": ({"coordinator"}, BUREN & COORDINATORS),
    "accessrequests.document": ({"coordinator"}, BUREN & COORDINATORS),
    "accessrequests.index": ({"privacy"}, set()),
    "accessrequests.of_dossier": ({"coordinator"}, BUREN & COORDINATORS),
    "accessrequests.release": ({"privacy"}, set()),
    "accessrequests.return_": ({"privacy"}, set()),
    "accessrequests.show": ({"privacy"}, set()),
    "accessrequests.withdraw": ({"coordinator"}, BUREN & COORDINATORS),
    "accounts.end_session": (set(), EVERYONE),  # somebody else's session
    "accounts.extend_session": (EVERYONE, set()),
    "accounts.shortcuts": (EVERYONE, set()),
    "accounts.show": (EVERYONE, set()),
    "accounts.update_password": (EVERYONE, set()),
    "accounts.update_shortcuts": (EVERYONE, set()),
    "administration.index": (OPERATORS, set()),
    "agenda.index": (CONSULTANTS, set()),
    "agenda.talk_file": (TEAM, BUREN),
    "breakglass.create": ({"colleague", "coordinator"}, BUREN),
    "breakglass.delete": (TEAM, BUREN),
    "breakglass.index": ({*COORDINATORS, "fg", "buren fg"}, set()),
    "breakglass.new": ({"colleague", "coordinator"}, BUREN),
    "caseload.assign": (COORDINATORS, set()),
    "caseload.create_dossier": (COORDINATORS, set()),
    "caseload.index": (COORDINATORS, set()),
    "caseload.new": ({"coordinator"}, {"buren coordinator"}),
    "caseload.new_dossier": (COORDINATORS, set()),
    "conversations.create": ({"lead", "colleague"}, {"buren lead"}),
    "conversations.create_attempt": ({"lead", "colleague"}, {"buren lead"}),
    "conversations.create_message": ({"colleague"}, {"buren lead"}),
    "conversations.new": ({"lead", "colleague"}, {"buren lead"}),
    "conversations.new_attempt": ({"lead", "colleague"}, {"buren lead"}),
    "conversations.new_message": ({"colleague"}, {"buren lead"}),
    "conversations.next_attempt": ({"lead", "colleague"}, {"buren lead"}),
    "conversations.settle_message": ({"lead"}, BUREN),
    "corrections.edit_assignment": ({"coordinator"}, {"buren coordinator"}),
    "corrections.edit_track": ({"lead", "coordinator"}, BUREN),
    "corrections.index": (TEAM, BUREN),
    "corrections.see": ({"lead", "coordinator"}, BUREN),
    "corrections.update_assignment": ({"coordinator"}, {"buren coordinator"}),
    "corrections.update_track": ({"lead", "coordinator"}, BUREN),
    "conversations.show": ({"lead"}, {"colleague", "coordinator", *BUREN}),
    "decisions.create": ({"intake"}, set()),
    "decisions.edit": ({"intake"}, set()),
    "decisions.figures": ({"agency coordinator"}, set()),
    "decisions.new": ({"intake"}, set()),
    "decisions.outcome": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "decisions.update": ({"intake"}, set()),
    "departures.create": ({"lead", "coordinator"}, {"buren lead", "buren coordinator"}),
    "departures.nobody": ({*COORDINATORS, "agency coordinator"}, set()),
    "departures.show": ({"lead", "coordinator"}, {"buren lead", "buren coordinator"}),
    "digest.show": ({*CONSULTANTS, *COORDINATORS}, set()),
    "digest.update": ({*CONSULTANTS, *COORDINATORS}, set()),
    "directory.index": ({"income", "agency coordinator"}, set()),
    "directory.letter": (TEAM, BUREN),
    "directory.results": ({"income", "agency coordinator"}, set()),
    "drafts.delete": (set(), EVERYONE),  # nobody's draft
    "exemptions.correct": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.create": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.edit": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.end": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.extend": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.index": ({*TEAM, *BUREN, "income"}, set()),
    "exemptions.lapse": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.new_extension": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.plan": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.report": ({*TEAM, *BUREN, "policy", "buren policy"}, set()),
    "exemptions.review": ({"lead"}, BUREN & CONSULTANTS),
    "exemptions.show": ({*TEAM, "income"}, BUREN),
    "figures.create_count": ({*COORDINATORS, "policy", "buren policy"}, set()),
    "figures.dossiers": ({*TEAM, *BUREN}, set()),
    "figures.new_count": ({*COORDINATORS, "policy", "buren policy"}, set()),
    "figures.show": ({*TEAM, *BUREN, "policy", "buren policy"}, set()),
    "grounds.create": ({"operator"}, set()),
    "grounds.index": ({*OPERATORS, "fg", "buren fg"}, set()),
    "grounds.retire": ({"operator"}, set()),
    "handovers.accept": ({"coordinator"}, {"buren coordinator", *AGENCY_TAKES}),
    "handovers.choose_coach": (set(), AGENCY_TAKES),  # a hand-over about an application
    "handovers.create": ({"intake"}, set()),
    "handovers.index": ({*CONSULTANTS, *COORDINATORS, "intake", *AGENCY_TAKES}, set()),
    "handovers.new": ({"intake"}, set()),
    "handovers.note_read": (set(), {*CONSULTANTS, *COORDINATORS}),
    "handovers.plan_talk": (set(), {*CONSULTANTS, *COORDINATORS, "job coach"}),
    "handovers.return_": ({"coordinator"}, {"buren coordinator", *AGENCY_TAKES}),
    "handovers.show": (
        {"coordinator", "intake", "agency coordinator"},
        {"buren coordinator", *CONSULTANTS, "job coach"},
    ),
    "handovers.tell": (set(), {"job coach"}),
    "handovers.withdraw": ({"intake"}, {*CONSULTANTS, *COORDINATORS}),
    "intake.bsn": ({"intake"}, set()),
    "intake.close": ({"intake"}, set()),
    "intake.create": ({"intake"}, set()),
    "intake.edit": ({"intake"}, set()),
    "intake.index": ({"intake", "agency coordinator"}, set()),
    "intake.new": ({"intake"}, set()),
    "intake.new_partner": ({"intake"}, set()),
    "intake.show": ({"intake", "agency coordinator"}, set()),
    "intake.take": ({"intake"}, set()),
    "intake.update": ({"intake"}, set()),
    "logbook.export": ({"fg", "buren fg"}, set()),
    "logbook.index": ({"fg", "buren fg"}, set()),
    "logbook.looked": ({"lead", "coordinator"}, BUREN),
    "logbook.unusual": ({"fg", "buren fg"}, set()),
    "moves.create": ({*TEAM, *BUREN}, set()),
    "moves.index": ({*TEAM, *BUREN}, set()),
    "moves.new": ({*TEAM, *BUREN}, set()),
    "needs.edit": ({"lead"}, {"buren lead"}),
    "needs.index": ({"lead"}, BUREN),
    "needs.update": ({"lead"}, {"buren lead"}),
    "organisations.create": ({"operator"}, set()),
    "organisations.new": ({"operator"}, set()),
    "organisations.edit": (OPERATORS, set()),
    "organisations.index": (OPERATORS, set()),
    "organisations.update": (OPERATORS, set()),
    "organisations.update_norms": (OPERATORS, set()),
    "outlines.create": (COORDINATORS, set()),
    "outlines.edit": ({"coordinator"}, {"buren coordinator"}),
    "outlines.index": (COORDINATORS, set()),
    "outlines.new": (COORDINATORS, set()),
    "outlines.restore": ({"coordinator"}, {"buren coordinator"}),
    "outlines.retire": ({"coordinator"}, {"buren coordinator"}),
    "outlines.update": ({"coordinator"}, {"buren coordinator"}),
    "privacy.explain": (EVERYONE, set()),  # without a field: asked again
    "privacy.show": (EVERYONE, set()),
    "questionnaires.answer": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.complete": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.create_for_application": ({"intake"}, set()),
    "questionnaires.create_for_dossier": ({"lead"}, {"buren lead"}),
    "questionnaires.discard": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.finish": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.index_of_dossier": ({"lead"}, {"buren lead"}),
    "questionnaires.resume": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.show": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "questionnaires.update": ({"lead"}, {"colleague", "buren lead", "intake"}),
    "reports.answer": ({"lead"}, {"colleague", "buren lead"}),
    "reports.ask": ({"coordinator"}, {"buren coordinator"}),
    "reports.create_addition": ({"lead"}, {"colleague", "buren lead"}),
    "reports.new_addition": ({"lead"}, {"colleague", "buren lead"}),
    "reports.question": ({"lead", "coordinator"}, {"colleague", *BUREN}),
    "reports.questions": ({"lead", "coordinator"}, {"colleague", *BUREN}),
    "reports.settle": ({"coordinator"}, {"buren coordinator"}),
    "residents.create_contact": ({"lead"}, BUREN),
    "residents.create_member": ({"lead", "coordinator"}, BUREN),
    "residents.edit": ({"lead", "coordinator"}, BUREN),
    "residents.edit_contact": ({"lead"}, BUREN),
    "residents.edit_member": ({"lead", "coordinator"}, BUREN),
    "residents.new_contact": ({"lead"}, BUREN),
    "residents.new_member": ({"lead", "coordinator"}, BUREN),
    "residents.update": ({"lead", "coordinator"}, BUREN),
    "residents.update_contact": ({"lead"}, BUREN),
    "residents.update_member": ({"lead", "coordinator"}, BUREN),
    "search.create_filter": ({*TEAM, *BUREN}, set()),
    "search.delete_filter": (set(), {*TEAM, *BUREN}),  # nobody's filter
    "search.filters": ({*TEAM, *BUREN}, set()),
    "search.index": ({*TEAM, *BUREN}, set()),
    "search.rename_filter": (set(), {*TEAM, *BUREN}),
    "search.results": ({*TEAM, *BUREN}, set()),
    "search.show": ({*TEAM, *BUREN}, set()),
    "signals.answer": ({"income"}, set()),
    "signals.approve": ({"coordinator"}, BUREN & COORDINATORS),
    "signals.edit": ({"lead", "coordinator"}, BUREN),
    "signals.index": ({*COORDINATORS, "income"}, set()),
    "signals.return_": ({"coordinator"}, BUREN & COORDINATORS),
    "signals.see": ({"lead"}, {"colleague", "buren lead"}),
    "signals.show": ({"coordinator", "income"}, BUREN & COORDINATORS),
    "signals.update": ({"lead"}, BUREN & CONSULTANTS),
    "signals.withdraw": ({"lead"}, {"colleague", "buren lead"}),
    "start.index": (EVERYONE, set()),
    "timeline.prepare": (TEAM, BUREN),
    "timeline.reveal_bsn": ({"lead", "coordinator"}, BUREN),
    "timeline.show": (TEAM, BUREN),
    "tracks.decide": ({"lead", "coordinator"}, BUREN),
    "tracks.edit": (TEAM, BUREN),
    "tracks.update": ({"lead", "coordinator"}, BUREN),
    "tracks.update_subgroups": ({"lead", "coordinator"}, BUREN),
    "users.close": (OPERATORS, set()),
    "users.create": (OPERATORS, set()),
    "users.create_password": (OPERATORS, set()),
    "users.edit": (OPERATORS, set()),
    "users.index": (OPERATORS, set()),
    "users.new": (OPERATORS, set()),
    "users.update_phone": (OPERATORS, set()),
    "users.update_roles": (OPERATORS, set()),
    "versions.create": (OPERATORS, set()),
    "versions.index": ({*OPERATORS, "fg", "buren fg"}, set()),
    "versions.put_in_force": (OPERATORS, set()),
    "versions.show": ({*OPERATORS, "fg", "buren fg"}, set()),
    "worklist.agreement": ({"lead"}, BUREN & CONSULTANTS),
    "worklist.complete": ({"lead"}, BUREN),
    "worklist.create": ({"lead"}, BUREN),
    "worklist.edit": ({"lead", "coordinator"}, BUREN),
    "worklist.index": ({*TEAM, *BUREN}, set()),
    "worklist.move": ({"lead", "coordinator"}, BUREN),
    "worklist.new": ({"lead"}, BUREN),
    "worklist.note_pension": ({"lead", "coordinator"}, BUREN),
    "worklist.pension": ({"lead", "coordinator"}, BUREN),
    "worklist.undo": ({"lead"}, BUREN),
    "worklist.settle_agreement": ({"lead"}, BUREN & CONSULTANTS),
    "accounts.sign_out": (EVERYONE, set()),  # last: after it nothing is open
}
PUBLIC = {"accounts.sign_in", "accounts.create_session", "start.healthz", "start.readyz", "static"}
LET_IN = {200, 204, 303, 409, 422}


def routes(app: Flask):
    """Every endpoint with its method and rule; the changing ones after the reading ones."""
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    order = [*(e for e in ROWS if "GET" in rules[e].methods),
             *(e for e in ROWS if "GET" not in rules[e].methods)]  # fmt: skip
    return [(e, "GET" if "GET" in rules[e].methods else "POST", rules[e]) for e in order]


def test_every_route_has_a_row_and_every_row_a_route(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known == set(ROWS) | PUBLIC


@pytest.mark.parametrize("persona", PERSONAS)
def test_a_persona_gets_in_where_the_matrix_says_and_nowhere_else(app, http_as, persona):
    world = make_world()
    values, http = paths_of(world, "West Betuwe"), http_as(world.users[persona])
    found = {}
    for endpoint, method, rule in routes(app):
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), rule.rule)
        status = http.open(address, method=method).status_code
        found[endpoint] = "in" if status in LET_IN else status
    expected = {
        endpoint: "in" if persona in inside else 404 if persona in absent else 403
        for endpoint, (inside, absent) in ROWS.items()
    }
    assert found == expected


def test_nobody_gets_in_without_signing_in(app, http):
    values = paths_of(make_world(), "West Betuwe")
    for endpoint, method, rule in routes(app):
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), rule.rule)
        response = http.open(address, method=method)
        wanted = 303 if method == "GET" else 401
        assert (endpoint, response.status_code) == (endpoint, wanted)


def test_another_municipality_gets_the_same_answer_as_for_nothing(app, http_as):
    world = make_world()
    number = world.places["West Betuwe"].dossier.number
    for persona in ("buren lead", "buren coordinator"):
        http = http_as(world.users[persona])
        answers = {
            re.sub(r'value="[^"]*"', "", http.get(f"/dossiers/{n}").text)
            for n in (number, "KP4-2026-00000001")
        }
        assert len(answers) == 1
