"""What the administrator fills in of an organisation, and its norms."""

from typing import Any

from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from kp4web.domain.actor import OrganisationKind
from kp4web.domain.directory import PHONE_MAX, REACHABLE_MAX
from kp4web.domain.due import Norms
from kp4web.domain.norms import TERMS
from kp4web.organisations.commands import ChangeOrganisation, CreateOrganisation
from kp4web.web.forms import BaseForm, CheckboxesField, TextLine, at_most, chosen, filled

MADE_HERE = (OrganisationKind.MUNICIPALITY, OrganisationKind.WORK_AGENCY)


class OrganisationForm(BaseForm):
    """Whom to call; the operator also names it and says for which municipalities it works."""

    name = TextLine("Naam", validators=[filled, at_most(120)])
    team = TextLine("Team", validators=[at_most(80)])
    phone = TextLine("Telefoon", validators=[at_most(PHONE_MAX)])
    reachable = TextLine("Bereikbaar", validators=[at_most(REACHABLE_MAX)])
    serves = CheckboxesField("Werkt voor")

    def narrow(self, *, may_name: bool, may_serve: bool) -> None:
        """Leave out what is not for this administrator or this organisation."""
        if not may_name:
            del self.name
        if not may_serve:
            del self.serves

    def command(self) -> ChangeOrganisation:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        serves = {int(one) for one in self.serves.data or ()} if "serves" in self else None
        return ChangeOrganisation(
            name=self.name.data if "name" in self else None, team=self.team.data or "",
            phone=self.phone.data or "", reachable=self.reachable.data or "",
            serves=None if serves is None else frozenset(serves),
        )  # fmt: skip


class NewOrganisationForm(BaseForm):
    """A municipality with its team, or a work agency."""

    kind = RadioField("Soort", validators=[chosen])
    name = TextLine("Naam", validators=[filled, at_most(100)])
    team = TextLine("Team", validators=[at_most(80)])

    def offer(self) -> None:
        """Fill in what can be made."""
        self.kind.choices = [SelectChoice(kind.value, kind.label) for kind in MADE_HERE]

    def command(self) -> CreateOrganisation:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return CreateOrganisation(
            OrganisationKind(self.kind.data), self.name.data or "", self.team.data or ""
        )


class WholeNumber(IntegerField):
    """A whole number; says in a sentence what is asked."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Vul een heel getal in, bijvoorbeeld 6.") from error


def _number(name: str) -> Any:
    terms = TERMS[name]
    said = f"Kies een aantal van {terms.least} tot en met {terms.most} {terms.unit}."
    return WholeNumber(
        f"{terms.label} ({terms.unit})",
        validators=[InputRequired(said), NumberRange(terms.least, terms.most, said)],
    )


class NormsForm(BaseForm):
    """The norms of one municipality."""

    investigation_contact_weeks = _number("investigation_contact_weeks")
    support_contact_months = _number("support_contact_months")
    classify_weeks = _number("classify_weeks")
    rest_decision_weeks = _number("rest_decision_weeks")
    rest_max_months = _number("rest_max_months")
    floor_months = _number("floor_months")

    def norms(self) -> Norms:
        """Return the norms; call only after ``validate_on_submit`` returned true."""
        return Norms(**{name: self[name].data for name in TERMS})
