"""Several workers at the same e-mails: nobody gets a letter twice."""

import threading

import pytest
from django.core import mail
from django.utils import timezone

from lms.notifications.models import Message
from lms.notifications.services import mail as mailing
from tests.factories.notifications import MessageFactory

WAIT = 60


@pytest.fixture
def due():
    return MessageFactory.create_batch(30, kind="tests.letter", mail_due_at=timezone.now())


def test_without_the_claim_two_workers_send_the_same_letters(at_once, due, monkeypatch):
    both_have_read = threading.Barrier(2, timeout=WAIT)

    def claim(readers):
        rows = list(Message.objects.exclude(mail_due_at=None).select_related("person")[:readers])
        both_have_read.wait()
        return rows

    monkeypatch.setattr(mailing, "_claim", claim)

    at_once([mailing.send_due] * 2)

    assert len(mail.outbox) == 60


def test_many_workers_send_each_letter_once(at_once, due):
    at_once([lambda: mailing.send_due(readers=7)] * 10)

    while mailing.send_due():
        pass
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(message.person.email for message in due)
