"""The tree that comes out of an OLX archive, and the faults that are named on the way."""

import pytest

from courses.transfer.formats.archive import unpacked
from courses.transfer.formats.findings import Unreadable
from courses.transfer.formats.olx import Block, CourseTree, read_course
from tests.factories.transfer import COURSE, lesson_archive, olx_archive


def tree_of(path) -> CourseTree:
    with unpacked(path) as archive:
        return read_course(archive)


def leaves(block: Block) -> list[Block]:
    return [leaf for child in block.children for leaf in (leaves(child) if child.is_container else [child])]


def codes(tree: CourseTree) -> list[str]:
    return [fault.code for fault in tree.faults]


def test_a_course_with_a_file_for_each_block(tmp_path):
    path = olx_archive(
        tmp_path,
        {
            "course.xml": COURSE,
            "course/run.xml": '<course><chapter url_name="one"/></course>',
            "chapter/one.xml": '<chapter display_name="One"><sequential url_name="two"/></chapter>',
            "sequential/two.xml": '<sequential display_name="Two"><vertical url_name="three"/></sequential>',
            "vertical/three.xml": '<vertical display_name="Three"><html url_name="four"/></vertical>',
            "html/four.xml": '<html filename="four" display_name="Four"/>',
            "html/four.html": "<p>Selamat pagi</p>",
        },
    )

    tree = tree_of(path)

    assert tree.key == "Org+C1+run"
    assert [(leaf.tag, leaf.title, leaf.html) for leaf in leaves(tree.root)] == [
        ("html", "Four", "<p>Selamat pagi</p>")
    ]
    assert not tree.faults


def test_a_course_written_in_one_file(tmp_path):
    path = olx_archive(
        tmp_path,
        {
            "course.xml": (
                '<course org="Org" course="C1"><chapter display_name="One" url_name="c"><sequential url_name="s">'
                '<html url_name="h"><p>Text</p></html></sequential></chapter></course>'
            )
        },
    )

    tree = tree_of(path)

    assert leaves(tree.root)[0].html == "<p>Text</p>"
    assert codes(tree) == ["no_name"]


def test_the_policy_wins_over_the_block_and_grades_are_read(tmp_path):
    path = lesson_archive(
        tmp_path,
        "<html url_name='h'>x</html>",
        {
            "policies/run/policy.json": '{"course/run": {"display_name": "From policy"}}',
            "policies/run/grading_policy.json": '{"GRADER": [{"type": "Exam"}], "GRADE_CUTOFFS": {"A": 0.9, "C": 0.6}}',
        },
    )

    tree = tree_of(path)

    assert tree.root.title == "From policy"
    assert tree.grading.passing_grade == 60
    assert tree.grading.formats == ("Exam",)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"policies/run/policy.json": "{]"}, "not_json"),
        ({"policies/run/policy.json": "[]"}, "policy_shape"),
        ({"policies/run/grading_policy.json": "{}"}, "policy_shape"),
        ({"vertical/lost.xml": "<vertical/>"}, "file_unused"),
    ],
)
def test_a_fault_beside_the_blocks_is_named(tmp_path, files, code):
    assert code in codes(tree_of(lesson_archive(tmp_path, "<html url_name='h'>x</html>", files)))


@pytest.mark.parametrize(
    ("blocks", "files", "code"),
    [
        ('<html url_name="gone" filename="gone"/>', {}, "file_missing"),
        ('<problem url_name="gone"/>', {}, "file_missing"),
        ('<problem url_name="p"/>', {"problem/p.xml": "<problem>"}, "not_xml"),
        ('<problem url_name="p"/>', {"problem/p.xml": "<video/>"}, "wrong_tag"),
        ('<problem url_name="p"/>', {"problem/p.xml": '<problem url_name="q">x</problem>'}, "name_differs"),
        ('<vertical url_name="v"/>', {"vertical/v.xml": '<vertical url_name="v"/>'}, "points_to_itself"),
        ('<html url_name="h">a</html><html url_name="h">b</html>', {}, "name_twice"),
        ("<html>a</html>", {}, "no_name"),
        ('<chapter url_name="c2"><vertical url_name="v2"/></chapter>', {}, "misplaced"),
        ("words of nobody", {}, "stray_text"),
        ('<html url_name="h" filename="h">own</html>', {"html/h.html": "<p>file</p>"}, "two_bodies"),
        ('<html url_name="h" filename="h"/>', {"html/h.html": "<p>open</b>"}, "untidy_html"),
        ('<html url_name="h" filename="h"/>', {"html/h.html": "na\xefve".encode("latin-1")}, "not_utf8"),
        (
            '<problem url_name="p"/>',
            {"problem/p.xml": '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><problem>&b;</problem>'},
            "entities_declared",
        ),
        (
            '<problem url_name="p"/>',
            {"problem/p.xml": '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><problem>&a;</problem>'},
            "entities_declared",
        ),
        (
            '<problem url_name="p"/>',
            {"problem/p.xml": "<problem>" + "<p>" * 250 + "</p>" * 250 + "</problem>"},
            "too_deep",
        ),
    ],
)
def test_a_fault_in_a_block_is_named_and_the_rest_is_read(tmp_path, blocks, files, code):
    tree = tree_of(lesson_archive(tmp_path, f'{blocks}<html url_name="last"><p>Still here</p></html>', files))

    assert code in codes(tree)
    assert leaves(tree.root)[-1].html == "<p>Still here</p>"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"readme.txt": "no course"}, "no_course"),
        ({"course.xml": "<library/>"}, "no_course"),
        ({"course.xml": '<course url_name="run" org="o" course="c"/'}, "course_file_broken"),
        ({"course.xml": COURSE}, "no_content"),
        ({"course.xml": COURSE, "course/run.xml": "<course><chapter>"}, "course_file_broken"),
        ({"course.xml": COURSE, "course/run.xml": "<course/>"}, "no_content"),
        ({"course.xml": '<!DOCTYPE c [<!ENTITY a "b">]><course>&a;</course>'}, "course_file_broken"),
    ],
)
def test_an_archive_without_a_course_is_refused(tmp_path, files, code):
    path = olx_archive(tmp_path, files)

    with pytest.raises(Unreadable) as refused, unpacked(path) as archive:
        read_course(archive)

    assert refused.value.code == code


def test_html_entities_of_old_courses_are_read_as_letters(tmp_path):
    tree = tree_of(lesson_archive(tmp_path, "<html url_name='h'><p>caf&eacute;&nbsp;&amp; tea</p></html>"))

    assert leaves(tree.root)[0].html == "<p>café\xa0&amp; tea</p>"


def test_static_files_are_found_under_the_names_that_links_use(tmp_path):
    tree = tree_of(
        lesson_archive(
            tmp_path, "<html url_name='h'>x</html>", {"static/Brain green (1).png": b"x", "static/a/b.pdf": b"y"}
        )
    )

    assert tree.assets["brain_green_1_.png"] == "course/static/Brain green (1).png"
    assert tree.assets["a_b.pdf"] == "course/static/a/b.pdf"


def test_a_misnamed_course_file_is_found_and_named(tmp_path):
    path = olx_archive(
        tmp_path,
        {
            "start.xml": COURSE,
            "course/run.xml": '<course><chapter url_name="c" display_name="C"></chapter></course>',
        },
    )

    tree = tree_of(path)

    assert "course_file_renamed" in codes(tree)
