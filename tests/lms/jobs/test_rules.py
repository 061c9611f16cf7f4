import pytest

from lms.jobs.rules import doubt_about, is_number_typed


@pytest.mark.parametrize(
    ("counts", "total", "code"),
    [
        ({"errors": 20, "to_do": 80}, 100, None),
        ({"errors": 21, "to_do": 79}, 100, "many_errors"),
        ({"withdrawn": 10, "to_do": 100}, 100, None),
        ({"withdrawn": 11, "to_do": 100}, 100, "many_withdrawn"),
        ({"withdrawn": 11, "errors": 30, "to_do": 70}, 100, "many_withdrawn"),
        ({"errors": 40, "to_do": 9}, 49, None),
        ({"errors": 100, "to_do": 0}, 100, None),
        ({}, None, None),
    ],
)
def test_a_large_share_of_errors_or_withdrawals_is_doubtful(counts, total, code):
    doubt = doubt_about(counts, total)

    assert (doubt.code if doubt else None) == code


@pytest.mark.parametrize("typed", ["12345", " 12.345 ", "12,345", "12 345"])
def test_a_number_may_be_typed_as_the_page_shows_it(typed):
    assert is_number_typed(typed, 12345)


@pytest.mark.parametrize("typed", ["", "1234", "-12345", "12345 people", "9" * 5000, "²"])
def test_anything_else_is_not_the_number(typed):
    assert not is_number_typed(typed, 12345)
