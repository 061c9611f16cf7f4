"""What follows when places, rules, plans, people and units change."""

from django.db.models import Q

from lms.enrollment import services
from lms.enrollment.events import (
    AudienceChanged,
    AudienceRuleChanged,
    Enrolled,
    MovedUp,
    Offered,
    PeriodExtended,
    PlanChanged,
    RunExtended,
    Withdrawn,
)
from lms.events.services import receiver
from lms.people.events import PeopleChanged, UnitsChanged


@receiver(AudienceRuleChanged)
def write_audience(event: AudienceRuleChanged) -> None:
    """Write down whom a rule holds that many people meet."""
    services.rebuild(event.audience_id)


@receiver(AudienceChanged)
def move_up(event: AudienceChanged) -> None:
    """Whoever waits and is now in an audience takes a seat that is reserved for it."""
    if event.entered:
        services.promote_from(event.audience_id)


@receiver(PeopleChanged)
def follow_people(event: PeopleChanged) -> None:
    """Answer anew for these people, and for no others."""
    services.follow_people(event.person_ids, places=event.places, persons=event.persons, are_new=event.are_new)


@receiver(UnitsChanged)
def follow_units(event: UnitsChanged) -> None:
    """Answer anew for the people of these branches, and for no others."""
    services.follow_units(event.unit_ids)


@receiver(AudienceChanged)
def follow_members(event: AudienceChanged) -> None:
    """Let those who entered owe what is mandatory there, and those who left no more."""
    services.follow_members(event.audience_id, event.entered + event.left)


@receiver(PeopleChanged)
def follow_transfers(event: PeopleChanged) -> None:
    """Let plans of parts of the ministry bind whoever moved there, and whoever left no more."""
    if event.places:
        services.follow_transfers(Q(person__in=event.person_ids))


@receiver(UnitsChanged)
def follow_branches(event: UnitsChanged) -> None:
    """The same for the people of branches that were moved."""
    if event.moved:
        services.follow_branches(event.unit_ids)


@receiver(PlanChanged, can_wait=True)
def write_plan(event: PlanChanged) -> None:
    """Write what everybody owes of a plan."""
    services.write_plan(event.plan_id)


@receiver(MovedUp)
def tell_moved_up(event: MovedUp) -> None:
    """Tell them that they have a seat."""
    services.tell_moved_up(event.enrollment_ids)


@receiver(Offered)
def tell_offered(event: Offered) -> None:
    """Tell them while there is time to accept."""
    services.tell_offered(event.enrollment_ids)


@receiver(PeriodExtended, can_wait=True)
def tell_period_extended(event: PeriodExtended) -> None:
    """Tell all who have a place in the period."""
    services.tell_period_extended(event.period_id, event.closes_at, event.reason)


@receiver(RunExtended, can_wait=True)
def tell_run_extended(event: RunExtended) -> None:
    """Tell the learners of the run, those who wait, and its instructors."""
    services.tell_run_extended(event.run_id, event.ends_at, event.reason)


@receiver(Enrolled, can_wait=True)
def receive_learners(event: Enrolled) -> None:
    """Welcome them, and give them a class where the run has classes."""
    services.receive_learners(event.run_id, event.enrollment_ids, has_waited=event.has_waited)


@receiver(Withdrawn, can_wait=True)
def leave_classes(event: Withdrawn) -> None:
    """Whoever goes leaves her place in a class to the next who comes."""
    services.leave_classes(event.run_id, event.enrollment_ids)
