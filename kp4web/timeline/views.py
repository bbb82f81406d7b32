"""The page of one dossier: parse, call, answer."""

from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.domain.policy import Action
from kp4web.extensions import db
from kp4web.residents import commands as residents
from kp4web.timeline import queries
from kp4web.timeline.pieces import Head
from kp4web.timeline.queries import Timeline
from kp4web.timeline.statements import Kind
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page, wants_fragment
from kp4web.web.transactions import become_writer

bp = Blueprint("timeline", __name__)

TEMPLATE = "timeline/show.html"
FILTERS = (
    (Kind.ALL, "Alles"),
    (Kind.CONVERSATIONS, "Gesprekken"),
    (Kind.FOLLOW_UPS, "Opvolging"),
    (Kind.TRACK, "Traject"),
    (Kind.ASSIGNMENTS, "Toewijzing"),
)


@bp.get("/dossiers/<number:number>")
@requires(Action.DOSSIER_READ)
def show(number: str) -> ResponseReturnValue:
    """Show the dossier with one page of its timeline; htmx gets the timeline or its rest."""
    head = queries.head_for(db.session(), current_actor(), number, today=today())
    if not wants_fragment():
        return _page(head)
    part = "earlier" if _asks_for("#earlier") else "timeline"
    return render_page(
        TEMPLATE, fragment=part, head=head, **_around_timeline(head, _timeline(head))
    )


@bp.post("/dossiers/<number:number>/bsn")
@requires(Action.BSN_REVEAL)
def reveal_bsn(number: str) -> ResponseReturnValue:
    """Show the BSN in full, in its place on the page; a logged act."""
    bsn = residents.reveal_bsn(db.session(), current_actor(), number, now=now())
    if wants_fragment():
        db.session.commit()
        return render_page(TEMPLATE, fragment="bsn", full_bsn=bsn, is_revealed=True)
    head = queries.head_for(db.session(), current_actor(), number, today=today())
    return _page(head, full_bsn=bsn, is_revealed=True)


def _page(head: Head, **revealed: Any) -> ResponseReturnValue:
    """Read the rest, log that the dossier was shown, then show it."""
    actor = current_actor()
    around = queries.around_for(db.session(), actor, head, today=today())
    timeline = _timeline(head)
    become_writer()
    record(
        db.session(), actor, "dossier_read", now=now(), subjects=[head.client_id],
        dossier_id=head.id, municipality_id=head.municipality_id, relation=head.relations,
    )  # fmt: skip
    db.session.commit()
    return render_page(
        TEMPLATE, head=head, around=around, **_around_timeline(head, timeline), **revealed
    )  # fmt: skip


def _timeline(head: Head) -> Timeline:
    place = queries.place_from(request.args.get("voor", ""))
    continues = wants_fragment() and _asks_for("#earlier") and not place.is_newest
    return queries.timeline_for(
        db.session(), current_actor(), head, kind=_kind(), place=place,
        started=place.on.year if continues else None,
    )  # fmt: skip


def _kind() -> Kind:
    """Return the filter in the address; what is no filter shows everything."""
    asked = request.args.get("soort", "")
    return Kind(asked) if asked in Kind.__members__.values() else Kind.ALL


def _asks_for(target: str) -> bool:
    """Return whether htmx says that the answer replaces the element with this id."""
    return request.headers.get("HX-Target", "").endswith(target)


def _around_timeline(head: Head, timeline: Timeline) -> dict[str, Any]:
    """Return the timeline with the links around it."""
    earlier = timeline.earlier and _timeline_url(head, timeline.kind, str(timeline.earlier))
    return {
        "timeline": timeline,
        "filters": [
            (label, _timeline_url(head, kind), kind is timeline.kind) for kind, label in FILTERS
        ],
        "years": [
            (year, _timeline_url(head, timeline.kind, f"{year}-12-31"), year == _year(timeline))
            for year in range(today().year, head.opened_on.year - 1, -1)
        ],
        "newest_url": _timeline_url(head, timeline.kind),
        "earlier_url": earlier,
        "address": address,
    }


def _timeline_url(head: Head, kind: Kind, before: str | None = None) -> str:
    return url_for(".show", number=head.number, soort=str(kind) or None, voor=before)


def _year(timeline: Timeline) -> int | None:
    return timeline.years[0].year if timeline.years else None


def address(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page of another feature, or ``None`` when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
