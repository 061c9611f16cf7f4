"""Completed enrollments, and certificates, for tests."""

import factory
from django.utils import timezone

from certificates import services
from certificates.models import Certificate
from lms.enrollment.models import Enrollment
from lms.progress.models import CourseProgress
from tests.factories.enrollment import EnrollmentFactory


class CourseProgressFactory(factory.django.DjangoModelFactory):
    """A course that somebody started."""

    class Meta:
        model = CourseProgress

    enrollment = factory.SubFactory(EnrollmentFactory)
    started_at = factory.LazyFunction(timezone.now)
    last_seen_at = factory.LazyFunction(timezone.now)


def completed_enrollment(**fields: object) -> Enrollment:
    """An enrollment that is complete, and of which no certificate is known yet."""
    enrollment: Enrollment = EnrollmentFactory(**fields)
    CourseProgressFactory(enrollment=enrollment, done=1, required=1, completed_at=timezone.now())
    return enrollment


def issued_certificate(**fields: object) -> Certificate:
    """A certificate whose file is signed and stored."""
    certificate = services.register(completed_enrollment(**fields).pk)
    assert certificate is not None
    services.make(certificate.pk)
    certificate.refresh_from_db()
    return certificate
