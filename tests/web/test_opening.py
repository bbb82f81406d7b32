""" "Bestaand dossier overnemen": opening a dossier for somebody who is guided already."""

import html5lib
import pytest
from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.clients.models import Client
from kp4web.domain.actor import Role
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.extensions import db
from tests.factories import a_bsn, make_dossier, make_user
from tests.queries import count_queries

FORM = "/caseload/overnemen"
VALID = {
    "initials": "Ş.", "prefix": "van den", "surname": "O'Brien-Şahin", "birth_date": "1975-05-17",
    "opened_on": "2025-03-01", "kind": "support", "valid_from": "2025-06-01",
    "reason": "Al lang in begeleiding bij ons team.",
}  # fmt: skip
NOT_ALLOWED = [role for role in Role if role is not Role.COORDINATOR]


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR)


def dossiers():
    db.session.rollback()
    return db.session.scalar(select(func.count(Dossier.id)))


def newest():
    return db.session.scalars(select(Dossier).order_by(Dossier.id.desc())).first()


def typed(page):
    """Return what stands in the fields of the form."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    inputs = [*tree.findall(".//input"), *tree.findall(".//textarea")]
    return {
        item.get("name"): (item.text or "").strip() if item.tag == "textarea" else item.get("value")
        for item in inputs
        if item.get("type") != "radio" or "checked" in item.attrib
    }


def test_the_coordinator_takes_over_a_dossier(http_as, coordinator):
    http = http_as(coordinator)
    assert http.get(FORM).status_code == 200
    response = http.post("/dossiers", data=VALID | {"bsn": a_bsn(), "town": "Geldermalsen"})
    dossier = newest()
    assert (response.status_code, response.location) == (303, f"/dossiers/{dossier.number}")
    assert dossier.number.startswith("KP4-2025-")
    assert (dossier.kind, dossier.lead_id) == (TrackKind.SUPPORT, None)
    client = db.session.get_one(Client, dossier.client_id)
    assert (client.prefix, client.town, client.bsn_hash is None) == (
        "van den", "Geldermalsen", False,
    )  # fmt: skip


def test_the_track_since_and_the_time_before_it_are_kept(http_as, coordinator):
    http_as(coordinator).post("/dossiers", data=VALID)
    query = select(TrackPeriod.kind, TrackPeriod.valid_from, TrackPeriod.valid_to)
    known = query.where(TrackPeriod.superseded_at.is_(None)).order_by(TrackPeriod.valid_from)
    rows = [(row.kind.value, str(row.valid_from)) for row in db.session.execute(known)]
    assert rows == [("under_investigation", "2025-03-01"), ("support", "2025-06-01")]


def test_rest_takes_its_end_along(http_as, coordinator):
    rest = {"kind": "rest", "valid_from": "2026-06-01", "planned_end": "01-03-2027"}
    http_as(coordinator).post("/dossiers", data=VALID | rest)
    assert str(newest().planned_end) == "2027-03-01"


def test_an_end_left_over_from_rest_is_ignored(http_as, coordinator):
    response = http_as(coordinator).post("/dossiers", data=VALID | {"planned_end": "2026-12-01"})
    assert response.status_code == 303
    assert newest().planned_end is None


def test_the_dossier_is_assigned_at_once_when_a_consultant_is_chosen(http_as, coordinator):
    consultant = make_user()
    http_as(coordinator).post("/dossiers", data=VALID | {"user": consultant.id})
    assert newest().lead_id == consultant.id


def test_a_couple_shares_a_household(http_as, coordinator):
    partner = make_dossier()
    http_as(coordinator).post("/dossiers", data=VALID | {"partner_of": partner.number.lower()})
    homes = db.session.scalars(
        select(Client.household_id).where(Client.id.in_([partner.client_id, newest().client_id]))
    ).all()
    assert len(set(homes)) == 1
    assert len(homes) == 2


def test_a_bsn_may_be_unknown(http_as, coordinator):
    http_as(coordinator).post("/dossiers", data=VALID | {"bsn": " "})
    assert db.session.get_one(Client, newest().client_id).bsn_hash is None


def test_a_bsn_is_read_with_spaces_and_dots(http_as, coordinator):
    number = a_bsn()
    spaced = f"{number[:4]}.{number[4:6]} {number[6:]}"
    assert http_as(coordinator).post("/dossiers", data=VALID | {"bsn": spaced}).status_code == 303
    assert db.session.get_one(Client, newest().client_id).reveal_bsn() == number


# ---------------------------------------------------------------------- persons known already


def test_a_known_bsn_names_the_dossier_at_the_field(http_as, coordinator):
    number = a_bsn()
    known = make_dossier(bsn=number)
    response = http_as(coordinator).post("/dossiers", data=VALID | {"bsn": number})
    assert response.status_code == 422
    assert f"Er is al een dossier met dit BSN: {known.number}" in response.text
    assert 'id="bsn-error"' in response.text
    assert typed(response.text)["bsn"] == number
    assert dossiers() == 1


def test_the_same_bsn_in_another_municipality_is_another_person(http_as, coordinator):
    number = a_bsn()
    make_dossier(municipality="Buren", bsn=number)
    assert http_as(coordinator).post("/dossiers", data=VALID | {"bsn": number}).status_code == 303


@pytest.mark.parametrize("bsn", [None, "known"])
def test_the_same_name_and_birth_date_asks_to_confirm(http_as, coordinator, bsn):
    given = a_bsn() if bsn else None
    known = make_dossier(surname="OBRIEN sahin", initials="S.", bsn=given)
    http = http_as(coordinator)
    response = http.post("/dossiers", data=VALID)
    assert response.status_code == 422
    assert "Staat deze inwoner er al in?" in response.text
    assert known.number in response.text
    assert typed(response.text)["reason"] == VALID["reason"]
    assert dossiers() == 1
    response = http.post("/dossiers", data=VALID | {"confirmed": known.number})
    assert response.status_code == 303
    assert dossiers() == 2


def test_a_look_alike_that_was_not_shown_is_asked_about_again(http_as, coordinator):
    known = make_dossier(surname="OBrien Sahin", initials="S.", bsn=None)
    data = VALID | {"confirmed": "KP4-2020-0001"}
    response = http_as(coordinator).post("/dossiers", data=data)
    assert (response.status_code, known.number in response.text) == (422, True)


@pytest.mark.parametrize(
    "other",
    [
        {"surname": "Iemand"},
        {"initials": "B."},
        {"birth_date": "1975-05-18"},
        {"bsn": "another"},
    ],
    ids=["name", "first letter", "birth date", "both BSNs known"],
)
def test_nobody_else_is_warned_about(http_as, coordinator, other):
    make_dossier(surname="O'Brien-Şahin", initials="Ş.", bsn=a_bsn())
    typed_bsn = {"bsn": a_bsn()} if "bsn" in other else {}
    response = http_as(coordinator).post("/dossiers", data=VALID | other | typed_bsn)
    assert response.status_code == 303


def test_a_look_alike_in_another_municipality_stays_unknown(http_as, coordinator):
    make_dossier(municipality="Buren", surname="O'Brien-Şahin", initials="Ş.", bsn=None)
    assert http_as(coordinator).post("/dossiers", data=VALID).status_code == 303


def test_the_warning_is_logged_with_whom_it_showed(http_as, coordinator):
    make_dossier(surname="O'Brien-Şahin", initials="Ş.", bsn=None)
    http_as(coordinator).post("/dossiers", data=VALID)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "match_read")).one()
    assert entry.subjects_sealed is not None


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surname": " "}, "Vul dit veld in."),
        ({"surname": "a" * 70_000}, "U typte er 70000."),
        ({"surname": "a\x00b"}, "een teken dat niet bewaard kan worden"),
        ({"birth_date": "31-02-1975"}, "Dit is geen bestaande datum."),
        ({"birth_date": "2027-01-01"}, "De geboortedatum kan niet in de toekomst liggen."),
        ({"birth_date": "1890-01-01"}, "Dit jaartal kan niet kloppen."),
        ({"bsn": "123456789"}, "Dit is geen geldig BSN."),
        ({"bsn": "99\x0099"}, "een teken dat niet bewaard kan worden"),
        ({"opened_on": "2026-12-01", "valid_from": "2026-12-01"}, "niet in de toekomst liggen"),
        ({"opened_on": "1970-01-01"}, "De openingsdatum ligt voor de geboortedatum."),
        ({"valid_from": "2025-02-01"}, "Het traject kan niet voor de opening beginnen."),
        ({"valid_from": "2026-12-01"}, "De datum mag niet in de toekomst liggen."),
        ({"kind": ""}, "Maak een keuze."),
        ({"kind": "stopped"}, "Ongeldige keuze."),
        ({"kind": "rest"}, "Vul in tot wanneer de rust duurt."),
        ({"kind": "rest", "planned_end": "2025-05-01"}, "moet na de begindatum liggen"),
        ({"kind": "rest", "planned_end": "2027-06-01"}, "Rust duurt hooguit 12 maanden"),
        ({"reason": ""}, "Vul dit veld in."),
        ({"partner_of": "bij de buren"}, "Schrijf het dossiernummer zo: KP4-2020-0117."),
        ({"partner_of": "KP4-2020-0000"}, "Dit dossier bestaat niet of is niet voor u."),
        ({"user": "0"}, "Kies een consulent van uw eigen team."),
        ({"user": str(10**25)}, "Kies een consulent van uw eigen team."),
    ],
    ids=lambda value: "-".join(value)[:40] if isinstance(value, dict) else "",
)
def test_bad_input_gets_a_sentence_at_the_field(http_as, coordinator, change, said):
    before = {"surname": "Jansen", "phone": "06-00000001"}
    response = http_as(coordinator).post("/dossiers", data=VALID | before | change)
    assert response.status_code == 422
    assert said in response.text
    assert 'data-testid="field-error"' in response.text
    assert typed(response.text)["phone"] == "06-00000001"
    assert dossiers() == 0


def test_a_lone_surrogate_is_no_failure(http_as, coordinator):
    fields = "&".join(f"{name}={value}" for name, value in VALID.items() if name != "surname")
    body = f"surname=%ED%A0%80&{fields}"
    http = http_as(coordinator)
    response = http.post("/dossiers", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {303, 422}


def test_the_partner_of_another_municipality_does_not_exist(http_as, coordinator):
    foreign = make_dossier(municipality="Buren")
    response = http_as(coordinator).post("/dossiers", data=VALID | {"partner_of": foreign.number})
    assert response.status_code == 422
    assert "Dit dossier bestaat niet of is niet voor u." in response.text


def test_several_errors_are_told_together(http_as, coordinator):
    data = VALID | {"bsn": "123", "reason": "", "surname": ""}
    page = http_as(coordinator).post("/dossiers", data=data).text
    assert "Er zijn 3 fouten gevonden" in page


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_only_coordinators_take_over(http_as, role):
    http = http_as(make_user(role))
    assert http.get(FORM).status_code == 403
    assert http.post("/dossiers", data=VALID).status_code == 403
    assert dossiers() == 0


def test_opening_is_logged_without_what_was_typed(http_as, coordinator):
    http_as(coordinator).post("/dossiers", data=VALID)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier_open")).one()
    assert entry.dossier_id == newest().id
    assert "Brien" not in str(entry.detail) + entry.reason


def test_the_form_asks_three_queries_and_never_names_the_person_in_the_title(http_as, coordinator):
    http = http_as(coordinator)
    with count_queries() as asked:
        http.get(FORM)
    assert len(asked) == 3  # the session, whom to give it to, the draft
    page = http.post("/dossiers", data=VALID | {"bsn": "1"}).text
    assert "<title>Bestaand dossier overnemen" in page
