"""Forms for content: what they show comes back as the same content, and what is wrong is said where it stands."""

import html
import json
from pathlib import Path
from uuid import UUID

import pytest

from courses.h5p.core import LibraryKey, TooMuch, filter_content, read_package, read_semantics
from courses.h5p.core.authoring import (
    form_of,
    in_words_of,
    new_library,
    params_from,
    part_of,
    problems_in,
    section_of,
    translated,
)

MATERIAL = Path(__file__).parents[4] / "shared" / "material" / "h5p"
WITHOUT_LIBRARIES = {"crossword.h5p", "H5PMath.h5p"}
PACKAGES = sorted(path for path in MATERIAL.glob("*.h5p") if path.name not in WITHOUT_LIBRARIES)
MAIN = LibraryKey("H5P.Main", 1, 0)
QUESTION = LibraryKey("H5P.Question", 1, 0)
NOTE = LibraryKey("H5P.Note", 2, 1)


class Installed:
    """Libraries of a test, by their semantics."""

    def __init__(self, known):
        self.known = {key: read_semantics(fields) for key, fields in known.items()}

    def semantics(self, key):
        return self.known.get(key)

    def title(self, key):
        return key.name.removeprefix("H5P.")

    def has_titles(self, key):
        return True


def text(name, **described):
    return {"name": name, "type": "text", "label": name.capitalize(), **described}


def installed(*fields, **libraries):
    return Installed(
        {MAIN: list(fields), QUESTION: [text("ask"), text("hint", importance="low", optional=True)], **libraries}
    )


def pairs_of(sheet):
    """What a browser sends for a form that nobody touched: names and values in the order of the page."""
    for part in sheet.main:
        yield from pairs_of_part(part)
    for section in (sheet.settings, sheet.texts):
        if section.folded is not None:
            yield section.name, section.folded
        for part in section.parts:
            yield from pairs_of_part(part)


def pairs_of_part(part):
    if part.kind == "item":
        yield part.name.rpartition(".")[0] + "[]", part.name.rpartition(".")[2]
    if part.folded is not None and part.kind != "library":
        yield f"{part.name}~", part.folded
        return
    match part.kind:
        case "text" | "long" | "color" | "number" | "choice" | "radio":
            yield part.name, str(part.value)
        case "rich":
            yield f"{part.name}:html", part.value
        case "truth":
            yield from [(part.name, "on")] if part.value else []
        case "choices":
            yield from ((part.name, value) for value in part.value)
        case "library":
            yield f"{part.name}.library", part.value
            if part.value:
                for name in ("id", "metadata", "title"):
                    yield f"{part.name}.{name}", part.attributes[name]
            if part.folded is not None:
                yield f"{part.name}.params~", part.folded
        case "file":
            for file in part.value:
                yield f"{part.name}[]", file["key"]
                yield f"{part.name}.{file['key']}.file", file["json"]
                yield f"{part.name}.{file['key']}.copyright", file["kept"]
    if "id" in part.attributes and part.kind == "group":
        yield f"{part.name}.id", part.attributes["id"]
    if part.sheet:
        yield from pairs_of(part.sheet)
    for inner in part.parts:
        yield from pairs_of_part(inner)


def sent_back(params, libraries, main=MAIN, **options):
    return params_from(pairs_of(form_of(params, main, libraries, **options)), main, libraries)


def find(sheet, name):
    """The part of a form with this name."""
    waiting = [*sheet.main, *sheet.settings.parts, *sheet.texts.parts]
    while waiting:
        part = waiting.pop()
        if part.name == name and part.kind not in ("item", "flat"):
            return part
        waiting += part.parts
        if part.sheet:
            waiting += [*part.sheet.main, *part.sheet.settings.parts, *part.sheet.texts.parts]
    raise LookupError(name)


def meaning(value):
    """A value as learners get it: entities are characters, and an empty part is as none; ids are those of any part."""
    if isinstance(value, dict):
        inner = {name: meaning(each) for name, each in value.items() if name != "subContentId"}
        return {name: each for name, each in inner.items() if each not in ("", None, False, [], {})}
    if isinstance(value, list):
        items = [meaning(each) for each in value]
        return items if any(item not in ("", None, False, [], {}) for item in items) else []
    return html.unescape(value).replace("\xa0", " ") if isinstance(value, str) else value


class Packed:
    """The libraries that a package brings."""

    def __init__(self, package):
        self.package = package

    def semantics(self, key):
        return self.package.libraries[key].semantics or () if key in self.package.libraries else None

    def title(self, key):
        return self.package.libraries[key].manifest.title

    def has_titles(self, key):
        return True


@pytest.mark.skipif(not PACKAGES, reason="real packages are not part of the repository")
@pytest.mark.parametrize("unfolded", [False, True], ids=["folded", "unfolded"])
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_content_of_real_packages_comes_back_from_its_form_as_it_was(path, unfolded):
    package = read_package(path)
    main, libraries = package.manifest.main, Packed(package)
    before = filter_content(package.params, main, libraries.semantics, package.content_files)

    read = sent_back(before.params, libraries, main, unfolded=unfolded)

    after = filter_content(read, main, libraries.semantics, package.content_files)
    assert meaning(after.params) == meaning(before.params)
    assert after.files == before.files
    assert set(after.libraries) == set(before.libraries)
    assert all(ids_of(after.params)[place] == kept for place, kept in ids_of(before.params).items())
    if not unfolded:
        return
    again = filter_content(
        sent_back(after.params, libraries, main, unfolded=True), main, libraries.semantics, package.content_files
    )
    assert again.params == after.params


def ids_of(value, place=""):
    """The ids of parts by their place."""
    found = {}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        if name == "subContentId":
            found[place] = each
        found |= ids_of(each, f"{place}.{name}")
    return found


@pytest.mark.skipif(not PACKAGES, reason="real packages are not part of the repository")
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_new_content_of_every_kind_begins_with_a_form(path):
    package = read_package(path)
    libraries = Packed(package)
    for key, library in package.libraries.items():
        if library.manifest.is_runnable:
            begun = new_library(key, libraries)["params"]

            sheet = form_of(begun, key, libraries, unfolded=True)

            assert sheet.main
            assert isinstance(params_from(pairs_of(sheet), key, libraries), dict)
            problems_in(begun, key, libraries, ())


def test_a_field_comes_back_as_its_type_says():
    libraries = installed(
        text("title"),
        text("body", tags=["strong"], widget="html"),
        {"name": "count", "type": "number", "min": 1},
        {"name": "share", "type": "number"},
        {"name": "shown", "type": "boolean", "default": True},
        {"name": "level", "type": "select", "options": [{"value": 1, "label": "One"}, {"value": 2, "label": "Two"}]},
        {"name": "some", "type": "select", "multiple": True, "options": [{"value": "a", "label": "A"}]},
    )
    given = {"title": "a < b & c", "body:html": "<p>x</p>", "count": "7", "share": "0.5", "level": "2", "some": "a"}

    read = params_from(given.items(), MAIN, libraries)

    assert read == {
        "title": "a &lt; b &amp; c",
        "body": "<p>x</p>",
        "count": 7,
        "share": 0.5,
        "shown": False,
        "level": 2,
        "some": ["a"],
    }
    assert find(form_of(read, MAIN, libraries), "title").value == "a < b & c"


def test_a_group_of_one_field_is_kept_as_its_value():
    fields = [{"name": "tip", "type": "group", "fields": [text("words")]}, text("other", optional=True)]
    libraries = installed(*fields)

    assert params_from([("tip", "Look")], MAIN, libraries) == {"tip": "Look"}
    assert sent_back({"tip": "Look"}, libraries) == {"tip": "Look"}


def test_items_are_in_the_order_of_the_page_and_empty_ones_keep_their_place():
    libraries = installed({"name": "words", "type": "list", "field": text("word")}, text("other"))
    pairs = [("words[]", "n7"), ("words.n7", "late"), ("words[]", "0"), ("words.0", "early"), ("words[]", "n8")]

    assert params_from(pairs, MAIN, libraries)["words"] == ["late", "early", ""]


def test_a_new_list_has_the_items_that_its_library_asks_for():
    answers = {"name": "answers", "type": "list", "min": 1, "defaultNum": 3, "field": text("answer")}
    many = {"name": "many", "type": "list", "defaultNum": 10**8, "field": text("one")}

    sheet = form_of({}, MAIN, installed(answers, many))

    assert len(find(sheet, "answers").parts) == 3
    assert len(find(sheet, "many").parts) == 20


def test_of_libraries_only_those_installed_can_be_chosen():
    nested = {"name": "part", "type": "library", "options": [str(QUESTION), str(NOTE)], "optional": True}

    part = find(form_of({}, MAIN, installed(nested, text("other"))), "part")

    assert part.options == [(str(QUESTION), "Question")]
    assert part.value == ""


def test_the_only_library_that_there_is_need_not_be_chosen():
    nested = {"name": "part", "type": "library", "options": [str(QUESTION)]}

    part = find(form_of({}, MAIN, installed(nested, text("other"))), "part")

    assert part.value == str(QUESTION)
    assert part.attributes["is_single"]
    assert [each.name for each in part.sheet.main] == ["part.params.ask"]


def test_an_id_is_made_once_and_kept():
    nested = {"name": "part", "type": "library", "options": [str(QUESTION)]}
    libraries = installed(nested, text("other"))

    read = params_from([("part.library", str(QUESTION))], MAIN, libraries)

    assert UUID(read["part"]["subContentId"])
    assert sent_back(read, libraries)["part"]["subContentId"] == read["part"]["subContentId"]
    hostile = params_from([("part.library", str(QUESTION)), ("part.id", "<script>")], MAIN, libraries)
    assert UUID(hostile["part"]["subContentId"])


def test_questions_of_a_long_list_are_folded_and_carried_as_they_are():
    nested = {"name": "asked", "type": "list", "field": {"name": "q", "type": "library", "options": [str(QUESTION)]}}
    libraries = installed(nested, text("other"))
    values = [{"library": str(QUESTION), "params": {"ask": f"No. {number}"}} for number in range(300)]

    sheet = form_of({"asked": values}, MAIN, libraries)

    parts = find(sheet, "asked").parts
    assert [part.digest for part in parts[:2]] == ["No. 0", "No. 1"]
    assert all(part.folded and not part.parts for part in parts)
    assert sent_back({"asked": values}, libraries)["asked"] == values


def test_settings_and_texts_of_a_part_are_folded_until_asked_for():
    fields = [text("ask"), text("mood", importance="low", optional=True), text("check", common=True, default="Check")]
    libraries = installed({"name": "part", "type": "library", "options": [str(NOTE)]}, text("o"))
    libraries.known[NOTE] = read_semantics(fields)
    part = {"library": str(NOTE), "params": {"ask": "?", "mood": "calm", "check": "Periksa"}}

    sheet = find(form_of({"part": part}, MAIN, libraries), "part").sheet

    assert json.loads(sheet.settings.folded) == {"mood": "calm"}
    assert json.loads(sheet.texts.folded) == {"check": "Periksa"}
    opened = section_of(NOTE, "texts", "part.params.", {"check": "Periksa"}, libraries)
    assert [(each.name, each.value) for each in opened.parts] == [("part.params.check", "Periksa")]


def test_a_setting_on_which_the_matter_depends_stands_with_it():
    libraries = installed(
        {"name": "cover", "type": "boolean", "importance": "low"},
        text("title", showWhen={"rules": [{"field": "cover", "equals": True}]}, widget="showWhen"),
        {"name": "mood", "type": "boolean", "importance": "low"},
    )

    sheet = form_of({"cover": False}, MAIN, libraries)

    assert [part.name for part in sheet.main] == ["cover", "title"]
    assert json.loads(find(sheet, "title").when) == [["cover", "true"]]
    assert [part.name for part in sheet.settings.parts] == ["mood"]


def test_what_a_rule_hides_need_not_be_filled_in_and_is_kept():
    mode = {"name": "mode", "type": "select", "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
    rule = {"rules": [{"field": "../mode", "equals": ["b"]}]}
    inner = {"name": "inner", "type": "group", "fields": [text("asked", showWhen=rule), text("other", optional=True)]}
    libraries = installed(mode, inner)

    assert problems_in({"mode": "a", "inner": {}}, MAIN, libraries, ()) == []
    assert [each.path for each in problems_in({"mode": "b"}, MAIN, libraries, ())] == ["inner.asked"]
    assert sent_back({"mode": "a", "inner": {"asked": "kept"}}, libraries)["inner"] == {"asked": "kept"}


def test_a_hidden_field_comes_back_untouched():
    libraries = installed({"name": "x", "type": "number", "widget": "none"}, text("other"))

    assert sent_back({"x": 12.5, "other": "o"}, libraries) == {"x": 12.5, "other": "o"}


def test_everything_that_is_missing_or_wrong_is_named_at_its_place():
    libraries = installed(
        text("title"),
        text("code", regexp={"pattern": "^[0-9]+$"}, maxLength=3),
        {"name": "count", "type": "number", "min": 1, "max": 5},
        {"name": "level", "type": "select", "options": [{"value": "a", "label": "A"}]},
        {"name": "items", "type": "list", "min": 2, "max": 3, "field": text("item")},
        {"name": "picture", "type": "image"},
        {"name": "part", "type": "library", "options": [str(QUESTION), str(NOTE)]},
    )
    said = {
        "title": "<p> </p>",
        "code": "abcd",
        "count": "many",
        "level": "z",
        "items": ["one"],
        "picture": {"path": "images/gone.png"},
        "part": {"library": str(NOTE)},
    }

    problems = problems_in(said, MAIN, libraries, {"images/a.png"})

    assert [(problem.path, problem.code) for problem in problems] == [
        ("title", "needed"),
        ("code", "too-long"),
        ("code", "pattern"),
        ("count", "not-a-number"),
        ("level", "not-an-option"),
        ("items", "too-few"),
        ("picture", "file-gone"),
        ("part", "library-missing"),
    ]
    assert {each.code for each in problems_in({}, MAIN, libraries, ())} == {
        "needed",
        "not-an-option",
        "too-few",
        "no-file",
        "no-library",
    }
    sheet = form_of(said, MAIN, libraries, problems=problems)
    assert find(sheet, "count").value == "many"
    assert [problem.code for problem in find(sheet, "code").problems] == ["too-long", "pattern"]


def test_a_part_with_a_problem_is_open_however_deep_it_lies():
    question = {"name": "q", "type": "library", "options": [str(QUESTION)]}
    libraries = installed({"name": "asked", "type": "list", "field": question}, text("other", optional=True))
    values = [{"library": str(QUESTION), "params": {"ask": ask, "hint": "h"}} for ask in ("One", "", "Three")]

    sheet = form_of(
        {"asked": values},
        MAIN,
        libraries,
        problems=problems_in({"asked": values}, MAIN, libraries, ()),
    )

    assert [part.is_open for part in find(sheet, "asked").parts] == [False, True, False]
    assert find(sheet, "asked.1.params.ask").problems


def test_what_is_nested_beyond_reason_ends():
    nested = {"name": "part", "type": "library", "options": [str(MAIN)], "optional": True}
    libraries = installed(nested, text("other", optional=True))
    value = {}
    for _ in range(200):
        value = {"part": {"library": str(MAIN), "params": value}}
    pairs = [("part" + ".params.part" * depth + ".library", str(MAIN)) for depth in range(200)]

    for attempt in (
        lambda: form_of(value, MAIN, libraries),
        lambda: problems_in(value, MAIN, libraries, ()),
        lambda: params_from(pairs, MAIN, libraries),
    ):
        with pytest.raises(TooMuch):
            attempt()


def test_a_library_that_only_holds_itself_does_not_begin_without_end():
    nested = {"name": "part", "type": "library", "options": [str(MAIN)]}

    assert form_of({}, MAIN, installed(nested, text("other")))


def test_what_is_carried_is_read_strictly_and_shown_harmlessly():
    libraries = installed(
        text("body", tags=["strong"], widget="html"), {"name": "x", "type": "number", "widget": "none"}
    )
    deep = "[" * 5000 + "]" * 5000

    assert params_from([("x~", deep), ("body:html", "")], MAIN, libraries) == {"body": ""}
    assert params_from([("~settings", "[1]"), ("~texts", "NaN")], MAIN, libraries) == {}
    hostile = form_of({"body": "<img src=x onerror=alert(1)><strong>b</strong><script>x</script>"}, MAIN, libraries)
    assert find(hostile, "body").value == "<strong>b</strong>"


@pytest.mark.parametrize("path", ["", "9", "0.0", "-1", "x", "0.1.2.3.4", "²"])
def test_a_field_that_is_not_there_is_not_found(path):
    with pytest.raises(LookupError):
        part_of(MAIN, path, "name", None, installed(text("only")))


def test_values_of_another_shape_than_their_field_do_no_harm():
    libraries = installed(
        text("t"),
        {"name": "n", "type": "number"},
        {"name": "b", "type": "boolean"},
        {"name": "s", "type": "select", "options": [{"value": "a", "label": "A"}]},
        {"name": "g", "type": "group", "fields": [text("a"), text("b")]},
        {"name": "l", "type": "list", "field": text("i")},
        {"name": "lib", "type": "library", "options": [str(QUESTION)]},
        {"name": "p", "type": "image"},
        {"name": "v", "type": "video"},
    )
    for odd in (None, 7, "x", [], [[]], {}, {"library": 5}, {"path": 5}, [{"path": "a"}], True):
        params = dict.fromkeys(("t", "n", "b", "s", "g", "l", "lib", "p", "v"), odd)

        assert sent_back(params, libraries) is not None
        problems_in(params, MAIN, libraries, ())
    assert form_of([], MAIN, libraries)


def test_labels_are_said_in_the_language_of_the_author():
    semantics = [
        {**text("q", default="Check", description="Say it"), "label": "Question"},
        {"name": "l", "type": "list", "entity": "item", "field": text("i")},
        {"name": "s", "type": "select", "default": "a", "options": [{"value": "a", "label": "Any"}]},
    ]
    file = [{"label": "Pertanyaan", "default": "Periksa", "type": "number", "name": "x"}, {"field": {"label": "Butir"}}]

    ours = translated(semantics, {"Any": "Apa saja", "a": "never", "item": "butir"})
    theirs = in_words_of(semantics, file)

    assert (ours[1]["entity"], ours[2]["options"][0]) == ("butir", {"value": "a", "label": "Apa saja"})
    assert ours[2]["default"] == "a"
    assert (theirs[0]["label"], theirs[0]["default"], theirs[0]["type"]) == ("Pertanyaan", "Periksa", "text")
    assert theirs[0]["name"] == "q"
    assert theirs[1]["field"]["label"] == "Butir"
    assert in_words_of(semantics, {"broken": 1}) == semantics
