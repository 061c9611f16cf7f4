"""What people are told, and how they want to be told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.notifications.querysets import MessageQuerySet


class Message(models.Model):
    """One thing told to one person. Its words are made when it is read, in her language, from ``kind`` and ``values``.

    ``key`` says what it is about: of one kind and key a person gets one message, however often it is sent.
    ``mail_due_at`` is empty while no e-mail is to be sent (any more); a worker that takes the message up moves it on.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True, help_text="where it leads, without the host")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    is_mass = models.BooleanField(default=False, help_text="sent to many: its e-mails let the others go first")
    mail_due_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "kind", "key", name="one_message_of_a_kind_and_key"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="messages_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="unread_messages"),
            models.Index(fields=["is_mass", "mail_due_at"], condition=~Q(mail_due_at=None), name="mail_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Preference(models.Model):
    """How a person wants to be told by e-mail. Who has no row gets e-mail at once; the inbox holds everything."""

    class Email(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day, together")
        NEVER = "never", _("Never")

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, primary_key=True, related_name="notification_preference"
    )
    email = models.CharField(max_length=8, choices=Email, default=Email.AT_ONCE)
