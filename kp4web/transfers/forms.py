"""Forms of a transfer: what the council decided, which dossiers, who receives them, a step."""

from collections.abc import Iterable

from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice

from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.tracks import TrackKind
from kp4web.domain.transfers import NOTE_MAX, REASON_MAX, REFERENCE_MAX, Division, TransferState
from kp4web.transfers.commands import NOBODY, Choice, Decision, Divide
from kp4web.web.forms import BaseForm, CheckboxesField, DayField, TextLine, at_most, chosen, filled

MOST_NUMBERS = 200
"""Dossiers that one page can tick."""
_TRACKS = [SelectChoice(kind.value, kind.label) for kind in TrackKind if kind.active]


class DecisionForm(BaseForm):
    """What the council decided, to be mended while the transfer is in preparation."""

    decided_on = DayField("Besluit van de raad op", validators=[filled])
    effective_on = DayField("Ingangsdatum", validators=[filled])
    reference = TextLine(
        "Kenmerk van het raadsbesluit", validators=[filled, at_most(REFERENCE_MAX)]
    )
    note = TextAreaField("Toelichting", validators=[at_most(NOTE_MAX)])

    def decision(self) -> Decision:
        """Return what was decided; call only after ``validate`` returned true."""
        if self.decided_on.data is None or self.effective_on.data is None:
            raise ValueError("validate first")
        return Decision(
            self.decided_on.data, self.effective_on.data, self.reference.data or "",
            self.note.data or "",
        )  # fmt: skip


class ChoiceForm(BaseForm):
    """Which active dossiers, by track and by consultant; nothing ticked is every one."""

    tracks = CheckboxesField("Alleen deze trajecten", choices=_TRACKS)
    leads = CheckboxesField("Alleen van deze consulenten", choices=[])

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill in whose dossiers can be chosen."""
        known = [SelectChoice(str(user_id), name) for user_id, name in people]
        self.leads.choices = [*known, SelectChoice(str(NOBODY), "Zonder consulent")]

    def choice(self) -> Choice:
        """Return the choice; call only after ``validate`` returned true."""
        tracks = frozenset(TrackKind(code) for code in self.tracks.data or ())
        return Choice(tracks, frozenset(int(user_id) for user_id in self.leads.data or ()))


class TransferForm(DecisionForm, ChoiceForm):
    """A new transfer: of which municipality, what was decided, and which dossiers."""

    draft = DraftRule(
        "overgang-nieuw", "Overgang van begeleiding", "transfers.new", About.NOTHING
    )  # fmt: skip

    municipality = SelectField("Gemeente", choices=[], coerce=int, validators=[chosen])


class PickForm(BaseForm):
    """Dossiers that are ticked on a page, or all of a track."""

    dossier = SelectMultipleField("Dossiers", choices=[], validate_choice=False)
    traject = SelectField("Traject", choices=[SelectChoice("", "Alle"), *_TRACKS], default="")
    what = HiddenField()
    """``add`` or ``leave``; the button adds ``_all`` for every dossier of the track."""
    pagina = HiddenField()

    def numbers(self) -> tuple[str, ...] | None:
        """Return the ticked numbers, or ``None`` for all."""
        if (self.what.data or "").endswith("_all"):
            return None
        return tuple(dict.fromkeys(self.dossier.data or ()))[:MOST_NUMBERS]

    def choice(self) -> Choice:
        """Return the track that the page shows."""
        tracks = {TrackKind(self.traject.data)} if self.traject.data else set()
        return Choice(frozenset(tracks))


class DivideForm(BaseForm):
    """Who receives the ticked dossiers, or those that nobody receives yet."""

    dossier = SelectMultipleField("Dossiers", choices=[], validate_choice=False)
    how = HiddenField()
    user = SelectField("Consulent", choices=[], default="")
    users = CheckboxesField("Verdelen over", choices=[])
    pagina = HiddenField()
    traject = HiddenField()

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill in who can receive."""
        known = [SelectChoice(str(user_id), name) for user_id, name in people]
        self.user.choices = [SelectChoice("", "Kies een consulent"), *known]
        self.users.choices = known

    def command(self) -> Divide | None:
        """Return the command, or ``None`` when no known button was pressed."""
        if self.how.data not in {one.value for one in Division}:
            return None
        how = Division(self.how.data)
        ticked = tuple(dict.fromkeys(self.dossier.data or ()))[:MOST_NUMBERS]
        if how is Division.TO:
            users = (int(self.user.data),) if self.user.data else ()
            return Divide(how, users, ticked)
        if how is Division.NOBODY:
            return Divide(how, (), ticked)
        return Divide(how, tuple(int(user_id) for user_id in self.users.data or ()))


class StepForm(BaseForm):
    """A step of the transfer, with the reason that two of them need."""

    step = SelectField(
        "Stap", validators=[chosen],
        choices=[SelectChoice(state.value, state.label) for state in (
            TransferState.OFFERED, TransferState.CONFIRMED, TransferState.RETURNED,
            TransferState.WITHDRAWN)],
    )  # fmt: skip
    reason = TextAreaField("Reden", validators=[at_most(REASON_MAX)])

    def state(self) -> TransferState:
        """Return to which state the step leads; call only after ``validate`` returned true."""
        return TransferState(self.step.data)
