"""The tables written out in plain Dutch: for the page "Wie ziet wat" and for ``docs/policy.md``."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.policy.fields import NOT_VISIBLE, SECRET_WHEN_HIDDEN, Field
from kp4web.domain.policy.matrix import ACCESS_LABELS, MATRIX, NOTES, Access, Relation
from kp4web.domain.policy.meanings import FIGURES, LEVELS, PURPOSES, WHO
from kp4web.domain.policy.shared import FIGURE_SCOPES

COLUMNS = tuple(level for level in LEVELS if level is not Access.NONE)
"""The levels that have a column, the furthest first."""
SECRET, KNOWN = "staat er niet", NOT_VISIBLE
INTRODUCTION = (
    "Wat iemand in een dossier ziet, volgt uit wat die persoon van dat dossier is. Wie meer dan "
    "één rol heeft, mag wat die rollen samen mogen. Wat niet is genoemd, is er niet. Dit "
    "overzicht wordt gemaakt uit de tabellen waar het systeem zelf mee werkt."
)
ABOUT_OTHERS = (
    "De laatste kolom zegt wat iemand ziet die het dossier wel mag openen, maar dit gegeven niet "
    "mag zien. Voor wie het dossier niet mag openen, bestaat het niet. De waarnemer ziet wat de "
    "vaste consulent ziet."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One field: for each level who has it, and what somebody sees who has nothing."""

    field: Field
    cells: tuple[tuple[Access, tuple[str, ...]], ...]
    hidden: str


def lines() -> tuple[Line, ...]:
    """Return the whole matrix, a line for every field."""
    return tuple(
        Line(
            field, tuple((level, _who(field, level)) for level in COLUMNS),
            SECRET if field in SECRET_WHEN_HIDDEN else KNOWN,
        )
        for field in Field
    )  # fmt: skip


def _who(field: Field, level: Access) -> tuple[str, ...]:
    """Return who has exactly this level, each with what it comes down to."""
    return tuple(
        with_note(field, relation)
        for relation in Relation
        if relation is not Relation.DEPUTY and MATRIX[field].get(relation, Access.NONE) is level
    )


def with_note(field: Field, relation: Relation) -> str:
    """Return the relation in words, with what the level comes down to in this cell."""
    note = NOTES.get((field, relation))
    return f"{relation.label} ({note})" if note else relation.label


def deputy_is_lead() -> bool:
    """Return whether the deputy has what the lead has everywhere: then one name stands for both."""
    lead, deputy = Relation.LEAD, Relation.DEPUTY
    return all(row.get(lead) is row.get(deputy) for row in MATRIX.values())


def relations_explained() -> tuple[tuple[str, str, str], ...]:
    """Return of each relation its name, who has it and for what purpose."""
    return tuple((relation.label, WHO[relation], PURPOSES[relation]) for relation in Relation)


def levels_explained() -> tuple[tuple[str, str], ...]:
    """Return of each level its name and what it means."""
    return tuple((ACCESS_LABELS[level].capitalize(), text) for level, text in LEVELS.items())


def figures_explained() -> tuple[tuple[str, str], ...]:
    """Return which figures of the council report each role gets."""
    return tuple(
        (f"{role.label} bij {_where(kinds)}" if len(kinds) == 1 else role.label, FIGURES[scope])
        for role, scope, kinds in FIGURE_SCOPES
    )


def _where(kinds: Collection[OrganisationKind]) -> str:
    return " of ".join(PLACES[kind] for kind in kinds)


PLACES = {
    OrganisationKind.MUNICIPALITY: "de gemeente", OrganisationKind.WORK_AGENCY: "Werkzaak",
    OrganisationKind.OPERATOR: "het functioneel beheer",
}  # fmt: skip


def markdown() -> str:
    """Return the whole document, as it is kept in ``docs/policy.md``."""
    return "\n".join(_document()) + "\n"


def _document() -> Iterator[str]:
    yield "# Wie ziet wat"
    yield from ("", INTRODUCTION)
    yield from ("", "Gemaakt met `flask --app wsgi policy document`; verander hier niets.")
    yield from ("", "## Wat iemand van een dossier kan zijn", "")
    yield from _table(("Relatie", "Wie", "Waarvoor"), relations_explained())
    yield from ("", "## Wat de woorden betekenen", "")
    yield from _table(("Woord", "Betekenis"), levels_explained())
    yield from ("", "## Per gegeven", "", ABOUT_OTHERS, "")
    heads = ("Gegeven", *(level.label.capitalize() for level in COLUMNS), "Voor anderen")
    yield from _table(heads, [_cells(line) for line in lines()])
    yield from ("", "## Cijfers in de rapportage", "")
    yield from _table(("Rol", "Welke cijfers"), figures_explained())


def _cells(line: Line) -> tuple[str, ...]:
    return (line.field.label, *("; ".join(who) for _level, who in line.cells), line.hidden)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
