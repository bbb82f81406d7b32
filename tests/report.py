"""Reading the council report as a visitor does."""

import html5lib


def figures_on(page: str) -> dict[str, str]:
    """Return the text of every element with a ``data-testid``, by that name."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {
        element.get("data-testid"): "".join(element.itertext()).strip()
        for element in tree.iter()
        if isinstance(element.tag, str) and element.get("data-testid")
    }


def counts_on(page: str) -> dict[str, str]:
    """Return the figures of the tracks and the total, by track."""
    return {
        name.removeprefix("count-"): text
        for name, text in figures_on(page).items()
        if name.startswith("count-")
    }


def links_on(page: str) -> dict[str, str]:
    """Return where the figures lead to, by track; a figure without a link is not in it."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {
        element.get("data-testid").removeprefix("count-"): element.find("a").get("href")
        for element in tree.iter("td")
        if (element.get("data-testid") or "").startswith("count-") and element.find("a") is not None
    }
