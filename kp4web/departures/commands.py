"""The writes of this feature are those of ``handovers``: one mechanism for both ways."""

from kp4web.handovers.commands import NOTE_MAX as NOTE_MAX
from kp4web.handovers.commands import OfferDossier as OfferDossier
from kp4web.handovers.commands import offer_dossier as offer_dossier
from kp4web.handovers.commands import require_giver as require_giver
