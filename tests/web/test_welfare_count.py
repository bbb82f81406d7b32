"""The households on welfare: a figure from outside, recorded by hand."""

import pytest
from sqlalchemy import func, select

from kp4web.domain.actor import Role
from kp4web.extensions import db
from kp4web.figures.models import WelfareCount
from tests.factories import make_user
from tests.report import figures_on
from tests.report_pages import PAGE, WELFARE, entries

# ---------------------------------------------------------------------- households on welfare

GIVEN = {"counted_on": "2020-07-01", "households": "449", "source": "Werkzaak, juli 2020"}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.POLICY_OFFICER])
def test_the_number_of_households_is_recorded_and_reported(app, http_as, role):
    http = http_as(make_user(role))
    assert http.get(WELFARE).status_code == 200
    answer = http.post(WELFARE, data=GIVEN)
    assert answer.status_code == 303
    assert answer.location == WELFARE
    assert "Werkzaak, juli 2020" in http.get(WELFARE).text
    page = http.get(f"{PAGE}?peildatum=2020-11-02").text
    assert figures_on(page)["welfare-households"] == "449"
    assert "Op 1 juli 2020 ontvingen 449 huishoudens in West Betuwe bijstand." in page
    (entry,) = entries("welfare_count_record")
    assert entry.subjects_sealed is None


def test_a_report_from_before_the_first_count_says_that_there_is_none(app, http_as):
    page = http_as(make_user(Role.COORDINATOR)).get(f"{PAGE}?peildatum=2020-06-30").text
    assert "welfare-households" not in figures_on(page)
    assert "Er is geen aantal bekend" in page


def test_a_later_entry_for_the_same_day_replaces_the_earlier(app, http_as):
    http = http_as(make_user(Role.COORDINATOR))
    for number in ("445", "1.449"):
        http.post(WELFARE, data=GIVEN | {"households": number})
    page = http.get(WELFARE).text
    assert page.count("Vervangen") == 1
    assert figures_on(http.get(PAGE).text)["welfare-households"] == "1.449"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"counted_on": ""}, "Vul dit veld in."),
        ({"counted_on": "2020-02-30"}, "Dit is geen bestaande datum."),
        ({"counted_on": "0000-01-01"}, "Dit is geen bestaande datum."),
        ({"counted_on": "2026-11-19"}, "niet in de toekomst"),
        ({"households": ""}, "Vul dit veld in."),
        ({"households": "-1"}, "geen heel getal"),
        ({"households": "4,5"}, "geen heel getal"),
        ({"households": "1.44"}, "geen heel getal"),
        ({"households": "veel"}, "geen heel getal"),
        ({"households": "²"}, "geen heel getal"),
        ({"households": str(2**31)}, "hoogstens 1.000.000"),
        ({"households": str(2**63)}, "geen heel getal"),
        ({"households": str(10**25)}, "geen heel getal"),
        ({"households": "1000001"}, "hoogstens 1.000.000"),
        ({"source": ""}, "Vul dit veld in."),
        ({"source": "   "}, "Vul dit veld in."),
        ({"source": "b" * 201}, "U typte er 201"),
    ],
)
def test_bad_input_is_a_sentence_and_everything_typed_stays(app, http_as, changed, sentence):
    given = GIVEN | changed
    page = http_as(make_user(Role.COORDINATOR)).post(WELFARE, data=given)
    assert page.status_code == 422
    assert sentence in figures_on(page.text)["field-error"]
    for typed in given.values():
        assert f'value="{typed.strip()}"' in page.text or f'value="{typed}"' in page.text
    assert db.session.scalar(select(func.count(WelfareCount.id))) == 0


def test_bad_input_over_htmx_gives_the_form_alone(app, http_as):
    http = http_as(make_user(Role.COORDINATOR))
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = http.post(WELFARE, data=GIVEN | {"households": "x"}, headers=partial)
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert "Werkzaak, juli 2020" in answer.text
    assert "<html" not in answer.text
    done = http.post(WELFARE, data=GIVEN, headers=partial)
    assert done.headers["HX-Redirect"] == WELFARE


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR, Role.POLICY_OFFICER}))
def test_other_roles_do_not_record_households(app, http_as, role):
    http = http_as(make_user(role))
    assert http.get(WELFARE).status_code == 403
    assert http.post(WELFARE, data=GIVEN).status_code == 403
    assert db.session.scalar(select(func.count(WelfareCount.id))) == 0


def test_the_counts_of_another_municipality_are_not_listed(app, http_as):
    http_as(make_user(Role.COORDINATOR)).post(WELFARE, data=GIVEN)
    http = http_as(make_user(Role.COORDINATOR, municipality="Buren"))
    assert "Werkzaak, juli 2020" not in http.get(WELFARE).text
    assert "welfare-households" not in figures_on(http.get(PAGE).text)


def test_without_a_token_nothing_is_recorded(app, http_as):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = http_as(make_user(Role.COORDINATOR)).post(WELFARE, data=GIVEN)
    assert answer.status_code == 401
    assert "Werkzaak, juli 2020" in answer.text
    assert db.session.scalar(select(func.count(WelfareCount.id))) == 0
