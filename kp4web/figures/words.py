"""The council report in Dutch: the sentence for the note, and what every figure means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kp4web.domain.dates import dutch_long_date
from kp4web.domain.reporting import HIDDEN_WORD, SMALL_WORD, Question, number_text
from kp4web.domain.tracks import TrackKind
from kp4web.figures.queries import Households, Report

IN_TRACK: Mapping[TrackKind, str] = {
    TrackKind.KP3: "in een KP3-traject",
    TrackKind.SUPPORT: "in ondersteuning",
    TrackKind.REST: "in rust",
    TrackKind.UNDER_INVESTIGATION: "nog in onderzoek",
    TrackKind.STOPPED: "gestopt",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means: what it counts, from which rows, and when it changes."""

    name: str
    counts: str
    rows: str
    changes: str


SOURCE = (
    "Een rij telt mee als zij op de peildatum gold: begonnen op of voor die dag en toen nog niet "
    "geëindigd. Met een datum bij ‘bekend op’ telt alleen wat op die dag was vastgelegd, anders "
    "alles wat nu bekend is. De eenheid is dossiers: een dossier is één persoon, een echtpaar is "
    "twee dossiers."
)
"""What holds for every figure of the report."""

DEFINITIONS: Mapping[TrackKind, Definition] = {
    TrackKind.KP3: Definition(
        "KP3",
        "Dossiers waarvan de situatie zo is verbeterd dat een KP3-traject kan beginnen.",
        "De trajecten ‘KP3’ die op de peildatum liepen.",
        "Bij een ander traject, of als het dossier stopt na de overdracht aan Werkzaak.",
    ),
    TrackKind.SUPPORT: Definition(
        "Ondersteuning",
        "Dossiers waarin zorg of ondersteuning voorop staat en u elkaar regelmatig spreekt.",
        "De trajecten ‘ondersteuning’ die op de peildatum liepen.",
        "Bij een ander traject, of als het dossier stopt.",
    ),
    TrackKind.REST: Definition(
        "Rust",
        "Dossiers waarin een gesprek over activering nu zou schaden. Rust waarvan het besluit te "
        "laat is, telt mee.",
        "De trajecten ‘rust’ die op de peildatum liepen.",
        "Bij een ander traject, of als het dossier stopt. Verlengen verandert dit cijfer niet.",
    ),
    TrackKind.UNDER_INVESTIGATION: Definition(
        "Nog in onderzoek",
        "Dossiers die nog niet zijn ingedeeld bij rust, ondersteuning of KP3.",
        "De trajecten ‘nog in onderzoek’ die op de peildatum liepen.",
        "Als het dossier is ingedeeld, of stopt. Een nieuw dossier begint hier.",
    ),
    TrackKind.STOPPED: Definition(
        "Gestopt",
        "Dossiers die op of voor de peildatum zijn gestopt, bijvoorbeeld door de AOW-leeftijd, "
        "verhuizing, overlijden of werk.",
        "De trajecten ‘gestopt’ die op de peildatum liepen.",
        "Als een dossier stopt of weer wordt geopend.",
    ),
}
TOTAL = Definition(
    "Totaal",
    "Alle dossiers die op de peildatum waren geopend en niet gestopt. Het totaal is apart geteld; "
    "de controle laat zien dat de trajecten samen precies dat totaal zijn.",
    "De dossiers die op of voor de peildatum zijn geopend, min de gestopte.",
    "Als een dossier wordt geopend, stopt of weer wordt geopend.",
)
TOTAL_WITH_STOPPED = Definition(
    "Totaal",
    "Alle dossiers die op of voor de peildatum zijn geopend, ook als zij zijn gestopt. Het totaal "
    "is apart geteld; de controle laat zien dat de trajecten samen precies dat totaal zijn.",
    "De dossiers die op of voor de peildatum zijn geopend.",
    "Als een dossier wordt geopend.",
)
SUBGROUPS = Definition(
    "Subgroepen",
    "Dossiers die op de peildatum bij de subgroep hoorden, ook gestopte. Eén dossier kan bij "
    "meer subgroepen horen, of bij geen.",
    "De subgroepen van de dossiers die op de peildatum golden.",
    "Als de consulent een subgroep vastlegt of beëindigt.",
)
HOUSEHOLDS = Definition(
    "Huishoudens met bijstand",
    "Het laatste aantal dat op of voor de peildatum is geteld. Het komt van buiten dit systeem.",
    "De aantallen die onder Huishoudens met bijstand zijn vastgelegd.",
    "Als de coördinator of beleidsmedewerker een nieuw aantal vastlegt.",
)


def definitions_of(report: Report) -> tuple[Definition, ...]:
    """Return what the figures on this report mean, in their order."""
    tracks = (DEFINITIONS[cell.kind] for cell in report.figures.cells)
    total = TOTAL_WITH_STOPPED if report.question.with_stopped else TOTAL
    outside = () if report.is_own or report.is_held else (HOUSEHOLDS,)
    return (*tracks, total, SUBGROUPS, *outside)


def known_words(question: Question) -> str:
    """Return as known when: ``zoals bekend op 24 november 2020`` or ``zoals nu bekend``."""
    if question.known_on is None:
        return "zoals nu bekend"
    return f"zoals bekend op {dutch_long_date(question.known_on)}"


def subtitle(report: Report) -> str:
    """Return whose figures these are, on which day, as known when."""
    whose = report.municipality
    if report.is_own or report.is_held:
        place = _from(report)
        whose = f"Uw dossiers{place}" if report.is_own else f"Dossiers{place} van uw organisatie"
    day = dutch_long_date(report.question.reference_date)
    return f"{whose}, stand op {day}, {known_words(report.question)}"


def _from(report: Report) -> str:
    """Return out of which municipality, where one was chosen among several."""
    return f" uit {report.municipality}" if report.question.place else ""


def elsewhere(number: int) -> str:
    """Return how many dossiers of a figure are not on its list, and why; empty for none."""
    if not number:
        return ""
    if number == 1:
        return "1 van deze dossiers is nu bij een andere organisatie. Dat staat niet in de lijst."
    return (
        f"{number_text(number)} van deze dossiers zijn nu bij een andere organisatie. "
        "Die staan niet in de lijst."
    )


def figure_heading(kind: TrackKind | None, question: Question, number: int) -> str:
    """Return what a list of dossiers behind a figure is: ``67 dossiers in rust``."""
    amount = f"{number_text(number)} {'dossier' if number == 1 else 'dossiers'}"
    if kind is not None:
        return f"{amount} {IN_TRACK[kind]}"
    return f"{amount} in totaal" if question.with_stopped else f"{amount} die niet zijn gestopt"


def figure_lead(question: Question) -> str:
    """Return on which day, as known when."""
    return f"Op {dutch_long_date(question.reference_date)}, {known_words(question)}"


def note_sentence(report: Report) -> str:
    """Return the outcome as a sentence that can stand in a note to the council."""
    day = dutch_long_date(report.question.reference_date)
    subject = "was u de vaste consulent van" if report.is_own else f"telde {report.municipality}"
    if report.is_held:
        subject = "begeleidde uw organisatie"
    stopped = ", gestopte dossiers meegeteld" if report.question.with_stopped else ""
    known = known_words(report.question)
    main = f"Op {day} {subject} {_dossiers(report)}{_from(report)}{stopped} ({known})"
    if report.figures.total == 0:
        return f"{main}."
    parts = [f"{_amount(cell.shown)} {IN_TRACK[cell.kind]}" for cell in report.figures.cells]
    return f"{main}: {', '.join(parts[:-1])} en {parts[-1]}."


def households_sentence(households: Households, municipality: str) -> str:
    """Return the figure from outside as a sentence with its own date."""
    number, day = households.number, dutch_long_date(households.counted_on)
    if number == 1:
        return f"Op {day} ontving 1 huishouden in {municipality} bijstand."
    amount = number_text(number) if number else "geen enkel"
    verb, noun = ("ontvingen", "huishoudens") if number else ("ontving", "huishouden")
    return f"Op {day} {verb} {amount} {noun} in {municipality} bijstand."


def _dossiers(report: Report) -> str:
    total = report.figures.total
    if total == 0:
        return "geen dossiers met klantprofiel 4"
    noun = "dossier" if total == 1 else "dossiers"
    return f"{_amount(report.figures.total_shown)} {noun} met klantprofiel 4"


def _amount(shown: str) -> str:
    return {SMALL_WORD: "minder dan 5", HIDDEN_WORD: "een afgeschermd aantal"}.get(shown, shown)


def later_than_known(question: Question) -> bool:
    """Return whether the reference date lies after the day of what was known: an outlook."""
    known_on: date | None = question.known_on
    return known_on is not None and known_on < question.reference_date
