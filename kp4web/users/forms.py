"""Forms of the administrator about users."""

from collections.abc import Iterable

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from kp4web.domain.actor import Role
from kp4web.domain.directory import PHONE_MAX
from kp4web.users.commands import CreateUser
from kp4web.web.forms import BaseForm, CheckboxesField, TextLine, at_most, chosen, filled

TWO_COORDINATORS = (
    "Een coördinator verdeelt de dossiers die de organisatie begeleidt. "
    "Een coördinator Werkzaak verdeelt aanvragen en overdrachten."
)


class UserForm(BaseForm):
    """A new account; the view fills in the choices."""

    name = TextLine("Naam", validators=[filled, at_most(120)])
    email = TextLine("E-mailadres", validators=[filled, at_most(200)], render_kw={"type": "email"})
    phone = TextLine("Telefoon", validators=[at_most(PHONE_MAX)])
    organisation = SelectField("Organisatie", coerce=int, validators=[chosen])
    roles = CheckboxesField("Rollen", description=TWO_COORDINATORS)

    def command(self) -> CreateUser:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return CreateUser(
            email=self.email.data or "", name=self.name.data or "",
            organisation_id=self.organisation.data, roles=roles_of(self.roles.data),
            phone=self.phone.data or "",
        )  # fmt: skip


class PhoneForm(BaseForm):
    """On which number others call a user."""

    phone = TextLine("Telefoon", validators=[at_most(PHONE_MAX)])


class RolesForm(BaseForm):
    """The roles that a user has; the view fills in the choices."""

    roles = CheckboxesField("Rollen", description=TWO_COORDINATORS)


def role_choices(roles: Iterable[Role]) -> list[SelectChoice]:
    """Return the roles to tick."""
    return [SelectChoice(role.value, role.label) for role in roles]


def roles_of(values: Iterable[str] | None) -> frozenset[Role]:
    """Return the ticked roles; the field saw to it that they exist."""
    return frozenset(Role(value) for value in values or ())
