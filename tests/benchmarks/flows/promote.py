"""Withdrawals against a waiting list: each gives its seat to the first who waits, and the list stays exact."""

from typing import Any

from tests.benchmarks.load import Visitor
from tests.benchmarks.stage import WARM_UP, Stage


async def _act(visitor: Visitor, enrollment: int) -> None:
    await visitor.post(f"/enrollments/{enrollment}/withdraw/", {})


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Half of ``people`` have a seat and half wait; all who have one give it back at once."""
    from lms.enrollment.models import Enrollment, RunSeats
    from lms.enrollment.queries import waiting_numbers
    from lms.enrollment.services import bulk_enroll
    from lms.people.models import Person

    seats = people // 2
    run = stage.hot_run(seats)
    crowd = list(Person.objects.filter(is_superuser=False, is_active=True).order_by("pk")[:people])
    clerk = Person.objects.filter(is_superuser=True).first() or crowd[0]
    # More wait than can move up, so that the rest of the list is seen to keep its order.
    leaving = seats - WARM_UP if seats > 2 * WARM_UP else seats // 2
    bulk_enroll([person.pk for person in crowd], run, by=clerk)
    places = list(Enrollment.objects.filter(run=run).order_by("arrival"))
    seated, line = places[:seats], places[seats:]
    cookies = stage.sessions(crowd[:leaving])
    acts = [(place.pk, mine) for place, mine in zip(seated[:leaving], cookies, strict=True)]
    figures = stage.measure(acts, _act, concurrency=stage.options.connections)

    after = Enrollment.objects.filter(run=run).order_by("arrival")
    status = {place.pk: place.status for place in after}
    waiting = [place for place in after if place.status == "waiting"]
    numbers = waiting_numbers(waiting)
    seating = RunSeats.objects.get(run=run)
    expected = {
        **{place.pk: "withdrawn" for place in seated[:leaving]},
        **{place.pk: "seated" for place in seated[leaving:] + line[:leaving]},
        **{place.pk: "waiting" for place in line[leaving:]},
    }
    checks = {
        "others moved up than the first who waited": status == expected,
        "waiting numbers are not 1 to the last": [numbers[place.pk] for place in waiting]
        == list(range(1, len(line) - leaving + 1)),
        "the counters are not what was counted": (seating.taken, seating.waiting) == (seats, len(line) - leaving),
    }
    wrong = [text for text, holds in checks.items() if not holds]
    return figures | {
        "withdrawn": leaving,
        "moved_up": sum(status[place.pk] == "seated" for place in line),
        "waiting": len(waiting),
        "errors": figures["errors"] + len(wrong),
        "first_errors": figures["first_errors"] + wrong,
    }
