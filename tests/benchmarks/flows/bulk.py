"""A list from the officer's upload to the last place: checked, confirmed and carried out by a worker.

The file that says what became of each row is written after that; it is timed by itself, and counts.
"""

import csv
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx

from tests.benchmarks.cpu import peak_rss_mb, servers_cpu_ms
from tests.benchmarks.load import WrongAnswer
from tests.benchmarks.stage import Stage
from tests.services.worker import kill, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lms.jobs.models import Job

BAD_IN = 100
"""One row in so many is bad, in turn: unknown, too short, destroyed by a spreadsheet, nobody, a repeat."""


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Upload ``stage.options.rows`` rows over HTTP, wait for the check, confirm, and wait for the end."""
    from lms.jobs.models import Job

    rows, has_chaos = stage.options.rows, stage.options.chaos
    with TemporaryDirectory(prefix="diklat-list-") as folder, ExitStack() as up:
        path = Path(folder) / "peserta.csv"
        good, bad = _write(path, _places(rows))
        log = Path(folder) / "worker.log"
        crew = [up.enter_context(worker(log, {}, queues="bulk"))]
        [cookies] = stage.officers(1)
        spent = servers_cpu_ms()
        begun = time.perf_counter()
        job = _upload(stage, path, cookies)
        uploaded = time.perf_counter()
        if has_chaos:
            crew.append(_replace(up, crew[-1], job, log))
        _until(job, Job.State.READY)
        checked = time.perf_counter()
        _confirm(stage, job, cookies)
        if has_chaos:
            crew.append(_replace(up, crew[-1], job, log))
        _until(job, Job.State.DONE, is_placed=True)
        placed = time.perf_counter()
        _until(job, Job.State.DONE)
        done = time.perf_counter()
        peak, spent = peak_rss_mb(), servers_cpu_ms() - spent
    job.refresh_from_db()
    return {
        "rows": good + bad,
        "bad": bad,
        "rows_per_second": round((good + bad) / (done - begun)),
        "upload_seconds": round(uploaded - begun, 1),
        "check_seconds": round(checked - uploaded, 1),
        "run_seconds": round(placed - checked, 1),
        "files_seconds": round(done - placed, 1),
        "peak_rss_mb": peak,
        "python_cpu_seconds": round(spent["web"] / 1000, 1),
        "database_cpu_seconds": round(spent["database"] / 1000, 1),
        "seated": job.counts["seated"],
        "waiting": job.counts["waiting"],
        "errors": _mistakes(job, good, bad),
    }


def _places(rows: int) -> "Iterator[tuple[str, int]]":
    """So many NIPs, each with a run; everybody once in a period, in as many periods as it takes."""
    from django.utils import timezone

    from courses.catalog.models import Course, CourseRun
    from lms.enrollment.services import create_period, offer_run
    from lms.people.models import Identifier, OrgUnit

    ministry, course, now = OrgUnit.objects.get(parent=None), Course.objects.get(), timezone.now()
    numbers = Identifier.objects.filter(kind="nip", ends_on=None, person__memberships__ends_on=None)
    numbers = numbers.filter(person__memberships__isnull=False).order_by("pk").values_list("value", flat=True)
    left = rows
    while left > 0:
        period = create_period(f"Periode daftar {left}", now, now + timedelta(days=3), ministry)
        run = CourseRun.objects.create(
            course=course,
            title=f"Angkatan daftar {left}",
            starts_at=now,
            ends_at=now + timedelta(days=30),
            organizer=ministry,
        )
        # Nine seats for ten people: the last of each list wait.
        offer_run(run, period, max(1, min(left, numbers.count()) * 9 // 10))
        for number in numbers[:left].iterator(chunk_size=10_000):
            left -= 1
            yield number, run.pk


def _write(path: Path, places: "Iterator[tuple[str, int]]") -> tuple[int, int]:
    """Write the list; returns how many rows are good and how many are bad."""
    good = bad = 0
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["No", "NIP", "Nama", "Nomor angkatan"])
        last = ("", 0)
        for number, (nip, run) in enumerate(places, 1):
            if number % BAD_IN:
                good += 1
                last = (nip, run)
                lines.writerow([number, nip, "Pegawai", run])
                continue
            bad += 1
            wrong = ("190001012000011999", nip[:12], "1.98501E+17", "", last[0])[bad % 5]
            lines.writerow([number, wrong, "Pegawai", last[1] if wrong == last[0] else run])
    return good, bad


def _upload(stage: Stage, path: Path, cookies: dict[str, str]) -> "Job":
    from lms.jobs.models import Job

    with path.open("rb") as file:
        answer = httpx.post(
            f"{stage.site}/enrollments/upload/",
            data={"run": ""},
            files={"file": ("peserta.csv", file, "text/csv")},
            cookies=cookies,
            headers={"X-CSRFToken": cookies["csrftoken"]},
            timeout=600,
        )
    if answer.status_code != 302:
        raise WrongAnswer(f"upload: {answer.status_code}")
    return Job.objects.get(pk=int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]))


def _confirm(stage: Stage, job: "Job", cookies: dict[str, str]) -> None:
    headers = {"X-CSRFToken": cookies["csrftoken"]}
    answer = httpx.post(f"{stage.site}/jobs/{job.pk}/confirm/", cookies=cookies, headers=headers, timeout=60)
    if answer.status_code != 302:
        raise WrongAnswer(f"confirm: {answer.status_code}")


def _until(job: "Job", state: str, *, is_placed: bool = False) -> None:
    """Wait until the list is in this state or, for ``is_placed``, until its last row has its place."""
    from lms.jobs.models import Job

    ends = (Job.State.FAILED, Job.State.REFUSED, Job.State.STOPPED)
    deadline = time.monotonic() + 1800
    while True:
        now, placed, total = Job.objects.values_list("state", "done", "total").get(pk=job.pk)
        if now == state or (is_placed and now == Job.State.RUNNING and placed == total):
            return
        if now in ends or time.monotonic() > deadline:
            raise WrongAnswer(f"the list ended as {now}")
        time.sleep(0.25)


def _replace(up: ExitStack, process: Any, job: "Job", log: Path) -> Any:
    """Kill the worker once the job is well under way, and start another; its claim is let go as time would."""
    from django.utils import timezone

    from lms.jobs.models import Job

    while Job.objects.values_list("done", flat=True).get(pk=job.pk) < _part(job):
        time.sleep(0.05)
    kill(process)
    Job.objects.filter(pk=job.pk).update(claimed_until=timezone.now())
    return up.enter_context(worker(log.with_name(f"worker-{time.monotonic_ns()}.log"), {}, queues="bulk"))


def _part(job: "Job") -> int:
    """How many rows are well under way: a third, but at least a batch."""
    total = job.total or 0
    return max(10_000, total // 3)


def _mistakes(job: "Job", good: int, bad: int) -> int:
    """How far the tables are from what the list asked for; 0 is exact."""
    from django.db.models import Count, F, Max, Q

    from lms.enrollment.models import Enrollment, RunSeats

    runs = RunSeats.objects.filter(run__title__startswith="Angkatan daftar")
    places = Enrollment.objects.filter(run__seating__in=runs)
    counted = places.aggregate(
        seated=Count("pk", filter=Q(status="seated")), waiting=Count("pk", filter=Q(status="waiting"))
    )
    wrong = abs(counted["seated"] + counted["waiting"] - good)
    wrong += abs(job.counts["seated"] - counted["seated"]) + abs(job.counts["waiting"] - counted["waiting"])
    wrong += abs(job.counts["errors"] - bad)
    for run in runs:
        mine = places.filter(run=run.pk)
        by_status = mine.aggregate(
            seated=Count("pk", filter=Q(status="seated")),
            waiting=Count("pk", filter=Q(status="waiting")),
            last=Max("arrival"),
            early=Count("pk", filter=Q(status="waiting", arrival__lte=F("run__seating__seats"))),
        )
        wrong += abs(run.taken - by_status["seated"]) + abs(run.waiting - by_status["waiting"]) + by_status["early"]
        wrong += abs((by_status["last"] or 0) - mine.count()) + max(0, run.taken - (run.seats or 0))
    return wrong
