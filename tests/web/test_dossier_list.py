"""The list of dossiers: whose, filtered and sorted by the address, paged on the server."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.domain.tracks import Subgroup
from kp4web.extensions import db
from kp4web.tracks.commands import change_subgroup
from tests.conftest import TODAY
from tests.factories import (
    a_coordinator,
    at,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_user,
)


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR)


def numbers(response):
    """Return the dossier numbers of the rows, in order."""
    assert response.status_code == 200
    rows = response.text.split('data-testid="dossier-row"')[1:]
    return [re.search(r"KP4-\d{4}-\d{4,9}", row)[0] for row in rows]


def test_a_row_says_who_it_is_and_how_things_stand(http_as):
    lead = make_user(name="Karin Jansen")
    dossier = make_dossier(
        lead=lead, surname="O'Brien-Şahin", initials="J.", birth_date=date(1970, 11, 22),
        track="rest", since=date(2026, 9, 1), planned_end=date(2027, 3, 1),
    )  # fmt: skip
    page = http_as(lead).get("/dossiers").text
    row = page.split('data-testid="dossier-row"')[1].split("</tr>")[0]
    for shown in (
        f'href="/dossiers/{dossier.number}"', "J. O&#39;Brien-Şahin", "22-11-1970",
        "Rust tot 01-03-2027", "sinds 01-09-2026", "Nog niet",
    ):  # fmt: skip
        assert shown in row
    assert "1 dossier<" in page


def test_a_late_date_is_said_in_words(http_as):
    lead = make_user()
    late, later = make_dossier(lead=lead, surname="A"), make_dossier(lead=lead, surname="B")
    make_conversation(later, lead)
    make_follow_up(late, lead, due_on=TODAY, what="x")
    make_follow_up(later, lead, due_on=TODAY + timedelta(days=60))
    first, second = http_as(lead).get("/dossiers").text.split('data-testid="dossier-row"')[1:]
    assert "Te laat" in first
    assert "Te laat" not in second


def test_rest_past_its_end_says_so(http_as):
    lead = make_user()
    make_dossier(lead=lead, track="rest", opened_on=date(2025, 9, 1), planned_end=date(2026, 9, 1))
    assert "Besluit te laat" in http_as(lead).get("/dossiers").text


# ---------------------------------------------------------------------- whose


def test_a_consultant_starts_with_the_own_dossiers(http_as):
    me, colleague = make_user(), make_user()
    mine, others, nobodys = (make_dossier(lead=lead) for lead in (me, colleague, None))
    http = http_as(me)
    assert numbers(http.get("/dossiers")) == [mine.number]
    page = http.get("/dossiers?consulent=alle")
    assert set(numbers(page)) == {mine.number, others.number, nobodys.number}
    assert numbers(http.get("/dossiers?consulent=geen")) == [nobodys.number]
    assert numbers(http.get(f"/dossiers?consulent={colleague.id}")) == [others.number]


def test_a_coordinator_starts_with_all_of_the_team(http_as, coordinator):
    made = {make_dossier(lead=lead).number for lead in (make_user(), None)}
    assert set(numbers(http_as(coordinator).get("/dossiers"))) == made


def test_another_municipality_is_not_there(http_as, coordinator):
    other, http = make_dossier(municipality="Buren"), http_as(coordinator)
    for query in ("", "?traject=alle", "?consulent=geen"):
        page = http.get(f"/dossiers{query}").text
        assert other.number not in page
        assert "0 dossiers" in page


def test_a_colleague_elsewhere_is_no_filter(http_as, coordinator):
    stranger = make_user(municipality="Buren", name="Elders Werkzaam")
    make_dossier(municipality="Buren", lead=stranger)
    page = http_as(coordinator).get(f"/dossiers?consulent={stranger.id}").text
    assert "Dit filter bestaat niet" in page
    assert stranger.name not in page


def test_no_other_role_has_the_list(http_as):
    for role in set(Role) - {Role.CONSULTANT, Role.COORDINATOR}:
        assert http_as(make_user(role)).get("/dossiers").status_code == 403


def test_who_is_not_signed_in_is_sent_to_the_door(http):
    response = http.get("/dossiers?traject=rest")
    assert response.status_code == 303
    assert "/inloggen" in response.location


# ---------------------------------------------------------------------- filters


def test_the_track_filter_hides_stopped_dossiers_unless_asked(http_as, coordinator):
    rest, support, stopped = (make_dossier(track=kind) for kind in ("rest", "support", "stopped"))
    http = http_as(coordinator)
    page = http.get("/dossiers")
    assert set(numbers(page)) == {rest.number, support.number}
    assert "1 gestopt dossier staat niet in deze lijst" in page.text
    assert numbers(http.get("/dossiers?traject=rest")) == [rest.number]
    assert numbers(http.get("/dossiers?traject=stopped")) == [stopped.number]
    everything = http.get("/dossiers?traject=alle")
    assert set(numbers(everything)) == {rest.number, support.number, stopped.number}
    assert "niet in deze lijst" not in everything.text


def in_language_group(dossier, *, member, day):
    change_subgroup(
        db.session(), a_coordinator(), dossier.number, Subgroup.LANGUAGE, member=member,
        since=day, now=at(day), today=day,
    )  # fmt: skip
    db.session.commit()


def test_the_subgroup_filter_asks_who_is_in_it_today(http_as, coordinator):
    now_in, once_in, _never = (make_dossier() for _ in range(3))
    earlier = TODAY - timedelta(days=9)
    for dossier in (now_in, once_in):
        in_language_group(dossier, member=True, day=earlier)
    in_language_group(once_in, member=False, day=TODAY)
    response = http_as(coordinator).get("/dossiers?subgroep=language")
    assert numbers(response) == [now_in.number]


def test_the_group_filter_goes_by_the_next_date(http_as):
    lead = make_user()
    made = {}
    for name, days in {"late": -1, "today": 0, "week": 3, "later": 30}.items():
        start = TODAY - timedelta(days=30)
        dossier = make_dossier(lead=lead, opened_on=start, today=start)
        make_conversation(dossier, lead, held_on=start, today=start)
        make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=days), today=start)
        made[name] = dossier.number
    http = http_as(lead)
    for name, number in made.items():
        assert numbers(http.get(f"/dossiers?groep={name}")) == [number]


def test_active_filters_are_shown_with_a_way_to_take_each_away(http_as, coordinator):
    lead = make_user(name="Karin Jansen")
    make_dossier(lead=lead, track="rest")
    url = f"/dossiers?traject=rest&groep=later&consulent={lead.id}&sort=-volgende"
    page = http_as(coordinator).get(url).text
    chips = page.split('aria-label="Filters die aan staan"')[1].split("</ul>")[0]
    assert re.findall(r'class="chip" href="([^"]*)">([^<]*)', chips) == [
        (f"/dossiers?groep=later&amp;consulent={lead.id}&amp;sort=-volgende", "Rust"),
        (f"/dossiers?traject=rest&amp;consulent={lead.id}&amp;sort=-volgende", "Later"),
        ("/dossiers?traject=rest&amp;groep=later&amp;sort=-volgende", "Karin Jansen"),
    ]


def test_a_filter_that_does_not_exist_gives_the_list_without_it(http_as, coordinator):
    dossier, http = make_dossier(), http_as(coordinator)
    ids = [f"consulent={number}" for number in (0, -1, 2**31, 2**63, 10**25, "x", "²", "%00")]
    words = [f"{name}=zzz" for name in ("traject", "subgroep", "groep", "sort")]
    for query in (*ids, *words, "traject=%ED%A0%80", "sort=--naam", "groep=%27%20OR%201=1"):
        response = http.get(f"/dossiers?{query}")
        assert numbers(response) == [dossier.number], query
        assert "Dit filter bestaat niet" in response.text, query


def test_no_filter_is_no_fault(http_as, coordinator):
    make_dossier()
    http = http_as(coordinator)
    for query in ("", "traject=&sort=", "consulent=&groep=", "iets=anders"):
        assert "bestaat niet" not in http.get(f"/dossiers?{query}").text


# ---------------------------------------------------------------------- order and pages


def test_names_sort_by_surname_without_case_accents_and_prefix(http_as, coordinator):
    people = [("Zwart", ""), ("Çelik", ""), ("vries", "de"), ("Visser", "van der"), ("Öz", "")]
    made = {surname: make_dossier(surname=surname, prefix=p).number for surname, p in people}
    wanted = [made[name] for name in ("Çelik", "Öz", "Visser", "vries", "Zwart")]
    http = http_as(coordinator)
    assert numbers(http.get("/dossiers")) == wanted
    assert numbers(http.get("/dossiers?sort=-naam")) == wanted[::-1]


def test_every_other_order(http_as):
    lead = make_user()
    old = make_dossier(lead=lead, opened_on=date(2026, 1, 5), surname="C")
    mid = make_dossier(lead=lead, opened_on=date(2026, 6, 1), surname="A")
    new = make_dossier(lead=lead, opened_on=date(2026, 11, 2), surname="B")
    make_conversation(old, lead, held_on=TODAY)
    make_conversation(new, lead, held_on=date(2026, 11, 3))
    http = http_as(lead)

    def order(sort):
        return numbers(http.get(f"/dossiers?sort={sort}"))

    assert order("nummer") == sorted([old.number, mid.number, new.number])
    assert order("sinds") == [old.number, mid.number, new.number]
    assert order("-sinds") == [new.number, mid.number, old.number]
    assert order("laatste") == [mid.number, new.number, old.number]  # never spoken to comes first
    assert order("-laatste") == [old.number, new.number, mid.number]
    assert order("volgende") == [mid.number, new.number, old.number]


def test_the_headers_say_and_turn_the_order(http_as, coordinator):
    make_dossier()
    http = http_as(coordinator)
    assert re.findall(r'aria-sort="(\w+)"', http.get("/dossiers").text) == ["ascending"]
    turned = http.get("/dossiers?sort=-sinds").text
    assert re.findall(r'aria-sort="(\w+)"', turned) == ["descending"]
    assert 'href="/dossiers?sort=sinds"' in turned
    assert 'href="/dossiers?sort=-sinds"' in http.get("/dossiers?sort=sinds").text


def test_pages_follow_on_each_other_without_a_gap(http_as, coordinator):
    made = [make_dossier(surname="Jansen", initials="A.").number for _ in range(52)]
    http = http_as(coordinator)
    pages = [numbers(http.get(f"/dossiers?pagina={page}")) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 2]
    assert sorted(number for page in pages for number in page) == sorted(made)
    assert "52 dossiers" in http.get("/dossiers").text
    for page in (4, 999_999):
        assert numbers(http.get(f"/dossiers?pagina={page}")) == pages[2]
    for page in (0, -1, "x", 2**63, 10**25, "²"):
        assert numbers(http.get("/dossiers", query_string={"pagina": page})) == pages[0]


# ---------------------------------------------------------------------- nothing to show


@pytest.mark.parametrize(
    ("roles", "query", "text"),
    [
        ([Role.CONSULTANT], "", "U heeft geen lopende dossiers"),
        ([Role.COORDINATOR], "", "Uw team heeft geen lopende dossiers"),
        ([Role.COORDINATOR], "?consulent=geen", "Alle dossiers hebben een consulent"),
        ([Role.COORDINATOR], "?traject=rest", "Niets gevonden"),
    ],
)
def test_an_empty_list_says_what_to_do(http_as, roles, query, text):
    assert text in http_as(make_user(*roles)).get(f"/dossiers{query}").text


# ---------------------------------------------------------------------- assigning


def test_a_coordinator_assigns_what_is_ticked(http_as, coordinator):
    first, second, stopped = make_dossier(), make_dossier(), make_dossier(track="stopped")
    consultant = make_user(name="Karin Jansen")
    http = http_as(coordinator)
    page = http.get("/dossiers?traject=alle").text
    assert 'action="/toewijzingen"' in page
    assert page.count('name="dossier"') == 2
    assert f'value="{stopped.number}"' not in page
    ticked = [first.number, second.number]
    given = {"user": consultant.id, "reason": "Past erbij.", "page": "dossiers"}
    response = http.post("/toewijzingen", data={"dossier": ticked, **given})
    assert response.status_code == 303
    assert numbers(http.get(f"/dossiers?consulent={consultant.id}&sort=nummer")) == sorted(ticked)


def test_a_consultant_has_nothing_to_tick(http_as):
    lead = make_user()
    make_dossier(lead=lead)
    page = http_as(lead).get("/dossiers").text
    assert 'name="dossier"' not in page
    assert "toewijzingen" not in page


# ---------------------------------------------------------------------- the log, and speed


def test_one_entry_holds_whom_it_showed(http_as):
    lead = make_user()
    shown = {make_dossier(lead=lead).client_id for _ in range(2)}
    make_dossier()
    http_as(lead).get("/dossiers")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "dossiers_read"))
    (entry,) = entries.all()
    sealed = vault.decrypt(entry.subjects_sealed, row=entry.span_id)
    assert set(map(int, sealed.strip("[]").split(","))) == shown
    assert entry.user_id == lead.id
