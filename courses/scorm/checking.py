"""SCORM and cmi5 as kinds of package that can be checked."""

from pathlib import Path

from courses.packages.kinds import Kind
from courses.packages.problems import Problem
from courses.scorm.core import read_cmi5, read_scorm


def problems_of_scorm(path: Path) -> list[Problem]:
    """What keeps a SCORM package from being imported here, or its author should know."""
    return read_scorm(path).problems


def problems_of_cmi5(path: Path) -> list[Problem]:
    """What keeps a cmi5 course from being imported here, or its author should know."""
    return read_cmi5(path).problems


scorm = Kind(problems_of_scorm, markers=("imsmanifest.xml", "*.cst", "*.crs"))
cmi5 = Kind(problems_of_cmi5, markers=("cmi5.xml",), roots=(b"<courseStructure", b":courseStructure"))
