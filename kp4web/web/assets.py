"""Static files: the style sheets of every page are sent as one file."""

from pathlib import Path

from flask import Flask, Response

STYLE = "css/all.css"
"""No file: what stands in ``SHEETS``, one after the other."""
SHEETS = (
    "tokens", "theme", "base", "shell", "controls", "components", "tables", "casework", "dossier",
    "followups", "search", "questionnaire", "outcome", "utilities",
)  # fmt: skip


class Site(Flask):
    """The application, which answers with all style sheets for ``STYLE``."""

    def send_static_file(self, filename: str) -> Response:
        """Return a file of the static folder, or the style sheets as one."""
        if filename != STYLE:
            return super().send_static_file(filename)
        return self.response_class(content_of(self, filename), mimetype="text/css")


def content_of(app: Flask, filename: str) -> bytes | None:
    """Return what is sent for this address below the static folder; ``None`` for no file."""
    folder = Path(app.static_folder or "")
    if filename == STYLE:
        return b"\n".join((folder / "css" / f"{sheet}.css").read_bytes() for sheet in SHEETS)
    path = folder / filename
    return path.read_bytes() if path.is_file() else None
