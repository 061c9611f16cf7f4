"""A lesson over 64 kbit/s, a second away, with 2 % lost: how long until its text can be read, and how many bytes."""

import shutil
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.line import SlowLine
from tests.benchmarks.stage import Stage

READABLE = """() => new Promise(done => {
    const look = () => {
        const text = document.querySelector("#lesson .prose");
        const painted = performance.getEntriesByType("paint").some(entry => entry.name === "first-contentful-paint");
        if (text && text.getBoundingClientRect().height > 0 && painted) done();
        else setTimeout(look, 20);
    };
    look();
})"""


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Open a lesson with nothing known, then another one, three times; the slowest of each counts."""
    from django.conf import settings

    [(enrollment, cookies)] = stage.learners(1)
    port = urlsplit(stage.site).port or 80
    paths = [f"/learn/{enrollment}/items/{item.pk}/" for item in stage.lessons[:2]]
    firsts, returns = [], []
    for number in range(3):
        with SlowLine(port, seed=number) as line:
            first, again = _visits(line, paths, {settings.SESSION_COOKIE_NAME: cookies[settings.SESSION_COOKIE_NAME]})
        firsts.append(first)
        returns.append(again)
    return {
        "first_seconds": max(first[0] for first in firsts),
        "first_kb": max(first[1] for first in firsts),
        "first_whole_kb": max(first[2] for first in firsts),
        "return_seconds": max(again[0] for again in returns),
        "return_kb": max(again[1] for again in returns),
        "errors": 0,
    }


def _visits(line: SlowLine, paths: Sequence[str], cookies: dict[str, str]) -> list[tuple[float, float, float]]:
    """For each page: seconds until its text is readable, kB until then, and kB until everything was there."""
    from playwright.sync_api import sync_playwright

    site = f"http://127.0.0.1:{line.port}"
    visits = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        context = browser.new_context(viewport={"width": 360, "height": 760})
        context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        context.set_default_timeout(120_000)
        page = context.new_page()
        for path in paths:
            before, begun = line.down, time.perf_counter()
            page.goto(site + path, wait_until="commit")
            page.evaluate(READABLE)
            seconds, readable = time.perf_counter() - begun, line.down - before
            page.wait_for_load_state("networkidle")
            visits.append((round(seconds, 2), round(readable / 1000, 1), round((line.down - before) / 1000, 1)))
        browser.close()
    return visits
