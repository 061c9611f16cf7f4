"""Stretches of a medium: put together, taken apart, measured."""

from collections.abc import Iterable, Sequence

Stretches = list[list[int]]
"""Seconds of a medium from - to, in order and apart from each other."""


def merged(stretches: Iterable[Sequence[int]]) -> Stretches:
    """Stretches in order, those that touch or overlap made one."""
    result: Stretches = []
    for start, end in sorted(map(list, stretches)):
        if result and start <= result[-1][1] + 1:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result


def within(stretches: Iterable[Sequence[int]], seconds: int) -> Stretches:
    """What of them lies in a medium of so many seconds."""
    return merged([start, min(end, seconds)] for start, end in stretches if start < seconds)


def without(stretches: Iterable[Sequence[int]], others: Sequence[Sequence[int]]) -> Stretches:
    """What of them is in none of the others, which are in order and apart from each other."""
    left: Stretches = []
    for start, end in stretches:
        for other_start, other_end in others:
            if other_end <= start or other_start >= end:
                continue
            if other_start > start:
                left.append([start, other_start])
            start = other_end
        if start < end:
            left.append([start, end])
    return left


def length(stretches: Iterable[Sequence[int]]) -> int:
    """How many seconds they are together."""
    return sum(end - start for start, end in stretches)


def scaled(place: int, to: int, of: int) -> int:
    """A place in a medium of ``of`` seconds, as a place in one of ``to`` seconds."""
    return place if to == of else round(place * to / of)
