"""What all installations share; the others only say where things are kept."""

from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from lms.settings import env
from lms.settings.storage_url import S3Store, storage_from_url

ROOT = env.ROOT
SITE_URL = env.SITE_URL
DEMO = bool(env.DEMO)
DATA_DIR = env.DATA_DIR
SIGNING_DIR = env.SIGNING_DIR
ACCEL_REDIRECT = env.ACCEL_REDIRECT
WEB_THREADS = env.WEB_THREADS
CLICKS_AT_ONCE = env.CLICKS_AT_ONCE
SECRET_KEY = env.SECRET_KEY
IDENTIFIER_KEY = env.IDENTIFIER_KEY
PACKAGES_URL = env.PACKAGES_URL
# Browsers take every name below ``localhost`` for this machine, and for an origin of its own.
PACKAGES_HOST = urlsplit(PACKAGES_URL).hostname or "packages.localhost"
ALLOWED_HOSTS = [*env.ALLOWED_HOSTS, PACKAGES_HOST]
DEBUG = False

INSTALLED_APPS = [
    "lms.people",
    "lms.common",
    "theme",
    "lms.events",
    "lms.audit",
    "lms.jobs",
    "lms.signin",
    "lms.notifications",
    "courses.packages",
    "courses.catalog",
    "courses.media",
    "lms.enrollment",
    "lms.progress",
    "assessments.bank",
    "assessments.quizzes",
    "courses.h5p",
    "courses.scorm",
    "courses.pages",
    "courses.transfer",
    "certificates",
    "lms.reports",
    "allauth",
    "allauth.account",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "django_htmx",
    "storages",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.common.middleware.CompressedPagesMiddleware",
    "lms.common.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.common.middleware.PersonTimeZoneMiddleware",
    "lms.common.middleware.RefusedMiddleware",
    "courses.scorm.hosts.PackagesHostMiddleware",
]

# What an answer in JSON to the script of a page needs around it: see lms.common.quick.
QUICK_URLS = "lms.quick_urls"
QUICK_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.common.middleware.PersonTimeZoneMiddleware",
    "lms.common.middleware.RefusedMiddleware",
]
# What is left around a view that is ``bare``.
BARE_MIDDLEWARE = ["lms.common.middleware.RefusedMiddleware"]
CHECK_KEPT_PARTS = False

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
ASGI_APPLICATION = "lms.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "theme.loader.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "theme.context.shell",
            ],
        },
    },
]

# Databases

DATABASES: dict[str, Any] = {"default": dict(dj_database_url.parse(env.DATABASE_URL))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
elif env.DATABASE_POOL:
    # Threads of a web process share connections; a worker or a command has one, and keeps it.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.DATABASE_POOL,
        "timeout": 20,
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"] |= {"ENGINE": "lms.common.postgresql", "PREPARE": env.DATABASE_PREPARE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache, sessions, background work

if env.CACHE_URL:
    CACHES: dict[str, Any] = {"default": {"BACKEND": "lms.common.cache.Cache", "LOCATION": env.CACHE_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "lms.signin.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600

CELERY_BROKER_URL = env.REDIS_URL.replace("unix://", "redis+socket://") or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
    # One try: a bell that is not heard must not keep anybody waiting.
    "max_retries": 0,
}
# A bulk job must never delay a learner: long work has a queue and a worker of its own.
CELERY_TASK_DEFAULT_QUEUE = "prompt"
CELERY_TASK_ROUTES = {
    "courses.media.tasks.*": {"queue": "media"},
    **{
        name: {"queue": "bulk"}
        for name in (
            "courses.h5p.tasks.*",
            "courses.scorm.tasks.*",
            "courses.transfer.tasks.*",
            "lms.enrollment.tasks.sweep_audiences",
            "lms.enrollment.tasks.tend_plans",
            "lms.events.tasks.deliver_bulk",
            "lms.events.tasks.sweep_bulk",
            "lms.jobs.tasks.*",
            "lms.notifications.tasks.*",
            "lms.people.tasks.*",
        )
    },
}

# Files

STORE = storage_from_url(env.STORAGE_URL)
if isinstance(STORE, S3Store):
    _files = {
        "BACKEND": "lms.common.storage.S3Files",
        "OPTIONS": {
            "access_key": STORE.access_key,
            "secret_key": STORE.secret_key,
            "endpoint_url": STORE.endpoint,
            "bucket_name": STORE.bucket,
            "region_name": STORE.region,
        },
    }
else:
    _files = {"BACKEND": "lms.common.storage.DiskFiles", "OPTIONS": {"location": str(STORE.root)}}
STORAGES = {
    "default": _files,
    "staticfiles": {"BACKEND": "lms.common.staticfiles.StaticFiles"},
}
STATIC_URL = "/static/"
STATIC_ROOT = str(DATA_DIR / "static")
STATICFILES_DIRS = [
    ("vendor/htmx", str(ROOT / "node_modules/htmx.org/dist")),
    ("vendor/chart", str(ROOT / "node_modules/chart.js/dist")),
    ("vendor/hls", str(ROOT / "node_modules/hls.js/dist")),
    ("vendor/h5p", str(ROOT / "node_modules/h5p-standalone/dist")),
    ("vendor/scorm", str(ROOT / "node_modules/scorm-again/dist")),
    ("vendor/squire", str(ROOT / "node_modules/squire-rte/dist")),
    ("vendor/purify", str(ROOT / "node_modules/dompurify/dist")),
    ("vendor/sortable", str(ROOT / "node_modules/sortablejs/modular")),
    ("vendor/jakarta", str(ROOT / "node_modules/@fontsource-variable/plus-jakarta-sans/files")),
]
STATICFILES_FINDERS = [
    "lms.common.staticfiles.PackageFilesFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
PACKAGE_FILES = [
    "vendor/htmx/htmx.min.js",
    "vendor/chart/chart.umd.min.js*",
    "vendor/hls/hls.light.min.mjs",
    "vendor/h5p/frame.bundle.js",
    "vendor/h5p/styles/*.css",
    "vendor/h5p/fonts/*",
    "vendor/h5p/images/*",
    "vendor/scorm/scorm12.min.js*",
    "vendor/scorm/scorm2004.min.js*",
    "vendor/squire/squire.mjs",
    "vendor/purify/purify.es.mjs",
    "vendor/sortable/sortable.esm.js",
    "vendor/jakarta/*-latin-*.woff2",
]
MEDIA_URL = "/files/"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# People

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["lms.signin.backends.IdentifierBackend"]
PASSWORD_HASHERS = ["lms.signin.hashers.Argon2Hasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/learn/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "lms.signin.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "lms.signin.forms.SignInForm"}
ACCOUNT_LOGOUT_ON_GET = False
# HR vouches for addresses: looking for allauth's own records of them would cost every sign-in a query.
ACCOUNT_EMAIL_VERIFICATION = "none"
# A whole office shares one address at 08.00, so the limit by address is wide and the one by account is narrow.
ACCOUNT_RATE_LIMITS = {"login": env.SIGN_IN_LIMIT or None, "login_failed": "120/m/ip,5/300s/key"}
ACCOUNT_PREVENT_ENUMERATION = True

EMAIL_CONFIG = dj_email_url.parse(env.EMAIL_URL)
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL_CONFIG["EMAIL_FILE_PATH"] or None
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG["EMAIL_USE_TLS"]
DEFAULT_FROM_EMAIL = env.MAIL_FROM

# Language and time

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# What Wagtail's own Indonesian lacks.
LOCALE_PATHS = [str(ROOT / "courses/pages/wagtail_texts/locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# Security

CONTENT_SECURITY_POLICY: dict[str, dict[str, list[str]]] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        # A player of HLS hands a video to the browser piece by piece, under an address of the page's own making.
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}
if isinstance(STORE, S3Store):
    for _directive in ("img-src", "media-src", "connect-src", "form-action"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"][_directive].append(STORE.endpoint)
# Wagtail's widgets start themselves by inline scripts, also in windows that it fetches later, which no nonce reaches.
# Nothing of the CMS is evaluated, loaded from elsewhere or framed by others all the same.
CMS_POLICY: dict[str, list[str]] = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [*CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"], "blob:"],
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# The CMS

WAGTAIL_SITE_NAME = "Diklat"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_LOGIN_URL = "cms_sign_in"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "media.Picture"
WAGTAILDOCS_DOCUMENT_MODEL = "media.CourseDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.media.forms.PictureForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {name: {"level": "INFO"} for name in ("lms", "courses", "assessments", "certificates")},
}
