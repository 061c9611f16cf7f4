"""Two authors save and publish the same content at once: nothing is lost unseen."""

import time
from threading import Barrier

import pytest
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone

from courses.h5p import services
from courses.h5p.core import LibraryKey
from courses.h5p.models import Content, ContentDraft
from tests.factories.h5p import content_from
from tests.factories.people import PersonFactory

CARD = LibraryKey("H5P.Card", 1, 0)


@pytest.fixture
def content(transactional_db, settings, tmp_path):
    disk = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    return content_from(tmp_path)


def saving(content, title, revision, person):
    """Save a draft in a request of its own, from a page that was opened at a revision."""
    written = services.Written(CARD, title, {"greeting": title}, {})

    def save():
        fresh = Content.objects.get(pk=content.pk)
        return services.save_draft(fresh, written, services.Standing(1, revision), by=person)

    return save


def slowly(monkeypatch):
    """Make what happens between reading a draft and writing it take a moment."""
    now = timezone.now

    def later():
        time.sleep(0.1)
        return now()

    monkeypatch.setattr(timezone, "now", later)


@pytest.mark.parametrize("revision", [0, 1], ids=["the first draft", "a further one"])
def test_of_eight_who_save_at_once_one_does_and_seven_are_told(content, at_once, revision, monkeypatch):
    person = PersonFactory()
    if revision:
        saving(content, "Before", 0, person)()
    slowly(monkeypatch)

    answers = at_once([saving(content, f"Title {number}", revision, person) for number in range(8)])

    assert [type(answer) for answer in answers] == [services.Saved] * 8
    [saved] = [answer for answer in answers if not answer.of_another]
    assert ContentDraft.objects.get().title == saved.draft.title


def test_without_the_lock_they_would_overwrite_each_other(content, at_once, monkeypatch):
    person = PersonFactory()
    saving(content, "Before", 0, person)()
    now, read = timezone.now, Barrier(8, timeout=60)

    def after_all_have_read():
        read.wait()
        return now()

    monkeypatch.setattr(timezone, "now", after_all_have_read)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)

    answers = at_once([saving(content, f"Title {number}", 1, person) for number in range(8)])

    assert len([answer for answer in answers if not answer.of_another]) > 1


def test_a_draft_published_eight_times_at_once_becomes_one_version(content, at_once):
    person = PersonFactory()
    saving(content, "New", 0, person)()

    def publish():
        draft = ContentDraft.objects.select_related("library").first()
        return draft and services.publish_draft(draft, begins_again=False, by=person)

    answers = at_once([publish] * 8)

    assert [answer.number for answer in answers if answer] == [2]
    assert content.versions.count() == 2


def test_a_file_that_arrives_while_a_draft_is_saved_is_kept(content, at_once, monkeypatch):
    person = PersonFactory()
    saving(content, "Before", 0, person)()
    slowly(monkeypatch)

    def send(number):
        return lambda: services.add_file(content, "file", ContentFile(b"text %d" % number, name=f"note{number}.txt"))

    answers = at_once([saving(content, "After", 1, person), *[send(number) for number in range(6)]])

    assert [type(answer) for answer in answers] == [services.Saved, *[dict] * 6]
    draft = ContentDraft.objects.get()
    assert draft.title == "After"
    assert set(draft.files) >= {answer["path"] for answer in answers[1:]}
