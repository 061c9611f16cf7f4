"""Real workers and a real broker that die in the middle: what was announced is heard all the same, with one effect."""

import time
from contextlib import ExitStack, contextmanager

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from courses.catalog.models import Category
from lms.common.celery_bell import bell_for
from lms.common.registry import bells
from lms.events.models import Delivery
from lms.events.services import announce
from lms.events.tasks import deliver
from tests.concurrency.slow import Dawdled
from tests.services.process import free_ports
from tests.services.redis import redis
from tests.services.worker import kill, worker

pytestmark = pytest.mark.django_db(transaction=True)
APP = "tests.concurrency.slow_worker"


def until(holds, seconds=120):
    """Wait until ``holds()``."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def is_done():
    return Delivery.objects.get().state == "done"


def database_url():
    """The address of the test's own database, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """A broker of our own, which the test may take away: ``with broker() as environment``."""
    [port] = free_ports()
    address = f"redis://127.0.0.1:{port}/0"
    sender = Celery(broker=address, set_as_current=False)
    sender.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    sender.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE
    monkeypatch.setitem(bells._entries, "events", bell_for(sender.task(name=deliver.name)(deliver.run)))

    @contextmanager
    def run():
        with redis(tmp_path / "broker", durable=True, port=port):
            yield {"REDIS_URL": address, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "lms.settings.test"}

    return run


def test_a_worker_killed_in_the_middle_of_a_delivery_leaves_it_to_the_next(broker, tmp_path):
    calls = tmp_path / "calls"
    with broker() as environment:
        with worker(tmp_path / "first.log", environment, app=APP) as first:
            announce(Dawdled(slug="once", calls=str(calls), pause=600))
            until(calls.exists)
            kill(first)
        assert Delivery.objects.get().state == "due"
        # The claim of the dead runs out; two minutes are long for a test.
        Delivery.objects.update(not_before=timezone.now())

        with worker(tmp_path / "second.log", environment, app=APP):
            until(is_done)

    assert calls.read_text().count("called") == 2
    assert Category.objects.filter(slug="once").count() == 1


def test_a_broker_that_goes_away_costs_a_delay_and_nothing_else(broker, tmp_path):
    calls = tmp_path / "calls"
    with ExitStack() as running:
        with broker() as environment:
            running.enter_context(worker(tmp_path / "worker.log", environment, app=APP))
        began = time.monotonic()
        with transaction.atomic():
            announce(Dawdled(slug="late", calls=str(calls)))
        assert time.monotonic() - began < 3
        time.sleep(5)
        assert not is_done()

        with broker():
            until(is_done)

    assert calls.read_text().count("called") == 1
    assert Category.objects.filter(slug="late").count() == 1
