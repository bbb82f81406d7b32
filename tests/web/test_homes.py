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


def links(page):
    """Return the addresses of our own that a page offers, each once."""
    found = re.findall(r'href="(/[^"#]*)', page)
    return sorted({unescape(one) for one in found if not one.startswith("/static")})


def test_every_item_of_the_menu_and_every_link_at_home_opens(http_as):
    world, homes, refused = make_world(), {}, []
    for persona in PERSONAS:
        http = http_as(world.users[persona])
        home = http.get("/")
        if home.status_code == 303:
            homes[persona] = home.location
            home = http.get(home.location)
        http.checks_html = False
        offered = links(home.text)
        answers = [(one, http.get(one, follow_redirects=True).status_code) for one in offered]
        refused += [(persona, *answer) for answer in answers if answer[1] != 200]
        assert len(offered) > 1
    assert refused == []
    assert homes.items() >= HOMES.items()
