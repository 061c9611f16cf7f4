"""The catalog and the landing page of a course."""

from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from courses.catalog.models import Category, Course
from courses.catalog.queries import outline
from courses.pages import queries
from courses.pages.views.public import same_for_strangers
from lms.enrollment.queries import waiting_number
from lms.people.models import Person
from lms.progress.queries import Snapshot, progress_by_enrollment

PER_PAGE = 12


def reader(request: HttpRequest) -> Person | None:
    """Who is signed in, or ``None`` for a stranger."""
    return request.user if isinstance(request.user, Person) else None


@require_safe
@same_for_strangers
def catalog(request: HttpRequest) -> HttpResponse:
    """Every published course: searched, filtered, paged."""
    chosen = {name: request.GET.get(name, "")[:100] for name in ("q", "category", "language", "hours", "open")}
    found = queries.courses_found(
        chosen["q"], chosen["category"], chosen["language"], chosen["hours"], only_open=chosen["open"] == "1"
    )
    page = Paginator(found.defer("about_html", "search_text", "audience"), PER_PAGE).get_page(request.GET.get("page"))
    name = "name_en" if get_language() == "en" else "name_id"
    return render(
        request,
        "catalog/catalog.html",
        {
            "page": page,
            "cards": queries.cards(list(page.object_list), reader(request)),
            "chosen": chosen,
            "is_filtered": any(chosen.values()),
            "categories": list(Category.objects.order_by(name).values_list("slug", name)),
        },
    )


@require_safe
@same_for_strangers
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """What the course is, for whom, how long, when; and whether the reader may enroll, and why not."""
    found = queries.course_to_show(reader(request), slug)
    if found is None:
        raise Http404
    offers = queries.offers(found, reader(request))
    context: dict[str, Any] = {"course": found, "offers": offers, **_description(found)}
    mine = offers[0] if offers and offers[0].eligibility.enrollment_id else None
    if mine and mine.eligibility.enrollment_id:
        is_waiting = mine.eligibility.code == "waiting"
        context.update(
            mine=mine,
            enrollment_id=mine.eligibility.enrollment_id,
            has_started=mine.run.starts_at <= timezone.now(),
            is_waiting=is_waiting,
            is_offered=mine.eligibility.code == "offered",
            waiting_number=waiting_number(mine.run.pk, mine.eligibility.enrollment_id) if is_waiting else 0,
            progress=None if is_waiting else progress_by_enrollment(mine.eligibility.enrollment_id),
        )
    return render(request, "catalog/course.html", context)


def _description(course: Course) -> dict[str, SafeString]:
    """What is the same for every reader of one publication, in her language; made once in ten minutes."""
    published_at = course.published_at
    key = f"course:{course.pk}:{published_at and published_at.timestamp()}:{get_language()}"
    parts: dict[str, SafeString] | None = cache.get(key)
    if parts is None:
        way = outline(course)
        full = Course.objects.select_related("organizer", "category").get(pk=course.pk)
        context = {"course": full, "outline": way, "lines": queries.lines(Snapshot(way, {}))}
        parts = {part: render_to_string(f"catalog/{part}.html", context) for part in ("hero", "about")}
        cache.set(key, parts, 600)
    return parts


@require_safe
def cover(request: HttpRequest, slug: str) -> HttpResponse:
    """The course's picture, at a lasting address that shared caches may keep."""
    name = Course.objects.visible_to(request.user).filter(slug=slug).values_list("cover", flat=True).first()
    if not name:
        raise Http404
    response = HttpResponseRedirect(default_storage.url(name))
    response["Cache-Control"] = "public, max-age=600"
    return response
