"""Searching: by name, number, birth date and BSN, within reach, without a trace of the term."""

import json
import logging
import re
from datetime import date

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.crypto import vault
from kp4web.domain.actor import Role
from kp4web.extensions import db
from tests.factories import a_bsn, make_dossier, make_user
from tests.queries import count_queries


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR)


def found(http, term):
    """Return the dossier numbers that a term finds, in order."""
    response = http.post("/zoeken", data={"term": term})
    assert response.status_code == 200, term
    rows = response.text.split('data-testid="dossier-row"')[1:]
    if not rows:
        assert "Niets gevonden" in response.text
    return [re.search(r"KP4-\d{4}-\d{4,9}", row)[0] for row in rows]


# ---------------------------------------------------------------------- what finds whom


def test_by_name_case_accents_and_particles_are_forgiven(http_as, coordinator):
    people = {
        "sahin": make_dossier(surname="Şahin", given_name="Zoë", initials="Z."),
        "vries": make_dossier(surname="Vries", prefix="de", initials="M."),
        "obrien": make_dossier(surname="O'Brien-Şahin", initials="J."),
        "heuvel": make_dossier(surname="Wojciechowska-van den Heuvel", initials="A."),
    }
    number = {name: dossier.number for name, dossier in people.items()}
    http = http_as(coordinator)
    wanted = {
        "vries": ["Vries", "de vries", "vries de", "devries", "DE VRIES", "  vri  ", "m de vries"],
        "obrien": ["O'Brien", "obrien", "o’brien", "brien", "OBRIEN-SAHIN", "J. O'Brien"],
        "heuvel": ["wojciechowska", "Heuvel", "van den heuvel", "wojc heuv", "heuvel, a."],
    }
    for name, terms in wanted.items():
        for term in terms:
            assert found(http, term) == [number[name]], term
    for term in ("Şahin", "sahin", "SAHIN", "şah"):
        assert set(found(http, term)) == {number["sahin"], number["obrien"]}, term
    assert found(http, "zoe sahin") == [number["sahin"]]
    for term in ("hin", "vriesen", "jansen", "vries sahin"):
        assert found(http, term) == [], term


def test_by_number_whole_or_its_last_digits(http_as, coordinator):
    dossier = make_dossier()
    make_dossier()
    number = dossier.number
    _, year, digits = number.split("-")
    http = http_as(coordinator)
    for term in (number, number.lower(), f"{year}-{digits}", f" KP4 {year} {digits} ", digits):
        assert found(http, term) == [number], term
    assert found(http, f"{int(year) - 1}-{digits}") == []
    assert found(http, f"{digits[:-1]}") == []


def test_a_short_number_is_filled_up_with_zeros(http_as, coordinator, db_session):
    dossier = make_dossier()
    dossier.number = "KP4-2020-0117"
    db_session.commit()
    http = http_as(coordinator)
    for term in ("117", "0117", "2020-0117", "kp4-2020-0117", "KP4-0117"):
        assert found(http, term) == ["KP4-2020-0117"], term
    for term in ("17", "1", "KP4-2020-011", "%117", "_117"):
        assert found(http, term) == [], term


def test_by_birth_date_however_it_is_written(http_as, coordinator):
    dossier = make_dossier(birth_date=date(1970, 11, 22))
    make_dossier(birth_date=date(1970, 12, 22))
    http = http_as(coordinator)
    for term in (
        "22-11-1970", "22-11-70", "1970-11-22", "22111970", "22/11/1970", "22.11.1970",
        "22 11 1970", "221170", "19701122",
    ):  # fmt: skip
        assert found(http, term) == [dossier.number], term
    for term in ("22-11-1971", "31-02-1970", "00-00-0000", "99999999"):
        assert found(http, term) == [], term


def test_by_bsn_with_or_without_separators(http_as, coordinator):
    bsn = a_bsn()
    dossier = make_dossier(bsn=bsn)
    make_dossier()
    http = http_as(coordinator)
    dotted = f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}"
    for term in (bsn, f" {bsn} ", dotted, f"{bsn[:3]} {bsn[3:6]} {bsn[6:]}"):
        assert found(http, term) == [dossier.number], term
    wrong = f"{bsn[:-1]}{(int(bsn[-1]) + 1) % 10}"
    for term in (wrong, bsn[:-2], f"{bsn}0"):
        assert found(http, term) == [], term


# ---------------------------------------------------------------------- who finds whom


def test_a_bsn_finds_only_where_it_may_be_read(http_as):
    lead, colleague, coordinator = make_user(), make_user(), make_user(Role.COORDINATOR)
    bsn = a_bsn()
    dossier = make_dossier(lead=lead, bsn=bsn)
    assert found(http_as(lead), bsn) == [dossier.number]
    assert found(http_as(coordinator), bsn) == [dossier.number]
    assert found(http_as(make_user(Role.CONSULTANT, Role.COORDINATOR)), bsn) == [dossier.number]

    def shape(term):
        """Return the page without the term and tokens: what an onlooker can tell hits by."""
        text = http_as(colleague).post("/zoeken", data={"term": term}).text
        return re.sub(r'value="[^"]*"', "", text)

    assert found(http_as(colleague), bsn) == []
    assert shape(bsn) == shape(a_bsn())


def test_a_colleague_finds_by_name_number_and_birth_date(http_as):
    dossier = make_dossier(lead=make_user(), surname="Terpstra", birth_date=date(1971, 2, 3))
    http = http_as(make_user())
    for term in ("Terpstra", dossier.number, "03-02-1971"):
        assert found(http, term) == [dossier.number], term


def test_nobody_of_another_municipality_is_found(http_as, coordinator):
    bsn = a_bsn()
    other = make_dossier(
        municipality="Buren", surname="Terpstra", birth_date=date(1971, 2, 3), bsn=bsn
    )
    http = http_as(coordinator)
    number = other.number
    for term in ("Terpstra", number, number[4:], number.split("-")[2], "03-02-1971", bsn):
        assert found(http, term) == [], term


def test_roles_without_dossiers_cannot_search(http_as):
    make_dossier(surname="Terpstra")
    for role in set(Role) - {Role.CONSULTANT, Role.COORDINATOR}:
        http = http_as(make_user(role))
        assert http.get("/zoeken").status_code == 403
        response = http.post("/zoeken", data={"term": "Terpstra"})
        assert response.status_code == 403
        assert "dossier-row" not in response.text


def test_who_is_not_signed_in_finds_nothing(http):
    assert http.post("/zoeken", data={"term": "Terpstra"}).status_code == 401


# ---------------------------------------------------------------------- the order


def test_own_dossiers_come_first_then_by_name(http_as):
    me = make_user()
    others = [make_dossier(surname=f"Jansen {letter}").number for letter in "CA"]
    mine = [make_dossier(surname=f"Jansen {letter}", lead=me).number for letter in "DB"]
    assert found(http_as(me), "jansen") == [mine[1], mine[0], others[1], others[0]]


def test_a_number_goes_before_a_birth_date(http_as, coordinator, db_session):
    born = make_dossier(birth_date=date(1966, 11, 20), surname="A")
    numbered = make_dossier(surname="Z")
    numbered.number = "KP4-2011-1966"
    db_session.commit()
    assert found(http_as(coordinator), "20111966") == [numbered.number, born.number]


def test_stopped_dossiers_are_found_too(http_as, coordinator):
    dossier = make_dossier(surname="Terpstra", track="stopped")
    http = http_as(coordinator)
    assert found(http, "terpstra") == [dossier.number]
    assert "Gestopt" in http.post("/zoeken", data={"term": "terpstra"}).text


def test_more_than_fifty_asks_for_a_better_term(http_as, coordinator):
    for _ in range(50):
        make_dossier(surname="Jansen")
    http = http_as(coordinator)
    full = http.post("/zoeken", data={"term": "jansen"}).text
    assert "50 dossiers gevonden" in full
    assert "preciezer" not in full
    make_dossier(surname="Jansen")
    more = http.post("/zoeken", data={"term": "jansen"}).text
    assert more.count('data-testid="dossier-row"') == 50
    assert "Meer dan 50 dossiers gevonden" in more
    assert "Maak uw zoekterm preciezer" in more


# ---------------------------------------------------------------------- whatever is typed


def test_the_page_alone_asks_what_to_look_for(http_as, coordinator):
    page = http_as(coordinator).get("/zoeken?term=Terpstra").text
    assert 'action="/zoeken"' in page
    assert "Terpstra" not in page
    assert "Niets gevonden" not in page


@pytest.mark.parametrize(
    ("term", "error"),
    [
        ("", "Typ eerst een naam"),
        ("   \t ", "Typ eerst een naam"),
        ("a" * 70_000, "hoogstens 200 tekens. U typte er 70000"),
        ("Jan\x00sen", "teken dat niet bewaard kan worden"),
    ],
)
def test_a_term_that_cannot_be_is_refused_at_the_field(http_as, coordinator, term, error):
    response = http_as(coordinator).post("/zoeken", data={"term": term})
    assert response.status_code == 422
    assert error in response.text.split('data-testid="field-error"')[1].split("</p>")[0]
    assert f'value="{term.strip().replace(chr(0), "")}"' in response.text


def test_no_term_at_all_is_refused(http_as, coordinator):
    assert http_as(coordinator).post("/zoeken").status_code == 422


def test_odd_terms_find_nothing_and_break_nothing(http_as, coordinator):
    make_dossier(surname="Terpstra")
    http = http_as(coordinator)
    for term in (
        "%", "_", "%%%", "______", "' OR 1=1 --", '"; drop table client; --', "\\", "\\%", "*",
        "\U0001f600", "\U0001f469\u200d\U0001f467", "\u202eartspret", "\u062a\u0633\u062a",
        "\u05be\u05e9\u05dc", "\u0660\u0661\u0661\u0667", "²³", "½", "\ufdfa" * 200, "ß" * 200,
        "q " * 100, "İ", "\u0345" * 50, "-", "KP4", "KP4-", "0", "9" * 200, "-1", str(2**31),
        str(2**63), str(10**25), "0000-0000", "%00",
    ):  # fmt: skip
        assert found(http, term) == [], term


def test_a_lone_surrogate_breaks_nothing(http_as, coordinator):
    make_dossier(surname="Terpstra")
    response = http_as(coordinator).post(
        "/zoeken", data=b"term=%ED%A0%80", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in {200, 422}
    assert "dossier-row" not in response.text


def test_the_term_stands_in_the_field_escaped(http_as, coordinator):
    term = '"><script>alert(1)</script>'
    page = http_as(coordinator).post("/zoeken", data={"term": term}).text
    assert "<script>alert" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_a_missing_token_is_refused_with_what_was_typed(app, http_as, coordinator):
    app.config["WTF_CSRF_ENABLED"] = True
    make_dossier(surname="Terpstra")
    response = http_as(coordinator).post("/zoeken", data={"term": "Terpstra"})
    assert response.status_code == 401
    assert "dossier-row" not in response.text
    assert 'value="Terpstra"' in response.text


# ---------------------------------------------------------------------- no trace of the term


def test_one_entry_holds_whom_it_showed_and_by_what(http_as, coordinator):
    shown = {make_dossier(surname="Jansen").client_id for _ in range(2)}
    make_dossier(surname="Terpstra")
    found(http_as(coordinator), "jansen")
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "search"))
    assert set(json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id))) == shown
    assert entry.detail == {"by": "name"}
    assert entry.user_id == coordinator.id


def test_the_term_is_only_in_the_field(http_as, coordinator, caplog):
    bsn = a_bsn()
    make_dossier(surname="Kanariepiet", birth_date=date(1951, 7, 13), bsn=bsn)
    http = http_as(coordinator)
    logger = logging.getLogger("kp4web")
    logger.addHandler(caplog.handler)
    try:
        for term in ("Kanarie", "13-07-1951", "13071951", bsn, "Nietbestaand", "x" * 300):
            response = http.post("/zoeken", data={"term": term})
            page = re.sub(r"<tbody>.*</tbody>", "", response.text, flags=re.DOTALL)
            assert page.count(term) == page.count(f'value="{term}"') == 1
            assert term not in str(response.headers)
    finally:
        logger.removeHandler(caplog.handler)
    assert caplog.records
    written = " ".join(str(vars(record)) for record in caplog.records)
    for entry in db.session.scalars(select(AuditEntry)):
        columns = {c.name: getattr(entry, c.name) for c in AuditEntry.__table__.columns}
        written += str(columns)
    for term in ("anarie", "1951", bsn, "Nietbestaand", "xxx"):
        assert term.lower() not in written.lower(), term


def test_every_kind_of_search_says_in_the_log_by_what(http_as, coordinator):
    http = http_as(coordinator)
    for term in ("Jansen", "KP4-2020-0117", "22-11-1970", a_bsn()):
        found(http, term)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "search").order_by(AuditEntry.id)
    )
    assert [entry.detail["by"] for entry in entries] == [
        "name", "number", "birth_date", "number,bsn",
    ]  # fmt: skip


# ---------------------------------------------------------------------- speed


def test_the_number_of_queries_does_not_grow(http_as, coordinator):
    http = http_as(coordinator)

    def asked(term):
        with count_queries() as statements:
            found(http, term)
        return len(statements)

    terms = ("jansen", "KP4-2020-0117", "0117", "22-11-1970", "22111970", a_bsn())
    make_dossier(surname="Jansen")
    first = [asked(term) for term in terms]
    for _ in range(20):
        make_dossier(surname="Jansen", birth_date=date(1970, 11, 22))
    assert [asked(term) for term in terms] == first
    assert max(first) <= 7
