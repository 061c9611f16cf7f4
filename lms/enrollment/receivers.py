"""What follows for audiences when rules, people and units change."""

from lms.enrollment import services
from lms.enrollment.events import AudienceRuleChanged
from lms.events.services import receiver


@receiver(AudienceRuleChanged)
def write_audience(event: AudienceRuleChanged) -> None:
    """Write down whom a rule holds that many people meet."""
    services.rebuild(event.audience_id)
