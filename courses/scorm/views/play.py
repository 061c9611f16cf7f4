"""The learner's page around a package."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.catalog.models import OutlineItem
from courses.catalog.queries import outline
from courses.scorm import queries, rules, services
from courses.scorm.hosts import packages_origin
from courses.scorm.models import Completion, Success
from courses.scorm.tokens import Stage, stage_token
from lms.common.http import SignedInRequest
from lms.enrollment.models import Enrollment
from lms.progress.queries import obstacle

SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"
"""The same origin is the packages' own, where the platform is not; leading its window elsewhere is not allowed."""


def _place(request: SignedInRequest, enrollment_id: int, item_id: int) -> tuple[Enrollment, OutlineItem]:
    """The learner's seat and the package in her course; 404 for anyone else's."""
    enrollment = queries.own_seat(request.user, enrollment_id)
    item = outline(enrollment.run.course).by_id.get(item_id) if enrollment else None
    if enrollment is None or item is None or item.activity_kind != queries.ACTIVITY:
        raise Http404
    return enrollment, item


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def play(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """The package, going on where the learner was; posting begins it anew after it was finished."""
    enrollment, item = _place(request, enrollment_id, item_id)
    if request.method == "POST":
        services.begin(enrollment, item, again=True)
        return redirect("scorm:play", enrollment.pk, item.pk)
    refusal = obstacle(enrollment, item, timezone.now())
    origin = packages_origin(request)
    context: dict[str, Any] = {"enrollment": enrollment, "item": item, "course": enrollment.run.course}
    if refusal is not None or origin is None:
        return render(request, "scorm/closed.html", context | {"refusal": refusal}, status=409)
    registration = services.begin(enrollment, item)
    stage = Stage(
        version=registration.version_id,
        origin=f"{request.scheme}://{request.get_host()}",
        language=get_language() or "id",
        registration=registration.pk,
        session=services.open_session(registration),
    )
    context |= {
        "registration": registration,
        "is_finished": registration.completion == Completion.COMPLETED or registration.success == Success.PASSED,
        "needs_pass": item.criterion.get("by") == rules.ONLY_PASSED,
        "address": f"{origin}{reverse('play:stage', args=[stage_token(stage)])}",
        "origin": origin,
        "sandbox": SANDBOX,
    }
    return framing(render(request, "scorm/play.html", context), origin)


def framing(response: HttpResponse, origin: str) -> HttpResponse:
    """Let a page hold a frame of the address of packages, which no other page may."""
    response._csp_update = {"frame-src": ["'self'", origin]}  # type: ignore[attr-defined]
    return response
