"""Forms about an exemption: recording or extending it, and what is settled about it."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Optional

from kp4web.domain.drafts import DraftRule
from kp4web.domain.exemptions import REASON_MAX, Act, Wanted
from kp4web.exemptions.commands import ExemptionInput, Settle
from kp4web.web.forms import BaseForm, DayField, TextLine, at_most, chosen, filled
from kp4web.web.places import PlaceForm

REFERENCE_MAX = 60


class ExemptionForm(BaseForm):
    """An exemption as it is granted, extended or corrected; the view fills in the choices."""

    draft = DraftRule(
        "ontheffing", "Ontheffing vastleggen", "exemptions.show",
        preset=frozenset({"starts_on", "child_born_on", "shown"}),
    )  # fmt: skip
    rules: ClassVar[dict[Act, DraftRule]] = {
        Act.GRANTED: draft,
        Act.EXTENDED: DraftRule(
            "ontheffing-verlengen", "Ontheffing verlengen", "exemptions.new_extension"
        ),
        Act.CORRECTED: DraftRule(
            "ontheffing-corrigeren", "Ontheffing corrigeren", "exemptions.edit"
        ),
    }
    more_drafts = (rules[Act.EXTENDED], rules[Act.CORRECTED])

    ground = SelectField("Grond", default="", validators=[chosen])
    reason = SelectField("Reden", default="", validators=[chosen])
    justification = TextAreaField("Motivering", validators=[filled, at_most(REASON_MAX)])
    starts_on = DayField("Vanaf", validators=[Optional()])
    ends_on = DayField("Tot en met", validators=[Optional()])
    review_on = DayField("Beoordelen op", validators=[Optional()])
    seen_on = DayField("Gezien op", validators=[Optional()])
    requested_on = DayField("Gevraagd op", validators=[Optional()])
    child_born_on = DayField("Geboortedatum jongste kind", validators=[Optional()])
    decided_on = DayField("Besluit van", validators=[Optional()])
    decision_reference = TextLine("Kenmerk van het besluit", validators=[at_most(REFERENCE_MAX)])
    organisation = SelectField("Wie heeft besloten?", default="", validators=[chosen])
    note = TextAreaField("Waarom verandert dit?", validators=[at_most(REASON_MAX)])
    shown = HiddenField()

    def command(self, *, today: date) -> ExemptionInput:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        wanted = Wanted(
            starts_on=self.starts_on.data or today, ends_on=self.ends_on.data,
            review_on=self.review_on.data, seen_on=self.seen_on.data,
            requested_on=self.requested_on.data, child_born_on=self.child_born_on.data,
            decided_on=self.decided_on.data,
        )  # fmt: skip
        return ExemptionInput(
            ground=self.ground.data or "", reason=self.reason.data or "",
            justification=self.justification.data or "",
            organisation_id=int(self.organisation.data or 0), wanted=wanted,
            decision_reference=self.decision_reference.data or "", note=self.note.data or "",
            shown=shown_row(self.shown.data),
        )  # fmt: skip


class ReportDaysForm(PlaceForm):
    """Which day the figures are of, and as known on which day; no token, it only asks."""

    class Meta(BaseForm.Meta):
        """A form that only asks."""

        csrf = False

    peildatum = DayField("Peildatum", validators=[filled])
    bekend_op = DayField("Bekend op", validators=[Optional()])

    @classmethod
    def asked(
        cls, given: MultiDict[str, str], *, today: date, places: Mapping[int, str]
    ) -> "ReportDaysForm":
        """Return the form of an address; see ``figures.forms.ReportForm.asked``."""
        known = MultiDict(given)
        if "peildatum" not in known:
            known["peildatum"] = today.isoformat()
        form = cls(known)
        form.offer_places(places.items())
        return form


class SettleForm(BaseForm):
    """One thing that is settled about the running exemption."""

    on = DayField("Op", validators=[Optional()])
    review_on = DayField("Volgende beoordeling", validators=[Optional()])
    note = TextAreaField("Toelichting", validators=[at_most(REASON_MAX)])
    shown = HiddenField()

    def command(self, act: Act) -> Settle:
        """Return the command; call only after ``validate_on_submit`` returned true."""
        return Settle(
            act, self.note.data or "", self.on.data, self.review_on.data,
            shown_row(self.shown.data),
        )  # fmt: skip


def shown_row(text: str | None) -> int | None:
    """Return the row that the form was made for; nothing for what is no row of ours."""
    plain = text is not None and text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if text is not None and plain else None
