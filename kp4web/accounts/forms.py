"""Forms of the own account."""

from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo

from kp4web.accounts.commands import ChangePassword
from kp4web.web.forms import BaseForm, TextLine, at_most, filled


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = TextLine(
        "E-mailadres",
        validators=[filled, at_most(200)],
        render_kw={"autocomplete": "username", "type": "email"},
    )
    password = PasswordField(
        "Wachtwoord",
        validators=[filled, at_most(200)],
        render_kw={"autocomplete": "current-password"},
    )
    verder = HiddenField()
    """The page to continue with; only a path of this application."""


class PasswordForm(BaseForm):
    """Replace the own password."""

    password = PasswordField(
        "Huidig wachtwoord",
        validators=[filled, at_most(200)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        "Nieuw wachtwoord",
        validators=[filled, at_most(200)],
        render_kw={"autocomplete": "new-password"},
    )
    repeat_password = PasswordField(
        "Nieuw wachtwoord nog een keer",
        validators=[filled, EqualTo("new_password", "Dit is niet hetzelfde als hierboven.")],
        render_kw={"autocomplete": "new-password"},
    )

    def command(self) -> ChangePassword:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return ChangePassword(
            password=self.password.data or "", new_password=self.new_password.data or ""
        )
