"""Questions about certificates: what may be certified, with which facts, and whether a file is ours."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from certificates import rules
from certificates.models import Certificate
from certificates.signing import keys_in, read_signature
from lms.enrollment.models import Enrollment
from lms.people.models import Person
from lms.people.queries import identity_of
from lms.people.rules import mask_number

LIVE = (Certificate.State.DUE, Certificate.State.ISSUED)


def certifiable(enrollment_id: int) -> Enrollment | None:
    """The enrollment with all that a certificate states, if it is complete and its course gives certificates."""
    return (
        Enrollment.objects.select_related("person", "unit", "run__course", "run__organizer", "progress")
        .filter(pk=enrollment_id, run__course__has_certificate=True)
        .exclude(progress__completed_at=None)
        .first()
    )


def facts_of(enrollment: Enrollment, on: date) -> dict[str, str]:
    """What the certificate states, as on that day. A population number (NIK) is masked here already."""
    kind, value = identity_of(enrollment.person) or ("", "")
    if kind == "NIK":
        value = mask_number(value)
    run = enrollment.run
    return {
        "name": enrollment.person.name,
        "identity_kind": str(kind),
        "identity_number": value,
        "unit": enrollment.unit.name if enrollment.unit else "",
        "course": run.course.title,
        "run": run.title,
        "jp": str(run.course.jp),
        "dates": rules.period_in_words(timezone.localdate(run.starts_at), timezone.localdate(run.ends_at)),
        "organizer": run.organizer.name,
        "issued_on": rules.in_words(on),
    }


def certificates_of(person: Person) -> list[Certificate]:
    """A person's certificates, the newest first, with the course of each."""
    return list(
        Certificate.objects.visible_to(person).select_related("enrollment__run__course").order_by("-issued_at", "-pk")
    )


def newest_of(person: Any) -> list[Certificate]:
    """The last three of a person's certificates, for her home."""
    return list(
        Certificate.objects.visible_to(person)
        .filter(state__in=LIVE)
        .select_related("enrollment__run__course")
        .order_by("-issued_at", "-pk")[:3]
    )


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What anyone who holds the token may read: the identity number is masked."""

    certificate: Certificate
    name: str
    identity: str
    unit: str
    course: str
    jp: str
    dates: str
    organizer: str
    successor: Certificate | None


def public_record(certificate: Certificate) -> PublicRecord:
    """The public side of a certificate's record."""
    facts = certificate.facts
    number = facts["identity_number"]
    return PublicRecord(
        certificate=certificate,
        name=facts["name"],
        identity=f"{facts['identity_kind']} {mask_number(number)}" if number else "",
        unit=facts["unit"],
        course=facts["course"],
        jp=facts["jp"],
        dates=facts["dates"],
        organizer=facts["organizer"],
        successor=certificate.replaced_by,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of checking an uploaded file."""

    verdict: rules.Verdict
    record: PublicRecord | None


def check_file(content: bytes) -> Checked:
    """Whether these bytes are a file that we issued. The answer rests on the stored digest of the whole file."""
    digest = hashlib.sha256(content).hexdigest()
    certificate = (
        Certificate.objects.select_related("replaced_by").exclude(file_digest="").filter(file_digest=digest).first()
    )
    signature = None if certificate else read_signature(content, keys_in(settings.SIGNING_DIR))
    return Checked(
        verdict=rules.verdict(is_on_record=certificate is not None, is_signed=signature is not None),
        record=public_record(certificate) if certificate else None,
    )
