"""What is asked about a text just saved: is the number that stands in it needed there."""

from flask import flash
from markupsafe import Markup

from kp4web.domain import bsn

NUMBER = "In de tekst staat een nummer dat op een BSN lijkt. Is dit nodig voor het doel?"


def ask_about_number(*texts: str | None, href: str, label: str = "Bekijk de tekst") -> None:
    """
    Ask, after saving, whether a number in one of the texts is needed; never a refusal.

    ``href`` is where the text can be read again. The number itself is not repeated.
    """
    if any(bsn.is_in(text) for text in texts if text):
        link = Markup('{} <a href="{}">{}</a>').format(NUMBER, href, label)
        flash(link, "warning")
