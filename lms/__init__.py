"""The platform: its settings, and everything around people."""

from lms.celery import app as celery_app

# A web process rings bells through this app; without it Celery would look for a broker of its own choice.
__all__ = ["celery_app"]
