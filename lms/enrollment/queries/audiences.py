"""Questions about audiences: who belongs to one."""

from collections.abc import Collection

from lms.enrollment.models import AudienceMember


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
