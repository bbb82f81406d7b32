"""Correcting a klantprofiel: what is shown before saving is what the figures show after it."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

from kp4web.applications.models import Application, ApplicationDecision
from kp4web.decisions.figures import figures_for
from kp4web.decisions.intentions import Measured
from kp4web.decisions.moved import changes, periods_around
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState, Closing, LifeArea
from kp4web.domain.due import DueKind
from kp4web.dossiers.models import Correction, Dossier, ProfileDecision
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
)
from kp4web.handovers.models import Handover
from kp4web.worklist.models import DueItem
from tests.conftest import TODAY
from tests.correction_pages import hidden, no_differences, save
from tests.factories import (
    a_coordinator,
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_assignment,
    make_municipality,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.web.test_concurrency import all_is_well, sending, together

MARCH = date(2026, 3, 31)
UUID = "7f1c1d7e3c5b4b0f9f6f2d1d9a3e4b5c"
SAID = {
    "decided_on": "2026-03-31", "profile": "4", "justification": "Geen reëel perspectief.",
    "basis": "conversation", "basis_reason": "Het gesprek was genoeg.", "why": "Te laat getypt.",
}  # fmt: skip


@pytest.fixture
def intake(app):
    make_team()
    return make_user(Role.INTAKE, name="I. Bakker")


@pytest.fixture
def decided(intake):
    """Return a function that decides about an applicant of February."""

    def _decided(profile=4, **more):
        application = make_application(by=intake, today=date(2026, 2, 1), surname="Visser")
        return decide(application, intake, profile=profile, today=MARCH, **more)

    return _decided


def accept():
    handover = db.session.scalars(select(Handover)).one()
    dossier = accept_handover(
        db.session(), a_coordinator(), handover.id, AcceptHandover(), now=at(MARCH, 12),
        today=MARCH,
    )  # fmt: skip
    db.session.commit()
    return dossier


def path_of():
    """Return the page that corrects what is known of the decision now."""
    db.session.rollback()
    known = ApplicationDecision.superseded_at.is_(None)
    latest = select(func.max(ApplicationDecision.id)).where(known)
    return f"/profielbepalingen/{db.session.scalar(latest)}/correctie"


def state():
    db.session.rollback()
    row = db.session.scalars(select(Application)).one()
    return row.state, row.closing


def profiles():
    db.session.rollback()
    known = ProfileDecision.superseded_at.is_(None)
    rows = db.session.scalars(select(ProfileDecision).where(known)).all()
    return [(row.profile, row.valid_from, row.justification) for row in rows]


def previewed(page):
    """Return what the preview says of every period."""
    rows = re.findall(r'data-testid="figure-line">(.*?)</tr>', page, re.DOTALL)
    return [
        (
            " ".join(unescape(re.sub(r"<[^>]+>", "", row.split("</th>")[0])).split()),
            tuple(unescape(text) for text in re.findall(r"<li>(.*?)</li>", row)),
        )
        for row in rows
    ]


def test_a_day_reaches_back_in_the_dossier_and_who_guides_is_told(http_as, intake, decided):
    decision = decided()
    dossier, http = accept(), http_as(intake)
    number = dossier.number
    coordinator = make_user(Role.COORDINATOR)
    status = http.get(f"/aanvragen/{decision.application_id}").text
    assert path_of() in status
    page = http.get(path_of()).text
    assert "Visser" not in status + page  # the decision itself, and nobody's name
    answer, sent = save(http, path_of(), SAID | {"decided_on": "2026-02-27", "submission": UUID})
    assert answer.status_code == 303
    assert http.post(f"/profielbepalingen/{decision.id}/correctie", data=sent).status_code == 303
    assert len(db.session.scalars(select(Correction)).all()) == 1
    assert profiles() == [(4, date(2026, 2, 27), "Geen reëel perspectief.")]
    item = select(DueItem.user_id, DueItem.due_on).where(DueItem.kind == DueKind.PROFILE_CORRECTED)
    assert db.session.execute(item).all() == [(None, TODAY)]  # nobody has the dossier yet
    lead = make_user()
    make_assignment(db.session.get(Dossier, dossier.id), lead)
    assert db.session.execute(item).all() == [(lead.id, TODAY)]
    assert (
        "Klantprofiel gecorrigeerd"
        in http_as(lead).get("/werkvoorraad?soort=profile_corrected").text
    )
    course = http_as(coordinator).get(f"/dossiers/{number}/verloop").text
    assert "I. Bakker van Werkzaak" in course
    assert "Te laat getypt." in course
    timeline = http_as(lead).get(f"/dossiers/{number}?soort=traject").text
    assert "Profielbepaling gecorrigeerd door Werkzaak" in timeline
    (seen,) = re.findall(r'action="(/correcties/\d+/gezien)"', course)
    assert http_as(make_user()).post(seen).status_code == 403  # a colleague
    for _ in range(2):
        assert http_as(coordinator).post(seen).status_code == 303
    assert db.session.execute(item).all() == []
    assert seen not in http_as(lead).get(f"/dossiers/{number}/verloop").text
    assert no_differences() == []


def test_klantprofiel_4_stands_while_the_municipality_guides(http_as, intake, decided):
    decided()
    accept()
    answer = http_as(intake).post(path_of(), data=SAID | {"profile": "3"})
    assert answer.status_code == 422
    assert "Overleg met Team Sociaal" in answer.text.split('id="profile-error"')[1]
    assert profiles()[0][0] == 4


def test_klantprofiel_4_after_all_is_offered(http_as, intake, decided):
    decided(profile=3)
    http, said = http_as(intake), SAID | {"justification": "Toch niet."}
    refused = http.post(path_of(), data=said | {"stap": "vastleggen"})
    assert "Schrijf een korte overdracht voor Team Sociaal." in refused.text
    answer, _ = save(http, path_of(), said | {"note": "Bel eerst."})
    assert answer.status_code == 303
    assert state() == (ApplicationState.OFFERED, None)
    handover = db.session.scalars(select(Handover)).one()
    package = http_as(make_user(Role.COORDINATOR)).get(f"/overdrachten/{handover.id}").text
    assert "Werkzaak corrigeerde de profielbepaling op" in package
    dossier = accept()
    assert profiles() == [(4, MARCH, "Toch niet.")]
    assert no_differences() == []
    asked = select(DueItem.id).where(
        DueItem.kind == DueKind.PROFILE_CORRECTED, DueItem.dossier_id == dossier.id
    )
    assert db.session.execute(asked).all() == []  # it was corrected before there was a dossier


def test_without_a_receiver_the_form_comes_back_instead_of_an_offer(http_as, intake, decided):
    decided(profile=3)
    make_team().municipality_id = make_municipality("Tiel").id
    db.session.commit()
    http, said = http_as(intake), SAID | {"justification": "Toch niet.", "note": "Bel eerst."}
    for step in ("", "vastleggen"):
        answer = http.post(path_of(), data=said | {"stap": step})
        assert answer.status_code == 422
        assert "werkt nog niet met dit systeem" in answer.text.split('id="profile-error"')[1]
        assert "Toch niet." in answer.text
    assert state() == (ApplicationState.CLOSED, Closing.PROFILE)


def test_a_returned_application_closes_when_it_was_not_klantprofiel_4(http_as, intake, decided):
    decided()
    http = http_as(intake)
    assert "Trek eerst de overdracht in" in http.post(path_of(), data=SAID | {"profile": "2"}).text
    handover = db.session.scalars(select(Handover)).one()
    return_handover(
        db.session(), a_coordinator(), handover.id, ReturnHandover("Kan werken."),
        now=at(MARCH, 12), today=MARCH,
    )  # fmt: skip
    db.session.commit()
    package = f"/overdrachten/{handover.id}"
    assert "Waarom klantprofiel 4" in http.get(package).text
    answer, _ = save(http, path_of(), SAID | {"profile": "2"})
    assert "Waarom klantprofiel 2" in http.get(package).text
    assert (answer.status_code, state()[0]) == (303, ApplicationState.CLOSED)
    page = unescape(http.get(answer.location).text)
    assert "Profielbepaling gecorrigeerd" in page
    assert "Eerst stond er: klantprofiel 4" in page
    assert no_differences() == []


def test_the_preview_is_the_difference_of_the_figures_and_before_it_they_stand(
    http_as, intake, decided
):
    make_version(make_team(), make_agency(), today=date(2026, 1, 1))
    manager = actor(make_user(Role.AGENCY_COORDINATOR))
    application = make_application(by=intake, today=date(2025, 12, 1))
    asked = make_questionnaire(
        application, intake, answers={"won_plek": "geen"}, completed=True, today=date(2026, 1, 5)
    )
    decide(application, intake, profile=3, questionnaire=asked, today=date(2026, 4, 2))
    decided(profile=2)
    path = "/profielbepalingen/{}/correctie"
    http, said = http_as(intake), SAID | {"basis": "questionnaire", "decided_on": "2026-04-02"}
    at_first = figures_for(db.session(), manager, date(2025, 1, 1), TODAY)
    for changed in (
        {"profile": "2"}, {"profile": "1", "decided_on": "2026-03-30"},
        {"profile": "2", "basis": "elsewhere", "instrument": "ABC", "measured_on": "2026-01-05"},
        {"profile": "2", "basis": "conversation", "decided_on": "2025-12-31"},
    ):  # fmt: skip
        row = _current(application)
        days = {row.decided_on, date.fromisoformat((said | changed)["decided_on"])}
        before = _figures(manager, days)
        looked = http.post(path.format(row.id), data=said | changed)
        assert looked.status_code == 200, looked.text
        assert http.post(path.format(row.id), data=hidden(looked.text)).status_code == 303
        after = _figures(manager, days)
        assert previewed(looked.text) == [
            (label, changes(before[label], after[label])) for label in after
        ]
    year = "/rapportages/profielvoorstellen?van=2025-01-01&tot=2026-12-31"
    then = figures_for(db.session(), manager, date(2025, 1, 1), TODAY, at(date(2026, 11, 17)))
    assert then == at_first
    page = http_as(make_user(Role.AGENCY_COORDINATOR)).get(f"{year}&bekend_op=2026-11-17").text
    assert "Zoals bekend op 17-11-2026" in page


def test_after_acceptance_nothing_tells_the_suggestion(http_as, intake):
    make_version(make_team(), make_agency(), today=date(2026, 1, 1))
    application = make_application(by=intake, today=date(2026, 2, 1))
    asked = make_questionnaire(
        application, intake, answers={"won_plek": "geen"}, completed=True, today=date(2026, 2, 2)
    )
    decide(application, intake, profile=3, questionnaire=asked, today=MARCH)
    http, said = http_as(intake), SAID | {"basis": "questionnaire", "note": "Bel eerst."}
    before = http.post(path_of(), data=said | {"decided_on": "2026-02-27"}).text
    assert ", vastgesteld 3: 1 wordt 0" in str(previewed(before))
    save(http, path_of(), said)
    accept()
    page = http.post(path_of(), data=said | {"basis": "conversation"}).text
    assert previewed(page) == [
        ("1e kwartaal 2026", ("De cijfers veranderen.",)), ("2026", ("De cijfers veranderen.",)),
    ]  # fmt: skip


def test_after_acceptance_the_measured_profile_is_not_shown_and_stays(http_as, intake, decided):
    measured = Measured("ABC", date(2026, 3, 2), 3, "X-1", ((LifeArea.WORK, "62"),))
    decision = decided(measured=measured)
    http = http_as(intake)
    assert 'name="measured_profile"' in http.get(path_of()).text
    accept()
    page = http.get(path_of()).text
    assert 'name="instrument"' in page
    assert 'name="measured_profile"' not in page
    said = SAID | {"basis": "elsewhere", "instrument": "ABCD", "measured_on": "2026-03-02",
                   "measured_profile": "1"}  # fmt: skip
    looked = http.post(path_of(), data=said).text
    assert [found for _, found in previewed(looked)] == [(), ()]
    answer, _ = save(http, path_of(), said)
    assert answer.status_code == 303
    db.session.rollback()
    row = db.session.scalars(
        select(ApplicationDecision).where(ApplicationDecision.first_id == decision.id)
    ).one()
    assert (row.instrument, row.measured_profile) == ("ABCD", 3)


def _current(application):
    db.session.rollback()
    return db.session.scalars(
        select(ApplicationDecision).where(
            ApplicationDecision.application_id == application.id,
            ApplicationDecision.superseded_at.is_(None),
        )
    ).one()


def _figures(manager, days):
    return {
        label: figures_for(db.session(), manager, first, last)
        for label, first, last in periods_around(days)
    }


def test_who_comes_too_late_looks_again(http_as, intake, decided):
    decision = decided(profile=2)
    first, second = http_as(intake), http_as(make_user(Role.INTAKE))
    path = path_of()
    mine = hidden(first.post(path, data=SAID | {"profile": "3"}).text)
    theirs = hidden(second.post(path, data=SAID | {"profile": "1"}).text)
    assert first.post(path, data=mine).status_code == 303
    late = second.post(path, data=theirs)
    assert late.status_code == 409
    assert "Te laat getypt." in late.text  # what was typed comes back
    assert second.get(f"/profielbepalingen/{decision.id}/correctie").status_code == 409
    assert second.get(path_of()).status_code == 200


def test_correcting_while_the_municipality_accepts_leaves_one_profile(
    app, http_as, intake, decided
):
    decision = decided(justification=SAID["justification"])
    handover = db.session.scalars(select(Handover)).one()
    coordinator, http = http_as(make_user(Role.COORDINATOR)), http_as(intake)
    looked = hidden(http.post(path_of(), data=SAID | {"decided_on": "2026-02-27"}).text)
    counts = together(
        sending(app, http, f"/profielbepalingen/{decision.id}/correctie", looked),
        sending(app, coordinator, f"/overdrachten/{handover.id}/acceptatie", {}),
    )
    assert counts in ({303: 2}, {303: 1, 409: 1})
    known = select(ApplicationDecision.decided_on).where(ApplicationDecision.known())
    assert [day for _, day, _ in profiles()] == db.session.scalars(known).all()
    assert all_is_well(app)


REFUSED = [
    ({}, None, "U heeft niets veranderd."),
    ({"why": " "}, "why", "Vul dit veld in."),
    ({"decided_on": "2026-01-31"}, "decided_on", "Kies 01-02-2026 of later"),
    ({"decided_on": "2026-04-01"}, "decided_on", "Kies 31-03-2026 of eerder"),
    ({"decided_on": "2026-02-29"}, "decided_on", "geen bestaande datum"),
    ({"basis": "questionnaire"}, "basis", "Ongeldige keuze"),
    ({"basis_reason": ""}, "basis_reason", "waarom er geen vragenlijst is"),
    ({"basis": "elsewhere", "instrument": "ABC", "measured_on": "2026-04-01"}, "measured_on",
     "op of voor de dag"),
]  # fmt: skip


def test_bad_input_is_explained_at_the_field(http_as, intake, decided):
    decided(justification=SAID["justification"])
    path, http = path_of(), http_as(intake)
    http.post(path, data=SAID | {"why": "Half getypt", "concept": "1"})
    assert "Half getypt" in http.get(path).text
    for given, field, sentence in REFUSED:
        answer = http.post(path, data=SAID | given)
        assert answer.status_code == 422
        text = answer.text.split(f'id="{field}-error"')[1] if field else answer.text
        assert sentence in (text.split("</p>")[0] if field else text)
