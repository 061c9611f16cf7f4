"""What is announced is heard: in the announcer's transaction, at least once, whoever fails meanwhile."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lms.common.celery_bell import bell_for, gathering_bell_for
from lms.common.registry import bells
from lms.events import services, tasks
from lms.events.models import Delivery, Event
from lms.events.rules import CLAIM, MAX_ATTEMPTS, backoff
from tests.services.process import free_ports

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Rained:
    place_id: int
    millimeters: int


@pytest.fixture(autouse=True)
def _no_other_receivers(monkeypatch):
    monkeypatch.setattr(services, "_receivers", defaultdict(dict))


@pytest.fixture
def rung(monkeypatch):
    """What the bell of the events was rung with."""
    calls = []
    monkeypatch.setitem(bells._entries, "events", calls.append)
    return calls


@pytest.fixture
def heard():
    """What a receiver of ``Rained`` has heard."""
    facts = []

    @services.receiver(Rained)
    def hear(event):
        facts.append(event)

    return facts


def fail_always():
    @services.receiver(Rained)
    def fail(event):
        raise ZeroDivisionError("no umbrella")

    return fail


def pass_the_pause():
    Delivery.objects.filter(state="due").update(not_before=timezone.now())


def test_an_event_is_written_with_a_duty_for_each_receiver(heard):
    fail_always()

    services.announce(Rained(place_id=7, millimeters=3))

    event = Event.objects.get()
    assert (event.name, event.facts) == ("events.Rained", {"place_id": 7, "millimeters": 3})
    assert {delivery.receiver.rsplit(".", 1)[-1] for delivery in event.deliveries.all()} == {"hear", "fail"}
    assert heard == []


def test_an_event_without_receivers_costs_one_insert(queries_of):
    assert queries_of(services.announce, Rained(1, 1)) == 1
    assert not Delivery.objects.exists()


def test_a_change_taken_back_takes_its_event_along(heard, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.announce(Rained(1, 1))
        transaction.set_rollback(True)

    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
    assert rung == []


def test_the_bell_is_rung_after_commit_and_not_before(heard, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.announce(Rained(1, 1))
        assert rung == []

    assert rung == [[Delivery.objects.get().pk]]


def test_a_delivery_brings_the_event_as_it_was_announced_once(heard):
    services.announce(Rained(place_id=7, millimeters=3))

    assert services.deliver() == 1
    assert services.deliver() == 0

    assert heard == [Rained(place_id=7, millimeters=3)]
    assert Delivery.objects.get().state == "done"


def test_only_the_deliveries_asked_for_are_brought(heard):
    services.announce(Rained(1, 1))
    services.announce(Rained(2, 2))
    last = Delivery.objects.latest("pk")

    tasks.deliver([last.pk])

    assert heard == [Rained(2, 2)]


def test_a_receiver_that_fails_does_not_keep_the_others_from_hearing(heard):
    fail_always()
    services.announce(Rained(1, 1))

    services.deliver()

    failed = Delivery.objects.get(state="due")
    assert heard == [Rained(1, 1)]
    assert "no umbrella" in failed.trace
    assert failed.attempts == 1
    assert failed.not_before > timezone.now()


def test_what_failed_is_left_alone_until_its_pause_is_over(heard):
    fail_always()
    services.announce(Rained(1, 1))
    services.deliver()

    assert services.deliver() == 0
    pass_the_pause()
    assert services.deliver() == 1

    assert len(heard) == 1


def test_pauses_grow_to_ten_minutes():
    pauses = [backoff(attempts).total_seconds() for attempts in range(1, 10)]

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]


def test_what_fails_every_time_is_set_aside_with_its_trace(heard):
    fail_always()
    services.announce(Rained(1, 1))

    for _ in range(MAX_ATTEMPTS):
        services.deliver()
        pass_the_pause()

    poisoned = Delivery.objects.get(state="poison")
    assert poisoned.attempts == MAX_ATTEMPTS
    assert "ZeroDivisionError" in poisoned.trace
    assert services.deliver() == 0


def test_a_receiver_that_recovers_leaves_no_trace():
    failures = [ZeroDivisionError("once")]

    @services.receiver(Rained)
    def recover(event):
        if failures:
            raise failures.pop()

    services.announce(Rained(1, 1))
    services.deliver()
    pass_the_pause()
    services.deliver()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.trace) == ("done", 2, "")


def test_a_receiver_that_a_newer_version_dropped_is_tried_then_set_aside(heard, monkeypatch):
    services.announce(Rained(1, 1))
    monkeypatch.setattr(services, "_receivers", defaultdict(dict))

    for _ in range(MAX_ATTEMPTS):
        services.deliver()
        pass_the_pause()

    poisoned = Delivery.objects.get()
    assert poisoned.state == "poison"
    assert "does not exist in this version" in poisoned.trace


def test_a_claim_whose_worker_died_runs_out(heard):
    services.announce(Rained(1, 1))
    [claimed] = services._claim(None, 10)

    assert claimed.not_before == pytest.approx(timezone.now() + CLAIM, abs=timedelta(seconds=5))
    assert services.deliver() == 0
    pass_the_pause()
    assert services.deliver() == 1

    assert heard == [Rained(1, 1)]


def test_the_sweep_brings_everything_that_is_due(heard):
    for place in range(130):
        services.announce(Rained(place, 1))

    tasks.sweep()

    assert [event.place_id for event in heard] == list(range(130))


def test_claiming_costs_the_same_for_two_or_fifty(heard, queries_of):
    for _ in range(52):
        services.announce(Rained(1, 1))

    assert queries_of(services._claim, None, 2) == queries_of(services._claim, None, 50)


def test_a_broker_that_is_away_neither_fails_nor_delays_the_commit(
    heard, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    broker = Celery(broker=f"redis://127.0.0.1:{free_ports()[0]}/0", set_as_current=False)
    broker.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    bell = bell_for(broker.task(name="lms.events.tasks.deliver")(tasks.deliver.run))
    monkeypatch.setitem(bells._entries, "events", bell)
    began = time.monotonic()

    with django_capture_on_commit_callbacks(execute=True):
        services.announce(Rained(1, 1))

    assert time.monotonic() - began < 3
    assert "not heard" in caplog.text
    tasks.sweep()
    assert heard == [Rained(1, 1)]


def test_without_a_broker_nobody_is_rung(settings, monkeypatch):
    settings.CELERY_BROKER_URL = "memory://"
    sent = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **message: sent.append(message))

    bell_for(tasks.deliver)([1])

    assert sent == []


@dataclass(frozen=True)
class Flooded:
    many: ClassVar[str] = "place_ids"

    place_ids: list[int]


@pytest.fixture
def flooded():
    """The parts that a receiver of ``Flooded`` has heard."""
    parts = []

    @services.receiver(Flooded)
    def hear(event):
        parts.append(event.place_ids)

    return parts


def test_an_event_of_many_rows_is_heard_in_parts_and_in_order(flooded):
    services.announce(Flooded(list(range(4_500))))

    services.deliver()

    assert [len(part) for part in flooded] == [2_000, 2_000, 500]
    assert [place for part in flooded for place in part] == list(range(4_500))


def test_the_deliveries_of_a_moment_go_in_one_task(monkeypatch):
    sent, is_sent = [], threading.Event()

    def send(args, **options):
        sent.append(args)
        is_sent.set()

    monkeypatch.setattr(tasks.deliver, "apply_async", send)
    bell = gathering_bell_for(tasks.deliver)

    for ids in ([1], [2, 3], [4]):
        bell(ids)

    assert is_sent.wait(20)
    assert sent == [([1, 2, 3, 4],)]
    is_sent.clear()
    bell([5])
    assert is_sent.wait(20)
    assert sent[1:] == [([5],)]


def test_announcing_many_rows_costs_the_same_for_one_part_or_ten(flooded, queries_of):
    two, ten = Flooded(list(range(4_000))), Flooded(list(range(20_000)))

    assert queries_of(services.announce, two) == queries_of(services.announce, ten)


def test_what_follows_from_many_rows_never_stands_before_a_learners_step(flooded, heard):
    """A million rows come first, and one person's event after them: the prompt worker meets only hers."""
    services.announce(Flooded(list(range(200_000))))
    services.announce(Rained(7, 3))

    tasks.sweep()

    assert heard == [Rained(7, 3)]
    assert flooded == []
    tasks.deliver_bulk()
    assert len(flooded) == tasks.SLICE


def test_each_part_of_many_rows_is_a_task_of_its_own_in_the_queue_of_long_work(
    flooded, rung, monkeypatch, django_capture_on_commit_callbacks
):
    long_work = []
    monkeypatch.setitem(bells._entries, "bulk-events", long_work.append)

    with django_capture_on_commit_callbacks(execute=True):
        services.announce(Flooded(list(range(4_500))))
        services.announce(Flooded(list(range(5))))

    assert [len(ids) for ids in long_work] == [1, 1, 1]
    assert len(rung) == 1
    app = Celery(set_as_current=False)
    app.conf.task_routes = settings.CELERY_TASK_ROUTES
    assert app.amqp.router.route({}, tasks.deliver_bulk.name)["queue"].name == "bulk"
    assert app.amqp.router.route({}, tasks.deliver.name)["queue"].name != "bulk"


def test_a_receiver_that_can_wait_is_long_work():
    @services.receiver(Rained, can_wait=True)
    def write_a_letter(event):
        pass

    services.announce(Rained(1, 1))

    assert Delivery.objects.get().is_bulk
