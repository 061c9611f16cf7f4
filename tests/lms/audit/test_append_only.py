"""The database itself keeps the audit trail."""

import pytest
from django.db import DatabaseError, connection, transaction

from lms.audit.models import AuditEntry
from lms.audit.services import record
from tests.factories.people import PersonFactory


@pytest.fixture
def entry(db):
    person = PersonFactory()
    record("people.rename", [person], by=None, before=1)
    return AuditEntry.objects.get()


def test_an_entry_cannot_be_changed(entry):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        AuditEntry.objects.update(action="nothing")

    assert AuditEntry.objects.get().action == "people.rename"


def test_an_entry_cannot_be_deleted(entry):
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        entry.delete()

    assert AuditEntry.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such ways around a trigger")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'nothing'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
    ],
)
def test_an_entry_stays_where_the_triggers_of_keys_are_silent(entry, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert AuditEntry.objects.get().action == "people.rename"


def test_entries_of_many_targets_are_one_insert(db, django_assert_num_queries):
    people = [PersonFactory() for _ in range(5)]

    with django_assert_num_queries(1):
        record("people.import", people, by=people[0])


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_can_be_cleaned_up():
    record("people.rename", [PersonFactory()], by=None)

    assert AuditEntry.objects.exists()
