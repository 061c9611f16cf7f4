"""Where audiences are used, and finding one's way among them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun
from lms.enrollment.models import (
    Audience,
    EnrollmentPeriod,
    PeriodTemplate,
    Plan,
    RunSeats,
    RunTemplate,
    SeatReserve,
    TemplateReserve,
)
from lms.people.models import Person

USERS = (EnrollmentPeriod, RunSeats, SeatReserve, Plan, RunTemplate, TemplateReserve, PeriodTemplate)
"""Whose rows name an audience."""


@dataclass(frozen=True, slots=True)
class Use:
    """What names an audience: a period, run, share of seats, plan or template. ``run_id``: of a run or a share."""

    what: str | Promise
    title: str
    run_id: int | None
    is_over: bool


def audiences_of(person: Person, text: str = "", *, archived: bool = False) -> QuerySet[Audience]:
    """The audiences she may edit whose name, or unit, has all the words; ``uses`` counts what names each of them."""
    found = Q(archived_at__isnull=not archived)
    for word in text.split():
        found &= Q(name__icontains=word) | Q(organizer__name__icontains=word)
    uses = sum((_number_of(model) for model in USERS[1:]), start=_number_of(USERS[0]))
    rows: QuerySet[Audience] = Audience.objects.visible_to(person).filter(found).select_related("organizer")
    return rows.annotate(uses=uses).order_by("name", "pk")


def has_archive(person: Person) -> bool:
    """Whether any audience she may edit is in the archive."""
    return Audience.objects.visible_to(person).filter(archived_at__isnull=False).exists()


def _number_of(model: Any) -> Any:
    rows = model.objects.filter(audience=OuterRef("pk")).order_by().values("audience")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def uses_of(audience: Audience) -> list[Use]:
    """Everything that names it, what is going on before what is over. A template is never over."""
    now = timezone.now()
    learning = RunSeats.objects.filter(period=OuterRef("pk"), run__ends_at__gt=now, run__is_cancelled=False)
    periods = EnrollmentPeriod.objects.filter(audience=audience).annotate(goes_on=Exists(learning))
    uses = [
        Use(_("Enrollment period"), title, None, closes_at <= now and not goes_on)
        for title, closes_at, goes_on in periods.values_list("title", "closes_at", "goes_on")
    ]
    plans = Plan.objects.filter(audience=audience).values_list("title", "state")
    uses += [Use(_("Mandatory training"), title, None, state == Plan.State.ENDED) for title, state in plans]
    for seating in RunSeats.objects.filter(audience=audience).select_related("run__course"):
        uses.append(Use(_("Run"), str(seating.run), seating.pk, _is_over(seating.run, now)))
    for reserve in SeatReserve.objects.filter(audience=audience).select_related("seating__run__course"):
        is_over = reserve.released_at is not None or _is_over(reserve.seating.run, now)
        uses.append(Use(_("Reserved seats"), str(reserve.seating.run), reserve.seating_id, is_over))
    templates = RunTemplate.objects.filter(Q(audience=audience) | Q(reserves__audience=audience)).distinct()
    uses += [
        Use(_("Template"), f"{whole}: {name}" if whole else name, None, False)
        for name, whole in templates.values_list("name", "period_template__name")
    ]
    whole = PeriodTemplate.objects.filter(audience=audience)
    uses += [Use(_("Template"), name, None, False) for name in whole.values_list("name", flat=True)]
    return sorted(uses, key=lambda use: (use.is_over, str(use.what), use.title))


def _is_over(run: CourseRun, now: datetime) -> bool:
    return run.is_cancelled or run.ends_at <= now
