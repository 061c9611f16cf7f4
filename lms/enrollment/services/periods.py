"""Windows in which runs may be chosen, and the seats of each run in them: made, moved, closed and extended."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from lms.audit.services import record
from lms.enrollment.errors import NotLater, PeriodHasOpened, PeriodNotOpened, RunHasPeople
from lms.enrollment.events import PeriodExtended, RunExtended
from lms.enrollment.models import Audience, Enrollment, EnrollmentPeriod, RunSeats, SeatReserve
from lms.enrollment.querysets import RunSeatsQuerySet
from lms.enrollment.services import seats as seat_path
from lms.enrollment.services.audiences import hold_for_use
from lms.events.services import announce
from lms.people.models import OrgUnit, Person


def create_period(title: str, opens_at: datetime, closes_at: datetime, organizer: OrgUnit) -> EnrollmentPeriod:
    """Make a window of enrollment; runs are put into it with ``offer_run``."""
    return EnrollmentPeriod.objects.create(title=title, opens_at=opens_at, closes_at=closes_at, organizer=organizer)


def offer_run(run: CourseRun, period: EnrollmentPeriod, seats: int | None) -> RunSeats:
    """Offer ``run`` in ``period`` with so many seats; ``None`` is without limit. What is offered stays as it is."""
    seating, _is_new = RunSeats.objects.get_or_create(run=run, defaults={"period": period, "seats": seats})
    return seating


@transaction.atomic
def change_period(
    period: EnrollmentPeriod,
    *,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    offer_hours: int | None,
    audience: Audience | None,
    by: Person,
) -> EnrollmentPeriod:
    """Change what a period is. Its window moves only until it opens; after that it is closed or extended.

    ``offer_hours`` hold for seats that become free from now on; places that were given stay.
    """
    if audience and audience.pk != period.audience_id:
        hold_for_use([audience.pk])
    held = _locked(period)
    wanted = {
        "title": title,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "offer_hours": offer_hours,
        "audience_id": audience.pk if audience else None,
    }
    before = {name: getattr(held, name) for name, value in wanted.items() if getattr(held, name) != value}
    if not before:
        return held
    if before.keys() & {"opens_at", "closes_at"} and held.opens_at <= timezone.now():
        raise PeriodHasOpened
    for name, value in wanted.items():
        setattr(held, name, value)
    held.save(update_fields=[name.removesuffix("_id") for name in before])
    changes = {name: [_plain(old), _plain(wanted[name])] for name, old in before.items()}
    record("enrollment.change_period", [held], by=by, changes=changes)
    return held


@transaction.atomic
def close_period(period: EnrollmentPeriod, *, reason: str, by: Person) -> EnrollmentPeriod:
    """End an open period now, earlier than planned. Safe to repeat: what is over stays as it ended."""
    held = _locked(period)
    now = timezone.now()
    if held.closes_at <= now:
        return held
    if held.opens_at >= now:
        raise PeriodNotOpened
    before, held.closes_at = held.closes_at, now
    held.save(update_fields=["closes_at"])
    record("enrollment.close_period", [held], by=by, reason=reason, before=before.isoformat(), after=now.isoformat())
    return held


@transaction.atomic
def extend_period(period: EnrollmentPeriod, closes_at: datetime, *, reason: str, by: Person) -> EnrollmentPeriod:
    """Let a period close later, and tell all who have a place in it; one that is over opens again. Safe to repeat."""
    hold_for_use(_audiences(RunSeats.objects.filter(period=period)) | {period.audience_id})
    held = _locked(period)
    if held.closes_at == closes_at:
        return held
    if closes_at < held.closes_at or closes_at <= timezone.now():
        raise NotLater
    before, held.closes_at = held.closes_at, closes_at
    held.save(update_fields=["closes_at"])
    moments = {"before": before.isoformat(), "after": closes_at.isoformat()}
    record("enrollment.extend_period", [held], by=by, reason=reason, **moments)
    announce(PeriodExtended(held.pk, closes_at.isoformat(), reason))
    return held


@transaction.atomic
def extend_run(run: CourseRun, ends_at: datetime, *, reason: str, by: Person) -> CourseRun:
    """Give the learners of a run more time, and tell them and their instructors. Safe to repeat."""
    hold_for_use(_audiences(RunSeats.objects.filter(run=run)))
    held: CourseRun = CourseRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if held.ends_at == ends_at:
        return held
    if ends_at < held.ends_at or ends_at <= timezone.now():
        raise NotLater
    before, held.ends_at = held.ends_at, ends_at
    held.save(update_fields=["ends_at"])
    moments = {"before": before.isoformat(), "after": ends_at.isoformat()}
    record("enrollment.extend_run", [held], by=by, reason=reason, **moments)
    announce(RunExtended(held.pk, ends_at.isoformat(), reason))
    return held


@transaction.atomic
def move_run(run: CourseRun, starts_at: datetime, ends_at: datetime, *, by: Person) -> CourseRun:
    """Let learning begin and end at other moments, while nobody has a place yet; after that there is only more time."""
    held = seat_path.lock(run.pk).run
    if (held.starts_at, held.ends_at) == (starts_at, ends_at):
        return held
    if Enrollment.objects.live().filter(run=held).exists():
        raise RunHasPeople
    before = [held.starts_at.isoformat(), held.ends_at.isoformat()]
    held.starts_at, held.ends_at = starts_at, ends_at
    held.save(update_fields=["starts_at", "ends_at"])
    record("enrollment.move_run", [held], by=by, before=before, after=[starts_at.isoformat(), ends_at.isoformat()])
    return held


@transaction.atomic
def rename_run(run: CourseRun, title: str, *, by: Person) -> None:
    """Call a run otherwise."""
    before, run.title = run.title, title
    run.save(update_fields=["title"])
    record("enrollment.rename_run", [run], by=by, before=before, after=title)


def _audiences(seatings: RunSeatsQuerySet) -> set[int | None]:
    """The audiences that say who may enroll in these runs, and for whom seats are kept."""
    named = seatings.values_list("audience", "period__audience")
    kept = SeatReserve.objects.filter(seating__in=seatings, released_at=None).values_list("audience", flat=True)
    return {pk for pair in named for pk in pair} | set(kept)


def _locked(period: EnrollmentPeriod) -> EnrollmentPeriod:
    """The period, with the turn of every run of it in hand: nobody is let in by the window as it was before.

    Runs are locked in the order of their ids, as everywhere.
    """
    runs = RunSeats.objects.filter(period=period).select_for_update(no_key=True).order_by("pk")
    list(runs.values_list("pk"))
    held: EnrollmentPeriod = EnrollmentPeriod.objects.select_for_update(no_key=True, of=("self",)).get(pk=period.pk)
    return held


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
