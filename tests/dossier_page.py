"""Reading the page of a dossier as a visitor does."""

import re
from datetime import date, timedelta

from kp4web.conversations.models import Channel, Conversation
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.extensions import db
from kp4web.tracks.commands import change_track
from tests.conftest import TODAY
from tests.factories import (
    actor,
    at,
    make_dossier,
)

ENTRY = re.compile(r'data-testid="timeline-entry" data-kind="(\w+)"')
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def path(dossier):
    return f"/dossiers/{dossier.number}"


def page_of(http, dossier, query=""):
    response = http.get(path(dossier) + query)
    assert response.status_code == 200
    return response.text


def kinds(html):
    return ENTRY.findall(html)


def change(dossier, user, kind, on=TODAY, reason="Zo past het beter.", **given):
    track = TrackChange(TrackKind(kind), on, reason, **given)
    change_track(db.session(), actor(user), dossier.number, track, now=at(on, 11), today=on)
    db.session.commit()


def many(dossier, lead, count, **given):
    """Add a conversation per week, up to a week ago; straight into the table, for speed."""
    last = date(2026, 11, 10)
    db.session.add_all(
        Conversation(
            dossier_id=dossier.id, municipality_id=dossier.municipality_id, author_id=lead.id,
            held_on=last - timedelta(days=7 * (count - 1 - number)), recorded_at=at(last),
            participants=["resident"], is_contact=True,
            **{"report": f"Verslag nummer {number}. ", "channel": Channel.PHONE} | given,
        )
        for number in range(count)
    )  # fmt: skip
    db.session.commit()


def old_dossier(lead, **given):
    start = date(2016, 1, 4)
    return make_dossier(lead=lead, opened_on=start, today=start, **given)
