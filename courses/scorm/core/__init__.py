"""SCORM 1.2, SCORM 2004 and cmi5 without a web framework: packages, and the courses they describe.

Needs Python and ``lxml``, and of this project ``courses.packages`` (its ``problems`` and ``zips``, which need nothing
else). :func:`read_scorm` and :func:`read_cmi5` look over a whole file; :func:`read_manifest` and :func:`read_structure`
read the one file that describes the course.
"""

from courses.scorm.core.cmi5 import Cmi5Package, Course, LaunchMethod, MoveOn, Unit, read_cmi5, read_structure
from courses.scorm.core.manifest import Item, Manifest, Organization, Resource, Version, read_manifest
from courses.scorm.core.package import ScormPackage, read_scorm
from courses.scorm.core.sequencing import Sequencing
from courses.scorm.core.tree import Entry, cmi5_tree, scorm_tree, walk

__all__ = [
    "Cmi5Package",
    "Course",
    "Entry",
    "Item",
    "LaunchMethod",
    "Manifest",
    "MoveOn",
    "Organization",
    "Resource",
    "ScormPackage",
    "Sequencing",
    "Unit",
    "Version",
    "cmi5_tree",
    "read_cmi5",
    "read_manifest",
    "read_scorm",
    "read_structure",
    "scorm_tree",
    "walk",
]
