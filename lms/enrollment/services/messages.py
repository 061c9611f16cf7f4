"""What people are told about their places."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from lms.enrollment.models import Enrollment, RunClass, RunSeats
from lms.enrollment.queries import places_to_end
from lms.notifications.services import MessageKind, Note, notify, notify_each

MOVED_UP, OFFERED, WELCOME = "enrollment.moved_up", "enrollment.offered", "enrollment.welcome"
EXTENDED, MORE_TIME = "enrollment.extended", "enrollment.more_time"
CANCELLED, TEACHING = "enrollment.cancelled", "enrollment.teaching"
TEACHING_LONGER, TEACHING_CANCELLED = "enrollment.teaching_longer", "enrollment.teaching_cancelled"
AT_ONCE = 5_000
"""Places that are told of an extension in one go."""
CALENDAR = _("Put it into my calendar")
KINDS = {
    MOVED_UP: MessageKind(
        subject=_("You have a seat in %(course)s"),
        body=_("A seat became free and it is yours: %(course)s, %(run)s. Learning starts %(starts_at)s."),
        icon="circle-check",
        action=_("To my place"),
        second_action=CALENDAR,
    ),
    WELCOME: MessageKind(
        subject=_("Welcome to %(course)s"),
        body=_(
            "You are enrolled in %(run)s. Learning starts %(starts_at)s, and the course is to be completed by "
            "%(ends_at)s."
        ),
        icon="graduation-cap",
        action=_("To my place"),
        second_action=CALENDAR,
    ),
    CANCELLED: MessageKind(
        subject=_("%(course)s does not take place"),
        body=_(
            "The organizer has cancelled %(run)s, and your place in it has ended. Reason: %(reason)s\n\nYou may "
            "choose another run; the catalog shows which are open."
        ),
        icon="calendar-x",
    ),
    EXTENDED: MessageKind(
        subject=_("%(period)s stays open until %(closes_at)s"),
        body=_(
            "The organizer has extended this enrollment period. Your seat or your number on the waiting list of "
            "%(course)s, %(run)s stays as it is; a seat that is offered to you is still to be accepted by its own "
            "time. Reason: %(reason)s"
        ),
        icon="calendar-plus",
        action=_("To my place"),
    ),
    MORE_TIME: MessageKind(
        subject=_("More time for %(course)s"),
        body=_("Learning in %(run)s now ends %(ends_at)s. Reason: %(reason)s"),
        icon="calendar-plus",
        action=_("To my place"),
        second_action=CALENDAR,
    ),
    TEACHING_LONGER: MessageKind(
        subject=_("More time for your class in %(course)s"),
        body=_("Learning in %(run)s now ends %(ends_at)s; the learners are told as well. Reason: %(reason)s"),
        icon="calendar-plus",
        action=_("To my classes"),
    ),
    TEACHING_CANCELLED: MessageKind(
        subject=_("Your class in %(course)s does not take place"),
        body=_(
            "The organizer has cancelled %(run)s, in which you were to teach. The learners are told as well. "
            "Reason: %(reason)s"
        ),
        icon="calendar-x",
        action=_("To my classes"),
    ),
    TEACHING: MessageKind(
        subject=_("You are the instructor of class %(number)s in %(course)s"),
        body=_("Class %(number)s of %(run)s is yours. Its list shows who learns in it, and grows as people enroll."),
        icon="presentation",
        action=_("To my class"),
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


def welcome(enrollment_ids: Collection[int]) -> int:
    """Welcome those who got a seat and still have it, in a fixed number of queries. Safe to repeat."""
    return _tell(enrollment_ids, WELCOME, Enrollment.Status.SEATED)


def tell_period_extended(period_id: int, closes_at: str, reason: str) -> int:
    """Tell all who have a place in a period that it stays open longer; how many that were.

    Some thousand at a time, and safe to repeat. Nothing is said of an end that has been moved since.
    """
    seatings = RunSeats.objects.filter(
        period=period_id, period__closes_at=datetime.fromisoformat(closes_at), run__is_cancelled=False
    )
    told = 0
    for seating in seatings.select_related("run__course", "period").order_by("pk"):
        values = {"period": seating.period.title, "closes_at": closes_at, "reason": reason, **_names(seating.run)}
        url = reverse("enrollment:run", args=[seating.pk])
        for places in _places_in_turn(seating.pk):
            people = [person_id for _pk, person_id, _status, _arrival in places]
            told += notify(people, EXTENDED, values, key=f"period:{period_id}:{closes_at}", url=url)
    return told


def tell_run_extended(run_id: int, ends_at: str, reason: str) -> int:
    """The same to all who have a place in a run of which the end was moved, and to its instructors."""
    extended = CourseRun.objects.filter(pk=run_id, ends_at=datetime.fromisoformat(ends_at), is_cancelled=False)
    run = extended.select_related("course").first()
    if run is None:
        return 0
    values, key = {"ends_at": ends_at, "reason": reason, **_names(run)}, f"run:{run_id}:{ends_at}"
    url = reverse("enrollment:run", args=[run_id])
    told = 0
    for places in _places_in_turn(run_id):
        notes = [Note(person, {**values, **_entry(pk, status)}, key, url) for pk, person, status, _arrival in places]
        told += notify_each(notes, MORE_TIME)
    return told + _tell_instructors(run_id, TEACHING_LONGER, values, key)


def tell_instructors_of_cancellation(run_id: int, reason: str) -> int:
    """Tell those who teach in a cancelled run; its learners are told as their places end. Safe to repeat."""
    run = CourseRun.objects.select_related("course").get(pk=run_id)
    return _tell_instructors(run_id, TEACHING_CANCELLED, {"reason": reason, **_names(run)}, f"run:{run_id}")


def _tell_instructors(run_id: int, kind: str, values: Mapping[str, str], key: str) -> int:
    teaching = RunClass.objects.filter(run=run_id, instructor__isnull=False).order_by()
    people = list(teaching.values_list("instructor_id", flat=True).distinct())
    return notify(people, kind, values, key=key, url=reverse("enrollment:my-classes"))


def _places_in_turn(run_id: int) -> Iterator[list[tuple[int, int, str, int]]]:
    """The live places of those who have not finished, by arrival: number, person, status and arrival of each."""
    places = places_to_end([run_id]).order_by("arrival").values_list("pk", "person_id", "status", "arrival")
    after = 0
    while part := list(places.filter(arrival__gt=after)[:AT_ONCE]):
        yield part
        after = part[-1][-1]


def _names(run: CourseRun) -> dict[str, str]:
    return {"course": run.course.title, "run": run.title}


def _entry(enrollment_id: int, status: str) -> dict[str, str]:
    """The address of the calendar entry of whoever has a seat."""
    is_seated = status == Enrollment.Status.SEATED
    return {"second_url": reverse("enrollment:calendar-entry", args=[enrollment_id])} if is_seated else {}


def _tell(enrollment_ids: Collection[int], kind: str, status: str) -> int:
    places = Enrollment.objects.filter(pk__in=enrollment_ids, status=status).select_related("run__course")
    notes = []
    for place in places:
        values = {
            **_names(place.run),
            "starts_at": place.run.starts_at.isoformat(),
            "ends_at": place.run.ends_at.isoformat(),
        }
        values |= _entry(place.pk, status)
        if kind == OFFERED and place.offer_ends_at:
            values["ends_at"] = place.offer_ends_at.isoformat()
        url = reverse("enrollment:run", args=[place.run_id])
        notes.append(Note(place.person_id, values, f"enrollment:{place.pk}", url))
    return notify_each(notes, kind)
