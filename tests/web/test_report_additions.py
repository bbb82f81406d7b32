"""A report is final: what is added to it stands beside it, and is found wherever it is."""

import re
from datetime import date

import pytest

from kp4web.conversations.models import AdditionKind, Conversation, ReportAddition
from kp4web.worklist.models import DueItem, Message
from tests.conversation_pages import HTMX, acts, at_dossier, rows, value_of
from tests.factories import make_conversation, make_dossier, make_user

REPORT = "Mevrouw zoekt een <woning>\nin Buren."
HELD = date(2026, 11, 2)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


@pytest.fixture
def talk(dossier, lead):
    return make_conversation(dossier, lead, today=HELD, report=REPORT)


def form(kind="correction", **changes):
    known = {"kind": kind, "text": "Het was Geldermalsen.", "reason": "Verkeerd verstaan."}
    return known | changes


def add(http, dossier, talk, **changes):
    return http.post(at_dossier(dossier, f"/{talk.id}/aanvullingen"), data=form(**changes))


def report_page(http, dossier, talk):
    return http.get(at_dossier(dossier, f"/{talk.id}")).text


def test_a_correction_stands_under_the_report_which_stays_word_for_word(
    http_as, dossier, lead, talk
):
    http = http_as(lead)
    answer = add(http, dossier, talk)
    assert answer.status_code == 303
    assert answer.location.endswith(at_dossier(dossier, f"/{talk.id}"))
    page = report_page(http, dossier, talk)
    assert "Mevrouw zoekt een &lt;woning&gt;\nin Buren." in page
    for words in ("Correctie, wo 18-11-2026", "Verkeerd verstaan.", "Het was Geldermalsen."):
        assert words in page
    assert [row.report for row in rows(Conversation)] == [REPORT]
    assert len(acts("report_add")) == 1
    timeline = http.get(f"/dossiers/{dossier.number}").text
    assert "Correctie op het verslag van 02-11-2026" in timeline
    assert "1 aanvulling bij dit verslag" in timeline
    assert "Het was Geldermalsen." in http.get(f"/dossiers/{dossier.number}/voorbereiding").text
    assert "Het was Geldermalsen." in http.get(at_dossier(dossier, "/nieuw")).text


def test_it_is_found_by_its_words_with_the_reach_of_the_report(http_as, dossier, lead, talk):
    add(http_as(lead), dossier, talk, kind="addition")
    found = http_as(lead).post("/zoeken", data={"term": "geldermalsen"}).text
    assert f"Aanvulling bij het gesprek van {HELD:%d-%m-%Y}" in found
    assert f"/gesprekken/{talk.id}" in found
    for other in (make_user(), make_user(municipality="Buren")):
        assert (
            "report-hit" not in http_as(other).post("/zoeken", data={"term": "geldermalsen"}).text
        )


def test_the_lead_writes_down_a_response_and_corrects_no_colleague(http_as, dossier, lead):
    colleague = make_user(name="B. Visser")
    talk = make_conversation(dossier, colleague, today=HELD, report="Van een collega.")
    http = http_as(lead)
    assert add(http, dossier, talk).status_code == 422
    assert add(http, dossier, talk, kind="response", said_on="2026-11-05").status_code == 303
    assert [(row.kind, row.dated_on) for row in rows(ReportAddition)] == [
        (AdditionKind.RESPONSE, date(2026, 11, 5))
    ]
    assert "Reactie van de inwoner" in report_page(http_as(colleague), dossier, talk)


def test_the_lead_hears_of_a_correction_by_the_colleague_who_wrote_it(http_as, dossier, lead):
    colleague = make_user(name="B. Visser")
    talk = make_conversation(dossier, colleague, today=HELD, report="Van een collega.")
    assert add(http_as(colleague), dossier, talk).status_code == 303
    assert [row.text for row in rows(Message)][1:] == [
        f"Correctie bij het verslag van {HELD:%d-%m-%Y}."
    ]
    assert len([item for item in rows(DueItem) if item.kind == "message"]) == 2
    assert "Correctie bij het verslag" in http_as(lead).get("/werkvoorraad").text


def test_the_same_form_twice_is_one_addition_and_another_text_is_refused(
    http_as, dossier, lead, talk
):
    http = http_as(lead)
    page = http.get(at_dossier(dossier, f"/{talk.id}/aanvullingen/nieuw"))
    sent = {"submission": value_of(page, "submission")}
    for _ in range(2):
        assert add(http, dossier, talk, **sent).status_code == 303
    other = add(http, dossier, talk, text="Iets anders.", **sent)
    assert other.status_code == 409
    assert "Iets anders." in other.text
    assert len(rows(ReportAddition)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"reason": ""}, "reason"),
        ({"kind": ""}, "kind"),
        ({"kind": "response", "said_on": "2026-11-19"}, "said_on"),
        ({"kind": "response", "said_on": "2026-11-01"}, "said_on"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(
    http_as, dossier, lead, talk, changes, field
):
    given = form(text="O'Brien-Şahin belde.") | changes
    path = at_dossier(dossier, f"/{talk.id}/aanvullingen")
    answer = http_as(lead).post(path, data=given, headers=HTMX)
    assert answer.status_code == 422
    assert re.search(f'id="{field}(-0)?-error"|href="#{field}', answer.text)
    if given["text"].strip():
        assert "O&#39;Brien-Şahin belde." in answer.text
    assert rows(ReportAddition) == []
