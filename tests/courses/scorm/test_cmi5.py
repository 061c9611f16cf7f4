"""cmi5 courses are read as their structure says, and what the specification forbids is refused in words."""

import pytest

from courses.scorm.core import read_cmi5, read_structure
from tests.factories.packages import zip_of
from tests.factories.scorm import cmi5, structure, titles, unit


def codes(path):
    return {problem.code for problem in read_cmi5(path).problems}


def of_structure(*args, **described):
    return {problem.code for problem in read_structure(structure(*args, **described).encode())[1]}


def test_a_good_course_has_no_problems(tmp_path):
    package = read_cmi5(cmi5(tmp_path))
    [found] = package.course.units()

    assert package.problems == []
    assert (found.move_on, found.launch_method, found.mastery_score) == ("NotApplicable", "AnyWindow", None)


def test_what_a_unit_says_is_read():
    after = "<launchParameters>a=1</launchParameters><entitlementKey>key</entitlementKey>"
    attributes = (
        'moveOn="CompletedOrPassed" masteryScore="0.75" launchMethod="OwnWindow" activityType="https://a.example/t"'
    )

    course, problems = read_structure(structure(unit(attributes=attributes, after=after)).encode())

    [found] = course.units()
    assert problems == []
    assert (found.move_on, found.mastery_score, found.launch_method) == ("CompletedOrPassed", 0.75, "OwnWindow")
    assert (found.launch_parameters, found.entitlement_key) == ("a=1", "key")


def test_blocks_hold_units_and_blocks():
    inner = f'<block id="https://example.org/b/2">{titles()}{unit(2)}</block>'
    outer = f'<block id="https://example.org/b/1">{titles()}{unit(1)}{inner}{unit(3)}</block>'

    course, problems = read_structure(structure(outer + unit(4)).encode())

    assert problems == []
    assert [found.identifier[-1] for found in course.units()] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ("", "no-units"),
        (unit() + unit(), "id-twice"),
        (unit().replace("https://example.org/au/1", "unit 1"), "id-invalid"),
        (unit().replace("https://example.org/au/1", ""), "id-missing"),
        (unit(texts=""), "element-missing"),
        (unit(texts=titles("")), "text-missing"),
        (unit(after=titles()), "element-misplaced"),
        (unit(after="<url>b.html</url>"), "element-twice"),
        (unit(after="<surprise/>"), "element-unknown"),
        (unit().replace("<url>index.html</url>", ""), "element-missing"),
        (unit(attributes='moveOn="Sometimes"'), "attribute-invalid"),
        (unit(attributes='launchMethod="Window"'), "attribute-invalid"),
        (unit(attributes='masteryScore="1.5"'), "attribute-invalid"),
        (unit(attributes='masteryScore="80"'), "attribute-invalid"),
        (unit(attributes='masteryScore="NaN"'), "attribute-invalid"),
        (unit(url="http://example.com index.html"), "url-invalid"),
        (unit(url="javascript:alert(1)"), "url-invalid"),
        (unit(url="//elsewhere.example/a.html"), "url-invalid"),
        (unit(url="http://[broken"), "url-invalid"),
        (unit(url=""), "url-invalid"),
    ],
)
def test_faults_of_the_structure_are_named(parts, code):
    assert code in of_structure(parts)


def test_the_course_itself_is_needed_and_comes_first():
    assert "element-missing" in of_structure(course="")
    late = structure(unit() + f'<course id="https://example.org/c">{titles()}</course>', course="")
    assert "element-misplaced" in {problem.code for problem in read_structure(late.encode())[1]}


def test_elements_of_others_may_stand_anywhere():
    assert of_structure(unit().replace("<title>", '<x:y xmlns:x="https://vendor.example"/><title>')) == set()


def test_another_namespace_is_not_cmi5():
    assert of_structure(namespace="https://other.example") == {"namespace-unknown"}
    assert {problem.code for problem in read_structure(b"<manifest/>")[1]} == {"not-a-structure"}


def test_a_bare_structure_has_units_elsewhere_only(tmp_path):
    path = tmp_path / "course.xml"
    for url, expected in (("https://units.example/a.html", set()), ("index.html", {"url-relative"})):
        path.write_text(structure(unit(url=url)))
        assert codes(path) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("index.html?page=1", set()),
        ("INDEX.html", set()),
        ("https://units.example/a.html", set()),
        ("gone.html", {"unit-file-missing"}),
        ("../../etc/passwd", {"unit-file-unsafe"}),
        ("%2e%2e/secret.html", {"unit-file-unsafe"}),
        ("index.html?fetch=https://evil.example/", {"url-reserved"}),
        ("index.html?Endpoint=", {"url-reserved"}),
    ],
)
def test_a_unit_opens_a_file_of_the_package_or_an_address(tmp_path, url, expected):
    assert codes(cmi5(tmp_path, parts=unit(url=url))) == expected


def test_a_package_in_a_folder_is_refused_with_that_reason(tmp_path):
    assert codes(zip_of(tmp_path / "a.zip", {"Course/cmi5.xml": structure()})) == {"structure-in-folder"}
    assert codes(zip_of(tmp_path / "a.zip", {"index.html": "x"})) == {"structure-missing"}


def test_a_unit_that_voids_statements_is_refused_and_a_table_of_verbs_is_not(tmp_path):
    sends = {"unit.js": 'send(statement("http://adlnet.gov/expapi/verbs/voided"))'}
    knows = {"unit.js": 'const verbs = {voided: {id: "http://adlnet.gov/expapi/verbs/voided"}}'}

    assert codes(cmi5(tmp_path, sends)) == {"unit-voids-statements"}
    assert codes(cmi5(tmp_path, knows)) == set()


def test_courses_that_attack_are_refused(tmp_path):
    bomb = '<!DOCTYPE c [<!ENTITY a "aaaa">]>' + structure()

    assert codes(cmi5(tmp_path, {"cmi5.xml": bomb})) == {"xml-entities"}
    assert codes(cmi5(tmp_path, {"/evil.html": "x"})) == {"path-escapes"}
    assert "too-many-units" in of_structure("".join(unit(number) for number in range(5_001)))
