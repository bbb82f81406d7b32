"""The pages of the work agency about applications: list, registering, one application."""

import re
from datetime import date, timedelta

import html5lib
import pytest
from sqlalchemy import func, select

from kp4web.applications.commands import Member
from kp4web.applications.models import Application, ApplicationMember
from kp4web.audit.models import AuditEntry
from kp4web.clients.models import HouseholdRelation
from kp4web.domain.actor import Role
from kp4web.domain.applications import ApplicationState
from kp4web.extensions import db
from kp4web.handovers.commands import (
    AcceptHandover,
    ReturnHandover,
    accept_handover,
    return_handover,
)
from kp4web.handovers.models import Handover
from tests.conftest import TODAY
from tests.factories import (
    a_bsn,
    actor,
    at,
    decide,
    make_agency,
    make_application,
    make_municipality,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.queries import count_queries
from tests.unit.test_plans import explained

NOT_ALLOWED = [role for role in Role if role not in {Role.INTAKE, Role.AGENCY_COORDINATOR}]
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
ROW = 'data-testid="application-row"'


@pytest.fixture
def intake(app):
    make_team("Buren")
    return make_user(Role.INTAKE, name="Sanne Verhoeven")


@pytest.fixture
def boss(intake):
    return make_user(Role.AGENCY_COORDINATOR)


def url(application, tail=""):
    return f"/aanvragen/{application.id}{tail}"


def valid(**given):
    """Return what a good form sends."""
    known = {
        "initials": "Ş.", "prefix": "van den", "surname": "O'Brien-Şahin",
        "birth_date": "1975-05-17", "municipality": make_municipality().id,
        "registered_on": "2026-11-10",
    }  # fmt: skip
    return known | given


def newest():
    db.session.rollback()
    return db.session.scalars(select(Application).order_by(Application.id.desc())).first()


def in_all():
    db.session.rollback()
    return db.session.scalar(select(func.count(Application.id)))


def members_of(application):
    rows = db.session.scalars(
        select(ApplicationMember)
        .where(ApplicationMember.application_id == application.id)
        .order_by(ApplicationMember.id)
    )
    return [(row.name, row.relation.value, row.birth_date) for row in rows]


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def typed(page):
    """Return what stands in the fields of the form."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found = {item.get("name"): item.get("value") for item in tree.findall(".//input")}
    found |= {i.get("name"): (i.text or "").strip() for i in tree.findall(".//textarea")}
    for choice in tree.findall(".//select"):
        chosen = [o.get("value") for o in choice if "selected" in o.attrib]
        found[choice.get("name")] = next(iter(chosen), "")
    return found


def rows_on(page):
    return [int(key) for key in re.findall(r'data-application="(\d+)"', page)]


def handover_of(application):
    query = select(Handover).where(Handover.application_id == application.id)
    return db.session.scalars(query.order_by(Handover.id.desc())).first()


def sent_back(application, by, reason="Deze inwoner is verhuisd.", today=TODAY):
    decide(application, by, today=today)
    receiver = actor(make_user(Role.COORDINATOR))
    return_handover(
        db.session(), receiver, handover_of(application).id, ReturnHandover(reason),
        now=at(today, 11), today=today,
    )  # fmt: skip
    db.session.commit()


def handed_over(application, by, today=TODAY):
    decide(application, by, today=today, justification="Geheime motivering", note="Geheime notitie")
    receiver = actor(make_user(Role.COORDINATOR))
    accept_handover(
        db.session(), receiver, handover_of(application).id, AcceptHandover(),
        now=at(today, 11), today=today,
    )  # fmt: skip
    db.session.commit()


def in_state(state, by, **names):
    """Return an application in this state."""
    made = make_application(by=by, **names)
    if state in {"running", "waiting"}:
        make_version(make_agency(), today=date(2026, 1, 1))
        make_questionnaire(made, by, completed=state == "waiting")
    elif state == "offered":
        decide(made, by)
    elif state == "returned":
        sent_back(made, by)
    elif state == "accepted":
        handed_over(made, by)
    elif state == "closed":
        decide(made, by, profile=2)
    db.session.refresh(made)
    assert made.state is ApplicationState(state)
    return made


# ---------------------------------------------------------------------- the list


@pytest.mark.parametrize("path", ["/aanvragen", "/aanvragen/nieuw"])
@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_nobody_else_sees_applications(intake, http_as, role, path):
    assert http_as(make_user(role)).get(path).status_code == 403


def test_the_list_begins_with_what_waits_for_the_work_agency(http_as, intake):
    late = make_application(by=intake, surname="Laat", today=TODAY - timedelta(days=12))
    fresh = make_application(by=intake, surname="Vers")
    returned = in_state("returned", intake)
    offered, closed = in_state("offered", intake), in_state("closed", intake)
    page = http_as(intake).get("/aanvragen").text
    assert rows_on(page) == [late.id, fresh.id, returned.id]
    assert not {offered.id, closed.id} & set(rows_on(page))
    assert "A. Laat" in page
    assert "wacht 12 dagen" in page
    assert "sinds vandaag" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("open", "Vragenlijst beginnen"), ("running", "Vragenlijst afmaken"),
     ("waiting", "Profiel vaststellen"), ("returned", "Lezen waarom, en opnieuw besluiten")],
)  # fmt: skip
def test_the_list_says_what_to_do(http_as, intake, state, words):
    in_state(state, intake)
    assert words in http_as(intake).get("/aanvragen").text


@pytest.mark.parametrize(
    ("status", "state"),
    [("open", "open"), ("vragenlijst", "running"), ("wacht", "waiting"), ("aangeboden", "offered"),
     ("teruggestuurd", "returned"), ("geaccepteerd", "accepted"), ("afgesloten", "closed")],
)  # fmt: skip
def test_every_status_has_its_own_list(http_as, intake, status, state):
    wanted = in_state(state, intake)
    make_application(by=intake) if state != "open" else in_state("closed", intake)
    page = http_as(intake).get(f"/aanvragen?status={status}").text
    assert rows_on(page) == [wanted.id]


def test_an_offered_application_waits_for_the_coordinator_of_the_municipality(http_as, intake):
    in_state("offered", intake)
    page = http_as(intake).get("/aanvragen?status=aangeboden").text
    assert "Coördinator van Gemeente West Betuwe, Team Sociaal" in page


def test_an_accepted_application_has_no_name_in_the_list(http_as, intake):
    in_state("accepted", intake, surname="Geheimpje")
    http = http_as(intake)
    with count_queries() as statements:
        page = http.get("/aanvragen?status=geaccepteerd").text
    assert "Geaccepteerd" in page
    assert "Geheimpje" not in page
    assert "surname" not in " ".join(statements)
    assert entries("applications_read") == []


@pytest.mark.parametrize("state", ["open", "running", "waiting", "offered", "returned", "closed"])
def test_the_coordinator_of_the_agency_gets_no_name_anywhere(http_as, intake, boss, state):
    made = in_state(state, intake, surname="Geheimpje", phone="06 99887766")
    http, addresses = http_as(boss), [url(made), "/aanvragen", "/aanvragen?status=aangeboden"]
    with count_queries() as statements:
        pages = [http.get(a).text for a in (*addresses, "/aanvragen?status=afgesloten")]
    text = "\n".join(pages)
    assert f"Aanvraag {made.id}" in text
    assert "Sanne Verhoeven" in text
    for secret in ("Geheimpje", "06 99887766", "17-05-1975", "Graag eerst bellen", "perspectief"):
        assert secret not in text
    assert "surname" not in " ".join(statements)
    assert "note" not in " ".join(statements)
    assert "Aanvraag registreren" not in text


def test_the_list_is_filtered_by_municipality_and_by_who_handles_it(http_as, intake):
    other = make_user(Role.INTAKE)
    mine = make_application(by=intake)
    theirs = make_application(by=other)
    elsewhere = make_application(by=intake, municipality="Buren")
    http, buren = http_as(intake), make_municipality("Buren").id
    assert rows_on(http.get("/aanvragen?mijn=1").text) == [mine.id, elsewhere.id]
    assert rows_on(http.get(f"/aanvragen?gemeente={buren}").text) == [elsewhere.id]
    assert rows_on(http.get(f"/aanvragen?gemeente={buren}&mijn=1").text) == [elsewhere.id]
    page = http.get("/aanvragen?gemeente=99999").text
    assert rows_on(page) == [mine.id, theirs.id, elsewhere.id]
    assert re.search(r'Te doen <span class="count">3<', page)


def test_an_empty_list_says_what_to_do(http_as, intake):
    http = http_as(intake)
    assert "Registreer een aanvraag" in http.get("/aanvragen").text
    assert "Rond een vragenlijst af" in http.get("/aanvragen?status=wacht").text
    filtered = http.get("/aanvragen?status=wacht&mijn=1").text
    assert 'href="/aanvragen?status=wacht">Filter weghalen' in filtered


def test_the_list_comes_in_pages(http_as, intake):
    ids = [make_application(by=intake, today=TODAY - timedelta(days=n)).id for n in range(27)]
    http = http_as(intake)
    assert rows_on(http.get("/aanvragen").text) == ids[:1:-1]
    assert rows_on(http.get("/aanvragen?pagina=2").text) == [ids[1], ids[0]]
    beyond = http.get("/aanvragen?pagina=9")
    assert (beyond.status_code, beyond.location) == (303, "/aanvragen?pagina=2")


def test_the_list_asks_as_much_for_one_row_as_for_many(http_as, intake):
    make_application(by=intake)
    http = http_as(intake)
    with count_queries() as few:
        http.get("/aanvragen")
    for _ in range(20):
        make_application(by=intake)
    with count_queries() as many:
        assert http.get("/aanvragen").text.count(ROW) == 21
    assert len(few) == len(many) <= 12


def test_one_entry_holds_everybody_on_the_list(http_as, intake):
    ids = [make_application(by=intake).id for _ in range(3)]
    http_as(intake).get("/aanvragen")
    (entry,) = entries("applications_read")
    assert sorted(entry.detail["applications"]) == ids


# ---------------------------------------------------------------------- registering


def test_intake_registers_an_application(http_as, intake):
    http, number = http_as(intake), a_bsn()
    assert http.get("/aanvragen/nieuw").status_code == 200
    household = {
        "members-0-name": "Noor", "members-0-relation": "child",
        "members-0-birth_date": "2014-05-06", "members-1-name": "", "members-1-relation": "",
    }  # fmt: skip
    spaced = f"{number[:4]}.{number[4:6]} {number[6:]}"
    sent = valid(bsn=spaced, contact_preference="phone", interpreter="Turks", **household)
    response = http.post("/aanvragen", data=sent)
    made = newest()
    assert (response.status_code, response.location) == (303, url(made))
    assert (made.state, made.handler_id) == (ApplicationState.OPEN, intake.id)
    assert (str(made.registered_on), made.interpreter) == ("2026-11-10", "Turks")
    assert made.reveal_bsn() == number
    assert members_of(made) == [("Noor", "child", date(2014, 5, 6))]
    (entry,) = entries("application_register")
    assert entry.detail == {"application": made.id}


def test_a_bsn_of_eight_digits_gets_its_zero(http_as, intake):
    assert http_as(intake).post("/aanvragen", data=valid(bsn="10000008")).status_code == 303
    assert newest().reveal_bsn() == "010000008"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surname": " "}, "Vul dit veld in."),
        ({"surname": "a" * 70_000}, "U typte er 70000."),
        ({"surname": "a\x00b"}, "een teken dat niet bewaard kan worden"),
        ({"birth_date": "31-02-1975"}, "Dit is geen bestaande datum."),
        ({"birth_date": "2027-01-01"}, "De geboortedatum kan niet in de toekomst liggen."),
        ({"bsn": "123456789"}, "Dit is geen geldig BSN."),
        ({"registered_on": "2026-11-19"}, "De datum kan niet in de toekomst liggen."),
        ({"registered_on": "gisteren"}, "Dit is geen bestaande datum."),
        ({"municipality": "99999"}, "Ongeldige keuze"),
        ({"municipality": ""}, "Maak een keuze."),
        ({"email": "geen adres"}, "Dit is geen e-mailadres."),
        ({"contact_preference": "duif"}, "Ongeldige keuze"),
        ({"members-0-relation": "child"}, "Vul een naam in, of maak deze regel leeg."),
        ({"members-0-name": "Noor"}, "Kies de relatie met de aanvrager."),
        ({"members-0-name": "N\x00", "members-0-relation": "child"}, "niet bewaard kan worden"),
        ({"members-0-birth_date": "2014-02-30"}, "Vul een naam in, of maak deze regel leeg."),
        (
            {"members-3-name": "N", "members-3-relation": "child",
             "members-3-birth_date": "30-02-14"},
            "Dit is geen bestaande datum.",
        ),
        (
            {"members-3-name": "N", "members-3-relation": "child",
             "members-3-birth_date": "2030-01-01"},
            "De geboortedatum kan niet in de toekomst liggen.",
        ),
        ({"partner_of": "x"}, "Begin opnieuw bij de aanvraag van de partner."),
    ],
)  # fmt: skip
def test_what_cannot_be_right_comes_back_with_everything_typed(http_as, intake, change, said):
    household = {"members-1-name": "Sem", "members-1-relation": "child"}
    sent = valid(approach="Bel eerst even.", **household) | change
    response = http_as(intake).post("/aanvragen", data=sent)
    assert response.status_code == 422
    assert said in response.text
    shown = typed(response.text)
    assert shown["approach"] == "Bel eerst even."
    assert ("Sem", "child") in {(shown[f"members-{n}-name"], shown[f"members-{n}-relation"])
                                for n in range(2)}  # fmt: skip
    assert in_all() == 0


def test_the_errors_of_a_household_member_are_in_the_summary(http_as, intake):
    sent = valid(**{"members-1-name": "Sem", "members-1-relation": "child",
                    "members-1-birth_date": "2030-01-01"})  # fmt: skip
    page = http_as(intake).post("/aanvragen", data=sent).text
    assert 'href="#members-0-birth_date">Geboortedatum gezinslid' in page


def test_one_more_row_keeps_what_was_typed(http_as, intake):
    sent = valid(birth_date="onzin", approach="Bel eerst.", meer="1", bsn="1234",
                 **{"members-0-name": "Noor", "members-1-name": ""})  # fmt: skip
    response = http_as(intake).post("/aanvragen", data=sent, headers=FRAGMENT)
    assert response.status_code == 200
    assert "<html" not in response.text
    shown = typed(response.text)
    assert (shown["birth_date"], shown["approach"], shown["bsn"]) == ("onzin", "Bel eerst.", "1234")
    assert (shown["members-0-name"], "members-2-name" in shown) == ("Noor", True)
    assert "field-error" not in response.text
    assert in_all() == 0


def test_rows_have_an_end(http_as, intake):
    sent = valid(meer="1", **{f"members-{n}-name": f"Kind {n}" for n in range(20)})
    shown = typed(http_as(intake).post("/aanvragen", data=sent).text)
    assert "members-19-name" in shown
    assert "members-20-name" not in shown


def test_strange_rows_are_no_rows(http_as, intake):
    strange = {"members-²-name": "x", f"members-{'9' * 5000}-name": "x", "members--1-name": "x"}
    assert http_as(intake).post("/aanvragen", data=valid(**strange)).status_code == 303
    assert members_of(newest()) == []


def test_only_municipalities_that_work_with_the_system_are_offered(http_as, intake):
    page = http_as(intake).get("/aanvragen/nieuw").text
    assert re.findall(r"<option[^>]*>(Buren|West Betuwe|Tiel)<", page) == ["Buren", "West Betuwe"]


def test_an_error_comes_as_a_block_and_a_success_as_an_address(http_as, intake):
    http = http_as(intake)
    refused = http.post("/aanvragen", data=valid(surname=""), headers=FRAGMENT)
    assert (refused.status_code, "<html" in refused.text) == (422, False)
    accepted = http.post("/aanvragen", data=valid(), headers=FRAGMENT)
    assert accepted.headers["HX-Redirect"] == url(newest())


# ---------------------------------------------------------------------- sent twice, known already

MARK = "6f1c1a8e-6f0b-4c43-9d0b-0d9f5d8f0d10"


def test_a_form_that_is_sent_twice_registers_once(http_as, intake):
    http = http_as(intake)
    first = http.post("/aanvragen", data=valid(submission=MARK, bsn=a_bsn()))
    again = http.post("/aanvragen", data=valid(submission=MARK, bsn=newest().reveal_bsn()))
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    assert in_all() == 1
    assert len(entries("application_register")) == 1


def test_the_same_form_with_somebody_else_on_it_is_refused(http_as, intake):
    http = http_as(intake)
    http.post("/aanvragen", data=valid(submission=MARK))
    response = http.post("/aanvragen", data=valid(submission=MARK, surname="Iemand"))
    assert response.status_code == 409
    assert "al eerder verstuurd" in response.text
    assert in_all() == 1


@pytest.mark.parametrize("state", ["open", "running", "waiting", "offered", "returned"])
def test_a_running_application_with_this_bsn_rules_out_another(http_as, intake, state):
    number = a_bsn()
    known = in_state(state, intake, bsn=number, surname="Anders")
    sent = valid(bsn=number, confirmed=str(known.id))
    response = http_as(intake).post("/aanvragen", data=sent)
    assert response.status_code == 422
    assert f"Er loopt al een aanvraag met dit BSN: aanvraag {known.id}" in response.text
    assert f'href="{url(known)}"' in response.text
    assert in_all() == 1


@pytest.mark.parametrize("state", ["accepted", "closed"])
def test_an_ended_application_with_this_bsn_asks_to_confirm(http_as, intake, state):
    number = a_bsn()
    known = in_state(state, intake, bsn=number, surname="Geheimpje")
    http = http_as(intake)
    response = http.post("/aanvragen", data=valid(bsn=number))
    assert response.status_code == 422
    assert "Is deze persoon er al?" in response.text
    assert f"Aanvraag {known.id}" in response.text
    assert ("Geheimpje" in response.text) == (state == "closed")
    assert entries("applications_read")[-1].detail == {"applications": [known.id]}
    confirmed = http.post("/aanvragen", data=valid(bsn=number, confirmed=str(known.id)))
    assert (confirmed.status_code, in_all()) == (303, 2)


def test_a_running_application_elsewhere_only_asks_to_confirm(http_as, intake):
    number = a_bsn()
    known = make_application(by=intake, municipality="Buren", bsn=number)
    http = http_as(intake)
    assert "Is deze persoon er al?" in http.post("/aanvragen", data=valid(bsn=number)).text
    sent = valid(bsn=number, confirmed=f"{known.id} 99999")
    assert http.post("/aanvragen", data=sent).status_code == 303


@pytest.mark.parametrize("bsn", [None, "known"])
def test_the_same_name_and_birth_date_asks_to_confirm(http_as, intake, bsn):
    known = make_application(
        by=intake, surname="OBRIEN sahin", initials="S.", bsn=a_bsn() if bsn else None
    )
    http = http_as(intake)
    response = http.post("/aanvragen", data=valid(approach="Bel eerst."))
    assert response.status_code == 422
    assert "Zelfde naam en geboortedatum" in response.text
    assert typed(response.text)["approach"] == "Bel eerst."
    assert http.post("/aanvragen", data=valid(confirmed="99999")).status_code == 422
    assert http.post("/aanvragen", data=valid(confirmed=str(known.id))).status_code == 303
    assert in_all() == 2


@pytest.mark.parametrize(
    "other",
    [{"surname": "Iemand"}, {"initials": "B."}, {"birth_date": "1975-05-18"}, {"bsn": "another"}],
    ids=["name", "first letter", "birth date", "both BSNs known"],
)
def test_nobody_else_is_warned_about(http_as, intake, other):
    make_application(by=intake, surname="O'Brien-Şahin", initials="Ş.", bsn=a_bsn())
    number = {"bsn": a_bsn()} if "bsn" in other else {}
    assert http_as(intake).post("/aanvragen", data=valid() | other | number).status_code == 303


# ---------------------------------------------------------------------- the partner

HOUSEHOLD = (
    Member("K. van den Heuvel", HouseholdRelation.PARTNER, date(1979, 3, 2)),
    Member("Noor", HouseholdRelation.CHILD, date(2014, 5, 6)),
)


def test_the_partner_starts_with_the_household(http_as, intake):
    first = make_application(
        by=intake, members=HOUSEHOLD, street="Herenstraat 1", town="Tiel", municipality="Buren",
        phone="06 12345678", approach="Niet samen.",
    )  # fmt: skip
    http = http_as(intake)
    shown = typed(http.get(url(first, "/partner")).text)
    assert (shown["initials"], shown["prefix"], shown["surname"]) == ("K.", "van den", "Heuvel")
    assert (shown["birth_date"], shown["street"]) == ("1979-03-02", "Herenstraat 1")
    assert shown["municipality"] == str(make_municipality("Buren").id)
    assert (shown["members-0-name"], shown["members-1-name"] or "") == ("Noor", "")
    assert (shown["partner_of"], shown["bsn"] or "") == (str(first.id), "")
    assert (shown["phone"] or "", shown["approach"]) == ("", "")  # these are of one person
    response = http.post("/aanvragen", data=shown)
    second = newest()
    assert (response.status_code, response.location) == (303, url(second))
    db.session.refresh(first)
    assert (first.partner_id, second.partner_id) == (second.id, first.id)
    assert members_of(second) == [("Noor", "child", date(2014, 5, 6))]


def test_each_of_a_couple_leads_to_the_other(http_as, intake):
    first = make_application(by=intake, members=HOUSEHOLD)
    second = make_application(by=intake, partner_of=first)
    http = http_as(intake)
    page = http.get(url(first)).text
    assert f'href="{url(second)}"' in page
    assert "K. van den Heuvel" not in page  # shown by the own application instead
    assert f'href="{url(first)}"' in http.get(url(second)).text


def test_a_partner_who_has_an_application_gets_no_second_one(http_as, intake):
    first = make_application(by=intake)
    make_application(by=intake, partner_of=first)
    http = http_as(intake)
    assert http.get(url(first, "/partner")).status_code == 409
    refused = http.post("/aanvragen", data=valid(partner_of=first.id))
    assert refused.status_code == 409
    assert "De partner heeft al een aanvraag." in refused.text
    assert in_all() == 2


def test_the_error_page_of_a_partner_leads_back_to_the_right_application(http_as, intake):
    first = make_application(by=intake)
    page = http_as(intake).post("/aanvragen", data=valid(surname="", partner_of=first.id)).text
    assert typed(page)["partner_of"] == str(first.id)
    assert f'href="{url(first)}"' in page


# ---------------------------------------------------------------------- no whole tables


@pytest.mark.parametrize(
    "path", ["/aanvragen", "/aanvragen?status=afgesloten&mijn=1", "/aanvragen/{id}", "twin"]
)
def test_no_page_reads_all_applications(http_as, intake, path):
    made = make_application(by=intake, surname="O'Brien-Şahin", initials="Ş.", bsn=None)
    http, address = http_as(intake), path.format(id=made.id)
    with explained() as steps:
        answer = http.post("/aanvragen", data=valid()) if path == "twin" else http.get(address)
    assert answer.status_code == (422 if path == "twin" else 200)
    tables = {"application", "application_decision", "questionnaire", "handover"}
    seen = [step for step, _ in steps if re.match(rf"(SCAN|SEARCH) ({'|'.join(tables)})\b", step)]
    assert seen
    assert [step for step in seen if step.startswith("SCAN")] == []
