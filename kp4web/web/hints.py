"""What a status message offers beside its words: a question about a number, or taking back."""

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


def offer_undo(said: str, *, href: str, back: str, target: str) -> None:
    """
    Say what was done, with a button that takes it back for as long as the style sheet shows it.

    A post to ``href`` with ``back`` as its way back; in a fragment htmx puts the answer in
    ``target``, on a page it is a form like any other.
    """
    flash({"said": said, "href": href, "back": back, "target": target}, "ok")  # type: ignore[arg-type]
