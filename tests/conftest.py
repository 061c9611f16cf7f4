"""Fixtures for all tests, and the real servers that they run on."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.services import ALL, Missing, running
from tests.services.process import die_with_parent
from tests.services.session import environment_of_worker

if TYPE_CHECKING:
    from django.test import Client

    from lms.people.models import Person

# Settings are read once the servers' addresses are in the environment: nothing of Django is imported above.
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
pytest_plugins = ("tests.pristine",)
_session = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the servers that the environment does not name; xdist's workers find them in their environment."""
    if config.option.help:
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        die_with_parent()
    else:
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="diklat-data-")
        _session.callback(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
        try:
            os.environ.update(_session.enter_context(running([name for name in ALL if name not in os.environ])))
        except Missing as missing:
            raise pytest.UsageError(str(missing)) from None
    if not worker and config.getoption("numprocesses", None):
        # A worker that were born with it would have its settings read by pytest-django before its own places are known.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        return
    os.environ.update(environment_of_worker(worker))
    import django
    from hypothesis import HealthCheck, settings

    # A test says what is right, not how fast: a busy machine is no failure.
    settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any-machine")
    django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what is marked ``long`` first: begun last, it would keep one worker busy while the others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_unconfigure() -> None:
    """Stop the servers, however the session ended."""
    _session.close()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Empty the cache and the memory: what one test left there must not answer another."""
    from django.core.cache import cache

    from lms.common.kept import forget_everything

    cache.clear()
    forget_everything()


@pytest.fixture
def queries_of(db: None) -> Callable[..., int]:
    """Count the queries of a call: ``queries_of(enroll_all, people)``."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(function: Callable[..., object], *args: object, **kwargs: object) -> int:
        with CaptureQueriesContext(connection) as queries:
            function(*args, **kwargs)
        return len(queries)

    return count


@pytest.fixture
def client_for(db: None) -> "Callable[[Person], Client]":
    """A browser in which the person is signed in: ``client_for(officer).get("/reports/")``."""
    from django.test import Client

    def client(person: "Person") -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return client
