"""Forms that divide the caseload: assigning dossiers, taking over an existing one."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from kp4web.caseload.commands import (
    AT_ONCE,
    REASON_LIMIT,
    AssignDossiers,
    Person,
    TakeOverDossier,
)
from kp4web.domain.bsn import is_valid, normalise
from kp4web.domain.drafts import About, DraftRule
from kp4web.domain.tracks import TrackChange, TrackKind
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, chosen, filled

NUMBER = re.compile(r"KP4-[0-9]{4}-[0-9]{4,9}")
NO_BSN = "Dit is geen geldig BSN. Controleer de cijfers."
NO_CONSULTANT = "Kies een consulent van uw eigen team."


class NumbersField(Field):
    """Dossier numbers, as many as were ticked; ``data`` is a tuple without repeats."""

    data: tuple[str, ...]

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take the numbers that a view gives."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the numbers; raise ``ValueError`` when one cannot be a dossier number."""
        self.data = tuple(dict.fromkeys(text for text in valuelist if NUMBER.fullmatch(text)))
        if any(not NUMBER.fullmatch(text) for text in valuelist):
            raise ValueError("Een van de dossiernummers klopt niet. Kies de dossiers opnieuw.")


class ConsultantField(SelectField):
    """A consultant of the own team; ``offer`` sets who can be chosen in this request."""

    def __init__(self, label: str, blank: str, **kwargs: Any) -> None:
        self.blank = SelectChoice("", blank)
        super().__init__(label, choices=[self.blank], **kwargs)

    def offer(self, consultants: Iterable[tuple[int, str]]) -> None:
        """Add who can be chosen: the id of the user, and the text to show."""
        offered = (SelectChoice(str(user), text) for user, text in consultants)
        self.choices = [self.blank, *offered]

    def pre_validate(self, form: object) -> None:
        """Refuse whoever is not offered."""
        if self.data and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(NO_CONSULTANT)

    @property
    def user_id(self) -> int | None:
        """Return the id of the user; call only after validation."""
        return int(self.data) if self.data else None


class AssignForm(BaseForm):
    """Give one or several dossiers to a consultant."""

    dossier = NumbersField("Dossiers")
    user = ConsultantField("Consulent", "Kies een consulent")
    reason = TextAreaField("Reden", validators=[filled, at_most(REASON_LIMIT)])
    page = HiddenField()
    """The page that holds the form: ``dossier``, ``dossiers`` or ``caseload``."""
    pagina = HiddenField()
    """Which part of a list in pages."""

    def validate_dossier(self, field: NumbersField) -> None:
        """Refuse none, and more than can be done at once."""
        if not field.data:
            raise ValidationError("Kies eerst een of meer dossiers.")
        if len(field.data) > AT_ONCE:
            raise ValidationError(f"Kies hoogstens {AT_ONCE} dossiers tegelijk.")

    def validate_user(self, field: ConsultantField) -> None:
        """Refuse nobody."""
        if not field.data:
            raise ValidationError("Kies aan wie u de dossiers toewijst.")

    def command(self) -> AssignDossiers:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return AssignDossiers(
            numbers=self.dossier.data, user_id=self.user.user_id or 0,
            reason=(self.reason.data or "").strip(),
        )  # fmt: skip


class TakeOverForm(BaseForm):
    """A person who is guided already, the running track, and who will guide."""

    draft = DraftRule(
        "overnemen", "Bestaand dossier overnemen", "caseload.new_dossier", About.NOTHING,
        preset=frozenset({"confirmed"}),
    )  # fmt: skip

    initials = TextLine("Voorletters", validators=[at_most(20)])
    given_name = TextLine("Voornaam", validators=[at_most(100)])
    prefix = TextLine("Tussenvoegsel", validators=[at_most(20)])
    surname = TextLine("Achternaam", validators=[filled, at_most(100)])
    birth_date = DayField("Geboortedatum", validators=[filled])
    bsn = TextLine("BSN", validators=[at_most(20)])
    street = TextLine("Straat en huisnummer", validators=[at_most(150)])
    postcode = TextLine("Postcode", validators=[at_most(10)])
    town = TextLine("Woonplaats", validators=[at_most(100)])
    phone = TextLine("Telefoon", validators=[at_most(40)])
    opened_on = DayField("Dossier geopend op", validators=[filled])
    kind = RadioField(
        "Traject",
        choices=[SelectChoice(kind.value, kind.label) for kind in TrackKind if kind.active],
        validators=[chosen],
    )
    valid_from = DayField("Op dit traject sinds", validators=[filled])
    planned_end = DayField("Rust tot", validators=[Optional()])
    reason = TextAreaField("Reden", validators=[filled, at_most(REASON_LIMIT)])
    partner_of = TextLine("Dossiernummer van de partner", validators=[at_most(20)])
    user = ConsultantField("Consulent", "Nog niet toewijzen")
    confirmed = HiddenField()
    """Numbers of look-alikes that were shown and are somebody else."""

    def validate_bsn(self, field: TextLine) -> None:
        """Refuse what cannot be a BSN, together with the other errors."""
        if field.data and not is_valid(normalise(field.data)):
            raise ValidationError(NO_BSN)

    def validate_partner_of(self, field: TextLine) -> None:
        """Refuse what cannot be a dossier number."""
        field.data = (field.data or "").upper()
        if field.data and not NUMBER.fullmatch(field.data):
            raise ValidationError("Schrijf het dossiernummer zo: KP4-2020-0117.")

    def command(self) -> TakeOverDossier:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        kind, reason = TrackKind(self.kind.data), (self.reason.data or "").strip()
        rest = kind is TrackKind.REST
        return TakeOverDossier(
            person=self._person(),
            opened_on=_day(self.opened_on),
            track=TrackChange(
                kind, _day(self.valid_from), reason,
                planned_end=self.planned_end.data if rest else None,
            ),
            reason=reason,
            partner_of=self.partner_of.data or None,
            user_id=self.user.user_id,
            confirmed=frozenset((self.confirmed.data or "").split()),
        )  # fmt: skip

    def _person(self) -> Person:
        names = ("initials", "given_name", "prefix", "surname")
        address = ("street", "postcode", "town", "phone")
        texts: dict[str, Any] = {name: self[name].data or "" for name in (*names, *address)}
        return Person(
            **texts,
            birth_date=_day(self.birth_date),
            bsn=normalise(self.bsn.data) if self.bsn.data else None,
        )


def _day(field: DayField) -> date:
    """Return the day of a field that passed its validators."""
    assert field.data is not None  # noqa: S101 -- the validator saw to it
    return field.data
