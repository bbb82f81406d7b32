"""Which role may ask for what: the first lock, on the endpoint and in the command."""

from collections.abc import Mapping
from enum import StrEnum, auto

from kp4web.domain.actor import Actor, OrganisationKind, Role
from kp4web.domain.errors import Forbidden

NO_ACCESS = "U heeft met uw rol geen toegang tot dit onderdeel."


class Action(StrEnum):
    """Everything an endpoint can ask for; each view declares exactly one."""

    OWN_ACCOUNT = auto()
    WORKLIST_READ = auto()
    AGENDA_READ = auto()
    FOLLOW_UP_CHANGE = auto()
    DOSSIER_READ = auto()
    WHO_DOES_WHAT_READ = auto()
    """Look up who guides a household; not the same as reading a dossier."""
    CLIENT_CHANGE = auto()
    BSN_REVEAL = auto()
    CONVERSATION_RECORD = auto()
    CONVERSATION_READ = auto()
    MESSAGE_LEAVE = auto()
    DUE_ITEM_SETTLE = auto()
    AGREEMENT_SETTLE = auto()
    HEADINGS_READ = auto()
    HEADINGS_CHANGE = auto()
    OUTLINES_MANAGE = auto()
    REPORT_ADD = auto()
    QUESTIONS_READ = auto()
    QUESTION_ASK = auto()
    QUESTION_ANSWER = auto()
    TRACK_CHANGE = auto()
    CASELOAD_READ = auto()
    DOSSIER_ASSIGN = auto()
    DOSSIER_OPEN = auto()
    HANDOVERS_READ = auto()
    HANDOVER_OFFER = auto()
    HANDOVER_ACCEPT = auto()
    HANDOVER_WITHDRAW = auto()
    DOSSIER_HAND_OVER = auto()
    COACH_ASSIGN = auto()
    JOINT_TALK_PLAN = auto()
    FEEDBACK_WRITE = auto()
    FEEDBACK_READ = auto()
    NOBODY_READ = auto()
    GUIDANCE_TRANSFER = auto()
    """Move the guidance of many dossiers to the other organisation, on either side."""
    APPLICATIONS_READ = auto()
    APPLICATION_REGISTER = auto()
    QUESTIONNAIRE_FILL_IN = auto()
    PROFILE_DECIDE = auto()
    SUGGESTION_FIGURES_READ = auto()
    REPORT_READ = auto()
    WELFARE_COUNT_RECORD = auto()
    SCREENING_MANAGE = auto()
    ADMINISTRATION_READ = auto()
    USERS_MANAGE = auto()
    ORGANISATIONS_MANAGE = auto()
    VERSIONS_READ = auto()
    VERSIONS_MANAGE = auto()
    LOG_READ = auto()
    LOOKED_READ = auto()
    """Who looked at one dossier."""
    ACCESS_REQUEST_PREPARE = auto()
    ACCESS_REQUEST_RELEASE = auto()
    EXEMPTION_READ = auto()
    EXEMPTION_CHANGE = auto()
    SIGNAL_READ = auto()
    SIGNAL_LIST = auto()
    SIGNAL_DRAFT = auto()
    SIGNAL_REVIEW = auto()
    SIGNAL_ANSWER = auto()
    GROUNDS_READ = auto()
    GROUNDS_MANAGE = auto()
    BREAK_GLASS = auto()
    """Open a dossier by giving a reason."""
    BREAK_GLASS_COUNT = auto()
    POLICY_READ = auto()


_GIVING = frozenset(
    {
        Action.HANDOVERS_READ,
        Action.DOSSIER_HAND_OVER,
        Action.HANDOVER_WITHDRAW,
        Action.JOINT_TALK_PLAN,
        Action.FEEDBACK_READ,
    }
)
"""What the municipality's side of a KP3 hand-over takes."""
_TAKING = frozenset(
    {
        Action.HANDOVERS_READ,
        Action.HANDOVER_ACCEPT,
        Action.COACH_ASSIGN,
    }
)
"""What the work agency's side of it takes."""
_CONSULTANT = frozenset(
    {
        Action.WORKLIST_READ,
        Action.AGENDA_READ,
        Action.FOLLOW_UP_CHANGE,
        Action.DOSSIER_READ,
        Action.CLIENT_CHANGE,
        Action.BSN_REVEAL,
        Action.CONVERSATION_RECORD,
        Action.CONVERSATION_READ,
        Action.MESSAGE_LEAVE,
        Action.DUE_ITEM_SETTLE,
        Action.AGREEMENT_SETTLE,
        Action.HEADINGS_READ,
        Action.HEADINGS_CHANGE,
        Action.REPORT_ADD,
        Action.QUESTIONS_READ,
        Action.QUESTION_ANSWER,
        Action.TRACK_CHANGE,
        *_GIVING,
        Action.QUESTIONNAIRE_FILL_IN,
        Action.REPORT_READ,
        Action.EXEMPTION_READ,
        Action.EXEMPTION_CHANGE,
        Action.SIGNAL_READ,
        Action.SIGNAL_DRAFT,
        Action.BREAK_GLASS,
        Action.LOOKED_READ,
    }
)
_COORDINATOR = frozenset(
    {
        Action.WORKLIST_READ,
        Action.FOLLOW_UP_CHANGE,
        Action.DOSSIER_READ,
        Action.CLIENT_CHANGE,
        Action.BSN_REVEAL,
        Action.CONVERSATION_READ,
        Action.TRACK_CHANGE,
        Action.HEADINGS_READ,
        Action.OUTLINES_MANAGE,
        Action.DUE_ITEM_SETTLE,
        Action.QUESTIONS_READ,
        Action.QUESTION_ASK,
        Action.CASELOAD_READ,
        Action.DOSSIER_ASSIGN,
        Action.DOSSIER_OPEN,
        *_GIVING,
        Action.HANDOVER_ACCEPT,
        Action.NOBODY_READ,
        Action.GUIDANCE_TRANSFER,
        Action.REPORT_READ,
        Action.WELFARE_COUNT_RECORD,
        Action.SCREENING_MANAGE,
        Action.EXEMPTION_READ,
        Action.SIGNAL_READ,
        Action.SIGNAL_LIST,
        Action.SIGNAL_REVIEW,
        Action.BREAK_GLASS,
        Action.LOOKED_READ,
        Action.BREAK_GLASS_COUNT,
        Action.ACCESS_REQUEST_PREPARE,
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
        Action.HANDOVER_WITHDRAW,
    }
)
_EVERYONE = frozenset({Action.OWN_ACCOUNT, Action.POLICY_READ})

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.CONSULTANT: _EVERYONE | _CONSULTANT,
    Role.COORDINATOR: _EVERYONE | _COORDINATOR,
    Role.INTAKE: _EVERYONE | _INTAKE,
    Role.JOB_COACH: _EVERYONE | _TAKING | {Action.JOINT_TALK_PLAN, Action.FEEDBACK_WRITE},
    Role.AGENCY_COORDINATOR: _EVERYONE
    | _TAKING
    | {
        Action.NOBODY_READ,
        Action.APPLICATIONS_READ,
        Action.SUGGESTION_FIGURES_READ,
        Action.WHO_DOES_WHAT_READ,
    },
    Role.INCOME_OFFICER: _EVERYONE
    | {
        Action.WHO_DOES_WHAT_READ,
        Action.EXEMPTION_READ,
        Action.SIGNAL_READ,
        Action.SIGNAL_LIST,
        Action.SIGNAL_ANSWER,
    },
    Role.POLICY_OFFICER: _EVERYONE | {Action.REPORT_READ, Action.WELFARE_COUNT_RECORD},
    Role.DATA_PROTECTION_OFFICER: _EVERYONE
    | {
        Action.LOG_READ,
        Action.VERSIONS_READ,
        Action.GROUNDS_READ,
        Action.BREAK_GLASS_COUNT,
    },
    Role.PRIVACY_OFFICER: _EVERYONE | {Action.ACCESS_REQUEST_RELEASE},
    Role.ADMINISTRATOR: _EVERYONE
    | {
        Action.ADMINISTRATION_READ,
        Action.USERS_MANAGE,
        Action.ORGANISATIONS_MANAGE,
        Action.VERSIONS_READ,
        Action.VERSIONS_MANAGE,
        Action.GROUNDS_READ,
        Action.GROUNDS_MANAGE,
    },
}

FOR_THE_MUNICIPALITY: Mapping[Role, frozenset[Action]] = {
    Role.COORDINATOR: frozenset(
        {
            Action.DOSSIER_OPEN,
            Action.HANDOVER_ACCEPT,
            Action.WELFARE_COUNT_RECORD,
            Action.SCREENING_MANAGE,
            Action.BREAK_GLASS_COUNT,
        }
    ),
}
"""
What a role does only in a municipality: who comes in, and what is of the municipality as a whole.

The work agency guides what was transferred to it; a resident comes in at Team Sociaal.
"""


def actions_of(role: Role, kind: OrganisationKind) -> frozenset[Action]:
    """Return what a role may do in an organisation of this kind."""
    allowed = ALLOWED.get(role, frozenset())
    if kind is OrganisationKind.MUNICIPALITY:
        return allowed
    return allowed - FOR_THE_MUNICIPALITY.get(role, frozenset())


def may(actor: Actor, action: Action) -> bool:
    """Return whether one of the actor's roles allows the action in the own organisation."""
    return any(action in actions_of(role, actor.organisation_kind) for role in actor.roles)


def require(actor: Actor, action: Action) -> None:
    """Raise ``Forbidden`` unless one of the actor's roles allows the action."""
    if not may(actor, action):
        raise Forbidden(NO_ACCESS)
