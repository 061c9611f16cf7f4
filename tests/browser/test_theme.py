"""The components in a real browser: nothing wrong for axe, nothing wider than the screen, and the keyboard works."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import axe, sideways_scroll
from tests.theme.gallery import with_gallery_templates


@pytest.fixture
def gallery_url(chromium, live_server, settings) -> str:
    settings.ROOT_URLCONF = "tests.theme.urls"
    settings.TEMPLATES = with_gallery_templates(settings.TEMPLATES)
    return f"{live_server.url}/gallery/"


def open_page(chromium: Browser, url: str, width: int = 360, **options) -> Page:
    page = chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=False, **options).new_page()
    page.goto(url, wait_until="networkidle")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_components_satisfy_axe_and_fit_the_screen(chromium, gallery_url, width, scheme):
    page = open_page(chromium, f"{gallery_url}?errors", width, color_scheme=scheme)

    assert axe(page) == []
    assert sideways_scroll(page) == 0


def test_the_policy_blocks_nothing_that_the_frame_does(chromium, gallery_url):
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(gallery_url, wait_until="networkidle")

    assert complaints == []
    assert page.locator(".chart canvas").is_visible()


def test_what_cannot_be_taken_back_is_asked_first(chromium, gallery_url):
    page = open_page(chromium, gallery_url)

    page.get_by_role("button", name="Mundur").click()
    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_have_count(0)
    assert page.url == gallery_url

    page.get_by_role("button", name="Mundur").click()
    with page.expect_response("**/language/") as answer:
        page.locator("dialog [data-yes]").click()
    assert answer.value.request.method == "POST"


def test_the_chosen_appearance_lasts(chromium, gallery_url):
    page = open_page(chromium, gallery_url, 1280)

    page.locator("[data-scheme-switch] button[value=dark]").click()
    page.reload()

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_menu_opens_on_a_phone_without_script(chromium, gallery_url):
    page = open_page(chromium, gallery_url, java_script_enabled=False)

    page.locator(".site-header__open").click()

    assert page.locator("#site-menu").is_visible()


def test_a_password_can_be_shown_and_hidden(chromium, gallery_url):
    page = open_page(chromium, gallery_url)
    toggle = page.locator("[data-reveal] button")

    toggle.click()
    assert page.locator("#id_password").get_attribute("type") == "text"
    toggle.click()
    assert page.locator("#id_password").get_attribute("type") == "password"
