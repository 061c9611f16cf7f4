"""Authors import in the CMS and read the report; nobody else sees it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.pages.models import CoursePage
from courses.transfer import services
from courses.transfer.models import CourseImport
from tests.factories.people import PersonFactory
from tests.factories.transfer import COURSE, lesson_archive, olx_archive

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return PersonFactory(is_superuser=True)


def upload_of(path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes(), "application/gzip")


def test_an_upload_waits_and_then_shows_its_report(tmp_path, client_for, author):
    path = lesson_archive(tmp_path, '<html url_name="h"><p>a</p><script>x</script></html><lti url_name="l" a="b"/>')
    browser = client_for(author)

    sent = browser.post("/cms/imports/", {"archive": upload_of(path)})

    waiting = CourseImport.objects.get()
    assert sent["Location"] == f"/cms/imports/{waiting.pk}/"
    assert browser.get(sent["Location"])["Refresh"] == "3"
    services.carry_out(waiting.pk)
    shown = browser.get(sent["Location"], headers={"accept-language": "en"})
    assert "Refresh" not in shown
    assert CoursePage.objects.get().owner == author
    assert len(shown.context["page"].object_list) == 6
    assert "run.xml#l" in shown.content.decode()


@pytest.mark.parametrize(
    ("query", "titles"), [("outcome=lost", ["l"]), ("kind=html", ["h"]), ("q=SCRIPT", ["h"]), ("q=nothing-such", [])]
)
def test_a_report_is_filtered(tmp_path, client_for, author, query, titles):
    path = lesson_archive(tmp_path, '<html url_name="h"><p>a</p><script>x</script></html><lti url_name="l" a="b"/>')
    done = services.import_course(path, by=author)

    shown = client_for(author).get(f"/cms/imports/{done.pk}/?{query}", headers={"accept-language": "en"})

    assert [line.title for line in shown.context["page"]] == titles


def test_a_refused_archive_says_why(tmp_path, client_for, author):
    done = services.import_course(olx_archive(tmp_path, {"course.xml": COURSE}), by=author)

    shown = client_for(author).get(f"/cms/imports/{done.pk}/")

    assert shown.context["refusal"] in shown.content.decode()


def test_what_is_no_archive_is_not_taken(client_for, author):
    shown = client_for(author).post("/cms/imports/", {"archive": SimpleUploadedFile("notes.txt", b"hello")})

    assert "archive" in shown.context["form"].errors
    assert not CourseImport.objects.exists()


def test_learners_cannot_import_and_cannot_see_reports(tmp_path, client_for, author):
    done = services.import_course(olx_archive(tmp_path, {"course.xml": COURSE}), by=author)
    browser = client_for(PersonFactory())

    assert browser.get("/cms/imports/").status_code in (302, 403)
    assert browser.get(f"/cms/imports/{done.pk}/").status_code in (302, 404)


def test_the_list_costs_the_same_for_two_imports_or_twenty(client_for, author, queries_of):
    browser = client_for(author)
    CourseImport.objects.bulk_create(CourseImport(source_name="x", by=author) for _ in range(2))
    browser.get("/cms/imports/")
    few = queries_of(browser.get, "/cms/imports/")
    CourseImport.objects.bulk_create(CourseImport(source_name="x", by=author) for _ in range(18))

    assert queries_of(browser.get, "/cms/imports/") == few
