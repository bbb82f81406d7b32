"""
A wrong condition, rule or proposal in a questionnaire file is refused at the right place.

Each case is the example with one change; that change is the only fault, so the report must hold
that place with that message and nothing else.
"""

import pytest

from kp4web.domain.questionnaire.reader import DefinitionError, Fault, read_definition
from kp4web.domain.questionnaire.schema import DEPTH_MAX, PARTS_MAX
from tests.questionnaires import changed

LAATST_IF = 'werk?"\nshow_if = { question = "werk_nu", op = "eq", value = "nee" }'
G1 = 'when = { completeness = "insufficient" }'
K1 = 'id = "K1"\nprofile = 4\nwhen = { signal = "arbeidsongeschikt_document" }'
K3 = 'id = "K3"\nprofile = 4\nreview_months = 3\n'
R4A = 'when = { area = "gezondheid", op = ">=", value = 80 }'
R4A_TEXT = "is {gezondheid}: een zeer grote"
R3A = 'when = { areas_at_least = 50, op = ">=", value = 1 }'
R3B = '{ total = true, op = ">=", value = 35 }'
R1 = "profile = 1\nwhen = { all = [] }"
P1 = 'id = "P1"\nmax_profile = 3\n'
AOW = 'pensioenleeftijd"\nwhen = { fact = "maanden_tot_aow", op = "<=", value = 24 }'
MANTELZORG = 'Mantelzorgtaken"\nwhen = { signal = "mantelzorg" }'
TRACK_TEXT = "klantprofiel {voorstel}."
LAST_TRACK = 'code = "in_onderzoek"\nlabel = "Nog in onderzoek"\nwhen = { all = [] }'


def faults_of(text: str) -> tuple[Fault, ...]:
    """Return the report of a file that must be refused."""
    with pytest.raises(DefinitionError) as refusal:
        read_definition(text)
    return refusal.value.faults


# ---------------------------------------------------------------------- conditions of questions


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ('{ question = "werk_niets", op = "answered" }', 'vraag "werk_niets" bestaat niet'),
        ('{ question = "werk_uren", op = "answered" }', '"werk_uren" komt pas later'),
        ('{ question = "jus_hulp", op = "answered" }', '"jus_hulp" komt pas later'),
        ('{ question = "werk_laatst", op = "answered" }', "gaat over de vraag zelf"),
        (
            '{ question = "werk_nu", op = "eq", value = "misschien" }',
            '"misschien" is geen antwoord',
        ),
        ('{ question = "werk_nu", op = "in", value = ["nee", "x"] }', '"x" is geen antwoord'),
        ('{ question = "werk_nu", op = "eq", value = true }', '"true" is geen antwoord'),
        ('{ question = "werk_nu", op = "eq", value = ["nee"] }', "één waarde, geen lijst"),
        ('{ question = "werk_nu", op = "in", value = "nee" }', "een lijst zijn"),
        ('{ question = "werk_nu", op = "in", value = [] }', "value moet 1 tot en met"),
        ('{ question = "werk_nu", op = "in", value = ["nee", "nee"] }', "twee keer"),
        ('{ question = "werk_nu", op = "eq" }', "value ontbreekt bij eq"),
        ('{ question = "werk_nu", op = "answered", value = "nee" }', "answered heeft geen value"),
        ('{ question = "werk_nu", op = ">=", value = "nee" }', 'niet ">="'),
        ('{ question = "werk_nu", op = "contains_any", value = ["nee"] }', "type single"),
        ('{ question = "werk_nu", op = "eq", value = 1.5 }', "value moet een antwoord"),
        ('{ question = "werk_nu", op = "eq", waarde = "nee" }', 'sleutel "waarde"'),
        ('{ question = "vooraf_tolk", op = "eq", value = "ja" }', '"ja" is geen antwoord'),
        ('{ question = "vooraf_tolk", op = "eq", value = 1 }', '"1" is geen antwoord'),
        ('{ question = "vooraf_tolk", op = "in", value = ["ja"] }', "type yesno"),
        ('{ signal = "taal" }', "mag alleen over antwoorden gaan"),
        ('{ any = [ { area = "werk", op = ">", value = 1 } ] }', "mag alleen over antwoorden"),
        ("{ any = [] }", "any moet 1 tot en met"),
        ("{ none = [] }", "none moet 1 tot en met"),
        ("{ }", "heeft niets"),
        ('"werk_nu"', "precies één"),
        ('{ question = "werk_nu", signal = "taal" }', "precies één"),
    ],
)
def test_a_condition_of_a_question_that_cannot_be(condition, message):
    report = faults_of(changed((LAATST_IF, f'werk?"\nshow_if = {condition}')))
    assert [fault.place for fault in report] == ["vraag werk_laatst"], report
    assert report[0].message.startswith("show_if: ")
    assert message in report[0].message


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ('{ question = "gez_energie", op = "eq", value = 6 }', '"6" is geen antwoord'),
        ('{ question = "gez_energie", op = "eq", value = true }', '"true" is geen antwoord'),
        ('{ question = "gez_energie", op = "eq", value = "1" }', '"1" is geen antwoord'),
        ('{ question = "gez_hulp", op = "eq", value = "geen" }', "is van type multi"),
        ('{ question = "gez_verklaring_datum", op = "ne", value = "x" }', "is van type date"),
        ('{ question = "werk_wens", op = "eq", value = "x" }', "is van type text"),
    ],
)
def test_a_condition_must_fit_the_type_of_the_question(condition, message):
    (fault,) = faults_of(changed((R3B, condition)))
    assert fault.place == "regel R3b"
    assert message in fault.message


def test_a_condition_may_name_what_the_question_can_be_answered():
    steps = '{ question = "gez_energie", op = "in", value = [1, 2] }'
    with_none = '{ none = [ { question = "werk_nu", op = "ne", value = "nee" } ] }'
    definition = read_definition(
        changed((R3B, steps), (LAATST_IF, f'werk?"\nshow_if = {with_none}'))
    )
    assert definition.rules[6].when.parts[0].value == (1, 2)


def nested(groups: int) -> str:
    return "when = " + "{ any = [" * groups + '{ signal = "taal" }' + "] }" * groups


def test_conditions_stand_only_so_deep_in_each_other():
    read_definition(changed((R4A, nested(DEPTH_MAX - 1))))
    (fault,) = faults_of(changed((R4A, nested(DEPTH_MAX))))
    assert (fault.place, "in elkaar" in fault.message) == ("regel R4a", True)
    (fault,) = faults_of(changed((R4A, nested(40))))
    assert (fault.place, "in elkaar" in fault.message) == ("regel R4a", True)


def test_a_condition_has_only_so_many_parts():
    group = "{ none = [" + ", ".join(['{ signal = "taal" }'] * 9) + "] }"
    most = (PARTS_MAX - 1) // 10
    read_definition(changed((R4A, f"when = {{ all = [{', '.join([group] * most)}] }}")))
    (fault,) = faults_of(changed((R4A, f"when = {{ all = [{', '.join([group] * (most + 1))}] }}")))
    assert (fault.place, "delen" in fault.message) == ("regel R4a", True)


# ---------------------------------------------------------------------- rules and proposals

RULES = (
    ("unknown area", R4A, R4A.replace("gezondheid", "hart"), "regel R4a",
     'leefgebied "hart" bestaat niet'),
    ("unknown signal", K1, K1.replace("arbeids", "arbeid_"), "regel K1", "bestaat niet"),
    ("unknown fact", AOW, AOW.replace("maanden", "jaren"), "subgroep bijna_aow", "maanden_tot_aow"),
    ("unknown question", R3B, '{ question = "x", op = "answered" }', "regel R3b",
     'vraag "x" bestaat niet'),
    ("unknown operator", R4A, R4A.replace(">=", "=>"), "regel R4a", 'niet "=>"'),
    ("score of 101", R4A, R4A.replace("80", "101"), "regel R4a", "value moet een getal van 0"),
    ("score as text", R4A, R4A.replace("80", '"80"'), "regel R4a", "value moet een getal"),
    ("score above 100", R4A, R4A.replace('">=", value = 80', '">", value = 100'), "regel R4a",
     "een score is nooit > 100"),
    ("total below 0", R3B, R3B.replace('">=", value = 35', '"<", value = 0'), "regel R3b",
     "een score is nooit < 0"),
    ("total false", R3B, R3B.replace("true", "false"), "regel R3b", "total kan alleen true"),
    ("threshold", R3A, R3A.replace("50", "-1"), "regel R3a", "areas_at_least moet een getal"),
    ("six areas", R3A, R3A.replace("value = 1", "value = 6"), "regel R3a", "leefgebieden zijn er"),
    ("profile as fact", AOW, AOW.replace("maanden_tot_aow", "huidig_profiel"),
     "subgroep bijna_aow", "van 1 tot en met 4"),
    ("suggestion in a rule", R4A, 'when = { fact = "voorgesteld_profiel", op = "==", value = 4 }',
     "regel R4a", "nog niet bekend"),
    ("completeness", G1, G1.replace("insufficient", "complete"), "regel G1", "insufficient"),
    ("condition missing", R4A + "\n", "", "regel R4a", "when ontbreekt"),
    ("typing mistake", R4A, R4A.replace("op =", "opp ="), "regel R4a", 'sleutel "opp"'),
    ("id twice", 'id = "R4a"', 'id = "K1"', "regel K1", "staat 2 keer"),
    ("id", 'id = "R4a"', 'id = "R 4a"', "regel R 4a", "id moet bestaan uit"),
    ("profile 5", K1, K1.replace("= 4", "= 5"), "regel K1", "profile moet een geheel getal van 1"),
    ("no profile", K1, K1.replace("profile = 4\n", ""), "regel K1", "profile ontbreekt"),
    ("ceiling without", P1, 'id = "P1"\n', "regel P1", "max_profile ontbreekt"),
    ("ceiling of 4", P1, P1.replace("3", "4"), "regel P1", "max_profile moet"),
    ("ceiling in a rule", K1, K1 + "\nmax_profile = 3", "regel K1", 'sleutel "max_profile"'),
    ("profile of a gate", G1, G1 + "\nprofile = 4", "regel G1", 'sleutel "profile"'),
    ("review", K3, K3.replace("3\n", "0\n"), "regel K3", "review_months"),
    ("braces", R4A_TEXT, R4A_TEXT.replace("{g", "{hart_en_g"), "regel R4a", "is geen leefgebied"),
    ("half a brace", R4A_TEXT, "is {gezondheid: een zeer grote", "regel R4a", "accolade"),
    ("suggestion in a text", R4A_TEXT, "is {voorstel}: een zeer grote", "regel R4a", "voorstel"),
    ("braces of a track", TRACK_TEXT, "klantprofiel {profiel}.", "traject kp3_traject", "profiel"),
    ("unreachable", R1, f'{R1}\ntext = "x"\n[[rules.list]]\nid = "R0"\n{R1}', "regel R0",
     "regel R1 geldt dan al"),
    ("stricter than before", 'value = 55 },\n  { area = "werk"', 'value = 80 },\n  { area = "werk"',
     "regel R4b", "komt nooit aan de beurt: regel R4a geldt dan al"),
    ("knock-out always", K1, 'id = "K1"\nprofile = 4\nwhen = { all = [] }', "regel K1",
     "geldt altijd, dus de regels komen nooit"),
    ("last rule", R1, 'profile = 1\nwhen = { total = true, op = "<", value = 18 }', "regel R1",
     "moet als laatste altijd gelden"),
    ("gate", G1, 'when = { signal = "onveilig" }', "onderdeel rules.gates", "insufficient"),
    ("unknown subgroup", 'code = "bijna_aow"', 'code = "bijna_65"', "subgroep bijna_65",
     "kent de applicatie niet"),
    ("subgroup twice", 'code = "bijna_aow"', 'code = "mantelzorg"', "subgroep mantelzorg",
     "staat 2 keer"),
    ("unknown track", 'code = "rust"', 'code = "stoppen"', "traject stoppen",
     "kent de applicatie niet"),
    ("subgroup signal", MANTELZORG, MANTELZORG.replace('= "man', '= "vrouw'),
     "subgroep mantelzorg", "bestaat niet"),
    ("subgroup label", 'label = "Bijna pensioenleeftijd"\n', "", "subgroep bijna_aow",
     "label ontbreekt"),
    ("track after the last", LAST_TRACK, f'{LAST_TRACK}\n[[tracks]]\n{LAST_TRACK}',
     "traject in_onderzoek", "komt nooit aan de beurt"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [case[1:] for case in RULES],
    ids=[f"{case[3]}: {case[0]}" for case in RULES],
)
def test_one_fault_is_the_whole_report(old, new, place, message):
    report = faults_of(changed((old, new)))
    assert {fault.place for fault in report} == {place}, report
    assert any(message in fault.message for fault in report)


@pytest.mark.parametrize("word", ["vooraf", "uitkomst", "totaal", "voorstel"])
def test_an_area_cannot_have_the_name_of_a_page_or_a_word_in_a_text(word):
    added = f'[[areas]]\ncode = "{word}"\nlabel = "x"\norder = 9\nweight = 1\n'
    report = faults_of(changed(("optional = true\n", f"optional = true\n{added}")))
    assert report[0] == Fault(
        f"leefgebied {word}", f"code mag niet {word} zijn: dat woord heeft al een betekenis"
    )


def test_an_area_code_is_given_out_once():
    added = '[[areas]]\ncode = "werk"\nlabel = "x"\norder = 9\nweight = 1\n'
    (fault,) = faults_of(changed(("optional = true\n", f"optional = true\n{added}")))
    assert fault == Fault("leefgebied werk", "staat 2 keer in het bestand")


def test_an_area_without_a_question_that_counts_never_has_a_score():
    added = '[[areas]]\ncode = "leeg"\nlabel = "x"\norder = 9\nweight = 1\n'
    (fault,) = faults_of(changed(("optional = true\n", f"optional = true\n{added}")))
    assert fault == Fault("leefgebied leeg", "heeft geen vraag die meetelt (weight)")


def test_several_faults_in_one_condition_are_all_reported():
    when = 'when = { all = [ { area = "hart", op = ">=", value = 800 }, { signal = "x" }, { } ] }'
    report = faults_of(changed((R4A, when)))
    assert {fault.place for fault in report} == {"regel R4a"}
    assert len(report) == 3
