"""Real SCORM and cmi5 packages by others get the verdict that their makers gave them."""

from pathlib import Path

import pytest

from courses.packages.kinds import check
from courses.scorm.core import Version, read_cmi5, read_scorm

MATERIAL = Path(__file__).parents[4] / "shared" / "material"
REFUSED = {
    "badscorm.zip": ("scorm", "manifest-in-folder"),
    "invalid.zip": ("unknown", "kind-unknown"),
    "singlescobasic_missingorg.zip": ("scorm", "no-organization"),
    "validaicc.zip": ("scorm", "aicc-not-supported"),
    # Moodle looks for the name of the manifest only; there is nothing in this one.
    "validscorm.zip": ("scorm", "xml-broken"),
    "005-1-invalid-au.zip": ("cmi5", "unit-voids-statements"),
    "202-1-relative-url-no-zip.xml": ("cmi5", "url-relative"),
    "205-1-duplicated-block.xml": ("cmi5", "id-twice"),
    "207-1-invalid-courseStructure.xml": ("cmi5", "element-misplaced"),
    "209-1-not-a-zip.zip": ("unknown", "not-a-zip"),
    "210-1-no-cmi5-xml.zip": ("unknown", "kind-unknown"),
}
PACKAGES = sorted([*(MATERIAL / "scorm").glob("*"), *(MATERIAL / "cmi5").glob("*")])
MANIFESTS = sorted((MATERIAL / "scorm-2004-manifests").glob("*.zip"))

pytestmark = pytest.mark.skipif(not MATERIAL.exists(), reason="real packages are not part of the repository")


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_every_package_can_be_played_or_is_refused_with_a_reason(path):
    verdict = check(path)

    if path.name in REFUSED:
        kind, code = REFUSED[path.name]
        assert verdict.kind == kind
        assert code in {problem.code for problem in verdict.problems if problem.refuses}
    else:
        assert verdict.kind == path.parent.name
        assert verdict.is_good
        assert {problem.code for problem in verdict.problems} <= {"default-organization-missing"}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_manifests_of_the_scorm_2004_test_suite_are_read(path):
    package = read_scorm(path)

    assert package.manifest is not None
    assert package.manifest.version == Version.SCORM_2004
    assert package.manifest.edition == "2004 4th Edition"
    assert sum(1 for item in package.manifest.default.walk() if item.resource) > 0
    # Only the manifests are there, so nothing but the missing files is wrong.
    assert {problem.code for problem in package.problems} <= {
        "launch-file-missing",
        "file-missing",
        "more-files-missing",
    }


def test_the_rules_of_a_real_course_are_read():
    package = read_scorm(MATERIAL / "scorm" / "SequencingSimpleRemediation_SCORM20043rdEdition.zip")
    [wrapper] = package.manifest.default.items
    playing = wrapper.children[0]

    assert not wrapper.is_visible
    assert playing.title == "Playing the Game"
    # Its rules stand in the collection, its objectives with the item itself.
    assert playing.sequencing.pre_rules[0].action == "skip"
    assert playing.sequencing.objectives[0].maps[0].target.endswith("playing_satisfied")
    assert package.launches["playing_resource"] == "shared/launchpage.html?content=playing"


def test_a_course_of_a_thousand_units_is_read():
    package = read_cmi5(MATERIAL / "cmi5" / "101-one-thousand-aus.xml")

    assert len(list(package.course.units())) == 1001
    assert package.problems == []


def test_a_real_unit_is_read():
    package = read_cmi5(MATERIAL / "cmi5" / "001-essentials.zip")
    [unit] = package.course.units()

    assert unit.title == {"en": "CATAPULT LMS Test AU: 001 Essentials"}
    assert (unit.url, unit.launch_parameters, unit.entitlement_key) == (
        "index.html?paramA=1&paramB=2",
        "sample string",
        "sample value",
    )
    assert (unit.move_on, unit.mastery_score) == ("CompletedAndPassed", 0.9)
