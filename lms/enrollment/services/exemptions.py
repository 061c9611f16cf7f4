"""Excusing people from what is mandatory, and taking it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lms.audit.services import record
from lms.common.batches import batches
from lms.enrollment import errors
from lms.enrollment.models import Due, Exemption, ExemptPerson, Plan
from lms.enrollment.services.dues import AT_ONCE, bring_in_line, excuse
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why people are excused, from when to when (``None``: for good), and what proves it."""

    reason: str
    starts_on: date
    ends_on: date | None = None
    evidence: Any = None


@transaction.atomic
def exempt(plan: Plan, person_ids: Collection[int], grounds: Grounds, *, by: Person) -> Exemption:
    """Excuse people from what is due of a plan between two days, also from rounds that have not begun.

    One exemption names them all, and keeps the reason and the evidence. What somebody has done stays done.
    """
    _refuse_ended(plan)
    people = sorted(set(person_ids))
    if not people:
        raise errors.NobodyToExempt
    exemption = Exemption(plan=plan, reason=grounds.reason, starts_on=grounds.starts_on, ends_on=grounds.ends_on, by=by)
    if grounds.evidence:
        exemption.evidence_name = (grounds.evidence.name or "")[-150:]
        exemption.evidence = grounds.evidence
    exemption.save()
    ExemptPerson.objects.bulk_create(
        (ExemptPerson(exemption=exemption, person_id=pk) for pk in people), batch_size=AT_ONCE
    )
    for part in batches(people, AT_ONCE):
        excuse(Due.objects.filter(plan=plan, person__in=part))
    record(
        "enrollment.exempt",
        [exemption],
        by=by,
        plan=plan.pk,
        people=len(people),
        starts_on=grounds.starts_on.isoformat(),
        ends_on=grounds.ends_on.isoformat() if grounds.ends_on else None,
        has_evidence=bool(grounds.evidence),
    )
    return exemption


@transaction.atomic
def revoke_exemption(exemption: Exemption, *, by: Person) -> None:
    """Let those whom it names owe again, unless another exemption excuses them. The exemption stays on record."""
    _refuse_ended(exemption.plan)
    changed = Exemption.objects.filter(pk=exemption.pk, revoked_at=None).update(revoked_at=timezone.now())
    if not changed:
        raise errors.ExemptionRevoked
    excused = Due.objects.filter(exemption=exemption, state=Due.State.EXCUSED)
    people = list(excused.values_list("person_id", flat=True))
    excused.update(state=Due.State.DUE, exemption=None, remind_on=timezone.localdate())
    for part in batches(people, AT_ONCE):
        scope = Q(person__in=part)
        excuse(Due.objects.filter(scope, plan=exemption.plan_id))
        bring_in_line(exemption.plan_id, scope)
    record("enrollment.revoke_exemption", [exemption], by=by, plan=exemption.plan_id, people=len(people))


def _refuse_ended(plan: Plan) -> None:
    if plan.state == Plan.State.ENDED:
        raise errors.PlanEnded
