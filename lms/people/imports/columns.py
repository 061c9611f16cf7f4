"""The columns of staff lists, by all the names offices give them, and what a cell of each may say."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.models import EmploymentType

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
    "grade": _("Grade"),
    "birth_on": _("Birth date"),
    "sex": _("Sex"),
    "starts_on": _("Since"),
}

PEOPLE_HEADINGS = {
    "nip": "nip, nip baru, nomor induk pegawai, nip pegawai, employee number, civil servant number",
    "nik": "nik, no ktp, nomor ktp, nomor induk kependudukan, ktp, national id",
    "nuptk": "nuptk, no nuptk, nomor nuptk",
    "npk": "npk, no npk, nomor npk",
    "pegid": "pegid, peg id, id pegawai",
    "name": "nama, nama lengkap, nama pegawai, nama peserta, nama dan gelar, nama lengkap dan gelar, name, full name",
    "title_prefix": "gelar depan, gelar di depan nama, titles before the name, prefix",
    "title_suffix": "gelar belakang, gelar di belakang nama, titles after the name, suffix",
    "email": "email, e mail, alamat email, surel, email dinas, email pegawai, email address, pos el",
    "unit_code": "kode satker, kode unit, kode unit kerja, kode satuan kerja, satker id, unit code, id satker",
    "unit_name": "unit kerja, satker, satuan kerja, nama satker, nama unit, nama unit kerja, unit, instansi, work unit",
    "employment_type": "jenis kepegawaian, status kepegawaian, status pegawai, jenis pegawai, jenis asn,"
    " employment type",
    "position": "jabatan, nama jabatan, position, jabatan terakhir",
    "grade": "golongan, gol, gol ruang, golongan ruang, pangkat golongan, pangkat gol ruang, grade, gol pangkat",
    "birth_on": "tanggal lahir, tgl lahir, birth date, date of birth",
    "sex": "jenis kelamin, l p, jk, kelamin, sex, gender",
    "starts_on": "tmt, tmt jabatan, sejak, mulai, terhitung mulai tanggal, since, start date, tmt unit",
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
_GRADE = re.compile(r"\b(IV|III|II|I)\s*[/. -]?\s*([A-E])\b", re.IGNORECASE)


def _key(text: str) -> str:
    """A heading or a choice reduced to its words: ``Gol./Ruang *`` is ``gol ruang``."""
    return " ".join(re.sub(r"[^a-z0-9_]+", " ", text.lower()).split())


def _by_word(words: Mapping[Any, str]) -> dict[str, str]:
    return {_key(word): str(name) for name, line in words.items() for word in line.split(",")}


_people, _employment, _sexes = _by_word(PEOPLE_HEADINGS), _by_word(_EMPLOYMENT), _by_word(_SEX)


def people_column(heading: str) -> str | None:
    """The column of a staff list that a heading stands for."""
    return _people.get(_key(heading))


def read_employment_type(text: str) -> str | None:
    """The employment type, or ``None`` for a word nobody knows."""
    return _employment.get(_key(text))


def read_sex(text: str) -> str | None:
    """``m``, ``f``, or ``None`` for a word nobody knows."""
    return _sexes.get(_key(text))


def read_grade(text: str) -> str:
    """``Penata Tk. I (III.d)`` is ``III/d``; what has no such part (``IX`` of contract staff) stays as it is."""
    match = _GRADE.search(text)
    return f"{match[1].upper()}/{match[2].lower()}" if match else text
