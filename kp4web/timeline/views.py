"""The page of one dossier: parse, call, answer."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from kp4web.audit.commands import record
from kp4web.audit.queries import shown_before
from kp4web.domain.dates import add_months, dutch_date
from kp4web.domain.policy import Action, Field
from kp4web.extensions import db
from kp4web.residents import commands as residents
from kp4web.timeline import preparation, queries
from kp4web.timeline.events import Kind
from kp4web.timeline.forms import PeriodForm
from kp4web.timeline.pieces import Head
from kp4web.timeline.queries import Choice, Timeline
from kp4web.web.access import current_actor, requires
from kp4web.web.clock import now, today
from kp4web.web.htmx import render_page, wants_fragment
from kp4web.web.transactions import become_writer

bp = Blueprint("timeline", __name__)

TEMPLATE = "timeline/show.html"
KINDS = (
    (Kind.CONVERSATIONS, "Gesprekken", None),
    (Kind.FOLLOW_UPS, "Opvolging", None),
    (Kind.TRACK, "Traject", None),
    (Kind.QUESTIONNAIRES, "Vragenlijsten", Field.QUESTIONNAIRES),
    (Kind.HANDOVERS, "Overdracht", Field.HANDOVER),
    (Kind.ASSIGNMENTS, "Toewijzing", None),
    (Kind.HEADINGS, "Ondersteuning", Field.SUPPORT_NEEDS),
    (Kind.EXEMPTIONS, "Ontheffing", Field.EXEMPTION),
    (Kind.SIGNALS, "Maatregelsignaal", Field.SANCTION_SIGNAL),
)
"""What one can narrow to, and the field that must be visible for it to be offered."""


@bp.get("/dossiers/<number:number>")
@requires(Action.DOSSIER_READ)
def show(number: str) -> ResponseReturnValue:
    """Show the dossier with one page of its timeline; htmx gets the timeline or its rest."""
    head = queries.head_for(db.session(), current_actor(), number, today=today())
    if not wants_fragment():
        return _page(head)
    form = PeriodForm(request.args)
    timeline = _timeline(head, form)
    if not shown_before(
        db.session(), current_actor(), "dossier_read", now=now(), dossier_id=head.id
    ):
        _log(head, "dossier_read")
    part = "earlier" if timeline and _asks_for("#earlier") else "timeline"
    return render_page(
        TEMPLATE, fragment=part, status=200 if timeline else 422, head=head,
        is_rest=part == "earlier", announced=timeline and _announced(timeline),
        **_around_timeline(head, form, timeline),
    )  # fmt: skip


@bp.get("/dossiers/<number:number>/voorbereiding")
@requires(Action.DOSSIER_READ)
def prepare(number: str) -> ResponseReturnValue:
    """Show what one wants to know before a talk, on one sheet of paper."""
    actor = current_actor()
    head = queries.head_for(db.session(), actor, number, today=today())
    around = queries.around_for(db.session(), actor, head, today=today())
    sheet = preparation.sheet_for(db.session(), actor, head, around, today=today())
    _log(head, "preparation_read")
    return render_page("timeline/preparation.html", head=head, around=around, sheet=sheet)


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
    """Read the rest, log that the dossier was shown, then show it; 422 when the period is none."""
    form = PeriodForm(request.args)
    around = queries.around_for(db.session(), current_actor(), head, today=today())
    timeline = _timeline(head, form)
    _log(head, "dossier_read")
    return render_page(
        TEMPLATE, status=200 if timeline else 422, head=head, around=around,
        **_around_timeline(head, form, timeline), **revealed,
    )  # fmt: skip


def _log(head: Head, action: str) -> None:
    """Log what is about to be shown of this dossier."""
    become_writer()
    record(
        db.session(), current_actor(), action, now=now(), subjects=[head.client_id],
        dossier_id=head.id, municipality_id=head.municipality_id, relation=head.relations,
    )  # fmt: skip
    db.session.commit()


def _timeline(head: Head, form: PeriodForm) -> Timeline | None:
    """Return what the address asks for, or ``None`` when its period is none."""
    if not form.is_valid():
        return None
    place = queries.place_from(request.args.get("voor", ""))
    continues = wants_fragment() and _asks_for("#earlier") and not place.is_newest
    return queries.timeline_for(
        db.session(), current_actor(), head, choice=_choice(form), place=place,
        started=place.on.year if continues else None,
    )  # fmt: skip


def _choice(form: PeriodForm) -> Choice:
    """Return what the address asks for; a kind or a day that is none is no filter."""
    asked = set(request.args.getlist("soort"))
    return Choice(
        frozenset(kind for kind in Kind if kind in asked), form.van.data, form.tot.data,
        whole=request.args.get("alles") == "1",
    )  # fmt: skip


def _asks_for(target: str) -> bool:
    """Return whether htmx says that the answer replaces the element with this id."""
    return request.headers.get("HX-Target", "").endswith(target)


def _around_timeline(head: Head, form: PeriodForm, timeline: Timeline | None) -> dict[str, Any]:
    """Return the timeline with its filters and the links around it."""
    choice = timeline.choice if timeline else Choice(_choice(form).kinds)
    kinds, days = choice.kinds, (choice.since, choice.until)
    earlier = timeline and timeline.earlier
    return {
        "timeline": timeline, "period": form, "address": address, "choice": choice,
        "every_url": _url(head, frozenset(), *days),
        "filters": [
            (kind, label, _url(head, kinds ^ {kind}, *days), kind in kinds)
            for kind, label, needed in KINDS
            if needed is None or needed in head.sees
        ],
        "periods": [
            (label, _url(head, kinds, *of), of == days) for label, of in _periods(today())
        ],
        "years": [
            (year, _url(head, kinds, *days, voor=f"{year}-12-31"), year == _year(timeline))
            for year in _years(head, choice)
        ],
        "newest_url": _url(head, kinds, *days),
        "whole_url": _url(head, kinds, *days, alles="1"),
        "earlier_url": earlier and _url(head, kinds, *days, voor=str(earlier)),
    }  # fmt: skip


def _url(
    head: Head, kinds: frozenset[Kind], since: date | None, until: date | None, **more: str
) -> str:
    asked: dict[str, Any] = {
        "soort": [kind.value for kind in Kind if kind in kinds],
        "van": since and since.isoformat(), "tot": until and until.isoformat(), **more,
    }  # fmt: skip
    return url_for(".show", number=head.number, **asked)


def _periods(on: date) -> tuple[tuple[str, tuple[date | None, date | None]], ...]:
    """Return the periods that need no typing."""
    return (
        ("Alle jaren", (None, None)),
        ("Dit jaar", (date(on.year, 1, 1), None)),
        ("Laatste 12 maanden", (add_months(on, -12), None)),
    )


def _years(head: Head, choice: Choice) -> range:
    """Return the years of the dossier that are in the period, the newest first."""
    first = max(head.opened_on.year, choice.since.year if choice.since else 0)
    last = min(today().year, choice.until.year if choice.until else today().year)
    return range(last, first - 1, -1)


def _year(timeline: Timeline | None) -> int | None:
    return timeline.years[0].year if timeline and timeline.years else None


def _announced(timeline: Timeline) -> str:
    """Return what a screen reader is told when the timeline changes without a new page."""
    if timeline.days is None:
        return "Tijdlijn: niets gevonden."
    first, last = map(dutch_date, timeline.days)
    number = "1 gebeurtenis" if timeline.count == 1 else f"{timeline.count} gebeurtenissen"
    return f"Tijdlijn: {number}, van {first} tot en met {last}."


def address(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page of another feature, or ``None`` when there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
