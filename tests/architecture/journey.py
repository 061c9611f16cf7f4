"""One learner's whole way, with everybody around her, for asking who may see what of it."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from assessments.quizzes import services as quizzes
from certificates import services as certificates
from courses.catalog.models import OutlineItem
from courses.pages.services import publish_course
from lms.enrollment.services import create_period, enroll, offer_run
from lms.jobs import services as jobs
from lms.notifications.channels.email import unsubscribe_url
from lms.people.models import Membership, Person
from lms.progress import services as progress
from lms.reports.kinds import start_export
from lms.reports.queries import Filters
from tests.factories.assessments import a_quiz, choice_question
from tests.factories.catalog import CourseRunFactory
from tests.factories.notifications import MessageFactory
from tests.factories.pages import make_course_page
from tests.factories.people import MembershipFactory, OrgUnitFactory, RoleFactory


class Journey:
    """A ministry of two branches; in the first, a learner who completed a course and has its certificate."""

    def __init__(self) -> None:
        ministry = OrgUnitFactory()
        province, elsewhere = OrgUnitFactory(parent=ministry), OrgUnitFactory(parent=ministry)
        office = OrgUnitFactory(parent=province)
        self.unit = office.pk
        learner = MembershipFactory(unit=office).person
        self.learner = learner.pk
        self.people: dict[str, Person] = {
            "learner": learner,
            "another learner": self._member(elsewhere),
            "her officer": RoleFactory(unit=province, kind="hr_officer").person,
            "another branch's officer": RoleFactory(unit=elsewhere, kind="hr_officer").person,
            "author": RoleFactory(unit=elsewhere, kind="author").person,
            "organizer": RoleFactory(unit=elsewhere, kind="organizer").person,
            "administrator": RoleFactory(unit=ministry, kind="administrator").person,
        }
        for person in self.people.values():
            person.refresh_from_db()
        body = [
            ("text", "<p>Hello</p>"),
            ("question", {"question": choice_question().pk, "is_required": False}),
            ("quiz", {"quiz": a_quiz(1).pk, "is_required": False}),
        ]
        course = publish_course(make_course_page(body, organizer=ministry), by=None)
        self.slug = course.slug
        self.file = default_storage.save("media/journey.txt", ContentFile(b"hello"))
        course.cover = self.file
        course.save(update_fields=["cover"])
        now = timezone.now()
        period = create_period("Period", now - timedelta(hours=1), now + timedelta(days=1), ministry)
        run = CourseRunFactory(course=course, organizer=ministry)
        offer_run(run, period, 10)
        self.run = run.pk
        enrollment = enroll(learner, run)
        self.enrollment = enrollment.pk
        items = OutlineItem.objects.current().filter(course=course)
        lesson, quiz = items.get(kind=OutlineItem.Kind.LESSON), items.get(activity_kind="quiz")
        self.lesson, self.quiz, self.question = lesson.pk, quiz.pk, items.get(activity_kind="question").pk
        self.lesson_key = lesson.key
        progress.open_item(enrollment, lesson)
        progress.report(enrollment, lesson, completed=True)
        self.attempt = quizzes.start(enrollment, quiz).pk
        certificate = certificates.register(enrollment.pk)
        assert certificate is not None
        certificates.make(certificate.pk)
        self.certificate, self.token = certificate.pk, certificate.token
        job = start_export(self.people["her officer"], province, Filters(), "csv")
        jobs.work(job.pk)
        self.job, self.which = job.pk, "result"
        self.ending = "csv"
        message = MessageFactory(person=learner)
        self.message, self.unsubscribe_token = message.pk, unsubscribe_url(learner).rstrip("/").rsplit("/", 1)[-1]

    @staticmethod
    def _member(unit: object) -> Person:
        membership: Membership = MembershipFactory(unit=unit)
        return membership.person
