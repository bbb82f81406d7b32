"""Looking at a correction and saving it, as the tests do it."""

import re
from datetime import date
from html import unescape

from sqlalchemy import select

from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.dossiers.models import TrackPeriod
from kp4web.extensions import db
from kp4web.tracks.commands import change_track
from kp4web.upkeep.queries import verify_dossiers
from tests.factories import a_coordinator, at, make_dossier

JUNE, SEPT = date(2026, 6, 1), date(2026, 9, 1)


def known(fact, dossier):
    """Return the rows of a dossier as known now, the oldest first."""
    db.session.rollback()
    query = select(fact).where(fact.dossier_id == dossier.id, fact.superseded_at.is_(None))
    return db.session.scalars(query.order_by(fact.valid_from)).all()


def course(dossier):
    return [(str(row.kind), row.valid_from, row.valid_to) for row in known(TrackPeriod, dossier)]


def a_course(lead=None, kind=TrackKind.KP3, **more):
    """Return a dossier in support since June that changed track in September."""
    dossier = make_dossier(lead=lead, opened_on=JUNE, today=JUNE, **more)
    change_track(
        db.session(), a_coordinator(), dossier.number, TrackChange(kind, SEPT, "Zo kwam het."),
        now=at(SEPT), today=SEPT,
    )  # fmt: skip
    db.session.commit()
    return dossier


def path_of(dossier, index=-1, fact=TrackPeriod):
    place = "traject" if fact is TrackPeriod else "toewijzingen"
    return f"/dossiers/{dossier.number}/{place}/{known(fact, dossier)[index].id}/correctie"


KP3 = {"verdict": "changed", "kind": "kp3", "valid_from": "2026-09-01", "reason": "Zo kwam het.",
       "why": "Verkeerd overgenomen."}  # fmt: skip


def hidden(page):
    """Return what the form that saves sends."""
    form = page[page.index('data-testid="preview"') :].split("<form", 1)[1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found} | {"stap": "vastleggen"}


def save(http, path, data):
    """Look first, then save exactly what was looked at."""
    looked = http.post(path, data=data)
    assert looked.status_code == 200, looked.text
    sent = hidden(looked.text)
    return http.post(path, data=sent), sent


def said(page, testid):
    """Return the text of every element with this test id."""
    parts = page.split(f'data-testid="{testid}"')[1:]
    end = {"changed-days": "</ul>", "figure-line": "</tr>", "correction": "</section>"}[testid]
    texts = (re.sub(r"<[^>]+>", " ", part.split(">", 1)[1].split(end)[0]) for part in parts)
    return [" ".join(unescape(text).split()) for text in texts]


def no_differences():
    db.session.rollback()
    return [each for batch in verify_dossiers(db.session()) for each in batch.differences]
