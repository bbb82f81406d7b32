"""Versions of the questionnaire: who sees them, the check report, putting one in force."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from kp4web.audit.models import AuditEntry
from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.questionnaires.models import Questionnaire
from kp4web.versions.models import QuestionnaireVersion, VersionInForce
from kp4web.versions.queries import version_in_force
from tests.conftest import TODAY
from tests.factories import (
    make_agency,
    make_application,
    make_operator,
    make_questionnaire,
    make_team,
    make_user,
    make_version,
)
from tests.questionnaires import changed, example_text

PAGE = "/beheer/vragenlijsten"


@pytest.fixture
def operator(app):
    return make_user(Role.ADMINISTRATOR, organisation=make_operator())


def upload(http, text, name="lijst.toml"):
    return http.post(PAGE, data={"file": (BytesIO(text.encode()), name)})


def test_a_good_file_is_added_and_not_yet_in_force(http_as, operator):
    http = http_as(operator)
    response = upload(http, example_text())
    assert response.status_code == 303
    page = http.get(response.location).text
    assert "Nagekeken: geen fouten" in page
    assert "Voorbeeldinhoud, niet gevalideerd" in page
    assert "nog nergens in gebruik" in page
    assert db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc())) == (
        "version_add"
    )


def test_a_wrong_file_is_refused_with_every_fault_and_its_place(http_as, operator):
    text = changed(
        (
            'op = "eq", value = "nee" }\nweight = 2\noptions = [\n  { value = "lt1"',
            'op = "eq", value = "neen" }\nweight = 9\noptions = [\n  { value = "lt1"',
        )
    )
    response = upload(http_as(operator), text)
    assert response.status_code == 422
    assert response.text.count("vraag werk_laatst") == 2
    assert db.session.scalar(select(func.count(QuestionnaireVersion.id))) == 0


def test_a_syntax_error_names_its_line(http_as, operator):
    response = upload(http_as(operator), "schema_version = 1\n[questionnaire\n")
    assert response.status_code == 422
    assert "bestandsregel 2" in response.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Kies een bestand."),
        (b"\xff\xfe\x00", "Dit is geen tekstbestand in UTF-8."),
        (b"", "bestand"),
    ],
)
def test_what_is_no_text_is_refused_in_words(http_as, operator, content, sentence):
    sent = {} if content is None else {"file": (BytesIO(content), "x.toml")}
    response = http_as(operator).post(PAGE, data=sent)
    assert response.status_code == 422
    assert sentence in response.text


def test_the_same_file_again_is_no_second_version(http_as, operator):
    http = http_as(operator)
    assert upload(http, example_text()).location == upload(http, example_text()).location
    other = changed(('title = "Vragenlijst: hoe gaat het met u?"', 'title = "Anders"'))
    response = upload(http, other)
    assert response.status_code == 422
    assert "Versie 1.0.0 van deze vragenlijst bestaat al" in response.text


def test_a_version_in_force_from_a_later_day_leaves_what_runs(http_as, operator):
    team = make_team()
    first = make_version(team, make_agency()).id
    http = http_as(operator)
    second = int(upload(http, changed(('version = "1.0.0"', 'version = "2.0.0"'))).location[-1])
    intake = make_user(Role.INTAKE)
    before = make_questionnaire(make_application(by=intake), intake).id
    response = http.post(
        f"{PAGE}/{second}/ingebruikname",
        data={"organisation": make_agency().id, "from_on": "2026-12-01"},
    )
    assert response.status_code == 303
    assert version_in_force(db.session(), make_agency().id, TODAY) == first
    assert version_in_force(db.session(), make_agency().id, TODAY.replace(month=12)) == second
    assert version_in_force(db.session(), team.id, TODAY.replace(month=12)) == first
    later = TODAY.replace(month=12)
    after = make_questionnaire(make_application(by=intake, today=later), intake, today=later)
    assert after.version_id == second
    assert db.session.get(Questionnaire, before).version_id == first
    page = http.get(PAGE).text
    assert "straks" in page
    assert "01-12-2026" in page or "1-12-2026" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("from_on", "2026-11-17", "vandaag of later"),
        ("from_on", "2026-02-30", "geen bestaande datum"),
        ("from_on", "", "Vul dit veld in."),
        ("organisation", "999999", "Ongeldige"),
    ],
)
def test_what_cannot_be_put_in_force_is_told_at_the_field(
    http_as, operator, field, value, sentence
):
    version = make_version(make_team())
    data = {"organisation": make_team().id, "from_on": "2026-12-01"} | {field: value}
    response = http_as(operator).post(f"{PAGE}/{version.id}/ingebruikname", data=data)
    assert response.status_code == 422
    assert sentence in response.text
    assert db.session.scalar(select(func.count(VersionInForce.id))) == 1


def test_no_organisation_is_chosen_beforehand(http_as, operator):
    version = make_version(make_team())
    http = http_as(operator)
    page = http.get(f"{PAGE}/{version.id}").text
    assert "Kies een organisatie" in page
    data = {"organisation": "", "from_on": "2026-12-01"}
    response = http.post(f"{PAGE}/{version.id}/ingebruikname", data=data)
    assert response.status_code == 422
    assert "Maak een keuze." in response.text


def test_an_administrator_of_a_municipality_chooses_for_the_own_organisation(http_as, operator):
    version, buren = make_version(), make_team("Buren")
    http = http_as(make_user(Role.ADMINISTRATOR))
    page = http.get(f"{PAGE}/{version.id}").text
    assert "Gemeente West Betuwe" in page
    assert "Gemeente Buren" not in page
    response = http.post(
        f"{PAGE}/{version.id}/ingebruikname",
        data={"organisation": buren.id, "from_on": "2026-12-01"},
    )
    assert response.status_code == 422
    assert version_in_force(db.session(), buren.id, TODAY.replace(month=12)) is None


def test_the_data_protection_officer_reads_and_changes_nothing(http_as, operator):
    version = make_version(make_team())
    http = http_as(make_user(Role.DATA_PROTECTION_OFFICER))
    assert "Versie toevoegen" not in http.get(PAGE).text
    assert "In gebruik nemen" not in http.get(f"{PAGE}/{version.id}").text
    assert upload(http, example_text()).status_code == 403
    assert http.get(f"{PAGE}/999999").status_code == 404


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.COORDINATOR, Role.INTAKE])
def test_who_works_with_people_has_no_business_here(http_as, role):
    assert http_as(make_user(role)).get(PAGE).status_code == 403


def test_a_file_comes_in_from_the_command_line(app, tmp_path):
    good, bad = tmp_path / "goed.toml", tmp_path / "fout.toml"
    good.write_text(example_text(), encoding="utf-8")
    bad.write_text(changed(("peak_share = 0.5", "peak_share = 5")), encoding="utf-8")
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["versions", "add", str(bad)])
    assert refused.exit_code == 1
    assert "scoring" in refused.output
    assert db.session.scalar(select(func.count(QuestionnaireVersion.id))) == 0
    assert runner.invoke(args=["versions", "add", str(good)]).exit_code == 0
    assert db.session.scalar(select(QuestionnaireVersion.version)) == "1.0.0"
