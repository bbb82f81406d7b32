"""Every page in its main states, at three widths: accessible, and nothing sticks out sideways."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser import ON_SQLITE, only, run_axe_at_all_widths
from tests.visits import VISITS
from tests.world import make_world, paths_of, recalled

pytestmark = [only(ON_SQLITE), pytest.mark.visits]
WITHOUT_A_PAGE = {
    *("start.healthz", "start.readyz", "static", "accounts.extend_session"),
    *("accessrequests.data", "agenda.talk_file", "logbook.export"),  # files
    "reports.question",  # the way to a page
}
MOVES = "/verzettingen/nieuw?opvolging={follow_up_id}"
REPORT = "/rapportages/kp4?peildatum=2026-11-18"
GONE = "KP4-2026-00000001"

# persona: addresses, or (address, the button that sends the form empty); "a: b" is persona a
PAGES: dict[str, list[str | tuple[str, str]]] = {
    "": [("/inloggen", "Inloggen"), "/bestaat-niet", "/inloggen?verder=/werkvoorraad"],
    "lead": [
        "/werkvoorraad", "/werkvoorraad?groep=late", "/werkvoorraad?soort=pension_approaching",
        "/dossiers", "/dossiers?consulent=alle&groep=late", "/dossiers?traject=kp3&sort=volgende",
        "/zoeken", "/dossiers/filters",
        "/sneltoetsen", "/account/overzicht",
        "/dossiers/{number}", "/dossiers/{number}?soort=gesprekken", "/dossiers/{resting}",
        "/dossiers/{stopped}", f"/dossiers/{GONE}",
        "/dossiers/{number}?soort=gesprekken&soort=traject&van=2026-01-01&alles=1",
        "/dossiers/{number}?van=gisteren", "/dossiers/{number}/voorbereiding",
        "/dossiers/{number}/ondersteuning",
    ],
    "lead: forms": [
        ("/dossiers/{number}/gesprekken/nieuw", "Gesprek vastleggen"),
        "/dossiers/{number}/gesprekken/{conversation_id}",
        "/vragenlijsten/{questionnaire_id}",
        "/dossiers/{number}/pogingen/nieuw", "/dossiers/{number}/pogingen/volgende",
        ("/dossiers/{number}/traject", "Vastleggen"), "/dossiers/{stopped}/traject",
        "/dossiers/{resting}/traject",
        ("/dossiers/{number}/inwoner", "Opslaan"),
        "/dossiers/{number}/ondersteuning/activering",
        ("/dossiers/{number}/betrokkenen/nieuw", "Opslaan"),
        "/dossiers/{number}/betrokkenen/{contact_id}",
        ("/dossiers/{number}/gezinsleden/nieuw", "Opslaan"),
        "/dossiers/{number}/gezinsleden/{member_id}",
        ("/dossiers/{number}/opvolgingen/nieuw", "Opvolging plannen"),
        ("/opvolgingen/{follow_up_id}/verzetting", "Verzetten"),
        "/afspraken/{agreement_id}/afronding",
        ("/dossiers/{old}/aow", "Gezien"),
        REPORT, "/rapportages/kp4?peildatum=gisteren",
        "/rapportages/kp4/dossiers?peildatum=2026-11-18&traject=rest",
        ("/account", "Wachtwoord veranderen"), "/beheer/gebruikers",
    ],
    "lead: after a talk": [
        ("/dossiers/{number}/gesprekken/{conversation_id}/aanvullingen/nieuw", "Vastleggen"),
        "/dossiers/{number}/gesprekken/{conversation_id}/vragen",
        "/dossiers/{together}/gesprekken/nieuw",
        ("/dossiers/{resting}/rustbesluit", "Vastleggen"),
        "/agenda", "/agenda?maand=2026-11", "/werkvoorraad?soort=follow_up&kies=1",
        MOVES, f"{MOVES}&naar=elk-1-week", f"{MOVES}&dag=gisteren", "/verzettingen/nieuw",
        "/verzettingen?verzet=1:2026-11-25",
        ("/privacy/wie-ziet-wat", "Leg uit"), "/dossiers/{number}/inzage",
        "/dossiers/{number}/wie-helpt-waarmee",
    ],
    "lead: questionnaire": [
        "/dossiers/{number}/vragenlijsten", "/dossiers/{old}/vragenlijsten",
        *(f"/vragenlijsten/{{questionnaire_id}}/{area}" for area in (
            "vooraf", "werk", "gezondheid", "sociaal", "wonen_geld", "justitie")),
        "/vragenlijsten/{questionnaire_id}/afronding",
    ],
    "colleague": [
        "/dossiers/{number}", "/dossiers?consulent=alle", "/dossiers/{number}/traject",
        "/dossiers/{number}/gesprekken/nieuw",
        ("/dossiers/{number}/berichten", "Bericht achterlaten"),
        ("/dossiers/{number}/inzien-met-reden", "Dossier 24 uur openen"),
    ],
    "coordinator": [
        "/werkvoorraad", ("/caseload", "Toewijzen"), ("/caseload/overnemen", "Dossier openen"),
        ("/dossiers/{number}/toewijzing", "Toewijzen"), "/dossiers/{number}",
        "/dossiers/{number}/verloop", "/rapportages/inzien-met-reden",
        ("/dossiers/{number}/gesprekken/{conversation_id}/vragen", "Vraag stellen"),
        ("/dossiers/{number}/traject/{track_id}/correctie", "Laat zien wat er verandert"),
        ("/dossiers/{number}/toewijzingen/{assignment_id}/correctie", "Laat zien wat er verandert"),
        "/overdrachten", "/overdrachten?status=geaccepteerd", "/overdrachten?status=teruggestuurd",
        "/overdrachten/{handover_id}", "/overdrachten/{returned_handover}",
        "/overdrachten/van-niemand", "/dossiers/{number}/overdracht",
        "/sjablonen", ("/sjablonen/nieuw", "Opslaan"), "/sjablonen/{outline_id}",
        f"{REPORT}&inactief=1", ("/rapportages/bijstand", "Vastleggen"),
        "/overgangen", ("/overgangen/nieuw", "Voorbereiden en proef bekijken"),
        "/overgangen/{transfer_id}", ("/overgangen/{transfer_id}/gegevens", "Opslaan"),
        "/overgangen/{transfer_id}/dossiers", "/overgangen/{transfer_id}/dossiers?lijst=niet",
    ],
    "policy": [REPORT, "/rapportages/bijstand"],
    "fg": [
        "/logboek", "/logboek?van=2020-01-01&tot=2020-01-02", "/logboek?van=onzin",
        "/logboek/opvallend",
    ],
    "administrator": [
        "/beheer/gebruikers", ("/beheer/gebruikers/nieuw", "Toevoegen"),
        "/beheer", "/beheer/organisaties", "/beheer/organisaties/{organisation_id}",
        "/beheer/gebruikers/{user_id}", ("/beheer/vragenlijsten", "Nakijken en toevoegen"),
        ("/beheer/vragenlijsten/{version_id}", "In gebruik nemen"),
    ],
    "intake": [
        "/overdrachten", "/overdrachten?status=teruggestuurd", "/overdrachten/{handover_id}",
        "/overdrachten/{returned_handover}",
        ("/aanvragen/{returned_application}/overdrachten/nieuw", "Opnieuw aanbieden"),
    ],
    "intake: applications": [
        "/aanvragen", "/aanvragen?status=teruggestuurd&mijn=1", "/aanvragen?status=wacht&mijn=1",
        "/aanvragen?status=geaccepteerd", ("/aanvragen/nieuw", "Aanvraag registreren"),
        ("/aanvragen/{application_id}/partner", "Aanvraag registreren"),
        ("/aanvragen/{application_id}/gegevens", "Opslaan"), "/aanvragen/{application_id}",
        "/aanvragen/{returned_application}",
        "/aanvragen/{offered_application}", "/aanvragen/{accepted_application}",
        "/aanvragen/{closed_application}",
    ],
    "intake: outcomes": [
        ("/vragenlijsten/{knocked_out}/uitkomst", "Profiel vaststellen"),
        "/vragenlijsten/{capped}/uitkomst?wat=anders", "/vragenlijsten/{too_little}/uitkomst",
        "/vragenlijsten/{decided}/uitkomst",
        ("/aanvragen/{undecided}/profielbepalingen/nieuw", "Profiel vaststellen"),
        "/aanvragen/{closed_application}/profielbepalingen/nieuw",
        ("/profielbepalingen/{decision_id}/correctie", "Laat zien wat er verandert"),
    ],
    "lead: outcomes": ["/vragenlijsten/{reassessed}/uitkomst"],
    "agency coordinator": [
        "/aanvragen", "/aanvragen/{application_id}", "/rapportages/profielvoorstellen",
        "/rapportages/profielvoorstellen?van=2020-01-01&tot=2020-12-31",
        "/rapportages/profielvoorstellen?van=gisteren",
    ],
    "lead: law": [
        "/ontheffingen", "/ontheffingen?welke=zonder", "/dossiers/{number}/ontheffing",
        ("/dossiers/{old}/ontheffing", "Ontheffing vastleggen"),
        ("/dossiers/{number}/ontheffing/verlenging", "Ontheffing verlengen"),
        "/dossiers/{number}/ontheffing/correctie",
        ("/dossiers/{number}/maatregelsignaal", "Voorleggen aan de coördinator"),
        "/rapportages/ontheffingen", "/rapportages/ontheffingen?peildatum=gisteren",
    ],
    "coordinator: access": [
        ("/dossiers/{together}/inzageverzoeken", "Voorleggen aan de privacy officer"),
        "/dossiers/{resting}/inzageverzoeken",
        "/dossiers/{resting}/inzageverzoeken/{released_request}/document",
    ],
    "privacy": [
        "/privacy/inzageverzoeken",
        ("/privacy/inzageverzoeken/{waiting_request}", "Terugsturen"),
    ],
    "coordinator: law": ["/maatregelsignalen", "/maatregelsignalen/{signal_id}"],
    "operator": [
        "/beheer/wettelijke-gronden", "/beheer", "/beheer/organisaties",
        "/beheer/organisaties/{organisation_id}", ("/beheer/organisaties/nieuw", "Toevoegen"),
    ],
    "income": [
        ("/wie-doet-wat", "Zoeken"),
        "/", "/ontheffingen?welke=loopt", "/dossiers/{number}/ontheffing", "/maatregelsignalen",
        ("/maatregelsignalen/{signal_id}", "Uitkomst vastleggen"),
    ],
    "newcomer": [
        "/werkvoorraad", "/dossiers", "/caseload", "/overdrachten", REPORT,
        "/rapportages/kp4/dossiers?peildatum=2026-11-18&traject=rest",
    ],
}  # fmt: skip


@dataclass
class Visited:
    """The world as the visits need it: who is who, and what stands in an address."""

    users: dict[str, int]
    values: dict[str, object]


@pytest.fixture
def visited(arrange) -> Visited:
    with arrange():
        world = make_world()
        values = paths_of(world, "West Betuwe") | recalled(VISITS)
        users = {name: user.id for name, user in world.users.items()}
        return Visited(users | {"newcomer": values["newcomer"]}, values)


def _address(entry: str | tuple[str, str]) -> str:
    return entry if isinstance(entry, str) else entry[0]


def test_every_route_that_shows_a_page_is_visited(app: Flask, visited: Visited):
    asked = {
        _address(entry).format_map(visited.values).partition("?")[0]
        for entries in PAGES.values()
        for entry in entries
    }
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        reached = {urls.match(path)[0] for path in asked - {"/bestaat-niet"}}
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert shown - WITHOUT_A_PAGE == reached


@pytest.mark.parametrize("persona", PAGES)
def test_every_page_is_accessible(
    page: Page, page_as: Callable[[int], Page], visited: Visited, persona: str
):
    if persona:
        page = page_as(visited.users[persona.partition(":")[0]])
    for entry in PAGES[persona]:
        page.goto(_address(entry).format_map(visited.values))
        run_axe_at_all_widths(page)
        if not isinstance(entry, str):
            _send(page, entry[1])
            run_axe_at_all_widths(page)


def _send(page: Page, button: str) -> None:
    """Empty what can be emptied, and send the form: it comes back with its errors."""
    form = page.locator("main form").filter(has=page.get_by_role("button", name=button, exact=True))
    for field in form.locator("input[type=text], input[type=date], textarea").all():
        if field.is_visible():
            field.fill("")
    form.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_test_id("field-error").first).to_be_visible()


def test_what_unfolds_and_what_is_found_is_accessible(page_as, visited):
    page = page_as(visited.users["lead"])
    page.goto("/werkvoorraad")
    page.locator("summary", has_text="Verzetten").first.click()
    expect(page.get_by_role("button", name="+1 week").first).to_be_visible()
    run_axe_at_all_widths(page)
    page.goto(f"/dossiers/{visited.values['number']}")
    page.get_by_role("button", name="BSN tonen").click()
    expect(page.get_by_role("button", name="BSN tonen")).to_have_count(0)
    run_axe_at_all_widths(page)
    page.goto("/dossiers?traject=support")
    page.locator("summary", has_text="Dit filter bewaren").click()
    for name in ("", "Ondersteuning"):
        page.get_by_label("Naam van het filter").fill(name)
        page.get_by_role("button", name="Bewaar filter").click()
        said = page.get_by_role("status") if name else page.get_by_test_id("field-error")
        expect(said).to_contain_text(
            "Het filter is bewaard" if name else "Geef het filter een naam"
        )
        run_axe_at_all_widths(page)
    page.goto("/dossiers/filters")
    run_axe_at_all_widths(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Sneltoetsen")).to_be_visible()
    run_axe_at_all_widths(page)
    page.keyboard.press("Escape")
    for term in ("sahin", "sahni", "verslag", "niemand", ""):
        page.get_by_label("Zoek een inwoner of dossier").fill(term)
        page.get_by_role("button", name="Zoeken").first.click()
        expect(page.get_by_role("heading", name="Zoeken", level=1)).to_be_visible()
        run_axe_at_all_widths(page)


def test_sending_a_hand_over_back_is_accessible(page_as, visited):
    page = page_as(visited.users["coordinator"])
    page.goto(f"/overdrachten/{visited.values['handover_id']}")
    page.locator("summary", has_text="Terugsturen met een reden").click()
    run_axe_at_all_widths(page)
    page.get_by_role("button", name="Terugsturen", exact=True).click()
    expect(page.get_by_test_id("field-error")).to_be_visible()
    run_axe_at_all_widths(page)


def test_the_menu_of_a_small_screen_is_accessible(page_as, visited):
    page = page_as(visited.users["coordinator"])
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/caseload")
    page.get_by_role("button", name="Menu", exact=True).click()
    menu = page.get_by_role("navigation", name="Hoofdmenu")
    expect(menu.get_by_role("link", name="Dossiers")).to_be_visible()
    menu.get_by_role("link", name="Dossiers").click()
    expect(page.get_by_role("heading", name="Dossiers", level=1)).to_be_visible()


def test_drafts_undo_and_previews_are_accessible(page_as, visited):
    page, number = page_as(visited.users["lead"]), visited.values["number"]
    page.goto(f"/dossiers/{number}/traject/{visited.values['track_id']}/correctie")
    page.get_by_label("Toelichting", exact=True).fill("Er was al hulp thuis.")
    page.get_by_label("Waarom corrigeert u dit?").fill("Verkeerd overgenomen.")
    page.get_by_role("button", name="Concept bewaren").click()
    expect(page.get_by_text("Bewaard om")).to_be_visible()
    page.get_by_role("button", name="Laat zien wat er verandert").click()
    expect(page.get_by_test_id("preview")).to_be_visible()
    run_axe_at_all_widths(page)
    page.goto("/werkvoorraad")
    expect(page.get_by_test_id("draft")).to_have_count(1)
    page.get_by_role("button", name="Afgehandeld").first.click()
    expect(page.get_by_role("button", name="Ongedaan maken")).to_be_visible()
    run_axe_at_all_widths(page)
    page.get_by_test_id("draft").get_by_role("link").click()
    expect(page.get_by_text("Er is een concept van")).to_be_visible()
    run_axe_at_all_widths(page)


def test_why_somebody_sees_something_is_accessible(page_as, visited):
    page = page_as(visited.users["lead"])
    page.goto("/privacy/wie-ziet-wat")
    page.get_by_label("Wat", exact=True).select_option("reports")
    page.get_by_label("Dossiernummer").fill(visited.values["number"])
    page.get_by_role("button", name="Leg uit").click()
    expect(page.locator("#uitleg .alert")).to_be_visible()
    run_axe_at_all_widths(page)


def test_the_preview_of_a_corrected_profile_is_accessible(page_as, visited):
    page = page_as(visited.users["intake"])
    page.goto(f"/profielbepalingen/{visited.values['decision_id']}/correctie")
    page.get_by_label("Motivering").fill("Zorg gaat voor.")
    page.get_by_label("Waarom corrigeert u dit?").fill("Verkeerd overgenomen.")
    page.get_by_role("button", name="Laat zien wat er verandert").click()
    expect(page.get_by_test_id("preview")).to_be_visible()
    run_axe_at_all_widths(page)


def test_two_versions_beside_each_other_are_accessible(page_as, visited):
    page, other = (page_as(visited.users["lead"]) for _ in "12")
    for each, typed in ((page, "0345 1"), (other, "0345 2")):
        each.goto(f"/dossiers/{visited.values['number']}/inwoner")
        each.get_by_label("Telefoon").fill(typed)
        each.get_by_label("Zo benadert u deze inwoner").fill(f"Bel {typed}.")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("status")).to_contain_text("opgeslagen")
    other.get_by_role("button", name="Opslaan").click()
    expect(other.get_by_test_id("clash")).to_have_count(2)
    run_axe_at_all_widths(other)
    for each, typed in ((page, "Een koor."), (other, "Een tuin.")):
        each.goto(f"/dossiers/{visited.values['number']}/ondersteuning/activering")
        each.get_by_label("Activering").fill(typed)
    for each in (page, other):
        each.get_by_role("button", name="Opslaan").click()
    expect(other.get_by_test_id("clash")).to_have_count(1)
    run_axe_at_all_widths(other)
