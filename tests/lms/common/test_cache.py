"""The cache's clients are made once and do what Django's do."""

import pytest
from django.conf import settings

from lms.common.cache import Cache

pytestmark = pytest.mark.skipif(
    not settings.CACHES["default"]["BACKEND"].endswith("cache.Cache"), reason="the embedded default has no Redis"
)


def test_one_client_serves_all_commands():
    cache = Cache(settings.CACHES["default"]["LOCATION"], {})

    cache.set("kept", {"a": 1}, 10)

    assert cache.get("kept") == {"a": 1}
    assert cache._cache.get_client() is cache._cache.get_client(write=True)
