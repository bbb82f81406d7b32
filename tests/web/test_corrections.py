"""Correcting facts: what the page shows before saving is what the reports show after it."""

from datetime import date

import pytest
from sqlalchemy import select

from kp4web.accounts.queries import user_by_email
from kp4web.audit.models import AuditEntry
from kp4web.corrections.models import Correction
from kp4web.domain.actor import Role
from kp4web.domain.dates import add_months
from kp4web.dossiers.models import Dossier, TrackPeriod
from kp4web.extensions import db
from kp4web.worklist.models import DueItem, FollowUp
from tests.conftest import TODAY
from tests.correction_pages import (
    JUNE,
    KP3,
    SEPT,
    a_course,
    course,
    hidden,
    known,
    no_differences,
    path_of,
    said,
    save,
)
from tests.factories import (
    make_assignment,
    make_conversation,
    make_dossier,
    make_follow_up,
    make_handover,
    make_user,
)
from tests.report import counts_on

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
UUID = "7f1c1d7e3c5b4b0f9f6f2d1d9a3e4b5c"


@pytest.fixture
def lead(app):
    return make_user()


@pytest.fixture
def coordinator(app):
    return make_user(Role.COORDINATOR, name="C. de Vries")


# ---------------------------------------------------------------------- tracks


def test_a_start_is_moved_after_looking_and_the_old_row_stays_readable(http_as, coordinator, lead):
    dossier, http = a_course(lead), http_as(coordinator)
    path = path_of(dossier)
    page = http.post(path, data=KP3 | {"valid_from": "2026-06-15", "also_on": "2026-08-03"}).text
    assert said(page, "changed-days") == [
        "Van 15-06-2026 tot en met 31-08-2026 telt dit dossier als KP3 in plaats van ondersteuning."
    ]
    assert said(page, "figure-line") == [
        "03-08-2026 Ondersteuning wordt KP3 KP3 0 wordt 1, ondersteuning 1 wordt 0",
        "30-06-2026 Ondersteuning wordt KP3 KP3 0 wordt 1, ondersteuning 1 wordt 0",
    ]
    assert course(dossier)[0][2] == SEPT  # looking changes nothing
    answer = http.post(path, data=hidden(page))
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.number}/verloop")
    assert course(dossier) == [
        ("support", JUNE, date(2026, 6, 15)), ("kp3", date(2026, 6, 15), None),
    ]  # fmt: skip
    (told,) = said(http.get(answer.location).text, "correction")
    assert f"Zoals bekend tot {TODAY:%d-%m-%Y}" in told
    assert "C. de Vries: Verkeerd overgenomen." in told
    assert "KP3 01-09-2026 tot verdere wijziging" in told
    timeline = http.get(f"/dossiers/{dossier.number}?soort=traject").text
    assert "Traject gecorrigeerd" in timeline
    assert timeline.count("Verkeerd overgenomen.") == 1
    row = db.session.get(Dossier, dossier.id)
    assert (row.kind, row.track_since) == ("kp3", date(2026, 6, 15))
    assert no_differences() == []


def test_a_track_that_was_not_there_goes_and_the_work_list_follows(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    answer, _ = save(http, path_of(dossier), KP3 | {"verdict": "earlier_went_on"})
    assert answer.status_code == 303
    assert course(dossier) == [("support", JUNE, None)]
    kinds = set(db.session.scalars(select(DueItem.kind).where(DueItem.dossier_id == dossier.id)))
    assert "arrange_handover" not in kinds
    assert no_differences() == []


def test_what_turns_out_to_have_stopped_closes_its_follow_ups(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    make_follow_up(dossier, lead, due_on=date(2026, 12, 1))
    data = KP3 | {"kind": "stopped", "stop_reason": "moved"}
    page = http.post(path_of(dossier), data=data).text
    assert "Ook vandaag staat dit dossier dan op Gestopt." in page
    assert "1 open opvolging wordt gesloten." in page
    assert http.post(path_of(dossier), data=hidden(page)).status_code == 303
    assert db.session.scalar(select(FollowUp.ending)) == "closed"
    assert no_differences() == []
    page = http.post(path_of(dossier), data=KP3).text
    assert "Het dossier is dan weer actief." in page
    assert http.post(path_of(dossier), data=hidden(page)).status_code == 303
    assert no_differences() == []


def test_the_opening_moves_with_the_first_track_for_the_coordinator_only(
    http_as, coordinator, lead
):
    dossier = make_dossier(lead=lead, opened_on=JUNE, today=JUNE)
    data = KP3 | {"kind": "support", "valid_from": "2026-03-15"}
    refused = http_as(lead).post(path_of(dossier), data=data)
    assert refused.status_code == 422
    assert "Alleen de coördinator kan die dag corrigeren." in refused.text
    http = http_as(coordinator)
    page = http.post(path_of(dossier), data=data).text
    assert said(page, "figure-line") == [
        (
            "31-03-2026 telt niet mee wordt Ondersteuning "
            "ondersteuning 0 wordt 1, totaal actief 0 wordt 1"
        )
    ]
    before = "/rapportages/kp4?peildatum=2026-03-31&bekend_op=2026-11-17"
    was = counts_on(http.get(before).text)
    assert http.post(path_of(dossier), data=hidden(page)).status_code == 303
    assert db.session.get(Dossier, dossier.id).opened_on == date(2026, 3, 15)
    assert counts_on(http.get("/rapportages/kp4?peildatum=2026-03-31").text)["total"] == "1"
    assert counts_on(http.get(before).text) == was
    assert no_differences() == []


def test_an_opening_by_hand_over_stands(http_as, coordinator):
    handover = make_handover()
    http = http_as(coordinator)
    assert http.post(f"/overdrachten/{handover.id}/acceptatie", data={}).status_code == 303
    dossier = db.session.scalars(select(Dossier)).one()
    data = KP3 | {"kind": "under_investigation", "valid_from": "2026-11-01"}
    answer = http.post(path_of(dossier), data=data)
    assert answer.status_code == 422
    assert "Die dag staat vast." in answer.text
    page = http.get(f"/dossiers/{dossier.number}/verloop").text
    assert "Klantprofiel 4" in page
    assert "corrigeert de intake van Werkzaak dat bij de aanvraag" in page


def test_an_opening_is_not_later_than_what_was_recorded(http_as, coordinator, lead):
    dossier = make_dossier(lead=lead, opened_on=JUNE, today=date(2026, 8, 1))
    make_conversation(dossier, lead, held_on=date(2026, 7, 7), today=date(2026, 8, 2))
    data = KP3 | {"kind": "support", "valid_from": "2026-07-08"}
    answer = http_as(coordinator).post(path_of(dossier), data=data)
    assert "Op 07-07-2026 is er al iets vastgelegd" in answer.text


def test_a_consultant_sees_own_figures(http_as, lead):
    mine, other = a_course(lead), make_user()
    dossier = make_dossier(lead=other, opened_on=JUNE, today=JUNE)
    make_assignment(dossier, lead)
    http = http_as(lead)
    data = KP3 | {"kind": "under_investigation", "valid_from": "2026-06-01"}
    page = http.post(path_of(dossier), data=data).text
    own = "nog in onderzoek 0 wordt 1"
    lines = said(page, "figure-line")
    assert [line for line in lines if own in line] == [lines[0]]  # today only: mine since today
    assert lines[1].endswith("Uw eigen cijfers blijven gelijk: u had dit dossier toen niet.")
    assert (
        "ondersteuning 1 wordt 0"
        in http.post(
            path_of(mine, 0), data=KP3 | {"kind": "under_investigation", "valid_from": "2026-06-01"}
        ).text
    )


def test_who_comes_too_late_changes_nothing(http_as, lead, coordinator):
    dossier = a_course(lead)
    path = path_of(dossier)
    first, second = http_as(lead), http_as(coordinator)
    mine = hidden(first.post(path, data=KP3 | {"kind": "under_investigation"}).text)
    theirs = hidden(second.post(path, data=KP3 | {"valid_from": "2026-10-01"}).text)
    assert first.post(path, data=mine).status_code == 303
    late = second.post(path, data=theirs)
    assert late.status_code == 409
    assert "is op 18-11-2026 al gewijzigd" in late.text or "al gewijzigd" in late.text
    assert second.get(path).status_code == 409
    assert course(dossier)[1][0] == "under_investigation"


def test_a_neighbour_that_changed_meanwhile_asks_to_look_again(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    earlier, later = path_of(dossier, 0), path_of(dossier)
    data = KP3 | {"kind": "support", "valid_from": "2026-06-01", "reason": "Anders."}
    waiting = hidden(http.post(earlier, data=data).text)
    answer, _ = save(http, later, KP3 | {"kind": "under_investigation"})
    assert answer.status_code == 303
    refused = http.post(earlier, data=waiting)
    assert refused.status_code == 409
    assert "gewijzigd terwijl u keek" in refused.text
    assert "Verkeerd overgenomen." in refused.text  # what was typed comes back
    assert http.post(earlier, data=data | {"stap": "vastleggen"}).status_code == 409  # never looked


def test_the_same_form_sent_twice_is_one_correction(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    path = path_of(dossier)
    answer, sent = save(http, path, KP3 | {"valid_from": "2026-10-01", "submission": UUID})
    again = http.post(path, data=sent)
    assert (answer.status_code, again.status_code) == (303, 303)
    assert len(db.session.scalars(select(Correction)).all()) == 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"why": " "}, "why", "Vul dit veld in."),
        ({"why": "x" * 1001}, "why", "hoogstens 1000 tekens"),
        ({"kind": "vakantie"}, "kind", "Ongeldige keuze."),
        ({"verdict": "vergeten"}, "verdict", "Ongeldige keuze."),
        ({"verdict": "later_began"}, "verdict", "keuze"),
        ({"valid_from": "2026-02-29"}, "valid_from", "geen bestaande datum"),
        ({"valid_from": ""}, "valid_from", "Vul dit veld in."),
        ({}, "verdict", "U heeft niets veranderd."),
        ({"kind": "rest", "planned_end": "2027-09-02"}, "planned_end", "uiterlijk tot 01-09-2027"),
    ],
)
def test_bad_input_is_explained_at_the_field(http_as, lead, changes, field, sentence):
    dossier, http = a_course(lead), http_as(lead)
    for step in ("", "vastleggen"):
        data = KP3 | {"known": "x", "stap": step} | changes
        answer = http.post(path_of(dossier), data=data, headers=FRAGMENT)
        assert answer.status_code == 422
        assert sentence in answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
        assert "<html" not in answer.text


def test_without_javascript_or_as_a_fragment_the_form_stays_filled_in(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    typed = KP3 | {"valid_from": "2026-10-01", "why": "O'Brien-Şahin zei het."}
    whole = http.post(path_of(dossier), data=typed).text
    part = http.post(path_of(dossier), data=typed, headers=FRAGMENT).text
    assert part.startswith("\n") or "<html" not in part
    for page in (whole, part):
        assert page.count("O&#39;Brien-Şahin zei het.") == 2  # to change it, and to save it
        assert 'value="2026-10-01"' in page
    filled = http.get(path_of(dossier)).text
    assert 'value="2026-09-01"' in filled
    assert "Zo kwam het." in filled


# ---------------------------------------------------------------------- who, and what is kept


def test_a_colleague_reads_and_does_not_correct(http_as, lead):
    dossier, http = a_course(lead), http_as(make_user())
    page = http.get(f"/dossiers/{dossier.number}/verloop")
    assert page.status_code == 200
    assert "/correctie" not in page.text
    assert http.post(path_of(dossier), data=KP3).status_code == 403


def test_a_fact_of_another_dossier_is_not_there(http_as, lead):
    dossier, other = a_course(lead), a_course(lead)
    row = known(TrackPeriod, other)[0]
    path = f"/dossiers/{dossier.number}/traject/{row.id}/correctie"
    assert http_as(lead).get(path).status_code == 404
    assert http_as(make_user(municipality="Buren")).get(path_of(dossier)).status_code == 404


def test_correcting_is_logged_without_what_was_typed(http_as, lead):
    dossier, http = a_course(lead), http_as(lead)
    answer, _ = save(http, path_of(dossier), KP3 | {"valid_from": "2026-10-01"})
    assert answer.status_code == 303
    http.get(answer.location)
    db.session.rollback()
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.user_id == lead.id).order_by(AuditEntry.id)
    ).all()
    assert [e.action for e in entries] == ["correction_read", "track_correct", "facts_read"]
    assert "overgenomen" not in str([entry.detail for entry in entries])


@pytest.mark.history
def test_a_correction_into_2020_leaves_what_was_known_then(http_as):
    coordinator = user_by_email(db.session(), "coordinator@westbetuwe.example")
    http, page = http_as(coordinator), "/rapportages/kp4?peildatum=2020-11-02"
    note = {"kp3": "2", "support": "21", "rest": "67", "under_investigation": "40", "total": "130"}
    assert counts_on(http.get(page).text) == note
    row = db.session.scalars(
        select(TrackPeriod)
        .join(Dossier, Dossier.id == TrackPeriod.dossier_id)
        .where(
            Dossier.holder_id == coordinator.organisation_id, TrackPeriod.kind == "support",
            TrackPeriod.valid_on(date(2020, 11, 2)), TrackPeriod.valid_from < date(2020, 10, 1),
        )
        .order_by(TrackPeriod.id)
    ).first()  # fmt: skip
    number = db.session.get_one(Dossier, row.dossier_id).number
    path = f"/dossiers/{number}/traject/{row.id}/correctie"
    data = {"verdict": "changed", "kind": "rest", "valid_from": f"{row.valid_from}",
            "planned_end": f"{add_months(row.valid_from, 9)}", "reason": "Het was rust.",
            "why": "Verkeerd ingevoerd.", "also_on": "2020-11-02"}  # fmt: skip
    looked = http.post(path, data=data)
    lines = [line for line in said(looked.text, "figure-line") if line.startswith("02-11-2020")]
    assert lines == [
        "02-11-2020 Ondersteuning wordt Rust ondersteuning 21 wordt 20, rust 67 wordt 68"
    ]
    assert http.post(path, data=hidden(looked.text)).status_code == 303
    assert counts_on(http.get(page).text) == note | {"support": "20", "rest": "68"}
    assert counts_on(http.get(f"{page}&bekend_op=2020-11-24").text) == note
    assert no_differences() == []
