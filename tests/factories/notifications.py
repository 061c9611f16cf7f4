"""Messages for tests."""

import factory
from django.utils import timezone

from lms.notifications.models import Message
from tests.factories.people import PersonFactory


class MessageFactory(factory.django.DjangoModelFactory):
    """An unread message whose e-mail was not asked for."""

    class Meta:
        model = Message

    person = factory.SubFactory(PersonFactory)
    kind = "tests.note"
    key = factory.Sequence(lambda n: f"note:{n}")
    values = {"course": "Layanan Prima", "opens_at": "2026-08-17T01:00:00+00:00", "number": 3}
    created_at = factory.LazyFunction(timezone.now)
