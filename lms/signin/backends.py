"""How a person proves who she is."""

from django.contrib.auth.backends import ModelBackend


class IdentifierBackend(ModelBackend):
    """Password with e-mail or any identifier that holds today."""
