"""Audiences: a rule is previewed over the whole ministry, then 10,000 people move and audiences follow."""

from time import perf_counter
from typing import Any

from tests.benchmarks.stage import Stage

MOVED = 10_000
SAMPLE = 2_000


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Preview three times (the slowest counts), transfer people out of one province, and check a sample by hand."""
    from django.utils import timezone

    from lms.enrollment import services
    from lms.enrollment.models import AudienceMember
    from lms.enrollment.queries.preview import preview
    from lms.enrollment.rules import audiences as rules
    from lms.events.models import Delivery
    from lms.events.services import deliver
    from lms.people.models import Membership, OrgUnit, Person
    from lms.people.services import move_people
    from tests.lms.enrollment.oracle import World

    ministry = OrgUnit.objects.get(parent=None)
    offices = list(OrgUnit.objects.filter(parent=ministry).order_by("pk"))
    officer = Person.objects.filter(is_superuser=True).first()
    assert officer is not None
    grade = {"kind": "grade", "scheme": "pns", "at_least": "III/a"}
    given = {"all": [{"kind": "unit", "units": [office.pk for office in offices[:12]]}, grade]}
    other = {"all": [{"kind": "sex", "sex": "f"}, {"kind": "age", "at_least": 35}]}
    rule = rules.stored_rule(given)
    took = []
    for _ in range(3):
        begun = perf_counter()
        shown = preview(rule, officer, timezone.localdate())
        took.append((perf_counter() - begun) * 1000)

    audience, deaf = (
        services.create_audience(f"Bench {place}", ministry, each, by=officer)
        for place, each in enumerate((given, other))
    )
    while deliver():
        pass
    before = dict(AudienceMember.objects.filter(audience=audience).values_list("person", "since"))
    unmoved = dict(AudienceMember.objects.filter(audience=deaf).values_list("person", "since"))
    movers = list(
        Membership.objects.filter(ends_on=None)
        .exclude(unit=offices[-1])
        .order_by("person")
        .values_list("person")[:MOVED]
    )
    ids = [pk for (pk,) in movers]
    begun = perf_counter()
    move_people(ids, offices[-1], by=officer)
    while deliver():
        pass
    seconds = perf_counter() - begun

    after = dict(AudienceMember.objects.filter(audience=audience).values_list("person", "since"))
    touched = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}
    sample = list(Person.objects.order_by("pk").values_list("pk", flat=True)[: SAMPLE // 2])
    sample += list(Person.objects.order_by("-pk").values_list("pk", flat=True)[: SAMPLE // 2])
    expected = World(sample).meeting(given)
    errors = len(expected ^ (after.keys() & set(sample)))
    errors += len(touched - set(ids))
    errors += dict(AudienceMember.objects.filter(audience=deaf).values_list("person", "since")) != unmoved
    errors += Delivery.objects.exclude(state=Delivery.State.DONE).count()
    return {
        "people": Person.objects.filter(is_active=True).count(),
        "previewed": shown.total,
        "preview_ms": round(max(took), 1),
        "moved": len(ids),
        "touched": len(touched),
        "move_seconds": round(seconds, 2),
        "errors": int(errors),
    }
