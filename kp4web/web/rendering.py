"""What every template can use: the shell around the page, dates in Dutch, asset addresses."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from flask import Flask, current_app, request
from flask_login import current_user
from jinja2.ext import Extension

from kp4web.domain.dates import AMSTERDAM, day_of, dutch_date, dutch_day
from kp4web.domain.policy import Relation
from kp4web.domain.reasons import until_words
from kp4web.web.assets import content_of
from kp4web.web.clock import now, today
from kp4web.web.navigation import shell
from kp4web.web.session import seconds_left

ONLY_BLOCKS = re.compile(r"(\{%[^%]*%\}|\{#[^#]*#\})+")


def init_app(app: Flask) -> None:
    """Register filters, globals and the context of every template."""
    app.jinja_env.filters["date"] = lambda day: dutch_date(day) if day else ""
    app.jinja_env.filters["day"] = lambda day: dutch_day(day) if day else ""
    app.jinja_env.filters["moment"] = _moment
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["new_mark"] = lambda: uuid4().hex
    app.jinja_env.globals["reason_until"] = reason_until
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def around() -> dict[str, Any]:
        user = current_user
        return {
            "shell": shell(
                user.actor,
                user.organisation_label,
                shortcuts=user.shortcuts,
                session_ends=seconds_left(user.expires_at),
            )
            if user.is_authenticated
            else None,
            "demo": current_app.config["DEMO"],
            "today": today(),
        }


class Unindented(Extension):
    """
    Templates are indented to be read, not to be sent: a page is a few hundred bytes smaller.

    A line that ends with a block loses its end (``trim_blocks``): there one space stays between.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of a template without its indentation; no value is in it yet."""
        if name is None or not name.endswith(".html"):
            return source
        return "\n".join(_unindented(source.split("\n")))


def _unindented(lines: Iterable[str]) -> Iterator[str]:
    joins = False
    for line in lines:
        bare = line.lstrip(" \t")
        if ONLY_BLOCKS.fullmatch(bare):
            yield bare
            continue
        yield f" {bare}" if joins and bare else bare
        joins = bare.endswith(("%}", "#}"))


def _moment(at: datetime | None) -> str:
    """Return a moment as people in the Netherlands read it: ``22-11-2026 14:03``."""
    return f"{dutch_date(day_of(at))} {at.astimezone(AMSTERDAM):%H:%M}" if at else ""


def reason_until(held: Collection[Relation], dossier_id: int) -> str:
    """Return until when a reason opens the dossier to who is signed in, or nothing."""
    grant = current_user.actor.grant_for(dossier_id) if Relation.WITH_REASON in held else None
    return until_words(grant.until, now()) if grant else ""


def asset(filename: str) -> str:
    """Return the address of a static file with its fingerprint: kept until it changes."""
    return request.script_root + _address(filename)  # as url_for, in a tenth of the time


@cache
def _address(filename: str) -> str:
    content = content_of(current_app, filename)
    mark = "none" if content is None else hashlib.sha256(content).hexdigest()[:6]
    return f"{current_app.static_url_path}/{filename}?v={mark}"
