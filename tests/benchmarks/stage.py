"""What a flow is played on: real services with durable settings, a ministry, a course, and the web server."""

import os
import sys
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.benchmarks.cpu import servers_cpu_ms
from tests.benchmarks.load import Visitor, drive
from tests.services import running
from tests.services.process import free_ports, server

if TYPE_CHECKING:
    import argparse
    from subprocess import Popen

    from courses.catalog.models import Course, CourseRun, OutlineItem
    from lms.people.models import Person

PASSWORD = "sandi-uji-beban"
QUESTIONS = 20
WARM_UP = 24
ROOT = Path(__file__).parents[2]

Who = TypeVar("Who")


class Stage:
    """Services with durable settings, data and a web server, up while the ``with`` block lasts."""

    options: "argparse.Namespace"
    """What the command line said: flows with figures of their own read them here."""
    course: "Course"
    lessons: "list[OutlineItem]"
    quiz: "OutlineItem"
    enrolled: dict[int, int]
    """Enrollments of the actors in the run that is played, by person."""

    web: "Popen[bytes]"
    folder: Path

    def __init__(self, people: int, enrollments: int, actors: int, workers: int, threads: int = 8) -> None:
        self.people, self.enrollments, self.actors = people, enrollments, actors
        self.workers, self.threads = workers, threads
        self._up = ExitStack()

    def __enter__(self) -> Self:
        with self._up as up:
            folder = up.enter_context(TemporaryDirectory(prefix="diklat-bench-"))
            self.folder = Path(folder)
            # Files stay on disk: none of these flows touches the storage.
            environment = up.enter_context(running(("DATABASE_URL", "REDIS_URL", "CACHE_URL"), durable=True))
            (port,) = free_ports()
            self.site = f"http://127.0.0.1:{port}"
            os.environ.update(
                environment,
                DJANGO_SETTINGS_MODULE="lms.settings.local",
                DATA_DIR=folder,
                SITE_URL=self.site,
                # Everybody signs in from one address here.
                SIGN_IN_LIMIT="",
                PYTHONPATH=str(ROOT),
            )
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            from tests.benchmarks.dataset import build

            build(self, password=PASSWORD, questions=QUESTIONS)
            self._analyze()
            self.web = up.enter_context(self._web(port, Path(folder) / "web.log"))
            self._up = up.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from django.db import connections

        for connection in connections.all():
            connection.close()
            if close_pool := getattr(connection, "close_pool", None):
                close_pool()
        self._up.close()

    def _analyze(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    @contextmanager
    def _web(self, port: int, log: Path) -> "Iterator[Popen[bytes]]":
        command: list[str | Path] = [
            Path(sys.executable).parent / "granian",
            "--interface=wsgi",
            "--host=127.0.0.1",
            f"--port={port}",
            f"--workers={self.workers}",
            f"--blocking-threads={self.threads}",
            "--log-level=warning",
            "--respawn-failed-workers",
            "lms.wsgi:application",
        ]
        # Clicks that are placed together share one connection.
        pool = str(min(self.threads, 16))
        environment = {**os.environ, "WEB_THREADS": str(self.threads), "DATABASE_POOL": pool}
        with server(command, log=log, answers=self._answers, environment=environment) as process:
            yield process

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.site}/accounts/login/", timeout=5):  # noqa: S310
                return True
        except OSError:
            return False

    def _actors(self, count: int) -> "list[Person]":
        from lms.people.models import Person

        people = Person.objects.filter(pk__in=list(self.enrolled)).order_by("pk")[:count]
        if len(people) < count:
            raise ValueError(f"only {len(people)} people can act; start with --people {count}")
        return list(people)

    def _cookies(self, person: "Person") -> dict[str, str]:
        """A signed-in session, as signing in makes it."""
        return self.sessions([person])[0]

    def sessions(self, people: "Sequence[Person]") -> list[dict[str, str]]:
        """A signed-in session of each, as signing in makes it: written to the database and to the cache."""
        from importlib import import_module

        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.models import Session
        from django.core.cache import cache
        from django.middleware.csrf import _get_new_csrf_string
        from django.utils.crypto import get_random_string

        store = import_module(settings.SESSION_ENGINE).SessionStore()
        rows, cached, cookies = [], {}, []
        for person in people:
            data = {
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: person.get_session_auth_hash(),
                "time_zone": person.time_zone,
            }
            key = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
            rows.append(Session(session_key=key, session_data=store.encode(data), expire_date=store.get_expiry_date()))
            cached[store.cache_key_prefix + key] = data
            cookies.append({settings.SESSION_COOKIE_NAME: key, settings.CSRF_COOKIE_NAME: _get_new_csrf_string()})
        Session.objects.bulk_create(rows, batch_size=5000)
        cache.set_many(cached, settings.SESSION_COOKIE_AGE)
        return cookies

    def hot_run(self, seats: int | None) -> "CourseRun":
        """A run of its own in a period of its own that is open now."""
        from datetime import timedelta

        from django.utils import timezone

        from courses.catalog.models import CourseRun
        from lms.enrollment.services import create_period, offer_run
        from lms.people.models import OrgUnit

        now, ministry = timezone.now(), OrgUnit.objects.get(parent=None)
        period = create_period("Pembukaan", now - timedelta(hours=1), now + timedelta(days=2), ministry)
        run = CourseRun.objects.create(
            course=self.course,
            title="Angkatan yang ditunggu",
            starts_at=now + timedelta(days=3),
            ends_at=now + timedelta(days=30),
            organizer=ministry,
        )
        offer_run(run, period, seats)
        return run

    def prepared(self, path: str, count: int) -> dict[int, tuple[bytes, bytes]]:
        """Clicks of ``count`` signed-in people as the page's script sends them; a cookie can be added in the middle."""
        from itertools import islice

        from django.conf import settings

        from lms.common.batches import batches
        from lms.people.models import Person

        host = self.site.removeprefix("http://")
        people = Person.objects.filter(is_superuser=False, is_active=True).order_by("pk")
        prepared: dict[int, tuple[bytes, bytes]] = {}
        for group in batches(islice(people.iterator(chunk_size=5000), count), 5000):
            for person, cookies in zip(group, self.sessions(group), strict=True):
                head = (
                    f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {self.site}\r\n"
                    "Accept: application/json\r\nAccept-Language: id\r\nContent-Length: 0\r\n"
                    f"X-CSRFToken: {cookies[settings.CSRF_COOKIE_NAME]}\r\n"
                    f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}"
                )
                prepared[person.pk] = head.encode(), b"\r\n\r\n"
        if len(prepared) < count:
            raise ValueError(f"the ministry has only {len(prepared)} people; start with --ministry {count}")
        return prepared

    def emails(self, count: int) -> list[str]:
        """E-mail addresses of people who can sign in with ``PASSWORD``."""
        return [person.email or "" for person in self._actors(count)]

    def signed_in(self, count: int) -> list[tuple[int, dict[str, str]]]:
        """People with the cookies of a session each."""
        return [(person.pk, self._cookies(person)) for person in self._actors(count)]

    def learners(self, count: int) -> list[tuple[int, dict[str, str]]]:
        """Enrollments in the run that is played, with their people's cookies."""
        return [(self.enrolled[pk], cookies) for pk, cookies in self.signed_in(count)]

    def officers(self, count: int) -> list[dict[str, str]]:
        """Cookies of HR officers of the whole ministry."""
        from lms.people.models import OrgUnit, Role
        from lms.people.services import grant_role

        ministry = OrgUnit.objects.get(parent=None)
        officers = self._actors(count)
        for officer in officers:
            grant_role(officer, Role.Kind.HR_OFFICER, ministry, by=None)
        return [self._cookies(officer) for officer in officers]

    def report_paths(self) -> tuple[str, str]:
        """The report's first page, and a drill-down to the unit below with the most enrollments."""
        from lms.people.models import OrgUnit
        from lms.reports.models import Rollup

        ministry = OrgUnit.objects.get(parent=None)
        below = Rollup.objects.filter(unit__parent=ministry).order_by("-count").values_list("unit", flat=True)[0]
        return f"/reports/units/{ministry.pk}/", f"/reports/units/{below}/"

    def enrollments_in_report(self) -> int:
        """How many enrollments the ministry's report counts."""
        from django.db.models import Sum

        from lms.reports.models import Rollup

        return Rollup.objects.filter(unit__parent=None).aggregate(Sum("count"))["count__sum"] or 0

    def queries_of(self, path: str, cookies: dict[str, str]) -> int:
        """How many queries a page takes, asked of this process."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(SERVER_NAME="127.0.0.1")
        client.cookies.load(cookies)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != 200:
            raise ValueError(f"{path}: {answer.status_code}")
        return len(queries)

    def measure(
        self,
        people: Sequence[tuple[Who, dict[str, str]]],
        act: Callable[[Visitor, Who], Awaitable[None]],
        *,
        concurrency: int = 16,
    ) -> dict[str, Any]:
        """Let each of ``people`` act once and return the figures.

        ``server_cpu_ms`` is the CPU of web, database and Redis for one person's whole act; ``..._per_request`` divides
        it by her HTTP requests.
        """
        # The first requests of a process fill its caches; they are part of no measurement.
        warm, rest = people[:WARM_UP], people[WARM_UP:]
        drive(self.site, warm, act, concurrency=concurrency)
        before = servers_cpu_ms()
        run = drive(self.site, rest, act, concurrency=concurrency)
        spent = servers_cpu_ms() - before
        acts = max(len(run.seconds), 1)
        return {
            "people": len(rest),
            "requests": run.requests,
            "concurrency": concurrency,
            "per_second": round(len(run.seconds) / run.wall, 1),
            "p50_ms": run.percentile(0.50),
            "p95_ms": run.percentile(0.95),
            "p99_ms": run.percentile(0.99),
            "errors": len(run.errors),
            "first_errors": run.errors[:3],
            "server_cpu_ms": round(spent.total() / acts, 2),
            "server_cpu_ms_per_request": round(spent.total() / max(run.requests, 1), 2),
            **{f"{part}_cpu_ms": round(spent[part] / acts, 2) for part in ("web", "database", "redis")},
        }
