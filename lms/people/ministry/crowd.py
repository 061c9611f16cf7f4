"""The people of the made-up ministry: names of their region, numbers nobody has, true shares of employment."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from lms.people.ministry.facts import rows
from lms.people.ministry.plan import PlannedUnit

# 61.6 % of the learners are civil servants.
EMPLOYMENT = {"pns": 0.436, "cpns": 0.02, "pppk": 0.14, "pppk_part_time": 0.02, "non_asn": 0.384}
OLDEST_BIRTH = date(1966, 12, 1)
BIRTH_DAYS = 12_547  # a prime: stepping through it meets every day once before a day returns
STEP = 5_003
MOST_PEOPLE = BIRTH_DAYS * 100

FIRST_NAMES = {
    "33": "javanese",
    "34": "javanese",
    "35": "javanese",
    "51": "balinese",
    "53": "christian_catholic",
    "71": "christian_catholic",
    **dict.fromkeys(("91", "92", "93", "94", "95", "96"), "christian_catholic"),
}
LAST_NAMES = {
    "12": "batak",
    "13": "minang",
    "51": "balinese",
    "53": "ntt",
    **dict.fromkeys(("61", "62", "63", "64", "65"), "dayak_banjar"),
    "71": "minahasa",
    **dict.fromkeys(("73", "76"), "bugis_makassar"),
    **dict.fromkeys(("81", "82"), "maluku"),
    **dict.fromkeys(("91", "92", "93", "94", "95", "96"), "papua"),
}
POSITIONS = {
    "school": ("Guru Ahli Pertama", "Guru Ahli Muda", "Guru Ahli Madya", "Guru Ahli Pertama", "Pengelola Tata Usaha"),
    "kua": ("Penghulu Ahli Pertama", "Penghulu Ahli Muda", "Penyuluh Agama Ahli Pertama", "Pengadministrasi Nikah"),
    "college": ("Asisten Ahli", "Lektor", "Lektor Kepala", "Pranata Laboratorium", "Pengadministrasi Akademik"),
    "training_center": ("Widyaiswara Ahli Muda", "Widyaiswara Ahli Madya", "Pengembang Teknologi Pembelajaran"),
}
OFFICE_POSITIONS = (
    "Analis Sumber Daya Manusia Aparatur",
    "Perencana Ahli Pertama",
    "Pranata Komputer Ahli Pertama",
    "Penyuluh Agama Ahli Muda",
    "Pengawas Sekolah Ahli Madya",
    "Pengadministrasi Perkantoran",
    "Arsiparis Terampil",
)
HONORARY = {"school": "Guru Honorer", "kua": "Penyuluh Agama Non-ASN", "college": "Dosen Tidak Tetap"}
DEGREES = ("S.Ag.", "S.Pd.", "S.Pd.I", "S.H.I", "S.Sos.I", "S.E.", "S.Kom.", "")
SECOND_DEGREES = ("M.Pd.", "M.Pd.I", "M.Ag.", "M.Si.", "M.A.")


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A person to be; ``unit`` is the place of her unit in the plan. Her numbers are in the form that is kept."""

    unit: int
    full_name: str
    title_prefix: str
    title_suffix: str
    email: str
    birth_on: date
    sex: str
    time_zone: str
    employment_type: str
    position: str
    grade: str
    starts_on: date
    identifier_kind: str
    number: str


def plan_people(units: Sequence[PlannedUnit], count: int, seed: int, today: date) -> Iterator[PlannedPerson]:
    """``count`` people spread over the units by their usual size, one at a time: memory does not grow with them.

    The same seed gives the same people. Raises ``ValueError`` above ``MOST_PEOPLE``: made-up serials would run out.
    """
    if count > MOST_PEOPLE:
        raise ValueError(f"at most {MOST_PEOPLE} people have made-up numbers")
    random = Random(seed)  # noqa: S311 - repeatable on purpose
    bounds = list(accumulate(unit.headcount for unit in units))
    names, grades = _names(), _grades()
    kinds, weights = list(EMPLOYMENT), list(accumulate(EMPLOYMENT.values()))
    for place in range(count):
        where = bisect_right(bounds, (place + 0.5) / count * bounds[-1])
        unit = units[where]
        employment = kinds[bisect_right(weights, random.random() * weights[-1])]
        sex = "f" if random.random() < 0.56 else "m"
        full_name, is_muslim = _name(random, names, unit.province_code, sex)
        birth_on = OLDEST_BIRTH + timedelta(days=place * STEP % BIRTH_DAYS)
        start, number = _numbers(random, employment, birth_on, sex, place, today)
        position, prefix, suffix = _standing(random, unit.unit_type, employment, sex, is_muslim=is_muslim)
        yield PlannedPerson(
            unit=where,
            full_name=full_name,
            title_prefix=prefix,
            title_suffix=suffix,
            email=f"{full_name.split(' ')[0].lower()}.{place + 1}@pegawai.test",
            birth_on=birth_on,
            sex=sex,
            time_zone=unit.time_zone,
            employment_type=employment,
            position=position,
            grade=_grade(random, grades, employment),
            starts_on=start,
            identifier_kind=number[0],
            number=number[1],
        )


def _numbers(
    random: Random, employment: str, birth_on: date, sex: str, place: int, today: date
) -> tuple[date, tuple[str, str]]:
    """The start of service and the number: unlike anybody's, by birth date and serial among the made-up ones."""
    serial = 900 + place // BIRTH_DAYS
    if employment == "non_asn":
        start = date(random.randint(2018, today.year - 1), random.randint(1, 12), 1)
        kind = ("nuptk", "npk", "pegid", "nik")[bisect_right((0.55, 0.80, 0.92), random.random())]
        # No region and no series begins with 99.
        return start, (kind, f"99{place:014}" if kind != "npk" else f"99{place:011}")
    if employment in {"pppk", "pppk_part_time"}:
        year = random.randint(2021, today.year - 1)
        part, start = 21, date(year, 3, 1)
    else:
        earliest = max(birth_on.year + 22, 1990)
        year = today.year - 1 if employment == "cpns" else min(earliest + random.randint(0, 9), today.year - 2)
        part = random.randint(1, 12)
        start = date(year, part, 1)
    return start, ("nip", f"{birth_on:%Y%m%d}{year}{part:02}{'2' if sex == 'f' else '1'}{serial}")


def _standing(random: Random, unit_type: str, employment: str, sex: str, *, is_muslim: bool) -> tuple[str, str, str]:
    position = random.choice(POSITIONS.get(unit_type, OFFICE_POSITIONS))
    if employment == "non_asn":
        position = HONORARY.get(unit_type, "Pegawai Non-ASN")
    titles = [random.choice(DEGREES)]
    if random.random() < 0.25:
        titles.append(random.choice(SECOND_DEGREES))
    prefix = []
    if unit_type == "college" and random.random() < 0.4:
        prefix.append("Dr.")
    if is_muslim and random.random() < 0.12:
        prefix.append("H." if sex == "m" else "Hj.")
    return position, " ".join(prefix), ", ".join(title for title in titles if title)


def _names() -> dict[tuple[str, str, str], list[str]]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rows("names"):
        found.setdefault((row["part"], row["sex"], row["group"]), []).append(row["value"])
    return found


def _name(random: Random, names: dict[tuple[str, str, str], list[str]], province: str, sex: str) -> tuple[str, bool]:
    """A name of the region, and whether it is a Muslim one (for the titles of the pilgrimage)."""
    letter = "F" if sex == "f" else "M"
    if random.random() < 0.02:
        return random.choice(names["first", letter, "mononym"]), False
    regional = FIRST_NAMES.get(province, "general_muslim")
    if province == "12" and random.random() < 0.5:
        regional = "christian_catholic"
    if regional == "javanese" and random.random() < 0.5:
        regional = "general_muslim"
    first = random.choice(names["first", letter, regional])
    second = random.choice(names["first", letter, regional]) if random.random() < 0.35 else ""
    last = random.choice(names["last", "U", LAST_NAMES.get(province, "general_muslim")])
    parts = dict.fromkeys(part for part in (first, second, last) if part)
    return " ".join(parts), regional in {"general_muslim", "javanese"}


def _grades() -> dict[str, tuple[list[str], list[float]]]:
    schemes: dict[str, tuple[list[str], list[float]]] = {}
    for row in rows("grades"):
        grades, weights = schemes.setdefault(row["scheme"], ([], []))
        grades.append(row["grade"])
        weights.append((weights[-1] if weights else 0.0) + float(row["share_within_scheme_est"]))
    return schemes


def _grade(random: Random, schemes: dict[str, tuple[list[str], list[float]]], employment: str) -> str:
    if employment == "non_asn":
        return ""
    if employment == "cpns":
        return "III/a"
    grades, weights = schemes["PNS" if employment == "pns" else "PPPK"]
    return grades[bisect_right(weights, random.random() * weights[-1])]
