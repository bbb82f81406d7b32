"""
Hand-overs and how they ended.

The tables stand in ``dossiers``, because the work list computes what a dossier waits for.
"""

from kp4web.domain.handovers import HandoverKind as HandoverKind
from kp4web.domain.handovers import HandoverState as HandoverState
from kp4web.dossiers.models import FeedbackReport as FeedbackReport
from kp4web.dossiers.models import Handover as Handover
