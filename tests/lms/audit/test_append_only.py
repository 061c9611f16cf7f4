"""The database itself keeps the audit trail."""

import pytest
from django.db import DatabaseError, transaction

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


def test_entries_of_many_targets_are_one_insert(db, django_assert_num_queries):
    people = [PersonFactory() for _ in range(5)]

    with django_assert_num_queries(1):
        record("people.import", people, by=people[0])


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_can_be_cleaned_up():
    record("people.rename", [PersonFactory()], by=None)

    assert AuditEntry.objects.exists()
