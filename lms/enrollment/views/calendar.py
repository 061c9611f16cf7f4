"""A learner's run as an entry for her own calendar."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Alarm, Calendar, Event

from lms.common.http import SignedInRequest
from lms.enrollment.models import Enrollment

WARNINGS = (timedelta(days=3), timedelta(days=1))
"""How long before its end a calendar reminds of the run."""


@login_required
@never_cache
@require_safe
def calendar_entry(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """The time of learning, with reminders before it ends; taken again after an extension it moves the entry."""
    own = Enrollment.objects.visible_to(request.user).select_related("run__course")
    place = get_object_or_404(own, pk=enrollment_id)
    stem = slugify(f"{place.run.course.slug}-{place.run.title}")[:80]
    headers = {"Content-Disposition": f'attachment; filename="{stem}.ics"'}
    return HttpResponse(_calendar(place), content_type="text/calendar; charset=utf-8", headers=headers)


def _calendar(place: Enrollment) -> bytes:
    run = place.run
    link = settings.SITE_URL + reverse("enrollment:run", args=[run.pk])
    is_over = run.is_cancelled or place.status == Enrollment.Status.WITHDRAWN
    entry = Event()
    # The same for every download, so that a calendar replaces what it has.
    entry.add("uid", f"enrollment-{place.pk}@{settings.SITE_URL.split('://')[-1].split('/')[0]}")
    entry.add("dtstamp", place.withdrawn_at or place.seated_at or place.created_at)
    # A calendar keeps the entry with the higher number; the end only ever moves later.
    entry.add("sequence", int(run.ends_at.timestamp()) // 60 % 2_000_000_000 + is_over)
    entry.add("summary", run.course.title)
    entry.add("description", _("%(run)s. To your place: %(link)s") % {"run": run.title, "link": link})
    entry.add("url", link)
    entry.add("dtstart", run.starts_at)
    entry.add("dtend", run.ends_at)
    # Weeks of learning leave the day free for others to invite.
    entry.add("transp", "TRANSPARENT")
    entry.add("status", "CANCELLED" if is_over else "CONFIRMED")
    for before in () if is_over else WARNINGS:
        entry.add_component(_warning(before))
    calendar = Calendar()
    calendar.add("prodid", "-//Diklat//Diklat//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _warning(before: timedelta) -> Alarm:
    warning = Alarm()
    warning.add("action", "DISPLAY")
    warning.add("description", _("The course is to be completed soon."))
    warning.add("trigger", -before)
    warning["trigger"].params["RELATED"] = "END"
    return warning
