"""Puts the demo ministry in place: units, people, courses, runs, and some learning under way."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import make_archive
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.bank.models import Question
from assessments.bank.services import save_question
from assessments.quizzes.models import Quiz
from assessments.quizzes.services import save_quiz
from courses.catalog.models import Category, Course, CourseRun, OutlineItem
from courses.media.models import MediaFile
from courses.media.services import add_document, add_media, add_picture
from courses.pages.demo import catalog, course, ministry
from courses.pages.models import CoursePage
from courses.pages.services import Block, CourseDraft, LessonDraft, SectionDraft, create_course, publish_course
from courses.scorm.models import Package
from courses.scorm.services import import_package
from lms.enrollment.models import Enrollment, EnrollmentPeriod, PeriodTemplate, RunTemplate, TemplateReserve
from lms.enrollment.services import (
    bulk_enroll,
    create_audience,
    create_period,
    keep_period_template,
    keep_template,
    offer_run,
)
from lms.people.models import EmploymentType, OrgUnit, Person
from lms.people.services import NewPerson, add_people, create_unit, grant_role
from lms.progress.services import open_item, report

FILES = Path(__file__).parent / "files"
FOUNDED = date(2020, 1, 1)


@transaction.atomic
def seed() -> dict[str, Person]:
    """Put everything in place and return the demo accounts by role. What is there already is left as it is."""
    units = _units()
    accounts = _accounts(units)
    author, admin = accounts["author"], accounts["administrator"]
    categories = _categories()
    if not CoursePage.objects.filter(slug=course.SLUG).exists():
        page = _main_course(categories["pelayanan-publik"], units["D01.2"], author)
        publish_course(page, by=admin)
    for entry in catalog.COURSES:
        if not CoursePage.objects.filter(title=entry["title"]).exists():
            publish_course(_catalog_course(entry, categories, units["D01.2"], author), by=admin)
    if not CourseRun.objects.filter(course__slug=course.SLUG).exists():
        _teach(units, accounts)
    if not PeriodTemplate.objects.exists():
        _templates(units["D01.2"], accounts["organizer"])
    return accounts


def _units() -> dict[str, OrgUnit]:
    units = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=[row[0] for row in ministry.UNITS])}
    for code, name, unit_type, parent, province, zone in ministry.UNITS:
        if code not in units:
            units[code] = create_unit(
                code, name, unit_type, units.get(parent), FOUNDED, province_code=province, time_zone=zone
            )
    return units


def _nip(number: int, sex: str) -> str:
    """A NIP that nobody has: made-up people have serials from 900."""
    born = date(1980, 1, 1) + timedelta(days=41 * number)
    return f"{born:%Y%m%d}{born.year + 25}03{1 if sex == 'm' else 2}{900 + number % 100}"


def _accounts(units: dict[str, OrgUnit]) -> dict[str, Person]:
    accounts: dict[str, Person] = {}
    for number, (role, email, name, titles, position, unit, branch) in enumerate(ministry.ACCOUNTS):
        person = Person.objects.filter(email=email).first()
        if person is None:
            sex = "m" if name.split()[0] in {"Bambang", "Andi"} else "f"
            person = add_people(
                [
                    NewPerson(
                        full_name=name,
                        title_suffix=titles,
                        email=email,
                        sex=sex,
                        password=ministry.PASSWORD,
                        identifiers={"nip": _nip(90 + number, sex)},
                        unit=units[unit],
                        employment_type=EmploymentType.PNS,
                        position=position,
                        grade="III/c",
                        starts_on=date(2024, 1, 1),
                    )
                ]
            )[0]
        if role:
            grant_role(person, role, units[branch], by=None)
        accounts[role or "learner"] = person
    return accounts


def _staff(units: dict[str, OrgUnit]) -> list[Person]:
    newcomers = []
    for number, code in enumerate(code for code in ministry.STAFF_UNITS for _ in range(ministry.STAFF_PER_UNIT)):
        first = ministry.FIRST_NAMES[number % len(ministry.FIRST_NAMES)]
        last = ministry.LAST_NAMES[(number * 5 + number // 8) % len(ministry.LAST_NAMES)]
        sex = "f" if first in {"Maria", "Nur", "Rina", "Fitri", "Lina", "Wulan"} else "m"
        is_civil_servant = number % 5 < 3
        newcomers.append(
            NewPerson(
                full_name=f"{first} {last}",
                email=f"pegawai{number + 1}@diklat.example",
                sex=sex,
                identifiers={"nip": _nip(number, sex)} if is_civil_servant else {},
                unit=units[code],
                employment_type=EmploymentType.PNS if is_civil_servant else EmploymentType.NON_ASN,
                position="Staf pelayanan",
                grade="III/a" if is_civil_servant else "",
                starts_on=date(2024, 1, 1),
            )
        )
    return add_people(newcomers)


def _categories() -> dict[str, Category]:
    return {
        slug: Category.objects.get_or_create(slug=slug, defaults={"name_id": name_id, "name_en": name_en})[0]
        for slug, name_id, name_en in catalog.CATEGORIES
    }


def _picture(filename: str, title: str, by: Person) -> Any:
    return add_picture(title, filename, (FILES / filename).read_bytes(), description=title, by=by)


def _transcript(captions: bytes) -> str:
    lines = captions.decode().splitlines()[1:]
    return "\n".join(line for line in lines if line and "-->" not in line)


def _media(name: str, title: str, *, kind: str | None = None) -> MediaFile:
    captions = {path.name.split(".")[1]: path.read_bytes() for path in sorted(FILES.glob(f"{name}.*.vtt"))}
    poster = FILES / f"{name}.webp"
    is_video = kind != MediaFile.Kind.AUDIO and (FILES / f"{name}.mp4").exists()
    file = FILES / f"{name}.{'mp4' if is_video else 'm4a'}"
    return add_media(
        MediaFile.Kind.VIDEO if is_video else MediaFile.Kind.AUDIO,
        title,
        file.name,
        file.read_bytes(),
        transcript=_transcript(captions["id"]),
        captions=captions,
        poster=poster.read_bytes() if is_video and poster.exists() else None,
    )


def _package(folder: str, by: Person) -> Package:
    """The package that the files of a folder make, packed here."""
    with TemporaryDirectory() as here:
        path = Path(make_archive(str(Path(here) / folder), "zip", FILES / folder))
        made = import_package(path, by=by)
    assert made.made is not None
    return made.made.package


class Filled:
    """Gives blocks the ids of what they name, making each thing once."""

    def __init__(self, questions: dict[str, Question], quizzes: dict[str, Quiz], by: Person) -> None:
        self.questions, self.quizzes, self.by = questions, quizzes, by

    def __call__(self, block: Block) -> Block:
        name, value = block
        if name == "image":
            picture = _picture(value["file"], value["caption"], self.by)
            return name, {"image": picture.pk, "alt": value["alt"], "caption": value["caption"], "is_decorative": False}
        if name in {"video", "audio"}:
            return name, {"media": _media(value["file"], value["caption"]).pk, "caption": value["caption"]}
        if name == "document":
            return name, {"document": self._document(value["file"], value["title"]), "title": value["title"]}
        if name == "forms":
            title = value["title"]
            return name, {
                "title": title,
                "video": _media(value["file"], title).pk,
                "slides": self._document(f"{value['file']}.pdf", title),
                "reading": value["reading"],
                "audio": _media(value["file"], title, kind=MediaFile.Kind.AUDIO).pk,
                "least_minutes": None,
            }
        if name == "question":
            return name, {"question": self.questions[value["name"]].pk, "is_required": value["is_required"]}
        if name == "quiz":
            return name, {"quiz": self.quizzes[value["name"]].pk, "is_required": value["is_required"]}
        if name == "scorm":
            package = _package(value["folder"], self.by)
            return name, {"scorm": package.pk, "is_required": value["is_required"], "rule": value["rule"]}
        return name, value

    def _document(self, file: str, title: str) -> int:
        document = add_document(title, file, (FILES / file).read_bytes(), by=self.by)
        return int(document.pk)


def _main_course(category: Category, organizer: OrgUnit, author: Person) -> CoursePage:
    questions = {
        key: save_question(each["kind"], f"Pelayanan prima: {key}", each["body"])
        for key, each in course.QUESTIONS.items()
    }
    quizzes = {
        key: save_quiz(
            each["title"],
            [(questions[name], 1) for name in each["questions"]],
            passing_grade=70,
            attempts_allowed=each["attempts_allowed"],
            minutes=each.get("minutes"),
            instructions=each["instructions"],
        )
        for key, each in course.QUIZZES.items()
    }
    filled = Filled(questions, quizzes, author)
    return create_course(
        CourseDraft(
            title=course.TITLE,
            slug=course.SLUG,
            summary=course.SUMMARY,
            about=course.ABOUT,
            audience=course.AUDIENCE,
            jp=4,
            category=category,
            organizer=organizer,
            owner=author,
            cover=_picture("cover-pelayanan-prima.webp", course.TITLE, author),
            sections=[
                SectionDraft(
                    section["title"],
                    [
                        LessonDraft(lesson["title"], lesson["minutes"], [filled(block) for block in lesson["body"]])
                        for lesson in section["lessons"]
                    ],
                    is_gate=section["is_gate"],
                )
                for section in course.SECTIONS
            ],
        )
    )


def _catalog_course(
    entry: dict[str, Any], categories: dict[str, Category], organizer: OrgUnit, author: Person
) -> CoursePage:
    lessons = [LessonDraft(title, minutes, [("text", text)]) for title, minutes, text in entry["lessons"]]
    return create_course(
        CourseDraft(
            title=entry["title"],
            summary=entry["summary"],
            about=_about([title for title, _minutes, _text in entry["lessons"]]),
            audience=entry["audience"],
            jp=entry["jp"],
            category=categories[entry["category"]],
            organizer=organizer,
            owner=author,
            cover=_picture(f"cover-{entry['cover']}.webp", entry["title"], author),
            sections=[SectionDraft("Materi", lessons)],
        )
    )


def _about(lessons: list[str]) -> str:
    return "<p>Pelatihan singkat ini membahas:</p><ul>" + "".join(f"<li>{title}</li>" for title in lessons) + "</ul>"


def _at(days: int, hour: int = 8) -> datetime:
    """So many days from today, at an hour of the national clock."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour)))


def _teach(units: dict[str, OrgUnit], accounts: dict[str, Person]) -> None:
    center = units["D01.2"]
    special = create_period("Periode khusus Pelayanan Prima", _at(-1), _at(21), center)
    windows = {
        "open": create_period("Periode reguler", _at(-2), _at(14), center),
        "soon": create_period("Periode berikutnya", _at(3), _at(6), center),
        "closed": create_period("Periode sebelumnya", _at(-30), _at(-27), center),
    }
    windows["full"] = windows["open"]
    staff = _staff(units)
    for entry in catalog.COURSES:
        run = _run(Course.objects.get(title=entry["title"]), windows[entry["run"]], center)
        offer_run(run, windows[entry["run"]], entry["seats"])
        if entry["run"] == "full":
            bulk_enroll([person.pk for person in staff[:5]], run, by=accounts["organizer"])
    run = _run(Course.objects.get(slug=course.SLUG), special, center)
    offer_run(run, special, 100)
    learner = accounts["learner"]
    bulk_enroll([learner.pk, *(person.pk for person in staff)], run, by=accounts["organizer"])
    places = list(Enrollment.objects.filter(run=run, status="seated").order_by("pk"))
    steps = list(_steps(run.course))
    for number, place in enumerate(places):
        # The learner of the demo has begun; of the others some have finished, some are on their way, some not started.
        share = 0.1 if place.person_id == learner.pk else (1.0, 0.6, 1.0, 0.0, 0.3)[number % 5]
        _learn(place, steps[: round(len(steps) * share)])


def _templates(center: OrgUnit, organizer: Person) -> None:
    """What an organizer makes her next periods from: single runs, and a quarter with all of its runs."""
    offices = create_audience(
        ministry.OFFICES, center, {"all": [{"kind": "unit_type", "types": ["kua"]}]}, by=organizer
    )
    courses = {taught.title: taught for taught in Course.objects.published()}
    for name, title, settings in ministry.RUN_TEMPLATES:
        template = RunTemplate(name=name, organizer=center, course=courses[title], **settings)
        keep_template(template, [TemplateReserve(audience=offices, percent=30, released_after=2)], by=organizer)
    name, title, runs = ministry.QUARTER
    quarter = PeriodTemplate(name=name, organizer=center, title=title, stays_open=timedelta(days=3), offer_hours=24)
    own = [RunTemplate(name=each["title"], course=courses[course], **each) for course, each in runs]
    keep_period_template(quarter, [(run, []) for run in own], by=organizer)


def _run(taught: Course, period: EnrollmentPeriod, organizer: OrgUnit) -> CourseRun:
    starts_at = min(period.opens_at, timezone.now())
    return CourseRun.objects.create(
        course=taught,
        title=f"Angkatan I {starts_at.year}",
        starts_at=starts_at if period.opens_at <= timezone.now() else period.opens_at,
        ends_at=max(period.closes_at, _at(-10)) + timedelta(days=60) if period.closes_at > timezone.now() else _at(-2),
        organizer=organizer,
    )


def _steps(taught: Course) -> Iterable[OutlineItem]:
    """What there is to do, in an order in which it can be done: the tests of a lesson before the lesson."""
    items = list(OutlineItem.objects.filter(course=taught).current())
    for lesson in (item for item in items if item.kind == OutlineItem.Kind.LESSON):
        yield from (item for item in items if item.parent_id == lesson.pk and item.is_required)
        yield lesson


def _learn(place: Enrollment, steps: list[OutlineItem]) -> None:
    for item in steps:
        if item.kind == OutlineItem.Kind.LESSON:
            open_item(place, item)
            report(place, item, completed=True)
        else:
            score = 100 if item.activity_kind == "question" else 75 + place.pk * 7 % 26
            report(place, item, completed=True, score=Decimal(score))
