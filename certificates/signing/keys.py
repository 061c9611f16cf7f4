"""The signer's key and chain; a development CA where an installation brings none."""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNER_KEY = "signer.key.pem"
SIGNER_CERTIFICATE = "signer.cert.pem"
CA_CERTIFICATE = "ca.cert.pem"


@dataclass(frozen=True, slots=True)
class Keys:
    """Paths of the signer's private key, its certificate and the CA's certificate, all PEM."""

    key: Path
    certificate: Path
    ca: Path


@cache
def keys_in(folder: Path) -> Keys:
    """The keys kept in ``folder``; when it holds none, a development CA and an e-seal signed by it are made there.

    An installation that brings ``signer.key.pem``, ``signer.cert.pem`` and ``ca.cert.pem`` of its own is left alone.
    Safe when several processes start at once: one makes the keys, the others wait for it.
    """
    keys = Keys(folder / SIGNER_KEY, folder / SIGNER_CERTIFICATE, folder / CA_CERTIFICATE)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not keys.key.exists():
            _make_development_keys(keys)
    return keys


def _make_development_keys(keys: Keys) -> None:
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Diklat Development CA")
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key(), years=20)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    signer = (
        _certificate(_name("Diklat Development E-Seal"), ca_name, key.public_key(), years=5)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_key_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(keys.ca, ca.public_bytes(serialization.Encoding.PEM), mode=0o644)
    _write(keys.certificate, signer.public_bytes(serialization.Encoding.PEM), mode=0o644)
    # The key comes last: its presence says that the other files are whole. The CA's own key is not kept at all.
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(keys.key, pem, mode=0o600)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Diklat"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, *, years: int
) -> x509.CertificateBuilder:
    # An hour back, so that a host whose clock is a little behind accepts it too.
    now = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * years))
    )


def _key_usage(**used: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})


def _write(path: Path, content: bytes, *, mode: int) -> None:
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    part.rename(path)
