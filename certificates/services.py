"""Every write of certificates."""

import base64
import hashlib
import logging
import secrets
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from certificates import queries, rules
from certificates.errors import NotLive
from certificates.events import CertificateIssued, CertificateRevoked
from certificates.models import Certificate, NumberPattern, NumberSeries
from certificates.rendering import render
from certificates.signing import keys_in, sign
from lms.audit.services import record
from lms.common.registry import ring
from lms.enrollment.models import Enrollment
from lms.events.services import announce
from lms.people.models import Person

logger = logging.getLogger(__name__)


@transaction.atomic
def register(enrollment_id: int) -> Certificate | None:
    """Give a completed enrollment its certificate's number and facts of the day; the file follows after commit.

    Safe to repeat: a live certificate is returned as it is. ``None`` when there is nothing to certify: the course gives
    no certificate, or the enrollment is not complete.
    """
    enrollment = queries.certifiable(enrollment_id)
    if enrollment is None:
        return None
    # Locking the enrollment makes a second registration wait and then find the first one's row.
    Enrollment.objects.select_for_update().get(pk=enrollment_id)
    live = Certificate.objects.filter(enrollment=enrollment_id, state__in=queries.LIVE).first()
    return live or _create(enrollment, timezone.now())


def _create(enrollment: Enrollment, now: datetime) -> Certificate:
    organizer = enrollment.run.organizer
    day = timezone.localdate(now)
    facts = queries.facts_of(enrollment, day)
    sequence = _next_number(organizer.pk, day.year)
    pattern = NumberPattern.objects.filter(organizer=organizer).values_list("pattern", flat=True).first()
    certificate = Certificate.objects.create(
        enrollment=enrollment,
        organizer=organizer,
        year=day.year,
        sequence=sequence,
        number=rules.number(pattern or rules.DEFAULT_PATTERN, sequence=sequence, organizer=organizer.code, on=day),
        token=base64.b32encode(secrets.token_bytes(20)).decode().lower(),
        facts=facts,
        facts_digest=rules.facts_digest(facts),
        issued_at=now,
    )
    transaction.on_commit(partial(ring, "certificates", certificate.pk))
    return certificate


def _next_number(organizer_id: int, year: int) -> int:
    """The next number of an organizer's year. It is taken back when the transaction rolls back, so none is missing."""
    NumberSeries.objects.bulk_create([NumberSeries(organizer_id=organizer_id, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(organizer_id=organizer_id, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def make(certificate_id: int) -> bool:
    """Render, sign and store a registered certificate; ``True`` when this call did it.

    Safe to repeat, to run twice at once and to be killed anywhere: the row names its file only when the file is whole,
    and a file that no row names is removed by the next attempt.
    """
    certificate = _claim(certificate_id)
    if certificate is None:
        return False
    folder = f"certificates/{certificate.year}/{certificate.pk}"
    if certificate.attempts > 1:
        _remove_all_but(folder, certificate.file)
    pdf = render(
        certificate.facts,
        number=certificate.number,
        address=settings.SITE_URL + reverse("verify", args=[certificate.token]),
        issued_at=certificate.issued_at,
    )
    signed = sign(pdf, keys_in(settings.SIGNING_DIR))
    digest = hashlib.sha256(signed).hexdigest()
    name = default_storage.save(f"{folder}/{digest}.pdf", ContentFile(signed))
    return _finish(certificate, name, digest)


@transaction.atomic
def _claim(certificate_id: int) -> Certificate | None:
    now = timezone.now()
    claimed = (
        Certificate.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), pk=certificate_id)
        .filter(state=Certificate.State.DUE)
        .update(claimed_until=now + rules.CLAIM, attempts=F("attempts") + 1)
    )
    return Certificate.objects.get(pk=certificate_id) if claimed else None


@transaction.atomic
def _finish(certificate: Certificate, name: str, digest: str) -> bool:
    issued = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.DUE).update(
        state=Certificate.State.ISSUED, file=name, file_digest=digest, claimed_until=None
    )
    if not issued:
        default_storage.delete(name)
        return False
    announce(CertificateIssued(certificate_id=certificate.pk, enrollment_id=certificate.enrollment_id))
    return True


def _remove_all_but(folder: str, kept: str) -> None:
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in files:
        if f"{folder}/{file}" != kept:
            default_storage.delete(f"{folder}/{file}")


def make_due(*, limit: int = 200) -> int:
    """Make certificates that are due and that nobody is making; return how many were tried.

    One that failed ``rules.MAX_ATTEMPTS`` times is left for a human, as is its trace in the log.
    """
    now = timezone.now()
    due = Certificate.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), state=Certificate.State.DUE, attempts__lt=rules.MAX_ATTEMPTS
    )
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    for pk in ids:
        try:
            make(pk)
        except OSError:
            # The storage is away; the row stays due and the next sweep tries again.
            logger.exception("certificate %s could not be stored", pk)
    return len(ids)


@transaction.atomic
def revoke(certificate: Certificate, reason: str, *, by: Person) -> Certificate:
    """End a certificate's validity, for a reason the public page shows. Raises ``NotLive`` when it ended before."""
    return _end(certificate, Certificate.State.REVOKED, reason, by=by)


@transaction.atomic
def replace(certificate: Certificate, reason: str, *, by: Person) -> Certificate:
    """End a certificate and issue another with today's facts and a number of its own; the old page points to it."""
    ended = _end(certificate, Certificate.State.REPLACED, reason, by=by)
    enrollment = queries.certifiable(ended.enrollment_id)
    if enrollment is None:
        raise NotLive
    successor = _create(enrollment, timezone.now())
    ended.replaced_by = successor
    ended.save(update_fields=["replaced_by"])
    return successor


def _end(certificate: Certificate, state: Certificate.State, reason: str, *, by: Person) -> Certificate:
    row: Certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if row.state not in queries.LIVE:
        raise NotLive
    row.state = state
    row.revoked_at = timezone.now()
    row.revocation_reason = reason
    row.save(update_fields=["state", "revoked_at", "revocation_reason"])
    record(f"certificates.{state}", [row], by=by, number=row.number, reason=reason)
    announce(CertificateRevoked(certificate_id=row.pk, enrollment_id=row.enrollment_id, by_id=by.pk))
    return row
