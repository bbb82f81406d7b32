"""The matrix of 3-visibility, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kp4web.domain.actor import ROLE_LABELS, ROLES_OF, Actor, Grant, OrganisationKind, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.handovers import HandoverKind, Side
from kp4web.domain.policy import (
    ALLOWED,
    ANSWER_FIELDS,
    FIELD_LABELS,
    FOR_THE_MUNICIPALITY,
    MATRIX,
    NOTES,
    RELATION_LABELS,
    SECRET_WHEN_HIDDEN,
    Access,
    Action,
    Field,
    FigureScope,
    Relation,
    access,
    answer_field,
    application_relations,
    figure_scope,
    handover_sides,
    may,
    opened_by_reason,
    readable_classes,
    reads,
    relations,
    require,
    shown_as_hidden,
    visible_fields,
    writable_classes,
)
from kp4web.domain.questionnaire.definition import DataClass

# The matrix of 3-visibility, typed out: W write, R read, R! read after a reason, S status,
# C in counts only, - nothing. The deputy is the lead during an absence.
COLUMNS = (
    "lead", "colleague", "coordinator", "intake", "handed_on", "handed_over", "agency",
    "income", "policy", "data_protection", "privacy", "administrator",
)  # fmt: skip
SPECIFIED = """
person                   W  R  W  W  -  R  S  S  -  -  -  -
approach                 W  R  R  W  -  R  -  -  -  -  -  -
bsn                      R  R! R  W  -  R  -  -  -  -  -  -
birth                    W  R  W  W  -  R  -  S  -  -  -  -
contacts                 W  R  -  -  -  -  -  -  -  -  -  -
profile                  R  R  R  W  W  R  -  S  C  -  -  -
answers_work             W  R! -  W  -  R  -  -  -  -  -  -
answers_general          W  R! -  W  -  -  -  -  -  -  -  -
answers_health           W  R! -  W  -  -  -  -  -  -  -  -
answers_financial        W  R! -  W  -  -  -  -  -  -  -  -
answers_criminal         W  -  -  W  -  -  -  -  -  -  -  -
answers_lead_only        W  -  -  W  -  -  -  -  -  -  -  -
outcome                  R  R! S  R  -  R  -  -  -  -  -  -
questionnaires           R  R! R  R  -  R  -  -  -  -  -  -
track                    W  R  W  S  S  R  -  S  C  -  -  -
reports                  W  R! R! -  -  -  -  -  -  -  -  -
support_needs            W  R! R! -  -  -  -  -  -  -  -  -
own_entry                W  W  -  -  -  W  -  -  -  -  -  -
questions                W  -  W  -  -  -  -  -  -  -  -  -
follow_up_date           W  R  W  -  -  -  -  -  -  -  -  -
follow_up_what           W  R  -  -  -  -  -  -  -  -  -  -
exemption                W  R  R  R  -  R  -  R  C  -  -  -
exemption_justification  W  R! R  -  -  -  -  -  -  -  -  -
provisions               W  R  R  -  -  S  -  -  -  -  -  -
provision_cost           W  -  R  -  -  -  -  -  C  -  -  -
provision_approval       R  -  W  -  -  -  -  -  C  -  -  -
sanction_signal          W  -  W  -  -  -  -  R  C  -  -  -
assignment               R  R  W  -  S  -  S  S  C  -  -  -
handover                 W  -  R  W  S  W  S  -  C  -  -  -
looked                   R  -  R  -  -  -  -  -  -  R  -  -
access_request           -  -  W  -  -  -  -  -  -  -  W  -
settings                 -  -  -  -  -  -  -  -  -  R  -  W
"""
LEVELS = {
    "W": Access.WRITE, "R": Access.READ, "R!": Access.REASON, "S": Access.STATUS,
    "C": Access.COUNTS, "-": Access.NONE,
}  # fmt: skip
CELLS = {
    (Field(name), Relation(column)): LEVELS[level]
    for name, *levels in map(str.split, SPECIFIED.strip().splitlines())
    for column, level in zip(COLUMNS, levels, strict=True)
}
CELLS |= {
    (field, Relation.DEPUTY): level
    for (field, relation), level in CELLS.items()
    if relation is Relation.LEAD
}
NO_ROW = {Relation.OTHER_MUNICIPALITY, Relation.WITH_REASON}
R, W = Access.READ, Access.WRITE


def an_actor(*roles, kind=OrganisationKind.MUNICIPALITY):
    return Actor(1, "x", frozenset(roles), 1, kind, 1)


def test_the_matrix_is_complete():
    assert set(CELLS) == {
        (field, relation) for field in Field for relation in set(Relation) - NO_ROW
    }
    assert set(MATRIX) == set(Field) == set(FIELD_LABELS)
    assert set(Relation) == set(RELATION_LABELS)
    assert set(ALLOWED) == set(Role) == set(ROLE_LABELS)
    assert {role for roles in ROLES_OF.values() for role in roles} == set(Role)
    assert {action for actions in ALLOWED.values() for action in actions} == set(Action)


@pytest.mark.parametrize("relation", sorted(set(Relation) - NO_ROW))
def test_each_relation_reaches_as_far_as_the_specification_says(relation):
    for field in Field:
        wanted = CELLS[field, relation]
        closed = Access.NONE if wanted is Access.REASON else wanted
        opened = Access.READ if wanted is Access.REASON else wanted
        assert (field, access({relation}, field)) == (field, closed)
        assert (field, access({relation, Relation.WITH_REASON}, field)) == (field, opened)
        assert reads({relation}, field) is (field in visible_fields({relation}))
        assert reads({relation}, field) is (closed >= Access.READ)
        assert (field in opened_by_reason({relation})) is (wanted is Access.REASON)


def test_without_a_relation_nothing_is_there():
    for held in ((), (Relation.WITH_REASON,), (Relation.OTHER_MUNICIPALITY, Relation.WITH_REASON)):
        assert not visible_fields(held)
        assert not opened_by_reason(held)
        assert all(access(held, field) is Access.NONE for field in Field)


def test_a_reason_never_opens_justice():
    for relation in Relation:
        opened = set(opened_by_reason({relation}))
        assert not opened & {Field.ANSWERS_CRIMINAL, Field.ANSWERS_LEAD_ONLY}
        assert not opened & SECRET_WHEN_HIDDEN


def test_what_is_hidden_is_named_only_where_it_is_no_secret():
    assert set(shown_as_hidden({Relation.COORDINATOR})) == {
        Field.CONTACTS, Field.ANSWERS_WORK, Field.ANSWERS_GENERAL, Field.ANSWERS_HEALTH,
        Field.ANSWERS_FINANCIAL, Field.REPORTS, Field.SUPPORT_NEEDS, Field.FOLLOW_UP_WHAT,
    }  # fmt: skip
    assert Field.BSN in shown_as_hidden({Relation.COLLEAGUE})
    assert Field.SANCTION_SIGNAL not in shown_as_hidden({Relation.COLLEAGUE})
    assert shown_as_hidden({Relation.LEAD}) == ()


def test_a_note_stands_at_a_cell_that_gives_something():
    for field, relation in NOTES:
        assert MATRIX[field].get(relation, Access.NONE) > Access.NONE
    unexplained = {c for c, level in CELLS.items() if level is Access.STATUS} - set(NOTES)
    assert unexplained == set()


@pytest.mark.parametrize("area", ["werk", "sociaal", "wonen_geld", ""])
def test_a_job_coach_reads_ordinary_answers_about_work_only(area):
    coach = {Relation.HANDED_OVER}
    for kind in DataClass:
        readable = reads(coach, answer_field(kind, area))
        assert readable is (kind is DataClass.GENERAL and area == "werk")
    assert readable_classes(coach) == frozenset()


def test_the_work_agency_keeps_the_status_once_klantprofiel_4_is_accepted():
    intake = an_actor(Role.INTAKE, kind=OrganisationKind.WORK_AGENCY)
    assert application_relations(intake, accepted=False) == {Relation.INTAKE}
    assert readable_classes(application_relations(intake, accepted=False)) == set(DataClass)
    after = application_relations(intake, accepted=True)
    assert after == {Relation.HANDED_ON}
    assert visible_fields(after) == {Field.PROFILE}  # what it decided, to correct it
    assert readable_classes(after) == frozenset()
    coordinator = an_actor(Role.AGENCY_COORDINATOR, kind=OrganisationKind.WORK_AGENCY)
    assert application_relations(coordinator, accepted=False) == {Relation.AGENCY}
    assert readable_classes(frozenset()) == writable_classes(frozenset()) == frozenset()


def test_who_reads_reports_reads_headings_so_that_one_search_serves_both():
    assert MATRIX[Field.REPORTS] == MATRIX[Field.SUPPORT_NEEDS]


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
    assert relations(an_actor(*roles), lead_id=lead_id, dossier_id=7) == held


def test_who_stands_in_for_the_lead_is_the_deputy():
    held = relations(an_actor(Role.CONSULTANT), lead_id=2, dossier_id=7, deputy_id=1)
    assert held == {Relation.DEPUTY}


GRANT = Grant(7, "De vaste consulent is ziek", datetime(2026, 11, 19, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("roles", "lead_id", "dossier_id", "counts"),
    [
        ((Role.CONSULTANT,), 2, 7, True),
        ((Role.COORDINATOR,), 2, 7, True),
        ((Role.CONSULTANT,), 2, 8, False),  # another dossier
        ((Role.CONSULTANT,), 2, None, False),  # a list: a reason opens one dossier
        ((Role.CONSULTANT,), 1, 7, False),  # the lead needs none
        ((Role.POLICY_OFFICER,), 2, 7, False),  # the role is lost
        ((), 2, 7, False),
    ],
)
def test_a_reason_counts_for_one_dossier_and_a_role_that_may_give_it(
    roles, lead_id, dossier_id, counts
):
    who = replace(an_actor(*roles), grants=(GRANT,))
    held = relations(who, lead_id=lead_id, dossier_id=dossier_id)
    assert (Relation.WITH_REASON in held) is counts


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_row_says_and_nothing_else(role):
    for action in Action:
        assert may(an_actor(role), action) is (action in ALLOWED[role])


def test_a_work_agency_that_guides_opens_nothing_and_takes_no_applicant_in():
    there = an_actor(Role.COORDINATOR, kind=OrganisationKind.WORK_AGENCY)
    here = an_actor(Role.COORDINATOR)
    missing = {action for action in Action if may(here, action) and not may(there, action)}
    assert missing == FOR_THE_MUNICIPALITY[Role.COORDINATOR]
    applicant = (HandoverKind.KP4, Side.RECEIVER)
    assert handover_sides(here) - handover_sides(there) == {applicant}
    assert (figure_scope(here), figure_scope(there)) == (FigureScope.MUNICIPALITY, FigureScope.HELD)
    with pytest.raises(Forbidden):
        figure_scope(an_actor(Role.POLICY_OFFICER, kind=OrganisationKind.WORK_AGENCY))


def test_without_a_role_nothing_is_allowed():
    with pytest.raises(Forbidden):
        require(an_actor(), Action.OWN_ACCOUNT)


WITHOUT_DOSSIERS = set(Role) - {Role.CONSULTANT, Role.COORDINATOR}


@pytest.mark.parametrize("role", sorted(WITHOUT_DOSSIERS))
def test_no_other_role_touches_a_dossier(role):
    touching = {Action.DOSSIER_READ, Action.CONVERSATION_READ, Action.BSN_REVEAL,
                Action.CLIENT_CHANGE, Action.TRACK_CHANGE, Action.DOSSIER_ASSIGN}  # fmt: skip
    assert not touching & ALLOWED[role]
