"""Which forms keep drafts, and the drafts of forms that a dossier has several of."""

import re

import pytest
from wtforms import TextAreaField

from kp4web.domain.actor import Role
from kp4web.drafts.models import Draft
from kp4web.web.forms import FORMS
from tests.conversation_pages import at_dossier, rows, value_of
from tests.factories import make_conversation, make_dossier, make_exemption, make_grounds, make_user

TYPED = "Half getypt over O'Brien-Şahin"
KEEP = {"concept": "1"}
WITHOUT_DRAFTS = {
    # a sentence or two about what lies on the desk, in front of somebody who waits
    "accessrequests.EndForm": "a reason of one sentence",
    "accessrequests.PrepareForm": "which proof of identity was seen, in one sentence",
    # one sentence in front of a page, about nothing that is worked on for long
    "breakglass.ReasonForm": "a reason of one sentence, gone with the page it opens",
    "caseload.AssignForm": "a reason of one sentence about dossiers that are ticked now",
    "search.AssignForm": "a reason of one sentence about dossiers that are ticked now",
    # copied from a decision of the council that lies beside the screen
    "transfers.DecisionForm": "four lines about a decision that was taken elsewhere",
    "transfers.StepForm": "a reason of one sentence about a transfer that is read on the same page",
    # settings, made by an administrator from a text that lies beside the screen
    "grounds.DutyForm": "a row of a list that is copied from the law",
    "grounds.GroundForm": "a row of a list that is copied from the law",
    "grounds.WarningForm": "a text of the organisation, copied from elsewhere",
    # a step in the life of a record that is itself kept
    "exemptions.SettleForm": "a short note beside a day, one of four forms on a page",
    "signals.StepForm": "a short judgement about a signal that is read on the same page",
    "signals.OutcomeForm": "a short answer copied from a decision that was taken elsewhere",
    # parts of forms that keep drafts
    "intake.ApplicationForm": "what RegisterForm and ChangeForm share",
    "web.PersonFields": "what the forms about a person share",
    "decisions.BasisForm": "part of DecideWithoutForm",
    "corrections.CorrectionForm": "what TrackCorrectionForm and AssignmentCorrectionForm share",
    "web.WhyForm": "what the forms of all corrections share",
}


def test_every_form_with_a_text_keeps_a_draft_or_says_why_not(app):
    without = {
        f"{form.__module__.split('.')[1]}.{form.__name__}"
        for form in FORMS
        if form.__module__.startswith("kp4web.") and not (form.draft or form.more_drafts)
        and any(
            getattr(getattr(form, name), "field_class", None) is TextAreaField
            for name in dir(form)
        )
    }  # fmt: skip
    assert without == set(WITHOUT_DRAFTS)


@pytest.fixture
def lead(app):
    return make_user(name="K. Jansen")


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="M. de Vries")


@pytest.fixture
def dossier(lead):
    return make_dossier(lead=lead)


def listed(http):
    """Return the addresses of the drafts on the own work list."""
    return re.findall(
        r'data-testid="draft".*?href="([^"]*)"', http.get("/werkvoorraad").text, re.DOTALL
    )


def test_an_addition_is_kept_per_report_and_gone_after_sending(http_as, lead, dossier):
    http = http_as(lead)
    here, there = (at_dossier(dossier, f"/{make_conversation(dossier, lead).id}") for _ in "12")
    typed = {"kind": "addition", "text": TYPED, "reason": ""}
    kept = http.post(f"{here}/aanvullingen", data=typed | KEEP)
    page = f"{here}/aanvullingen/nieuw"
    assert (kept.status_code, kept.location) == (303, page)
    assert listed(http) == [page]
    form = http.get(page)
    assert "Er is een concept van" in form.text
    assert "Half getypt" in form.text
    assert "Half getypt" not in http.get(f"{there}/aanvullingen/nieuw").text
    sent = typed | {"reason": "Vergeten.", "submission": value_of(form, "submission")}
    assert http.post(f"{here}/aanvullingen", data=sent).status_code == 303
    http.post(f"{here}/aanvullingen", data=sent | KEEP)  # a save that comes late
    assert rows(Draft) == []


def test_a_question_and_its_answer_are_kept_for_who_writes_them(
    http_as, lead, coordinator, dossier
):
    asks, answers = http_as(coordinator), http_as(lead)
    path = at_dossier(dossier, f"/{make_conversation(dossier, lead).id}/vragen")
    assert answers.post(path, data={"question": TYPED} | KEEP).status_code == 403
    asks.post(path, data={"question": TYPED} | KEEP)
    assert listed(asks) == [path]
    assert "Half getypt" in asks.get(path).text
    assert "Half getypt" not in answers.get(path).text
    asks.post(path, data={"question": "Is de huisarts gebeld?"})
    assert rows(Draft) == []
    (answer,) = re.findall(r'\saction="(/gespreksvragen/\d+/antwoord)"', answers.get(path).text)
    assert asks.post(answer, data={"answer": TYPED} | KEEP).status_code == 403
    answers.post(answer, data={"answer": TYPED} | KEEP)
    (page,) = listed(answers)
    assert "Half getypt" in answers.get(page, follow_redirects=True).text
    answers.post(answer, data={"answer": "Ja."})
    answers.post(answer, data={"answer": TYPED} | KEEP)  # a save that comes late
    assert rows(Draft) == []


@pytest.mark.parametrize(
    ("who", "fact", "field"),
    [("lead", "traject", "why"), ("coordinator", "toewijzingen", "why")],
)
def test_the_correction_of_a_fact_is_kept(http_as, request, dossier, who, fact, field):
    http = http_as(request.getfixturevalue(who))
    course = http.get(f"/dossiers/{dossier.number}/verloop").text
    (page,) = re.findall(rf'href="(/dossiers/[^"]*/{fact}/\d+/correctie)"', course)
    begun = http.get(page).text
    assert "Er is een concept" not in begun
    http.post(page, data={"verdict": "changed", "reason": "Anders", field: TYPED} | KEEP)
    assert listed(http) == [page]
    again = http.get(page).text
    assert "Half getypt" in again
    assert "Anders</textarea>" in again


def test_an_outline_is_kept_apart_from_a_new_one(http_as, coordinator):
    http = http_as(coordinator)
    http.post("/sjablonen", data={"name": "Rust", "headings": "Slaap"})
    (page,) = re.findall(r'href="(/sjablonen/\d+)"', http.get("/sjablonen").text)
    http.post("/sjablonen", data={"name": "Nieuw", "headings": TYPED} | KEEP)
    http.post(page, data={"name": "Rust", "headings": "Slaap\nEten", "revision": "1"} | KEEP)
    assert listed(http) == [page, "/sjablonen/nieuw"]
    assert "Half getypt" in http.get("/sjablonen/nieuw").text
    changed = http.get(page)
    assert "Eten</textarea>" in changed.text
    http.post(
        page, data={"name": "Rust", "headings": "Eten", "revision": value_of(changed, "revision")}
    )
    assert listed(http) == ["/sjablonen/nieuw"]


def test_the_text_of_an_extension_never_comes_back_at_another_exemption(http_as, lead, dossier):
    http, path = http_as(lead), f"/dossiers/{dossier.number}/ontheffing"
    make_exemption(dossier, lead)
    shown = value_of(http.get(f"{path}/verlenging"), "shown")
    http.post(f"{path}/verlenging", data={"justification": TYPED, "shown": shown} | KEEP)
    assert listed(http) == [f"{path}/verlenging"]
    assert "Half getypt" in http.get(f"{path}/verlenging").text
    http.post(f"{path}/verlenging", data={"justification": TYPED, "shown": "1234"} | KEEP)
    assert "Half getypt" not in http.get(f"{path}/verlenging").text


def test_a_signal_is_kept_while_it_is_written(http_as, lead, coordinator, dossier):
    http, path = http_as(lead), f"/dossiers/{dossier.number}/maatregelsignaal"
    make_grounds()
    assert http_as(coordinator).post(path, data={"explanation": TYPED} | KEEP).status_code == 403
    http.post(path, data={"explanation": TYPED} | KEEP)
    assert listed(http) == [path]
    assert "Half getypt" in http.get(path).text
    http.post(path, data={"ground": "refuses_contact", "explanation": TYPED})
    assert rows(Draft) == []
