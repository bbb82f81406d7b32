"""Changing the norms of a municipality: every date that follows from them changes with it."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kp4web.audit.commands import record
from kp4web.domain.actor import Actor
from kp4web.domain.due import Norms
from kp4web.domain.norms import TERMS, check_norms
from kp4web.domain.tracks import TrackKind
from kp4web.dossiers.models import Dossier
from kp4web.organisations.commands import managed_municipality
from kp4web.organisations.models import MunicipalityNorms
from kp4web.worklist.commands import refresh_due_items

AT_ONCE = 1000
"""Dossiers of which the due items are computed together."""
_ACTIVE = (
    select(Dossier.id)
    .where(
        Dossier.municipality_id == bindparam("municipality_id"), Dossier.kind != TrackKind.STOPPED
    )
    .order_by(Dossier.id)
    .with_for_update(key_share=True)
)


def change_norms(
    session: Session, actor: Actor, organisation_id: int, norms: Norms, *, now: datetime
) -> int:
    """
    Set the norms and compute what is due in every active dossier, in the same transaction.

    The dossiers are locked first: whoever works in one has the old norms or the new, never both.
    Returns how many dossiers were computed; none when nothing changed. Raises ``InvalidInput``.
    """
    municipality_id = managed_municipality(session, actor, organisation_id)
    check_norms(norms)
    dossiers = session.scalars(_ACTIVE, {"municipality_id": municipality_id}).all()
    row = session.get(MunicipalityNorms, municipality_id, with_for_update=True)
    values = {name: getattr(norms, name) for name in TERMS}
    was = row.norms if row else Norms()
    if all(getattr(was, name) == value for name, value in values.items()):
        return 0
    if row is None:
        session.add(MunicipalityNorms(municipality_id=municipality_id, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    for start in range(0, len(dossiers), AT_ONCE):
        refresh_due_items(session, dossiers[start : start + AT_ONCE])
    session.flush()
    record(
        session, actor, "norms_change", now=now, municipality_id=municipality_id,
        **{name: value for name, value in values.items() if getattr(was, name) != value},
    )  # fmt: skip
    return len(dossiers)
