"""What stands open or written in a dossier: from rows to agreements and the two headings."""

from collections.abc import Iterable, Mapping

from kp4web.domain.actor import Actor
from kp4web.domain.agreements import Party, agreed_title
from kp4web.domain.headings import Heading
from kp4web.domain.policy import Access, Action, Field, access, may
from kp4web.domain.tracks import TrackKind
from kp4web.extensions import AnyRow
from kp4web.needs.queries import Standing, standing
from kp4web.timeline.parameters import NO_DAY
from kp4web.timeline.pieces import AgreementLine, Head


def agreements_of(rows: Iterable[AnyRow], actor: Actor, head: Head) -> Mapping[int, AgreementLine]:
    """Return the open agreements by their id, those with a day first."""
    settles = may(actor, Action.AGREEMENT_SETTLE)
    settles = settles and access(head.relations, Field.REPORTS) >= Access.WRITE
    lines = [
        AgreementLine(row.row_id, agreed_title(Party(row.code)), row.text, row.day, settles)
        for row in rows
    ]
    lines.sort(key=lambda line: (line.due_on or NO_DAY, line.id))
    return {line.id: line for line in lines}


def headings_of(rows: Iterable[AnyRow], track: TrackKind) -> tuple[Standing, ...]:
    """Return both headings as they stand, the empty ones too."""
    known = {row.code: row for row in rows}
    return tuple(
        standing(
            heading, track, version=row.ref, text=row.text, written_on=row.day, author=row.more,
            author_id=row.row_id,
        )
        if (row := known.get(heading.value))
        else standing(heading, track)
        for heading in Heading
    )  # fmt: skip
