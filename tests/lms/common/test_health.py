"""``/healthz`` says whether this process can serve."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection

pytestmark = pytest.mark.django_db


def unreachable(*args, **kwargs):
    raise DatabaseError


def test_it_is_well_when_database_and_cache_answer(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_it_costs_one_query(client, queries_of):
    assert queries_of(client.get, "/healthz") == 1


def test_it_names_what_is_not_reached(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", unreachable)
    monkeypatch.setattr(cache, "get", unreachable, raising=False)

    response = client.get("/healthz")

    assert (response.status_code, response.content) == (503, b"not reached: database, cache")
