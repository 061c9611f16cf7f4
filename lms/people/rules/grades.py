"""The grades of civil servants and of contract staff, each in its order from the lowest up."""

from collections.abc import Mapping
from itertools import chain

GRADES: Mapping[str, tuple[str, ...]] = {
    "pns": (
        *(f"{group}/{step}" for group in ("I", "II", "III") for step in "abcd"),
        *(f"IV/{step}" for step in "abcde"),
    ),
    "pppk": (
        *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
        *("X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"),
    ),
}
"""By scheme: PNS count from I/a to IV/e, PPPK from I to XVII. No grade is in both."""

_places = {
    grade: (scheme, place)
    for scheme, place, grade in chain.from_iterable(
        ((scheme, place, grade) for place, grade in enumerate(grades)) for scheme, grades in GRADES.items()
    )
}


def grade_place(grade: str) -> tuple[str, int] | None:
    """The scheme of a grade and its place from the lowest up, or ``None`` for text that is no known grade."""
    return _places.get(grade)


def grades_between(scheme: str, lowest: str | None, highest: str | None) -> tuple[str, ...]:
    """The grades of a scheme from ``lowest`` to ``highest``, both included; an open end is ``None``."""
    grades = GRADES[scheme]
    first = grades.index(lowest) if lowest else 0
    last = grades.index(highest) if highest else len(grades) - 1
    return grades[first : last + 1]
