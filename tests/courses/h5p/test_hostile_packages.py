"""Packages that attack, break or lie get the verdict of the design, and leave nothing behind."""

import json
import resource
import time
import zipfile

import pytest

from courses.h5p.core import LibraryKey, LibraryManifest, read_package
from courses.packages.zips import Limits
from tests.factories.packages import (
    CARD,
    JPEG,
    PALM,
    PNG,
    SEMANTICS,
    add_link,
    h5p,
    h5p_files,
    h5p_json,
    library,
    lie_about_size,
    needs,
    rename_in,
    with_library,
    zip_of,
)


def codes(path, **options):
    return {problem.code for problem in read_package(path, **options).problems}


def test_a_good_package_has_no_problems(tmp_path):
    package = read_package(h5p(tmp_path))

    assert package.problems == []
    assert package.manifest.main == LibraryKey("H5P.Card", 1, 0)
    assert list(package.content_files) == ["images/palm.png"]
    assert package.libraries[package.manifest.main].translations == {"id": {"semantics": []}}


@pytest.mark.parametrize(
    "name",
    ["../evil.png", "content/../../evil.png", "/etc/evil.png", "C:/evil.png", "content\\..\\evil.png", "content/.."],
)
def test_a_path_that_leaves_the_package_is_refused(tmp_path, name):
    path = h5p(tmp_path, {name: PNG})

    assert codes(path) == {"path-escapes"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_refused(tmp_path):
    assert codes(add_link(h5p(tmp_path), "content/link.png")) == {"not-a-file"}


@pytest.mark.parametrize(
    "name",
    [
        "content/./a.png",
        "content//a.png",
        "content/CON.png",
        "content/lpt1",
        f"content/{'a' * 300}.png",
        "content/a.png ",
        "content/a./b.png",
        "content/a\x07.png",
        "content/\u202egnp.png",
        'content/a"b.png',
    ],
)
def test_a_name_that_cannot_be_used_everywhere_is_refused(tmp_path, name):
    assert codes(h5p(tmp_path, {name: PNG})) == {"bad-name"}


def test_a_name_cut_by_a_zero_byte_is_refused(tmp_path):
    path = rename_in(h5p(tmp_path, {"content/a.phpX.png": PNG}), "content/a.phpX.png", b"content/a.php\x00.png")

    assert codes(path) == {"bad-name"}


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    assert codes(h5p(tmp_path, {"content/images/PALM.png": PNG})) == {"duplicate-name"}


@pytest.mark.parametrize("name", ["content/🌴.png", "content/пальма.png", "content/pohon kelapa.png"])
def test_names_of_any_script_are_taken(tmp_path, name):
    assert codes(h5p(tmp_path, {name: PNG})) == set()


def test_names_in_utf_8_that_the_packer_did_not_declare_are_read_right(tmp_path):
    raw = h5p(tmp_path, {"content/é.png": PNG}).read_bytes()
    path = tmp_path / "old.h5p"
    name = "content/é.png".encode()
    place, directory = raw.index(name) - 30, raw.rindex(name) - 46
    undeclared = bytearray(raw)
    undeclared[place + 7] = undeclared[directory + 9] = 0
    path.write_bytes(undeclared)

    assert "é.png" in read_package(path).content_files


def bomb(tmp_path, name, megabytes):
    with zipfile.ZipFile(h5p(tmp_path), "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(megabytes):
            member.write(b"0" * 1024 * 1024)
    return tmp_path / "card.h5p"


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path):
    path = bomb(tmp_path, "content/zeros.txt", 256)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    assert codes(path) == {"too-much-inside"}
    assert time.process_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_inflated(tmp_path):
    path = lie_about_size(bomb(tmp_path, "content/zeros.txt", 64))

    assert codes(path, limits=Limits(free=1024 * 1024)) == {"too-much-inside"}


def test_a_file_of_another_size_than_promised_is_refused(tmp_path):
    path = h5p(tmp_path, {"content/a.txt": "more than ten letters"})

    assert codes(lie_about_size(path)) == {"size-lies"}


def test_too_many_files_are_refused_before_their_list_fills_the_memory(tmp_path):
    path = h5p(tmp_path, {f"content/{number}.txt": "" for number in range(20_000)})

    assert codes(path) == {"too-many-files"}


def test_a_list_of_files_longer_than_is_honest_is_not_read(tmp_path):
    path = h5p(tmp_path, {f"content/{number:0200}.txt": "" for number in range(40)})

    assert codes(path, limits=Limits(files=50)) == set()
    assert codes(path, limits=Limits(files=30)) == {"too-many-files"}
    assert codes(path, limits=Limits(files=2)) == {"too-many-files"}


def test_content_larger_than_any_real_one_is_refused(tmp_path):
    path = h5p(tmp_path, {"content/content.json": json.dumps({"greeting": "a" * 50_000_000})})

    assert codes(path) == {"too-much-inside"}
    assert codes(h5p(tmp_path, {"content/content.json": b'{"a": "' + b"a" * 6_000_000 + b'"}'})) == {"json-too-large"}
    assert codes(h5p(tmp_path, {"content/content.json": "[" + "[]," * 500_000 + "[]]"})) == {"json-too-large"}


def test_what_is_no_zip_is_refused(tmp_path):
    path = tmp_path / "a.h5p"
    for content in (b"", b"TEST", b"This is not a zip package\n", b"GIF89a" + h5p(tmp_path).read_bytes()):
        path.write_bytes(content)

        assert codes(path) == {"not-a-zip"}


def test_an_empty_zip_is_no_package(tmp_path):
    assert codes(zip_of(tmp_path / "empty.h5p", {})) == {"missing-h5p-json", "missing-content-json"}


def test_a_package_cut_short_is_refused(tmp_path):
    raw = h5p(tmp_path).read_bytes()
    path = tmp_path / "cut.h5p"
    path.write_bytes(raw[: len(raw) // 2])

    assert codes(path) == {"damaged"}


def test_a_damaged_file_is_named(tmp_path):
    path = h5p(tmp_path, {"content/a.txt": "x" * 100})
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("content/a.txt").header_offset + 30 + len("content/a.txt")
    raw = bytearray(path.read_bytes())
    raw[start] ^= 0xFF
    path.write_bytes(raw)

    [problem] = read_package(path).problems

    assert (problem.code, problem.path) == ("damaged-file", "content/a.txt")


def test_a_locked_package_is_refused(tmp_path):
    raw = bytearray(h5p(tmp_path).read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "locked.h5p"
    path.write_bytes(raw)

    assert codes(path) == {"encrypted"}


def test_a_way_of_packing_that_is_not_zip_s_own_is_refused(tmp_path):
    path = h5p(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("content/a.txt", "x", zipfile.ZIP_BZIP2)

    assert codes(path) == {"compression-unknown"}


def test_the_ending_of_the_name_must_be_that_of_h5p(tmp_path):
    assert codes(h5p(tmp_path, name="card.zip")) == {"wrong-extension"}


def test_a_package_inside_a_folder_is_refused_with_that_reason(tmp_path):
    path = zip_of(tmp_path / "a.h5p", {f"Card/{name}": content for name, content in h5p_files().items()})

    assert codes(path) == {"wrapped-in-folder"}


def test_folders_hidden_files_and_what_packers_add_are_passed_over(tmp_path):
    junk = {
        "content/": "",
        "__MACOSX/content/._a.png": "x",
        ".DS_Store": "x",
        "content/_note.exe": "x",
        "README.txt": "",
    }

    assert codes(h5p(tmp_path, junk)) == set()


def test_junk_behind_the_archive_is_passed_over(tmp_path):
    path = h5p(tmp_path)
    path.write_bytes(path.read_bytes() + b"<html>Error 504</html>")

    assert codes(path) == set()


@pytest.mark.parametrize("name", ["content/inner.zip", "content/inner.h5p", "inner.h5p", f"{CARD}/inner.zip"])
def test_a_package_in_a_package_is_refused(tmp_path, name):
    inner = h5p(tmp_path, name="inner.h5p").read_bytes()

    assert codes(h5p(tmp_path, {name: inner})) == {"file-type-not-allowed"}


def test_the_same_file_twice_is_one_file_but_two_different_ones_are_refused(tmp_path):
    for body, verdict in ((PNG, set()), (JPEG, {"duplicate-name"})):
        path = h5p(tmp_path)
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(PALM, body)

        assert codes(path) == verdict


def test_two_different_contents_are_refused(tmp_path):
    path = h5p(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("content/content.json", '{"greeting": "<script>"}')

    assert codes(path) == {"duplicate-name"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("h5p.json", "missing-h5p-json"),
        ("content/content.json", "missing-content-json"),
        (f"{CARD}/library.json", "missing-library-json"),
        (f"{CARD}/card.js", "library-file-missing"),
        (f"{CARD}/card.css", "library-file-missing"),
        (f"{CARD}/semantics.json", "missing-semantics"),
    ],
)
def test_what_is_missing_is_named(tmp_path, name, code):
    assert codes(h5p(tmp_path, {name: None})) == {code}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": None}, "title-missing"),
        ({"title": ""}, "title-missing"),
        ({"title": 5}, "title-missing"),
        ({"title": "a" * 256}, "title-too-long"),
        ({"language": None}, "language-invalid"),
        ({"language": "<b>"}, "language-invalid"),
        ({"embedTypes": None}, "embed-types-invalid"),
        ({"embedTypes": ["div", "popup"]}, "embed-types-invalid"),
        ({"license": "My own"}, "license-unknown"),
        ({"mainLibrary": None}, "main-library-missing"),
        ({"mainLibrary": "../../etc"}, "main-library-invalid"),
        ({"mainLibrary": "H5P.Other"}, "main-library-not-listed"),
        ({"preloadedDependencies": None}, "dependencies-missing"),
        ({"preloadedDependencies": "H5P.Card"}, "dependencies-invalid"),
        ({"preloadedDependencies": [needs("H5P.Card", "1.100000")]}, "dependencies-invalid"),
        ({"preloadedDependencies": [needs("H5P.Card", "-1.0")]}, "dependencies-invalid"),
        ({"preloadedDependencies": [needs("H5P.Card", "1.1")]}, "missing-main-library"),
    ],
)
def test_faults_of_h5p_json_are_named(tmp_path, values, code):
    assert codes(h5p(tmp_path, **values)) == {code}


def test_a_title_may_have_255_characters(tmp_path):
    assert codes(h5p(tmp_path, title="a" * 255)) == set()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": None}, "library-property-missing"),
        ({"machineName": "H5P/../Card"}, "library-property-invalid"),
        ({"machineName": "H5P.Other"}, "library-folder-name"),
        ({"majorVersion": 123456}, "version-invalid"),
        ({"patchVersion": True}, "version-invalid"),
        ({"patchVersion": "1e3"}, "version-invalid"),
        ({"runnable": "yes"}, "library-property-invalid"),
        ({"runnable": 0}, "main-library-not-runnable"),
        ({"coreApi": {"majorVersion": 1, "minorVersion": 29}}, "core-api-too-new"),
        ({"coreApi": {"majorVersion": 2, "minorVersion": 0}}, "core-api-too-new"),
        ({"coreApi": "1.2"}, "library-property-invalid"),
        ({"preloadedJs": [{"path": "../../evil.js"}]}, "library-path-unsafe"),
        ({"preloadedJs": [{"path": "https://evil.example/a.js"}]}, "library-path-unsafe"),
        ({"preloadedJs": [{"path": "//evil.example/a.js"}]}, "library-path-unsafe"),
        ({"preloadedJs": [{"path": "card.css"}]}, "library-path-unsafe"),
        ({"preloadedJs": [5]}, "library-property-invalid"),
        ({"preloadedDependencies": [needs("H5P.Gone")]}, "missing-required-library"),
        ({"dynamicDependencies": [needs("H5P.Gone")]}, "missing-required-library"),
    ],
)
def test_faults_of_library_json_are_named(tmp_path, values, code):
    found = codes(h5p(tmp_path, {f"{CARD}/library.json": library(**values)}))

    assert code in found
    assert found <= {code, "missing-main-library"}


def test_versions_may_be_strings(tmp_path):
    as_strings = library(majorVersion="1", minorVersion="0", patchVersion="3", runnable="1")

    assert codes(h5p(tmp_path, {f"{CARD}/library.json": as_strings})) == set()


def test_an_older_player_interface_is_enough(tmp_path):
    older = library(coreApi={"majorVersion": 1, "minorVersion": 28})

    assert codes(h5p(tmp_path, {f"{CARD}/library.json": older})) == set()


def test_what_only_the_editor_lacks_does_not_refuse(tmp_path):
    path = h5p(tmp_path, {f"{CARD}/library.json": library(editorDependencies=[needs("H5PEditor.Card")])})

    package = read_package(path)

    assert package.is_good
    assert [problem.code for problem in package.problems] == ["missing-editor-library"]


def test_a_library_that_content_uses_must_be_there(tmp_path):
    inside = {"greeting": "x", "extra": {"library": "H5P.Gone 1.0", "params": {}}}

    assert codes(h5p(tmp_path, {"content/content.json": inside})) == {"missing-required-library"}


def test_libraries_that_need_each_other_are_taken(tmp_path):
    circle = {
        f"{CARD}/library.json": library(preloadedDependencies=[needs("H5P.Other")]),
        **with_library("H5P.Other", preloadedDependencies=[needs("H5P.Card")]),
    }

    assert codes(h5p(tmp_path, circle)) == set()


def test_thousands_of_libraries_in_a_chain_do_not_overflow(tmp_path):
    chain = {f"{CARD}/library.json": library(preloadedDependencies=[needs("L0")])}
    for number in range(1500):
        bare = library(f"L{number}", preloadedJs=None, preloadedCss=None, runnable=0)
        bare["preloadedDependencies"] = [needs(f"L{number + 1}")] if number < 1499 else []
        chain[f"L{number}/library.json"] = bare

    assert codes(h5p(tmp_path, chain)) == set()


def test_a_library_may_be_installed_instead_of_packed(tmp_path):
    content_only = h5p(tmp_path, {name: None for name in h5p_files() if name.startswith(CARD)})
    card = LibraryManifest(LibraryKey("H5P.Card", 1, 0), 3, "Card", is_runnable=True)

    assert codes(content_only) == {"missing-main-library"}
    assert codes(content_only, installed={card.key: card}.get) == set()


SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("content/a.php", b"<?php", "file-type-not-allowed"),
        ("content/a.phtml", b"<?php", "file-type-not-allowed"),
        ("content/a.html", b"<html>", "file-type-not-allowed"),
        ("content/a.swf", b"FWS", "file-type-not-allowed"),
        ("content/a.js", b"", "file-type-not-allowed"),
        ("content/a.svg", SVG, "file-type-not-allowed"),
        ("content/a", b"", "file-type-not-allowed"),
        (f"{CARD}/a.html", b"<html>", "file-type-not-allowed"),
        (f"{CARD}/a.php", b"<?php", "file-type-not-allowed"),
        ("content/a.png", b"<html>" + SCRIPT, "content-mismatch"),
        ("content/a.png", b"\xef\xbb\xbf \n<!DOCTYPE html>", "content-mismatch"),
        ("content/a.png", SVG, "content-mismatch"),
        ("content/a.png", b"PK\x03\x04", "content-mismatch"),
        ("content/a.php.png", b"<?php system($_GET[0]);", "content-mismatch"),
        ("content/a.txt", SCRIPT, "content-mismatch"),
        ("content/a.txt", b"MZ\x00\x01", "content-mismatch"),
        ("content/a.pdf", SCRIPT, "content-mismatch"),
        (f"{CARD}/icon.svg", b"<svg>" + SCRIPT + b"</svg>", "active-svg"),
        (f"{CARD}/icon.svg", b'<svg onload="alert(1)"/>', "active-svg"),
        (f"{CARD}/icon.svg", b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "active-svg"),
        (f"{CARD}/icon.svg", b'<svg><a href="javascript:alert(1)"/></svg>', "active-svg"),
        (f"{CARD}/icon.svg", "\ufeff<svg/>".encode("utf-16-le"), "content-mismatch"),
        (f"{CARD}/language/XX!.json", b"{}", "language-file-name"),
        ("tools/a.txt", b"x", "missing-library-json"),
    ],
)
def test_files_that_are_not_allowed_are_refused(tmp_path, name, body, code):
    assert codes(h5p(tmp_path, {name: body})) == {code}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("content/a.php.png", PNG),
        ("content/a.jpg", PNG),
        ("content/a.mp3", b"RIFF\x00\x00\x00\x00WAVEfmt "),
        ("content/a.mp4", b"\x00\x00\x00\x18ftypmp42"),
        (f"{CARD}/icon.svg", SVG),
        (f"{CARD}/icon.svg", b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>" + SVG),
    ],
)
def test_honest_files_are_taken(tmp_path, name, body):
    assert codes(h5p(tmp_path, {name: body})) == set()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"greeting": "é"}'.encode("latin-1"), "json-not-utf8"),
        ('{"greeting": "x"}'.encode("utf-16"), "json-not-utf8"),
        (b'{"greeting": "x"', "json-broken"),
        (b"", "json-broken"),
        (b"[]", "json-not-object"),
        (b"null", "json-not-object"),
        (b'"text"', "json-not-object"),
        (b'{"a": NaN}', "json-number"),
        (b'{"a": -Infinity}', "json-number"),
        (b'{"a": 1e999}', "json-number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "json-number"),
        (b'{"a": "\\ud800"}', "json-character"),
        (b'{"a\\u0000": 1}', "json-character"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "json-too-deep"),
        (b'{"a":' * 250 + b"1" + b"}" * 250, "json-too-deep"),
        (b'{"greeting": "x", "greeting": "y"}', "json-key-twice"),
    ],
)
def test_json_that_is_not_what_it_should_be_is_refused(tmp_path, content, code):
    assert codes(h5p(tmp_path, {"content/content.json": content})) == {code}


@pytest.mark.parametrize(
    "name", ["h5p.json", f"{CARD}/library.json", f"{CARD}/semantics.json", f"{CARD}/language/id.json"]
)
@pytest.mark.parametrize("content", [b"{", b"null", b"5", b"\xff\xfe{\x00", b'{"a": NaN}'])
def test_broken_json_anywhere_is_refused_in_words(tmp_path, name, content):
    package = read_package(h5p(tmp_path, {name: content}))

    assert not package.is_good
    assert all(problem.text() for problem in package.problems)


def test_a_byte_order_mark_is_passed_over(tmp_path):
    assert codes(h5p(tmp_path, {"content/content.json": b'\xef\xbb\xbf{"greeting": "x"}'})) == set()


@pytest.mark.parametrize("semantics", [{}, [5], [{"name": "a"}], [{"type": "text"}], [{"name": "a", "type": "group"}]])
def test_semantics_that_describe_nothing_are_refused(tmp_path, semantics):
    assert codes(h5p(tmp_path, {f"{CARD}/semantics.json": semantics})) <= {"semantics-invalid", "json-not-list"}
    assert not read_package(h5p(tmp_path, {f"{CARD}/semantics.json": semantics})).is_good


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "unsafe-reference"),
        ("../../settings.py", "unsafe-reference"),
        ("javascript:alert(1)", "unsafe-reference"),
        ("data:text/html,x", "unsafe-reference"),
        ("file:///etc/passwd", "remote-file"),
        ("https://tracker.example/a.png", "remote-file"),
        ("//tracker.example/a.png", "remote-file"),
        ("images/gone.png", "file-not-in-package"),
    ],
)
def test_files_that_content_names_elsewhere_are_told_to_its_author(tmp_path, path, code):
    package = read_package(h5p(tmp_path, {"content/content.json": {"picture": {"path": path, "mime": "image/png"}}}))

    assert [problem.code for problem in package.problems] == [code]
    assert package.is_good


def test_what_a_stranger_wrote_is_shown_without_what_harms(tmp_path):
    path = h5p(tmp_path, license="%s%(x)s" + "\x1b[31m" * 100)

    [problem] = read_package(path).problems

    assert "\x1b" not in problem.text()
    assert len(problem.text()) < 200


def test_every_problem_is_listed_at_once(tmp_path):
    path = h5p(tmp_path, {"content/a.php": "", f"{CARD}/card.js": None, f"{CARD}/semantics.json": "["}, title="")

    assert codes(path) == {"file-type-not-allowed", "library-file-missing", "json-broken", "title-missing"}


def test_semantics_of_published_libraries_may_name_a_key_twice(tmp_path):
    twice = json.dumps(SEMANTICS).replace('"optional": true', '"optional": true, "optional": true')

    assert codes(h5p(tmp_path, {f"{CARD}/semantics.json": twice})) == set()


def test_a_manifest_in_another_order_is_the_same(tmp_path):
    assert codes(h5p(tmp_path, {"h5p.json": dict(reversed(h5p_json().items()))})) == set()
