"""Audiences: a rule is previewed over the whole ministry, then 10,000 people move, and audiences and dues follow."""

from datetime import date, timedelta
from time import perf_counter
from typing import Any

from tests.benchmarks.stage import Stage

MOVED = 10_000
SAMPLE = 2_000


def measure(stage: Stage, people: int) -> dict[str, Any]:
    """Preview three times (the slowest counts), transfer people, and check who belongs and who owes what by when.

    Plans hang on the audience that the movers leave and on one that they enter.
    """
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
    goal = services.create_audience(
        "Bench goal", ministry, {"all": [{"kind": "unit", "units": [offices[-1].pk]}]}, by=officer
    )
    while deliver():
        pass
    begun = perf_counter()
    plans = [_plan(stage, each, ministry, officer) for each in (audience, goal)]
    while deliver():
        pass
    plan_seconds = perf_counter() - begun
    owed = [_owed(plan) for plan in plans]
    written = sum(len(each) for each in owed)
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
    touched_dues = 0
    for plan, earlier in zip(plans, owed, strict=True):
        now = _owed(plan)
        changed = {pk for pk in earlier.keys() | now.keys() if earlier.get(pk) != now.get(pk)}
        errors += len(changed - set(ids))
        errors += _wrong(stage, plan, now)
        touched_dues += len(changed)
    errors += Delivery.objects.exclude(state=Delivery.State.DONE).count()
    return {
        "people": Person.objects.filter(is_active=True).count(),
        "previewed": shown.total,
        "preview_ms": round(max(took), 1),
        "moved": len(ids),
        "touched": len(touched),
        "dues": written,
        "plan_seconds": round(plan_seconds, 2),
        "touched_dues": touched_dues,
        "move_seconds": round(seconds, 2),
        "errors": int(errors),
    }


def _plan(stage: Stage, audience: Any, ministry: Any, officer: Any) -> Any:
    from lms.enrollment.models import Plan
    from lms.enrollment.services import create_plan

    title, begun = f"Bench {audience.pk}", date(2020, 1, 1)
    plan = Plan(title=title, organizer=ministry, audience=audience, starts_on=begun, due_days=30)
    return create_plan(plan, [stage.course], by=officer)


def _owed(plan: Any) -> dict[int, tuple[int, str, date]]:
    """What is owed of the plan, by person: the row, which stays hers, whether she did it, and the day."""
    rows = plan.dues.values_list("person_id", "pk", "state", "due_on")
    return {person_id: (pk, state, due_on) for person_id, pk, state, due_on in rows}


def _wrong(stage: Stage, plan: Any, owed: dict[int, tuple[int, str, date]]) -> int:
    """How many people owe what they should not, do not owe what they should, or owe it by another day."""
    from django.utils import timezone

    from lms.enrollment.models import AudienceMember, Enrollment

    since = dict(AudienceMember.objects.filter(audience=plan.audience_id).values_list("person_id", "since"))
    days = {pk: timezone.localtime(moment).date() + timedelta(days=30) for pk, moment in since.items()}
    done = Enrollment.objects.filter(run__course=stage.course, status="seated", progress__completed_at__isnull=False)
    did = set(done.values_list("person_id", flat=True))
    # Who has left owes nothing, unless she had done it: that stays.
    right = {pk: ("done" if pk in did else "due", day) for pk, day in days.items()}
    is_wrong = [owed[pk][1:] != right[pk] if pk in owed else True for pk in right]
    return sum(is_wrong) + sum(
        state != "done" or pk not in did for pk, (_, state, _day) in owed.items() if pk not in right
    )
