"""A worker killed in the middle of a film, and a storage that goes away: what was uploaded becomes playable, once."""

import time
from pathlib import Path

import pytest
from celery import Celery
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from courses.media import services
from courses.media.models import Preparation, Rendition, Step
from courses.media.services import add_media
from lms.events.models import Event
from tests.courses.media.clips import clip
from tests.services.process import free_ports
from tests.services.redis import redis
from tests.services.worker import kill, worker

pytestmark = pytest.mark.django_db(transaction=True)
ALL_FILES = {
    *(f"{name}.{ending}" for name in ("240p", "360p", "480p", "720p", "sound") for ending in ("mp4", "m3u8")),
    "audio.m4a",
    "plain.mp4",
    "master.m3u8",
    "poster.webp",
    "strip.webp",
}


def until(holds, seconds=240):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def converters(preparation):
    """Processes that are at this film."""
    ours = str(services.preparing.work_folder(preparation.pk)).encode(), preparation.source.encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if b"-filter_complex" in words and any(name in words for name in ours):
            found.append(words)
    return found


def database_url():
    """The address of the test's own database, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def test_a_worker_killed_in_the_middle_of_a_film_leaves_the_rest_to_the_next(tmp_path):
    film = clip(tmp_path / "film.mp4", seconds=60, size="1920x1080", rate=5)
    [port] = free_ports()
    address = f"redis://127.0.0.1:{port}/0"
    environment = {"REDIS_URL": address, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "lms.settings.test"}
    bell = Celery(broker=address, set_as_current=False)
    with redis(tmp_path / "broker", durable=True, port=port):
        with worker(tmp_path / "first.log", environment, queues="media") as first:
            media = add_media("video", "Film", "film.mp4", film)
            made = Preparation.objects.get()
            bell.send_task("courses.media.tasks.prepare", args=[made.pk], queue="media")
            until(lambda: Step.objects.filter(name="sound", state="done").exists())
            until(lambda: converters(made))
            kill(first)
        made.refresh_from_db()
        assert made.state == Preparation.State.WAITING
        until(lambda: not converters(made), seconds=10)
        done_before = dict(made.steps.filter(state="done").values_list("name", "pk"))
        assert {"probe", "light", "sound"} <= done_before.keys()
        assert "video" not in done_before
        took = dict(made.steps.values_list("name", "seconds"))
        # The claim of the dead runs out; a minute is long for a test.
        Preparation.objects.update(not_before=timezone.now())

        with worker(tmp_path / "second.log", environment, queues="media"):
            bell.send_task("courses.media.tasks.sweep", queue="media")
            until(lambda: Preparation.objects.get().state == Preparation.State.DONE)

    again = dict(made.steps.values_list("name", "seconds"))
    assert all(again[name] == took[name] for name in done_before)
    assert set(Rendition.objects.values_list("name", flat=True)) == {
        "240p",
        "360p",
        "480p",
        "720p",
        "plain",
        "audio",
        "sound",
    }
    assert Rendition.objects.count() == 7
    assert Event.objects.filter(name="media.FilePrepared").count() == 1
    _, stored = default_storage.listdir(made.folder)
    assert set(stored) == ALL_FILES
    assert Rendition.objects.get(name="240p").peak <= 200_000
    media.refresh_from_db()
    assert media.seconds == 60


def test_a_storage_that_goes_away_costs_a_delay_and_nothing_else(tmp_path, settings):
    media = add_media("video", "Film", "film.mp4", clip(tmp_path / "film.mp4", seconds=2))
    [closed] = free_ports()
    there = settings.STORAGES
    away = {"endpoint_url": f"http://127.0.0.1:{closed}"} if "endpoint_url" in there["default"]["OPTIONS"] else None
    if away is None:
        pytest.skip("files on this machine's disk do not go away")
    options = {**there["default"]["OPTIONS"], **away}

    settings.STORAGES = {**there, "default": {**there["default"], "OPTIONS": options}}
    for _ in range(services.preparing.MOST_ATTEMPTS + 2):
        Preparation.objects.update(not_before=timezone.now())
        assert services.work()
    waiting = Preparation.objects.get()
    settings.STORAGES = there

    assert waiting.state == Preparation.State.WAITING
    assert waiting.pauses == services.preparing.MOST_ATTEMPTS + 2
    assert waiting.not_before > timezone.now()
    Preparation.objects.update(not_before=timezone.now())
    services.work()
    made = Preparation.objects.get()
    assert (made.state, made.pauses) == (Preparation.State.DONE, 0)
    media.refresh_from_db()
    assert media.file
    assert default_storage.exists(media.file.name)
