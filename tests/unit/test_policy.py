"""The matrix of 3-visibility, cell by cell."""

import pytest

from kp4web.domain.actor import ROLE_LABELS, ROLES_OF, Actor, OrganisationKind, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.policy import (
    ALLOWED,
    ANSWER_FIELDS,
    MATRIX,
    Access,
    Action,
    Field,
    Relation,
    access,
    application_relations,
    may,
    readable_classes,
    relations,
    require,
    visible_fields,
    writable_classes,
)
from kp4web.domain.questionnaire.definition import DataClass

W, R, N = Access.WRITE, Access.READ, Access.NONE
# field: (lead, colleague, coordinator, intake); R! and S count as nothing or are own fields
EXPECTED = {
    Field.PERSON: (W, R, W, W),
    Field.APPROACH: (W, R, R, W),
    Field.BSN: (R, N, R, W),
    Field.BIRTH: (W, R, W, W),
    Field.CONTACTS: (W, R, N, N),
    Field.PROFILE: (R, R, R, W),
    Field.ANSWERS_GENERAL: (W, N, N, W),
    Field.ANSWERS_HEALTH: (W, N, N, W),
    Field.ANSWERS_FINANCIAL: (W, N, N, W),
    Field.ANSWERS_CRIMINAL: (W, N, N, W),
    Field.ANSWERS_LEAD_ONLY: (W, N, N, W),
    Field.OUTCOME: (R, N, N, R),
    Field.QUESTIONNAIRES: (R, N, R, R),
    Field.TRACK: (W, R, W, N),
    Field.REPORTS: (W, N, N, N),
    Field.OWN_ENTRY: (W, W, N, N),
    Field.FOLLOW_UP_DATE: (W, R, W, N),
    Field.FOLLOW_UP_WHAT: (W, R, N, N),
    Field.ASSIGNMENT: (R, R, W, N),
    Field.HANDOVER: (R, N, R, W),
}


def an_actor(*roles, kind=OrganisationKind.MUNICIPALITY):
    return Actor(1, "x", frozenset(roles), 1, kind, 1)


def test_the_matrix_is_complete():
    assert set(EXPECTED) == set(Field)
    assert set(MATRIX) == set(Relation)
    assert set(ALLOWED) == set(Role) == set(ROLE_LABELS)
    assert {role for roles in ROLES_OF.values() for role in roles} == set(Role)
    assert {action for actions in ALLOWED.values() for action in actions} == set(Action)


@pytest.mark.parametrize("field", Field)
def test_each_relation_reaches_as_far_as_the_matrix_says(field):
    order = (Relation.LEAD, Relation.COLLEAGUE, Relation.COORDINATOR, Relation.INTAKE)
    assert tuple(access({relation}, field) for relation in order) == EXPECTED[field]


def test_the_work_agency_keeps_the_status_once_klantprofiel_4_is_accepted():
    intake = an_actor(Role.INTAKE, kind=OrganisationKind.WORK_AGENCY)
    assert application_relations(intake, accepted=False) == {Relation.INTAKE}
    assert readable_classes(application_relations(intake, accepted=False)) == set(DataClass)
    assert application_relations(intake, accepted=True) == frozenset()
    coordinator = an_actor(Role.AGENCY_COORDINATOR, kind=OrganisationKind.WORK_AGENCY)
    assert application_relations(coordinator, accepted=False) == frozenset()
    assert readable_classes(frozenset()) == writable_classes(frozenset()) == frozenset()


def test_every_class_of_answers_has_its_field():
    assert set(ANSWER_FIELDS) == set(DataClass)
    assert len(set(ANSWER_FIELDS.values())) == len(DataClass)


def test_rights_are_the_union_of_relations():
    both = {Relation.COLLEAGUE, Relation.COORDINATOR}
    assert access(both, Field.FOLLOW_UP_WHAT) == R
    assert access(both, Field.FOLLOW_UP_DATE) == W
    assert Field.REPORTS not in visible_fields(both)
    assert visible_fields(()) == frozenset()


@pytest.mark.parametrize(
    ("roles", "lead_id", "held"),
    [
        ((Role.CONSULTANT,), 1, {Relation.LEAD}),
        ((Role.CONSULTANT,), 2, {Relation.COLLEAGUE}),
        ((Role.CONSULTANT,), None, {Relation.COLLEAGUE}),
        ((Role.COORDINATOR,), 1, {Relation.COORDINATOR}),
        ((Role.COORDINATOR, Role.CONSULTANT), 1, {Relation.COORDINATOR, Relation.LEAD}),
        ((Role.POLICY_OFFICER,), 1, set()),
    ],
)
def test_the_relation_is_decided_per_dossier(roles, lead_id, held):
    assert relations(an_actor(*roles), lead_id=lead_id) == held


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_row_says_and_nothing_else(role):
    for action in Action:
        assert may(an_actor(role), action) is (action in ALLOWED[role])


def test_without_a_role_nothing_is_allowed():
    with pytest.raises(Forbidden):
        require(an_actor(), Action.OWN_ACCOUNT)


WITHOUT_DOSSIERS = set(Role) - {Role.CONSULTANT, Role.COORDINATOR}


@pytest.mark.parametrize("role", sorted(WITHOUT_DOSSIERS))
def test_no_other_role_touches_a_dossier(role):
    touching = {Action.DOSSIER_READ, Action.CONVERSATION_READ, Action.BSN_REVEAL,
                Action.CLIENT_CHANGE, Action.TRACK_CHANGE, Action.DOSSIER_ASSIGN}  # fmt: skip
    assert not touching & ALLOWED[role]
