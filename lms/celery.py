"""The background worker's entry point, and the clock of the sweeps."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")

app = Celery("diklat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # The broker is only a bell; what it lost, these find.
    "events-sweep": {"task": "lms.events.tasks.sweep", "schedule": 15.0},
    "bulk-events-sweep": {"task": "lms.events.tasks.sweep_bulk", "schedule": 30.0},
    "jobs-sweep": {"task": "lms.jobs.tasks.sweep", "schedule": 30.0},
    "mail-sweep": {"task": "lms.notifications.tasks.sweep", "schedule": 60.0},
    "scheduled-pages": {"task": "courses.pages.tasks.publish_scheduled", "schedule": 60.0},
    "seats-settle": {"task": "lms.enrollment.tasks.settle", "schedule": 15.0},
    "quiz-deadlines": {"task": "assessments.quizzes.tasks.close_overdue", "schedule": 30.0},
    "imports-sweep": {"task": "courses.transfer.tasks.sweep", "schedule": 120.0},
    "h5p-imports-sweep": {"task": "courses.h5p.tasks.sweep", "schedule": 120.0},
    "scorm-imports-sweep": {"task": "courses.scorm.tasks.sweep", "schedule": 120.0},
    # A worker that is at a long video looks at one of these afterwards, not at all that have been said meanwhile.
    "media-sweep": {"task": "courses.media.tasks.sweep", "schedule": 30.0, "options": {"expires": 30.0}},
    "audiences-sweep": {"task": "lms.enrollment.tasks.sweep_audiences", "schedule": 900.0},
    "roles-sweep": {"task": "lms.people.tasks.follow_roles", "schedule": 900.0},
    "plans-sweep": {"task": "lms.enrollment.tasks.tend_plans", "schedule": 900.0},
    "certificates-sweep": {"task": "certificates.tasks.sweep", "schedule": 30.0},
}
