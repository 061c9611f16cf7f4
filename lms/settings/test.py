"""The suite's settings: the servers it started for itself, told through the environment."""

from lms.settings.base import *  # noqa: F403
from lms.settings.base import INSTALLED_APPS

SECRET_KEY = "only-for-tests"  # noqa: S105
IDENTIFIER_KEY = "only-for-tests-too"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS += ["django_linear_migrations"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
