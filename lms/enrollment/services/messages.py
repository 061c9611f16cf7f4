"""What people are told about their places."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lms.enrollment.models import Enrollment
from lms.notifications.services import MessageKind, Note, notify_each

MOVED_UP, OFFERED = "enrollment.moved_up", "enrollment.offered"
KINDS = {
    MOVED_UP: MessageKind(
        subject=_("You have a seat in %(course)s"),
        body=_("A seat became free and it is yours: %(course)s, %(run)s. Learning starts %(starts_at)s."),
        icon="circle-check",
        action=_("To my place"),
    ),
    OFFERED: MessageKind(
        subject=_("A seat in %(course)s is offered to you"),
        body=_(
            "A seat became free in %(course)s, %(run)s. Accept it until %(ends_at)s; after that it goes to the next "
            "person."
        ),
        icon="hand",
        action=_("Accept the seat"),
    ),
}
"""The words of each kind of message, by the name it is registered under."""


def tell_moved_up(enrollment_ids: Collection[int]) -> int:
    """Tell those who have moved up, and still have the seat, that it is theirs. Safe to repeat."""
    return _tell(enrollment_ids, MOVED_UP, Enrollment.Status.SEATED)


def tell_offered(enrollment_ids: Collection[int]) -> int:
    """Tell those to whom a seat is offered until when they can accept it. Safe to repeat; past offers are left out."""
    return _tell(enrollment_ids, OFFERED, Enrollment.Status.OFFERED)


def _tell(enrollment_ids: Collection[int], kind: str, status: str) -> int:
    places = Enrollment.objects.filter(pk__in=enrollment_ids, status=status).select_related("run__course")
    notes = []
    for place in places:
        values = {
            "course": place.run.course.title,
            "run": place.run.title,
            "starts_at": place.run.starts_at.isoformat(),
        }
        if place.offer_ends_at:
            values["ends_at"] = place.offer_ends_at.isoformat()
        url = reverse("enrollment:run", args=[place.run_id])
        notes.append(Note(place.person_id, values, f"enrollment:{place.pk}", url))
    return notify_each(notes, kind)
