"""Every address of the platform, by the app that answers it."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from lms.common.views import healthz

urlpatterns = [
    path("", include("courses.pages.urls")),
    path("", include("lms.enrollment.urls")),
    path("", include("lms.progress.urls")),
    path("quizzes/", include("assessments.quizzes.urls")),
    path("h5p/", include("courses.h5p.urls")),
    path("scorm/", include("courses.scorm.urls")),
    path("play/", include("courses.scorm.play_urls")),
    path("certificates/", include("certificates.urls")),
    path("verify/", include("certificates.public_urls")),
    path("reports/", include("lms.reports.urls")),
    path("people/", include("lms.people.urls")),
    path("jobs/", include("lms.jobs.urls")),
    path("messages/", include("lms.notifications.urls")),
    path("healthz", healthz, name="healthz"),
    path("files/", include("lms.common.urls")),
    path("media/", include("courses.media.urls")),
    path("accounts/", include("lms.signin.urls")),
    path("cms/", include("courses.pages.cms_urls")),
    path("cms/", include(wagtailadmin_urls)),
]
