import pytest
from django.test import Client
from django.urls import reverse

from lms.notifications import services
from lms.notifications.channels.email import unsubscribe_url
from lms.notifications.models import Message
from lms.notifications.queries import email_preference
from tests.factories.notifications import MessageFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db

VALUES = {"course": "Layanan Prima", "opens_at": "2026-08-17T01:00:00+00:00", "number": 3}


def test_the_inbox_shows_what_is_new_and_opening_it_reads_it(client_for):
    person = PersonFactory()
    services.notify([person.pk], "tests.note", VALUES, key="run:1", url="/learn/")
    browser = client_for(person)
    page = browser.get(reverse("notifications:inbox")).content.decode()
    assert "Layanan Prima" in page
    assert "1 baru" in page

    answer = browser.get(reverse("notifications:open", args=[Message.objects.get().pk]))

    assert answer.url == "/learn/"
    assert "1 baru" not in browser.get(reverse("notifications:inbox")).content.decode()


def test_the_inbox_costs_the_same_for_two_or_thirty_messages(client_for, queries_of):
    few, many = PersonFactory(), PersonFactory()
    MessageFactory.create_batch(2, person=few)
    MessageFactory.create_batch(30, person=many)
    address = reverse("notifications:inbox")

    assert queries_of(client_for(few).get, address) == queries_of(client_for(many).get, address)


def test_all_can_be_marked_read_at_once(client_for):
    person = PersonFactory()
    MessageFactory.create_batch(3, person=person)

    client_for(person).post(reverse("notifications:read_all"))

    assert not Message.objects.unread().exists()


def test_the_choice_of_email_is_kept(client_for):
    person = PersonFactory()

    client_for(person).post(reverse("notifications:preferences"), {"email": "daily"})

    assert email_preference(person) == "daily"


def test_a_mail_program_unsubscribes_its_reader_without_signing_in():
    person = PersonFactory()
    address = unsubscribe_url(person).removeprefix("http://localhost:8000")
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(address).status_code == 200
    assert email_preference(person) == "at_once"

    browser.post(address, {"List-Unsubscribe": "One-Click"})

    assert email_preference(person) == "never"


def test_a_made_up_token_unsubscribes_nobody(client):
    assert client.post("/messages/unsubscribe/made-up/").status_code == 404
