"""How numbers are kept: a keyed digest to find them by, a sealed value to show to whom may see it."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


def digest(number: str) -> str:
    """The digest by which a compact number is found. Without the key it cannot be tried out on a stolen table."""
    begun, ending = _halves(settings.IDENTIFIER_KEY)
    inner, outer = begun.copy(), ending.copy()
    inner.update(number.encode())
    outer.update(inner.digest())
    return outer.hexdigest()


def seal(number: str) -> str:
    """The number encrypted, for kinds that are secret."""
    return _fernet().encrypt(number.encode()).decode()


def unseal(sealed: str) -> str:
    """The number again. Raises ``cryptography.fernet.InvalidToken`` when the key is not the one that sealed it."""
    return _fernet().decrypt(sealed.encode()).decode()


def _fernet() -> Fernet:
    return _made(settings.IDENTIFIER_KEY)


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> bytes:
    """One configured secret, two unrelated keys: a digest leaked elsewhere says nothing about the encryption."""
    return hmac.new(secret.encode(), f"diklat.people.{purpose}".encode(), hashlib.sha256).digest()


@lru_cache(maxsize=2)
def _halves(secret: str) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """HMAC's two hashes (RFC 2104), with the key taken in: copies of them cost a quarter of beginning anew."""
    block = _derived(secret, "digest").ljust(hashlib.sha256().block_size, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in block)), hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


@lru_cache(maxsize=2)
def _made(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, "seal")))
