"""The Participatieladder: six steps of taking part, from alone at home to paid work."""

from collections.abc import Iterable
from dataclasses import dataclass

from kp4web.domain.applications import LifeArea


@dataclass(frozen=True, slots=True)
class Step:
    """One step with its name and what it means."""

    number: int
    name: str
    meaning: str

    @property
    def label(self) -> str:
        """Return the step as a list of choices shows it."""
        return f"{self.number}. {self.name}"


STEPS: tuple[Step, ...] = (
    Step(1, "Geïsoleerd", "Komt bijna niet buiten en ziet alleen huisgenoten of hulpverleners."),
    Step(
        2, "Sociale contacten buitenshuis",
        "Ziet elke week mensen buiten het eigen huis, zonder vaste activiteit.",
    ),
    Step(
        3, "Deelname aan georganiseerde activiteiten",
        "Doet elke week mee met iets dat is georganiseerd, bijvoorbeeld een cursus of een club.",
    ),
    Step(
        4, "Onbetaald werk",
        "Heeft vaste taken zonder loon, bijvoorbeeld vrijwilligerswerk of een proefplaatsing.",
    ),
    Step(
        5, "Betaald werk met ondersteuning",
        "Heeft loon, met begeleiding, een aanpassing of een aanvulling van de gemeente.",
    ),
    Step(6, "Betaald werk", "Heeft loon en werkt zonder ondersteuning."),
)  # fmt: skip
BY_NUMBER = {step.number: step for step in STEPS}


def touched(life_areas: Iterable[str], step: int | None) -> tuple[str, ...]:
    """Return in Dutch what a conversation was about and the step then; a line each."""
    labels = [LifeArea(area).label.lower() for area in life_areas]
    lines = [f"Ging over: {', '.join(labels)}"] if labels else []
    if step in BY_NUMBER:
        lines.append(f"Participatieladder: {BY_NUMBER[step].label}")
    return tuple(lines)
