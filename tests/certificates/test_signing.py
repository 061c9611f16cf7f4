import shutil
import stat
import subprocess
from datetime import UTC, datetime

import pytest

from certificates.rendering import render
from certificates.signing import keys_in, read_signature, sign

FACTS = {
    "name": "Dr. Hj. Siti Aminah Nasution, S.Ag., M.Pd.I.",
    "identity_kind": "NIP",
    "identity_number": "198708172010012901",
    "unit": "Kantor Kementerian Agama Kabupaten Aceh Selatan",
    "course": "Pelayanan Publik Prima",
    "run": "Angkatan I",
    "jp": "20",
    "dates": "2–23 November 2026",
    "organizer": "Pusat Pengembangan Kompetensi",
    "issued_on": "21 November 2026",
}


def rendered(**facts):
    return render(
        {**FACTS, **facts},
        number="000001/PUSBANGKOM/XI/2026",
        address="https://diklat.example/verify/abc",
        issued_at=datetime(2026, 11, 21, 9, 30, 0, 123, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return keys_in(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="module")
def signed(keys):
    return sign(rendered(), keys)


def test_a_signed_certificate_is_ours_intact_and_covered_whole(keys, signed):
    signature = read_signature(signed, keys)

    assert (signature.is_ours, signature.is_intact, signature.covers_file) == (True, True, True)


def test_pdfsig_agrees(tmp_path, signed):
    (tmp_path / "signed.pdf").write_bytes(signed)

    said = subprocess.run(
        [shutil.which("pdfsig") or "pdfsig", "-nocert", tmp_path / "signed.pdf"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("where", [0.1, 0.3, 0.5, 0.7])
def test_one_changed_byte_breaks_the_signature(keys, signed, where):
    changed = bytearray(signed)
    changed[int(len(changed) * where)] ^= 1

    signature = read_signature(bytes(changed), keys)

    assert signature is None or not signature.is_intact


def test_what_is_added_behind_the_signature_shows(keys, signed):
    signature = read_signature(signed + b"\n% more\n", keys)

    assert signature is None or not signature.covers_file


def test_a_stranger_who_signs_alike_is_not_us(tmp_path, keys):
    forged = sign(rendered(name="Orang Lain"), keys_in(tmp_path / "elsewhere"))

    assert read_signature(forged, keys).is_ours is False


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\nxref\ntrailer<</Root 1 0 R>>"])
def test_what_is_no_signed_pdf_proves_nothing(keys, content):
    assert read_signature(content, keys) is None


def test_an_unsigned_certificate_proves_nothing(keys):
    assert read_signature(rendered(), keys) is None


def test_the_private_key_is_its_owners_only_and_the_cas_is_not_kept(tmp_path):
    keys = keys_in(tmp_path)

    assert stat.S_IMODE(keys.key.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.glob("*key*")} == {"signer.key.pem"}


def test_keys_that_an_installation_brings_are_left_alone(tmp_path):
    made = keys_in(tmp_path / "theirs")
    before = made.key.read_bytes()
    keys_in.cache_clear()

    assert keys_in(tmp_path / "theirs").key.read_bytes() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "#panic() *bold* $x$ <label> @ref"},
        {"course": "Sangat " * 60},
        {"unit": "", "identity_number": "", "identity_kind": ""},
    ],
)
def test_facts_are_set_as_text_whatever_they_hold(facts):
    assert rendered(**facts).startswith(b"%PDF-")
