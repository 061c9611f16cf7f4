"""Templates are folded per language, and nothing but the speed of drawing them changes."""

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.utils import translation

from theme.loader import fold

FIXED = '{% load i18n static icons %}<p>{% translate "Language" %}</p>{% comment %}no{% endcomment %}{% icon "check" %}'


@pytest.fixture
def engine() -> Engine:
    libraries = {name: f"django.templatetags.{name}" for name in ("i18n", "static")}
    return Engine(libraries={**libraries, "icons": "theme.templatetags.icons"})


def test_fixed_words_icons_and_comments_become_one_text(engine):
    template = engine.from_string(FIXED)
    plain = template.render(Context())

    fold(template.nodelist)

    assert [type(node) for node in template.nodelist] == [TextNode]
    assert template.render(Context()) == plain


def test_what_depends_on_the_reader_stays(engine):
    template = engine.from_string(
        '{% load i18n icons %}{% if a %}{% translate "Yes, continue" %}{% else %}{{ b }}{% endif %}'
        "{% for c in d %}{% icon c %}{% translate c %}{% endfor %}"
    )
    contexts = [{"a": True}, {"b": "<b>", "d": ["check", "x"]}]
    plain = [template.render(Context(context)) for context in contexts]

    fold(template.nodelist)

    assert [template.render(Context(context)) for context in contexts] == plain


def test_words_kept_in_a_variable_are_still_kept(engine):
    template = engine.from_string('{% load i18n %}{% translate "Language" as word %}{{ word }}')

    fold(template.nodelist)

    with translation.override("en"):
        assert template.render(Context()) == "Language"


def test_a_part_in_another_language_is_left_alone(engine):
    template = engine.from_string('{% load i18n %}{% language "en" %}{% translate "Language" %}{% endlanguage %}')

    with translation.override("id"):
        fold(template.nodelist)

        assert template.render(Context()) == "Language"


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_language_has_its_own_copy(language):
    from django.template.loader import render_to_string

    with translation.override("en" if language == "id" else "id"):
        render_to_string("components/scheme.html")

    with translation.override(language):
        words = translation.gettext("Light")
        assert words in render_to_string("components/scheme.html")
