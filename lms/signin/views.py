"""The language of the pages, which follows the person who is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as remember_in_browser

from lms.people import services
from lms.people.models import Person


# Public pages are cached for everybody, so their language form carries no token; a language forged on somebody does
# no harm, and her session cookie does not travel with other sites' forms.
@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of this browser, and of the person when there is one."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    person = request.user
    if isinstance(person, Person) and language in dict(settings.LANGUAGES):
        services.change_preferences(person, language=language, time_zone=person.time_zone)
    return remember_in_browser(request)
