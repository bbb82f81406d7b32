"""The rules of the example one by one, on both sides of every threshold and on real answers."""

from fractions import Fraction

import pytest

from kp4web.domain.questionnaire.definition import FactName, RuleKind
from kp4web.domain.questionnaire.evidence import Evidence
from kp4web.domain.questionnaire.outcome import (
    Facts,
    looked_at,
    outcome,
    profile_of,
    proposed_by,
)
from tests.answers import easy
from tests.questionnaires import example

AREAS = ("werk", "gezondheid", "sociaal", "wonen_geld", "justitie")
JUST = Fraction(1, 1000)
"""Just below a threshold."""


def evidence(*signals, sufficient=True, months=None, current=None, suggested=None, change=None,
             scores=None, **answers):  # fmt: skip
    """Return evidence with these scores, 0 for the other areas, and ``None`` for none at all."""
    known = {FactName.MONTHS_TO_PENSION: months, FactName.CURRENT_PROFILE: current,
             FactName.SUGGESTED_PROFILE: suggested}  # fmt: skip
    found = {**dict.fromkeys(AREAS, Fraction(0)), **(scores or {})}
    seen = Evidence(
        example(), answers, found, frozenset(signals), sufficient,
        {name: Fraction(value) for name, value in known.items() if value is not None},
    )  # fmt: skip
    if change is None:
        return seen
    return Evidence(
        seen.definition, answers, found, seen.signals, sufficient, seen.facts, seen.total - change
    )


def decided(*signals, **other):
    """Return the rule that held and the profile it leads to, ceilings included."""
    looked = list(looked_at(example(), evidence(*signals, **other)))
    held = [rule.id for rule, holds in looked if holds and rule.kind is not RuleKind.CEILING]
    profile = profile_of((rule.kind, holds, rule.profile) for rule, holds in looked)
    return (held or [None])[0], profile


def scores(**known):
    return {area: None if score is None else Fraction(score) for area, score in known.items()}


def everywhere(score):
    return dict.fromkeys(AREAS, Fraction(score))


# ---------------------------------------------------------------------- gate and knock-outs


def test_nothing_special_is_profile_one():
    assert decided() == ("R1", 1)


def test_g1_stops_everything():
    assert decided("arbeidsongeschikt_document", sufficient=False) == ("G1", None)
    assert decided("arbeidsongeschikt_document", sufficient=True) == ("K1", 4)


def test_k1_needs_the_statement():
    assert decided("arbeidsongeschikt_document") == ("K1", 4)
    assert decided("verslaving") == ("R1", 1)


@pytest.mark.parametrize(
    ("months", "work", "rule"),
    [(24, 25, "K2"), (0, 25, "K2"), (-3, 100, "K2"), (25, 25, "R2a"), (24, 25 - JUST, "R1"),
     (None, 25, "R2a"), (24, None, "R1")],
)  # fmt: skip
def test_k2_needs_few_months_and_a_barrier_at_work(months, work, rule):
    assert decided(months=months, scores=scores(werk=work))[0] == rule


@pytest.mark.parametrize("place", ["opvang", "geen"])
def test_k3_holds_without_a_place_to_live(place):
    assert decided(won_plek=place) == ("K3", 4)


def test_k3_holds_when_home_is_not_safe_and_not_otherwise():
    assert decided("onveilig") == ("K3", 4)
    for place in ("eigen", "familie", "begeleid"):
        assert decided(won_plek=place) == ("R1", 1)
    assert decided("crisis_wonen") == ("R1", 1)


K4 = {"werk_uren": "0", "werk_termijn": "later", "gez_herstel": "nee"}


@pytest.mark.parametrize("other", [{}, {"werk_termijn": "nooit"}, {"gez_herstel": "slechter"}])
def test_k4_holds_on_three_answers_together(other):
    assert decided(**{**K4, **other}) == ("K4", 4)


@pytest.mark.parametrize(
    "other",
    [{"werk_uren": "1_7"}, {"werk_termijn": "nu"}, {"gez_herstel": "beetje"},
     {"gez_herstel": "ja"}, {"werk_uren": "onbekend"}],
)  # fmt: skip
def test_k4_holds_on_no_two_of_them(other):
    assert decided(**{**K4, **other}) == ("R1", 1)


def test_a_knockout_comes_before_the_list_and_the_first_one_decides():
    assert decided("onveilig", scores=everywhere(100))[0] == "K3"
    assert decided("onveilig", "arbeidsongeschikt_document")[0] == "K1"


# ---------------------------------------------------------------------- the list


def test_r4a():
    assert decided(scores=scores(gezondheid=80)) == ("R4a", 4)
    assert decided(scores=scores(gezondheid=80 - JUST)) == ("R3a", 3)
    assert decided(scores=scores(gezondheid=None)) == ("R1", 1)


@pytest.mark.parametrize(
    ("health", "work", "rule"),
    [(55, 60, "R4b"), (55 - JUST, 60, "R3a"), (55, 60 - JUST, "R3a"), (None, 60, "R3a"),
     (79, 100, "R4b")],
)  # fmt: skip
def test_r4b(health, work, rule):
    assert decided(scores=scores(gezondheid=health, werk=work))[0] == rule


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (scores(werk=50, sociaal=50, justitie=50), "R4c"),
        (scores(werk=50, sociaal=50, justitie=50 - JUST), "R3a"),
        (scores(werk=50 - JUST, sociaal=50, justitie=50, wonen_geld=50), "R3a"),
        (scores(werk=50, sociaal=50, justitie=None), "R3a"),
    ],
)
def test_r4c(other, rule):
    assert decided(scores=other)[0] == rule


@pytest.mark.parametrize("language", ["slecht", "niet"])
def test_r4d(language):
    answers = {"werk_taal": language, "werk_taal_leren": "lukt_niet"}
    assert decided(scores=scores(werk=60), **answers) == ("R4d", 4)
    assert decided(scores=scores(werk=60 - JUST), **answers)[0] == "R3a"
    assert decided(scores=scores(werk=60), **{**answers, "werk_taal": "matig"})[0] == "R3a"
    assert decided(scores=scores(werk=60), **{**answers, "werk_taal_leren": "bezig"})[0] == "R3a"


R4E = {"soc_zorgtaken": "16_39", "soc_zorgtaken_duur": "langer", "werk_uren": "1_7"}


@pytest.mark.parametrize("other", [{}, {"soc_zorgtaken": "40plus"}, {"werk_uren": "0"}])
def test_r4e(other):
    assert decided(**{**R4E, **other}) == ("R4e", 4)


@pytest.mark.parametrize(
    "other",
    [{"soc_zorgtaken": "8_15"}, {"soc_zorgtaken_duur": "twee_jaar"}, {"werk_uren": "8_19"}],
)
def test_r4e_needs_all_three(other):
    assert decided(**{**R4E, **other}) == ("R1", 1)


@pytest.mark.parametrize("area", AREAS)
def test_r3a(area):
    assert decided(scores=scores(**{area: 50})) == ("R3a", 3)
    assert decided(scores=scores(**{area: 50 - JUST})) == ("R2a", 2)


def test_r3b():
    assert decided(scores=everywhere(35)) == ("R3b", 3)
    assert decided(scores=everywhere(35 - JUST)) == ("R2a", 2)
    assert decided(werk_termijn="twee_jaar") == ("R3b", 3)
    assert decided(werk_termijn="onbekend") == ("R1", 1)


@pytest.mark.parametrize("area", AREAS)
def test_r2a_on_one_area(area):
    assert decided(scores=scores(**{area: 25})) == ("R2a", 2)
    assert decided(scores=scores(**{area: 25 - JUST})) == ("R1", 1)


def test_r2a_on_the_total_and_r1():
    assert decided(scores=everywhere(18)) == ("R2a", 2)
    assert decided(scores=everywhere(18 - JUST)) == ("R1", 1)


# ---------------------------------------------------------------------- the ceiling


@pytest.mark.parametrize(
    "answers", [{"werk_nu": "ja_veel"}, {"werk_termijn": "nu"}, {"werk_termijn": "half_jaar"}]
)
def test_p1_lowers_to_three_and_never_raises(answers):
    assert decided(scores=scores(gezondheid=80), **answers) == ("R4a", 3)
    assert decided(scores=scores(gezondheid=50), **answers) == ("R3a", 3)
    assert decided(scores=scores(gezondheid=25), **answers) == ("R2a", 2)
    assert decided(**answers) == ("R1", 1)


@pytest.mark.parametrize(
    "answers", [{"werk_nu": "ja_weinig"}, {"werk_nu": "nee"}, {"werk_termijn": "twee_jaar"}]
)
def test_p1_does_not_hold_otherwise(answers):
    assert decided(scores=scores(gezondheid=80), **answers) == ("R4a", 4)


def test_p1_is_not_looked_at_after_a_knockout():
    assert decided("onveilig", werk_nu="ja_veel") == ("K3", 4)


# ---------------------------------------------------------------------- subgroups and tracks


def groups(*signals, **other):
    found = proposed_by(example().subgroups, evidence(*signals, **other), {})
    return [one.code for one in found]


def test_group_limitation():
    assert groups(scores=scores(gezondheid=50)) == ["beperking"]
    assert groups(scores=scores(gezondheid=50 - JUST)) == []
    assert groups("arbeidsongeschikt_document") == ["beperking"]


def test_group_language():
    assert groups(werk_taal="slecht") == groups(werk_taal="niet") == ["taalachterstand"]
    assert groups(werk_taal="matig") == []


def test_group_nearly_pension_age():
    assert groups(months=24) == ["bijna_aow"]
    assert groups(months=25) == groups(months=None) == []


def test_group_care_for_others():
    assert groups("mantelzorg") == ["mantelzorg"]
    assert groups("taal") == []


THREE = scores(werk=50, sociaal=50, justitie=50)


@pytest.mark.parametrize(
    "signal", ["schulden_zonder_hulp", "onveilig", "crisis_wonen", "crisis_afsluiting"]
)
def test_group_hidden_problems_on_a_signal(signal):
    assert groups(signal, scores=THREE) == ["verborgen_problematiek"]
    assert groups(signal, scores={**THREE, "justitie": 50 - JUST}) == []


def test_group_hidden_problems_on_an_answer():
    hidden = ["verborgen_problematiek"]
    assert groups(scores=THREE, gez_hulp=("geen",)) == hidden
    assert groups(scores=THREE, geld_schulden="geen_overzicht") == hidden
    assert groups(scores=THREE, gez_hulp=("huisarts", "ggz"), geld_schulden="regeling") == []
    assert groups(scores=THREE) == []


def test_group_improved_situation():
    improved = ["verbeterde_situatie"]
    assert groups(change=-15, scores=everywhere(20)) == improved
    assert groups(change=-15 + JUST, scores=everywhere(20)) == []
    assert groups(current=4, suggested=3) == groups(current=4, suggested=1) == improved
    assert groups(current=4, suggested=4) == groups(current=3, suggested=3) == []
    assert groups(current=4) == []


def test_groups_may_be_several():
    assert groups("mantelzorg", months=3, werk_taal="niet") == [
        "taalachterstand", "bijna_aow", "mantelzorg",
    ]  # fmt: skip


def track(*signals, **other):
    found = next(proposed_by(example().tracks, evidence(*signals, **other), {}))
    return found.code, found.text.split()[0]


def test_track_to_profile_three():
    assert track("onveilig", current=4, suggested=3) == ("kp3_traject", "De")
    assert track(current=4, suggested=4) == ("in_onderzoek", "Er")
    assert track(current=3, suggested=3) == ("in_onderzoek", "Er")


@pytest.mark.parametrize(
    "signal",
    ["crisis_wonen", "crisis_afsluiting", "onveilig", "schulden_zonder_hulp", "woningaanpassing"],
)
def test_track_support_on_a_question_for_help(signal):
    assert track(signal, "gesprek_belastend") == ("ondersteuning", "Er")


def test_track_support_on_a_wish_for_help():
    assert track(gez_middelen_hulp="graag") == ("ondersteuning", "Er")
    assert track(gez_middelen_hulp="nee") == ("in_onderzoek", "Er")


@pytest.mark.parametrize("recovery", ["nee", "slechter"])
def test_track_rest(recovery):
    rest = ("rust", "Praten")
    assert track("gesprek_belastend", "mantelzorg") == rest
    assert track(scores=scores(gezondheid=75), gez_herstel=recovery) == rest
    assert track(scores=scores(gezondheid=75 - JUST), gez_herstel=recovery)[0] == "in_onderzoek"
    assert track(scores=scores(gezondheid=75), gez_herstel="beetje")[0] == "in_onderzoek"


@pytest.mark.parametrize("area", ["sociaal", "wonen_geld"])
def test_track_support_on_a_score(area):
    assert track(scores=scores(**{area: 40})) == ("ondersteuning", "Ondersteuning")
    assert track(scores=scores(**{area: 40 - JUST})) == ("in_onderzoek", "Er")


def test_track_support_on_a_signal():
    assert track("taal") == track("mantelzorg") == ("ondersteuning", "Ondersteuning")
    assert track("verslaving") == ("in_onderzoek", "Er")


# ---------------------------------------------------------------------- real answers

ILL = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1, "gez_zelfzorg": 1,
       "gez_herstel": "ja", "won_geschikt": "ja"}  # fmt: skip
AT_HOME = {"werk_nu": "nee", "werk_laatst": "gt5", "werk_uren": "1_7", "werk_termijn": "later",
           "werk_opleiding": "geen"}  # fmt: skip
ANSWERS = {
    "K1": ({"gez_verklaring": True}, 4),
    "K3": ({"won_plek": "opvang"}, 4),
    "K4": ({"werk_nu": "nee", "werk_uren": "0", "werk_termijn": "nooit", "gez_lichaam": "vaak",
            "gez_herstel": "nee"}, 4),
    "R4a": ({**ILL, "gez_gesprek": "erger", "gez_middelen": "dagelijks", "werk_nu": "nee",
             "werk_laatst": "lt1", "werk_termijn": "twee_jaar"}, 4),
    "R4b": ({**AT_HOME, "werk_taal": "matig", "werk_vertrouwen": 1, "gez_lichaam": "dagelijks",
             "gez_energie": 1, "gez_zelfzorg": 2, "gez_herstel": "beetje"}, 4),
    "R4c": ({**AT_HOME, "soc_contact": "nooit", "jus_verplichting": "ja", "jus_tijd": "24plus"}, 4),
    "R4d": ({**AT_HOME, "werk_taal": "niet", "werk_taal_leren": "lukt_niet"}, 4),
    "R4e": ({"werk_nu": "nee", "werk_laatst": "lt1", "werk_uren": "1_7",
             "werk_termijn": "twee_jaar", "soc_zorgtaken": "16_39",
             "soc_zorgtaken_duur": "langer"}, 4),
    "R3a": ({"gez_lichaam": "altijd", "gez_herstel": "ja"}, 3),
    "R3b": ({"werk_nu": "nee", "werk_laatst": "lt1", "werk_termijn": "twee_jaar"}, 3),
    "R2a": ({"soc_contact": "maandelijks"}, 2),
    "R1": ({}, 1),
}  # fmt: skip


@pytest.mark.parametrize("rule", ANSWERS)
def test_answers_that_lead_to_the_rule(rule):
    other, profile = ANSWERS[rule]
    found = outcome(example(), easy(**other), Facts())
    assert (found.decided_by.rule_id, found.profile) == (rule, profile)


def test_answers_that_lead_to_k2_and_g1():
    work = easy(werk_nu="nee", werk_laatst="gt5", werk_termijn="twee_jaar")
    assert outcome(example(), work, Facts(months_to_pension=24)).decided_by.rule_id == "K2"
    assert outcome(example(), work, Facts(months_to_pension=25)).decided_by.rule_id == "R3b"
    assert outcome(example(), {}, Facts()).decided_by.rule_id == "G1"


def test_the_ceiling_on_answers():
    other, _ = ANSWERS["R4a"]
    found = outcome(example(), easy(**{**other, "werk_termijn": "half_jaar"}), Facts())
    assert (found.decided_by.rule_id, found.capped_by.rule_id, found.profile) == ("R4a", "P1", 3)


def test_every_rule_of_the_example_is_here():
    tested = {*ANSWERS, "K2", "G1", "P1"}
    rules = (
        *example().gates, *example().knockouts, *example().rules, *example().ceilings,
    )  # fmt: skip
    assert {rule.id for rule in rules} == tested
