"""A whole archive becomes a course, or nothing at all; everything is said in the report."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from assessments.bank.models import Question
from assessments.quizzes.models import Quiz
from courses.media.models import CourseDocument, MediaFile, Picture
from courses.packages.services import MOST_ATTEMPTS
from courses.pages.models import CoursePage, LessonPage, SectionPage
from courses.transfer import services
from courses.transfer.models import CourseImport
from courses.transfer.reasons import CHANGES, PROBLEMS
from lms.common.html import plain_text
from tests.factories.transfer import COURSE, lesson_archive, olx_archive

pytestmark = pytest.mark.django_db

MATERIAL = Path(__file__).parents[4] / "shared" / "material"
QUESTION = (
    '<problem url_name="{name}" display_name="Sum" {more}><multiplechoiceresponse><label>2 + 2?</label><choicegroup>'
    '<choice correct="false">3</choice><choice correct="true">4</choice></choicegroup>'
    "</multiplechoiceresponse></problem>"
)
SRT = "1\n00:00:01,000 --> 00:00:03,500\nSelamat pagi.\n\n2\n00:00:04,000 --> 00:00:06,000\nMari mulai.\n"


def png(width: int = 40, height: int = 30) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(made, "PNG")
    return made.getvalue()


def graded(blocks: str, *, policy: str = '{"GRADER": [{"type": "Exam"}], "GRADE_CUTOFFS": {"Pass": 0.6}}'):
    return {
        "course.xml": COURSE,
        "course/run.xml": (
            '<course display_name="A graded course" language="id"><chapter url_name="ch" display_name="Exam">'
            '<sequential url_name="seq" display_name="The exam" graded="true" format="Exam">'
            f'<vertical url_name="unit" display_name="Read first">{blocks}</vertical></sequential></chapter></course>'
        ),
        "policies/run/grading_policy.json": policy,
    }


def items_of(done: CourseImport) -> dict[str, dict]:
    return {item["path"]: item for item in done.report["items"]}


def test_an_archive_becomes_a_draft_course(tmp_path):
    path = lesson_archive(tmp_path, f'<html url_name="h"><p>Selamat</p></html>{QUESTION.format(name="p", more="")}')

    done = services.import_course(path)

    assert done.state == CourseImport.State.DONE
    page = CoursePage.objects.get()
    assert (page, page.title, page.live) == (done.page, "A course", False)
    assert [section.title for section in SectionPage.objects.all()] == ["A section"]
    lesson = LessonPage.objects.get()
    assert [(block.block_type) for block in lesson.body] == ["html", "question"]
    assert done.report["ok"] is True
    assert done.report["course"]["slug"] == "a-course"
    assert done.report["components"] | {"kept": 2, "changed": 0, "lost": 0} == done.report["components"]


def test_every_item_that_is_not_kept_says_why(tmp_path):
    path = lesson_archive(
        tmp_path,
        '<html url_name="h"><p>a</p><script>x</script></html><poll url_name="q" max_submissions="1"/>'
        '<discussion url_name="d" discussion_id="x"/><html url_name="gone" filename="gone"/>'
        '<strange url_name="s">x</strange>',
    )

    report = services.import_course(path).report

    assert report["components"]["unexplained"] == 0
    assert all(item["reason"] for item in report["items"] if item["outcome"] != "kept")
    assert {item["kind"]: item["reason_code"] for item in report["items"] if item["outcome"] == "lost"} == {
        "poll": "no_poll",
        "discussion": "no_discussion",
        "html": "source_file_missing",
        "strange": "kind_unknown",
    }
    assert report["counts"] == {
        outcome: sum(item["outcome"] == outcome for item in report["items"]) for outcome in ("kept", "changed", "lost")
    }


def test_activities_without_a_counterpart_stay_as_notes_and_are_counted_apart(tmp_path):
    questions = '[["a", {"label": "Do you like it?"}]]'.replace('"', "&quot;")
    path = lesson_archive(
        tmp_path,
        '<html url_name="h"><p>Selamat</p></html>'
        '<html url_name="css"><style>p {}</style><script src="/static/a.js"></script></html>'
        '<html url_name="ask"><p>Useful?</p><button onclick="sendFeedbackToAPI(1)">Yes</button>'
        "</html>"
        '<lti url_name="tool" display_name="Code board"/>'
        f'<survey url_name="survey" display_name="Opinion" questions="{questions}" answers="[]"/>'
        '<openassessment url_name="task"><prompts><prompt><description>Write.</description></prompt></prompts>'
        "</openassessment><discussion url_name='talk'/>",
    )

    done = services.import_course(path)

    counted = done.report["components"]
    assert (counted["total"], counted["nothing_shown"], counted["text_only"], counted["lost"]) == (7, 1, 4, 1)
    assert (counted["carried_over"], counted["carried_over_visible"], counted["works_as_before"]) == (85.7, 83.3, 16.7)
    assert sum(group["count"] for group in counted["by_reason"]) == 7
    assert {"kind": "html", "outcome": "changed", "reason_code": "only_styling", "count": 1} in counted["by_reason"]
    notes = [block.value for block in LessonPage.objects.get().body if block.block_type == "callout"]
    assert [plain_text(str(note["text"])) for note in notes] == ["Useful?", "Code board", "Do you like it?", "Write."]
    assert notes[2]["title"] == "To think about: Opinion"


def test_links_between_lessons_lead_to_them(tmp_path):
    blocks = (
        '<vertical url_name="one" display_name="One"><html url_name="h">'
        '<a href="/jump_to_id/picture">see</a> <a href="/jump_to_id/hollow">next</a>'
        "</html></vertical>"
        '<vertical url_name="hollow" display_name="Hollow"/>'
        '<vertical url_name="two" display_name="Two"><html url_name="picture"><p>Here</p></html></vertical>'
    )
    path = olx_archive(
        tmp_path,
        {
            "course.xml": COURSE,
            "course/run.xml": (
                '<course display_name="A course"><chapter url_name="ch" display_name="A section">'
                f'<sequential url_name="seq" display_name="A subsection">{blocks}</sequential></chapter></course>'
            ),
        },
    )
    services.import_course(path)

    first, second = LessonPage.objects.order_by("path")

    assert re.findall(r'href="([^"]*)"', str(first.body[0].value)) == [f"../{second.translation_key}/"] * 2


def test_a_graded_subsection_closes_with_a_test_and_gates_its_section(tmp_path):
    path = olx_archive(tmp_path, graded(f"<html url_name='h'>x</html>{QUESTION.format(name='p', more='')}"))

    services.import_course(path)

    quiz = Quiz.objects.get()
    assert (quiz.title, quiz.passing_grade, quiz.attempts_allowed) == ("The exam", 60, None)
    assert SectionPage.objects.get().is_gate
    lessons = list(LessonPage.objects.order_by("path"))
    assert [[block.block_type for block in lesson.body] for lesson in lessons] == [["html", "question"], ["quiz"]]
    assert Question.objects.count() == 1


def test_a_question_with_limited_attempts_stands_in_the_test_only(tmp_path):
    more = 'max_attempts="2"'
    path = olx_archive(tmp_path, graded(f"<html url_name='h'>x</html>{QUESTION.format(name='p', more=more)}"))

    services.import_course(path)

    assert Quiz.objects.get().attempts_allowed == 2
    lessons = list(LessonPage.objects.order_by("path"))
    assert [[block.block_type for block in lesson.body] for lesson in lessons] == [["html"], ["quiz"]]


def test_pictures_documents_and_films_land_in_storage(tmp_path):
    path = lesson_archive(
        tmp_path,
        '<html url_name="h"><p><img src="/static/My_photo.png" alt="A photo"/><a href="/static/guide.pdf">Guide</a></p>'
        '</html><video url_name="v" display_name="Film" html5_sources="[&quot;/static/film.mp4&quot;]">'
        '<transcript language="id" src="film.srt"/></video>',
        {
            "static/My photo.png": png(),
            "static/guide.pdf": b"%PDF-1.4 guide",
            "static/film.mp4": b"film",
            "static/film.srt": SRT,
        },
    )

    done = services.import_course(path)

    picture, document, film = Picture.objects.get(), CourseDocument.objects.get(), MediaFile.objects.get()
    assert all(default_storage.exists(stored.file.name) for stored in (picture, document, film))
    body = str(LessonPage.objects.get().body[0].value)
    assert picture.renditions.get().url in body
    assert document.url in body
    assert film.transcript == "Selamat pagi. Mari mulai."
    assert b"00:00:01.000 --> 00:00:03.500" in film.captions.get().file.read()
    assert done.report["components"]["changed"] == 0


def test_a_drawing_is_stored_as_a_picture_that_cannot_run_anything(tmp_path):
    drawn = '<script>alert(1)</script><rect width="9" height="9"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{drawn}</svg>'
    path = lesson_archive(tmp_path, '<html url_name="h"><img src="/static/x.svg"/>a</html>', {"static/x.svg": svg})

    services.import_course(path)

    assert Picture.objects.get().file.read().startswith(b"\x89PNG")


def test_a_video_that_lives_elsewhere_keeps_its_transcript(tmp_path):
    video = '<video url_name="v" youtube_id_1_0="abc123"><transcript language="en" src="t.srt"/></video>'
    path = lesson_archive(tmp_path, video, {"static/t.srt": SRT})

    done = services.import_course(path)

    blocks = list(LessonPage.objects.get().body)
    assert [block.block_type for block in blocks] == ["html", "accordion"]
    assert "https://www.youtube.com/watch?v=abc123" in str(blocks[0].value)
    assert "Selamat pagi. Mari mulai." in str(blocks[1].value["folds"][0]["text"])
    assert [item["reason_code"] for item in done.report["items"] if item["kind"] == "video"] == ["video_on_youtube"]


def test_the_children_of_a_pool_are_all_taken(tmp_path):
    pool = "".join(QUESTION.format(name=f"p{number}", more="") for number in range(3))
    path = lesson_archive(tmp_path, f'<library_content url_name="pool" max_count="1">{pool}</library_content>')

    done = services.import_course(path)

    assert Question.objects.count() == 3
    assert [item["reason_code"] for item in done.report["items"] if item["kind"] == "library_content"] == [
        "pool_opened"
    ]


def test_what_staff_alone_saw_stays_out(tmp_path):
    path = lesson_archive(
        tmp_path, '<html url_name="h">a</html><html url_name="k" visible_to_staff_only="true">the key</html>'
    )

    done = services.import_course(path)

    assert [item["reason_code"] for item in done.report["items"] if item["outcome"] == "lost"] == ["staff_only"]
    assert "the key" not in str(LessonPage.objects.get().body.get_prep_value())


def test_dragging_becomes_lists(tmp_path):
    data = {
        "question_text": "Where?",
        "zones": [{"uid": "z1", "title": "North"}, {"uid": "z2", "title": "South"}],
        "items": [{"displayName": "Aceh", "zones": ["z1"]}, {"displayName": "Decoy", "zones": []}],
    }
    escaped = json.dumps(data).replace('"', "&quot;")

    done = services.import_course(lesson_archive(tmp_path, f'<drag-and-drop-v2 url_name="d" data="{escaped}"/>'))

    question = Question.objects.get()
    assert question.kind == "dropdown"
    reasons = next(item["reasons"] for item in done.report["items"] if item["kind"] == "drag-and-drop-v2")
    assert [reason["code"] for reason in reasons] == ["dragging_as_lists", "dragging_part_lost"]


def test_a_question_the_bank_refuses_is_lost_with_its_reason(tmp_path):
    path = lesson_archive(
        tmp_path,
        '<html url_name="h">a</html><problem url_name="p"><p>x</p><stringresponse answer="(" type="regexp"/></problem>',
    )

    done = services.import_course(path)

    lost = [item for item in done.report["items"] if item["outcome"] == "lost"]
    assert [item["reason_code"] for item in lost] == ["question_refused"]


def test_a_refused_archive_leaves_only_its_report(tmp_path):
    path = olx_archive(tmp_path, {"course.xml": COURSE})

    done = services.import_course(path)

    assert done.state == CourseImport.State.REFUSED
    assert done.report["refused"]["code"] == "no_content"
    assert done.report["refused"]["text"]
    assert not CoursePage.objects.exists()


def test_an_import_that_breaks_leaves_nothing(tmp_path, monkeypatch):
    path = lesson_archive(tmp_path, '<html url_name="h"><img src="/static/a.png"/></html>', {"static/a.png": png()})
    stored: list[str] = []
    monkeypatch.setattr(default_storage, "delete", stored.append)
    monkeypatch.setattr(services, "create_course", lambda draft: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.import_course(path)

    assert not Picture.objects.exists()
    assert len(stored) == 2
    assert all(default_storage.exists(name) for name in stored)


def test_the_same_course_is_refused_a_second_time_unless_asked_for(tmp_path):
    path = lesson_archive(tmp_path, '<html url_name="h">a</html>')
    first = services.import_course(path)

    second, third = services.import_course(path), services.import_course(path, again=True)

    assert second.report["refused"]["code"] == "imported_before"
    assert third.page is not None
    assert third.page != first.page
    first.page.delete()
    third.page.delete()
    assert services.import_course(path).page is not None


def test_an_uploaded_archive_is_imported_once_and_then_deleted(tmp_path, django_capture_on_commit_callbacks):
    path = lesson_archive(tmp_path, '<html url_name="h">a</html>')
    waiting = services.upload(ContentFile(path.read_bytes(), name="course.tar.gz"), by=None)
    name = waiting.archive.name

    with django_capture_on_commit_callbacks(execute=True):
        done = services.carry_out(waiting.pk)

    assert done is not None
    assert done.page == CoursePage.objects.get()
    assert services.carry_out(waiting.pk) is None
    assert not default_storage.exists(name)


def test_an_import_that_always_breaks_is_given_up(tmp_path, monkeypatch):
    path = lesson_archive(tmp_path, '<html url_name="h">a</html>')
    waiting = services.upload(ContentFile(path.read_bytes(), name="course.tar.gz"), by=None)
    monkeypatch.setattr(services, "create_course", lambda draft: 1 / 0)

    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            services.carry_out(waiting.pk)
    services.carry_out(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.report["refused"]["code"] == "import_failed"


def test_the_command_writes_the_report_and_fails_only_when_refused(tmp_path, capsys):
    report = tmp_path / "report.json"
    call_command(
        "import_course",
        str(lesson_archive(tmp_path, '<html url_name="h">a</html>')),
        "--json",
        str(report),
        "--publish",
    )

    written = json.loads(report.read_text())

    assert written["ok"] is True
    assert CoursePage.objects.get().live
    with pytest.raises(CommandError):
        call_command("import_course", str(olx_archive(tmp_path, {"a": "b"})), "--json", str(report))
    assert json.loads(report.read_text())["refused"]["code"] == "no_course"


def test_pages_are_made_with_as_many_lookups_for_few_blocks_as_for_many(tmp_path, queries_of):
    few = lesson_archive(tmp_path, "".join(f'<html url_name="h{n}">a</html>' for n in range(2)))
    services.import_course(few)
    few_queries = queries_of(services.import_course, few, again=True)
    many = lesson_archive(tmp_path, "".join(f'<html url_name="h{n}">a</html>' for n in range(200)))

    assert queries_of(services.import_course, many, again=True) == few_queries


ARCHIVES = sorted(MATERIAL.glob("olx*/*.tar.gz"))


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.stem)
def test_real_archives_are_imported_or_refused_and_leave_nothing_unexplained(archive):
    done = services.import_course(archive, again=True)

    if done.page is None:
        assert done.report["refused"]["text"]
    else:
        assert done.report["components"]["unexplained"] == 0
        if "demo-course" in archive.name:
            assert done.report["components"]["carried_over"] >= 95
        if "broken" in archive.parent.name and archive.name != "testcourse1.tar.gz":
            assert done.report["problems"]


def test_every_code_has_its_sentence():
    formats = Path(services.__file__).parent / "formats"
    source = "\n".join(path.read_text() for path in formats.rglob("*.py"))
    changes = set(re.findall(r'(?:Change|self\.note|_NotAsked)\(\s*"(\w+)"', source))
    faults = set(re.findall(r'Fault\("(\w+)"', source))

    assert changes <= set(CHANGES)
    assert faults <= set(PROBLEMS)
