"""Several workers at the same deliveries: each is brought once."""

import threading
from collections import defaultdict
from functools import partial

import pytest
from django.db import transaction

from lms.events import services
from lms.events.models import Delivery
from tests.lms.events.test_services import Rained

WAIT = 60


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(services, "_receivers", defaultdict(dict))
    places = []

    @services.receiver(Rained)
    def hear(event):
        places.append(event.place_id)

    return places


def test_without_the_lock_two_workers_bring_the_same(at_once, heard, monkeypatch):
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def claim(delivery_ids, limit, is_bulk):
        rows = list(Delivery.objects.filter(state="due").select_related("event"))
        both_have_read.wait()
        return rows

    monkeypatch.setattr(services, "_claim", claim)
    services.announce(Rained(1, 1))

    at_once([services.deliver] * 2)

    assert heard == [1, 1]


def test_many_workers_bring_each_delivery_once(at_once, heard):
    for place in range(60):
        services.announce(Rained(place, 1))

    claimed = at_once([partial(services.deliver, limit=7)] * 20)

    assert sum(claimed) == 60
    assert sorted(heard) == list(range(60))
    assert Delivery.objects.filter(state="done", attempts=1).count() == 60


def test_a_worker_does_not_wait_for_what_another_has_claimed(at_once, heard):
    for place in range(4):
        services.announce(Rained(place, 1))
    slow_has_claimed, quick_is_done = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            rows = services._claim(None, 2)
            slow_has_claimed.set()
            assert quick_is_done.wait(WAIT)
        return len(rows)

    def quick():
        assert slow_has_claimed.wait(WAIT)
        try:
            return services.deliver()
        finally:
            quick_is_done.set()

    assert at_once([slow, quick]) == [2, 2]
    assert sorted(heard) == [2, 3]
