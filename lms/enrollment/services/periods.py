"""Windows in which runs may be chosen, and the seats of each run in them."""

from datetime import datetime

from django.db import transaction

from courses.catalog.models import CourseRun
from lms.enrollment.errors import PeriodInUse
from lms.enrollment.models import EnrollmentPeriod, RunSeats
from lms.enrollment.services import seats as seat_path
from lms.people.models import OrgUnit


def create_period(title: str, opens_at: datetime, closes_at: datetime, organizer: OrgUnit) -> EnrollmentPeriod:
    """Make a window of enrollment; runs are put into it with ``offer_run``."""
    return EnrollmentPeriod.objects.create(title=title, opens_at=opens_at, closes_at=closes_at, organizer=organizer)


@transaction.atomic
def offer_run(run: CourseRun, period: EnrollmentPeriod, seats: int | None) -> RunSeats:
    """Offer ``run`` in ``period`` with so many seats; ``None`` is without limit.

    Safe to repeat. A run that people are in already keeps its period.
    """
    seating, is_new = RunSeats.objects.get_or_create(run=run, defaults={"period": period, "seats": seats})
    if is_new:
        return seating
    seating = seat_path.lock(run.pk)
    if seating.period_id != period.pk:
        if run.enrollments.exists():
            raise PeriodInUse
        RunSeats.objects.filter(pk=run.pk).update(period=period)
        seating.period = period
    if seating.seats != seats:
        seat_path.set_seats(seating, seats)
    return seating
