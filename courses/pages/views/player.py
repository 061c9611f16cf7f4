"""Where people learn: one lesson at a time, with the way through the course beside it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.catalog.models import OutlineItem
from courses.catalog.queries import outline
from courses.pages import queries
from courses.pages.rendering import chosen_form
from lms.common.http import SignedInRequest
from lms.common.registry import activities
from lms.enrollment.models import Enrollment
from lms.progress import errors as progress_errors
from lms.progress import services as progress
from lms.progress.evidence import FORMS
from lms.progress.pages import ticket_for
from lms.progress.queries import Snapshot, missing_of, resume_item, review_of, snapshot


def _own(request: SignedInRequest, enrollment_id: int) -> Enrollment:
    enrollment = queries.own_enrollment(request.user, enrollment_id)
    if enrollment is None:
        raise Http404
    return enrollment


def _closed(request: SignedInRequest, enrollment: Enrollment) -> HttpResponseRedirect | None:
    """Sends whoever has no seat, or comes too early, to the landing page, which says more."""
    if enrollment.status != Enrollment.Status.SEATED:
        messages.info(request, str(progress_errors.NotLearning.message))
    elif enrollment.run.starts_at > timezone.now():
        messages.info(request, str(progress_errors.RunNotStarted.message))
    else:
        return None
    return redirect("pages:course", slug=enrollment.run.course.slug)


@login_required
@require_safe
def resume(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """Goes on where the learner was."""
    enrollment = _own(request, enrollment_id)
    if elsewhere := _closed(request, enrollment):
        return elsewhere
    item = resume_item(enrollment)
    if item is None:
        return redirect("pages:course", slug=enrollment.run.course.slug)
    return redirect("pages:lesson", enrollment.pk, item.pk)


@login_required
@never_cache
@require_safe
def lesson(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """One lesson, or, when it is still locked, why and what is missing."""
    enrollment = _own(request, enrollment_id)
    if elsewhere := _closed(request, enrollment):
        return elsewhere
    way = snapshot(enrollment)
    item = way.outline.by_id.get(item_id)
    if item is None:
        raise Http404
    if item.kind != OutlineItem.Kind.LESSON:
        return _to_its_lesson(enrollment, way, item)
    context: dict[str, Any] = {
        "enrollment": enrollment,
        "course": enrollment.run.course,
        "item": item,
    }
    asked = request.GET.get("form", "")
    if not way.is_open(item.pk):
        gate = way.gate_of(item.pk)
        context.update(gate=gate, missing=way.missing_of(gate.pk if gate else None))
        context["lines"] = queries.lines(way, item)
        context["progress"] = getattr(enrollment, "progress", None)
        return render(request, "player/locked.html", context, status=403)
    context["progress"] = progress.open_item(enrollment, item, way)
    published = queries.lesson(item, enrollment.run.course.published_at)
    before, after = way.outline.around(item)
    record = way.records.get(item.pk)
    missing = missing_of(enrollment, item) if item.pk not in way.complete_ids else None
    parts = _composed(request, enrollment, way, item, published)
    chosen = {part["topic"]: part["chosen"] for part in parts if "topic" in part}
    context.update(
        lines=queries.lines(way, item),
        parts=parts,
        is_saving=_is_saving(request),
        published=published,
        size=published.size if published else 0,
        before=before,
        after=after,
        is_after_open=after is not None and way.is_open(after.pk),
        number=way.outline.lessons.index(item) + 1,
        lesson_count=len(way.outline.lessons),
        reader_language=get_language(),
        is_complete=item.pk in way.complete_ids,
        waits_for=way.open_activities(item.pk),
        position=record.position if record else 0,
        is_over=enrollment.run.ends_at <= timezone.now(),
        missing=missing,
        left=[(topic, chosen.get(topic.topic, "")) for topic in missing.topics] if missing else [],
        review=review_of(enrollment, item) if missing else None,
        ticket=ticket_for(request.user.pk, enrollment.pk, item.pk, item.criterion),
    )
    response = render(request, "player/lesson.html", context)
    if asked in FORMS:
        response.set_cookie(FORM, asked, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


FORM, SAVING, YEAR = "study_form", "data_saving", 365 * 24 * 3600
"""Cookies, which scripts of the page read and write as well: the form in which she takes topics, and saving data."""


def _is_saving(request: SignedInRequest) -> bool:
    """Whether she saves data: she has said so here, or her browser says it of all pages."""
    said = request.COOKIES.get(SAVING)
    return said == "1" if said else request.headers.get("Save-Data", "").lower() == "on"


@login_required
@require_safe
def lesson_by_key(request: SignedInRequest, enrollment_id: int, key: UUID) -> HttpResponse:
    """The lesson of that key: links inside texts name lessons so, because keys outlive every publication."""
    enrollment = _own(request, enrollment_id)
    item = next((item for item in outline(enrollment.run.course).by_id.values() if item.key == key), None)
    if item is None:
        raise Http404
    return redirect("pages:lesson", enrollment.pk, item.pk)


@login_required
@require_POST
def lesson_done(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """Marks the lesson as done and goes on: to the next one to do, or to the end of the course."""
    enrollment = _own(request, enrollment_id)
    item = outline(enrollment.run.course).by_id.get(item_id)
    if item is None or item.kind != OutlineItem.Kind.LESSON:
        raise Http404
    now = progress.finish_lesson(enrollment, item)
    following = now.way.next_after(item) if now.way else None
    if now.completed_at and following is None:
        return redirect("pages:completed", enrollment.pk)
    if following is None:
        return redirect("pages:lesson", enrollment.pk, item.pk)
    return redirect("pages:lesson", enrollment.pk, following.pk)


@login_required
@never_cache
@require_safe
def completed(request: SignedInRequest, enrollment_id: int) -> HttpResponse:
    """The end of the course: congratulations, and where the certificate is."""
    enrollment = _own(request, enrollment_id)
    done = getattr(enrollment, "progress", None)
    if done is None or done.completed_at is None:
        return redirect("pages:resume", enrollment.pk)
    return render(
        request, "player/completed.html", {"enrollment": enrollment, "course": enrollment.run.course, "progress": done}
    )


def _to_its_lesson(enrollment: Enrollment, way: Snapshot, item: OutlineItem) -> HttpResponse:
    """A section is read from its first lesson; an activity, in its place in the lesson around it."""
    if item.kind == OutlineItem.Kind.SECTION:
        first = next((child for child in way.outline.children.get(item.pk, [])), None)
        if first is None:
            raise Http404
        return redirect("pages:lesson", enrollment.pk, first.pk)
    around = way.outline.lesson_of(item)
    if around is None:
        raise Http404
    return redirect(f"{reverse('pages:lesson', args=[enrollment.pk, around.pk])}#item-{item.pk}")


def _composed(
    request: SignedInRequest,
    enrollment: Enrollment,
    way: Snapshot,
    item: OutlineItem,
    published: queries.Lesson | None,
) -> list[dict[str, Any]]:
    """The lesson's parts, with the learner's own state where an activity stands."""
    inside = way.outline.activities_of(item.pk)
    by_kind: dict[str, list[OutlineItem]] = {}
    for activity in inside:
        by_kind.setdefault(activity.activity_kind, []).append(activity)
    html: dict[int, str] = {}
    for kind, items in by_kind.items():
        if kind in activities:
            html.update(activities[kind].render(request, enrollment, items))
    by_key = {str(activity.key): activity for activity in inside}
    wanted = (request.GET.get("form", ""), request.COOKIES.get(FORM, ""))
    parts: list[dict[str, Any]] = []
    for part in published.parts if published else []:
        if "html" in part:
            parts.append({"html": part["html"]})
            continue
        if "topic" in part:
            parts.append({**part, "chosen": chosen_form(part["forms"], *wanted, is_saving=_is_saving(request))})
            continue
        placed = by_key.get(part.get("activity", ""))
        if placed is not None and placed.pk in html:
            parts.append({"html": html[placed.pk], "item": placed})
    return parts
