"""Names as people write them: titles apart, capitals where they belong."""

import re
from dataclasses import dataclass

from lms.people.rules.problems import Problem

LONGEST_NAME, LONGEST_TITLES = 150, 60

# Written as the key of letters alone, because lists spell them with and without dots.
TITLES_BEFORE = {
    "DR": "Dr.",
    "DRS": "Drs.",
    "DRA": "Dra.",
    "DRG": "drg.",
    "DRH": "drh.",
    "PROF": "Prof.",
    "H": "H.",
    "HJ": "Hj.",
    "KH": "K.H.",
    "IR": "Ir.",
    "APT": "apt.",
    "PDT": "Pdt.",
    "TGK": "Tgk.",
    "USTADZ": "Ustadz",
    "NS": "Ns.",
}
SPELLINGS = (
    "S.Ag. S.Pd. S.Pd.I S.Pd.SD S.Pd.K S.H. S.H.I S.Sos. S.Sos.I S.E. S.E.I S.Kom. S.Kom.I S.Th. S.Th.I S.Fil. S.Fil.I",
    "S.Si. S.S. S.T. S.IP. S.IPI. S.Hum. S.Psi. S.Ked. S.Kep. S.Farm. S.Tr. S.Ak. S.Akt. S.AP. S.P. S.Pt. S.Ptk. S.M.",
    "S.I.Kom. S.I.Pust. S.Pust. S.Mat. S.Or. S.Sn. S.Stat. S.IQ.",
    "M.Ag. M.Pd. M.Pd.I M.Pd.K M.Si. M.H. M.H.I M.Hum. M.Kom. M.Th. M.A. M.M. M.E. M.E.I M.T. M.Sc. M.Ed. M.Psi.",
    "M.Sos. M.Fil.I M.I.Kom. M.AP. M.Kes. M.Phil. M.Ak. M.Sn. M.Mat.",
    "Lc. Ph.D. A.Md. A.Ma. A.Ma.Pd. A.Md.Kom. A.Md.Kep. B.A. MBA LL.M. Gr. Sp.A. Sp.PD. Sp.OG. CPA Ak. CA",
)
TITLES_AFTER = {
    "".join(re.findall("[A-Z]", spelling.upper())): spelling for line in SPELLINGS for spelling in line.split()
}
# Ambiguous without a dot: they are names or words too, so they are titles only after a comma or with a dot.
ONLY_WITH_DOT = {"MA", "SE", "BA", "SS", "ME", "MM", "AK", "CA", "GR", "SP", "SM", "ST", "MH", "SH", "MT", "LC", "AMA"}
PARTICLES = {"bin", "binti", "ibn", "ibnu", "van", "von", "der", "den", "de", "da", "dos", "el"}
ROMAN = re.compile(r"^(II|III|IV|VI|VII|VIII)$")


@dataclass(frozen=True, slots=True)
class NameReading:
    """A name apart from its titles, and what somebody should look at."""

    prefix: str
    full_name: str
    suffix: str
    problems: tuple[Problem, ...] = ()


def normalize_name(text: str) -> NameReading:
    """Split titles from a name and undo ALL CAPS: ``DR. H. AHMAD FAUZI, M.PD.I`` is Dr. H. | Ahmad Fauzi | M.Pd.I.

    A name already in mixed case keeps the capitals its owner chose. Safe to repeat on its own result.
    """
    words, *after = [part.strip() for part in re.split(r"[,;]", " ".join(text.split()))]
    shouted = _is_shouted(words)
    front, name, back = _take_apart(words.split(" ") if words else [])
    prefix = " ".join(_title_before(word, shouted=shouted) for word in front)
    titles = [_title_after(word) for word in back]
    for part in after:
        titles += [_title_after(word) for word in part.split(" ") if word]
    suffix = ", ".join(titles)
    full_name = " ".join(_word(word, is_first=not place) for place, word in enumerate(name)) if shouted else None
    full_name = full_name if full_name is not None else " ".join(name)

    problems = []
    if not full_name:
        problems.append(Problem("name_empty"))
    if len(full_name) > LONGEST_NAME:
        problems.append(Problem("name_long", values={"limit": LONGEST_NAME}))
    if max(len(prefix), len(suffix)) > LONGEST_TITLES:
        problems.append(Problem("name_titles_long", values={"limit": LONGEST_TITLES}))
    if any(letter.isdigit() for letter in full_name):
        problems.append(Problem("name_digits", is_error=False))
    return NameReading(prefix, full_name, suffix, tuple(problems))


def _take_apart(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Titles before, name, titles after. At least one word stays a name."""
    words = [piece for word in words for piece in _unglue(word)]
    first, last = 0, len(words)
    while first < last - 1 and _key(words[first]) in TITLES_BEFORE:
        first += 1
    while last - 1 > first and _is_title_after(words[last - 1]):
        last -= 1
    return words[:first], words[first:last], words[last:]


def _unglue(word: str) -> list[str]:
    """Titles and name typed without a space: ``DR.H.AHMAD`` is three words; ``M.`` and ``A.B.`` stay."""
    pieces = [piece for piece in re.split(r"(?<=\.)", word) if piece]
    split: list[str] = []
    while len(pieces) > 1 and _key(pieces[0]) in TITLES_BEFORE and not _is_title_after(word):
        split.append(pieces.pop(0))
    return [*split, "".join(pieces)]


def _key(word: str) -> str:
    return "".join(letter for letter in word.upper() if letter.isascii() and letter.isalpha())


def _is_title_after(word: str) -> bool:
    key = _key(word)
    return key in TITLES_AFTER and ("." in word or (key not in ONLY_WITH_DOT and len(key) > 2 and word.isupper()))


def _title_before(word: str, *, shouted: bool) -> str:
    if not shouted and word.endswith("."):
        return word
    return TITLES_BEFORE[_key(word)]


def _title_after(word: str) -> str:
    if word != word.upper() and word != word.lower():
        return word
    known = TITLES_AFTER.get(_key(word))
    return known or ".".join(part.capitalize() for part in word.split("."))


def _is_shouted(text: str) -> bool:
    """All capitals or all small: nobody chose these capitals."""
    words = [word for word in re.split(r"[\s.]+", text) if len(word) > 1]
    core = [word for word in words if _key(word) not in TITLES_BEFORE] or words
    return all(word.isupper() for word in core) or all(word.islower() for word in core)


def _word(word: str, *, is_first: bool) -> str:
    if ROMAN.match(word.upper()) and not is_first:
        return word.upper()
    if word.lower() in PARTICLES and not is_first:
        return word.lower()
    return "-".join(_piece(piece) for piece in word.split("-"))


def _piece(piece: str) -> str:
    """``NUR'AINI`` is Nur'aini, ``M.YUSUF`` is M.Yusuf, ``MOH.`` is Moh."""
    return ".".join(part[:1].upper() + part[1:].lower() for part in piece.split("."))
