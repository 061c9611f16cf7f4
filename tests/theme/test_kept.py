"""Parts of pages that are drawn once for many readers."""

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from theme.templatetags.kept import PartDiffers

PART = Template("{% load kept i18n %}{% kept number %}<p>{{ number }} {{ name }}</p>{% endkept %}")


def test_a_part_is_drawn_once_for_each_value_of_its_key(settings):
    settings.CHECK_KEPT_PARTS = False

    first = PART.render(Context({"number": 1, "name": "Ani"}))
    again = PART.render(Context({"number": 1, "name": "Budi"}))
    other = PART.render(Context({"number": 2, "name": "Budi"}))

    assert (first, again, other) == ("<p>1 Ani</p>", "<p>1 Ani</p>", "<p>2 Budi</p>")


def test_a_part_whose_key_leaves_something_out_fails_the_suite():
    PART.render(Context({"number": 1, "name": "Ani"}))

    with pytest.raises(PartDiffers, match="not the same"):
        PART.render(Context({"number": 1, "name": "Budi"}))


def test_a_key_may_hold_lists():
    part = Template("{% load kept %}{% kept rows %}{{ rows|join:' ' }}{% endkept %}")

    assert part.render(Context({"rows": ["a", ["b"]]})) == "a [&#x27;b&#x27;]"


def test_each_language_and_zone_has_its_own(settings):
    settings.CHECK_KEPT_PARTS = False
    part = Template(
        "{% load kept i18n tz %}{% kept %}{% get_current_language as l %}{{ l }} {{ at|time:'H' }}{% endkept %}"
    )
    at = timezone.datetime(2026, 1, 1, 1, tzinfo=timezone.get_fixed_timezone(0))

    with translation.override("id"), timezone.override("Asia/Jakarta"):
        west = part.render(Context({"at": at}))
    with translation.override("en"), timezone.override("Asia/Jayapura"):
        east = part.render(Context({"at": at}))

    assert (west, east) == ("id 08", "en 10")


def test_a_form_in_a_kept_part_has_the_readers_own_token(settings):
    settings.CHECK_KEPT_PARTS = False
    part = Template("{% load kept %}{% kept %}<form>{% csrf_token %}</form>{% endkept %}")

    hers = part.render(Context({"csrf_token": "token-of-ani"}))
    his = part.render(Context({"csrf_token": "token-of-budi"}))

    assert 'value="token-of-ani"' in hers
    assert 'value="token-of-budi"' in his


def test_what_people_wrote_stays_escaped():
    part = Template("{% load kept %}{% kept text %}{{ text }}{% endkept %}")

    assert part.render(Context({"text": "<b>"})) == "&lt;b&gt;"
