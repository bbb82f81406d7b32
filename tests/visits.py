"""What stands in the world beside its places so that every page can be visited in every state."""

from datetime import date

from sqlalchemy import func, select

from kp4web.accessrequests.commands import release_request
from kp4web.applications.models import Application
from kp4web.domain.actor import Role
from kp4web.dossiers.models import Dossier
from kp4web.extensions import db
from kp4web.handovers.models import Handover, HandoverState
from tests.answers import easy
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    decide,
    make_access_request,
    make_application,
    make_dossier,
    make_follow_up,
    make_questionnaire,
    make_user,
)
from tests.world import World

VISITS = "visits"


def make_visits(world: World) -> dict[str, object]:
    """Make it all; return what stands in an address, and the user without any work."""
    newcomer = make_user(Role.COORDINATOR, Role.CONSULTANT, municipality="Culemborg")
    return _more_dossiers(world) | _outcomes(world) | {"newcomer": newcomer.id}


def _more_dossiers(world: World) -> dict[str, object]:
    """Add a dossier in every state, with names that need room; return the numbers."""
    lead = world.users["lead"]
    resting = make_dossier(
        track="rest", lead=lead, surname="Wojciechowska-van den Heuvel", initials="A.B.C.",
        approach="Bel eerst.", opened_on=date(2025, 9, 1), planned_end=date(2026, 9, 1),
    )  # fmt: skip
    stopped = make_dossier(track="stopped", lead=lead, surname="O'Brien-Şahin")
    kp3 = make_dossier(track="kp3", lead=lead)
    together = make_dossier(lead=lead, partner_of=kp3.number)
    make_dossier(track="under_investigation", opened_on=date(2026, 3, 1))
    old = make_dossier(lead=lead, birth_date=date(1960, 1, 2))
    make_follow_up(old, lead, due_on=date(2026, 11, 20), what="Vragen naar de brief van de SVB.")
    found = db.session.execute(
        select(Application.state, func.max(Application.id)).group_by(Application.state)
    )
    applications = {f"{state.value}_application": key for state, key in found}
    came_back = db.session.scalars(
        select(Handover).where(
            Handover.state == HandoverState.RETURNED,
            Handover.municipality_id == world.places["West Betuwe"].dossier.municipality_id,
        )
    ).one()
    return applications | {
        "resting": resting.number, "stopped": stopped.number, "old": old.number,
        "together": together.number, **_access_requests(world, resting, kp3),
        "returned_handover": came_back.id, "returned_application": came_back.application_id,
    }  # fmt: skip


def _access_requests(world: World, first: Dossier, second: Dossier) -> dict[str, object]:
    """Let the coordinator prepare two access requests, one of them released; return their ids."""
    released, waiting = (
        make_access_request(dossier, world.users["coordinator"]) for dossier in (first, second)
    )
    release_request(db.session(), actor(world.users["privacy"]), released.id, now=at(TODAY, 12))
    db.session.commit()
    return {"released_request": released.id, "waiting_request": waiting.id}


def _outcomes(world: World) -> dict[str, object]:
    """Make an outcome of every kind; return the questionnaires, and an application without one."""
    intake, lead = world.users["intake"], world.users["lead"]
    heavy = {"gez_lichaam": "altijd", "gez_hoofd": "altijd", "gez_energie": 1, "gez_zelfzorg": 1}
    kinds = {
        "knocked_out": easy(won_plek="geen", soc_veilig="nee", geld_schulden="geen_regeling"),
        "capped": easy(**heavy), "too_little": {"werk_nu": "nee"}, "decided": easy(),
    }  # fmt: skip
    found: dict[str, object] = {}
    for kind, answers in kinds.items():
        application = make_application(by=intake, surname="Wojciechowska-van den Heuvel")
        made = make_questionnaire(application, intake, answers=answers, completed=True)
        found[kind] = made.id
        if kind == "decided":
            decide(application, intake, profile=3, questionnaire=made)
    dossier = make_dossier(lead=lead, opened_on=date(2026, 1, 5))
    for day, answers in ((date(2026, 3, 2), easy(**heavy)), (TODAY, easy(soc_contact="nooit"))):
        made = make_questionnaire(dossier, lead, answers=answers, completed=True, today=day)
        found["reassessed"] = made.id
    return found | {"undecided": make_application(by=intake).id}
