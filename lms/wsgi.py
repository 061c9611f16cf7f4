"""The web process's entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
usual = get_wsgi_application()

from lms.common.quick import ShortWay  # noqa: E402  # Django has to be set up first

application = ShortWay(usual)

# What is there now stays: looking through all of it for garbage would take a tenth of a second and more, every time.
gc.collect()
gc.freeze()
