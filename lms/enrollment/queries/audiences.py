"""Questions about audiences: who belongs to one, and why somebody does not."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.enrollment.models import Audience, AudienceMember, RunSeats
from lms.enrollment.queries import facts
from lms.enrollment.queries.matching import matching
from lms.enrollment.querysets import EDITORS
from lms.enrollment.rules import audiences as rules
from lms.people.models import Person
from lms.people.queries import has_role


def may_edit_audiences(person: Person | AnonymousUser) -> bool:
    """Whether she makes audiences for some branch."""
    return any(has_role(person, kind) for kind in EDITORS)


def is_member(person_id: int, audience_id: int) -> bool:
    """Whether she belongs to the audience: one row looked up, no rule evaluated."""
    return AudienceMember.objects.filter(audience_id=audience_id, person_id=person_id).exists()


def audiences_with(person_id: int, audience_ids: Collection[int]) -> set[int]:
    """To which of the audiences she belongs, in one query."""
    rows = AudienceMember.objects.filter(person_id=person_id, audience_id__in=audience_ids)
    return set(rows.values_list("audience_id", flat=True))


def members_among(audience_id: int, person_ids: Collection[int]) -> set[int]:
    """Who of these people belongs to the audience, in one query."""
    rows = AudienceMember.objects.filter(audience_id=audience_id, person_id__in=person_ids)
    return set(rows.values_list("person_id", flat=True))


def outsiders(seating: RunSeats, person_ids: Collection[int]) -> set[int]:
    """Who of these people does not belong to the audiences of a run and its period.

    No query for a run that is for everybody, one where all belong, one or two more while an audience is being written.
    """
    wanted = seating.audience_ids
    if not wanted:
        return set()
    known = _known(wanted, person_ids)
    return {pk for pk in person_ids if known.get(pk, set()) != wanted}


def _known(audience_ids: Collection[int], person_ids: Collection[int]) -> Mapping[int, set[int]]:
    """The audiences to which each of these people belongs; what is not written yet is answered by the rule."""
    found: dict[int, set[int]] = {}
    rows = AudienceMember.objects.filter(
        audience__in=audience_ids, audience__pending_since=None, person__in=person_ids
    ).values_list("person_id", "audience_id")
    for person_id, audience_id in rows:
        found.setdefault(person_id, set()).add(audience_id)
    if any(len(found.get(pk, ())) < len(audience_ids) for pk in person_ids):
        pending = Audience.objects.filter(pk__in=audience_ids).exclude(pending_since=None)
        for pk, rule in pending.values_list("pk", "rule"):
            meets = matching(rules.stored_rule(rule), timezone.localdate()).filter(pk__in=person_ids)
            for person_id in meets.values_list("pk", flat=True):
                found.setdefault(person_id, set()).add(pk)
    return found


def exclusions(person: Person, seatings: Collection[RunSeats]) -> dict[int, str]:
    """For each run that is not for her, by its id: why, in her words. The number of queries does not grow with them.

    One query for whom they are all for.
    """
    wanted = {seating.pk: seating.audience_ids for seating in seatings if seating.audience_ids}
    if not wanted:
        return {}
    audience_ids = frozenset[int]().union(*wanted.values())
    own = _known(audience_ids, [person.pk]).get(person.pk, set())
    strange = audience_ids - own
    if not strange:
        return {}
    given = {
        pk: rules.stored_rule(rule) for pk, rule in Audience.objects.filter(pk__in=strange).values_list("pk", "rule")
    }
    reasons = facts.why_not(person, given, timezone.localdate())
    return {
        run_id: " ".join(sentence for pk in sorted(ids - own) for sentence in reasons[pk])
        or _("You meet the conditions now; the list is brought up to date in a moment.")
        for run_id, ids in wanted.items()
        if ids - own
    }
