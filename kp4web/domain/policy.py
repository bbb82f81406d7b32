"""
The policy: who may do what, and who sees which field. Tables and pure functions, nothing else.

Source: the matrix of ``3-visibility`` (two organisations serve one household for different
purposes: Informatienota West Betuwe, 24-11-2020, "Vervolg"). Unlisted means nothing.
Cells that need a reason first (break-glass) do not exist yet and count as nothing.
"""

from collections.abc import Collection, Mapping
from enum import IntEnum, StrEnum, auto
from functools import cache

from kp4web.domain.actor import Actor, Role
from kp4web.domain.errors import Forbidden
from kp4web.domain.handovers import HandoverPart, HandoverState, Side
from kp4web.domain.questionnaire.definition import DataClass

NO_ACCESS = "U heeft met uw rol geen toegang tot dit onderdeel."


class Action(StrEnum):
    """Everything an endpoint can ask for; each view declares exactly one."""

    OWN_ACCOUNT = auto()
    WORKLIST_READ = auto()
    FOLLOW_UP_CHANGE = auto()
    DOSSIER_READ = auto()
    CLIENT_CHANGE = auto()
    BSN_REVEAL = auto()
    CONVERSATION_RECORD = auto()
    CONVERSATION_READ = auto()
    MESSAGE_LEAVE = auto()
    DUE_ITEM_SETTLE = auto()
    AGREEMENT_SETTLE = auto()
    TRACK_CHANGE = auto()
    CASELOAD_READ = auto()
    DOSSIER_ASSIGN = auto()
    DOSSIER_OPEN = auto()
    HANDOVERS_READ = auto()
    HANDOVER_OFFER = auto()
    HANDOVER_ACCEPT = auto()
    APPLICATIONS_READ = auto()
    APPLICATION_REGISTER = auto()
    QUESTIONNAIRE_FILL_IN = auto()
    PROFILE_DECIDE = auto()
    SUGGESTION_FIGURES_READ = auto()
    REPORT_READ = auto()
    WELFARE_COUNT_RECORD = auto()
    SCREENING_MANAGE = auto()
    USERS_MANAGE = auto()
    VERSIONS_READ = auto()
    VERSIONS_MANAGE = auto()
    LOG_READ = auto()


_CONSULTANT = frozenset(
    {
        Action.WORKLIST_READ,
        Action.FOLLOW_UP_CHANGE,
        Action.DOSSIER_READ,
        Action.CLIENT_CHANGE,
        Action.BSN_REVEAL,
        Action.CONVERSATION_RECORD,
        Action.CONVERSATION_READ,
        Action.MESSAGE_LEAVE,
        Action.DUE_ITEM_SETTLE,
        Action.AGREEMENT_SETTLE,
        Action.TRACK_CHANGE,
        Action.QUESTIONNAIRE_FILL_IN,
        Action.REPORT_READ,
    }
)
_COORDINATOR = frozenset(
    {
        Action.WORKLIST_READ,
        Action.FOLLOW_UP_CHANGE,
        Action.DOSSIER_READ,
        Action.CLIENT_CHANGE,
        Action.BSN_REVEAL,
        Action.TRACK_CHANGE,
        Action.DUE_ITEM_SETTLE,
        Action.CASELOAD_READ,
        Action.DOSSIER_ASSIGN,
        Action.DOSSIER_OPEN,
        Action.HANDOVERS_READ,
        Action.HANDOVER_ACCEPT,
        Action.REPORT_READ,
        Action.WELFARE_COUNT_RECORD,
        Action.SCREENING_MANAGE,
    }
)
_INTAKE = frozenset(
    {
        Action.APPLICATIONS_READ,
        Action.APPLICATION_REGISTER,
        Action.QUESTIONNAIRE_FILL_IN,
        Action.PROFILE_DECIDE,
        Action.HANDOVERS_READ,
        Action.HANDOVER_OFFER,
    }
)
_EVERYONE = frozenset({Action.OWN_ACCOUNT})

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.CONSULTANT: _EVERYONE | _CONSULTANT,
    Role.COORDINATOR: _EVERYONE | _COORDINATOR,
    Role.INTAKE: _EVERYONE | _INTAKE,
    Role.JOB_COACH: _EVERYONE,
    Role.AGENCY_COORDINATOR: _EVERYONE
    | {Action.HANDOVERS_READ, Action.APPLICATIONS_READ, Action.SUGGESTION_FIGURES_READ},
    Role.INCOME_OFFICER: _EVERYONE,
    Role.POLICY_OFFICER: _EVERYONE | {Action.REPORT_READ, Action.WELFARE_COUNT_RECORD},
    Role.DATA_PROTECTION_OFFICER: _EVERYONE | {Action.LOG_READ, Action.VERSIONS_READ},
    Role.PRIVACY_OFFICER: _EVERYONE,
    Role.ADMINISTRATOR: _EVERYONE
    | {Action.USERS_MANAGE, Action.VERSIONS_READ, Action.VERSIONS_MANAGE},
}


class Relation(StrEnum):
    """What an actor is to one dossier or application; a union when there are several."""

    LEAD = auto()
    COLLEAGUE = auto()
    COORDINATOR = auto()
    INTAKE = auto()
    """An intake consultant of the organisation that registered the application."""

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return RELATION_LABELS[self]


RELATION_LABELS: Mapping[Relation, str] = {
    Relation.LEAD: "Vaste consulent",
    Relation.COLLEAGUE: "Collega",
    Relation.COORDINATOR: "Coördinator",
    Relation.INTAKE: "Intake",
}


class Field(StrEnum):
    """Groups of data about one person whose visibility depends on the relation."""

    PERSON = auto()
    APPROACH = auto()
    BSN = auto()
    BIRTH = auto()
    CONTACTS = auto()
    PROFILE = auto()
    ANSWERS_GENERAL = auto()
    ANSWERS_HEALTH = auto()
    ANSWERS_FINANCIAL = auto()
    ANSWERS_CRIMINAL = auto()
    ANSWERS_LEAD_ONLY = auto()
    OUTCOME = auto()
    """Scores per life area, signals, suggestion and rule trace."""
    QUESTIONNAIRES = auto()
    """That a questionnaire was filled in, when and by whom; nothing of its content."""
    TRACK = auto()
    REPORTS = auto()
    OWN_ENTRY = auto()
    FOLLOW_UP_DATE = auto()
    FOLLOW_UP_WHAT = auto()
    ASSIGNMENT = auto()
    HANDOVER = auto()


class Access(IntEnum):
    """How far a relation reaches into a field; each level includes those below it."""

    NONE = 0
    READ = 1
    WRITE = 2


MATRIX: Mapping[Relation, Mapping[Field, Access]] = {
    Relation.LEAD: {
        Field.PERSON: Access.WRITE,
        Field.APPROACH: Access.WRITE,
        Field.BSN: Access.READ,
        Field.BIRTH: Access.WRITE,
        Field.CONTACTS: Access.WRITE,
        Field.PROFILE: Access.READ,
        Field.ANSWERS_GENERAL: Access.WRITE,
        Field.ANSWERS_HEALTH: Access.WRITE,
        Field.ANSWERS_FINANCIAL: Access.WRITE,
        Field.ANSWERS_CRIMINAL: Access.WRITE,
        Field.ANSWERS_LEAD_ONLY: Access.WRITE,
        Field.OUTCOME: Access.READ,
        Field.QUESTIONNAIRES: Access.READ,
        Field.TRACK: Access.WRITE,
        Field.REPORTS: Access.WRITE,
        Field.OWN_ENTRY: Access.WRITE,
        Field.FOLLOW_UP_DATE: Access.WRITE,
        Field.FOLLOW_UP_WHAT: Access.WRITE,
        Field.ASSIGNMENT: Access.READ,
        Field.HANDOVER: Access.READ,
    },
    Relation.COLLEAGUE: {
        Field.PERSON: Access.READ,
        Field.APPROACH: Access.READ,
        Field.BIRTH: Access.READ,
        Field.CONTACTS: Access.READ,
        Field.PROFILE: Access.READ,
        Field.TRACK: Access.READ,
        Field.OWN_ENTRY: Access.WRITE,
        Field.FOLLOW_UP_DATE: Access.READ,
        Field.FOLLOW_UP_WHAT: Access.READ,
        Field.ASSIGNMENT: Access.READ,
    },
    Relation.COORDINATOR: {
        Field.PERSON: Access.WRITE,
        Field.APPROACH: Access.READ,
        Field.BSN: Access.READ,
        Field.BIRTH: Access.WRITE,
        Field.PROFILE: Access.READ,
        Field.QUESTIONNAIRES: Access.READ,
        Field.TRACK: Access.WRITE,
        Field.FOLLOW_UP_DATE: Access.WRITE,
        Field.ASSIGNMENT: Access.WRITE,
        Field.HANDOVER: Access.READ,
    },
    Relation.INTAKE: {
        Field.PERSON: Access.WRITE,
        Field.APPROACH: Access.WRITE,
        Field.BSN: Access.WRITE,
        Field.BIRTH: Access.WRITE,
        Field.PROFILE: Access.WRITE,
        Field.ANSWERS_GENERAL: Access.WRITE,
        Field.ANSWERS_HEALTH: Access.WRITE,
        Field.ANSWERS_FINANCIAL: Access.WRITE,
        Field.ANSWERS_CRIMINAL: Access.WRITE,
        Field.ANSWERS_LEAD_ONLY: Access.WRITE,
        Field.OUTCOME: Access.READ,
        Field.QUESTIONNAIRES: Access.READ,
        Field.HANDOVER: Access.WRITE,
    },
}

ANSWER_FIELDS: Mapping[DataClass, Field] = {
    DataClass.GENERAL: Field.ANSWERS_GENERAL,
    DataClass.HEALTH: Field.ANSWERS_HEALTH,
    DataClass.FINANCIAL: Field.ANSWERS_FINANCIAL,
    DataClass.CRIMINAL: Field.ANSWERS_CRIMINAL,
    DataClass.LEAD_ONLY: Field.ANSWERS_LEAD_ONLY,
}
"""Which field an answer belongs to: the questionnaire file itself knows no rights."""

HANDOVER_READERS: Mapping[tuple[HandoverPart, Side, HandoverState], frozenset[Role]] = {
    (HandoverPart.PACKAGE, Side.RECEIVER, HandoverState.OFFERED): frozenset({Role.COORDINATOR}),
    (HandoverPart.PACKAGE, Side.RECEIVER, HandoverState.ACCEPTED): frozenset({Role.COORDINATOR}),
    (HandoverPart.PACKAGE, Side.SENDER, HandoverState.OFFERED): frozenset({Role.INTAKE}),
    (HandoverPart.PACKAGE, Side.SENDER, HandoverState.RETURNED): frozenset({Role.INTAKE}),
    (HandoverPart.RETURN_REASON, Side.RECEIVER, HandoverState.RETURNED): frozenset(
        {Role.COORDINATOR}
    ),
    (HandoverPart.RETURN_REASON, Side.SENDER, HandoverState.RETURNED): frozenset({Role.INTAKE}),
}
"""
Roles that read a part of a hand-over in a state; unlisted: the status, dates and owner only.

Who returned a hand-over has no task with the person any more, and keeps its own reason.
"""


class FigureScope(StrEnum):
    """Which figures a reader of the council report gets."""

    MUNICIPALITY = auto()
    """Every dossier of the own municipality, exact."""
    COUNTS_ONLY = auto()
    """The same behind the small-number guard, without the dossiers behind a figure."""
    OWN = auto()
    """The dossiers of which the reader was lead on the reference date, exact."""


FIGURE_SCOPES: tuple[tuple[Role, FigureScope], ...] = (
    (Role.COORDINATOR, FigureScope.MUNICIPALITY),
    (Role.POLICY_OFFICER, FigureScope.COUNTS_ONLY),
    (Role.CONSULTANT, FigureScope.OWN),
)
"""The first role that the actor has decides."""


def may(actor: Actor, action: Action) -> bool:
    """Return whether one of the actor's roles allows the action."""
    return any(action in ALLOWED.get(role, frozenset()) for role in actor.roles)


def require(actor: Actor, action: Action) -> None:
    """Raise ``Forbidden`` unless one of the actor's roles allows the action."""
    if not may(actor, action):
        raise Forbidden(NO_ACCESS)


def relations(actor: Actor, *, lead_id: int | None) -> frozenset[Relation]:
    """Return what the actor is to a dossier that the own organisation holds."""
    found = set()
    if actor.has(Role.CONSULTANT):
        found.add(Relation.LEAD if lead_id == actor.id else Relation.COLLEAGUE)
    if actor.has(Role.COORDINATOR):
        found.add(Relation.COORDINATOR)
    return frozenset(found)


def application_relations(actor: Actor, *, accepted: bool) -> frozenset[Relation]:
    """
    Return what the actor is to an application that the own organisation registered.

    Nothing once klantprofiel 4 is accepted: from then on the status is all that is left.
    """
    return frozenset({Relation.INTAKE} if actor.has(Role.INTAKE) and not accepted else ())


def readable_classes(held: Collection[Relation]) -> frozenset[DataClass]:
    """Return the classes of answers that these relations may read."""
    return frozenset(kind for kind, field in ANSWER_FIELDS.items() if access(held, field))


def writable_classes(held: Collection[Relation]) -> frozenset[DataClass]:
    """Return the classes of answers that these relations may give."""
    return frozenset(k for k, f in ANSWER_FIELDS.items() if access(held, f) >= Access.WRITE)


def access(held: Collection[Relation], field: Field) -> Access:
    """Return the furthest reach that these relations give together into the field."""
    return _reach(frozenset(held))[field]


def visible_fields(held: Collection[Relation]) -> frozenset[Field]:
    """Return the fields that these relations may read."""
    return frozenset(field for field, reach in _reach(frozenset(held)).items() if reach)


@cache
def _reach(held: frozenset[Relation]) -> Mapping[Field, Access]:
    """Return the row of the table for these relations: asked for many times on one page."""
    return {
        field: max((MATRIX[r].get(field, Access.NONE) for r in held), default=Access.NONE)
        for field in Field
    }


def require_access(held: Collection[Relation], field: Field, level: Access) -> None:
    """Raise ``Forbidden`` unless these relations reach this far into the field."""
    if access(held, field) < level:
        raise Forbidden("U mag dit niet doen in dit dossier.")


def figure_scope(actor: Actor) -> FigureScope:
    """Return which figures of the report this actor gets; raise ``Forbidden`` when none."""
    scope = next((scope for role, scope in FIGURE_SCOPES if actor.has(role)), None)
    if scope is None:
        raise Forbidden(NO_ACCESS)
    return scope


def reads_handover(
    actor: Actor, part: HandoverPart, side: Side, state: HandoverState, *, accepted: bool
) -> bool:
    """
    Return whether the actor reads this part of a hand-over, beyond its status.

    ``accepted``: the applicant was accepted, through this hand-over or another one; from then on
    the sender has the status only, also of what came back before.
    """
    if accepted and side is Side.SENDER:
        return False
    return bool(actor.roles & HANDOVER_READERS.get((part, side, state), frozenset()))
