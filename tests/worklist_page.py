"""Reading the work list as a visitor does."""

import re

LIST = "/werkvoorraad"
ITEM = re.compile(
    r'data-testid="due-item" data-dossier="([^"]*)" data-kind="([^"]*)" data-due="([^"]*)"'
)


def on_page(response):
    """Return what stands on the page: number, kind and date of each row."""
    assert response.status_code == 200
    return ITEM.findall(response.text)


def kinds_of(http, dossier, path=LIST):
    return {kind for number, kind, _ in on_page(http.get(path)) if number == dossier.number}


def row_of(response, kind):
    rows = re.findall(r'<li class="due".*?</li>', response.text, re.DOTALL)
    return next(row for row in rows if f'data-kind="{kind}"' in row)


def subjects_of(entry):
    import json

    from kp4web.crypto import vault

    return json.loads(vault.decrypt(entry.subjects_sealed, row=entry.span_id))
