"""The policy in words: the document that is kept, and why somebody sees something or not."""

from pathlib import Path

import pytest

from kp4web.domain.actor import Role
from kp4web.domain.policy import ACCESS_LABELS, Access, Field, FigureScope, Relation
from kp4web.domain.policy.document import COLUMNS, deputy_is_lead, lines, markdown
from kp4web.domain.policy.explain import why, why_by_role
from kp4web.domain.policy.meanings import FIGURES, LEVELS, PURPOSES, RELATIONS_OF, WHO

KEPT = Path(__file__).parents[2] / "docs" / "policy.md"


def test_the_kept_document_says_what_the_tables_say():
    assert KEPT.read_text(encoding="utf-8") == markdown()


def test_every_word_of_the_tables_is_explained():
    assert set(WHO) == set(PURPOSES) == set(Relation)
    assert set(LEVELS) == set(ACCESS_LABELS) == set(Access)
    assert set(FIGURES) == set(FigureScope)
    assert set(RELATIONS_OF) == set(Role)
    told = {relation for found in RELATIONS_OF.values() for relation in found}
    assert told == set(Relation) - {Relation.OTHER_MUNICIPALITY, Relation.WITH_REASON}


def test_the_document_has_a_line_for_every_field_and_a_column_for_every_level():
    assert [line.field for line in lines()] == list(Field)
    assert set(COLUMNS) == set(Access) - {Access.NONE}
    assert deputy_is_lead()
    bsn = next(line for line in lines() if line.field is Field.BSN)
    assert dict(bsn.cells)[Access.REASON] == ("Collega",)


COLLEAGUE, COORDINATOR, LEAD = Relation.COLLEAGUE, Relation.COORDINATOR, Relation.LEAD


@pytest.mark.parametrize(
    ("field", "held", "answer", "rule"),
    [
        (Field.BSN, {LEAD}, "Ja: lezen.", "Vaste consulent: lezen."),
        (Field.PERSON, {LEAD}, "Ja: lezen en wijzigen.", "Vaste consulent: lezen en wijzigen."),
        (Field.BSN, {COLLEAGUE}, "Nee, tenzij met een reden.", "Collega: lezen na een reden."),
        (Field.BSN, {COLLEAGUE, Relation.WITH_REASON}, "Ja: lezen.",
         "Met reden: een regel die om een reden vraagt, geldt nu als lezen."),
        (Field.OUTCOME, {COLLEAGUE, COORDINATOR}, "Alleen de stand.",
         "Coördinator (alleen of er een uitkomst is): alleen de stand."),
        (Field.SANCTION_SIGNAL, {COLLEAGUE}, "Nee.",
         "Het staat dan nergens, ook niet dat het er is."),
        (Field.TRACK, {Relation.POLICY}, "Nee. Alleen meegeteld in aantallen.",
         "Beleidsmedewerker: alleen in aantallen."),
        (Field.BSN, set(), "Nee.",
         "Geen relatie met dit dossier. Wat niet is genoemd, is er niet."),
    ],
)  # fmt: skip
def test_the_answer_names_the_relation_and_the_rule(field, held, answer, rule):
    found = why(field, held)
    assert found.answer == answer
    assert rule in found.rules


@pytest.mark.parametrize(
    ("field", "roles", "answer"),
    [
        (Field.BSN, {Role.CONSULTANT}, "Dat hangt af van het dossier."),
        (Field.ACCESS_REQUEST, {Role.PRIVACY_OFFICER}, "Ja: lezen en wijzigen."),
        (Field.BSN, {Role.POLICY_OFFICER}, "Nee."),
        (Field.BSN, set(), "Nee."),
    ],
)
def test_without_a_dossier_the_roles_decide(field, roles, answer):
    found = why_by_role(field, roles)
    assert found.answer == answer
    assert found.rules
