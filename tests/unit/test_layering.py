"""The rules of dependency direction (docs/style.md), enforced on the source."""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "kp4web"
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.parts
}
FEATURES = {init.parent.name for init in PACKAGE.glob("*/__init__.py")} - {"domain", "web"}
FOUNDATIONS = {"config", "crypto", "extensions", "facts", "mail"}
SHARED = {"models", "queries", "commands"}  # what a feature shows to the others
EDGE = {"views", "forms", "cli"}  # the modules where the outside world comes in
OUTSIDE_WORLD = ("flask", "flask_login", "flask_migrate", "flask_wtf", "wtforms", "kp4web.web")
CLOCKS = {
    *("datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow"),
    *("datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime"),
    *("sqlalchemy.func.now", "sqlalchemy.func.current_date", "sqlalchemy.func.current_timestamp"),
}

Rule = Callable[[Path, str], Iterator[str]]


def place(path: Path) -> tuple[str, str]:
    """Return the package (a feature, ``domain``, ``web`` or nothing) and the module."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return (parts[0], parts[-1]) if len(parts) > 1 else ("", parts[0])


def imports(path: Path, text: str) -> Iterator[str]:
    """Yield the full name of everything the module imports, relative imports resolved."""
    package = ".".join(("kp4web", *path.relative_to(PACKAGE).parts[:-1]))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, packages: tuple[str, ...]) -> bool:
    return f"{name}.".startswith(tuple(f"{package}." for package in packages))


def feature_of(name: str) -> tuple[str, str]:
    """Return the feature and the module that an imported name belongs to, or two empty names."""
    package, feature, module = (*name.split("."), "", "")[:3]
    return (feature, module) if package == "kp4web" and feature in FEATURES else ("", "")


# ---------------------------------------------------------------------- the rules


def domain_is_pure(path: Path, text: str) -> Iterator[str]:
    """Rule 1: the domain imports the standard library and itself."""
    if place(path)[0] == "domain":
        for name in imports(path, text):
            own = within(name, ("kp4web.domain",))
            if not own and name.split(".")[0] not in sys.stdlib_module_names:
                yield name


def layers_look_down(path: Path, text: str) -> Iterator[str]:
    """Rule 2: models, queries, commands, forms: each knows only what stands before it."""
    feature, module = place(path)
    above = {"models": {"queries", "commands"}, "queries": {"commands"}}.get(module, set())
    for name in imports(path, text):
        other, layer = feature_of(name)
        if feature in FEATURES and other and layer in above:
            yield name
        if module == "forms" and other and (other != feature or layer not in {"commands", "forms"}):
            yield name


def outside_world_stays_at_the_edge(path: Path, text: str) -> Iterator[str]:
    """Rule 3: nothing below views and cli imports Flask, WTForms or ``kp4web.web``."""
    feature, module = place(path)
    if (feature in FEATURES and module not in EDGE) or module in FOUNDATIONS - {"extensions"}:
        yield from (name for name in imports(path, text) if within(name, OUTSIDE_WORLD))


def plumbing_knows_no_feature(path: Path, text: str) -> Iterator[str]:
    """Rule 3, the other way: ``web`` and the foundations serve every feature and know none."""
    feature, module = place(path)
    if feature == "web" or (not feature and module in FOUNDATIONS):
        yield from (name for name in imports(path, text) if feature_of(name)[0])
        if feature != "web":
            yield from (name for name in imports(path, text) if within(name, ("kp4web.web",)))


def insides_stay_inside(path: Path, text: str) -> Iterator[str]:
    """Rule 4: between features only models, queries and commands; nobody looks up."""
    own, module = place(path)
    if own:
        for name in imports(path, text):
            other, layer = feature_of(name)
            looks_up = other == own and layer in EDGE and module not in EDGE
            if other and layer not in SHARED and (other != own or looks_up):
                yield name


def audit_depends_on_none(path: Path, text: str) -> Iterator[str]:
    """Rule 4: ``audit`` depends on no other feature."""
    if place(path)[0] == "audit":
        yield from (
            name for name in imports(path, text) if feature_of(name)[0] not in {"", "audit"}
        )


def only_the_edge_reads_the_clock(path: Path, text: str) -> Iterator[str]:
    """Rule 5: no clock below views and cli, called or passed on, nor the one of the database."""
    feature, module = place(path)
    if feature == "web" or module in {"views", "cli"}:
        return
    known = dict(_bindings(path, text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute | ast.Name) and (name := _dotted(node, known)) in CLOCKS:
            yield f"line {node.lineno}: {name}"


def commands_do_not_commit(path: Path, text: str) -> Iterator[str]:
    """Rule 6: commands flush, the view commits."""
    feature, module = place(path)
    if feature in FEATURES and module in SHARED:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}:
                yield f"line {node.lineno}: {node.attr}"


def _bindings(path: Path, text: str) -> Iterator[tuple[str, str]]:
    """Yield each imported name as the module knows it, with its full name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                full = module + alias.name
                yield (alias.asname, full) if alias.asname else (alias.name, full)


def _dotted(node: ast.expr, known: dict[str, str]) -> str:
    """Return ``a.b.c`` with its first name as imported, or nothing for another expression."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value, known)
        return f"{before}.{node.attr}" if before else ""
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


RULES: list[Rule] = [
    domain_is_pure,
    layers_look_down,
    outside_world_stays_at_the_edge,
    plumbing_knows_no_feature,
    insides_stay_inside,
    audit_depends_on_none,
    only_the_edge_reads_the_clock,
    commands_do_not_commit,
]


def dependencies(sources: dict[Path, str]) -> dict[str, set[str]]:
    """Return which features each feature needs below its views."""
    graph = defaultdict(set)
    for path, text in sources.items():
        feature, module = place(path)
        if feature in FEATURES and module not in EDGE:
            graph[feature] |= {feature_of(name)[0] for name in imports(path, text)} - {"", feature}
    return graph


# ---------------------------------------------------------------------- the tests

edge_only, no_clock = outside_world_stays_at_the_edge, only_the_edge_reads_the_clock


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule):
    trespasses = [(str(p.relative_to(PACKAGE)), *rule(p, text)) for p, text in SOURCES.items()]
    assert [trespass for trespass in trespasses if len(trespass) > 1] == []


def test_features_do_not_go_round_in_circles():
    try:
        TopologicalSorter(dependencies(SOURCES)).prepare()
    except CycleError as error:
        pytest.fail(f"A circle of features: {' -> '.join(error.args[1])}")


def test_there_is_something_to_look_at():
    assert {"accounts", "dossiers", "audit"} <= FEATURES
    assert len(SOURCES) > 40


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        (domain_is_pure, "domain/due.py", "from sqlalchemy import select"),
        (domain_is_pure, "domain/due.py", "from kp4web.extensions import db"),
        (layers_look_down, "dossiers/models.py", "from kp4web.dossiers.queries import x"),
        (layers_look_down, "dossiers/models.py", "from kp4web.clients import commands"),
        (layers_look_down, "dossiers/queries.py", "from kp4web.dossiers import commands"),
        (layers_look_down, "dossiers/forms.py", "from kp4web.dossiers.models import Dossier"),
        (layers_look_down, "dossiers/forms.py", "from kp4web.clients.commands import x"),
        (edge_only, "dossiers/commands.py", "import flask"),
        (edge_only, "dossiers/timeline.py", "from wtforms import Form"),
        (edge_only, "dossiers/queries.py", "from ..web.access import x"),
        (edge_only, "facts.py", "from flask import g"),
        (plumbing_knows_no_feature, "web/access.py", "from kp4web.accounts.queries import x"),
        (plumbing_knows_no_feature, "facts.py", "import kp4web.dossiers.models"),
        (plumbing_knows_no_feature, "config.py", "import kp4web.web.clock"),
        (insides_stay_inside, "dossiers/views.py", "from kp4web.clients.views import bp"),
        (insides_stay_inside, "dossiers/views.py", "from kp4web.clients import queries, forms"),
        (insides_stay_inside, "dossiers/views.py", "import kp4web.clients.forms"),
        (insides_stay_inside, "dossiers/views.py", "from kp4web import clients"),
        (insides_stay_inside, "dossiers/views.py", "from ..clients import views"),
        (insides_stay_inside, "dossiers/views.py", "from kp4web.clients.secrets import x"),
        (insides_stay_inside, "dossiers/commands.py", "from kp4web.dossiers.forms import Form"),
        (insides_stay_inside, "web/access.py", "from kp4web.accounts.views import bp"),
        (audit_depends_on_none, "audit/commands.py", "from kp4web.accounts.models import User"),
        (no_clock, "dossiers/commands.py", "import datetime as dt\ndt.date.today()"),
        (no_clock, "domain/due.py", "from datetime import date\ndate.today()"),
        (no_clock, "facts.py", "from datetime import datetime as d\nd.now(z)"),
        (no_clock, "dossiers/models.py", "from datetime import datetime as d\nx(default=d.now)"),
        (no_clock, "dossiers/queries.py", "from sqlalchemy import func\nfunc.now()"),
        (no_clock, "dossiers/queries.py", "from time import time\ntime()"),
        (commands_do_not_commit, "dossiers/commands.py", "session.commit()"),
    ],
)  # fmt: skip
def test_a_trespass_is_caught(rule, file, line):
    assert list(rule(PACKAGE / file, line))


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        (domain_is_pure, "domain/due.py", "from kp4web.domain.periods import Period\nimport math"),
        (layers_look_down, "dossiers/commands.py", "from kp4web.clients.queries import x"),
        (edge_only, "dossiers/views.py", "from flask import request"),
        (insides_stay_inside, "dossiers/views.py", "from kp4web.dossiers.forms import Form"),
        (insides_stay_inside, "dossiers/commands.py", "from kp4web.clients.commands import x"),
        (no_clock, "dossiers/views.py", "import time\ntime.time()"),
        (no_clock, "dossiers/commands.py", "command.today\nplan.now"),
    ],
)
def test_the_right_direction_is_free(rule, file, line):
    assert not list(rule(PACKAGE / file, line))


def test_a_circle_is_caught():
    sources = {
        PACKAGE / "clients/queries.py": "import kp4web.dossiers.queries",
        PACKAGE / "dossiers/models.py": "import kp4web.clients.models",
    }
    with pytest.raises(CycleError):
        TopologicalSorter(dependencies(sources)).prepare()
