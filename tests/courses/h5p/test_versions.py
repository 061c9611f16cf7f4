"""Content gets new versions wherever it stands, goes back to old ones, and can be taken along as a file."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from courses.catalog.models import OutlineItem
from courses.h5p import services
from courses.h5p.core import read_package
from courses.h5p.models import Content, PackageImport
from lms.audit.models import AuditEntry
from tests.courses.h5p.test_player import Frame
from tests.factories.h5p import Classroom, content_from, finished, state
from tests.factories.packages import PNG, h5p, library, needs
from tests.factories.people import PersonFactory

MATERIAL = Path(__file__).parents[4] / "shared" / "material" / "h5p"
PACKAGES = sorted(path for path in MATERIAL.glob("*.h5p") if path.name not in {"crossword.h5p", "H5PMath.h5p"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]


@pytest.fixture
def content(tmp_path) -> Content:
    return content_from(tmp_path)


@pytest.fixture
def author():
    person = PersonFactory()
    person.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "change_content")))
    return person


def next_version(folder, content, greeting="Next", **options):
    package = h5p(folder, {"content/content.json": {"greeting": greeting}}, name="next.h5p", title="Next card")
    return services.import_package(package, replaces=content, **options)


def shown_to(learner):
    """The content that the player of a learner gets: its parameters and her state."""
    page = learner.client.get(learner.card()["data-frame"]).content.decode()
    [content] = Frame(page).integration["contents"].values()
    return json.loads(content["jsonContent"])["greeting"], content["contentUserData"]["0"]["state"]


def test_a_next_version_is_shown_wherever_the_content_stands_and_keeps_what_was_done(content, tmp_path):
    learner = Classroom(content).learner()
    learner.says(state("here"), finished(3, 4))

    made = next_version(tmp_path, content)

    assert made.content == content
    assert shown_to(learner) == ("Next", "here")
    assert OutlineItem.objects.get(pk=learner.room.item.pk).title == "Next card"
    assert "Next card" in learner.client.get(learner.address).content.decode()
    assert learner.progress.score == 75
    assert [version.number for version in content.versions.all()] == [2, 1]
    assert AuditEntry.objects.filter(action="h5p.publish").count() == 2


def test_when_its_learners_are_to_begin_again_they_do_and_keep_their_results(content, tmp_path):
    learner = Classroom(content).learner()
    learner.says(state("here"), finished(3, 4))

    next_version(tmp_path, content, begins_again=True)

    assert shown_to(learner) == ("Next", "RESET")
    assert learner.progress.completed_at
    learner.says(state("there"))
    assert shown_to(learner) == ("Next", "there")


def test_a_refused_package_leaves_the_content_as_it_was(content, tmp_path):
    made = services.import_package(h5p(tmp_path, {"content/a.php": "x"}), replaces=content, begins_again=True)

    content.refresh_from_db()
    assert made.state == PackageImport.State.REFUSED
    assert (content.live.number, content.states_from) == (1, 1)


def test_going_back_is_a_version_of_its_own(content, tmp_path, author, client_for):
    learner = Classroom(content).learner()
    next_version(tmp_path, content, begins_again=True)
    learner.says(state("there"))

    answer = client_for(author).post(reverse("h5p_cms:restore", args=[content.key, 1]))

    content.refresh_from_db()
    assert answer.url == reverse("h5p_cms:content", args=[content.key])
    assert content.live.number == 3
    assert shown_to(learner) == ("Halo", "there")
    assert [use.library.name for use in content.live.uses.all()] == ["H5P.Card"]


def test_an_author_replaces_content_and_sees_where_it_stands(content, tmp_path, author, client_for):
    Classroom(content)
    browser = client_for(author)
    address = reverse("h5p_cms:content", args=[content.key])
    with h5p(tmp_path, {"content/content.json": {"greeting": "Uploaded"}}).open("rb") as package:
        sent = browser.post(address, {"package": package, "begins_again": "on"})
    services.carry_out(int(sent.url.rstrip("/").rsplit("/", 1)[-1]))

    page = browser.get(address).content.decode()
    listed = browser.get(reverse("h5p_cms:contents")).content.decode()

    content.refresh_from_db()
    assert (content.live.number, content.states_from) == (2, 2)
    assert content.live.params["greeting"] == "Uploaded"
    assert "Course with content: Lesson 1" in page
    assert "<td>1</td>" in listed


def test_the_list_of_content_counts_its_places_in_the_same_number_of_queries(
    content, tmp_path, author, client_for, queries_of
):
    browser, address = client_for(author), reverse("h5p_cms:contents")
    Classroom(content)
    browser.get(address)
    few = queries_of(browser.get, address)
    for number in range(5):
        Classroom(content_from(tmp_path, title=f"Card {number}"))

    assert queries_of(browser.get, address) == few


@pytest.mark.parametrize(("language", "kind"), [("id", "Pilihan Ganda"), ("en", "Multiple Choice")])
def test_the_list_of_content_names_its_kind_in_the_reader_s_language(content, author, client_for, language, kind):
    revision = content.live.library.current
    revision.manifest["title"] = "Multiple Choice"
    revision.save()

    answer = client_for(author).get(reverse("h5p_cms:contents"), headers={"accept-language": language})

    assert f"<td>{kind}</td>" in answer.text


def test_what_is_taken_along_comes_in_again_as_it_was(content, author, client_for, tmp_path):
    answer = client_for(author).get(reverse("h5p_cms:export", args=[content.key]))

    packed = tmp_path / "taken.h5p"
    packed.write_bytes(answer.getvalue())
    again = services.import_package(packed).content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a-card.h5p"'
    assert (again.title, again.live.params, again.live.files) == ("A card", content.live.params, content.live.files)
    assert again.live.metadata == content.live.metadata


def test_a_package_is_written_with_the_same_bytes_each_time_and_all_its_libraries(tmp_path):
    further = {
        "L/library.json": library("L", runnable=0, preloadedJs=None, preloadedCss=None),
        "H5P.Card-1.0/library.json": library(preloadedDependencies=[needs("L")], editorDependencies=[needs("E")]),
        "E/library.json": library("E", runnable=0, preloadedJs=None, preloadedCss=None),
    }
    content = content_from(tmp_path, further)

    first, second = io.BytesIO(), io.BytesIO()
    services.export(content.live, first)
    services.export(content.live, second)

    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        listed = json.loads(archive.read("h5p.json"))["preloadedDependencies"]
        assert archive.read("content/images/palm.png") == PNG
    assert {name.partition("/")[0] for name in names} == {"content", "h5p.json", "H5P.Card-1.0", "L-1.0", "E-1.0"}
    assert [entry["machineName"] for entry in listed] == ["H5P.Card", "L"]
    assert not [name for name in names if name.endswith("/")]


def test_only_authors_take_content_along_or_change_what_learners_get(content, client_for):
    stranger = PersonFactory()
    stranger.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    browser = client_for(stranger)

    assert browser.get(reverse("h5p_cms:export", args=[content.key])).status_code == 404
    assert browser.post(reverse("h5p_cms:restore", args=[content.key, 1])).status_code == 404
    assert content.versions.count() == 1


@pytest.mark.skipif(not PACKAGES, reason="real packages are not part of the repository")
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_real_packages_go_out_as_they_came_in(path, tmp_path):
    content = services.import_package(path).content
    packed = tmp_path / "taken.h5p"
    with packed.open("wb") as target:
        services.export(content.live, target)

    taken = read_package(packed)
    again = services.import_package(packed).content

    assert taken.is_good
    assert again.title == content.title
    assert again.live.params == content.live.params
    assert again.live.files == content.live.files
