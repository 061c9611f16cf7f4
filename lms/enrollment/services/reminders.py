"""Telling people what is due, and superiors who is overdue: one message a day at most, naming all of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.batches import batches
from lms.enrollment.models import Due, Plan
from lms.enrollment.querysets import DueQuerySet
from lms.enrollment.rules import plans as rules
from lms.notifications.models import Message
from lms.notifications.services import MessageKind, Note, notify_each
from lms.people.queries import superiors_of

DUES, OVERDUE = "enrollment.dues", "enrollment.overdue"
AT_ONCE = 1_000
SUPERIORS_AT_ONCE = 100
NAMED = 30
"""So many people are named in a superior's message; her page names all."""

MANDATORY_KINDS = {
    DUES: MessageKind(
        subject=_("Mandatory training: %(number)s to complete"),
        body=_(
            "This is mandatory for you. After each stands the day by which it is due; what has a day in the past is "
            "overdue.\n%(items)s"
        ),
        icon="calendar-clock",
        action=_("See what to take"),
    ),
    OVERDUE: MessageKind(
        subject=_("Mandatory training overdue in your unit: %(number)s"),
        body=_("These people have not completed in time what is mandatory for them:\n%(items)s"),
        icon="triangle-alert",
        action=_("See who is overdue"),
    ),
}
"""The words of both kinds of message, by the name they are registered under."""


def remind_due() -> int:
    """Send everybody whose day it is one message that names all she owes; returns how many people that were.

    Safe to repeat, at once and after a crash: a person gets one such message a day, and what made it due is moved on in
    the same transaction.
    """
    today = timezone.localdate()
    told = 0
    while people := _to_remind(today):
        told += _remind(people, today)
    return told


def escalate_due() -> int:
    """Send each superior one message that names who has become overdue; returns how many superiors that were.

    Safe to repeat like the reminders. Who stays overdue is named again after ``rules.REPEATED`` days.
    """
    today = timezone.localdate()
    mine: dict[int, list[int]] = defaultdict(list)
    nobodys: list[int] = []
    for part in batches(_late(today).values_list("pk", "person_id").iterator(), AT_ONCE):
        nearest = superiors_of([person_id for _pk, person_id in part])
        for pk, person_id in part:
            if person_id in nearest:
                mine[nearest[person_id]].append(pk)
            else:
                nobodys.append(pk)
    # Whoever has nobody above her is looked at again as late as the others.
    for part in batches(nobodys, AT_ONCE):
        Due.objects.filter(pk__in=part).update(escalated_on=today)
    told = _told(mine, OVERDUE, today)
    superiors = sorted(mine.keys() - told)
    for some in batches(superiors, SUPERIORS_AT_ONCE):
        _escalate({pk: mine[pk] for pk in some}, today)
    return len(superiors)


def _active(dues: DueQuerySet) -> DueQuerySet:
    found: DueQuerySet = dues.open().filter(plan__state=Plan.State.ACTIVE)
    return found


def _to_remind(today: date) -> list[int]:
    due = _active(Due.objects.filter(remind_on__lte=today))
    return list(due.order_by("person").values_list("person_id", flat=True).distinct()[:AT_ONCE])


@transaction.atomic
def _remind(people: Sequence[int], today: date) -> int:
    rows = list(
        _active(Due.objects.filter(person__in=people))
        .select_related("plan")
        .order_by("person", "due_on", "pk")
        .select_for_update(of=("self",), no_key=True)
    )
    told = _told(people, DUES, today)
    owed: dict[int, list[Due]] = defaultdict(list)
    for due in rows:
        owed[due.person_id].append(due)
    notes = [
        Note(person_id, {"number": len(dues), "items": _items(dues)}, _key(today), reverse("enrollment:my-dues"))
        for person_id, dues in owed.items()
        if person_id not in told
    ]
    notify_each(notes, DUES)
    moved = [due for due in rows if due.remind_on is not None and due.remind_on <= today]
    for due in moved:
        # Whoever has had her message today hears of this one tomorrow.
        due.remind_on = today + timedelta(days=1) if due.person_id in told else _next(due, today)
    Due.objects.bulk_update(moved, ["remind_on"])
    return len(notes)


def _items(dues: Iterable[Due]) -> list[dict[str, str]]:
    return [{"title": due.plan.title, "due_on": due.due_on.isoformat()} for due in dues]


def _next(due: Due, today: date) -> date | None:
    return rules.next_reminder(due.due_on, due.plan.reminds_before, due.plan.reminds_after, today)


def _key(today: date) -> str:
    return f"day:{today.isoformat()}"


def _told(people: Iterable[int], kind: str, today: date) -> set[int]:
    """Who of these people has had her message of the day."""
    told = Message.objects.filter(person__in=list(people), kind=kind, key=_key(today))
    return set(told.values_list("person_id", flat=True))


def _late(today: date) -> DueQuerySet:
    """Open dues that have been overdue for as long as their plan says, and of which nobody has been told lately."""
    patience = Plan.objects.active().exclude(escalates_after=None).values_list("pk", "escalates_after")
    of_plans = Q(pk__in=[])
    for pk, days in patience:
        of_plans |= Q(plan=pk, due_on__lte=today - timedelta(days=max(days or 0, 1)))
    lately = today - timedelta(days=rules.REPEATED)
    found: DueQuerySet = _active(Due.objects.filter(of_plans)).filter(
        Q(escalated_on=None) | Q(escalated_on__lte=lately)
    )
    return found.order_by("person", "pk")


@transaction.atomic
def _escalate(of_superiors: dict[int, list[int]], today: date) -> None:
    ids = [pk for dues in of_superiors.values() for pk in dues]
    rows = _active(Due.objects.filter(pk__in=ids)).select_related("plan", "person").order_by("person", "due_on", "pk")
    known = {due.pk: due for due in rows.select_for_update(of=("self",), no_key=True)}
    notes = []
    for superior_id, dues in of_superiors.items():
        late = [known[pk] for pk in dues if pk in known]
        if late:
            values = {"number": len({due.person_id for due in late}), "items": list(_people(late))}
            url = f"{reverse('enrollment:team')}?state=overdue"
            notes.append(Note(superior_id, values, _key(today), url))
    notify_each(notes, OVERDUE)
    Due.objects.filter(pk__in=known).update(escalated_on=today)


def _people(late: Sequence[Due]) -> Iterator[dict[str, str]]:
    for due in late[:NAMED]:
        yield {"name": due.person.name, "title": due.plan.title, "due_on": due.due_on.isoformat()}
    if len(late) > NAMED:
        yield {"name": "…"}
