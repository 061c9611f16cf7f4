"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
usual = get_wsgi_application()

from lms.common.quick import ShortWay  # noqa: E402  # Django has to be set up first

application = ShortWay(usual)
