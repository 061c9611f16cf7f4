"""Open edX course archives (OLX), the present layout and the old ones."""

from courses.transfer.formats.olx.reader import read_course
from courses.transfer.formats.olx.tree import Block, CourseTree, Grading

__all__ = ["Block", "CourseTree", "Grading", "read_course"]
