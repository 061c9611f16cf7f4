"""The ministry, the course and the enrollments that flows are played on."""

import io
import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.utils import timezone

from assessments.bank.models import Question
from assessments.bank.services import save_question
from assessments.quizzes.services import save_quiz
from courses.catalog.models import CourseRun, OutlineItem
from courses.pages.services import CourseDraft, LessonDraft, SectionDraft, create_course, publish_course
from lms.common.batches import batches
from lms.enrollment.models import Enrollment
from lms.enrollment.services import bulk_enroll, create_period, offer_run
from lms.people.models import OrgUnit, Person, Role
from lms.people.services import add_person, grant_role
from lms.progress.models import CourseProgress
from lms.reports.services import rebuild

if TYPE_CHECKING:
    from tests.benchmarks.stage import Stage

RUNS = 8
# 65 % pass and 20 % never start, as in the product's own history.
COMPLETED, STARTED = 0.65, 0.80
PARAGRAPH = (
    "<p>Pelayanan publik yang baik dimulai dari mendengarkan: warga datang dengan kebutuhan, bukan dengan berkas. "
    "Petugas menjelaskan persyaratan, waktu, dan biaya sebelum diminta, lalu menepati apa yang dijelaskan.</p>"
)


def build(stage: "Stage", *, password: str, questions: int) -> None:
    """Make everything that the flows need and tell the stage where it is."""
    call_command("make_ministry", people=stage.people, password=password, stdout=io.StringIO())
    ministry = OrgUnit.objects.get(parent=None)
    clerk = add_person(full_name="Petugas Uji Beban", email="petugas@uji.invalid")
    grant_role(clerk, Role.Kind.ADMINISTRATOR, ministry, by=None)
    people = list(
        Person.objects.filter(is_superuser=False).exclude(pk=clerk.pk).order_by("pk").values_list("pk", "email")
    )
    actors = [pk for pk, email in people if email][: stage.actors]
    page = create_course(_course(questions))
    stage.course = publish_course(page, by=clerk)
    items = list(OutlineItem.objects.current().filter(course=stage.course))
    stage.lessons = [item for item in items if item.kind == OutlineItem.Kind.LESSON]
    stage.quiz = next(item for item in items if item.activity_kind == "quiz")
    runs = _runs(stage, ministry)
    bulk_enroll(actors, runs[0], by=clerk)
    stage.enrolled = dict(Enrollment.objects.filter(run=runs[0], person__in=actors).values_list("person", "pk"))
    others = [pk for pk, _ in people if pk not in stage.enrolled]
    _history(others[: stage.enrollments], runs, clerk)
    rebuild()


def _course(questions: int) -> CourseDraft:
    places = [(_question(number), Decimal(1)) for number in range(questions)]
    quiz = save_quiz("Tes akhir", places, passing_grade=70, attempts_allowed=None, minutes=60)
    lessons = [
        LessonDraft(title=f"Bacaan {number}", minutes=10, body=[("text", PARAGRAPH * 12)]) for number in range(1, 9)
    ]
    last = LessonDraft(title="Tes akhir", minutes=20, body=[("quiz", {"quiz": quiz.pk, "is_required": True})])
    return CourseDraft(
        title="Pelayanan publik untuk uji beban",
        summary="Kursus buatan untuk mengukur kecepatan.",
        about=PARAGRAPH * 3,
        jp=8,
        sections=[
            SectionDraft(title="Materi", lessons=lessons),
            SectionDraft(title="Penutup", lessons=[last]),
        ],
    )


def _question(number: int) -> Question:
    body = {
        "text": f"<p>Pernyataan nomor {number + 1}: manakah yang paling tepat?</p>",
        "choices": [
            {"id": letter, "html": f"<p>Jawaban {letter}</p>", "correct": letter == "a", "feedback": ""}
            for letter in "abcd"
        ],
    }
    return save_question("choice", f"Soal {number + 1}", body)


def _runs(stage: "Stage", ministry: OrgUnit) -> list[CourseRun]:
    now = timezone.now()
    period = create_period("Periode uji beban", now - timedelta(days=1), now + timedelta(days=2), ministry)
    runs = [
        CourseRun.objects.create(
            course=stage.course,
            title=f"Angkatan {number}",
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=30),
            organizer=ministry,
        )
        for number in range(1, RUNS + 1)
    ]
    for run in runs:
        offer_run(run, period, None)
    return runs


def _history(person_ids: list[int], runs: list[CourseRun], clerk: Person) -> None:
    """Spread people over the runs and let them get as far as people do."""
    for number, run in enumerate(runs):
        for pks in batches(person_ids[number :: len(runs)], 5000):
            bulk_enroll(pks, run, by=clerk)
    chance, now = random.Random(1), timezone.now()
    seated = Enrollment.objects.filter(person__in=person_ids).values_list("pk", flat=True)
    for pks in batches(seated.iterator(chunk_size=5000), 5000):
        progress = []
        for pk in pks:
            fate = chance.random()
            if fate < STARTED:
                done = 9 if fate < COMPLETED else chance.randrange(9)
                progress.append(
                    CourseProgress(
                        enrollment_id=pk,
                        done=done,
                        required=9,
                        started_at=now,
                        last_seen_at=now,
                        completed_at=now if fate < COMPLETED else None,
                    )
                )
        CourseProgress.objects.bulk_create(progress)
