"""Fixtures for all tests, and the real servers that they run on."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.services import ALL, Missing, running
from tests.services.process import die_with_parent
from tests.services.session import environment_of_worker

if TYPE_CHECKING:
    from django.test import Client

    from lms.people.models import Person

# Settings are read once the servers' addresses are in the environment: nothing of Django is imported above.
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
pytest_plugins = ("tests.embedded",)
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
    if worker or not config.getoption("numprocesses", None):
        os.environ.update(environment_of_worker(worker))
    import django

    django.setup()
    from django.core.management.commands import flush

    # What migrations wrote comes back from the copy taken after them; made anew by flush, it would be there twice.
    flush.emit_post_migrate_signal = lambda *args, **kwargs: None  # type: ignore[attr-defined]


def pytest_unconfigure() -> None:
    """Stop the servers, however the session ended."""
    _session.close()


def _commits(item: pytest.Item) -> bool:
    """Whether the test really commits, and so leaves tables that Django empties after it."""
    marker = item.get_closest_marker("django_db")
    names: list[str] = getattr(item, "fixturenames", [])
    return (
        bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in names or "live_server" in names
    ) and not (marker and marker.kwargs.get("serialized_rollback"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every committing test the rows that migrations made, and keep tests of a file that commit together."""
    for item in items:
        if _commits(item):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)
            item.stash[_COMMITS] = True


_COMMITS = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Empty the tables before the rows of the migrations come back: the test before may have written after its end."""
    from django.core.management import call_command
    from django.db import connection
    from pytest_django.plugin import blocking_manager_key

    # Only the suite's own database has such a copy; no other is ever emptied.
    if item.stash.get(_COMMITS, False) and getattr(connection, "_test_serialized_contents", None) is not None:
        with item.config.stash[blocking_manager_key].unblock():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Bring back the rows that migrations made when the next test does not do so itself."""
    result = yield
    if item.stash.get(_COMMITS, False) and nextitem is not None and not nextitem.stash.get(_COMMITS, False):
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            contents = getattr(connection, "_test_serialized_contents", None)
            if contents is not None:
                connection.creation.deserialize_db_from_string(contents)
                connection.close()
    return result


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Empty the cache: what one test left in it must not answer another."""
    from django.core.cache import cache

    cache.clear()


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
