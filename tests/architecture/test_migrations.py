"""Migrations stand in one line for each app, and still run when the code has moved on."""

import pytest
from django.db.migrations.loader import MigrationLoader

from tests.architecture.source import APPS, app_of, imports


@pytest.fixture(scope="module")
def graph():
    return MigrationLoader(None).graph


APPS_WITH_TABLES = [app for app, folder in APPS.items() if (folder / "migrations").is_dir()]


@pytest.mark.parametrize("app", APPS_WITH_TABLES)
def test_the_migrations_of_an_app_stand_in_one_line(app, graph):
    label = app.rsplit(".", 1)[-1]

    [(_, last)] = graph.leaf_nodes(label)

    assert (APPS[app] / "migrations/max_migration.txt").read_text().strip() == last
    for node in graph.nodes:
        if node[0] == label:
            assert len([child for child in graph.node_map[node].children if child[0] == label]) <= 1


LASTING = {"models", "fields"}
"""Django writes a field's class and its ``upload_to`` into migrations by name: those names stay."""


@pytest.mark.parametrize("app", APPS_WITH_TABLES)
def test_migrations_do_not_import_what_may_change_under_them(app):
    found = [
        f"{path.name}:{line} {name}"
        for path in (APPS[app] / "migrations").glob("[0-9]*.py")
        for line, name in imports(path)
        if app_of(name) and name.removeprefix(f"{app}.") not in LASTING
    ]

    assert found == []
