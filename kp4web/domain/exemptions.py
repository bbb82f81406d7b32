"""
Exemptions from duties of the Participatiewet: individual, reasoned, temporary (art. 9 lid 2).

What a ground asks is dated reference data (``Terms``); nothing here knows a ground by its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kp4web.domain.dates import add_days, add_months, dutch_date
from kp4web.domain.errors import InvalidInput

REASON_MAX = 10_000
"""Characters of a justification or a note."""
ENDS_SOON_MONTHS = 3
"""An exemption that ends within so many months is one to look at: in the report and the list."""
DIAGNOSIS = (
    "Schrijf op wat iemand wel en niet kan, en waarom dat een ontheffing vraagt. "
    "Vraag niet naar een diagnose en schrijf er geen op."
)


class Act(StrEnum):
    """What a stored row of an exemption records."""

    GRANTED = "granted"
    EXTENDED = "extended"
    CORRECTED = "corrected"
    PLANNED = "planned"
    REVIEWED = "reviewed"
    LAPSES = "lapses"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """Return the Dutch words for the screen."""
        return ACT_LABELS[self]


ACT_LABELS: Mapping[Act, str] = {
    Act.GRANTED: "Ontheffing vastgelegd",
    Act.EXTENDED: "Ontheffing verlengd",
    Act.CORRECTED: "Ontheffing gecorrigeerd",
    Act.PLANNED: "Plan bij de ontheffing gemaakt",
    Act.REVIEWED: "Ontheffing beoordeeld",
    Act.LAPSES: "Ontheffing wordt niet verlengd",
    Act.ENDED: "Ontheffing eerder beëindigd",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a ground asks; 0 means that there is no such rule."""

    end_required: bool = True
    seen_required: bool = False
    on_request: bool = False
    once: bool = False
    max_months: int = 0
    child_until_years: int = 0
    plan_months: int = 0
    review_months: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The days of an exemption that is to be recorded; ``ends_on`` is its last day."""

    starts_on: date
    ends_on: date | None = None
    review_on: date | None = None
    seen_on: date | None = None
    requested_on: date | None = None
    child_born_on: date | None = None
    decided_on: date | None = None


def latest_end(terms: Terms, first_on: date, child_born_on: date | None) -> date | None:
    """
    Return the last day that the ground allows, or ``None`` without such a rule.

    ``first_on``: the first day on this ground, earlier spells that it continues included.
    """
    days = []
    if terms.max_months:
        days.append(add_days(add_months(first_on, terms.max_months), -1))
    if terms.child_until_years and child_born_on is not None:
        days.append(add_days(add_months(child_born_on, 12 * terms.child_until_years), -1))
    return min(days, default=None)


def youngest(born: Sequence[date | None], on: date) -> date | None:
    """Return the birth date of the youngest child that was born by a day, or ``None``."""
    return max((day for day in born if day is not None and day <= on), default=None)


def check_wanted(terms: Terms, wanted: Wanted, first_on: date, *, today: date) -> None:
    """Raise ``InvalidInput`` at the field unless the days are what the ground asks."""
    _check_past("starts_on", wanted.starts_on, today)
    _check_past("decided_on", wanted.decided_on, today)
    _check_seen(terms, wanted, today)
    _check_end(terms, wanted, first_on)
    if wanted.review_on is not None and wanted.review_on < wanted.starts_on:
        raise InvalidInput("review_on", "De beoordeling kan niet voor het begin liggen.")
    if wanted.review_on and wanted.ends_on and wanted.review_on > wanted.ends_on:
        raise InvalidInput("review_on", "De beoordeling kan niet na het einde liggen.")


def _check_past(field: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise InvalidInput(field, "Deze dag kan niet in de toekomst liggen.")


def _check_seen(terms: Terms, wanted: Wanted, today: date) -> None:
    if terms.seen_required and wanted.seen_on is None:
        raise InvalidInput("seen_on", "Vul in op welke dag u het stuk heeft gezien.")
    if terms.on_request and wanted.requested_on is None:
        raise InvalidInput("requested_on", "Vul in op welke dag de inwoner hierom vroeg.")
    _check_past("seen_on", wanted.seen_on, today)
    _check_past("requested_on", wanted.requested_on, today)
    if terms.on_request and wanted.requested_on and wanted.requested_on > wanted.starts_on:
        raise InvalidInput("requested_on", "Het verzoek ligt voor het begin van de ontheffing.")
    if not terms.child_until_years:
        return
    if wanted.child_born_on is None:
        raise InvalidInput("child_born_on", "Vul de geboortedatum van het jongste kind in.")
    _check_past("child_born_on", wanted.child_born_on, today)


def _check_end(terms: Terms, wanted: Wanted, first_on: date) -> None:
    ends_on = wanted.ends_on
    if ends_on is None:
        if terms.end_required:
            raise InvalidInput("ends_on", "Een ontheffing is tijdelijk. Vul een einddatum in.")
        return
    if not terms.end_required:
        raise InvalidInput("ends_on", "Deze grond heeft geen einddatum. Laat dit veld leeg.")
    if ends_on < wanted.starts_on:
        raise InvalidInput("ends_on", "De einddatum kan niet voor de begindatum liggen.")
    latest = latest_end(terms, first_on, wanted.child_born_on)
    if latest is not None and latest < wanted.starts_on:
        raise InvalidInput("starts_on", f"Op deze grond kan het niet na {dutch_date(latest)}.")
    if latest is not None and ends_on > latest:
        raise InvalidInput("ends_on", f"Op deze grond kan het hoogstens tot en met "
                                      f"{dutch_date(latest)}.")  # fmt: skip


def plan_due_on(terms: Terms, starts_on: date) -> date | None:
    """Return when the plan must be there, or ``None`` when the ground asks for none."""
    return add_months(starts_on, terms.plan_months) if terms.plan_months else None


def next_review(terms: Terms, after: date, ends_on: date | None) -> date | None:
    """Return the next review that the ground asks for; none after the end."""
    if not terms.review_months:
        return None
    on = add_months(after, terms.review_months)
    return on if ends_on is None or on <= ends_on else None


def check_review(
    terms: Terms, review_on: date | None, after: date, ends_on: date | None
) -> date | None:
    """Return the day of the next review; raise ``InvalidInput`` where the ground asks sooner."""
    latest = next_review(terms, after, ends_on)
    if latest is not None and review_on is not None and review_on > latest:
        raise InvalidInput(
            "review_on", f"Op deze grond beoordeelt u uiterlijk op {dutch_date(latest)}."
        )
    return review_on or latest


def reach_words(ends_on: date | None, today: date) -> str:
    """Return how far an exemption reaches, for a badge under a heading that says what it is."""
    if ends_on is None:
        return "Zonder einddatum"
    return f"{'Verlopen op' if ends_on < today else 'Tot en met'} {dutch_date(ends_on)}"


def until_words(ends_on: date | None, today: date) -> str:
    """Return the same for a badge that stands by itself."""
    reach = reach_words(ends_on, today)
    return f"Ontheffing {reach[0].lower()}{reach[1:]}"
