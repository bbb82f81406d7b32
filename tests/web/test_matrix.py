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
CONSULTANTS = {"lead", "colleague", "buren lead"}
IN_MUNICIPALITY = {"coordinator", "buren coordinator"}
COORDINATORS = {*IN_MUNICIPALITY, "agency team"}
OTHER_LEADS, OTHER_COORDINATORS = CONSULTANTS - TEAM, COORDINATORS - TEAM
OTHERS = OTHER_LEADS | OTHER_COORDINATORS
"""Who works with dossiers, of another municipality or of the work agency: not with this one."""
OPERATORS = {"administrator", "operator"}
AGENCY_TAKES = {"job coach", "agency coordinator"}

# endpoint: (who gets in, for whom the West Betuwe record is not there); all others are refused
ROWS: dict[str, tuple[set[str], set[str]]] = {
    "accessrequests.create": ({"coordinator"}, OTHER_COORDINATORS),
    "accessrequests.data": ({"coordinator"}, OTHER_COORDINATORS),
    "accessrequests.document": ({"coordinator"}, OTHER_COORDINATORS),
    "accessrequests.index": ({"privacy"}, set()),
    "accessrequests.of_dossier": ({"coordinator"}, OTHER_COORDINATORS),
    "accessrequests.release": ({"privacy"}, set()),
    "accessrequests.return_": ({"privacy"}, set()),
    "accessrequests.show": ({"privacy"}, set()),
    "accessrequests.withdraw": ({"coordinator"}, OTHER_COORDINATORS),
    "accounts.end_session": (set(), EVERYONE),  # somebody else's session
    "accounts.extend_session": (EVERYONE, set()),
    "accounts.shortcuts": (EVERYONE, set()),
    "accounts.show": (EVERYONE, set()),
    "accounts.update_password": (EVERYONE, set()),
    "accounts.update_shortcuts": (EVERYONE, set()),
    "administration.index": (OPERATORS, set()),
    "agenda.index": (CONSULTANTS, set()),
    "agenda.talk_file": (TEAM, OTHERS),
    "breakglass.create": ({"colleague", "coordinator"}, OTHERS),
    "breakglass.delete": (TEAM, OTHERS),
    "breakglass.index": ({*IN_MUNICIPALITY, "fg", "buren fg"}, set()),
    "breakglass.new": ({"colleague", "coordinator"}, OTHERS),
    "caseload.assign": (COORDINATORS, set()),
    "caseload.create_dossier": (IN_MUNICIPALITY, set()),
    "caseload.index": (COORDINATORS, set()),
    "caseload.new": ({"coordinator"}, OTHER_COORDINATORS),
    "caseload.new_dossier": (IN_MUNICIPALITY, set()),
    "conversations.create": ({"lead", "colleague"}, OTHER_LEADS),
    "conversations.create_attempt": ({"lead", "colleague"}, OTHER_LEADS),
    "conversations.create_message": ({"colleague"}, OTHER_LEADS),
    "conversations.new": ({"lead", "colleague"}, OTHER_LEADS),
    "conversations.new_attempt": ({"lead", "colleague"}, OTHER_LEADS),
    "conversations.new_message": ({"colleague"}, OTHER_LEADS),
    "conversations.next_attempt": ({"lead", "colleague"}, OTHER_LEADS),
    "conversations.settle_message": ({"lead"}, OTHERS),
    "corrections.edit_assignment": ({"coordinator"}, OTHER_COORDINATORS),
    "corrections.edit_track": ({"lead", "coordinator"}, OTHERS),
    "corrections.index": (TEAM, OTHERS),
    "corrections.see": ({"lead", "coordinator"}, OTHERS),
    "corrections.update_assignment": ({"coordinator"}, OTHER_COORDINATORS),
    "corrections.update_track": ({"lead", "coordinator"}, OTHERS),
    "conversations.show": ({"lead"}, {"colleague", "coordinator", *OTHERS}),
    "decisions.create": ({"intake"}, set()),
    "decisions.edit": ({"intake"}, set()),
    "decisions.figures": ({"agency coordinator"}, set()),
    "decisions.new": ({"intake"}, set()),
    "decisions.outcome": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "decisions.update": ({"intake"}, set()),
    "departures.create": ({"lead", "coordinator"}, OTHERS),
    "departures.nobody": ({*COORDINATORS, "agency coordinator"}, set()),
    "departures.show": ({"lead", "coordinator"}, OTHERS),
    "digest.show": ({*CONSULTANTS, *COORDINATORS}, set()),
    "digest.update": ({*CONSULTANTS, *COORDINATORS}, set()),
    "directory.index": ({"income", "agency coordinator"}, set()),
    "directory.letter": (TEAM, OTHERS),
    "directory.results": ({"income", "agency coordinator"}, set()),
    "drafts.delete": (set(), EVERYONE),  # nobody's draft
    "exemptions.correct": ({"lead"}, OTHER_LEADS),
    "exemptions.create": ({"lead"}, OTHER_LEADS),
    "exemptions.edit": ({"lead"}, OTHER_LEADS),
    "exemptions.end": ({"lead"}, OTHER_LEADS),
    "exemptions.extend": ({"lead"}, OTHER_LEADS),
    "exemptions.index": ({*TEAM, *OTHERS, "income"}, set()),
    "exemptions.lapse": ({"lead"}, OTHER_LEADS),
    "exemptions.new_extension": ({"lead"}, OTHER_LEADS),
    "exemptions.plan": ({"lead"}, OTHER_LEADS),
    "exemptions.report": ({*TEAM, *OTHERS, "policy", "buren policy"}, set()),
    "exemptions.review": ({"lead"}, OTHER_LEADS),
    "exemptions.show": ({*TEAM, "income"}, OTHERS),
    "figures.create_count": ({*IN_MUNICIPALITY, "policy", "buren policy"}, set()),
    "figures.dossiers": ({*TEAM, *OTHERS}, set()),
    "figures.new_count": ({*IN_MUNICIPALITY, "policy", "buren policy"}, set()),
    "figures.show": ({*TEAM, *OTHERS, "policy", "buren policy"}, set()),
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
        {*OTHER_COORDINATORS, *CONSULTANTS, "job coach"},
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
    "logbook.looked": ({"lead", "coordinator"}, OTHERS),
    "logbook.unusual": ({"fg", "buren fg"}, set()),
    "moves.create": ({*TEAM, *OTHERS}, set()),
    "moves.index": ({*TEAM, *OTHERS}, set()),
    "moves.new": ({*TEAM, *OTHERS}, set()),
    "needs.edit": ({"lead"}, OTHER_LEADS),
    "needs.index": ({"lead"}, OTHERS),
    "needs.update": ({"lead"}, OTHER_LEADS),
    "organisations.create": ({"operator"}, set()),
    "organisations.new": ({"operator"}, set()),
    "organisations.edit": (OPERATORS, set()),
    "organisations.index": (OPERATORS, set()),
    "organisations.update": (OPERATORS, set()),
    "organisations.update_norms": (OPERATORS, set()),
    "outlines.create": (COORDINATORS, set()),
    "outlines.edit": ({"coordinator"}, OTHER_COORDINATORS),
    "outlines.index": (COORDINATORS, set()),
    "outlines.new": (COORDINATORS, set()),
    "outlines.restore": ({"coordinator"}, OTHER_COORDINATORS),
    "outlines.retire": ({"coordinator"}, OTHER_COORDINATORS),
    "outlines.update": ({"coordinator"}, OTHER_COORDINATORS),
    "privacy.explain": (EVERYONE, set()),  # without a field: asked again
    "privacy.show": (EVERYONE, set()),
    "questionnaires.answer": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.complete": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.create_for_application": ({"intake"}, set()),
    "questionnaires.create_for_dossier": ({"lead"}, OTHER_LEADS),
    "questionnaires.discard": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.finish": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.index_of_dossier": ({"lead"}, OTHER_LEADS),
    "questionnaires.resume": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.show": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "questionnaires.update": ({"lead"}, {"colleague", *OTHER_LEADS, "intake"}),
    "reports.answer": ({"lead"}, {"colleague", *OTHER_LEADS}),
    "reports.ask": ({"coordinator"}, OTHER_COORDINATORS),
    "reports.create_addition": ({"lead"}, {"colleague", *OTHER_LEADS}),
    "reports.new_addition": ({"lead"}, {"colleague", *OTHER_LEADS}),
    "reports.question": ({"lead", "coordinator"}, {"colleague", *OTHERS}),
    "reports.questions": ({"lead", "coordinator"}, {"colleague", *OTHERS}),
    "reports.settle": ({"coordinator"}, OTHER_COORDINATORS),
    "residents.create_contact": ({"lead"}, OTHERS),
    "residents.create_member": ({"lead", "coordinator"}, OTHERS),
    "residents.edit": ({"lead", "coordinator"}, OTHERS),
    "residents.edit_contact": ({"lead"}, OTHERS),
    "residents.edit_member": ({"lead", "coordinator"}, OTHERS),
    "residents.new_contact": ({"lead"}, OTHERS),
    "residents.new_member": ({"lead", "coordinator"}, OTHERS),
    "residents.update": ({"lead", "coordinator"}, OTHERS),
    "residents.update_contact": ({"lead"}, OTHERS),
    "residents.update_member": ({"lead", "coordinator"}, OTHERS),
    "search.create_filter": ({*TEAM, *OTHERS}, set()),
    "search.delete_filter": (set(), {*TEAM, *OTHERS}),  # nobody's filter
    "search.filters": ({*TEAM, *OTHERS}, set()),
    "search.index": ({*TEAM, *OTHERS}, set()),
    "search.rename_filter": (set(), {*TEAM, *OTHERS}),
    "search.results": ({*TEAM, *OTHERS}, set()),
    "search.show": ({*TEAM, *OTHERS}, set()),
    "signals.answer": ({"income"}, set()),
    "signals.approve": ({"coordinator"}, OTHER_COORDINATORS),
    "signals.edit": ({"lead", "coordinator"}, OTHERS),
    "signals.index": ({*COORDINATORS, "income"}, set()),
    "signals.return_": ({"coordinator"}, OTHER_COORDINATORS),
    "signals.see": ({"lead"}, {"colleague", *OTHER_LEADS}),
    "signals.show": ({"coordinator", "income"}, OTHER_COORDINATORS),
    "signals.update": ({"lead"}, OTHER_LEADS),
    "signals.withdraw": ({"lead"}, {"colleague", *OTHER_LEADS}),
    "start.index": (EVERYONE, set()),
    "timeline.prepare": (TEAM, OTHERS),
    "timeline.reveal_bsn": ({"lead", "coordinator"}, OTHERS),
    "timeline.show": (TEAM, OTHERS),
    "tracks.decide": ({"lead", "coordinator"}, OTHERS),
    "tracks.edit": (TEAM, OTHERS),
    "tracks.update": ({"lead", "coordinator"}, OTHERS),
    "tracks.update_subgroups": ({"lead", "coordinator"}, OTHERS),
    "transfers.choose": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.create": (COORDINATORS, set()),
    "transfers.divide": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.dossiers": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.edit": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.execute": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.index": (COORDINATORS, set()),
    "transfers.new": (COORDINATORS, set()),
    "transfers.show": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.step": ({"coordinator"}, OTHER_COORDINATORS),
    "transfers.update": ({"coordinator"}, OTHER_COORDINATORS),
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
    "worklist.agreement": ({"lead"}, OTHER_LEADS),
    "worklist.complete": ({"lead"}, OTHERS),
    "worklist.create": ({"lead"}, OTHERS),
    "worklist.edit": ({"lead", "coordinator"}, OTHERS),
    "worklist.index": ({*TEAM, *OTHERS}, set()),
    "worklist.move": ({"lead", "coordinator"}, OTHERS),
    "worklist.new": ({"lead"}, OTHERS),
    "worklist.note_pension": ({"lead", "coordinator"}, OTHERS),
    "worklist.pension": ({"lead", "coordinator"}, OTHERS),
    "worklist.undo": ({"lead"}, OTHERS),
    "worklist.settle_agreement": ({"lead"}, OTHER_LEADS),
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
