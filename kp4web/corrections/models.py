"""
Corrections: what was recorded wrongly, who put it right, when and why.

The table stands in ``dossiers``, because the work list computes what a dossier waits for.
"""

from kp4web.dossiers.models import Corrected as Corrected
from kp4web.dossiers.models import Correction as Correction
