"""Periods with all of their runs, made at once, and what is made from them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment.errors import TemplateNameTaken
from lms.enrollment.models import (
    ClassSplit,
    EnrollmentPeriod,
    PeriodTemplate,
    RunSeats,
    RunTemplate,
    SeatReserve,
    TemplateReserve,
)
from lms.enrollment.services import seats as seat_path
from lms.enrollment.services.audiences import hold_for_use
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class NewReserve:
    """Seats of a run to be made that are kept for an audience."""

    audience_id: int
    seats: int
    releases_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be made. ``seats`` and ``class_size`` empty are no limit and no classes."""

    course_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    seats: int | None = None
    audience_id: int | None = None
    class_size: int | None = None
    reserves: Sequence[NewReserve] = ()


@transaction.atomic
def plan_period(
    period: EnrollmentPeriod, runs: Sequence[NewRun], *, by: Person, form_key: UUID | None = None
) -> EnrollmentPeriod:
    """Make a period, given unsaved, and all of its runs in a fixed number of statements.

    A form that is sent twice, or again after a lost answer, makes one period: the second gives back the first's.
    """
    hold_for_use([period.audience_id])
    if form_key is not None:
        period.form_key = form_key
        try:
            with transaction.atomic():
                period.save(force_insert=True)
        except IntegrityError:
            known: EnrollmentPeriod = EnrollmentPeriod.objects.get(form_key=form_key)
            return known
    else:
        period.save(force_insert=True)
    record("enrollment.plan_period", [period], by=by, runs=len(runs))
    add_runs(period, runs, by=by)
    return period


@transaction.atomic
def add_runs(period: EnrollmentPeriod, new: Sequence[NewRun], *, by: Person) -> list[CourseRun]:
    """Make runs and offer them in the period, with their seats, reserved shares and classes."""
    hold_for_use(pk for each in new for pk in (each.audience_id, *(reserve.audience_id for reserve in each.reserves)))
    runs = CourseRun.objects.bulk_create(
        CourseRun(
            course_id=each.course_id,
            title=each.title,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            organizer_id=period.organizer_id,
        )
        for each in new
    )
    made = list(zip(runs, new, strict=True))
    seat_path.furnish(
        [RunSeats(run=run, period=period, seats=each.seats, audience_id=each.audience_id) for run, each in made],
        [
            SeatReserve(
                seating_id=run.pk,
                audience_id=reserve.audience_id,
                seats=reserve.seats,
                releases_at=reserve.releases_at,
            )
            for run, each in made
            for reserve in each.reserves
            if reserve.seats
        ],
    )
    ClassSplit.objects.bulk_create(ClassSplit(run=run, size=each.class_size) for run, each in made if each.class_size)
    record("enrollment.plan_run", runs, by=by, period=period.pk)
    return list(runs)


@transaction.atomic
def keep_template(template: RunTemplate, reserves: Sequence[TemplateReserve], *, by: Person) -> RunTemplate:
    """Write a template, new or changed, with exactly these reserved shares."""
    others = RunTemplate.objects.alone().exclude(pk=template.pk)
    if others.filter(organizer=template.organizer, name=template.name).exists():
        raise TemplateNameTaken
    hold_for_use([template.audience_id, *(reserve.audience_id for reserve in reserves)])
    template.save()
    template.reserves.all().delete()
    for reserve in reserves:
        reserve.pk, reserve.template = None, template
    TemplateReserve.objects.bulk_create(reserves)
    record("enrollment.keep_template", [template], by=by)
    return template


@transaction.atomic
def remove_template(template: RunTemplate, *, by: Person) -> None:
    """Forget a template; runs that were made from it stay."""
    record("enrollment.remove_template", [template], by=by, name=template.name)
    template.delete()


@transaction.atomic
def keep_period_template(
    template: PeriodTemplate, runs: Sequence[tuple[RunTemplate, Sequence[TemplateReserve]]], *, by: Person
) -> PeriodTemplate:
    """Keep a period with its runs and their shares, all given unsaved, in a fixed number of statements."""
    if PeriodTemplate.objects.filter(organizer=template.organizer, name=template.name).exists():
        raise TemplateNameTaken
    shares = [reserve for _run, reserves in runs for reserve in reserves]
    named = [template.audience_id, *(run.audience_id for run, _reserves in runs)]
    hold_for_use([*named, *(share.audience_id for share in shares)])
    template.save(force_insert=True)
    for run, _reserves in runs:
        run.period_template, run.organizer = template, template.organizer
    RunTemplate.objects.bulk_create([run for run, _reserves in runs])
    for run, reserves in runs:
        for reserve in reserves:
            reserve.template = run
    TemplateReserve.objects.bulk_create(shares)
    record("enrollment.keep_period_template", [template], by=by, runs=len(runs))
    return template


@transaction.atomic
def remove_period_template(template: PeriodTemplate, *, by: Person) -> None:
    """Forget a template of a period with its runs; periods that were made from it stay."""
    record("enrollment.remove_period_template", [template], by=by, name=template.name)
    template.delete()
