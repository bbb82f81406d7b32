"""
The policy: who may do what, and who sees which field. Tables and pure functions, nothing else.

One place to look: ``actions`` (role by action), ``fields`` and ``matrix`` (field by relation),
``rights`` (what somebody is to a dossier, and what follows), ``shared`` (what is not about one
dossier). Unlisted means nothing. ``document`` writes the tables out in Dutch.
"""

from kp4web.domain.policy.actions import (
    ALLOWED,
    FOR_THE_MUNICIPALITY,
    NO_ACCESS,
    Action,
    actions_of,
    may,
    require,
)
from kp4web.domain.policy.fields import (
    ANSWER_FIELDS,
    FIELD_LABELS,
    NOT_VISIBLE,
    SECRET_WHEN_HIDDEN,
    Field,
    answer_field,
)
from kp4web.domain.policy.matrix import (
    ACCESS_LABELS,
    MATRIX,
    NOTES,
    RELATION_LABELS,
    Access,
    Relation,
)
from kp4web.domain.policy.rights import (
    access,
    application_relations,
    opened_by_reason,
    opened_dossiers,
    readable_classes,
    reads,
    received_relations,
    relations,
    require_access,
    shown_as_hidden,
    visible_fields,
    writable_classes,
)
from kp4web.domain.policy.shared import (
    FIGURE_SCOPES,
    HANDOVER_READERS,
    HANDOVER_SIDES,
    FigureScope,
    figure_scope,
    handover_sides,
    reads_handover,
)

__all__ = [
    "ACCESS_LABELS",
    "ALLOWED",
    "ANSWER_FIELDS",
    "FIELD_LABELS",
    "FIGURE_SCOPES",
    "FOR_THE_MUNICIPALITY",
    "HANDOVER_READERS",
    "HANDOVER_SIDES",
    "MATRIX",
    "NOTES",
    "NOT_VISIBLE",
    "NO_ACCESS",
    "RELATION_LABELS",
    "SECRET_WHEN_HIDDEN",
    "Access",
    "Action",
    "Field",
    "FigureScope",
    "Relation",
    "access",
    "actions_of",
    "answer_field",
    "application_relations",
    "figure_scope",
    "handover_sides",
    "may",
    "opened_by_reason",
    "opened_dossiers",
    "readable_classes",
    "reads",
    "reads_handover",
    "received_relations",
    "relations",
    "require",
    "require_access",
    "shown_as_hidden",
    "visible_fields",
    "writable_classes",
]  # fmt: skip
