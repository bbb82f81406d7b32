"""
A questionnaire file with a fault is refused at the right place.

Each case is the example with one change; that change is the only fault, so the report must hold
that place with that message and nothing else.
"""

import re

import pytest

from kp4web.domain.errors import DomainError
from kp4web.domain.questionnaire.faults import FAULTS_MAX
from kp4web.domain.questionnaire.reader import (
    DefinitionError,
    Fault,
    definition_of,
    read_definition,
)
from kp4web.domain.questionnaire.syntax import FILE_MAX, LINE_MAX, parse
from tests.questionnaires import changed, example_text

TOLK = 'type = "yesno"\ntext = "Hebt u een tolk nodig?"\nweight = 0'
WERK_NU = 'id = "werk_nu"\n'
NU_TEXT = 'text = "Werkt u op dit moment?"'
VERTROUWEN = 'max_label = "Heel veel"\ndirection = "high_is_good"\nweight = 1\n'
WENS = "max_length = 500\nweight = 0\n"
AFSLUITING = 'weight = 1\nbarrier_yes = 4\nbarrier_no = 0\nsignals_yes = ["crisis_afsluiting"]'
JA_VEEL = '{ value = "ja_veel", label = "Ja, 12 uur per week of meer", barrier = 0 }'
NIETS = '{ value = "niets_wil_niet", label = "Niets. Ik ben er nog niet aan begonnen", barrier = 2'
OPTIES_HULP = """options = [
  { value = "heb_hulp", label = "Ik heb al hulp" },
  { value = "graag", label = "Ja, graag" },
  { value = "nee", label = "Nee, nu niet" },
]
"""
PROFILE_4 = """[profiles.4]
label = "Klantprofiel 4"
description = "Geen reëel perspectief op betaald werk binnen een periode van 2 jaar."
"""

# (what, old text, new text, place, part of the message)
Case = tuple[str, str, str, str, str]


def faults_of(text: str) -> tuple[Fault, ...]:
    """Return the report of a file that must be refused."""
    with pytest.raises(DefinitionError) as refusal:
        read_definition(text)
    return refusal.value.faults


HEAD: tuple[Case, ...] = (
    ("schema", "schema_version = 1", "schema_version = 2", "bestand", "schema_version moet 1"),
    ("unknown section", "[questionnaire]", "[score]\n[questionnaire]", "bestand", '"score"'),
    ("unknown key", 'language = "nl"\n', 'language = "nl"\nform = "u"\n',
     "onderdeel questionnaire", 'sleutel "form" hoort niet bij questionnaire'),
    ("missing key", 'title = "Vragenlijst: hoe gaat het met u?"\n', "",
     "onderdeel questionnaire", "title ontbreekt"),
    ("text as date", "valid_from = 2026-01-01", 'valid_from = "2026-01-01"',
     "onderdeel questionnaire", "valid_from moet een datum"),
    ("date with time", "valid_from = 2026-01-01", "valid_from = 2026-01-01T10:00:00",
     "onderdeel questionnaire", "valid_from moet een datum"),
    ("text as flag", "validated = false", 'validated = "nee"',
     "onderdeel questionnaire", "validated moet true of false zijn"),
    ("other language", 'language = "nl"', 'language = "en"', "onderdeel questionnaire", '"nl"'),
    ("blank text", 'outro = "Dank u wel. Een medewerker bespreekt uw antwoorden met u."',
     'outro = "  "', "onderdeel questionnaire.texts", "outro is leeg"),
    ("control character", 'label = "Klantprofiel 1"', 'label = "Klantprofiel\\u0007 1"',
     "profiel 1", "stuurteken"),
    ("reversed text", 'label = "Klantprofiel 2"', 'label = "Klantprofiel\\u202E 2"',
     "profiel 2", "stuurteken"),
    ("two lines", 'label = "Klantprofiel 3"', 'label = "Klant\\nprofiel 3"',
     "profiel 3", "stuurteken"),
    ("profile 5", "[profiles.4]", '[profiles.5]\nlabel = "x"\ndescription = "x"\n[profiles.4]',
     "onderdeel profiles", 'sleutel "5"'),
    ("no profile 4", PROFILE_4, "", "onderdeel profiles", "4 ontbreekt"),
)  # fmt: skip
SCORING: tuple[Case, ...] = (
    ("barrier_max", "barrier_max = 4", "barrier_max = 5", "onderdeel scoring", "moet 4 zijn"),
    ("peak_share", "peak_share = 0.5", "peak_share = 1.01", "onderdeel scoring", "0 tot en met 1"),
    ("infinite", "peak_share = 0.5", "peak_share = inf", "onderdeel scoring", "peak_share"),
    ("not a number", "peak_share = 0.5", "peak_share = nan", "onderdeel scoring", "peak_share"),
    ("endless fraction", "peak_share = 0.5", "peak_share = 1e-99999999", "onderdeel scoring",
     "cijfers achter de punt"),
    ("exponent", "peak_share = 0.5", "peak_share = 1e99999999999999999999", "onderdeel scoring",
     "peak_share moet een getal"),
    ("percentage", "min_completeness_area = 0.60", "min_completeness_area = 60",
     "onderdeel scoring", "min_completeness_area moet een getal van 0 tot en met 1"),
    ("too many areas", "min_areas_scored = 4", "min_areas_scored = 6", "onderdeel scoring",
     "meer dan het aantal leefgebieden (5)"),
    ("no area needed", "min_areas_scored = 4", "min_areas_scored = 0", "onderdeel scoring",
     "min_areas_scored moet een geheel getal"),
    ("required area", 'required_areas = ["werk", ', 'required_areas = ["wrek", ',
     "onderdeel scoring", 'leefgebied "wrek" bestaat niet'),
    ("rounding", 'rounding = "half_up"', 'rounding = "half_even"', "onderdeel scoring", "half_up"),
    ("first level", "from = 0\n", "from = 5\n", "onderdeel scoring.levels", "bij 0 beginnen"),
    ("levels fall", "from = 25\n", "from = 60\n", "onderdeel scoring.levels", "oplopen"),
    ("level twice", 'code = "enig"', 'code = "klein"', "onderdeel scoring.levels", "twee keer"),
    ("level key", "from = 25\n", "from = 25\nstart = 25\n", "onderdeel scoring.levels",
     'niveau nummer 2: sleutel "start"'),
)  # fmt: skip
AREAS: tuple[Case, ...] = (
    ("data class", 'data_class = "financieel"', 'data_class = "geheim"', "leefgebied wonen_geld",
     'niet "geheim"'),
    ("weight", "weight = 0.5", "weight = -1", "leefgebied justitie", "weight moet een getal"),
    ("order", "order = 5\n", "order = 4\n", "leefgebied justitie", "order 4 is niet uniek"),
    ("key", 'intro = "Deze vragen gaan over', 'into = "Deze vragen gaan over',
     "leefgebied gezondheid", 'bedoelt u "intro"?'),
    ("subarea twice", 'label = "Sociaal welzijn"',
     'label = "Sociaal"\n[[areas.subareas]]\ncode = "welzijn"\nlabel = "Welzijn"',
     "leefgebied sociaal", '"welzijn" staat er 2 keer'),
    ("signal urgency", 'veilig"\nurgency = "direct"', 'veilig"\nurgency = "nu"',
     "signaal onveilig", 'niet "nu"'),
    ("signal advice", 'advice = "Bied schuldhulpverlening aan."\n', "",
     "signaal schulden_zonder_hulp", "advice ontbreekt"),
    ("signal code", "[signals.taal]",
     '[signals.Tolk]\nlabel = "x"\nurgency = "week"\nadvice = "x"\n[signals.taal]',
     "signaal Tolk", "kleine letters"),
)  # fmt: skip
QUESTIONS: tuple[Case, ...] = (
    ("typing mistake", VERTROUWEN, VERTROUWEN.replace("weight", "wieght"), "vraag werk_vertrouwen",
     'sleutel "wieght" hoort niet bij een vraag van type scale; bedoelt u "weight"?'),
    ("type", 'type = "date"\ntext = "Wanneer zijn', 'type = "datum"\ntext = "Wanneer zijn',
     "vraag jus_einde", 'niet "datum"'),
    ("id", 'id = "jus_einde"', 'id = "jus-einde"', "vraag jus-einde", "id moet bestaan uit"),
    ("id twice", 'id = "jus_einde"', 'id = "jus_hulp"', "vraag jus_hulp", "staat 2 keer"),
    ("order twice", "order = 86", "order = 85", "vraag jus_hulp", "order 85 is niet uniek"),
    ("order", "order = 86", 'order = "86"', "vraag jus_hulp", "order moet een geheel getal"),
    ("area", 'area = "justitie"\norder = 86', 'area = "jus"\norder = 86', "vraag jus_hulp",
     'leefgebied "jus" bestaat niet'),
    ("subarea", 'subarea = "infrastructuur"\norder = 49', 'subarea = "infra"\norder = 49',
     "vraag soc_vervoer", 'deelgebied "infra" bestaat niet'),
    ("subarea elsewhere", 'area = "justitie"\norder = 86',
     'area = "justitie"\nsubarea = "welzijn"\norder = 86', "vraag jus_hulp", "deelgebied"),
    ("no text", NU_TEXT, 'text = ""', "vraag werk_nu", "text is leeg"),
    ("long text", NU_TEXT, f'text = "{"x" * 501}"', "vraag werk_nu", "hooguit 500 tekens"),
    ("data class", 'data_class = "alleen_regievoerder"', 'data_class = "alleen"',
     "vraag soc_veilig", "data_class moet een van deze woorden zijn"),
    ("weight", VERTROUWEN, VERTROUWEN.replace("1", "4"), "vraag werk_vertrouwen",
     "weight moet een getal van 0 tot en met 3"),
    ("weight true", VERTROUWEN, VERTROUWEN.replace("1", "true"), "vraag werk_vertrouwen",
     "weight moet een getal"),
    ("key without weight", 'id = "gez_hulp"', 'id = "gez_hulp"\nkey = true', "vraag gez_hulp",
     "is een kernvraag (key)"),
    ("weight before the areas", TOLK, TOLK.replace("0", "1\nbarrier_yes = 1\nbarrier_no = 0"),
     "vraag vooraf_tolk", "hoort niet bij een leefgebied"),
    ("text that counts", WENS, WENS.replace("weight = 0", "weight = 1"),
     "vraag werk_wens", "type text heeft geen barrier"),
    ("max_length", WENS, WENS.replace("500", "0"), "vraag werk_wens", "max_length"),
    ("yesno without barrier_no", AFSLUITING, AFSLUITING.replace("barrier_no = 0\n", ""),
     "vraag geld_afsluiting", "barrier_no ontbreekt"),
    ("barrier_yes", AFSLUITING, AFSLUITING.replace("yes = 4", "yes = 5"),
     "vraag geld_afsluiting", "barrier_yes moet een geheel getal van 0 tot en met 4"),
    ("signals_yes", AFSLUITING, AFSLUITING.replace('["crisis_', '["chaos_'),
     "vraag geld_afsluiting", 'signaal "chaos_afsluiting" bestaat niet'),
    ("signals_no", AFSLUITING, AFSLUITING.replace("signals_yes", "signals_nee"),
     "vraag geld_afsluiting", 'sleutel "signals_nee"'),
    ("signals_low", 'signals_low = ["laag', 'signals_low = ["hoog', "vraag geld_papieren",
     'signaal "hooggeletterd_digitaal" bestaat niet'),
    ("scale without direction", VERTROUWEN, 'max_label = "Heel veel"\nweight = 1\n',
     "vraag werk_vertrouwen", "direction ontbreekt"),
    ("scale without label", VERTROUWEN, 'direction = "high_is_good"\nweight = 1\n',
     "vraag werk_vertrouwen", "max_label ontbreekt"),
    ("key of another type", VERTROUWEN, VERTROUWEN + "not_in_future = true\n",
     "vraag werk_vertrouwen", 'sleutel "not_in_future" hoort niet bij een vraag van type scale'),
)  # fmt: skip
OPTIONS: tuple[Case, ...] = (
    ("options of a scale", VERTROUWEN, VERTROUWEN + f"options = [{JA_VEEL}]\n",
     "vraag werk_vertrouwen", 'sleutel "options" hoort niet bij een vraag van type scale'),
    ("no options", OPTIES_HULP, "", "vraag gez_middelen_hulp", "options ontbreekt"),
    ("empty options", OPTIES_HULP, "options = []\n", "vraag gez_middelen_hulp", "options moet 1"),
    ("value twice", NIETS, NIETS.replace("wil_niet", "kan_niet"), "vraag werk_doen",
     "antwoord niets_kan_niet staat er 2 keer"),
    ("label twice", JA_VEEL, JA_VEEL.replace("Ja, 12 uur per week of meer", "Nee"),
     "vraag werk_nu", 'tekst "Nee" staat er 2 keer'),
    ("no label", JA_VEEL, '{ value = "ja_veel", barrier = 0 }', "vraag werk_nu",
     "antwoord ja_veel: label ontbreekt"),
    ("unusable value", JA_VEEL, JA_VEEL.replace("ja_veel", "ja veel"), "vraag werk_nu",
     "antwoord ja veel: value moet bestaan uit"),
    ("barrier 5", JA_VEEL, JA_VEEL.replace("barrier = 0", "barrier = 5"), "vraag werk_nu",
     "antwoord ja_veel: barrier moet een geheel getal van 0 tot en met 4"),
    ("barrier 0.5", JA_VEEL, JA_VEEL.replace("barrier = 0", "barrier = 0.5"), "vraag werk_nu",
     "antwoord ja_veel: barrier"),
    ("no barrier", JA_VEEL, JA_VEEL.replace(", barrier = 0", ""), "vraag werk_nu",
     "antwoord ja_veel heeft geen barrier en geen skip"),
    ("skip and barrier", JA_VEEL, JA_VEEL.replace(", barrier", ", skip = true, barrier"),
     "vraag werk_nu", "heeft skip en barrier"),
    ("exclusive", JA_VEEL, JA_VEEL.replace(", barrier", ", exclusive = true, barrier"),
     "vraag werk_nu", "alleen bij type multi"),
    ("signal", JA_VEEL, JA_VEEL.replace("0 }", '0, signals = ["rijk"] }'), "vraag werk_nu",
     'signaal "rijk" bestaat niet'),
    ("signal twice", NIETS, NIETS + ', signals = ["taal", "taal"]', "vraag werk_doen",
     "noemt een waarde twee keer"),
    ("typing mistake", JA_VEEL, JA_VEEL.replace("barrier", "barier"), "vraag werk_nu",
     'bedoelt u "barrier"?'),
)  # fmt: skip

CASES = (*HEAD, *SCORING, *AREAS, *QUESTIONS, *OPTIONS)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [case[1:] for case in CASES],
    ids=[f"{case[3] or 'bestand'}: {case[0]}" for case in CASES],
)
def test_one_fault_is_the_whole_report(old, new, place, message):
    (fault,) = faults_of(changed((old, new)))
    assert fault.place == place
    assert message in fault.message


# ---------------------------------------------------------------------- the text of the file


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("order = 83\n", "order =\n", "order =", "geen tekst, getal, datum"),
        ("order = 83\n", "order: 83\n", "order: 83", "teken"),
        ('version = "1.0.0"', 'version = "1.0.0', 'version = "1.0.0', "aanhalingsteken"),
        ("[signals.taal]", "[signals.onveilig] # taal", "[signals.onveilig] # taal", "twee keer"),
        (WERK_NU, WERK_NU + 'id = "nog_een"\n', 'id = "nog_een"', "twee keer"),
        ("2026-01-01", "2026-02-30", "valid_from = 2026-02-30", "datum"),
        ("[scoring]", "[scoring", "[scoring", "]"),
        ("[scoring]", "[scoring]\nx = \u0007", "x = \u0007", "geen"),
    ],
)
def test_a_syntax_error_is_reported_with_the_line_of_the_file(old, new, line, message):
    text = changed((old, new))
    (fault,) = faults_of(text)
    assert fault.place == f"bestandsregel {text.splitlines().index(line) + 1}"
    assert message in fault.message


def test_a_syntax_error_at_the_end_names_the_last_line():
    (fault,) = faults_of('a = 1\nb = """\nnooit gesloten')
    assert fault.place == "bestandsregel 3"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("#" * 99 + "\n" + "#\n" * (FILE_MAX // 2), "bestand", "1 MB"),
        ("# kort\n#" + "x" * LINE_MAX, "bestandsregel 2", "langer dan"),
        ("a." * 101 + "b = 1", "bestandsregel 1", "punten"),
        ("# \ud800", "bestand", "UTF-8"),
        ("a = " + "[" * 3000, "bestand", "ingewikkeld"),
        ("a = " + "[\n" * 300_000, "bestand", "ingewikkeld"),
    ],
)
def test_a_file_that_is_no_text_or_would_take_too_long_is_refused_at_once(text, place, message):
    (fault,) = faults_of(text)
    assert fault.place == place
    assert message in fault.message


def test_an_empty_file_lacks_every_section():
    assert {fault.message for fault in faults_of("")} == {
        f"{section} ontbreekt"
        for section in (
            "schema_version", "questionnaire", "scoring", "profiles", "areas", "questions", "rules",
        )
    }  # fmt: skip


# ---------------------------------------------------------------------- more than one change


def test_a_question_that_counts_has_an_answer_that_counts():
    before, question, after = example_text().partition('id = "geld_bewind"')
    options, end, rest = after.partition("]\n")
    options = options.replace("weight = 0", "weight = 1").replace(" },", ", skip = true },")
    (fault,) = faults_of(before + question + options + end + rest)
    assert fault == Fault("vraag geld_bewind", "telt mee (weight), maar elk antwoord heeft skip")


def test_some_area_counts():
    text, times = re.subn(r"(order = [1-5]\nweight = )[0-9.]+", r"\g<1>0", example_text())
    assert times == 5
    (fault,) = faults_of(text)
    assert fault == Fault("bestand", "geen enkel leefgebied telt mee (weight)")


@pytest.mark.parametrize(
    "section", ["areas", "questions", "signals", "rules", "profiles", "tracks"]
)
def test_a_section_of_another_kind_is_one_fault_and_not_one_per_use(section):
    tree = parse(example_text())
    tree[section] = 1
    with pytest.raises(DefinitionError) as refusal:
        definition_of(tree)
    (fault,) = refusal.value.faults
    assert section in str(fault)


# ---------------------------------------------------------------------- the whole report


def test_all_faults_are_reported_at_once():
    report = faults_of(
        changed(
            ("peak_share = 0.5", "peak_share = 2"),
            (JA_VEEL, JA_VEEL.replace("barrier", "barier")),
            (VERTROUWEN, VERTROUWEN.replace("weight = 1", "weight = 9\nkleur = 1")),
            (AFSLUITING, AFSLUITING.replace("crisis_", "chaos_")),
            ("is {gezondheid}: een", "is {hart}: een"),
            ("max_profile = 3\n", ""),
        )
    )
    assert [fault.place for fault in report] == [
        "onderdeel scoring",
        "vraag werk_nu",
        "vraag werk_vertrouwen",
        "vraag werk_vertrouwen",
        "regel P1",
        "vraag geld_afsluiting",
        "regel R4a",
    ]


def test_a_wrong_row_is_no_fault_of_the_rows_that_name_it():
    report = faults_of(
        changed(
            ('id = "gez_lichaam"\n', 'id = "gez_lichaam"\nkleur = "rood"\n'),
            ('code = "wonen_geld"\n', 'code = "wonen_geld"\nkleur = "rood"\n'),
            ("[signals.taal]\n", '[signals.taal]\nkleur = "rood"\n'),
        )
    )
    assert {fault.place for fault in report} == {
        "vraag gez_lichaam", "leefgebied wonen_geld", "signaal taal",
    }  # fmt: skip


def test_a_question_without_an_id_is_named_by_its_number():
    (fault,) = faults_of(changed(('id = "vooraf_tolk"\n', "")))
    assert fault == Fault("vraag nummer 2", "id ontbreekt")


def test_a_hostile_file_gets_a_short_report():
    keys = "\n".join(f"x{number} = 1" for number in range(5000))
    report = faults_of(keys + "\n" + example_text())
    assert len(report) == FAULTS_MAX + 1
    assert "de rest is niet nagekeken" in report[-1].message


def test_the_report_is_fit_to_show():
    with pytest.raises(DomainError) as refusal:
        read_definition(changed((NIETS, NIETS.replace("wil_niet", "kan_niet"))))
    assert str(refusal.value) == (
        "De vragenlijst is afgekeurd (1 fout). "
        "Eerste fout: vraag werk_doen: antwoord niets_kan_niet staat er 2 keer."
    )


def test_a_message_never_repeats_much_of_the_file():
    long = '"' + "x" * 400 + '\\u0007"'
    (fault,) = faults_of(changed(('language = "nl"\n', f'language = "nl"\n{long} = 1\n')))
    assert len(fault.message) < 100
    assert fault.message.isprintable()
