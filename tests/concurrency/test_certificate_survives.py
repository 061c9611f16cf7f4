"""A worker killed and a broker gone between completion and certificate: it still comes, once, and no number is lost."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from kombu import Connection

from certificates.models import Certificate
from courses.catalog.models import OutlineItem
from courses.pages.services import publish_course
from lms.celery import app
from lms.enrollment.models import Enrollment
from lms.enrollment.services import create_period, enroll, offer_run
from lms.people.models import OrgUnit
from lms.progress.models import CourseProgress
from tests.factories.catalog import CourseRunFactory
from tests.factories.pages import make_course_page
from tests.factories.people import MembershipFactory, OrgUnitFactory
from tests.services.process import free_ports, listens, program, server

ROOT = Path(__file__).parents[2]
PATIENCE = 120

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


class Broker:
    """A Redis that can go away and come back."""

    def __init__(self, folder: Path) -> None:
        [self.port] = free_ports()
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._running: contextmanager | None = None
        self.start()

    def start(self) -> None:
        command = [program("redis-server", "redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--save", "", "--appendonly", "yes"]
        self._running = server(command, log=self.folder / "log", answers=lambda: listens(self.port))
        self._running.__enter__()

    def stop(self) -> None:
        if self._running:
            self._running.__exit__(None, None, None)
            self._running = None


class SwallowingStorage:
    """Stands before the storage: passes on what it is told, and never says that a file has been stored."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.behind = (parts.hostname, parts.port)
        self.swallowed = threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        login, _, _ = parts.netloc.rpartition("@")
        self.url = urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.door.getsockname()[1]}"))
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.door.accept()
                behind = socket.create_connection(self.behind)
                is_storing = threading.Event()
                threading.Thread(target=self._pass, args=(caller, behind, is_storing, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(behind, caller, is_storing, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_storing: threading.Event, inward: bool) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                if inward and said.startswith(b"PUT "):
                    is_storing.set()
                if not inward and is_storing.is_set() and b" 200 OK" in said[:20]:
                    self.swallowed.set()
                    continue
                target.sendall(said)

    def close(self) -> None:
        self.door.close()


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def environment(broker, transactional_db) -> dict[str, str]:
    """What the platform's processes are told: this test's database, and a broker of its own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    return {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker.url}


@contextmanager
def worker(environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A background worker, from when it has begun to listen; killed with its children on the way out."""
    command = [sys.executable, "-m", "celery", "--app", "lms", "worker", "--queues", "prompt", "--concurrency", "1"]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    log = folder / f"worker-{time.monotonic_ns()}.log"

    def is_ready() -> bool:
        return b" ready." in log.read_bytes()

    with server(command, log=log, answers=is_ready, cwd=ROOT, environment=environment, seconds=PATIENCE) as process:
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def web(environment, tmp_path) -> Iterator[int]:
    """The web process's port."""
    [port] = free_ports()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "2", "--log-level", "warning", "lms.wsgi:application"]
    answers = lambda: listens(port)  # noqa: E731
    with server(
        command, log=tmp_path / "web.log", answers=answers, cwd=ROOT, environment=environment, seconds=PATIENCE
    ):
        yield port


@pytest.fixture
def places(transactional_db) -> list[Enrollment]:
    """Two people of one course of one lesson."""
    ministry = OrgUnitFactory()
    course = publish_course(make_course_page([("text", "<p>Hello</p>")], organizer=ministry), by=None)
    now = timezone.now()
    period = create_period("Period", now - timedelta(hours=1), now + timedelta(days=1), ministry)
    run = CourseRunFactory(course=course, organizer=ministry)
    offer_run(run, period, 10)
    people = [MembershipFactory(unit=OrgUnit.objects.get(pk=ministry.pk)).person for _ in range(2)]
    return [enroll(person, run) for person in people]


def complete(web: int, place: Enrollment) -> None:
    """Press “Done, continue” in the last lesson, in a browser of the learner's."""
    browser = Client()
    browser.force_login(place.person)
    token = "a" * 32
    lesson = OutlineItem.objects.current().get(course=place.run.course, kind=OutlineItem.Kind.LESSON)
    cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}"
    line = http.client.HTTPConnection("127.0.0.1", web, timeout=60)
    headers = {"Cookie": cookies, "X-CSRFToken": token, "Content-Length": "0"}
    line.request("POST", f"/learn/{place.pk}/items/{lesson.pk}/done/", headers=headers)
    assert line.getresponse().status == 302
    line.close()
    assert CourseProgress.objects.get(enrollment=place).completed_at is not None


def certificate_of(place: Enrollment) -> Certificate | None:
    return Certificate.objects.filter(enrollment=place).first()


def is_issued(place: Enrollment) -> bool:
    certificate = certificate_of(place)
    return certificate is not None and certificate.state == Certificate.State.ISSUED


def sweep(environment: dict[str, str]) -> None:
    """Ring as the clock does every few seconds."""
    with Connection(environment["REDIS_URL"]) as broker:
        for task in ("lms.events.tasks.sweep", "certificates.tasks.sweep"):
            app.send_task(task, queue="prompt", connection=broker, ignore_result=True)


def assert_once(*places: Enrollment) -> None:
    """One certificate each, of one file, with numbers without a gap."""
    rows = list(Certificate.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, len(places) + 1))
    assert {row.enrollment_id for row in rows} == {place.pk for place in places}
    for row in rows:
        assert _files_of(row) == {row.file}


def _files_of(row: Certificate) -> set[str]:
    folder = f"certificates/{row.year}/{row.pk}"
    with suppress(FileNotFoundError):
        return {f"{folder}/{file}" for file in default_storage.listdir(folder)[1]}
    return set()


@pytest.fixture(autouse=True)
def _no_files_of_before() -> None:
    """Numbers of rows start again after a test that commits; the files of earlier rows must not pass for theirs."""
    for pk in range(1, 200):
        for name in _files_of(Certificate(pk=pk, year=timezone.localdate().year)):
            default_storage.delete(name)


def test_a_certificate_outlives_the_worker_that_was_storing_it(web, environment, places, tmp_path):
    first, second = places
    storage = SwallowingStorage(os.environ["STORAGE_URL"])
    with worker({**environment, "STORAGE_URL": storage.url}, tmp_path) as process:
        complete(web, first)
        assert storage.swallowed.wait(PATIENCE)
        kill(process)
    storage.close()
    due = certificate_of(first)
    assert due is not None
    assert due.state == Certificate.State.DUE
    # The dead worker's claim would run out by itself after a while.
    Certificate.objects.update(claimed_until=timezone.now())

    with worker(environment, tmp_path):
        sweep(environment)
        complete(web, second)
        wait_until(lambda: is_issued(first) and is_issued(second))

    assert_once(first, second)


def test_a_certificate_comes_when_no_worker_was_alive_at_completion(web, environment, places, tmp_path):
    complete(web, places[0])
    assert certificate_of(places[0]) is None

    with worker(environment, tmp_path):
        wait_until(lambda: is_issued(places[0]))

    assert_once(places[0])


def test_a_certificate_comes_after_the_broker_was_away(web, environment, places, broker, tmp_path):
    with worker(environment, tmp_path):
        broker.stop()
        complete(web, places[0])
        assert certificate_of(places[0]) is None

        broker.start()
        sweep(environment)
        wait_until(lambda: is_issued(places[0]))

    assert_once(places[0])
