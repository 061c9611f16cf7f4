"""From the files of an OLX archive to a tree of blocks; what is wrong on the way is named and stepped over."""

import json
import posixpath
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from courses.transfer.formats.archive import Archive
from courses.transfer.formats.findings import Fault, Unreadable
from courses.transfer.formats.olx.tree import CONTAINERS, POOLS, Block, CourseTree, Grading
from courses.transfer.formats.olx.xmltext import Broken, inner_markup, parse_xml, text_of

_LEVEL = {"course": 0, "chapter": 1, "sequential": 2, "videosequence": 2}
"""A block may stand only inside one of a lower level; verticals and the rest may stand anywhere below."""
_POINTER_ONLY = {"url_name", "org", "course", "slug", "filename", "url_name_orig"}


def read_course(archive: Archive) -> CourseTree:
    """Read the whole archive. Raises ``Unreadable`` when there is no course in it to speak of."""
    return _Reader(archive).read()


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.faults: list[Fault] = list(archive.faults)
        self.folder = ""
        self.policy: dict[str, dict[str, Any]] = {}
        self.seen: dict[tuple[str, str], str] = {}
        self.unnamed = 0
        self.used: set[str] = set()

    def read(self) -> CourseTree:
        path = self._course_file()
        self.folder = posixpath.dirname(path)
        try:
            entry = parse_xml(self.archive.read(path), path, self.faults)
        except Broken as broken:
            raise Unreadable("course_file_broken", path=path, **broken.fault.values) from broken
        if entry.tag != "course":
            raise Unreadable("no_course", path=path)
        org, number = entry.get("org", ""), entry.get("course", "")
        run = entry.get("url_name", "")
        if not run:
            self.faults.append(Fault("no_name", self._shown(path), {"tag": "course"}))
        self._read_policy(run)
        root = self._load_root(entry, path)
        run = run or root.settings.get("run", "")
        if not any(child.tag == "chapter" for child in root.children):
            raise Unreadable("no_content", path=self._shown(path))
        self._name_the_unused()
        return CourseTree(
            archive=self.archive,
            root_folder=self.folder,
            org=org or root.settings.get("org", ""),
            number=number or root.settings.get("course", ""),
            run=run,
            root=root,
            grading=self._grading(run),
            about=self._about(),
            extras=self._extras(root),
            assets=self._assets(),
            faults=self.faults,
        )

    # Finding the way in

    def _course_file(self) -> str:
        by_depth = sorted((path.count("/"), path) for path in self.archive.files if path.endswith(".xml"))
        if not by_depth:
            raise Unreadable("no_course")
        named = [path for depth, path in by_depth if posixpath.basename(path) == "course.xml" and depth <= 3]
        if named:
            return named[0]
        for depth, path in by_depth:
            if depth > by_depth[0][0] + 1:
                break
            head = self.archive.read(path)[:4096].lstrip()
            if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<course[\s>]", head, re.DOTALL):
                self.faults.append(Fault("course_file_renamed", path))
                return path
        raise Unreadable("no_course")

    def _shown(self, path: str) -> str:
        return posixpath.relpath(path, self.folder) if self.folder else path

    def _file(self, *parts: str) -> str:
        return posixpath.join(self.folder, *parts)

    # Policies

    def _json(self, path: str) -> Any:
        if path not in self.archive:
            return None
        try:
            return json.loads(text_of(self.archive.read(path), self._shown(path), self.faults))
        except (ValueError, RecursionError) as error:
            self.faults.append(Fault("not_json", self._shown(path), {"detail": str(error)[:200]}))
            return None

    def _policy_file(self, run: str, name: str) -> str:
        candidates = [self._file("policies", run, name), self._file("policies", name)]
        if name == "policy.json" and run:
            candidates.append(self._file("policies", f"{run}.json"))
        return next((path for path in candidates if path in self.archive), candidates[0])

    def _read_policy(self, run: str) -> None:
        path = self._policy_file(run, "policy.json")
        content = self._json(path)
        if content is None:
            return
        if not isinstance(content, dict):
            self.faults.append(Fault("policy_shape", self._shown(path)))
            return
        self.policy = {key: value for key, value in content.items() if isinstance(value, dict)}

    def _grading(self, run: str) -> Grading:
        path = self._policy_file(run, "grading_policy.json")
        content = self._json(path)
        if content is None:
            return Grading(None, ())
        graders = content.get("GRADER") if isinstance(content, dict) else None
        cutoffs = content.get("GRADE_CUTOFFS") if isinstance(content, dict) else None
        if not isinstance(graders, list) or not isinstance(cutoffs, dict) or not cutoffs:
            self.faults.append(Fault("policy_shape", self._shown(path)))
            return Grading(None, ())
        grades = []
        for value in cutoffs.values():
            try:
                grades.append(Decimal(str(value)) * 100)
            except InvalidOperation:
                self.faults.append(Fault("policy_shape", self._shown(path)))
        lowest = min((grade for grade in grades if grade.is_finite() and 0 <= grade <= 100), default=None)
        formats = tuple(str(grader.get("type", "")) for grader in graders if isinstance(grader, dict))
        return Grading(lowest, formats)

    def _settings(self, element: etree._Element, tag: str, name: str) -> dict[str, str]:
        settings = {str(key): str(value) for key, value in element.attrib.items()}
        for key, value in self.policy.get(f"{tag}/{name}", {}).items():
            settings[key] = value if isinstance(value, str) else json.dumps(value)
        return settings

    # Blocks

    def _load_root(self, entry: etree._Element, path: str) -> Block:
        name = entry.get("url_name", "")
        if len(entry) == 0 and name and self._file("course", f"{name}.xml") in self.archive:
            block = self._load(entry, path, ("course",), 0)
            if block.fault is not None:
                raise Unreadable("course_file_broken", path=block.path, **block.fault.values)
            return block
        block = Block("course", name, self._shown(path), settings=self._settings(entry, "course", name))
        block.title = block.settings.get("display_name", "")
        self._read_children(block, entry, path, 0)
        return block

    def _load(self, element: etree._Element, path: str, parents: tuple[str, ...], depth: int) -> Block:
        """The block an element stands for: itself, or what it points to in a file of its own."""
        tag = str(element.tag)
        name = element.get("url_name") or element.get("slug") or ""
        shown = self._shown(path)
        if not name and element.get("filename"):
            name = str(element.get("filename"))
        if not name:
            self.unnamed += 1
            name = f"{tag}-{self.unnamed}"
            self.faults.append(Fault("no_name", shown, {"tag": tag}))
        own_file = self._file(tag, f"{name.replace(':', '/')}.xml")
        is_pointer = _is_bare(element)
        source, source_path = element, path
        fault: Fault | None = None
        if is_pointer and own_file != path and own_file in self.archive:
            try:
                source, source_path = (
                    parse_xml(self.archive.read(own_file), self._shown(own_file), self.faults),
                    own_file,
                )
            except Broken as broken:
                fault = broken.fault
            else:
                source_path = own_file
                found_name = source.get("url_name")
                if source.tag != tag:
                    fault = Fault("wrong_tag", self._shown(own_file), {"tag": tag, "found": str(source.tag)})
                    source, source_path = element, path
                elif found_name not in (None, name, name.split(":")[-1]):
                    self.faults.append(Fault("name_differs", self._shown(own_file), {"name": found_name}))
                elif found_name and _is_bare(source) and self._promises_a_file(source):
                    fault = Fault("points_to_itself", self._shown(own_file), {"name": name})
        elif is_pointer and own_file == path:
            fault = Fault("points_to_itself", shown, {"name": name})
        elif is_pointer and tag != "html" and self._promises_a_file(element):
            fault = Fault("file_missing", shown, {"missing": self._shown(own_file)})
        settings = self._settings(element, tag, name)
        if source is not element:
            settings = {**{str(k): str(v) for k, v in element.attrib.items()}, **self._settings(source, tag, name)}
        key = f"{self._shown(source_path)}#{name}" if source_path == path else self._shown(source_path)
        block = Block(tag, name, key, settings.get("display_name", "").strip(), settings, fault=fault)
        if fault is not None:
            self.faults.append(fault)
            return block
        previous = self.seen.setdefault((tag, name), key)
        if previous != key or (source_path == path and f"{tag}/{name}" in self._named_here(path, element)):
            self.faults.append(Fault("name_twice", key, {"tag": tag, "name": name}))
        block.xml = source
        self.used.add(source_path)
        if tag in CONTAINERS:
            self._read_children(block, source, source_path, depth, parents)
        elif tag == "html":
            self._read_html(block, source, source_path)
        return block

    def _named_here(self, path: str, element: etree._Element) -> set[str]:
        """Names that an earlier element of the same file bears."""
        return {
            f"{other.tag}/{other.get('url_name')}"
            for other in element.getroottree().getroot().iter(str(element.tag))
            if other is not element and other.get("url_name") and _stands_before(other, element)
        }

    def _promises_a_file(self, element: etree._Element) -> bool:
        return bool(element.get("url_name")) and set(map(str, element.attrib)) <= _POINTER_ONLY

    def _read_children(
        self, block: Block, source: etree._Element, path: str, depth: int, parents: tuple[str, ...] = ()
    ) -> None:
        texts = [source.text or ""] + [child.tail or "" for child in source]
        if any(text.strip() for text in texts):
            self.faults.append(Fault("stray_text", block.path, {"text": " ".join("".join(texts).split())[:80]}))
        for child in source:
            tag = str(child.tag)
            if block.tag == "course" and tag == "wiki":
                continue
            key = f"{tag}/{child.get('url_name')}"
            if depth > 12 or (child.get("url_name") and key in parents):
                self.faults.append(Fault("points_to_itself", block.path, {"name": str(child.get("url_name"))}))
                continue
            loaded = self._load(child, path, (*parents, key), depth + 1)
            if not _may_hold(block.tag, tag):
                loaded.fault = loaded.fault or Fault("misplaced", block.path, {"tag": tag, "parent": block.tag})
                self.faults.append(Fault("misplaced", block.path, {"tag": tag, "parent": block.tag}))
            block.children.append(loaded)

    def _read_html(self, block: Block, source: etree._Element, path: str) -> None:
        filename = source.get("filename")
        if not filename:
            body = source.find("body")
            block.html = inner_markup(source if body is None else body)
            return
        place = filename.replace(":", "/")
        beside = posixpath.join(posixpath.dirname(path), place)
        candidates = [f"{self._file('html', place)}.html", f"{beside}.html", self._file("html", place), beside]
        found = next((candidate for candidate in candidates if candidate in self.archive), None)
        has_own = len(source) > 0 or bool((source.text or "").strip())
        if found is None:
            missing = self._shown(candidates[0])
            fault = Fault("file_missing", block.path, {"missing": missing})
            self.faults.append(fault)
            if has_own:
                block.html = inner_markup(source)
            else:
                block.fault = fault
            return
        if has_own:
            self.faults.append(Fault("two_bodies", block.path, {"file": self._shown(found)}))
        text = text_of(self.archive.read(found), self._shown(found), self.faults)
        if not _is_tidy(text):
            self.faults.append(Fault("untidy_html", self._shown(found)))
        block.html = text
        block.path = self._shown(found) if block.path.endswith(f"#{block.name}") else block.path

    # Everything beside the tree

    def _name_the_unused(self) -> None:
        """Blocks that lie in the archive but that no lesson shows."""
        for folder in (
            "chapter",
            "sequential",
            "vertical",
            "problem",
            "video",
            "html",
            "discussion",
            "library_content",
        ):
            for path in sorted(self._inside(folder)):
                if path.endswith(".xml") and path not in self.used and not self._is_faulty(path):
                    self.faults.append(Fault("file_unused", self._shown(path)))

    def _is_faulty(self, path: str) -> bool:
        return any(fault.path == self._shown(path) for fault in self.faults)

    def _about(self) -> dict[str, str]:
        about = {}
        for path in self._inside("about"):
            name, extension = posixpath.splitext(posixpath.basename(path))
            if extension in (".html", ".htm") and self.archive.size(path) < 1_000_000:
                about[name] = text_of(self.archive.read(path), self._shown(path), self.faults)
        return about

    def _extras(self, root: Block) -> list[tuple[str, str]]:
        extras = [("tab", path) for path in self._inside("tabs")]
        extras += [("update", path) for path in self._inside("info") if self.archive.size(path) > 12]
        extras += [("python_library", path) for path in self._inside("python_lib")]
        extras += [
            (kind, path)
            for folder, kind in (("drafts", "draft"), ("textbooks", "textbook"))
            for path in self._inside(folder)
        ]
        extras = [(kind, self._shown(path)) for kind, path in extras]
        if root.xml is not None and root.xml.find("wiki") is not None:
            extras.append(("wiki", root.path))
        extras += [("textbook", root.path)] * (len(root.xml.findall("textbook")) if root.xml is not None else 0)
        return extras

    def _assets(self) -> dict[str, str]:
        start = self._file("static")
        assets: dict[str, str] = {}
        for path in sorted(self._inside("static")):
            relative = posixpath.relpath(path, start)
            for name in (relative, link_name(relative), posixpath.basename(relative)):
                assets.setdefault(name.lower(), path)
        return assets

    def _inside(self, folder: str) -> list[str]:
        start = f"{self._file(folder)}/"
        return [path for path in self.archive.files if path.startswith(start)]


def link_name(path: str) -> str:
    """The name by which course HTML links to a file of ``static/``: what Studio makes of it on upload."""
    return re.sub(r"[^\w.\-@]+", "_", path.replace("/", "_"))


def _may_hold(parent: str, child: str) -> bool:
    if child in _LEVEL:
        return _LEVEL.get(parent, 9) < _LEVEL[child]
    if child in CONTAINERS and child not in POOLS:
        return True
    return parent not in ("course",)


def _is_bare(element: etree._Element) -> bool:
    return len(element) == 0 and not (element.text or "").strip()


def _stands_before(first: etree._Element, second: etree._Element) -> bool:
    for element in first.getroottree().getroot().iter():
        if element is first:
            return True
        if element is second:
            return False
    return False


def _is_tidy(text: str) -> bool:
    """Whether tags close as they opened: a hint that the author saw something else than the browser shows."""
    parser = etree.HTMLParser(recover=True)
    try:
        etree.fromstring(f"<div>{text}</div>", parser)
    except (etree.XMLSyntaxError, ValueError):
        return False
    return not any(error.type_name == "ERR_TAG_NAME_MISMATCH" for error in parser.error_log)
