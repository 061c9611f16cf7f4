"""H5P without a web framework: packages, libraries, and content that fits them.

Needs Python, ``nh3`` and ``google-re2``, and of this project ``courses.packages`` (its ``problems`` and ``zips``, which
need nothing else). A package is read and judged with :func:`read_package`; content is made to fit its library
with :func:`filter_content`; what it needs, in the order of loading, comes from :func:`dependencies_of`.

    package = read_package(Path("quiz.h5p"))
    for problem in package.problems:
        print(problem.code, problem.path, problem.text())
"""

from courses.h5p.core.filtering import Filtered, TooMuch, filter_content, filter_metadata
from courses.h5p.core.manifest import DependencyType, LibraryKey, LibraryManifest, PackageManifest
from courses.h5p.core.package import Package, PackedLibrary, read_package
from courses.h5p.core.packing import package_json, write_package
from courses.h5p.core.registry import (
    Assets,
    Decision,
    Dependency,
    Difference,
    addons_needed,
    assets_of,
    decide,
    dependencies_of,
    difference,
)
from courses.h5p.core.semantics import BadSemantics, Field, read_semantics

__all__ = [
    "Assets",
    "BadSemantics",
    "Decision",
    "Dependency",
    "DependencyType",
    "Difference",
    "Field",
    "Filtered",
    "LibraryKey",
    "LibraryManifest",
    "Package",
    "PackageManifest",
    "PackedLibrary",
    "TooMuch",
    "addons_needed",
    "assets_of",
    "decide",
    "dependencies_of",
    "difference",
    "filter_content",
    "filter_metadata",
    "package_json",
    "read_package",
    "read_semantics",
    "write_package",
]
