"""
Canaries in every restricted field of two municipalities: crawl everything as everybody.

Every page, fragment, search and error that a persona can get at is fetched. No canary may be on
it but those that the matrix lets this persona read, and every canary is seen by somebody
(otherwise the test would prove nothing).
"""

import re
from html import unescape

import pytest
from sqlalchemy import select

from kp4web.domain.questionnaire.definition import DataClass
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.questionnaires.models import Questionnaire
from tests.questionnaires import CANARY_AREAS
from tests.web.test_matrix import ROWS, routes
from tests.world import HELD, PERSONAS, canary, make_world, paths_of

pytestmark = pytest.mark.world
OK, REFUSED = 200, 403
RUN = re.compile(r"kanarie\w*")
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
PERSON = {"naam", "aanpak", "straat", "kind", "traject", "overgedragene", "correctie"}
HEADINGS = {"hulpvraag", "oudevraag", "activering"}
ADDED = {"correction", "addition", "response", "redencorrection", "redenaddition"}
ASKED = {"vraagstelling", "repliek"}
CORRECTED = {"profielcorrectie", "oudemotivering", "betermotivering"}
PLANNED = {"opvolging", "plaats", "rustreden"}
HANDED_OVER = {"vertrokkene", "overdrachtsverslag", "terugmelding"}
PACKAGE = {"aanvrager", "motivering", "overdracht", "terugreden"}
APPLICATION = {
    "kandidaat", "gezinslid", "teruggekomen", "afgesloten", "instrument", "kenmerk", "gestopt",
    "sluitreden", "weggooireden",
}  # fmt: skip
IN_DOSSIER = {f"{what}{kind}" for what in ("antwoord", "overgedragen") for kind in DataClass}
AT_INTAKE = {
    f"{what}{kind}" for what in ("intake", "aangeboden", "weggegooid") for kind in DataClass
}

SEES = {  # persona: fields of the own municipality
    "lead": PERSON
    | IN_DOSSIER
    | HEADINGS
    | ADDED
    | ASKED
    | PLANNED
    | HANDED_OVER
    | CORRECTED
    | {"verslag", "afspraak", "bericht", "betrokkene", "ontheffing", "signaal"},
    "colleague": PERSON
    | PLANNED
    | {"betrokkene", "bericht", "vertrokkene"},  # the message is the own entry
    "job coach": HANDED_OVER,
    "privacy": {"identiteit"},
    "coordinator": PERSON
    | PACKAGE
    | HANDED_OVER
    | ASKED
    | CORRECTED
    | {"ontheffing", "signaal", "identiteit", "overgang"},
    "income": {"naam", "overgedragene", "signaal"},
    "intake": PACKAGE
    | APPLICATION
    | AT_INTAKE
    | {"betermotivering", "grondslag"},  # its own decision, to correct it
}
FIELDS = tuple(sorted(set().union(*SEES.values())))
SEES_HELD = {  # of the dossier that the work agency holds: nobody of Team Sociaal
    "agency lead": {"naam", "aanpak", "straat", "traject", "verslag", "opvolging"},
    "agency team": {"naam", "aanpak", "straat", "traject"},
    "income": {"naam"},
}  # fmt: skip
SEES |= {f"buren {who}": SEES[who] for who in ("lead", "coordinator")}
CRAWLED = [persona for persona in PERSONAS if persona != "agency team"]
"""That one is what a coordinator of a team is; a test of its own looks at what is different."""
LIMIT = 800
ENDLESS = re.compile(r"/dossiers/KP4-[\d-]+\?[^&]*&|/agenda\?")
"""Filters of one timeline together, and weeks: each by itself is enough, all never end."""
AGENDA = ("/agenda?week=2026-W47", "/agenda?maand=2026-11")


def allowed(persona):
    """Return the canaries that this persona may come across."""
    here = "Buren" if persona.startswith("buren") else "West Betuwe"
    places = ("West Betuwe", "Buren") if persona in {"intake", "income", "job coach"} else (here,)
    seen = {canary(place, what) for place in places for what in SEES.get(persona, ())}
    return seen | {canary(HELD, what) for what in SEES_HELD.get(persona, ())}


EVERY_CANARY = {canary(place, what) for place in ("West Betuwe", "Buren") for what in FIELDS}
EVERY_CANARY |= {canary(HELD, what) for what in SEES_HELD["agency lead"]}


def found_in(texts):
    """Return which canaries stand in the texts, in whatever case."""
    runs = set(RUN.findall("\n".join(texts).lower()))
    return {word for word in EVERY_CANARY if any(word.lower() in run for run in runs)}


def links(text):
    """Return the addresses on a page that stay within the application."""
    found = re.findall(r'(?:href|data-hx-get)="(/[^"#]*)', text)
    addresses = {unescape(address) for address in found if not address.startswith("/static")}
    return {address for address in addresses if not ENDLESS.match(address)}


def crawl(http, start, *, fragments):
    """Fetch every page (and its fragment) from here on; return all text, addresses and headers."""
    waiting, seen, texts = set(start), set(), []
    while waiting and len(seen) < LIMIT:
        address = waiting.pop()
        seen.add(address)
        answers = [http.get(address)]
        if fragments and answers[0].status_code == OK:  # a refusal is one sentence for both
            answers.append(http.get(address, headers=FRAGMENT))
        for response in answers:
            texts.append(f"{address} {response.headers} {response.text}")
            onwards = {response.location.partition("#")[0]} if response.location else set()
            waiting |= (links(response.text) | onwards) - seen
    assert len(seen) < LIMIT, "the crawl did not come to an end"
    return texts


def searches(http, world):
    """Look for every canary, the BSNs and the numbers."""
    terms = [canary(place, what) for place in world.places for what in FIELDS]
    terms += [canary(HELD, what) for what in ("naam", "verslag")]
    for here in world.places.values():
        terms += [here.bsn, here.dossier.number]
    if http.post("/zoeken", data={"term": terms[0]}).status_code == REFUSED:
        terms = terms[:1]  # refused by the role, before the term is read
    return [search(http, term) for term in terms]


def search(http, term):
    """Return what a search shows, without the box that says what was asked."""
    return http.post("/zoeken", data={"term": term}).text.replace(f'value="{term}"', "")


@pytest.mark.parametrize("persona", CRAWLED)
def test_nobody_comes_across_what_is_not_theirs(app, http_as, engine_name, persona):
    """
    On SQLite pages and fragments, on PostgreSQL pages only.

    The second engine can differ in what a statement finds, and that is all on the page; a fragment
    is one block of the same template, printed from the same rows.
    """
    world = make_world()
    http = http_as(world.users[persona])
    http.checks_html = False
    start = {"/", "/account", "/bestaat-niet", *AGENDA}
    for number in db.session.scalars(select(Questionnaire.id)):
        start |= {f"/vragenlijsten/{number}/{area}" for area in CANARY_AREAS.values()}
    for place in world.places:
        values = paths_of(world, place)
        start |= {
            re.sub(r"<(?:\w+:)?(\w+)>", lambda part, v=values: str(v[part[1]]), rule.rule)
            for _endpoint, method, rule in routes(app)
            if method == "GET"
        }
    texts = crawl(http, start, fragments=engine_name == "sqlite") + searches(http, world)
    assert found_in(texts) == allowed(persona)
    digits = "".join(texts).replace(" ", "")
    assert not [here.bsn for here in world.places.values() if here.bsn in digits]


GUIDING = (
    "/", "/werkvoorraad?alles=1", "/agenda", "/caseload", "/dossiers?consulent=alle&traject=alle",
    "/overdrachten", "/overdrachten/van-niemand", "/ontheffingen?welke=zonder",
    "/maatregelsignalen", "/rapportages/kp4?peildatum=2026-11-18", "/rapportages/ontheffingen",
    "/rapportages/kp4/dossiers?peildatum=2026-11-18&inactief=1", "/dossiers/{}?alles=1",
    "/zoeken", "/dossiers/{}/voorbereiding", "/dossiers/{}/wie-helpt-waarmee",
)  # fmt: skip


@pytest.mark.parametrize("persona", ["agency lead", "agency team"])
def test_the_work_agency_sees_of_what_it_holds_what_a_team_sees(app, http_as, persona):
    world = make_world()
    http = http_as(world.users[persona])
    http.checks_html = False
    number = db.session.scalars(
        select(Dossier.number).where(Dossier.holder_id == world.users[persona].organisation_id)
    ).one()
    texts = [http.get(page.format(number), follow_redirects=True).text for page in GUIDING]
    words = [canary(place, what) for place in (HELD, *world.places) for what in SEARCHED]
    texts += [search(http, word) for word in words]
    assert found_in(texts) == allowed(persona)


SEARCHED = ("naam", "verslag")
OPENED = {  # in one dossier, and never justice or what only the lead reads
    "colleague": HEADINGS
    | ADDED
    | {"verslag", "afspraak", "ontheffing"}
    | {f"antwoord{kind}" for kind in set(DataClass) - {DataClass.CRIMINAL, DataClass.LEAD_ONLY}},
    "coordinator": HEADINGS | ADDED | {"verslag", "afspraak", "bericht"},
}


@pytest.mark.parametrize("persona", OPENED)
def test_a_reason_opens_what_the_matrix_says_of_one_dossier(app, http_as, persona):
    world = make_world()
    http, values = http_as(world.users[persona]), paths_of(world, "West Betuwe")
    http.checks_html = False
    dossier = f"/dossiers/{values['number']}"
    http.post(f"{dossier}/inzien-met-reden", data={"reason": "De vaste consulent is vandaag ziek."})
    parts = ("?alles=1", "/voorbereiding", "/vragenlijsten", "/ondersteuning", "/ontheffing")
    start = {dossier + part for part in parts}
    start.add(f"{dossier}/gesprekken/{values['conversation_id']}")
    for number in db.session.scalars(select(Questionnaire.id)):
        start |= {f"/vragenlijsten/{number}/{area}" for area in CANARY_AREAS.values()}
    texts = [http.get(address).text for address in start]
    found = found_in(texts + searches(http, world))
    opened = {canary("West Betuwe", what) for what in OPENED[persona]}
    assert opened <= found
    assert found <= allowed(persona) | opened


def test_every_canary_is_seen_by_somebody():
    seen = set().union(*(allowed(persona) for persona in (*PERSONAS, *SEES_HELD)))
    assert seen == EVERY_CANARY


@pytest.mark.parametrize("persona", CRAWLED)
def test_no_error_page_quotes_what_is_not_theirs(app, http_as, persona):
    world = make_world()
    http, values = http_as(world.users[persona]), paths_of(world, "West Betuwe")
    http.checks_html = False
    texts = []
    for endpoint, method, rule in routes(app):
        if method == "GET" or endpoint == "accounts.sign_out":
            continue
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), rule.rule)
        texts.append(http.post(address, data={"onzin": "x"}).text)
    assert found_in(texts) <= allowed(persona)


def test_the_matrix_of_routes_is_what_is_crawled(app):
    assert {endpoint for endpoint, *_ in routes(app)} == set(ROWS)
