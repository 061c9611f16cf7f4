"""Packages come in whole or not at all, and libraries only by those who may install them."""

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from courses.h5p import services
from courses.h5p.models import Content, ContentVersion, Library, LibraryRevision, PackageImport
from courses.h5p.storage import content_file, library_file
from courses.packages.kinds import check
from courses.packages.problems import from_row
from lms.common.storage import DiskFiles
from tests.factories.packages import CARD, PALM, PNG, h5p, h5p_files, library, with_library
from tests.factories.people import PersonFactory

MATERIAL = Path(__file__).parents[4] / "shared" / "material" / "h5p"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]


def author(*permissions):
    person = PersonFactory()
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return person


def codes(made):
    return [row["code"] for row in made.problems]


def content_only(folder, name="content.h5p"):
    return h5p(folder, dict.fromkeys(name for name in h5p_files() if name.startswith(CARD)), name=name)


def patched(folder, version="1.0.9", script="new"):
    return h5p(folder, {f"{CARD}/library.json": library(version=version), f"{CARD}/card.js": script}, name="new.h5p")


def files_below(folder):
    return {path for path in Path(folder).rglob("*") if path.is_file()}


def test_a_package_becomes_content_and_its_libraries_are_installed(tmp_path):
    made = services.import_package(h5p(tmp_path, title="Kartu ucapan"))

    assert made.state == PackageImport.State.DONE
    version = made.content.live
    assert (made.content.title, version.number, str(version.library)) == ("Kartu ucapan", 1, "H5P.Card 1.0")
    assert version.params["greeting"] == "Halo"
    assert [str(use.library) for use in version.uses.all()] == ["H5P.Card 1.0"]
    assert version.size == len(PNG)
    revision = version.library.current
    assert revision.patch == 3
    with default_storage.open(library_file(revision.folder, "card.js")) as script:
        assert script.read() == b"H5P.Card = function () {};"
    with default_storage.open(content_file(version.files["images/palm.png"])) as picture:
        assert picture.read() == PNG


def test_what_is_stored_is_filtered(tmp_path):
    hostile = {"greeting": "<script>alert(1)</script>", "__proto__": {"a": 1}, "picture": {"path": "../../etc/passwd"}}

    made = services.import_package(h5p(tmp_path, {"content/content.json": hostile}, title="<img src=x onerror=a>"))

    assert made.content.live.params == {"greeting": "&lt;script&gt;alert(1)&lt;/script&gt;"}
    assert made.content.live.metadata["title"] == "&lt;img src=x onerror=a&gt;"
    assert codes(made) == ["unsafe-reference"]


def test_a_refused_package_leaves_nothing_but_its_problems(tmp_path, files_on_disk):
    made = services.import_package(h5p(tmp_path, {"content/a.php": "x"}))

    assert made.state == PackageImport.State.REFUSED
    assert codes(made) == ["file-type-not-allowed"]
    assert from_row(made.problems[0]).text().startswith("content/a.php")
    assert not Content.objects.exists()
    assert not Library.objects.exists()
    assert files_below(files_on_disk) == set()


def test_files_that_the_content_does_not_use_are_not_kept(tmp_path):
    made = services.import_package(h5p(tmp_path, {"content/images/other.png": PNG + b"more"}))

    assert list(made.content.live.files) == ["images/palm.png"]


def test_the_same_library_again_changes_nothing(tmp_path):
    services.import_package(h5p(tmp_path))
    services.import_package(h5p(tmp_path))

    assert LibraryRevision.objects.count() == 1
    assert Content.objects.count() == 2


def test_an_older_patch_is_passed_over(tmp_path):
    services.import_package(h5p(tmp_path))

    made = services.import_package(patched(tmp_path, "1.0.1", "old"), takes_upgrades=True)

    assert (Library.objects.get().current.patch, made.upgrades, made.installed) == (3, [], [])


def test_a_takeover_by_a_higher_patch_needs_to_be_confirmed(tmp_path):
    services.import_package(h5p(tmp_path))

    made = services.import_package(patched(tmp_path, "1.0.99999", "evil()"))

    assert made.state == PackageImport.State.DONE
    assert made.upgrades == [{"library": "H5P.Card 1.0", "version": "1.0.99999"}]
    assert Library.objects.get().current.patch == 3


def test_a_confirmed_upgrade_plays_all_content_and_can_be_taken_back(tmp_path):
    services.import_package(h5p(tmp_path))
    before = Library.objects.get().current

    services.import_package(patched(tmp_path), takes_upgrades=True)
    card = Library.objects.get()
    after = card.current
    services.use_revision(card, before, by=None)

    assert (before.patch, after.patch) == (3, 9)
    assert Library.objects.get().current == before
    for revision in (before, after):
        assert default_storage.exists(library_file(revision.folder, "card.js"))


def test_a_library_cannot_be_taken_back_to_another_one(tmp_path):
    services.import_package(h5p(tmp_path, with_library("H5P.Other")))
    card, other = Library.objects.order_by("name")

    with pytest.raises(ValueError, match="another library"):
        services.use_revision(card, other.current, by=None)


def test_another_minor_version_lives_beside_the_first(tmp_path):
    services.import_package(h5p(tmp_path))
    newer = {
        f"H5P.Card-1.1/{name.partition('/')[2]}": body for name, body in h5p_files().items() if name.startswith(CARD)
    }
    newer["H5P.Card-1.1/library.json"] = library(version="1.1.0")
    dropped = dict.fromkeys(name for name in h5p_files() if name.startswith(CARD))
    needs_newer = [{"machineName": "H5P.Card", "majorVersion": 1, "minorVersion": 1}]

    made = services.import_package(h5p(tmp_path, {**dropped, **newer}, preloadedDependencies=needs_newer))

    assert str(made.content.live.library) == "H5P.Card 1.1"
    assert Library.objects.count() == 2


def test_an_author_s_package_uses_the_libraries_that_are_there(tmp_path):
    services.import_package(h5p(tmp_path))

    made = services.import_package(content_only(tmp_path), by=author("change_content"))

    assert made.state == PackageImport.State.DONE
    assert made.content.live.library.current.patch == 3


def test_an_author_may_not_bring_libraries_of_her_own(tmp_path):
    made = services.import_package(h5p(tmp_path), by=author("change_content"))

    assert made.state == PackageImport.State.REFUSED
    assert codes(made) == ["needs-administrator"]
    assert not Library.objects.exists()


def test_an_author_may_not_upgrade_libraries_even_when_she_says_so(tmp_path):
    services.import_package(h5p(tmp_path))

    made = services.import_package(patched(tmp_path), by=author("change_content"), takes_upgrades=True)

    assert made.state == PackageImport.State.DONE
    assert Library.objects.get().current.patch == 3


def test_libraries_that_the_content_does_not_need_do_not_keep_an_author_out(tmp_path):
    services.import_package(h5p(tmp_path))

    made = services.import_package(h5p(tmp_path, with_library("H5P.Unused")), by=author("change_content"))

    assert made.state == PackageImport.State.DONE
    assert Library.objects.count() == 1


def test_who_may_install_brings_libraries_in(tmp_path):
    made = services.import_package(h5p(tmp_path), by=author("install_library"))

    assert made.state == PackageImport.State.DONE


def test_an_upload_is_imported_once_and_its_file_deleted(tmp_path):
    person = author("install_library")
    waiting = services.upload(ContentFile(h5p(tmp_path).read_bytes(), name="card.h5p"), by=person)
    name = waiting.package.name

    services.carry_out(waiting.pk)
    again = services.carry_out(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.state == PackageImport.State.DONE
    assert again is None
    assert Content.objects.count() == 1
    assert PackageImport.objects.visible_to(person).count() == 1
    assert not PackageImport.objects.visible_to(author()).exists()
    assert waiting.package.name == ""
    assert name


def test_an_import_that_broke_off_begins_again_and_is_given_up_in_the_end(tmp_path, monkeypatch):
    waiting = services.upload(ContentFile(h5p(tmp_path).read_bytes(), name="card.h5p"), by=author("install_library"))
    monkeypatch.setattr("courses.h5p.services.imports.put_files", broken_storage)

    for _ in range(3):
        with pytest.raises(OSError, match="storage"):
            services.carry_out(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, Content.objects.count(), Library.objects.count()) == ("waiting", 0, 0)

    services.carry_out(waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.state, codes(waiting)) == ("refused", ["import-failed"])


def broken_storage(*args):
    raise OSError("the storage is away")


def test_a_storage_that_fails_in_the_middle_leaves_no_rows_and_the_next_try_succeeds(tmp_path, monkeypatch):
    save, count = DiskFiles.save, iter(range(100))

    def fails_at_the_third(storage, name, body):
        if next(count) == 2:
            raise OSError("the storage is away")
        return save(storage, name, body)

    monkeypatch.setattr(DiskFiles, "save", fails_at_the_third)
    path = h5p(tmp_path)
    with pytest.raises(OSError, match="storage"):
        services.import_package(path)
    assert not Library.objects.exists()

    made = services.import_package(path)

    assert made.state == PackageImport.State.DONE
    for name in made.content.live.library.current.files:
        assert default_storage.exists(library_file(made.content.live.library.current.folder, name))


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_library_at_once_install_it_once(tmp_path):
    paths = [h5p(tmp_path, {PALM: PNG + bytes([number])}, name=f"{number}.h5p") for number in range(4)]
    states = []

    def bring_in(path):
        try:
            states.append(services.import_package(path).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert states == ["done"] * 4
    assert (Library.objects.count(), LibraryRevision.objects.count(), Content.objects.count()) == (1, 1, 4)


def test_a_check_knows_what_is_installed(tmp_path):
    path = content_only(tmp_path)
    before = check(path)

    services.import_package(h5p(tmp_path))

    assert (before.is_good, check(path).is_good) == (False, True)
    assert ContentVersion.objects.count() == 1


def test_the_command_imports_and_says_what_was_refused(tmp_path, capsys):
    good, bad = h5p(tmp_path), h5p(tmp_path, {"content/a.php": "x"}, name="bad.h5p")

    call_command("h5p_import", str(good))
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("h5p_import", str(bad))

    said = capsys.readouterr().out
    assert "card.h5p: imported as" in said
    assert "bad.h5p: refused" in said
    assert "file-type-not-allowed content/a.php" in said


@pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")
def test_a_real_package_is_imported_with_everything_it_needs():
    made = services.import_package(MATERIAL / "questionset-1.20-hub.h5p")
    content_only = services.import_package(MATERIAL / "multichoice-1.16-hub.h5p", by=author("change_content"))

    assert made.state == PackageImport.State.DONE
    assert len(made.installed) == 28
    assert made.content.live.uses.count() == 10
    # The libraries that a question set brought are enough for a question by itself.
    assert content_only.state == PackageImport.State.DONE
    assert content_only.content.live.library.current.patch > 0
