from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from lms.notifications import rules, services
from lms.notifications.models import Message
from lms.notifications.queries import text_of, unread_count
from tests.factories.notifications import MessageFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db

VALUES = {"course": "Layanan Prima", "opens_at": "2026-08-17T01:00:00+00:00", "number": 1337907}


def notify(people, key="run:1", **values):
    return services.notify([person.pk for person in people], "tests.note", {**VALUES, **values}, key=key, url="/learn/")


def send_all():
    while services.send_due():
        pass


def test_everyone_is_told_once_however_often_it_is_sent():
    people = PersonFactory.create_batch(3)

    assert notify(people) == 3
    assert notify(people) == 0
    assert notify(people, key="run:2") == 3
    assert Message.objects.filter(person=people[0]).count() == 2


def test_telling_costs_the_same_for_two_or_two_hundred(queries_of):
    few, many = PersonFactory.create_batch(2), PersonFactory.create_batch(200)

    assert queries_of(notify, few) == queries_of(notify, many)
    assert Message.objects.count() == 202


def test_who_left_is_not_told():
    assert notify([PersonFactory(is_active=False)]) == 0


def test_a_message_is_written_in_the_language_and_zone_of_its_reader():
    with translation.override("id"), timezone.override("Asia/Jayapura"):
        text = text_of("tests.note", VALUES)

    assert (text.subject, text.body) == ("Layanan Prima", "17 Agustus 2026 pukul 10.00 WIT, 1.337.907")
    with translation.override("en"), timezone.override("Asia/Jakarta"):
        assert text_of("tests.note", VALUES).body == "17 August 2026, 08:00 WIB, 1,337,907"


def test_an_unknown_kind_is_a_bug():
    with pytest.raises(LookupError):
        services.notify([1], "tests.unknown", {}, key="x")


def test_a_letter_holds_all_that_is_due_to_its_reader():
    person = PersonFactory(language="en")
    notify([person])
    notify([person], key="run:2", course="Moderasi Beragama")

    send_all()

    (letter,) = mail.outbox
    assert letter.to == [person.email]
    assert letter.subject == "Layanan Prima, and 1 more"
    assert "Moderasi Beragama" in letter.body
    assert "http://localhost:8000/learn/" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not Message.objects.exclude(mail_due_at=None).exists()
    assert not Message.objects.filter(mailed_at=None).exists()


def test_letters_to_few_go_before_letters_to_many():
    crowd = PersonFactory.create_batch(rules.MASS)
    notify(crowd)
    learner = PersonFactory()
    notify([learner], key="run:2")

    services.send_due(readers=1)

    assert [letter.to for letter in mail.outbox] == [[learner.email]]


def test_an_address_that_fails_holds_up_no_other(monkeypatch):
    people = PersonFactory.create_batch(3)
    notify(people)
    refused = people[1].email
    deliver = EmailBackend.send_messages

    def send_messages(self, messages):
        if refused in messages[0].to:
            raise OSError("no such mailbox")
        return deliver(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    services.send_due()

    assert {letter.to[0] for letter in mail.outbox} == {people[0].email, people[2].email}
    waiting = Message.objects.get(person=people[1])
    assert waiting.mailed_at is None
    assert waiting.mail_due_at > timezone.now()


def test_an_address_that_fails_again_and_again_is_left_alone():
    now = timezone.now()

    assert rules.next_try(1, now) == now + timedelta(minutes=1)
    assert rules.next_try(rules.MAX_ATTEMPTS, now) is None


def test_the_digest_comes_in_the_morning_of_the_readers_own_zone():
    evening = datetime(2026, 8, 17, 12, 0, tzinfo=UTC)

    assert rules.mail_due_at("daily", evening, "Asia/Jakarta") == datetime(2026, 8, 17, 23, 0, tzinfo=UTC)
    assert rules.mail_due_at("daily", evening, "Asia/Jayapura") == datetime(2026, 8, 17, 21, 0, tzinfo=UTC)
    assert rules.mail_due_at("never", evening, "Asia/Jakarta") is None
    assert rules.mail_due_at("at_once", evening, "Asia/Jakarta") == evening


def test_who_wants_no_email_gets_none_from_then_on():
    person, other = PersonFactory.create_batch(2)
    notify([person])
    services.set_email_preference(person, "never")
    notify([person, other], key="run:2")

    send_all()

    assert [letter.to for letter in mail.outbox] == [[other.email]]
    assert Message.objects.filter(person=person).count() == 2


def test_what_was_read_here_does_not_come_by_email_as_well():
    person = PersonFactory()
    notify([person])
    assert unread_count(person) == 1

    services.mark_read(Message.objects.get())
    send_all()

    assert unread_count(person) == 0
    assert mail.outbox == []


def test_who_has_no_address_reads_it_here_only():
    notify([PersonFactory(email=None)])

    assert Message.objects.get().mail_due_at is None


def test_old_messages_are_forgotten():
    MessageFactory(created_at=timezone.now() - rules.KEPT - timedelta(days=1))
    kept = MessageFactory()

    services.forget()

    assert list(Message.objects.all()) == [kept]
