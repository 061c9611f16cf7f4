"""The project's own source, as the tests of its architecture read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.ROOT)
GROUPS = ("lms", "courses", "assessments", "certificates", "theme")


def dotted(path: Path) -> str:
    """``lms/people/models.py`` as ``lms.people.models``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


APPS = {dotted(path.parent): path.parent for group in GROUPS for path in sorted((ROOT / group).rglob("apps.py"))}
"""Every app's folder by its name."""


def app_of(name: str) -> str | None:
    """The app that the module ``name`` belongs to; ``None`` for assembly and for what is not ours."""
    return next((app for app in APPS if name == app or name.startswith(f"{app}.")), None)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
