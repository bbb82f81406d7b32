"""Residents who ask what is known about them: one request is released, one waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from kp4web.demo import accounts
from kp4web.demo.days import working_days_before
from kp4web.demo.events import DossierEvent
from kp4web.demo.life import Life

PRIVACY_OFFICER = "privacy@westbetuwe.example"
NOTES = (
    "Inwoner kwam naar de balie; identiteitskaart gezien door Ellen Brouwer.",
    "Verzoek via het formulier op de website, ingelogd met DigiD.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareAccess(DossierEvent):
    """The coordinator prepares an access request for the privacy officer."""

    request: str
    received_on: date
    identity: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAccess(DossierEvent):
    """The privacy officer releases it."""

    request: str


def ask_access(lives: Sequence[Life], today: date, seed: str, touched: set[str]) -> None:
    """Let two residents ask lately, with dice of its own; the answer to one is there."""
    rng = Random(f"access:{seed}:{today}")  # noqa: S311 -- a story, not a secret
    asked = 0
    for life in rng.sample(lives, len(lives)):
        days = [working_days_before(today, n) for n in (4, 3, 2)]
        fits = life.plan.team is accounts.WEST_BETUWE and life.plan.key not in touched
        if not fits or life.stopped or life.clock.date() >= days[0]:
            continue
        key = life.fresh("access")
        life.emit(
            PrepareAccess, days[1 + asked], by=life.plan.team.coordinator,
            dossier=life.plan.key, request=key, received_on=days[0],
            identity=("in_person", "digid")[asked], note=NOTES[asked],
        )  # fmt: skip
        if not asked:
            life.emit(ReleaseAccess, days[2], by=PRIVACY_OFFICER, dossier=life.plan.key,
                      request=key)  # fmt: skip
        touched.add(life.plan.key)
        asked += 1
        if asked == len(NOTES):
            return
