"""The suite's own promises to every test."""

import pytest
from django.core.cache import cache
from django.db import connection
from wagtail.models import Page


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


def test_every_worker_has_a_cache_of_its_own(settings):
    cache.set("mine", 1)

    assert cache.get("mine") == 1


@pytest.mark.django_db
def test_the_database_of_the_suite_is_not_the_one_that_serves():
    assert "test" in str(connection.settings_dict["NAME"])
