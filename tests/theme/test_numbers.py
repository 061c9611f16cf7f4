from decimal import Decimal

from django.utils import translation

from theme.templatetags.numbers import count


def test_thousands_are_set_apart_as_the_language_does():
    with translation.override("id"):
        assert count(1337907) == "1.337.907"
    with translation.override("en"):
        assert count(1337907) == "1,337,907"


def test_decimals_follow_the_language():
    with translation.override("id"):
        assert count(Decimal("87.50"), 1) == "87,5"


def test_nothing_is_written_as_nothing():
    assert count(None) == ""
