"""The HR report: the first page of the ministry, and one drill-down."""

from statistics import median
from time import perf_counter
from typing import Any

from tests.benchmarks.load import Visitor
from tests.benchmarks.stage import Stage


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Officers of the whole ministry read the first page and go down to the office with the most enrollments.

    One at a time, so that what a page takes is the server's time and not the queue before it.
    """
    first_page, drill_down = stage.report_paths()
    seconds: dict[str, list[float]] = {first_page: [], drill_down: []}

    async def act(visitor: Visitor, path: str) -> None:
        begun = perf_counter()
        await visitor.get(path)
        seconds[path].append((perf_counter() - begun) * 1000)

    officers = stage.officers(people)
    figures = stage.measure([(path, cookies) for cookies in officers for path in seconds], act, concurrency=1)
    return figures | {
        "enrollments": stage.enrollments_in_report(),
        "first_page_ms": round(median(seconds[first_page]), 2),
        "drill_down_ms": round(median(seconds[drill_down]), 2),
        "first_page_queries": stage.queries_of(first_page, officers[0]),
        "drill_down_queries": stage.queries_of(drill_down, officers[0]),
    }
