"""Runs as proposed to an organizer, from templates or from an earlier period, before she has said yes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lms.enrollment.models import (
    EnrollmentPeriod,
    PeriodTemplate,
    RunSeats,
    RunTemplate,
    SeatReserve,
    TemplateReserve,
)
from lms.enrollment.rules.planning import (
    days_of_learning,
    learning_days,
    share_of,
    shifted,
    with_year,
    without_year,
)
from lms.enrollment.services import NewReserve
from lms.people.models import Person

LONGEST_TITLE = 120
MOST_DAYS = 730
"""What a template can hold."""


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A proposed run. ``source`` says whose reserved shares it takes over: ``template-5`` or ``run-12``."""

    course: int
    title: str
    starts: datetime
    ends: datetime
    seats: int | None
    audience: int | None
    class_size: int | None
    source: str


def drafts_of_templates(
    templates: Sequence[RunTemplate], copies: Mapping[int, int], opens_at: datetime, zone: ZoneInfo
) -> list[RunDraft]:
    """So many runs of each template; several of one are told apart by a number behind the title."""
    drafts = []
    for template in templates:
        number = copies.get(template.pk, 0)
        starts_at, ends_at = learning_days(opens_at, template.starts_after, template.lasts, zone)
        draft = RunDraft(
            course=template.course_id,
            title=with_year(template.title, starts_at.astimezone(zone).year),
            starts=starts_at,
            ends=ends_at,
            seats=template.seats,
            audience=template.audience_id,
            class_size=template.class_size,
            source=f"template-{template.pk}",
        )
        titles = [draft.title] if number == 1 else [f"{draft.title} {n}" for n in range(1, number + 1)]
        drafts += [replace(draft, title=title[:120]) for title in titles]
    return drafts


def drafts_of_period(period: EnrollmentPeriod, days: int, zone: ZoneInfo) -> list[RunDraft]:
    """The runs of an earlier period so many days later; those that were cancelled are left out."""
    return [
        RunDraft(
            course=seating.run.course_id,
            title=renewed(seating.run.title, seating.run.starts_at, days),
            starts=shifted(seating.run.starts_at, days, zone),
            ends=shifted(seating.run.ends_at, days, zone),
            seats=seating.seats,
            audience=seating.audience_id,
            class_size=_class_size(seating),
            source=f"run-{seating.pk}",
        )
        for seating in _runs_to_repeat(period)
    ]


def _runs_to_repeat(period: EnrollmentPeriod) -> list[RunSeats]:
    return list(
        RunSeats.objects.filter(period=period, run__is_cancelled=False, run__course__published_at__isnull=False)
        .select_related("run__class_split")
        .prefetch_related("reserves")
        .order_by("run__starts_at", "pk")
    )


Repeated = list[tuple[RunTemplate, list[TemplateReserve]]]


def template_of_period(period: EnrollmentPeriod, name: str, zone: ZoneInfo) -> tuple[PeriodTemplate, Repeated]:
    """A period and its runs, unsaved, as a template: days counted from the opening, shares in percent."""
    year = period.opens_at.astimezone(zone).year
    template = PeriodTemplate(
        name=name,
        organizer=period.organizer,
        title=without_year(period.title, year, LONGEST_TITLE),
        stays_open=period.closes_at - period.opens_at,
        offer_hours=period.offer_hours,
        audience_id=period.audience_id,
    )
    runs: Repeated = []
    for seating in _runs_to_repeat(period):
        run = seating.run
        after, lasts = days_of_learning(period.opens_at, run.starts_at, run.ends_at, zone)
        title = without_year(run.title, run.starts_at.astimezone(zone).year, LONGEST_TITLE)
        settings = RunTemplate(
            name=title,
            course_id=run.course_id,
            title=title,
            seats=seating.seats,
            starts_after=min(after, MOST_DAYS),
            lasts=min(lasts, MOST_DAYS),
            audience_id=seating.audience_id,
            class_size=_class_size(seating),
        )
        runs.append((settings, _shares_of(seating, period.opens_at, zone)))
    return template, runs


def _shares_of(seating: RunSeats, opens_at: datetime, zone: ZoneInfo) -> list[TemplateReserve]:
    shares: dict[int, TemplateReserve] = {}
    for reserve in seating.reserves.all():
        until = reserve.releases_at or reserve.released_at
        days = days_of_learning(opens_at, until, until, zone)[0] if until else None
        if reserve.seats and seating.seats:
            shares[reserve.audience_id] = TemplateReserve(
                audience_id=reserve.audience_id,
                percent=min(max(reserve.seats * 100 // seating.seats, 1), 100),
                released_after=None if days is None else min(max(days, 1), MOST_DAYS),
            )
    return list(shares.values())


def renewed(title: str, moment: datetime, days: int) -> str:
    """A title that names its year names the new one."""
    return title.replace(str(moment.year), str((moment + timedelta(days=days)).year))


def reserves_for(
    sources: Iterable[tuple[str, int | None]], person: Person, opens_at: datetime, days: int, zone: ZoneInfo
) -> list[list[NewReserve]]:
    """The shares to keep of each run to be made, given its source and its seats, in two queries for any number of runs.

    Shares of a template are percentages; those of an earlier run keep their part of the seats. A source that the
    person does not look after gives none.
    """
    asked = list(sources)
    templates = _ids(asked, "template-")
    runs = _ids(asked, "run-")
    of_templates: dict[int, list[TemplateReserve]] = {}
    own = RunTemplate.objects.editable_by(person).filter(pk__in=templates)
    for share in TemplateReserve.objects.filter(template__in=own).order_by("pk") if templates else ():
        of_templates.setdefault(share.template_id, []).append(share)
    of_runs: dict[int, list[SeatReserve]] = {}
    seatings = RunSeats.objects.editable_by(person).filter(pk__in=runs)
    kept = SeatReserve.objects.filter(seating__in=seatings).select_related("seating").order_by("pk")
    for reserve in kept if runs else ():
        of_runs.setdefault(reserve.seating_id, []).append(reserve)
    reserves: list[list[NewReserve]] = []
    for source, seats in asked:
        kind, _dash, number = source.partition("-")
        if seats is None or not number.isdecimal():
            reserves.append([])
        elif kind == "template":
            reserves.append([_of_share(share, seats, opens_at, zone) for share in of_templates.get(int(number), ())])
        else:
            reserves.append(_of_run(of_runs.get(int(number), ()), seats, days, zone))
    return reserves


def _of_share(share: TemplateReserve, seats: int, opens_at: datetime, zone: ZoneInfo) -> NewReserve:
    days = share.released_after
    return NewReserve(
        share.audience_id, share_of(seats, share.percent), None if days is None else shifted(opens_at, days, zone)
    )


def _of_run(reserves: Iterable[SeatReserve], seats: int, days: int, zone: ZoneInfo) -> list[NewReserve]:
    kept: dict[int, NewReserve] = {}
    for reserve in reserves:
        before = reserve.seating.seats or 0
        until = reserve.releases_at or reserve.released_at
        if before:
            kept[reserve.audience_id] = NewReserve(
                reserve.audience_id,
                min(seats, seats * reserve.seats // before),
                shifted(until, days, zone) if until else None,
            )
    return list(kept.values())


def _ids(sources: Iterable[tuple[str, int | None]], prefix: str) -> set[int]:
    numbers = (source.removeprefix(prefix) for source, _seats in sources if source.startswith(prefix))
    return {int(number) for number in numbers if number.isdecimal()}


def _class_size(seating: RunSeats) -> int | None:
    split = getattr(seating.run, "class_split", None)
    return split.size if split else None
