"""PAdES signatures (ETSI EN 319 142-1, baseline B-B): making them and telling what they prove."""

import io
from dataclasses import dataclass
from functools import cache

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.signing.keys import Keys

FIELD = "Seal"
RESERVED = 8192
"""Hex digits kept free for the signature. Told, because finding out means signing once more; ours take half of it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a PDF's first signature proves.

    ``is_ours``: made with a certificate that our CA vouches for. ``is_intact``: the bytes it covers are unchanged.
    ``covers_file``: it covers the whole file, nothing was added behind it.
    """

    is_ours: bool
    is_intact: bool
    covers_file: bool


@cache
def _signer(keys: Keys) -> PdfSigner:
    """Kept loaded: reading the key costs more than signing (see decisions.md)."""
    signer = SimpleSigner.load(str(keys.key), str(keys.certificate), ca_chain_files=[str(keys.ca)])  # type: ignore[no-untyped-call]
    if signer is None:
        raise SigningError(f"the signer's key in {keys.key.parent} cannot be read")
    metadata = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    return PdfSigner(metadata, signer=signer)


def sign(pdf: bytes, keys: Keys) -> bytes:
    """``pdf`` with a PAdES signature over the whole file, ECDSA P-256 with SHA-256 for keys made here."""
    signed = _signer(keys).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=RESERVED)
    return bytes(signed.getbuffer())


def read_signature(pdf: bytes, keys: Keys) -> Signature | None:
    """What the first signature in ``pdf`` proves, or ``None`` when there is none or the file is not a readable PDF.

    ``pdf`` may come from anyone. Nothing is fetched, whatever addresses its certificates name.
    """
    trust = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(keys.ca))],  # type: ignore[no-untyped-call]
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if not signatures:
            return None
        status = validate_pdf_signature(signatures[0], trust)
    except (PdfError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return Signature(
        is_ours=status.trusted,
        is_intact=status.valid and status.intact,
        covers_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    )
