"""What the environment may say is written down, and production makes nothing up."""

import ast
import fnmatch
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from lms.celery import app
from tests.architecture.source import GROUPS, ROOT, dotted

READS = {"str", "int", "bool", "list", "path", "float", "json", "url", "dict"}


def read_by(path):
    """The variables that a file reads through ``env``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env"), attr=kind), args=[name, *_]) if kind in READS:
                yield ast.literal_eval(name)


def documented():
    return re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "lms/docs/settings.md").read_text("utf-8"), re.MULTILINE)


def test_every_variable_is_in_the_table_once_and_in_order():
    variables = sorted(read_by(ROOT / "lms/settings/env.py"))

    assert len(variables) > 10
    assert documented() == variables


def test_no_other_module_asks_the_environment():
    asking = {
        dotted(path)
        for group in GROUPS
        for path in (ROOT / group).rglob("*.py")
        if re.search(r"os\.(getenv|environ)\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")", path.read_text("utf-8"))
    }

    # These two hand the environment on to their children.
    assert asking == {"lms.deploy.__main__", "lms.deploy.supervisor"}


PRODUCTION = {
    "SECRET_KEY": "s",
    "IDENTIFIER_KEY": "i",
    "REDIS_URL": "redis://broker",
    "CACHE_URL": "redis://cache",
    "ALLOWED_HOSTS": "diklat.example",
}


def value_of(expression, module, **environment):
    """What a setting is in a process whose environment says only this."""
    places = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "STORAGE_URL", "DATA_DIR")}
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings as s; print({expression})"],
        env={**places, "DJANGO_SETTINGS_MODULE": module, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_names_what_it_misses(missing):
    given = {**PRODUCTION, missing: ""}

    answer = value_of("s.DEBUG", "lms.settings.production", **given)

    assert answer.returncode
    assert f"{missing} must be set in production" in answer.stderr


def test_a_ministry_of_known_passwords_is_only_made_where_nobody_asked_for_production():
    assert value_of("s.DEMO", "lms.settings.production", **PRODUCTION).stdout.strip() == "False"
    assert value_of("s.DEMO", "lms.settings.production", **PRODUCTION, DEMO="1").stdout.strip() == "True"
    assert value_of("s.DEMO", "lms.settings.local").stdout.strip() == "True"
    assert value_of("s.DEMO", "lms.settings.local", DEMO="0").stdout.strip() == "False"


@pytest.mark.parametrize("pattern", settings.CELERY_TASK_ROUTES)
def test_every_route_of_the_worker_names_a_task_that_there_is(pattern):
    app.loader.import_default_modules()

    assert fnmatch.filter(app.tasks, pattern)


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("courses.media.tasks.prepare", "media"),
        ("courses.media.tasks.sweep", "media"),
        ("courses.h5p.tasks.carry_out", "bulk"),
        ("lms.enrollment.tasks.tend_plans", "bulk"),
        ("lms.enrollment.tasks.settle", "prompt"),
        ("certificates.tasks.sweep", "prompt"),
    ],
)
def test_long_work_stands_in_queues_that_no_learner_waits_for(task, queue):
    assert app.amqp.router.route({}, task)["queue"].name == queue
