"""The figures that a correction of a decision changes, computed from the counts alone."""

import random
from datetime import date

from kp4web.decisions.figures import Counted, figures_of
from kp4web.decisions.moved import changes, moved_counts, periods_around
from kp4web.domain.applications import DecisionBasis
from kp4web.domain.profile_corrections import DecisionContent

DAY = date(2026, 2, 28)
FROM_FILE, AFTER_TALK = DecisionBasis.QUESTIONNAIRE, DecisionBasis.CONVERSATION


def content(profile, basis, suggested=None):
    return DecisionContent(profile, DAY, "Reden.", basis, suggested_profile=suggested)


def test_a_day_counts_in_its_quarter_and_its_year():
    assert periods_around([date(2026, 12, 31), date(2027, 1, 1)]) == (
        ("1e kwartaal 2027", date(2027, 1, 1), date(2027, 3, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("4e kwartaal 2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    )


def test_every_figure_that_changes_is_named():
    counts = (Counted("Buren", FROM_FILE, 4, 4, 2), Counted("Tiel", AFTER_TALK, None, 3, 1))
    after = moved_counts(counts, "Buren", content(4, FROM_FILE, 4), content(3, FROM_FILE, 4))
    less = "gevolgd 2 wordt 1, anders dan het voorstel 0 wordt 1, aandeel gevolgd 100% wordt 50%"
    assert changes(figures_of(counts), figures_of(after)) == (
        f"alle gemeenten: {less}",
        f"Buren: {less}",
        "voorstel 4, vastgesteld 3: 0 wordt 1",
        "voorstel 4, vastgesteld 4: 2 wordt 1",
    )
    gone = moved_counts(counts, "Tiel", content(3, AFTER_TALK), None)
    assert changes(figures_of(counts), figures_of(gone)) == (
        "alle gemeenten: zonder vragenlijst 1 wordt 0, totaal 3 wordt 2",
        "Tiel: zonder vragenlijst 1 wordt 0, totaal 1 wordt 0",
    )


def test_one_decision_less_and_one_more_is_what_counting_them_anew_gives():
    rng = random.Random(4)
    for _ in range(200):
        rows = [_one(rng) for _ in range(rng.randint(1, 9))]
        was, becomes = rng.choice(rows), (_one(rng) if rng.random() > 0.2 else None)
        is_now = becomes and content(becomes[3], becomes[1], becomes[2])
        changed = moved_counts(_count(rows), was[0], content(was[3], was[1], was[2]), is_now)
        rows.remove(was)
        if becomes:
            rows.append((was[0], *becomes[1:]))
        assert sorted(map(repr, changed)) == sorted(map(repr, _count(rows)))
        assert figures_of(changed).adds_up


def _one(rng):
    basis = rng.choice(list(DecisionBasis))
    suggested = rng.choice((None, 1, 4)) if basis is FROM_FILE else None
    return rng.choice(("Buren", "Tiel")), basis, suggested, rng.randint(1, 4)


def _count(rows):
    return tuple(Counted(*row, rows.count(row)) for row in dict.fromkeys(rows))
