"""Threads that each have a connection of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections


@pytest.fixture
def at_once(transactional_db):
    """Call functions at the same time; returns what each returned or raised, in order."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: there is no race to show")

    def alone(function):
        try:
            return function()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    def run(functions, threads=10):
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(alone, functions))

    return run
