"""An app's inside is its own: others use only the modules that are meant for them."""

import tomllib

import pytest

from tests.architecture.source import APPS, GROUPS, ROOT, app_of, dotted, imports

PUBLIC = {"models", "querysets", "queries", "services", "rules", "events", "errors", "blocks", "http"}
FLOORS = {
    "lms.common": "has no business meaning of its own; it is there for everyone",
    "theme": "the face of every page",
}
"""Apps that are public as a whole."""
ALSO_PUBLIC = {
    "assessments.bank": {
        # A new kind of question must reach every activity that asks questions, without a change to it.
        "kinds": "how a kind of question is shown, answered and marked: the contract with every activity that asks",
    },
    "lms.enrollment": {
        "forms": "the field by which every form of a period or a run says for whom it is",
    },
    "courses.packages": {
        "problems": "what every reader of packages says, in one form",
        "zips": "the one way in which a stranger's zip file is read",
        "kinds": "where each player registers its kind of package",
        "strict_json": "how a stranger's JSON is read",
        "storage": "how the files of a package get into the storage",
        "views": "the page that says what became of an upload, of whatever kind",
        "choosers": "how packages of every kind are searched",
    },
    "lms.progress": {
        "evidence": "what an author may ask for before a lesson counts as done",
        "pages": "the tickets by which open lesson pages report",
    },
    "lms.jobs": {
        # An app defines its own long work by subclassing what the engine runs.
        "kinds": "the bases of every app's long work, and the registry it is named in",
        "forms": "the field by which every upload takes its spreadsheet",
    },
}


def strangers(path, app):
    """What the file imports from the inside of another app."""
    for line, name in imports(path):
        other = app_of(name)
        if other is None or other == app or other in FLOORS:
            continue
        module = name.removeprefix(other).strip(".").split(".")[0]
        if module not in PUBLIC | ALSO_PUBLIC.get(other, {}).keys():
            yield f"{path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("app", sorted(APPS))
def test_an_app_uses_only_the_public_modules_of_others(app):
    files = [path for path in APPS[app].rglob("*.py") if app_of(dotted(path)) == app]

    assert [found for path in files for found in strangers(path, app)] == []


def test_every_app_stands_in_a_layer():

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {name.strip() for line in contracts[0]["layers"] for name in line.split("|")}

    assert set(APPS) <= layers


def test_every_app_says_what_lives_in_it():
    assert [app for app, folder in APPS.items() if not (folder / "README.md").exists()] == []


def test_modules_outside_the_apps_are_assembly_only():
    known = {"lms.urls", "lms.quick_urls", "lms.celery", "lms.asgi", "lms.wsgi"}
    outside = {
        dotted(path)
        for group in GROUPS
        for path in (ROOT / group).rglob("*.py")
        if path.name != "__init__.py" and app_of(dotted(path)) is None
    }

    assert {name for name in outside if not name.startswith(("lms.settings.", "lms.deploy."))} == known
