"""The columns of staff and unit lists, by all the names offices give them, and what a cell of each may say."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.jobs.services import Cell
from lms.people.ministry import facts
from lms.people.models import EmploymentType, UnitType
from lms.people.rules.headings import by_word, words_of

PEOPLE_LABELS: Mapping[str, str | Promise] = {
    "nip": "NIP",
    "nik": "NIK",
    "nuptk": "NUPTK",
    "npk": "NPK",
    "pegid": "PegID",
    "name": _("Name"),
    "title_prefix": _("Titles before the name"),
    "title_suffix": _("Titles after the name"),
    "email": _("E-mail"),
    "unit_code": _("Unit code"),
    "unit_name": _("Unit"),
    "employment_type": _("Employment type"),
    "position": _("Position"),
    "grade": pgettext_lazy("rank", "Grade"),
    "birth_on": _("Birth date"),
    "sex": _("Sex"),
    "starts_on": _("Since"),
}

PEOPLE_HINTS: Mapping[str, str | Promise] = {
    "nip": _("18 digits; spaces and dots do no harm. Format the column as text."),
    "name": _("With or without titles; ALL CAPS is put right."),
    "email": _("Required when there is no number."),
    "unit_code": _("Or the full name of the unit in a column “Unit”."),
    "employment_type": _("PNS, CPNS, PPPK, PPPK part-time, non-ASN. Read from the NIP when the column is missing."),
    "starts_on": _("The day the present place began, as day/month/year. Today when the column is missing."),
}

PEOPLE_EXAMPLE: Mapping[str, Cell] = {
    "nip": "198503172010012901",
    "name": "Dr. Siti Aminah, M.Pd.",
    "email": "siti.aminah@example.go.id",
    "unit_code": "1101",
    "employment_type": "PNS",
    "position": "Guru Ahli Muda",
    "grade": "III/d",
    "starts_on": "01/03/2024",
}

UNIT_LABELS: Mapping[str, str | Promise] = {
    "code": _("Unit code"),
    "name": _("Name"),
    "unit_type": _("Type"),
    "parent_code": _("Code of the unit above"),
    "opened_on": _("Opened on"),
    "remote": _("Remote area"),
    "province": _("Province"),
    "time_zone": _("Time zone"),
}

UNIT_HEADINGS = {
    "code": "kode satker, kode unit, kode unit kerja, kode satuan kerja, kode, satker id, unit code, code, id satker",
    "name": "nama, nama satker, nama unit, nama unit kerja, nama satuan kerja, satker, satuan kerja, unit kerja, name,"
    " unit name, unit",
    "unit_type": "jenis, jenis satker, jenis unit, jenis satuan kerja, tipe, tipe satker, tipe unit, type, unit type",
    "parent_code": "kode induk, kode satker induk, kode unit induk, kode satuan kerja induk, induk, kode atasan,"
    " satker induk, unit induk, parent code, parent, code of the unit above, parent unit code",
    "opened_on": "tanggal dibentuk, tgl dibentuk, dibentuk, tanggal berdiri, tgl berdiri, tanggal pembentukan, tmt,"
    " opened on, opened, opening date",
    "remote": "daerah terpencil, wilayah terpencil, terpencil, 3t, daerah 3t, wilayah 3t, remote, remote area",
    "province": "provinsi, kode provinsi, nama provinsi, propinsi, province, province code",
    "time_zone": "zona waktu, time zone, timezone",
}

UNIT_HINTS: Mapping[str, str | Promise] = {
    "code": _("The unit is known by it; it does not change. Format the column as text."),
    "name": _("A unit that is known already gets this name from today; the old one stays in its history."),
    "unit_type": _("Required for a new unit: provincial office, regency office, KUA, school, training center ..."),
    "parent_code": _(
        "Required for a new unit; the unit above may stand further down in the file. A unit that is known already is "
        "moved there from today, with all below it."
    ),
    "opened_on": _("Of a new unit, as day/month/year. Today when the cell is empty."),
    "remote": _("Yes or no."),
    "province": _("Its name or two-digit code. That of the unit above when the cell is empty."),
    "time_zone": _("WIB, WITA or WIT. That of the province when the cell is empty."),
}

UNIT_EXAMPLE: Mapping[str, Cell] = {
    "code": "110199",
    "name": "KUA Kecamatan Contoh",
    "unit_type": "KUA",
    "parent_code": "1101",
    "opened_on": "01/03/2024",
    "remote": "Tidak",
    "province": "Aceh",
    "time_zone": "WIB",
}

_EMPLOYMENT = {
    EmploymentType.PNS: "pns, pegawai negeri sipil, civil servant",
    EmploymentType.CPNS: "cpns, calon pns, calon pegawai negeri sipil",
    EmploymentType.PPPK: "pppk, p3k, pppk penuh waktu, pegawai pemerintah dengan perjanjian kerja, contract staff",
    EmploymentType.PPPK_PART_TIME: "pppk paruh waktu, p3k paruh waktu, pppk part time, pppk_part_time",
    EmploymentType.NON_ASN: "non asn, non pns, honorer, tenaga honorer, gtt, ptt, guru tidak tetap,"
    " pegawai tidak tetap, kontrak, ppnpn, gty, guru tetap yayasan, pramubakti, non_asn",
    EmploymentType.PUBLIC: "umum, masyarakat umum, general public, public, mahasiswa",
}
_SEX = {"m": "l, laki, laki laki, pria, lk, m, male", "f": "p, perempuan, wanita, pr, f, female"}
_UNIT_TYPES = {
    UnitType.MINISTRY: "ministry, kementerian, kementerian agama",
    UnitType.HQ: "hq, kantor pusat, unit kantor pusat, unit pusat, unit eselon i, pusat, head office unit, head office",
    UnitType.PROVINCE_OFFICE: "province_office, kanwil, kantor wilayah, kanwil provinsi, kantor wilayah provinsi,"
    " provincial office, province office",
    UnitType.REGENCY_OFFICE: "regency_office, kankemenag, kantor kabupaten kota, kantor kabupaten, kantor kota,"
    " kantor kementerian agama, kankemenag kabupaten kota, regency or city office, regency office, city office",
    UnitType.KUA: "kua, kantor urusan agama, kantor kua, kua kecamatan, sub district office kua, sub district office",
    UnitType.SCHOOL: "school, madrasah, madrasah negeri, sekolah, sekolah negeri, min, mtsn, man, state school",
    UnitType.COLLEGE: "college, ptkn, ptkin, perguruan tinggi, perguruan tinggi negeri, perguruan tinggi keagamaan"
    " negeri, uin, iain, stain, state university or college, university",
    UnitType.TRAINING_CENTER: "training_center, balai diklat, bdk, balai diklat keagamaan, pusdiklat, balai pelatihan,"
    " training center",
    UnitType.OTHER: "other, lainnya, satuan kerja lainnya, satuan kerja lain, unit lain, other unit",
}
_YES_NO = {
    "yes": "ya, y, yes, benar, true, 1, terpencil, 3t, iya",
    "no": "tidak, t, n, no, bukan, false, 0, tdk, tidak terpencil",
}
_TIME_ZONES = {
    "Asia/Jakarta": "wib, asia jakarta, utc 7, gmt 7, waktu indonesia barat",
    "Asia/Makassar": "wita, asia makassar, utc 8, gmt 8, waktu indonesia tengah",
    "Asia/Jayapura": "wit, asia jayapura, utc 9, gmt 9, waktu indonesia timur",
    "Asia/Pontianak": "asia pontianak",
}
_GRADE = re.compile(r"\b(IV|III|II|I)\s*[/. -]?\s*([A-E])\b", re.IGNORECASE)


_employment, _sexes = by_word(_EMPLOYMENT), by_word(_SEX)
_units, _unit_types, _yes_no = by_word(UNIT_HEADINGS), by_word(_UNIT_TYPES), by_word(_YES_NO)
_time_zones = by_word(_TIME_ZONES)
_provinces = {words_of(word): row["code"] for row in facts.rows("provinces") for word in (row["code"], row["name"])}
_zones_of_provinces = {row["code"]: row["iana_tz"] for row in facts.rows("provinces")}


def read_employment_type(text: str) -> str | None:
    """The employment type, or ``None`` for a word nobody knows."""
    return _employment.get(words_of(text))


def read_sex(text: str) -> str | None:
    """``m``, ``f``, or ``None`` for a word nobody knows."""
    return _sexes.get(words_of(text))


def read_grade(text: str) -> str:
    """``Penata Tk. I (III.d)`` is ``III/d``; what has no such part (``IX`` of contract staff) stays as it is."""
    match = _GRADE.search(text)
    return f"{match[1].upper()}/{match[2].lower()}" if match else text


def unit_column(heading: str) -> str | None:
    """The column of a list of units that a heading stands for."""
    return _units.get(words_of(heading))


def read_unit_type(text: str) -> str | None:
    """The type of unit, or ``None`` for a word nobody knows."""
    return _unit_types.get(words_of(text))


def read_yes_no(text: str) -> bool | None:
    """Yes or no, or ``None`` for a word nobody knows."""
    word = _yes_no.get(words_of(text))
    return None if word is None else word == "yes"


def read_province(text: str) -> str | None:
    """The code of a province given by code or name, or ``None`` when there is no such province."""
    return _provinces.get(words_of(text).removeprefix("provinsi ").removeprefix("prov "))


def read_time_zone(text: str) -> str | None:
    """The IANA name of a time zone of Indonesia, or ``None`` for a word nobody knows."""
    return _time_zones.get(words_of(text))


def time_zone_of_province(code: str) -> str:
    """The time zone most of a province keeps; empty for no province."""
    return _zones_of_provinces.get(code, "")
