"""Keys, signatures and what a signature proves. Knows neither database nor storage."""

from certificates.signing.keys import Keys, keys_in
from certificates.signing.pades import Signature, read_signature, sign

__all__ = ["Keys", "Signature", "keys_in", "read_signature", "sign"]
