"""The sheet before a talk: what is on it, for whom, and that it stays short."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.domain.agreements import Party
from kp4web.extensions import db
from kp4web.timeline.paper import first_lines, lines_of, shared_out
from kp4web.worklist.models import Agreement
from tests.conftest import TODAY
from tests.dossier_page import change, many, old_dossier, path
from tests.factories import at, make_dossier, make_follow_up, make_user
from tests.queries import count_queries


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


def sheet_of(http, dossier):
    answer = http.get(f"{path(dossier)}/voorbereiding")
    assert answer.status_code == 200
    return answer.text


def agree(dossier, user, what, due_on):
    db.session.add(
        Agreement(
            dossier_id=dossier.id, municipality_id=dossier.municipality_id, what=what,
            who=Party.RESIDENT, due_on=due_on, created_on=TODAY, created_at=at(TODAY),
            created_by_id=user.id,
        )
    )  # fmt: skip
    db.session.commit()


def test_the_lead_finds_everything_for_a_talk_on_one_sheet(http_as, lead):
    dossier = old_dossier(
        lead, surname="O'Brien-Şahin", phone="0345 111 222", interpreter="Pools",
        approach="Bel na 11.00 uur.",
    )  # fmt: skip
    many(dossier, lead, 5)
    change(
        dossier, lead, "rest", reason="Herstel na een opname.", planned_end=date(2027, 5, 1),
        avoid="Niet over werk beginnen.",
    )  # fmt: skip
    make_follow_up(dossier, lead, due_on=TODAY + timedelta(days=2), what="Bellen over de post")
    agree(dossier, lead, "Huisarts bellen", TODAY - timedelta(days=2))
    html = sheet_of(http_as(lead), dossier)
    assert f"<title>Voorbereiding {dossier.number} - KP4-volgsysteem</title>" in html
    for text in (
        "O&#39;Brien-Şahin", "Bel na 11.00 uur.", "0345 111 222", "Pools", "Rust tot 01-05-2027",
        "Herstel na een opname.", "Niet over werk beginnen.", "Bellen over de post",
        "Inwoner: Huisarts bellen", "Te laat", "Verslag nummer 4.", "Verslag nummer 2.",
    ):  # fmt: skip
        assert text in html
    assert "Verslag nummer 1." not in html
    assert html.index("Bel na 11.00") < html.index("Niet over werk") < html.index("Verslag nummer")


def test_a_dossier_without_anything_says_so(http_as, lead):
    html = sheet_of(http_as(lead), make_dossier(lead=lead))
    assert "Er is nog geen gesprek vastgelegd." in html
    assert "Er zijn geen open afspraken." in html


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.COORDINATOR])
def test_who_does_not_read_reports_gets_the_sheet_without_them(http_as, lead, role):
    dossier = old_dossier(lead)
    many(dossier, lead, 3)
    agree(dossier, lead, "Huisarts bellen", TODAY)
    html = sheet_of(http_as(make_user(role, name="Ö. Demir")), dossier)
    assert "10-11-2026" in html
    assert "Verslag nummer" not in html
    assert "Huisarts" not in html


def test_other_roles_and_other_places_do_not_get_it(http_as, lead):
    dossier = make_dossier(lead=lead, surname="Kanarie")
    for user, status in (
        (make_user(Role.INTAKE), 403), (make_user(Role.POLICY_OFFICER), 403),
        (make_user(Role.COORDINATOR, municipality="Buren"), 404),
    ):  # fmt: skip
        answer = http_as(user).get(f"{path(dossier)}/voorbereiding")
        assert answer.status_code == status
        assert "Kanarie" not in answer.text
    assert http_as(lead).get("/dossiers/KP4-1999-0000/voorbereiding").status_code == 404


def test_a_look_is_one_entry(http_as, lead):
    dossier, http = make_dossier(lead=lead), http_as(lead)
    before = db.session.query(AuditEntry).count()
    sheet_of(http, dossier)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[before:]
    assert [(e.action, e.dossier_id, e.relation) for e in entries] == [
        ("preparation_read", dossier.id, "lead")
    ]


def test_it_asks_as_much_for_a_long_history_as_for_none(http_as, lead):
    short, long = make_dossier(lead=lead), old_dossier(lead)
    many(long, lead, 300)
    agree(long, lead, "Huisarts bellen", TODAY)
    http, counts = http_as(lead), []
    for dossier in (short, long):
        sheet_of(http, dossier)
        with count_queries() as statements:
            sheet_of(http, dossier)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 9, statements


def test_long_texts_are_cut_but_never_the_approach(http_as, lead):
    approach = "Ga nooit alleen op huisbezoek. " * 60
    dossier = old_dossier(lead, approach=approach.strip())
    many(dossier, lead, 4, report="Een woord en nog een zin. " * 700)
    html = sheet_of(http_as(lead), dossier)
    assert approach.strip() in html
    assert html.count("Een woord en nog een zin") < 200  # of 2,100
    assert html.count(" …") == 3


# ---------------------------------------------------------------------- counting lines


def test_a_text_is_cut_between_two_words_with_a_sign():
    assert first_lines("een twee drie vier", 1, 10) == ("een …", True)
    assert first_lines("een\n\n twee ", 2, 10) == ("een\ntwee", False)
    assert first_lines("een\ntwee", 1, 10) == ("een …", True)
    assert first_lines("een", 0, 10) == ("…", True)
    assert lines_of("een\n\n" + "x" * 21, 10) == 4


@pytest.mark.parametrize(
    ("lines", "wanted", "given"),
    [
        (30, (5, 5, 5), (5, 5, 5)), (30, (2, 50, 50), (2, 14, 14)), (0, (4, 4), (0, 0)),
        (-3, (4,), (0,)), (10, (), ()), (10, (50, 1), (9, 1)),
    ],
)  # fmt: skip
def test_what_one_text_does_not_need_goes_to_the_others(lines, wanted, given):
    assert shared_out(lines, wanted) == given
