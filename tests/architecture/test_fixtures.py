"""The suite's own promises to every test."""

import os

import pytest
from django.db import connection
from wagtail.models import Page

from lms.settings.storage_url import S3Store, storage_from_url


@pytest.mark.django_db
def test_queries_are_counted_by_call(queries_of):
    assert queries_of(Page.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_finds_the_rows_of_migrations():
    assert Page.objects.exists()

    Page.objects.all().delete()


@pytest.mark.django_db
def test_a_test_after_one_that_commits_finds_them_again():
    assert Page.objects.exists()


def test_every_worker_has_a_cache_a_broker_and_files_of_its_own(settings):
    store = storage_from_url(os.environ["STORAGE_URL"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")

    assert store == settings.STORE
    assert str(store.bucket if isinstance(store, S3Store) else store.root).endswith(worker)
    assert settings.CACHES["default"].get("LOCATION", "") == os.environ["CACHE_URL"]
    assert os.environ["REDIS_URL"] in ("", settings.CELERY_BROKER_URL)


@pytest.mark.django_db
def test_the_database_of_the_suite_is_not_the_one_that_serves():
    assert "test" in str(connection.settings_dict["NAME"])
