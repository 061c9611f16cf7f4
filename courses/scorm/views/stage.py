"""The address of packages: the page in which one plays, its files, and where it keeps what was done."""

import mimetypes

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from courses.packages.zips import name_fault
from courses.scorm import services
from courses.scorm.messages import read_message
from courses.scorm.models import PackageVersion, Registration
from courses.scorm.queries import files_of
from courses.scorm.stage import stage_data
from courses.scorm.tokens import Stage, read_files_token, read_stage_token
from courses.scorm.views.play import SANDBOX
from lms.common.views import stored_file

STAGE_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
FILE_POLICY = (
    # Packages are written so; that the platform is not here is what holds them. Nothing is loaded from elsewhere.
    f"sandbox {SANDBOX}; default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none';"
    " base-uri 'self'; form-action 'self'"
)
NO_DEVICES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
KEPT_FOR = 30 * 24 * 3600
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def _opened(token: str) -> Stage:
    stage = read_stage_token(token)
    if stage is None:
        raise Http404
    return stage


def opened_registration(token: str) -> Stage:
    """What a window was opened for, when it is a learner's."""
    stage = _opened(token)
    if stage.registration is None:
        raise Http404
    return stage


@never_cache
@require_safe
@xframe_options_exempt
def stage(request: HttpRequest, token: str) -> HttpResponse:
    """The page that plays what the token was made for."""
    opened = _opened(token)
    version = get_object_or_404(PackageVersion.objects.select_related("package"), pk=opened.version)
    registration = None
    if opened.registration is not None:
        ways = Registration.objects.select_related("enrollment__person", "current")
        registration = get_object_or_404(ways, pk=opened.registration)
    with translation.override(opened.language):
        data = stage_data(token, opened, version, registration)
        response = render(request, "scorm/stage.html", {"version": version, "data": data, "language": opened.language})
    response["Content-Security-Policy"] = f"{STAGE_POLICY}; frame-ancestors {opened.origin}"
    response["Permissions-Policy"] = NO_DEVICES
    return response


@csrf_exempt
@require_POST
@never_cache
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what a window sends. Its token is its credential: no session reaches this address."""
    opened = opened_registration(token)
    with translation.override(opened.language):
        registration = services.keep(opened.registration or 0, opened.session, read_message(request.body))
        return JsonResponse(
            {
                "completion": registration.completion,
                "success": registration.success,
                "score": None if registration.score is None else float(registration.score),
            }
        )


@require_safe
@xframe_options_exempt
def files(request: HttpRequest, token: str, path: str = "") -> HttpResponseBase:
    """A file of a package, whole or the range asked for: films are read in ranges."""
    version_id = read_files_token(token, timezone.localdate())
    if version_id is None or name_fault(path):
        raise Http404
    name = files_of(version_id).get(path.casefold())
    if name is None or not default_storage.exists(name):
        raise Http404
    response = stored_file(request, name)
    response["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Permissions-Policy"] = NO_DEVICES
    response["Cache-Control"] = f"private, max-age={KEPT_FOR}"
    return response
