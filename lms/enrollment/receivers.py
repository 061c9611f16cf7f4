"""What follows when places, rules, people and units change."""

from lms.enrollment import services
from lms.enrollment.events import AudienceChanged, AudienceRuleChanged, MovedUp, Offered
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


@receiver(MovedUp)
def tell_moved_up(event: MovedUp) -> None:
    """Tell them that they have a seat."""
    services.tell_moved_up(event.enrollment_ids)


@receiver(Offered)
def tell_offered(event: Offered) -> None:
    """Tell them while there is time to accept."""
    services.tell_offered(event.enrollment_ids)
