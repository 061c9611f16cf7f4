"""What is wrong with a file that somebody brought: a code for machines, a place, and a sentence for its author.

Standard library only, so that the readers of packages can be used where there is no Django.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_VALUE = 120
LONGEST_PATH = 300

Translate = Callable[[str], str]


def marked(text: str) -> str:
    """``text`` itself; being called is what puts it into the catalogs of translations."""
    return text


_ = marked


def printable(text: object, longest: int = LONGEST_VALUE) -> str:
    """``text`` of a stranger, fit to be stored, logged and shown: no control characters, no halves of a character."""
    shown = "".join(
        "�" if unicodedata.category(character) in ("Cc", "Cs", "Co") else character
        for character in str(text)[: longest + 1]
    )
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, named where it stands."""

    code: str
    """Stable, for machines: ``missing-main-library``."""
    path: str
    """The file in the package that is meant; empty for the package as a whole."""
    sentence: str
    """The English sentence, with ``%(name)s`` where a value stands; it is also the key of its translations."""
    values: Mapping[str, str] = field(default_factory=dict)
    refuses: bool = True
    """Whether the package cannot be taken because of it; otherwise its author should only know."""

    def text(self, translate: Translate = marked) -> str:
        """The sentence for the reader; ``translate`` turns the English one into her language."""
        return translate(self.sentence) % self.values


def as_row(problem: Problem) -> dict[str, Any]:
    """A problem as it is kept as JSON; its sentence stays translatable."""
    return {
        "code": problem.code,
        "path": problem.path,
        "sentence": problem.sentence,
        "values": dict(problem.values),
        "refuses": problem.refuses,
    }


def from_row(row: Mapping[str, Any]) -> Problem:
    """A problem that was kept."""
    return Problem(**row)


class Vocabulary:
    """The sentences that one reader has for its codes: ``says("not-a-zip", path)`` makes a problem.

    Codes in ``notes`` never refuse a package.
    """

    def __init__(self, sentences: Mapping[str, str], notes: Collection[str] = ()) -> None:
        self.sentences = sentences
        self.notes = frozenset(notes)

    def __call__(self, code: str, path: str = "", /, **values: object) -> Problem:
        shown = {name: printable(value) for name, value in values.items()}
        where = printable(path, LONGEST_PATH)
        return Problem(code, where, self.sentences[code], {"path": where, **shown}, code not in self.notes)


class Unreadable(Exception):
    """The package as a whole cannot be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def refused(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems keeps the package out."""
    return any(problem.refuses for problem in problems)


MOST_PROBLEMS = 200


def shortened(problems: list[Problem]) -> list[Problem]:
    """The problems in the order found, each once, cut where nobody reads on; what refuses is kept before notes."""
    unique = list(dict.fromkeys((problem.code, problem.path, problem.text()) for problem in problems))
    first = {(problem.code, problem.path, problem.text()): problem for problem in reversed(problems)}
    kept = [first[key] for key in unique]
    if len(kept) <= MOST_PROBLEMS:
        return kept
    weighty = [problem for problem in kept if problem.refuses] + [problem for problem in kept if not problem.refuses]
    return [*weighty[:MOST_PROBLEMS], more(len(kept) - MOST_PROBLEMS)]


_COMMON = Vocabulary({"more-problems": _("There are %(count)s further problems.")}, notes={"more-problems"})


def more(count: int) -> Problem:
    """The line that stands for problems that are not listed."""
    return _COMMON("more-problems", count=count)
