"""H5P as a kind of package that can be checked."""

from pathlib import Path

from django.db import DatabaseError

from courses.h5p.core import read_package
from courses.h5p.core.package import none_installed
from courses.h5p.queries import Shelf
from courses.packages.kinds import Kind
from courses.packages.problems import Problem


def problems_of(path: Path) -> list[Problem]:
    """What keeps a file from being imported here, where some libraries may be installed, or its author should know."""
    try:
        installed = Shelf().read_all().manifest
    except DatabaseError:
        # A verdict can be had before there is a database; then nothing is installed.
        installed = none_installed
    return read_package(path, installed).problems


kind = Kind(problems_of, markers=("h5p.json",), suffixes=(".h5p",))
