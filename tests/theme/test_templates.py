"""What every page has in common."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import reverse
from django.utils import translation

from lms.common.errors import Refused

TEMPLATES = Path(__file__).parents[2] / "theme/templates"
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE)


def template_files() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def pages() -> list[Path]:
    """All but letters: those are read where no style sheet of ours is, and no policy forbids style inside."""
    return [path for path in template_files() if path.parent.name != "email"]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_nothing_inline(path):
    assert not INLINE.search(path.read_text())


@pytest.mark.parametrize("path", template_files(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_load_nothing_from_another_host(path):
    assert not re.search(r"(src|href)=\"(https?:)?//", path.read_text())


def test_icons_named_in_templates_exist():
    folder = Path(settings.ROOT) / "node_modules/lucide-static/icons"
    named = re.compile(r"{% icon \"([\w-]+)\"|icon.html\" with name=\"([\w-]+)\"|icon=\"([\w-]+)\"")

    for path in template_files():
        for names in named.findall(path.read_text()):
            assert (folder / f"{''.join(names)}.svg").exists(), (path.name, names)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("id", "Langsung ke isi"), ("en", "Skip to the content")])
def test_the_frame_speaks_both_languages(client, language, words):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    answer = client.get("/accounts/login/").content.decode()

    assert f'<html lang="{language}">' in answer
    assert words in answer


@pytest.mark.django_db
def test_a_page_anyone_may_see_sets_no_cookie_and_holds_no_token(client):
    answer = client.get("/nothing-here/")

    assert answer.status_code == 404
    assert not answer.cookies
    assert b"csrfmiddlewaretoken" not in answer.content


@pytest.mark.django_db
def test_changing_the_language_comes_back_to_the_same_page(client):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/accounts/login/?next=/learn/"})

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/learn/"
    assert client.get(answer["Location"]).headers["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_of_a_broken_server_needs_nothing_but_itself(language):
    with translation.override(language):
        page = render_to_string("500.html")

    assert f'lang="{language}"' in page


def test_a_refusal_is_shown_in_its_own_words():
    page = render_to_string("components/refused.html", {"refusal": Refused("Kuota penuh <b>")})

    assert "Kuota penuh &lt;b&gt;" in page


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.theme.urls")
def test_a_form_sent_back_keeps_what_was_typed_and_says_what_is_wrong(client, gallery_templates):
    page = client.get("/gallery/?errors").content.decode()

    assert 'value="1987"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page


def test_the_page_of_a_broken_server_stands_without_the_list_of_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    assert "/static/theme/css/tokens.css" in render_to_string("500.html")
