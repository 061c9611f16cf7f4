"""How offices head the columns of their lists of people."""

import re
from collections.abc import Mapping
from typing import Any

_STAFF = {
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


def words_of(text: str) -> str:
    """A heading or a choice reduced to its words: ``Gol./Ruang *`` is ``gol ruang``."""
    return " ".join(re.sub(r"[^a-z0-9_]+", " ", text.lower()).split())


def by_word(words: Mapping[Any, str]) -> dict[str, str]:
    """What each word of a line of words, with commas between, stands for."""
    return {words_of(word): str(name) for name, line in words.items() for word in line.split(",")}


_staff = by_word(_STAFF)


def staff_column(heading: str) -> str | None:
    """The column of a staff list that a heading stands for."""
    return _staff.get(words_of(heading))
