"""One learner's whole way, with everybody around her, for asking who may see what of it."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from assessments.quizzes import services as quizzes
from certificates import services as certificates
from courses.catalog.models import Course, OutlineItem
from courses.pages.services import publish_course
from lms.enrollment.models import EnrollmentPeriod, PeriodTemplate, RunTemplate
from lms.enrollment.services import (
    Grounds,
    NewRun,
    appoint,
    create_period,
    enroll,
    exempt,
    fill_classes,
    keep_period_template,
    keep_template,
    offer_run,
    place,
    plan_period,
)
from lms.jobs import services as jobs
from lms.notifications.channels.email import unsubscribe_url
from lms.people.models import Membership, OrgUnit, Person
from lms.progress import services as progress
from lms.reports.kinds import start_export
from lms.reports.queries import Filters
from tests.factories.assessments import a_quiz, choice_question
from tests.factories.catalog import CourseRunFactory
from tests.factories.enrollment import AudienceFactory, EnrollmentPeriodFactory, PlanFactory
from tests.factories.notifications import MessageFactory
from tests.factories.pages import make_course_page
from tests.factories.people import MembershipFactory, OrgUnitFactory, RoleFactory
from tests.factories.scorm import PackageFactory


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
            "her superior": RoleFactory(unit=office, kind="superior").person,
            "administrator": RoleFactory(unit=ministry, kind="administrator").person,
        }
        self.role = self.people["her superior"].roles.get().pk
        for person in self.people.values():
            person.refresh_from_db()
        body = [
            ("text", "<p>Hello</p>"),
            ("question", {"question": choice_question().pk, "is_required": False}),
            ("quiz", {"quiz": a_quiz(1).pk, "is_required": False}),
            ("scorm", {"scorm": PackageFactory().pk, "is_required": False}),
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
        self.package = items.get(activity_kind="scorm").pk
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
        plan = PlanFactory(
            organizer=province,
            audience=AudienceFactory(organizer=province, rule={"all": [{"kind": "people", "people": [learner.pk]}]}),
        )
        self.plan = plan.pk
        letter = ContentFile(b"%PDF-1.7", name="letter.pdf")
        grounds = Grounds("Study leave", timezone.localdate(), evidence=letter)
        self.exemption = exempt(plan, [learner.pk], grounds, by=self.people["her officer"]).pk
        self._plan(elsewhere, course, learner)
        # Used, so that whoever may delete it is refused and leaves it for the next to try.
        audience = AudienceFactory(organizer=province)
        EnrollmentPeriodFactory(audience=audience)
        self.audience, self.source = audience.pk, "units"
        message = MessageFactory(person=learner)
        self.message, self.unsubscribe_token = message.pk, unsubscribe_url(learner).rstrip("/").rsplit("/", 1)[-1]

    def _plan(self, unit: OrgUnit, course: Course, instructor: Person) -> None:
        """What the organizer plans: a period, a template, and a class that the learner teaches."""
        organizer, now = self.people["organizer"], timezone.now()
        period = EnrollmentPeriod(title="Planned", opens_at=now, closes_at=now + timedelta(days=3), organizer=unit)
        new = NewRun(course.pk, "Batch", now, now + timedelta(days=30), seats=10, class_size=5)
        self.planned_period = plan_period(period, [new], by=organizer).pk
        planned = period.seatings.get()
        self.planned_run = planned.pk
        place(planned.pk, [organizer.pk])
        fill_classes(planned.pk)
        group = planned.run.classes.get()
        appoint(group, instructor, by=organizer)
        self.class_taught = group.pk
        template = RunTemplate(name="Template", organizer=unit, course=course, title="Batch")
        self.template = keep_template(template, [], by=organizer).pk
        whole = PeriodTemplate(name="Whole", organizer=unit, title="Period", stays_open=timedelta(days=3))
        of_whole = RunTemplate(name="Batch", course=course, title="Batch")
        self.period_template = keep_period_template(whole, [(of_whole, [])], by=organizer).pk

    @staticmethod
    def _member(unit: object) -> Person:
        membership: Membership = MembershipFactory(unit=unit)
        return membership.person
