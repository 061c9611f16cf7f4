"""What follows for audiences when rules, people and units change."""

from lms.enrollment import services
from lms.enrollment.events import AudienceChanged, AudienceRuleChanged
from lms.events.services import receiver


@receiver(AudienceRuleChanged)
def write_audience(event: AudienceRuleChanged) -> None:
    """Write down whom a rule holds that many people meet."""
    services.rebuild(event.audience_id)


@receiver(AudienceChanged)
def move_up(event: AudienceChanged) -> None:
    """Whoever waits and is now in an audience takes a seat that is reserved for it."""
    if event.entered:
        services.promote_from(event.audience_id)
