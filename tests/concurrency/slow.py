"""An event whose receiver takes its time when first called, so that its worker can be killed meanwhile."""

import time
from dataclasses import dataclass
from pathlib import Path

from courses.catalog.models import Category
from lms.events.services import receiver


@dataclass(frozen=True, slots=True)
class Dawdled:
    """``calls`` is a file that gets a line for every call of the receiver."""

    slug: str
    calls: str
    pause: int = 0


@receiver(Dawdled)
def hear(event: Dawdled) -> None:
    """Have one effect, however often this is called."""
    Category.objects.get_or_create(slug=event.slug)
    calls = Path(event.calls)
    is_first = not calls.exists()
    with calls.open("a") as file:
        file.write("called\n")
    if is_first:
        time.sleep(event.pause)
