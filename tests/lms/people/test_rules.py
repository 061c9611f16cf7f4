"""Numbers and names are read as the rules of the domain say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.rules import compact, is_plain_nip, mask_number, normalize_name, read_identifier, read_nip
from lms.people.rules.names import TITLES_AFTER
from lms.people.rules.problems import messages

births = st.dates(date(1950, 1, 1), date(2005, 12, 31))


def codes(number: str) -> set[str]:
    return {problem.code for problem in read_nip(number).problems}


@given(
    birth=births,
    start=st.integers(1970, 2030),
    part=st.one_of(st.integers(1, 12), st.integers(21, 99)),
    sex=st.sampled_from("12"),
    serial=st.integers(1, 999),
    gap=st.sampled_from(["", " ", ".", "\u00a0", "\u2009", " . "]),
)
def test_a_possible_nip_is_read_back_whatever_stands_between_its_digits(birth, start, part, sex, serial, gap):
    parts = [f"{birth:%Y%m%d}", f"{start}{part:02}", sex, f"{serial:03}"]

    reading = read_nip(gap.join(parts))

    assert reading.is_valid
    assert reading.value == "".join(parts)
    assert (reading.birth_on, reading.start_year) == (birth, start)
    assert reading.is_contract == (part > 12)
    assert reading.sex == {"1": "m", "2": "f"}[sex]


@given(st.text(alphabet="0123456789 .\u00a0", max_size=30))
def test_any_string_of_digits_is_answered_without_a_crash(text):
    reading = read_nip(text)

    assert all(problem.code in messages and problem.text for problem in reading.problems)
    if reading.is_valid:
        assert len(reading.value) == 18


@given(st.integers(0, 99).filter(lambda part: not (1 <= part <= 12 or part >= 21)))
def test_digits_13_and_14_are_a_month_or_a_contract_number(part):
    assert "nip_start" in codes(f"198501012010{part:02}1901")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "identifier_empty"),
        ("19850101201001190", "nip_length"),
        ("1985010120100119011", "nip_length"),
        ("19850101201001190X", "nip_digits"),
        ("198502302010011901", "nip_birth"),
        ("198500012010011901", "nip_birth"),
        ("198501012010013901", "nip_sex"),
        ("198501012010010901", "nip_sex"),
        ("198501012010011000", "nip_serial"),
        ("1.98501E+17", "identifier_spreadsheet"),
        ("1,98501E17", "identifier_spreadsheet"),
    ],
)
def test_an_impossible_nip_is_an_error_with_a_stable_code(number, code):
    reading = read_nip(number)

    assert code in {problem.code for problem in reading.problems}
    assert not reading.is_valid


@pytest.mark.parametrize(
    ("number", "is_unlikely"),
    [
        ("198506012003051901", True),  # 17 years old
        ("198506012003061901", False),  # 18 in that month
        ("195006012009051901", False),  # 58
        ("195006012009061901", True),  # 59
        ("200006012018211901", False),  # a contract number hides the month: 17 or 18
        ("200006012017211901", True),
        ("196006012019211901", False),  # 58 or 59
        ("196006012020211901", True),
    ],
)
def test_an_unlikely_age_at_the_start_is_a_warning(number, is_unlikely):
    reading = read_nip(number)

    assert reading.is_valid
    assert ({problem.code for problem in reading.problems} == {"nip_age"}) == is_unlikely


def test_other_numbers_are_opaque_except_for_the_length_of_a_nik():
    assert read_identifier("nik", "3174 0101 0185 0901") == ("3174010101850901", ())
    assert read_identifier("nik", "317401010185090")[1][0].code == "nik_length"
    assert read_identifier("pegid", "ab.1234") == ("AB1234", ())
    assert read_identifier("npk", "12<34")[1][0].code == "identifier_characters"
    assert read_identifier("nuptk", "9" * 31)[1][0].code == "identifier_long"
    assert read_identifier("nuptk", "'0012345678901234") == ("0012345678901234", ())


@given(st.text(max_size=40))
def test_a_compact_number_stays_as_it_is_when_compacted_again(text):
    assert compact(compact(text)) == compact(text)


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_a_masked_number_shows_its_last_four_digits_only(number):
    masked = mask_number(number)

    assert len(masked) == len(number)
    assert len([letter for letter in masked if letter.isdigit()]) == (4 if len(number) > 4 else 0)
    assert len(number) <= 4 or masked.endswith(number[-4:])


@pytest.mark.parametrize(
    ("typed", "prefix", "name", "suffix"),
    [
        ("DR. H. AHMAD FAUZI, M.PD.I", "Dr. H.", "Ahmad Fauzi", "M.Pd.I"),
        ("DRS AHMAD YANI M.AG", "Drs.", "Ahmad Yani", "M.Ag."),
        ("Dr. Siti Aminah, M.Pd.", "Dr.", "Siti Aminah", "M.Pd."),
        ("SITI\u00a0NUR'AINI  BINTI HASAN, S.AG., M.PD.I", "", "Siti Nur'aini binti Hasan", "S.Ag., M.Pd.I"),
        ("DR.H.AHMAD AL-FARABI", "Dr. H.", "Ahmad Al-Farabi", ""),
        ("Prof. Dr. H. M. Quraish Amin, Lc., M.A.", "Prof. Dr. H.", "M. Quraish Amin", "Lc., M.A."),
        ("dr. Budi Santoso, Sp.A", "dr.", "Budi Santoso", "Sp.A"),
        ("PROF. DR. HJ. ST. AMINAH, S.TR.KES", "Prof. Dr. Hj.", "St. Aminah", "S.Tr.Kes"),
        ("RADEN SOEKARNO II", "", "Raden Soekarno II", ""),
        ("I GUSTI NGURAH", "", "I Gusti Ngurah", ""),
        ("Johannes van der Meer", "", "Johannes van der Meer", ""),
        ("YO-YO MA", "", "Yo-Yo Ma", ""),
        ("suharti", "", "Suharti", ""),
        ("H", "", "H", ""),
        ("McDonald Tanuwijaya", "", "McDonald Tanuwijaya", ""),
    ],
)
def test_titles_are_split_from_names_and_capitals_put_right(typed, prefix, name, suffix):
    reading = normalize_name(typed)

    assert (reading.prefix, reading.full_name, reading.suffix) == (prefix, name, suffix)
    assert not reading.problems


@given(
    st.lists(st.sampled_from(["DR.", "H.", "HJ.", "DRS.", "PROF."]), max_size=3),
    st.lists(st.sampled_from(["AHMAD", "SITI", "NUR'AINI", "BIN", "AL-AMIN", "MOH.", "III"]), min_size=1, max_size=5),
    st.lists(st.sampled_from(sorted(spelling.upper() for spelling in TITLES_AFTER.values())), max_size=3),
)
def test_reading_a_name_twice_gives_the_same_name(before, words, after):
    once = normalize_name(", ".join([" ".join([*before, *words]), *after]))

    written = f"{once.prefix} {once.full_name}" + (f", {once.suffix}" if once.suffix else "")
    twice = normalize_name(written)

    assert (twice.prefix, twice.full_name, twice.suffix) == (once.prefix, once.full_name, once.suffix)


@given(st.text(max_size=200))
def test_any_text_is_read_as_a_name_without_a_crash(text):
    assert all(problem.text for problem in normalize_name(text).problems)


def test_what_is_wrong_with_a_name_is_said():
    assert normalize_name(" , S.Pd.").problems[0].code == "name_empty"
    assert normalize_name("A" * 151).problems[0].code == "name_long"
    assert normalize_name("Budi 2").problems[0].code == "name_digits"
    assert not normalize_name("Budi 2").problems[0].is_error


@given(st.from_regex(r"(19|20)[0-9]{16}|[0-9]{18}|[0-9 .]{17,19}", fullmatch=True))
def test_a_plain_nip_is_one_that_reading_finds_no_error_in(text):
    reading = read_nip(text)

    assert is_plain_nip(text) == (reading.is_valid and reading.value == text)
