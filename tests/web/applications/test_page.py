"""One application at the work agency: what is shown of it, and what is done about it."""

from datetime import date, timedelta

import pytest

from kp4web.applications.commands import Member
from kp4web.applications.models import ApplicationMember
from kp4web.clients.models import HouseholdRelation
from kp4web.decisions.commands import Measured
from kp4web.domain.actor import OrganisationKind, Role
from kp4web.domain.applications import ApplicationState, Closing, LifeArea
from kp4web.extensions import db
from kp4web.organisations.commands import add_organisation
from kp4web.questionnaires.models import Questionnaire
from tests.application_pages import (
    FRAGMENT,
    entries,
    handed_over,
    in_state,
    members_of,
    sent_back,
    typed,
    url,
    valid,
)
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    decide,
    make_agency,
    make_application,
    make_municipality,
    make_questionnaire,
    make_user,
    make_version,
)
from tests.queries import count_queries

STATES = [state.value for state in ApplicationState]
RUNNING = ["open", "running", "waiting", "returned"]
POSTS = ["/gegevens", "/behandelaar", "/afsluiten", "/bsn"]


@pytest.fixture
def stranger(intake):
    """An intake consultant of another work agency."""
    other = add_organisation(
        db.session(), kind=OrganisationKind.WORK_AGENCY, name="Werkzaak Elders", serves=[]
    )
    db.session.commit()
    return make_user(Role.INTAKE, organisation=other)


def again(row):
    db.session.rollback()
    db.session.refresh(row)
    return row


# ---------------------------------------------------------------------- who sees what


def test_the_page_shows_everything_to_intake(http_as, intake):
    made = make_application(
        by=intake, surname="O'Brien-Şahin", initials="Ş.", bsn="999990019", phone="06 12345678",
        street="Herenstraat 1", town="Tiel", interpreter="Turks", approach="Bel na elf uur.",
        members=(Member("Noor", HouseholdRelation.CHILD, date(2014, 5, 6)),),
    )  # fmt: skip
    page = http_as(intake).get(url(made)).text
    assert f"<title>Aanvraag {made.id} " in page or f"<title>Aanvraag {made.id}" in page
    for shown in ("Ş. O&#39;Brien-Şahin", "•••••• 019", "06 12345678", "Herenstraat 1",
                  "Tolk Turks nodig", "Bel na elf uur.", "Noor", "51 jaar"):  # fmt: skip
        assert shown in page
    assert "999990019" not in page
    (entry,) = entries("application_read")
    assert (entry.detail, entry.relation) == ({"application": made.id}, "intake")


@pytest.mark.parametrize("state", STATES)
def test_a_colleague_at_intake_sees_the_same(http_as, intake, state):
    made = in_state(state, intake, surname="Bekend")
    page = http_as(make_user(Role.INTAKE)).get(url(made)).text
    assert ("A. Bekend" in page) == (state != "accepted")
    assert made.state.label in page


def test_once_accepted_only_the_status_is_left(http_as, intake):
    made = make_application(
        by=intake, surname="Geheimpje", phone="06 99887766",
        members=(Member("Kindgeheim", HouseholdRelation.CHILD),),
    )  # fmt: skip
    partner = make_application(by=intake, partner_of=made)
    handed_over(made, intake, today=TODAY - timedelta(days=1))
    http, address = http_as(intake), url(made)
    with count_queries() as statements:
        page = http.get(address).text
    assert "di 17-11-2026" in page
    assert "Gemeente West Betuwe, Team Sociaal" in page
    for secret in ("Geheim", "06 99887766", "Kindgeheim", url(partner), "Klantprofiel", "form"):
        assert secret not in page.partition("<main")[2]
    asked = " ".join(statements)
    for column in ("surname", "justification", "application_member", "questionnaire", "handover"):
        assert column not in asked


def test_the_coordinator_of_the_agency_sees_the_status(http_as, intake):
    made = in_state("returned", intake, surname="Geheimpje")
    page = http_as(make_user(Role.AGENCY_COORDINATOR)).get(url(made)).text
    assert "Terug bij intake" in page
    assert "Sanne Verhoeven" in page
    for secret in ("Geheimpje", "Deze inwoner is verhuisd.", "perspectief", "BSN"):
        assert secret not in page


@pytest.mark.parametrize("tail", ["", "/gegevens", "/partner"])
def test_another_agency_finds_nothing(http_as, intake, stranger, tail):
    made = make_application(by=intake)
    http = http_as(stranger)
    assert http.get(url(made, tail)).status_code == 404
    assert http.get("/aanvragen/999999" + tail).status_code == 404


@pytest.mark.parametrize("tail", POSTS)
def test_another_agency_changes_nothing(http_as, intake, stranger, tail):
    made = make_application(by=intake)
    sent = valid(closing="withdrawn")
    assert http_as(stranger).post(url(made, tail), data=sent).status_code == 404
    assert again(made).state is ApplicationState.OPEN
    assert made.handler_id == intake.id


@pytest.mark.parametrize("tail", POSTS)
@pytest.mark.parametrize("role", [Role.AGENCY_COORDINATOR, Role.CONSULTANT, Role.COORDINATOR])
def test_other_roles_change_nothing(http_as, intake, role, tail):
    made = make_application(by=intake)
    assert http_as(make_user(role)).post(url(made, tail), data=valid()).status_code == 403


def test_the_page_asks_as_much_after_a_long_history(http_as, intake):
    make_version(make_agency(), today=date(2026, 1, 1))
    made, http = make_application(by=intake), http_as(intake)
    make_questionnaire(made, intake, completed=True)
    sent_back(made, intake)
    address = url(made)
    with count_queries() as few:
        http.get(address)
    for _ in range(3):
        make_questionnaire(made, intake, completed=True)
        sent_back(made, intake)
    with count_queries() as many:
        page = http.get(address).text
    assert len(few) == len(many) <= 16
    assert page.count('data-testid="timeline-entry"') == 13


# ---------------------------------------------------------------------- what to do next


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("open", "Vragenlijst beginnen"),
        ("running", "Verder met de vragenlijst"),
        ("waiting", "Uitkomst bekijken en profiel vaststellen"),
        ("offered", "U hoeft nu niets te doen."),
        ("returned", "Opnieuw aanbieden"),
        ("closed", "U hoeft niets meer te doen."),
    ],
)
def test_every_state_says_what_to_do(http_as, intake, state, said):
    made = in_state(state, intake)
    page = http_as(intake).get(url(made)).text
    assert said in page
    assert page.count("button--primary") == (state not in {"offered", "closed"})


def test_a_return_says_why_and_from_whom_also_after_moving(http_as, intake):
    made = in_state("returned", intake)
    http = http_as(intake)
    http.post(url(made, "/gegevens"), data=valid(municipality=make_municipality("Buren").id))
    page = http.get(url(made)).text
    assert "Gemeente West Betuwe, Team Sociaal stuurde de overdracht terug" in page
    assert page.count("Deze inwoner is verhuisd.") == 2
    assert "Buren" in page


def test_the_history_holds_every_step(http_as, intake):
    make_version(make_agency(), today=date(2026, 1, 1))
    made = make_application(by=intake, today=TODAY - timedelta(days=9))
    asked = make_questionnaire(made, intake, completed=True, today=TODAY - timedelta(days=7))
    decide(made, intake, questionnaire=asked, justification="Daarom <b>dus</b>.")
    page = http_as(intake).get(url(made)).text
    order = [page.index(text) for text in (
        "Overdracht aangeboden", "Klantprofiel 4 vastgesteld", "Vragenlijst: afgerond",
        "Aanvraag geregistreerd",
    )]  # fmt: skip
    assert order == sorted(order)
    assert "Daarom &lt;b&gt;dus&lt;/b&gt;." in page
    assert "Versie 1.0.0 (voorbeeldinhoud, niet gevalideerd)" in page
    assert "Geen voorstel" in page


def test_what_was_measured_elsewhere_is_named(http_as, intake):
    made = make_application(by=intake)
    scores = ((LifeArea.JUSTICE, "groen"), (LifeArea.WORK, "7,1"))
    decide(made, intake, profile=2, measured=Measured("Meetlat", TODAY, 3, "ML-7", scores))
    page = http_as(intake).get(url(made)).text
    for shown in ("Meetlat", "ML-7", "7,1", "groen", "Klantprofiel 2 vastgesteld"):
        assert shown in page
    assert page.index("Werk en werk zoeken") < page.index("Justitie")


# ---------------------------------------------------------------------- BSN, handler, closing


def test_the_bsn_is_shown_in_full_after_a_logged_act(http_as, intake):
    made = make_application(by=intake, bsn="999990019")
    http = http_as(intake)
    part = http.post(url(made, "/bsn"), headers=FRAGMENT)
    assert "999990019" in part.text
    assert "<html" not in part.text
    whole = http.post(url(made, "/bsn"))
    assert "999990019" in whole.text
    assert "A. Voorbeeld" in whole.text
    assert [e.detail for e in entries("application_bsn_reveal")] == [{"application": made.id}] * 2


def test_an_unknown_bsn_says_so(http_as, intake):
    made = make_application(by=intake, bsn=None)
    page = http_as(intake).get(url(made)).text
    assert "niet bekend" in page
    assert "BSN tonen" not in page


def test_a_colleague_takes_the_application_over(http_as, intake):
    made, colleague = make_application(by=intake), make_user(Role.INTAKE, name="Bram")
    assert "Ik neem deze aanvraag over" not in http_as(intake).get(url(made)).text
    http = http_as(colleague)
    assert "Ik neem deze aanvraag over" in http.get(url(made)).text
    response = http.post(url(made, "/behandelaar"))
    assert (response.status_code, response.location) == (303, url(made))
    assert again(made).handler_id == colleague.id
    http.post(url(made, "/behandelaar"))
    (entry,) = entries("application_take")
    assert entry.detail == {"application": made.id, "earlier": intake.id}


@pytest.mark.parametrize(
    ("closing", "note"), [("withdrawn", ""), ("other", "Verhuisd naar een andere regio.")]
)
def test_an_application_is_closed_without_a_profile(http_as, intake, closing, note):
    made = make_application(by=intake)
    http = http_as(intake)
    response = http.post(url(made, "/afsluiten"), data={"closing": closing, "note": note})
    assert (response.status_code, response.location) == (303, url(made))
    assert again(made).state is ApplicationState.CLOSED
    assert (made.closing, made.closing_note, made.closed_by_id) == (
        Closing(closing), note, intake.id,
    )  # fmt: skip
    page = http.get(url(made)).text
    assert made.closing.label in page
    assert note in page
    assert [e.detail for e in entries("application_close")] == [{"application": made.id}]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"note": "Mijn toelichting."}, "Maak een keuze."),
        ({"closing": "profile", "note": "Mijn toelichting."}, "Ongeldige keuze"),
        ({"closing": "other", "note": " "}, "Schrijf waarom u de aanvraag afsluit."),
        ({"closing": "other", "note": "x" * 2001}, "U typte er 2001."),
    ],
)
def test_closing_asks_why(http_as, intake, sent, said):
    made = make_application(by=intake)
    response = http_as(intake).post(url(made, "/afsluiten"), data=sent)
    assert response.status_code == 422
    assert said in response.text
    assert typed(response.text)["note"] == sent["note"].strip()
    assert "<details" in response.text
    assert " open>" in response.text
    assert again(made).state is ApplicationState.OPEN


@pytest.mark.parametrize("state", ["running", "offered", "accepted", "closed"])
def test_what_is_not_open_is_not_closed(http_as, intake, state):
    made = in_state(state, intake)
    http = http_as(intake)
    assert http.post(url(made, "/afsluiten"), data={"closing": "withdrawn"}).status_code == 409
    assert http.post(url(made, "/afsluiten"), data={}).status_code == 409
    assert again(made).state is ApplicationState(state)


@pytest.mark.parametrize("tail", ["/behandelaar", "/bsn"])
def test_after_acceptance_nothing_is_left_to_do(http_as, intake, tail):
    made = in_state("accepted", intake, bsn="999990019")
    response = http_as(intake).post(url(made, tail))
    assert response.status_code == 409
    assert "999990019" not in response.text


# ---------------------------------------------------------------------- correcting


@pytest.mark.parametrize("state", RUNNING)
def test_the_data_are_corrected(http_as, intake, state):
    made = in_state(
        state, intake, bsn="999990019", approach="Bel eerst.",
        members=(Member("Noor", HouseholdRelation.CHILD, date(2014, 5, 6)),),
    )  # fmt: skip
    http = http_as(intake)
    shown = typed(http.get(url(made, "/gegevens")).text)
    assert (shown["members-0-name"], shown["approach"]) == ("Noor", "Bel eerst.")
    assert not shown["bsn"]
    changed = {"surname": "Anders", "members-0-name": "Noortje", "members-1-name": "Sem",
               "members-1-relation": "other"}  # fmt: skip
    response = http.post(url(made, "/gegevens"), data=shown | changed)
    assert (response.status_code, response.location) == (303, url(made))
    assert (again(made).surname, made.approach, made.reveal_bsn()) == (
        "Anders", "Bel eerst.", "999990019",
    )  # fmt: skip
    assert {name for name, *_ in members_of(made)} == {"Noortje", "Sem"}
    assert made.state is ApplicationState(state)
    assert len(entries("application_change")) == 1


def test_another_bsn_replaces_the_known_one(http_as, intake):
    made, number = make_application(by=intake), a_bsn()
    http_as(intake).post(url(made, "/gegevens"), data=valid(bsn=number))
    assert again(made).reveal_bsn() == number


def test_a_bsn_that_is_in_use_is_refused(http_as, intake):
    number = a_bsn()
    other, made = make_application(by=intake, bsn=number), make_application(by=intake, bsn=None)
    response = http_as(intake).post(url(made, "/gegevens"), data=valid(bsn=number))
    assert response.status_code == 422
    assert f"Naar aanvraag {other.id}" in response.text
    assert again(made).bsn_hash is None


def test_another_municipality_takes_the_questionnaires_along(http_as, intake):
    made, buren = in_state("waiting", intake), make_municipality("Buren").id
    http_as(intake).post(url(made, "/gegevens"), data=valid(municipality=buren))
    asked = db.session.query(Questionnaire).filter_by(application_id=made.id).one()
    assert (again(made).municipality_id, again(asked).municipality_id) == (buren, buren)


def test_an_earlier_date_makes_an_open_application_wait_longer(http_as, intake):
    made = make_application(by=intake)
    http_as(intake).post(url(made, "/gegevens"), data=valid(registered_on="2026-11-01"))
    assert (again(made).registered_on, made.state_since) == (date(2026, 11, 1),) * 2


@pytest.mark.parametrize(
    ("state", "day", "said"),
    [("open", "2026-11-19", "in de toekomst"), ("waiting", "2026-11-19", "later zijn dan wat")],
)
def test_the_date_stays_before_what_followed(http_as, intake, state, day, said):
    made = in_state(state, intake)
    response = http_as(intake).post(url(made, "/gegevens"), data=valid(registered_on=day))
    assert response.status_code == 422
    assert said in response.text
    assert again(made).registered_on == TODAY


def test_a_correction_that_is_refused_keeps_what_was_typed(http_as, intake):
    made = make_application(by=intake)
    sent = valid(birth_date="31-02-1975", approach="Een lang verhaal.")
    response = http_as(intake).post(url(made, "/gegevens"), data=sent, headers=FRAGMENT)
    assert response.status_code == 422
    assert "<html" not in response.text
    shown = typed(response.text)
    assert (shown["approach"], shown["birth_date"]) == ("Een lang verhaal.", "31-02-1975")


def test_a_correction_gets_more_rows_too(http_as, intake):
    made = make_application(by=intake)
    response = http_as(intake).post(
        url(made, "/gegevens"), data=valid(meer="1", surname="Nog niet")
    )
    assert response.status_code == 200
    assert typed(response.text)["surname"] == "Nog niet"
    assert "members-2-name" in typed(response.text)
    assert again(made).surname != "Nog niet"


@pytest.mark.parametrize("state", ["offered", "accepted", "closed"])
def test_what_the_municipality_has_is_not_corrected(http_as, intake, state):
    made = in_state(state, intake)
    http = http_as(intake)
    assert http.get(url(made, "/gegevens")).status_code == 409
    response = http.post(url(made, "/gegevens"), data=valid(surname="Anders"))
    assert response.status_code == 409
    assert ("aangeboden aan de gemeente" in response.text) == (state == "offered")
    assert again(made).surname != "Anders"
    assert db.session.query(ApplicationMember).count() == 0
