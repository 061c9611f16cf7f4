"""What happens to certificates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CertificateIssued:
    """A certificate's file was signed and stored; the learner can fetch it."""

    certificate_id: int
    enrollment_id: int


@dataclass(frozen=True)
class CertificateRevoked:
    """A certificate no longer holds."""

    certificate_id: int
    enrollment_id: int
    by_id: int
