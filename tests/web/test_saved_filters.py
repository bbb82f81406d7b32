"""Filters that a user keeps, the dossiers opened last, and the shortcuts."""

import json
import re

import pytest
from sqlalchemy import select, update

from kp4web.accounts.models import User
from kp4web.audit.models import AuditEntry
from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.search.commands import MOST_FILTERS
from kp4web.search.models import SavedFilter
from tests.factories import make_assignment, make_dossier, make_user
from tests.queries import count_queries

SUPPORT = {"traject": "support", "consulent": "alle", "sort": "-naam"}


@pytest.fixture
def me(app):
    return make_user()


def keep(http, name="Ondersteuning", **chosen):
    return http.post("/dossiers/filters", data={"name": name} | (chosen or SUPPORT))


def kept_by(user):
    query = select(SavedFilter).where(SavedFilter.user_id == user.id).order_by(SavedFilter.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


# ---------------------------------------------------------------------- keeping


def test_filters_are_kept_and_lead_back_to_the_same_list(http_as, me):
    make_dossier(lead=me, surname="Terpstra")
    http = http_as(me)
    assert "Dit filter bewaren" in http.get("/dossiers?traject=support").text
    response = keep(http)
    assert response.status_code == 303
    address = "/dossiers?traject=support&consulent=alle&sort=-naam"
    assert response.location == address
    page = http.get("/dossiers").text
    assert f'href="{address.replace("&", "&amp;")}"' in page
    assert 'aria-current="page">Ondersteuning</a>' in http.get(address).text
    assert "Dit filter bewaren" not in http.get(address).text
    (row,) = kept_by(me)
    assert row.chosen == SUPPORT | {"groep": "", "subgroep": ""}


def test_only_filters_are_kept_and_no_typed_term(http_as, me):
    keep(http_as(me), term="Terpstra", traject="Terpstra", q="x", pagina="3", consulent="9999999")
    (row,) = kept_by(me)
    assert row.chosen == {
        "traject": "", "groep": "", "subgroep": "", "consulent": "mij", "sort": "naam",
    }  # fmt: skip


def test_nobody_else_sees_renames_or_deletes_it(http_as, me):
    keep(http_as(me), name="Kanariepiet")
    (row,) = kept_by(me)
    for other in (make_user(), make_user(Role.COORDINATOR), make_user(municipality="Buren")):
        http = http_as(other)
        for address in ("/dossiers", "/dossiers/filters"):
            assert "Kanariepiet" not in http.get(address).text
        assert http.post(f"/dossiers/filters/{row.id}/verwijdering").status_code == 404
        data = {"name": "Van mij"}
        assert http.post(f"/dossiers/filters/{row.id}/naam", data=data).status_code == 404
    assert [row.name for row in kept_by(me)] == ["Kanariepiet"]


def test_a_filter_gets_another_name_and_goes(http_as, me):
    http = http_as(me)
    keep(http)
    keep(http, name="Rust", traject="rest")
    first, second = (row.id for row in kept_by(me))
    assert http.post(f"/dossiers/filters/{first}/naam", data={"name": " Zorg "}).location == (
        "/dossiers/filters"
    )
    taken = http.post(f"/dossiers/filters/{first}/naam", data={"name": "rust"})
    assert taken.status_code == 422
    assert 'value="rust"' in taken.text
    assert "U heeft al een filter met deze naam" in taken.text
    assert [row.name for row in kept_by(me)] == ["Zorg", "Rust"]
    assert http.post(f"/dossiers/filters/{second}/verwijdering").status_code == 303
    assert [row.name for row in kept_by(me)] == ["Zorg"]
    assert http.post(f"/dossiers/filters/{second}/verwijdering").status_code == 404


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Geef het filter een naam"),
        ("x" * 41, "hoogstens 40 tekens"),
        ("ZORG", "al een filter"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_what_was_typed(http_as, me, name, error):
    http = http_as(me)
    keep(http, name="Zorg")
    response = keep(http, name=name)
    assert response.status_code == 422
    assert error in response.text
    assert f'value="{name}"' in response.text
    assert 'name="traject" value="support"' in response.text
    assert len(kept_by(me)) == 1


def test_there_are_twenty_at_most(http_as, me):
    http = http_as(me)
    for number in range(MOST_FILTERS):
        assert keep(http, name=f"Filter {number}").status_code == 303
    response = keep(http, name="Te veel")
    assert response.status_code == 422
    assert "al 20 filters bewaard" in response.text
    assert len(kept_by(me)) == MOST_FILTERS


def test_roles_without_dossiers_keep_nothing(http_as):
    for role in set(Role) - {Role.CONSULTANT, Role.COORDINATOR}:
        http = http_as(make_user(role))
        assert keep(http).status_code == 403
        assert http.get("/dossiers/filters").status_code == 403


def test_a_coordinator_keeps_filters_without_becoming_somebody_to_choose(http_as):
    coordinator = make_user(Role.COORDINATOR, name="Coör Dinator")
    http = http_as(coordinator)
    keep(http, name="Zorg")
    page = http.get("/dossiers").text
    assert ">Zorg</a>" in page
    assert f'<option value="{coordinator.id}"' not in page


def test_a_filter_on_a_colleague_who_left_shows_the_list_without_it(http_as, me):
    gone = make_user(name="Wie Weg")
    http = http_as(me)
    keep(http, consulent=str(gone.id))
    db.session.execute(update(User).where(User.id == gone.id).values(closed_at=gone.created_at))
    db.session.commit()
    page = http.get(f"/dossiers?consulent={gone.id}").text
    assert "Dit filter bestaat niet" in page


def test_the_list_asks_as_much_with_filters_as_without(http_as, me):
    http = http_as(me)
    asked = []
    for _ in range(2):
        http.get("/dossiers")
        with count_queries() as statements:
            http.get("/dossiers")
        asked.append(len(statements))
        for number in range(5):
            keep(http, name=f"Filter {number}")
    assert asked[0] == asked[1] <= 7


# ---------------------------------------------------------------------- opened last


def opened(http):
    """Return the numbers on the empty search page, in order."""
    rows = http.get("/zoeken").text.split('data-testid="dossier-row"')[1:]
    return [re.search(r"KP4-\d{4}-\d{4,9}", row)[0] for row in rows]


def test_the_last_ten_dossiers_are_on_the_search_page_the_last_one_first(http_as, me):
    numbers = [make_dossier(lead=me).number for _ in range(12)]
    http = http_as(me)
    assert "Laatst geopend" not in http.get("/zoeken").text
    for number in [*numbers, numbers[5]]:
        http.get(f"/dossiers/{number}")
    assert opened(http) == [numbers[5], *[n for n in reversed(numbers[2:]) if n != numbers[5]]]
    assert opened(http_as(make_user())) == []


def test_what_is_out_of_reach_now_is_not_shown(http_as, me):
    dossier = make_dossier(lead=me)
    http = http_as(me)
    http.get(f"/dossiers/{dossier.number}")
    assert opened(http) == [dossier.number]
    make_assignment(dossier, make_user())
    assert opened(http) == [dossier.number]  # a colleague still sees that it is there
    elsewhere = make_dossier(municipality="Buren").holder_id
    db.session.execute(
        update(Dossier).where(Dossier.id == dossier.id).values(holder_id=elsewhere)
    )  # fmt: skip
    db.session.commit()
    assert opened(http) == []


def test_showing_them_is_logged_once_with_whom(http_as, me):
    dossier = make_dossier(lead=me)
    http = http_as(me)
    http.get("/zoeken")
    http.get(f"/dossiers/{dossier.number}")
    http.get("/zoeken")
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "search"))
    assert json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id)) == [
        dossier.client_id
    ]
    assert entry.detail == {"by": "recent"}


def test_the_search_page_asks_as_much_for_ten_as_for_one(http_as, me):
    http = http_as(me)
    http.get(f"/dossiers/{make_dossier(lead=me).number}")
    asked = []
    for _ in range(2):
        with count_queries() as statements:
            http.get("/zoeken")
        asked.append(len(statements))
        for _ in range(9):
            http.get(f"/dossiers/{make_dossier(lead=me).number}")
    assert asked[0] == asked[1] <= 6


# ---------------------------------------------------------------------- shortcuts


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.DATA_PROTECTION_OFFICER])
def test_shortcuts_are_listed_and_can_be_turned_off(http_as, role):
    http = http_as(make_user(role))
    page = http.get("/sneltoetsen").text
    assert ("<kbd>/</kbd>" in page) == (role is Role.CONSULTANT)
    assert "<kbd>?</kbd>" in page
    assert 'href="/sneltoetsen"' in http.get("/account").text
    assert "data-shortcuts" in page
    assert http.post("/sneltoetsen", data={"aan": "nee"}).location == "/sneltoetsen"
    page = http.get("/sneltoetsen").text
    assert "data-shortcuts" not in page
    assert "<dialog" not in page
    http.post("/sneltoetsen", data={"aan": "wat"})
    assert "data-shortcuts" not in http.get("/account").text
    http.post("/sneltoetsen", data={"aan": "ja"})
    assert "data-shortcuts" in http.get("/account").text


def test_shortcuts_are_turned_off_for_oneself_only(http_as, me):
    http_as(me).post("/sneltoetsen", data={"aan": "nee"})
    assert "data-shortcuts" in http_as(make_user()).get("/account").text
