"""Every role signs in to a page for its work, and nothing it is offered there is refused."""

import re
from html import unescape

import pytest

from tests.world import PERSONAS, make_world

pytestmark = pytest.mark.world
HOMES = {
    "lead": "/werkvoorraad", "coordinator": "/caseload", "intake": "/overdrachten",
    "agency coordinator": "/overdrachten", "income": "/wie-doet-wat",
    "policy": "/rapportages/kp4", "fg": "/logboek", "administrator": "/beheer",
    "operator": "/beheer",
}  # fmt: skip


def links(app, page):
    """Return the addresses of our own that a page offers; of each kind of page one."""
    found = {unescape(one) for one in re.findall(r'href="(/[^"#]*)', page)}
    router, kinds = app.url_map.bind("localhost"), {}
    for address in sorted(one for one in found if not one.startswith("/static")):
        path, _, asked = address.partition("?")
        kinds.setdefault((router.match(path)[0], re.sub(r"=[^&]*", "", asked)), address)
    return list(kinds.values())


def test_every_item_of_the_menu_and_every_link_at_home_opens(app, http_as):
    world, homes, refused = make_world(), {}, []
    for persona in PERSONAS:
        http = http_as(world.users[persona])
        http.checks_html = False
        home = http.get("/")
        if home.status_code == 303:
            homes[persona] = home.location
            home = http.get(home.location)
        offered = links(app, home.text)
        answers = [(one, http.get(one, follow_redirects=True).status_code) for one in offered]
        refused += [(persona, *answer) for answer in answers if answer[1] != 200]
        assert len(offered) > 1
    assert refused == []
    assert homes.items() >= HOMES.items()
