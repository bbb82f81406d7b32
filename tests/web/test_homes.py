"""Every role signs in to a page for its work, and nothing it is offered there is refused."""

import re
from html import unescape

import pytest

from kp4web.domain.actor import Role
from tests.factories import make_agency, make_user
from tests.world import PERSONAS, make_world

pytestmark = pytest.mark.world
HOMES = {
    "lead": "/werkvoorraad", "coordinator": "/caseload", "intake": "/overdrachten",
    "agency coordinator": "/overdrachten", "income": "/wie-doet-wat",
    "policy": "/rapportages/kp4", "fg": "/logboek", "administrator": "/beheer",
    "operator": "/beheer", "agency team": "/caseload",
    "consultant there": "/werkvoorraad",
    "intake who guides": "/werkvoorraad", "both coordinators": "/caseload",
}  # fmt: skip
AT_THE_AGENCY = {
    "consultant there": (Role.CONSULTANT,),
    "intake who guides": (Role.INTAKE, Role.CONSULTANT),
    "both coordinators": (Role.AGENCY_COORDINATOR, Role.COORDINATOR),
}
"""More people of a work agency that guides."""


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
    for persona, roles in AT_THE_AGENCY.items():
        world.users[persona] = make_user(*roles, organisation=make_agency())
    for persona in (*PERSONAS, *AT_THE_AGENCY):
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
