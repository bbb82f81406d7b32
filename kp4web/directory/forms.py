"""Whom to look up; sent in the body, so that it never stands in an address."""

from wtforms.validators import DataRequired

from kp4web.domain.directory import NEEDED
from kp4web.web.forms import BaseForm, TextLine, at_most

LONGEST_TERM = 200


class LookUpForm(BaseForm):
    """The whole surname of somebody, or the BSN."""

    term = TextLine("Naam of BSN", validators=[DataRequired(NEEDED), at_most(LONGEST_TERM)])
