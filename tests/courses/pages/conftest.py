"""What tests of learners' pages share."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_page_is_kept():
    """Pages for strangers are kept for half a minute; here each test has its own."""
    cache.clear()
