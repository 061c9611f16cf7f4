"""What happened, kept until everyone concerned has heard of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened, written in the transaction that made it so."""

    name = models.CharField(max_length=80)
    facts = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)


class Delivery(models.Model):
    """One receiver's duty to hear one event; ``DONE`` means it has.

    Deliveries of an event are independent: a receiver that fails is tried again alone. ``is_bulk`` ones have workers of
    their own, so that what follows from an enrollment of a million stands in nobody's way.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        DONE = "done", _("done")
        POISON = "poison", _("set aside")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    receiver = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    is_bulk = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    trace = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("event", "receiver", name="one_delivery_per_event_and_receiver"),
        ]
        indexes = [
            models.Index(fields=["is_bulk", "not_before"], condition=models.Q(state="due"), name="delivery_due"),
        ]
