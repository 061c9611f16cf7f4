"""What of the CMS happens where everybody does it: signing in and out, and looking after one's own data."""

from django.urls import path
from django.views.generic import RedirectView

from courses.pages.views import cms

urlpatterns = [
    path("login/", cms.sign_in, name="cms_sign_in"),
    path("logout/", cms.sign_out, name="cms_sign_out"),
    # Names, languages and zones are kept with the person, not once more in the CMS.
    path("account/", RedirectView.as_view(pattern_name="people:me"), name="cms_account"),
]
