import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates import queries, rules, services
from certificates.errors import NotLive
from certificates.events import CertificateIssued
from certificates.models import Certificate, NumberPattern, NumberSeries
from certificates.signing import read_signature
from lms.audit.models import AuditEntry
from lms.events.models import Event
from lms.events.services import announce, deliver, event_name
from lms.progress.events import CourseCompleted
from tests.factories.catalog import CourseFactory, CourseRunFactory
from tests.factories.certificates import CourseProgressFactory, completed_enrollment, issued_certificate
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.people import OrgUnitFactory, PersonFactory

pytestmark = pytest.mark.django_db


def stored(certificate):
    with default_storage.open(certificate.file) as file:
        return file.read()


def test_a_completed_course_is_numbered_by_its_organizers_pattern():
    organizer = OrgUnitFactory(code="PUSBANGKOM")
    enrollment = completed_enrollment(run=CourseRunFactory(organizer=organizer))
    NumberPattern.objects.create(organizer=organizer, pattern="{organizer}-{year}-{sequence:04d}")

    certificate = services.register(enrollment.pk)

    assert certificate.number == f"PUSBANGKOM-{timezone.localdate().year}-0001"
    assert certificate.state == Certificate.State.DUE


def test_registering_twice_gives_one_certificate():
    enrollment = completed_enrollment()

    first, second = services.register(enrollment.pk), services.register(enrollment.pk)

    assert first == second
    assert Certificate.objects.count() == 1


def test_the_database_itself_refuses_a_second_live_certificate():
    certificate = services.register(completed_enrollment().pk)
    certificate.pk, certificate.number, certificate.token, certificate.sequence = None, "other", "other", 2

    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


def test_numbers_have_no_gap_when_a_transaction_is_rolled_back():
    run = CourseRunFactory()
    services.register(completed_enrollment(run=run).pk)
    lost = completed_enrollment(run=run)

    with transaction.atomic():
        services.register(lost.pk)
        transaction.set_rollback(True)
    services.register(completed_enrollment(run=run).pk)

    assert list(Certificate.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2]
    assert NumberSeries.objects.get().last == 2


@pytest.mark.parametrize("case", ["unfinished", "no certificate", "unknown"])
def test_what_is_not_complete_or_gives_none_is_not_certified(case):
    if case == "unfinished":
        pk = CourseProgressFactory(completed_at=None).enrollment_id
    elif case == "no certificate":
        pk = completed_enrollment(run=CourseRunFactory(course=CourseFactory(has_certificate=False))).pk
    else:
        pk = EnrollmentFactory().pk + 1

    assert services.register(pk) is None


def test_facts_are_those_of_the_day():
    person = PersonFactory(full_name="Siti Aminah", title_suffix="M.Pd.")
    unit = OrgUnitFactory(name="Kantor Lama")
    certificate = services.register(completed_enrollment(person=person, unit=unit).pk)

    person.full_name = "Siti Aminah Nasution"
    person.save()
    unit.name = "Kantor Baru"
    unit.save()
    certificate.refresh_from_db()

    assert certificate.facts["name"] == "Siti Aminah, M.Pd."
    assert certificate.facts["unit"] == "Kantor Lama"
    assert certificate.facts_digest == rules.facts_digest(certificate.facts)


def test_a_made_certificate_is_signed_stored_and_on_record(development_keys):
    certificate = issued_certificate()

    content = stored(certificate)

    assert certificate.state == Certificate.State.ISSUED
    assert certificate.file_digest == hashlib.sha256(content).hexdigest()
    assert read_signature(content, development_keys).is_intact
    assert len(content) < 300 * 1024
    assert Event.objects.filter(name=event_name(CertificateIssued)).count() == 1


def test_making_twice_signs_once():
    certificate = issued_certificate()

    assert services.make(certificate.pk) is False
    assert stored(certificate)


def test_a_certificate_that_another_worker_makes_is_left_to_it():
    certificate = services.register(completed_enrollment().pk)
    Certificate.objects.update(claimed_until=timezone.now() + rules.CLAIM)

    assert services.make(certificate.pk) is False


def test_a_worker_that_died_after_storing_leaves_no_second_file():
    certificate = services.register(completed_enrollment().pk)
    folder = f"certificates/{certificate.year}/{certificate.pk}"
    default_storage.save(f"{folder}/orphan.pdf", ContentFile(b"%PDF-"))
    Certificate.objects.update(claimed_until=timezone.now() - rules.CLAIM, attempts=1)

    assert services.make_due() == 1

    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.ISSUED
    assert [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]] == [certificate.file]


def test_storage_that_is_away_delays_a_certificate_but_does_not_lose_it(monkeypatch):
    certificate = services.register(completed_enrollment().pk)

    def away(*args, **kwargs):
        raise OSError("storage is away")

    with monkeypatch.context() as patch:
        patch.setattr(services.default_storage, "save", away)
        services.make_due()
    Certificate.objects.update(claimed_until=None)
    services.make_due()

    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.ISSUED


def test_completion_leads_to_a_certificate_through_the_event(django_capture_on_commit_callbacks):
    enrollment = completed_enrollment()
    announce(CourseCompleted(enrollment_id=enrollment.pk, run_id=enrollment.run_id, person_id=enrollment.person_id))

    with django_capture_on_commit_callbacks(execute=True):
        deliver()
    services.make_due()

    assert Certificate.objects.get().state == Certificate.State.ISSUED


def test_the_issued_file_is_recognized_and_a_changed_byte_is_not():
    certificate = issued_certificate()
    content = stored(certificate)
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1

    assert queries.check_file(content).verdict is rules.Verdict.GENUINE
    assert queries.check_file(content).record.certificate == certificate
    assert queries.check_file(bytes(changed)).verdict is not rules.Verdict.GENUINE
    assert queries.check_file(content + b"\n").verdict is rules.Verdict.CHANGED


def test_a_revoked_certificate_says_since_when_and_why_and_is_audited():
    certificate = issued_certificate()
    officer = PersonFactory()

    revoked = services.revoke(certificate, "Salah orang", by=officer)

    assert revoked.state == Certificate.State.REVOKED
    assert revoked.revoked_at is not None
    assert AuditEntry.objects.get(action="certificates.revoked").by == officer
    with pytest.raises(NotLive):
        services.revoke(certificate, "Lagi", by=officer)


def test_a_replacement_has_a_number_of_its_own_and_the_old_one_points_to_it():
    certificate = issued_certificate()

    successor = services.replace(certificate, "Nama diperbaiki", by=PersonFactory())
    services.make(successor.pk)

    certificate.refresh_from_db()
    successor.refresh_from_db()
    assert certificate.state == Certificate.State.REPLACED
    assert certificate.replaced_by == successor
    assert successor.state == Certificate.State.ISSUED
    assert successor.sequence == certificate.sequence + 1


def test_an_officer_who_replaces_leaves_the_old_file_recognizable():
    certificate = issued_certificate()
    content = stored(certificate)

    services.replace(certificate, "Nama diperbaiki", by=PersonFactory())

    checked = queries.check_file(content)
    assert checked.verdict is rules.Verdict.GENUINE
    assert checked.record.certificate.state == Certificate.State.REPLACED
