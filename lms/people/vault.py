"""How numbers are kept: a keyed digest to find them by, a sealed value to show to whom may see it."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings


def digest(number: str) -> str:
    """The digest by which a compact number is found. Without the key it cannot be tried out on a stolen table."""
    return hmac.digest(_key("digest"), number.encode(), "sha256").hex()


def seal(number: str) -> str:
    """The number encrypted, for kinds that are secret."""
    return _fernet().encrypt(number.encode()).decode()


def unseal(sealed: str) -> str:
    """The number again. Raises ``cryptography.fernet.InvalidToken`` when the key is not the one that sealed it."""
    return _fernet().decrypt(sealed.encode()).decode()


def _key(purpose: str) -> bytes:
    return _derived(settings.IDENTIFIER_KEY, purpose)


def _fernet() -> Fernet:
    return _made(settings.IDENTIFIER_KEY)


@lru_cache(maxsize=8)
def _derived(secret: str, purpose: str) -> bytes:
    """One configured secret, two unrelated keys: a digest leaked elsewhere says nothing about the encryption."""
    return hmac.new(secret.encode(), f"diklat.people.{purpose}".encode(), hashlib.sha256).digest()


@lru_cache(maxsize=2)
def _made(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, "seal")))
