"""Packages come in whole or not at all, are replaced by versions, and are deleted only while nobody uses them."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from courses.packages.problems import from_row
from courses.packages.services import MOST_ATTEMPTS
from courses.scorm import services
from courses.scorm.errors import PackageInUse
from courses.scorm.models import Package, PackageImport, PackageVersion, Standard
from courses.scorm.storage import stored_name
from tests.factories.catalog import OutlineItemFactory
from tests.factories.packages import add_link, h5p, rename_in
from tests.factories.people import PersonFactory
from tests.factories.scorm import cmi5, manifest, scorm, structure, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]


def codes(made):
    return [row["code"] for row in made.problems]


def files_below(folder):
    return {path for path in Path(folder).rglob("*") if path.is_file()}


def author(*more):
    person = PersonFactory()
    names = ("access_admin", "change_package", *more)
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def test_a_package_keeps_its_files_items_and_rules(tmp_path):
    made = services.import_package(scorm(tmp_path, {"media/a.png": b"same", "media/b.png": b"same"}))

    assert made.state == PackageImport.State.DONE
    version = made.made
    assert (version.package.title, version.package.live) == ("Course", version)
    assert (version.standard, version.edition, version.number) == (Standard.SCORM_12, "1.2", 1)
    [item] = version.items.all()
    assert (item.identifier, item.title, item.launch, item.is_sco) == ("i1", "Lesson 1", "index.html", True)
    with default_storage.open(stored_name(version.folder, version.files["index.html"])) as page:
        assert page.read() == b"<p>Hello</p>"
    assert version.files["media/a.png"] == version.files["media/b.png"]
    assert version.size == len(manifest()) + len("<p>Hello</p>") + 8


def test_a_cmi5_course_keeps_its_units(tmp_path):
    parts = unit(1, attributes='moveOn="CompletedAndPassed" masteryScore="0.9"') + unit(2)

    made = services.import_package(cmi5(tmp_path, parts=parts))

    first, second = made.made.items.all()
    assert made.made.standard == Standard.CMI5
    assert (first.identifier, first.move_on, str(first.mastery_score)) == (
        "https://example.org/au/1",
        "CompletedAndPassed",
        "0.9000",
    )
    assert second.move_on == "NotApplicable"


def test_a_course_structure_alone_has_no_files(tmp_path, files_on_disk):
    path = tmp_path / "cmi5.xml"
    path.write_text(structure(unit(url="https://elsewhere.example/unit")))

    made = services.import_package(path)

    assert (made.state, made.made.files) == (PackageImport.State.DONE, {})
    assert files_below(files_on_disk) == set()


def test_names_of_strangers_never_reach_the_storage(tmp_path, files_on_disk):
    services.import_package(scorm(tmp_path, {"Gambar é/😀.html": "x"}))

    assert {len(path.name) for path in files_below(files_on_disk)} == {64}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (
            lambda folder: rename_in(scorm(folder, {"aa/evil.html": "x"}), "aa/evil.html", b"../evil.html"),
            "path-escapes",
        ),
        (lambda folder: add_link(scorm(folder), "link.html"), "not-a-file"),
        (lambda folder: scorm(folder, {"imsmanifest.xml": "<manifest"}), "xml-broken"),
        (lambda folder: scorm(folder, {"index.html": None}), "launch-file-missing"),
        (lambda folder: cmi5(folder, {"cmi5.xml": structure(unit(1) + unit(1))}), "id-twice"),
        (lambda folder: h5p(folder, name="content.zip"), "is-h5p"),
    ],
)
def test_a_refused_package_leaves_nothing_but_its_problems(tmp_path, files_on_disk, make, code):
    made = services.import_package(make(tmp_path))

    assert made.state == PackageImport.State.REFUSED
    assert code in codes(made)
    with translation.override("id"):
        problem = from_row(made.problems[codes(made).index(code)])
        assert problem.text(gettext) != problem.text()
    assert not Package.objects.exists()
    assert files_below(files_on_disk) == set()


def test_what_is_no_package_is_refused_with_a_reason(tmp_path):
    path = tmp_path / "notes.zip"
    path.write_bytes(b"no zip at all")

    assert codes(services.import_package(path)) == ["not-a-zip"]


def test_an_upload_is_imported_once_and_deleted(tmp_path, django_capture_on_commit_callbacks):
    waiting = services.upload(ContentFile(scorm(tmp_path).read_bytes(), name="kursus.zip"), by=None)
    name = waiting.package.name

    with django_capture_on_commit_callbacks(execute=True):
        done = services.carry_out(waiting.pk)

    assert done.state == PackageImport.State.DONE
    assert services.carry_out(waiting.pk) is None
    assert Package.objects.count() == 1
    assert not default_storage.exists(name)


def test_the_sweep_finds_what_a_lost_message_left(tmp_path):
    waiting = services.upload(ContentFile(scorm(tmp_path).read_bytes(), name="kursus.zip"), by=None)
    PackageImport.objects.update(created_at="2020-01-01T00:00:00Z")

    services.carry_out_waiting()

    waiting.refresh_from_db()
    assert waiting.state == PackageImport.State.DONE


def test_a_worker_that_dies_after_storing_leaves_no_second_copy(tmp_path, files_on_disk, monkeypatch):
    waiting = services.upload(ContentFile(scorm(tmp_path).read_bytes(), name="kursus.zip"), by=None)
    with monkeypatch.context() as broken:
        broken.setattr("courses.scorm.services.imports._add_version", lambda made, read: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.carry_out(waiting.pk)
    before = files_below(files_on_disk)

    services.carry_out(waiting.pk)

    assert files_below(files_on_disk) <= before
    assert PackageVersion.objects.count() == 1


def test_an_import_that_always_breaks_is_given_up(tmp_path, monkeypatch):
    waiting = services.upload(ContentFile(scorm(tmp_path).read_bytes(), name="kursus.zip"), by=None)
    monkeypatch.setattr("courses.scorm.services.imports._add_version", lambda made, read: 1 / 0)

    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            services.carry_out(waiting.pk)
    services.carry_out(waiting.pk)

    waiting.refresh_from_db()
    assert codes(waiting) == ["import-failed"]


def test_a_replacement_is_the_next_version_and_the_first_stays(tmp_path):
    first = services.import_package(scorm(tmp_path)).made

    second = services.import_package(scorm(tmp_path, {"index.html": "newer"}), replaces=first.package).made

    package = Package.objects.get()
    assert (package.live, second.number) == (second, 2)
    for version in (first, second):
        assert default_storage.exists(stored_name(version.folder, version.files["index.html"]))


def test_a_refused_replacement_changes_nothing(tmp_path):
    first = services.import_package(scorm(tmp_path)).made

    services.import_package(scorm(tmp_path, {"imsmanifest.xml": "<"}), replaces=first.package)

    assert Package.objects.get().live == first


def test_a_package_that_nobody_uses_is_deleted_with_its_files(
    tmp_path, files_on_disk, django_capture_on_commit_callbacks
):
    package = services.import_package(scorm(tmp_path)).made.package
    kept = services.import_package(scorm(tmp_path)).made

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_package(package)

    assert Package.objects.get() == kept.package
    assert len(files_below(files_on_disk)) == len(set(kept.files.values()))


def test_a_package_in_a_lesson_is_not_deleted(tmp_path):
    package = services.import_package(scorm(tmp_path)).made.package
    OutlineItemFactory(kind="activity", activity_kind="scorm", activity_id=package.pk)

    with pytest.raises(PackageInUse):
        services.delete_package(package)


def test_an_author_uploads_a_package_and_looks_at_it(client_for, tmp_path):
    browser = client_for(author("delete_package"))
    with scorm(tmp_path, items='<item identifier="i1" identifierref="r1"><title>&lt;b&gt;</title></item>').open(
        "rb"
    ) as file:
        sent = browser.post(reverse("scorm_cms:packages"), {"package": file})
    waiting = browser.get(sent.url)
    services.carry_out(int(sent.url.rstrip("/").rsplit("/", 1)[-1]))

    report = browser.get(sent.url)
    listed = browser.get(reverse("scorm_cms:packages"))
    package = report.context["made"].made.package
    shown = browser.get(reverse("scorm_cms:package", args=[package.key]))
    asked = browser.get(reverse("scorm_cms:delete", args=[package.key]))
    deleted = browser.post(reverse("scorm_cms:delete", args=[package.key]))

    assert waiting.headers["Refresh"]
    assert "Refresh" not in report.headers
    assert "Course" in listed.content.decode()
    assert "&lt;b&gt;" in shown.content.decode()
    assert asked.status_code == 200
    assert deleted.url == reverse("scorm_cms:packages")
    assert not Package.objects.exists()


def test_an_author_replaces_a_package(client_for, tmp_path):
    package = services.import_package(scorm(tmp_path)).made.package
    browser = client_for(author())

    with scorm(tmp_path).open("rb") as file:
        sent = browser.post(reverse("scorm_cms:package", args=[package.key]), {"package": file})
    services.carry_out(int(sent.url.rstrip("/").rsplit("/", 1)[-1]))

    assert package.versions.count() == 2


def test_packages_are_for_authors_and_reports_for_their_own(client_for, tmp_path):
    person = author()
    made = services.import_package(scorm(tmp_path, {"imsmanifest.xml": None}), by=person)
    package = services.import_package(scorm(tmp_path)).made.package
    own, other = client_for(person), client_for(author())
    other_worker = PersonFactory()
    other_worker.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    report = reverse("scorm_cms:import", args=[made.pk])

    refused = own.get(report, headers={"Accept-Language": "id"})

    assert "tidak ada" in refused.content.decode().lower()
    assert other.get(report).status_code == 404
    assert client_for(other_worker).get(reverse("scorm_cms:packages")).status_code == 302
    assert client_for(other_worker).get(reverse("scorm_cms:package", args=[package.key])).status_code == 404
    assert own.post(reverse("scorm_cms:delete", args=[package.key])).status_code == 302
    assert Package.objects.filter(pk=package.pk).exists()


def test_something_else_than_a_package_is_not_even_taken(client_for):
    answer = client_for(author()).post(
        reverse("scorm_cms:packages"),
        {"package": ContentFile(b"x", name="film.mp4")},
        headers={"Accept-Language": "en"},
    )

    assert "This is no package" in answer.content.decode()
    assert not PackageImport.objects.exists()


def test_the_list_costs_the_same_for_two_packages_or_twenty(client_for, tmp_path, queries_of):
    browser = client_for(author())
    for _number in range(2):
        services.import_package(scorm(tmp_path))
    address = reverse("scorm_cms:packages")
    browser.get(address)
    few = queries_of(browser.get, address)
    for _number in range(15):
        services.import_package(scorm(tmp_path))

    assert queries_of(browser.get, address) == few
