"""Chromium, and the platform run for real."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from lms.people.models import Person

PATIENCE = 60_000
"""Milliseconds after which what is waited for is held not to come, on however busy a machine."""
expect.set_options(timeout=PATIENCE)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", help="a folder to keep pictures of the pages in that the browser tests look at")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a module, the one without a user interface of its own."""
    program = shutil.which("chromium-headless-shell")
    assert program, "install it with: apt-get install chromium-headless-shell"
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django would refuse the database because of it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of the pages are to be kept, if anywhere."""
    folder = request.config.getoption("--shots", default=None)
    if not folder:
        return None
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def visit(chromium, live_server, shots) -> Iterator[Callable[..., Visitor]]:
    """Open a browser in which a person is signed in; all of them must be free of complaints at the end."""
    from django.test import Client

    visitors: list[Visitor] = []

    def open_for(person: "Person", **options: Any) -> Visitor:
        visitor = Visitor(chromium, live_server.url, shots, languages=("id", "en"), **options)
        session = Client()
        session.force_login(person)
        cookie = {"name": "sessionid", "value": session.cookies["sessionid"].value, "url": live_server.url}
        visitor.context.add_cookies([cookie])
        visitors.append(visitor)
        return visitor

    yield open_for
    complaints = [line for visitor in visitors for line in visitor.complaints]
    for visitor in visitors:
        visitor.close()
    assert complaints == []


@pytest.fixture
def frames_served(settings, tmp_path_factory, monkeypatch):
    """Files on a disk of the test's own; static files for frames without an origin too, as WhiteNoise sends them."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    folder = str(tmp_path_factory.mktemp("files"))
    disk = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    serve = StaticFilesHandler.serve

    def serve_to_all(handler: Any, request: Any) -> Any:
        answer = serve(handler, request)
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    monkeypatch.setattr(StaticFilesHandler, "serve", serve_to_all)
