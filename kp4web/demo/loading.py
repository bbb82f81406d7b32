"""What a loader of the demo history keeps: which key of the plan became which row."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from kp4web.clients.commands import Person
from kp4web.clients.models import ContactPreference
from kp4web.demo import events as told
from kp4web.domain.actor import Actor


class Keys:
    """The session, and the rows that came from the keys of the plan."""

    def __init__(self, session: Session, password: str) -> None:
        self.session = session
        self.password = password
        self.actors: dict[str, Actor] = {}
        self.municipalities: dict[str, int] = {}
        self.organisations: dict[str, int] = {}
        self.numbers: dict[str, str] = {}
        self.homes: dict[str, str] = {}
        self.handovers: dict[str, int] = {}
        self.follow_ups: dict[str, int] = {}
        self.messages: dict[str, int] = {}
        self.rounds: dict[str, int] = {}
        self.versions: dict[str, int] = {}
        self.applications: dict[str, int] = {}
        self.questionnaires: dict[str, int] = {}
        self.questions: dict[str, int] = {}
        self.access_requests: dict[str, int] = {}

    def who(self, event: told.Event) -> tuple[Session, Actor]:
        """Return the first two arguments of every command."""
        return self.session, self.actors[event.by]

    def where(self, event: told.DossierEvent) -> tuple[Session, Actor, str]:
        """Return the first three arguments of a command in a dossier."""
        return self.session, self.actors[event.by], self.numbers[event.dossier]


def person_of(person: told.Person) -> Person:
    """Return the person as a form would give it."""
    values: dict[str, Any] = asdict(person)
    preference = values.pop("contact_preference")
    del values["key"], values["household"]
    return Person(
        **values, contact_preference=ContactPreference(preference) if preference else None
    )
