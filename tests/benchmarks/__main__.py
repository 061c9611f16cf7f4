"""``python -m tests.benchmarks FLOW [--people N] [--json FILE]``: one flow; without FLOW, all of them."""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.benchmarks.stage import WARM_UP, Stage

BUDGETS = Path(__file__).with_name("budgets.toml")
FLOWS = (
    "sign-in",
    "course-page",
    "lesson",
    "slow-line",
    "heartbeats",
    "quiz",
    "report",
    "audience",
    "bulk",
    "rush",
    "promote",
)
CROWDS = ("rush", "promote")
"""Flows of people who only need an account: they may be the whole ministry."""


def measure(flow: str, options: argparse.Namespace, stage: Stage) -> dict[str, Any]:
    """Run one flow and hold its figures against its budget."""
    module = __import__(f"tests.benchmarks.flows.{flow.replace('-', '_')}", fromlist=["measure"])
    figures = module.measure(stage, options.people + (0 if flow in CROWDS else WARM_UP))
    budget = tomllib.loads(BUDGETS.read_text())[flow]
    holds = all(is_within(figures[name], limit) for name, limit in budget.items())
    return {"flow": flow, "figures": figures, "budget": budget, "holds": holds}


def is_within(figure: float, limit: "float | dict[str, float]") -> bool:
    """Whether a figure keeps its budget: at most a number, or ``{at_least = a number}``."""
    return bool(figure >= limit["at_least"]) if isinstance(limit, dict) else figure <= limit


def main() -> int:
    """Bring up the stage, run, print, write, and say by the exit code whether every budget held."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("flow", nargs="?", choices=FLOWS, help="all of them when left out")
    parser.add_argument("--people", type=int, default=400, help="how many people act (default: 400)")
    parser.add_argument("--ministry", type=int, default=20_000, help="how many people the ministry has")
    parser.add_argument("--enrollments", type=int, default=20_000, help="how many enrollments the report counts")
    parser.add_argument("--workers", type=int, help="web processes (default: 1, for a crowd 2)")
    parser.add_argument("--threads", type=int, default=64, help="threads of each (default: 64)")
    parser.add_argument("--seats", type=int, default=100, help="seats of the run in a rush")
    parser.add_argument("--connections", type=int, default=256, help="connections at once in a rush")
    parser.add_argument("--rows", type=int, default=20_000, help="how many rows the list of bulk has")
    parser.add_argument("--chaos", action="store_true", help="kill servers in the middle of a list or a rush")
    parser.add_argument("--json", type=Path, help="where to write the result")
    options = parser.parse_args()
    flows = [options.flow] if options.flow else list(FLOWS)
    is_crowd = all(flow in CROWDS for flow in flows)
    actors = 0 if is_crowd else options.people + WARM_UP
    enrollments = 0 if is_crowd else options.enrollments
    # People, those among them who act, and those who fill the report are never the same.
    ministry = options.people + WARM_UP if is_crowd else max(options.ministry, enrollments + 2 * actors)
    workers = options.workers or 1 + is_crowd
    with Stage(ministry, enrollments, actors, workers, options.threads) as stage:
        stage.options = options
        results = [measure(flow, options, stage) for flow in flows]
    for result in results:
        print(json.dumps(result))  # noqa: T201
    if options.json:
        options.json.write_text(json.dumps(results[0] if options.flow else results, indent=2) + "\n")
    return 0 if all(result["holds"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
