"""A plan's schedule in words, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.enrollment.rules.plans import Schedule, yearly_day
from theme.templatetags.moments import day


def describe_schedule(schedule: Schedule) -> list[str]:
    """When it is due, a sentence for each part of it."""
    said = []
    if schedule.due_on:
        said.append(_("Due by %(day)s.") % {"day": day(schedule.due_on)})
    if schedule.due_days is not None:
        said.append(
            ngettext(
                "Due %(count)d day after joining; for those who belong already, after %(day)s.",
                "Due %(count)d days after joining; for those who belong already, after %(day)s.",
                schedule.due_days,
            )
            % {"count": schedule.due_days, "day": day(schedule.starts_on)}
        )
    if schedule.yearly:
        # A leap year, so that 29 February can be named.
        on = day(yearly_day(2000, schedule.yearly)).rsplit(" ", 1)[0]
        said.append(
            ngettext(
                "Due every year by %(on)s; what was completed in the %(count)d day before it counts.",
                "Due every year by %(on)s; what was completed in the %(count)d days before it counts.",
                schedule.window_days,
            )
            % {"on": on, "count": schedule.window_days}
        )
    if schedule.due_on or (schedule.yearly and not schedule.has_first):
        said.append(
            ngettext(
                "Whoever joins late has %(count)d day at least.",
                "Whoever joins late has %(count)d days at least.",
                schedule.grace_days,
            )
            % {"count": schedule.grace_days}
        )
    if schedule.has_first and schedule.counts_since:
        said.append(_("Completions before %(day)s do not count.") % {"day": day(schedule.counts_since)})
    return said
