"""
The statements of the top of the dossier page, built once: the head, and what stands around it.

Rows of different kinds share one shape of columns, so that one ``UNION ALL`` reads them all.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    String,
    Text,
    Time,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from kp4web.accounts.models import User
from kp4web.caseload.models import Assignment
from kp4web.clients.models import Client, Contact, HouseholdMember
from kp4web.domain.due import SIGNAL_KINDS
from kp4web.dossiers.models import (
    Dossier,
    Exemption,
    GuidancePeriod,
    ProfileDecision,
    SubgroupPeriod,
    TrackPeriod,
)
from kp4web.dossiers.queries import IN_REACH
from kp4web.extensions import AnySelect
from kp4web.needs.models import HeadingVersion
from kp4web.organisations.models import NORMS, Municipality, MunicipalityNorms, Organisation
from kp4web.organisations.queries import desk_columns, payer_id
from kp4web.timeline.parameters import (
    CLIENT,
    DOSSIER,
    HOUSEHOLD,
    READS_BIRTH,
    READS_NEEDS,
    READS_REPORTS,
    READS_SIGNAL,
    READS_WHAT,
    shaped,
)
from kp4web.worklist.models import Agreement, DueItem, FollowUp, FollowUpMove, PlannedTalk

_GUIDE, _PAYER = aliased(Organisation), aliased(Organisation)
HEAD = (
    select(
        Dossier.id, Dossier.number, Dossier.client_id, Dossier.municipality_id,
        Dossier.opened_on, Dossier.lead_id, Dossier.kind, Dossier.track_since,
        Dossier.planned_end, Dossier.last_contact_on, Dossier.attempts_since_contact,
        Client.initials, Client.given_name,
        Client.prefix, Client.surname, Client.birth_date, Client.seal, Client.bsn_sealed,
        Client.street, Client.postcode, Client.town, Client.phone, Client.email,
        Client.contact_preference, Client.interpreter, Client.approach, Client.household_id,
        Client.pension_on, Client.pension_provisional, User.name.label("lead"),
        TrackPeriod.reason, TrackPeriod.avoid, TrackPeriod.stop_reason, ProfileDecision.profile,
        ProfileDecision.valid_from.label("profile_on"), Organisation.name.label("profile_by"),
        *NORMS, Exemption.id.label("exemption_id"), Exemption.ends_on,
        User.phone.label("lead_phone"), Assignment.valid_from.label("lead_since"),
        GuidancePeriod.valid_from.label("guided_since"), *desk_columns(_GUIDE, "guide"),
        *desk_columns(_PAYER, "payer"), Municipality.name.label("municipality"),
    )
    .join(Client, Client.id == Dossier.client_id)
    .join(Municipality, Municipality.id == Dossier.municipality_id)
    .join(TrackPeriod, and_(TrackPeriod.dossier_id == Dossier.id, TrackPeriod.running()))
    .outerjoin(Exemption, and_(Exemption.dossier_id == Dossier.id, Exemption.running()))
    .outerjoin(User, User.id == Dossier.lead_id)
    .outerjoin(Assignment, and_(Assignment.dossier_id == Dossier.id, Assignment.running()))
    .join(_GUIDE, _GUIDE.id == Dossier.holder_id)
    .join(GuidancePeriod, and_(GuidancePeriod.dossier_id == Dossier.id, GuidancePeriod.running()))
    .outerjoin(_PAYER, _PAYER.id == payer_id(Dossier.municipality_id))
    .outerjoin(
        ProfileDecision, and_(ProfileDecision.client_id == Client.id, ProfileDecision.running())
    )
    .outerjoin(Organisation, Organisation.id == ProfileDecision.organisation_id)
    .outerjoin(MunicipalityNorms, MunicipalityNorms.municipality_id == Dossier.municipality_id)
    .where(Dossier.number == bindparam("number"), IN_REACH)
)  # fmt: skip
"""The dossier, its person and what runs today; one row, or none out of reach."""

_SHAPE: Mapping[str, Any] = {
    "row_id": Integer(), "ref": Integer(), "code": String(), "text": Text(), "more": Text(),
    "extra": Text(), "note": Text(), "day": Date(), "until": Date(), "other_day": Date(),
    "at": Time(), "how": String(), "minutes": Integer(), "place": Text(), "moves": Integer(),
}  # fmt: skip


def _part(part: str, **columns: Any) -> AnySelect:
    """Return a select in the shared shape: the columns given, ``NULL`` for the others."""
    return select(literal_column(f"'{part}'").label("part"), *shaped(_SHAPE, columns))


_COLLEAGUE = aliased(User)
_PARTNER = aliased(Dossier)
_NEWER = aliased(HeadingVersion)
_REPLACED = exists().where(
    _NEWER.dossier_id == DOSSIER,
    _NEWER.heading == HeadingVersion.heading,
    _NEWER.version > HeadingVersion.version,
)
_MOVES = (
    select(func.count(FollowUpMove.id))
    .where(FollowUpMove.follow_up_id == FollowUp.id)
    .scalar_subquery()
)
AROUND = union_all(
    _part(
        "track", row_id=TrackPeriod.id, code=TrackPeriod.kind, day=TrackPeriod.valid_from,
        until=TrackPeriod.valid_to, other_day=TrackPeriod.planned_end,
    ).where(TrackPeriod.dossier_id == DOSSIER, TrackPeriod.superseded_at.is_(None)),
    _part("subgroup", code=SubgroupPeriod.subgroup, day=SubgroupPeriod.valid_from).where(
        SubgroupPeriod.dossier_id == DOSSIER, SubgroupPeriod.running()
    ),
    _part(
        "due", row_id=DueItem.id, ref=DueItem.subject_id, code=DueItem.kind, day=DueItem.due_on,
        text=case((READS_WHAT, FollowUp.what)), more=_COLLEAGUE.name,
        note=cast(FollowUp.user_id, Text), at=PlannedTalk.starts_at,
        how=case((READS_WHAT, PlannedTalk.how)), minutes=case((READS_WHAT, PlannedTalk.minutes)),
        place=case((READS_WHAT, PlannedTalk.place)), moves=_MOVES,
        extra=case((and_(READS_WHAT, FollowUp.is_activation), FollowUp.activation_reason)),
    )
    .outerjoin(FollowUp, and_(FollowUp.id == DueItem.subject_id, DueItem.kind == "follow_up"))
    .outerjoin(PlannedTalk, PlannedTalk.follow_up_id == FollowUp.id)
    .outerjoin(_COLLEAGUE, _COLLEAGUE.id == FollowUp.user_id)
    .where(
        DueItem.dossier_id == DOSSIER, bindparam("reads_dates", type_=Boolean),
        or_(READS_SIGNAL, DueItem.kind.not_in(SIGNAL_KINDS)),
    ),
    _part(
        "contact", row_id=Contact.id, text=Contact.name, more=Contact.role,
        extra=Contact.organisation, code=Contact.phone, day=Contact.since, until=Contact.until,
        other_day=Contact.discussed_on,
    ).where(Contact.client_id == CLIENT, bindparam("reads_contacts", type_=Boolean)),
    _part(
        "member", row_id=HouseholdMember.id, text=HouseholdMember.name,
        code=HouseholdMember.relation, other_day=HouseholdMember.birth_date,
        day=HouseholdMember.since, until=HouseholdMember.until,
    ).where(HouseholdMember.household_id == HOUSEHOLD, READS_BIRTH),
    _part(
        "partner", row_id=Client.id, text=Client.surname, more=Client.prefix,
        extra=Client.initials, code=Client.given_name, note=_PARTNER.number,
        other_day=Client.birth_date,
    )
    .outerjoin(
        _PARTNER,
        and_(
            _PARTNER.client_id == Client.id,
            _PARTNER.holder_id == bindparam("organisation_id"),
        ),
    )
    .where(Client.household_id == HOUSEHOLD, Client.id != CLIENT, READS_BIRTH),
    _part(
        "agreement", row_id=Agreement.id, code=Agreement.who, text=Agreement.what,
        day=Agreement.due_on,
    ).where(Agreement.dossier_id == DOSSIER, Agreement.ended_at.is_(None), READS_REPORTS),
    _part(
        "heading", row_id=HeadingVersion.recorded_by_id, ref=HeadingVersion.version,
        code=HeadingVersion.heading, text=HeadingVersion.text, more=User.name,
        day=HeadingVersion.written_on,
    )
    .join(User, User.id == HeadingVersion.recorded_by_id)
    .where(HeadingVersion.dossier_id == DOSSIER, ~_REPLACED, READS_NEEDS),
)  # fmt: skip
"""Tracks as known now, subgroups, due items, the headings, and the people around the resident."""
