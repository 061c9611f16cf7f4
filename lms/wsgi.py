"""The web process's entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
usual = get_wsgi_application()

from lms.common.quick import ShortWay  # noqa: E402  # Django has to be set up first

application = ShortWay(usual)

# What is there now stays: looking through all of it for garbage would take a tenth of a second and more, every time.
# What an answer leaves behind goes by itself, but for little: it need not be looked for at every hundredth object.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
