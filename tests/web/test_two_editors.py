"""Two people change one record at once: nothing is overwritten unseen, both versions stay."""

import re
from collections import Counter

import pytest
from sqlalchemy import select

from kp4web.applications.models import Application, ApplicationMember
from kp4web.clients.models import Client, Contact, HouseholdMember
from kp4web.domain.actor import Role
from kp4web.extensions import db
from tests.factories import make_application, make_dossier, make_person, make_user
from tests.world import make_world, paths_of

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def form_on(page) -> dict[str, list[str]]:
    """Return what the page's main form would send as it stands."""
    inside = re.search(r'<form[^>]*id="form".*?</form>', page.text, re.DOTALL)[0]
    sent: dict[str, list[str]] = {}
    for name, rest in re.findall(
        r'<(?:input|textarea|select)\b[^>]*name="([\w-]+)"([^>]*)', inside
    ):
        if "radio" not in rest:
            sent.setdefault(name, [])
    for tag in re.findall(r"<input\b[^>]*>", inside):
        name, value = re.search(r'name="([\w-]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\r?\n?(.*?)</textarea>', inside,
                                 re.DOTALL):  # fmt: skip
        sent[name] = [text]
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)".*?>(.*?)</select>', inside,
                                    re.DOTALL):  # fmt: skip
        chosen = re.search(r'<option selected[^>]*value="([^"]*)"', options)
        sent[name] = [chosen[1] if chosen else ""]
    return sent


@pytest.fixture
def pair(app):
    """Return the lead and the coordinator, who may both change the data of a resident."""
    return make_user(name="K. Jansen"), make_user(Role.COORDINATOR, name="M. Coenen")


@pytest.fixture
def dossier(pair):
    return make_dossier(
        lead=pair[0], person=make_person(phone="0345 1", town="Tiel", approach="Bel eerst.")
    )


def client_row(dossier):
    db.session.rollback()
    return db.session.get_one(Client, dossier.client_id, populate_existing=True)


def test_what_only_one_side_changed_is_merged_without_asking(http_as, pair, dossier):
    path = f"/dossiers/{dossier.number}/inwoner"
    mine, theirs = (http_as(user) for user in pair)
    typed = form_on(mine.get(path)) | {"town": ["Buren"]}
    other = form_on(theirs.get(path)) | {"phone": ["0345 2"]}
    assert theirs.post(path, data=other).status_code == 303
    assert mine.post(path, data=typed).status_code == 303
    row = client_row(dossier)
    assert (row.phone, row.town, row.approach) == ("0345 2", "Buren", "Bel eerst.")
    page = mine.get(f"/dossiers/{dossier.number}").text
    assert "Een ander wijzigde intussen: Telefoon. Dat is bewaard." in page


def test_both_versions_come_back_with_a_choice_and_are_saved_on_the_second_try(
    http_as, pair, dossier
):
    path = f"/dossiers/{dossier.number}/inwoner"
    lead = http_as(pair[0])
    typed = form_on(lead.get(path)) | {"phone": ["0345 3"], "approach": ["Bel na elf uur."]}
    other = form_on(lead.get(path)) | {"phone": ["0345 2"], "approach": ["Stuur een brief."],
                                       "town": ["Buren"]}  # fmt: skip
    assert lead.post(path, data=other).status_code == 303
    clash = lead.post(path, data=typed, headers=HTMX)
    assert clash.status_code == 409
    for text in (
        "0345 2",
        "0345 3",
        "Stuur een brief.",
        "Bel na elf uur.",
        "overgenomen: Woonplaats",
    ):
        assert text in clash.text
    assert clash.text.count('data-testid="clash"') == 2
    again = form_on(clash)
    refused = lead.post(path, data=again)
    assert refused.status_code == 409  # no choice was made yet
    assert client_row(dossier).phone == "0345 2"
    chosen = form_on(refused) | {"keuze-phone": ["nu"], "approach": ["Bel na elf uur of schrijf."]}
    assert lead.post(path, data=chosen).status_code == 303
    row = client_row(dossier)
    assert (row.phone, row.town, row.approach) == ("0345 2", "Buren", "Bel na elf uur of schrijf.")


def test_a_third_editor_is_noticed_too(http_as, pair, dossier):
    path = f"/dossiers/{dossier.number}/inwoner"
    lead = http_as(pair[0])
    typed = form_on(lead.get(path)) | {"phone": ["0345 3"]}
    lead.post(path, data=form_on(lead.get(path)) | {"phone": ["0345 2"]})
    clash = lead.post(path, data=typed)
    lead.post(path, data=form_on(lead.get(path)) | {"phone": ["0345 4"]})
    again = lead.post(path, data=form_on(clash) | {"keuze-phone": ["mijn"]})
    assert again.status_code == 409
    assert "0345 4" in again.text
    assert lead.post(path, data=form_on(again) | {"keuze-phone": ["mijn"]}).status_code == 303
    assert client_row(dossier).phone == "0345 3"


def test_a_draft_remembers_what_it_was_based_on(http_as, pair, dossier):
    path = f"/dossiers/{dossier.number}/inwoner"
    lead = http_as(pair[0])
    typed = form_on(lead.get(path)) | {"phone": ["0345 3"]}
    lead.post(path, data=typed | {"concept": ["1"]})
    http_as(pair[1]).post(path, data=form_on(http_as(pair[1]).get(path)) | {"phone": ["0345 2"]})
    back = lead.get(path)
    assert "Er is een concept van" in back.text
    assert lead.post(path, data=form_on(back)).status_code == 409


@pytest.mark.world
@pytest.mark.parametrize(
    ("persona", "address", "model", "field"),
    [
        ("lead", "/dossiers/{number}/betrokkenen/{contact_id}", Contact, "name"),
        ("lead", "/dossiers/{number}/gezinsleden/{member_id}", HouseholdMember, "name"),
        ("intake", "/aanvragen/{application_id}/gegevens", Application, "surname"),
    ],
)
def test_every_record_that_two_people_edit_is_guarded(http_as, persona, address, model, field):
    world = make_world()
    path, client = address.format(**paths_of(world, "West Betuwe")), http_as(world.users[persona])
    start = form_on(client.get(path))
    assert client.post(path, data=start | {field: ["Eerste"]}).status_code == 303
    clash = client.post(path, data=start | {field: ["Tweede"]})
    assert clash.status_code == 409
    assert Counter(re.findall("Eerste|Tweede", clash.text)).keys() == {"Eerste", "Tweede"}
    done = client.post(path, data=form_on(clash) | {f"keuze-{field}": ["mijn"]})
    assert done.status_code == 303
    db.session.rollback()
    assert "Tweede" in db.session.scalars(select(getattr(model, field))).all()


def test_the_household_of_an_application_is_one_choice(http_as):
    intake = make_user(Role.INTAKE)
    application = make_application(by=intake)
    path, client = f"/aanvragen/{application.id}/gegevens", http_as(intake)
    start = form_on(client.get(path))
    child = {"members-0-name": ["Jan"], "members-0-relation": ["child"]}
    other = {"members-0-name": ["Piet"], "members-0-relation": ["parent"]}
    assert client.post(path, data=start | child).status_code == 303
    clash = client.post(path, data=start | other)
    assert clash.status_code == 409
    assert "Jan, Kind" in clash.text
    assert "Piet, Ouder" in clash.text
    kept = client.post(path, data=form_on(clash) | {"keuze-members": ["nu"]})
    assert kept.status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(ApplicationMember.name)).all() == ["Jan"]
