"""Which library is taken, what it brings along, and in which order it is loaded."""

from courses.h5p.core import (
    Decision,
    LibraryKey,
    LibraryManifest,
    addons_needed,
    assets_of,
    decide,
    dependencies_of,
    difference,
)
from courses.h5p.core.manifest import DependencyType


def key(name):
    return LibraryKey(name, 1, 0)


def libraries(**needs):
    """Libraries by name; ``a={"preloaded": "b c"}`` needs two others."""
    made = {}
    for name, below in needs.items():
        kinds = {DependencyType(kind): tuple(map(key, names.split())) for kind, names in below.items()}
        made[key(name)] = LibraryManifest(key(name), 0, name, True, (f"{name}.js",), (f"{name}.css",), kinds)
    return made


def test_a_higher_patch_takes_the_place_of_a_lower_and_nothing_else_does():
    assert decide(None, 3) == Decision.INSTALL
    assert decide(2, 3) == Decision.UPGRADE
    assert decide(3, 3) == Decision.KEEP
    assert decide(4, 3) == Decision.KEEP


def test_versions_are_exact():
    assert LibraryKey.parse("H5P.Image 1.1") == LibraryKey("H5P.Image", 1, 1)
    for wrong in ("H5P.Image", "H5P.Image 1", "H5P.Image 1.1.1", "H5P.Image  1.1", "H5P/Image 1.1", "١ 1.1", None, 5):
        assert LibraryKey.parse(wrong) is None


def test_what_a_library_needs_is_loaded_before_it():
    known = libraries(main={"preloaded": "a b"}, a={"preloaded": "c"}, b={"preloaded": "c"}, c={})

    found, missing = dependencies_of([key("main")], known.get)

    assert [entry.library.name for entry in found] == ["c", "a", "b", "main"]
    assert [entry.weight for entry in found] == [1, 2, 3, 4]
    assert missing == []


def test_circles_end():
    known = libraries(a={"preloaded": "b"}, b={"preloaded": "a"})

    assert [entry.library.name for entry in dependencies_of([key("a")], known.get)[0]] == ["b", "a"]


def test_what_an_editor_needs_only_the_editor_loads():
    known = libraries(main={"editor": "edit", "preloaded": "play"}, edit={"preloaded": "icons"}, icons={}, play={})

    found, _missing = dependencies_of([key("main")], known.get)

    types = {entry.library.name: entry.type for entry in found}
    assert types == {"main": "preloaded", "play": "preloaded", "edit": "editor", "icons": "editor"}
    assert [path for _manifest, path in assets_of(found, known.get).scripts] == ["play.js", "main.js"]


def test_what_is_missing_is_named_with_who_needs_it():
    known = libraries(main={"preloaded": "gone"})

    assert dependencies_of([key("main")], known.get)[1] == [(key("gone"), key("main"))]


def test_a_library_may_do_without_the_styles_of_another():
    known = libraries(main={"preloaded": "a"}, a={})
    plain = LibraryManifest(
        **{
            **{name: getattr(known[key("main")], name) for name in LibraryManifest.__slots__},
            "raw": {"dropLibraryCss": [{"machineName": "a"}]},
        }
    )
    known[key("main")] = plain

    assets = assets_of(dependencies_of([key("main")], known.get)[0], known.get)

    assert [path for _manifest, path in assets.styles] == ["main.css"]


def addon(pattern):
    raw = {"addTo": {"content": {"types": [{"text": {"regex": pattern}}]}}}
    return LibraryManifest(key("math"), 0, "Math", False, raw=raw)


def test_an_add_on_comes_along_when_a_text_calls_for_it():
    texts = ["<p>nothing</p>", "<p>\\(x^2\\)</p>"]

    assert addons_needed([addon("/\\\\\\(.+\\\\\\)/")], texts) == [key("math")]
    assert addons_needed([addon("/\\$\\$.+\\$\\$/")], texts) == []


def test_patterns_of_add_ons_neither_break_nor_stop_anything():
    for pattern in ("(", "/(?=x)/", "", "/(a+)+$/", "x" * 10_000, None, 5):
        assert addons_needed([addon(pattern)], ["a" * 50_000]) in ([], [key("math")])


def test_an_upgrade_says_what_it_changes():
    before, after = {"a.js": "1", "b.js": "2", "c.js": "3"}, {"a.js": "1", "b.js": "9", "d.js": "4"}

    changes = difference(before, after)

    assert (changes.added, changes.removed, changes.changed) == (("d.js",), ("c.js",), ("b.js",))
