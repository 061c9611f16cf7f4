"""Real packages by others, and faulty ones, get the verdict that their makers gave them."""

import subprocess
import sys
from pathlib import Path

import pytest

from courses.h5p.core import assets_of, dependencies_of, filter_content, read_package

ROOT = Path(__file__).parents[3]
MATERIAL = ROOT.parent / "shared" / "material"
WITHOUT_LIBRARIES = {"crossword.h5p", "H5PMath.h5p"}
FAULTY = {
    "2-invalid-libraries.h5p": {"language-file-name", "library-property-missing"},
    "broken-content-json.h5p": {"json-broken"},
    "broken-h5p-json.h5p": {"json-broken"},
    "corrupt_archive.h5p": {"not-a-zip"},
    "invalid-core-version.h5p": set(),
    "invalid-h5p-json-schema.h5p": {"main-library-missing"},
    "invalid-language-file-json.h5p": {"json-broken"},
    "invalid-library-directory-name.h5p": {"library-folder-name", "missing-main-library"},
    "invalid-library-json.h5p": {"library-property-missing"},
    "long_content_file_name.h5p": set(),
    "malformed-library-directory.h5p": {"library-folder-name"},
    "missing-preloaded-js.h5p": {"library-file-missing"},
    "no-json-file.h5p": {"missing-h5p-json"},
    "unzippable.h5p": {"not-a-zip"},
    "valid2.h5p": set(),
    "xss-svg.h5p": {"file-type-not-allowed"},
}
PACKAGES = sorted((MATERIAL / "h5p").glob("*.h5p"))

pytestmark = pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_packages_are_refused_for_their_fault(name):
    package = read_package(MATERIAL / "h5p-validator" / name)

    assert {problem.code for problem in package.problems} == FAULTY[name]


def test_no_faulty_package_is_forgotten():
    assert set(FAULTY) == {path.name for path in (MATERIAL / "h5p-validator").glob("*.h5p")}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_real_packages_are_taken_and_their_content_fits_their_libraries(path):
    package = read_package(path)
    if path.name in WITHOUT_LIBRARIES:
        assert "missing-main-library" in {problem.code for problem in package.problems}
        return

    assert package.is_good
    assert {problem.code for problem in package.problems} <= {"remote-file"}

    def semantics(key):
        return package.libraries[key].semantics or () if key in package.libraries else None

    def manifest(key):
        return package.libraries[key].manifest if key in package.libraries else None

    filtered = filter_content(package.params, package.manifest.main, semantics, package.content_files)
    again = filter_content(filtered.params, package.manifest.main, semantics, package.content_files)
    needed, missing = dependencies_of(filtered.libraries, manifest)

    assert again.params == filtered.params
    assert {code for code, _place in filtered.dropped} <= {"unknown-field", "file-not-usable"}
    assert filtered.libraries[-1] == package.manifest.main
    assert set(filtered.files) == set(package.content_files)
    assert missing == []
    weights = {entry.library.name: entry.weight for entry in needed if entry.type == "preloaded"}
    for name in weights:
        below = manifest(next(entry.library for entry in needed if entry.library.name == name)).dependencies
        assert all(weights[key.name] < weights[name] for key in below.get("preloaded", ()) if key.name in weights)
    assert not [path for _manifest, path in assets_of(needed, manifest).scripts if "Editor" in _manifest.key.name]


def test_the_core_needs_neither_django_nor_the_platform():
    code = (
        "import sys, courses.h5p.core\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'celery', 'wagtail', 'lms')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"
