"""``manage.py check_package`` gives the verdict on files of any kind and keeps nothing of them."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from courses.packages.kinds import check
from courses.packages.problems import MOST_PROBLEMS, Problem, shortened
from tests.factories.packages import PNG, h5p, zip_of

pytestmark = pytest.mark.django_db


def verdicts(*paths, **options):
    out = io.StringIO()
    try:
        call_command("check_package", *map(str, paths), "--json", stdout=out, **options)
        code = 0
    except CommandError as error:
        code = error.returncode
    return code, json.loads(out.getvalue())


def test_a_good_package_ends_well(tmp_path):
    path = h5p(tmp_path)

    assert verdicts(path) == (0, [{"path": str(path), "kind": "h5p", "ok": True, "problems": []}])


def test_one_bad_package_among_good_ones_ends_badly_and_all_are_listed(tmp_path):
    good, bad = h5p(tmp_path), h5p(tmp_path, {"content/a.php": "x"}, name="bad.h5p")

    code, found = verdicts(good, bad, tmp_path / "gone.h5p")

    assert code == 1
    assert [(entry["ok"], [problem["code"] for problem in entry["problems"]]) for entry in found] == [
        (True, []),
        (False, ["file-type-not-allowed"]),
        (False, ["no-file"]),
    ]


def test_problems_are_told_in_the_reader_s_language(tmp_path):
    path = h5p(tmp_path, title="")

    [english] = verdicts(path)[1][0]["problems"]
    [indonesian] = verdicts(path, language="id")[1][0]["problems"]

    assert english == {"code": "title-missing", "path": "h5p.json", "text": "The content has no title in h5p.json."}
    assert indonesian["text"] == "Konten tidak memiliki judul di h5p.json."


def test_a_good_package_may_have_something_to_tell_its_author(tmp_path):
    path = h5p(tmp_path, {"content/content.json": {"picture": {"path": "https://elsewhere.example/a.png"}}})

    code, [verdict] = verdicts(path)

    assert (code, verdict["ok"], [problem["code"] for problem in verdict["problems"]]) == (0, True, ["remote-file"])


def test_kinds_are_told_by_what_is_inside(tmp_path):
    for name, files, kind, code in (
        ("a.zip", {"h5p.json": "{}"}, "h5p", "wrong-extension"),
        ("b.zip", {"picture.png": PNG}, "unknown", "kind-unknown"),
        ("c.zip", {}, "unknown", "kind-unknown"),
    ):
        verdict = check(zip_of(tmp_path / name, files))
        assert (verdict.kind, verdict.problems[0].code) == (kind, code)
        assert not verdict.is_good


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and no more", b"<x/>"])
def test_what_is_no_package_is_refused(tmp_path, content):
    for name in ("a.zip", "a.xml", "a", "a.h5p"):
        (tmp_path / name).write_bytes(content)

        assert not check(tmp_path / name).is_good


def test_words_for_people_are_shown_without_json(tmp_path):
    out = io.StringIO()

    call_command("check_package", str(h5p(tmp_path)), stdout=out)

    assert out.getvalue().strip().endswith("card.h5p (h5p): good")


def test_thousands_of_problems_are_cut_where_nobody_reads_on():
    notes = [Problem("note", str(number), "x", refuses=False) for number in range(1000)]

    kept = shortened([*notes, *notes, Problem("bad", "", "y")])

    assert len(kept) == MOST_PROBLEMS + 1
    assert kept[0].code == "bad"
    assert kept[-1].text() == "There are 801 further problems."
