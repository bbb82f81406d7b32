"""Ways back: the page of our own to continue with after a form; never another site."""

from flask import request

LONGEST = 500


def page_number(text: str | None) -> int:
    """Return the page that an address asks for; what is no page number is the first."""
    plain = text is not None and text.isascii() and text.isdecimal() and len(text) < 7
    return int(text) if text is not None and plain else 1


def own_path(path: str | None, default: str) -> str:
    """Return the path when it is one of this application's, else the default."""
    if not path or len(path) > LONGEST or not path.isprintable() or "\\" in path:
        return default
    return path if path.startswith("/") and not path.startswith("//") else default


def way_back(default: str) -> str:
    """Return where this request wants to go back to (``terug``), or the default."""
    return own_path(request.values.get("terug"), default)
