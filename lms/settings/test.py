"""The suite's settings: the servers it started for itself, told through the environment."""

from lms.settings import env
from lms.settings.base import *  # noqa: F403
from lms.settings.base import DATABASES, INSTALLED_APPS, STORAGES

SECRET_KEY = "only-for-tests"  # noqa: S105
IDENTIFIER_KEY = "only-for-tests-too"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS += ["django_linear_migrations"]
CHECK_KEPT_PARTS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that threads and processes of a test meet in it as they do in earnest.
    DATABASES["default"]["TEST"] = {"NAME": str(env.DATA_DIR / "test.sqlite3")}
