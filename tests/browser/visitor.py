"""A person at a browser: what she opens is watched for mistakes, and looked at on a phone and on a desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WIDTHS = {360: 760, 1280: 900}
"""A phone and a desk: width and height."""


def sideways_scroll(page: Page) -> int:
    """How many pixels the page is wider than the screen; 0 when it fits."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(wide, 0)


def axe(page: Page, but: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong with the page, one line for each element; ``but`` names rules to leave out."""
    if page.evaluate("() => !window.axe"):
        session = page.context.new_cdp_session(page)
        # The policy of our pages forbids eval(), by which Playwright would bring the script in.
        session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        session.detach()
    found: list[dict[str, Any]] = page.evaluate(
        "() => axe.run({resultTypes: ['violations']}).then(result => result.violations)"
    )
    # Left out afterwards: the editor brings rules of its own, and axe stumbles over the name of one it does not know.
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]}"
        for rule in found
        if rule["id"] not in but
        for node in rule["nodes"]
    ]


class Visitor:
    """One browser window, of one person.

    ``complaints`` collects whatever no page may do: errors of scripts, breaches of the content policy, answers that say
    the server failed, and requests to any other host.
    """

    def __init__(self, browser: Browser, url: str, shots: Path | None = None, languages: tuple[str, ...] = ("id",)):
        self.url = url
        self.shots = shots
        self.languages = languages
        self.context = browser.new_context(viewport=self._size(1280), color_scheme="light", accept_downloads=True)
        self.context.set_default_timeout(60_000)
        self.complaints: list[str] = []
        self._is_expecting = False
        self.hosts = {urlsplit(url).hostname}
        self.page = self._tab()
        self.speak("id")

    def open(self, path: str) -> Page:
        """Go to an address of the platform."""
        self.page.goto(path if path.startswith("http") else f"{self.url}{path}")
        return self.page

    def speak(self, language: str) -> None:
        """Choose the language of the pages that are opened from now on."""
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])

    def sign_in(self, login: str, password: str) -> None:
        """Fill in and send the form of the sign-in page."""
        page = self.open("/accounts/login/")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def follow(self, link: Locator) -> None:
        """Press what leads to another page, and wait until that page is there: to be looked at, not the one before."""
        with self.page.expect_navigation():
            link.click()

    def look(self, name: str, *, again: bool = True, but: tuple[str, ...] = ()) -> None:
        """Look at the page on every screen and, unless it cannot be asked for ``again``, in every language."""
        first, *others = self.languages if again else ("",)
        self._look_at(self.page, f"{name} {first}", but)
        for language in others:
            self.speak(language)
            self._beside.goto(self.page.url)
            self._look_at(self._beside, f"{name} {language}", but)
        if others:
            self.speak(first)

    @cached_property
    def _beside(self) -> Page:
        """A second tab, for the other languages: the page in the first is left as it is."""
        return self._tab()

    def _look_at(self, page: Page, name: str, but: tuple[str, ...]) -> None:
        for width in WIDTHS:
            page.set_viewport_size(self._size(width))
            self._settle(page)
            where = f"{name} {width}".replace("  ", " ")
            too_wide = sideways_scroll(page)
            if too_wide:
                self._complain(page, f"{where}: {too_wide} px wider than the screen")
            for line in axe(page, but):
                self._complain(page, f"{where}: {line}")
            if self.shots:
                page.screenshot(path=self.shots / f"{where.replace(' ', '-')}.png", full_page=True)

    @contextmanager
    def refused(self) -> Iterator[None]:
        """What is asked within the block is expected to be refused."""
        self._is_expecting = True
        try:
            yield
        finally:
            self._is_expecting = False

    def close(self) -> None:
        self.context.close()

    def _tab(self) -> Page:
        """A tab that is watched for mistakes."""
        page = self.context.new_page()
        page.on("console", lambda message: self._heard(page, message))
        page.on("pageerror", lambda error: self._complain(page, f"script: {error}"))
        page.on("request", lambda request: self._asked(page, request))
        page.on("response", lambda response: self._answered(page, response))
        # Before anything is done or expected, wait for the page's scripts, and for what htmx brought to settle. A
        # person is slower than that, even on a busy machine; a test is not.
        asleep = "html:has(script[src*='theme/js/main']):not([data-awake])"
        for busy in (asleep, "html:has(.htmx-swapping, .htmx-settling)"):
            page.add_locator_handler(page.locator(busy), lambda: None)
        return page

    @staticmethod
    def _size(width: int) -> Any:
        return {"width": width, "height": WIDTHS[width]}

    @staticmethod
    def _settle(page: Page) -> None:
        """Wait for the page, its fonts and transitions, so that sizes and colors are measured as they will stay."""
        page.wait_for_load_state()
        page.evaluate(
            "() => document.fonts.ready.then(() =>"
            " Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < 5000)"
            ".map(a => a.finished.catch(() => 0))))"
        )

    def _complain(self, page: Page, text: str) -> None:
        self.complaints.append(f"{urlsplit(page.url).path}: {text}")

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        # A page that itself is refused or not there is an answer, which the test reads; what a page lacks is a fault.
        is_the_page = message.location["url"] == page.url
        is_answer = "Failed to load resource" in message.text and (self._is_expecting or is_the_page)
        if message.type == "error" and not is_answer:
            self._complain(page, f"console: {message.text}")

    def _asked(self, page: Page, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.hostname not in self.hosts:
            self._complain(page, f"asks another host: {request.url}")

    def _answered(self, page: Page, response: Response) -> None:
        if response.status >= 500:
            self._complain(page, f"{response.status} from {response.url}")
