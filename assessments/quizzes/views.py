"""A learner's way through a quiz: what awaits her, the attempt, its review; and practice inside lessons."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.bank.kinds import kinds
from assessments.bank.models import Question
from assessments.quizzes import queries, services
from assessments.quizzes.forms import sent_answers
from assessments.quizzes.models import Attempt, Quiz
from assessments.quizzes.querysets import AttemptQuerySet
from courses.catalog.models import OutlineItem
from lms.common.http import SignedInRequest
from lms.enrollment.models import Enrollment
from theme.templatetags.moments import clock

ANSWER_FIRST = gettext_lazy("Choose or write an answer first.")


def _place(request: SignedInRequest, enrollment_id: int, item_id: int, kind: str) -> tuple[Enrollment, OutlineItem]:
    """The learner's seat and the activity in her course; 404 for anyone else's."""
    mine = Enrollment.objects.visible_to(request.user).seated().select_related("run__course", "run__organizer")
    enrollment = get_object_or_404(mine, pk=enrollment_id)
    of_course = OutlineItem.objects.current().filter(course_id=enrollment.run.course_id, activity_kind=kind)
    return enrollment, get_object_or_404(of_course, pk=item_id)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def start(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """What awaits the learner; posting starts, or continues, an attempt."""
    enrollment, item = _place(request, enrollment_id, item_id, "quiz")
    if request.method == "POST":
        return redirect("quizzes:attempt", services.start(enrollment, item).pk)
    quiz = get_object_or_404(Quiz, pk=item.activity_id)
    tries = [services.close_if_over(attempt) for attempt in queries.attempts(enrollment, [item.pk])]
    return render(
        request,
        "quizzes/start.html",
        {
            "quiz": quiz,
            "item": item,
            "enrollment": enrollment,
            "tries": tries,
            "standing": queries.standing(quiz, item, tries),
            "obstacle": queries.obstacle(enrollment, item, timezone.now()),
            "question_count": quiz.places.count(),
        },
    )


def _attempts(request: SignedInRequest) -> AttemptQuerySet:
    return Attempt.objects.visible_to(request.user)


@login_required
@require_GET
@never_cache
def attempt(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    """The questions, with what was saved so far."""
    found = get_object_or_404(_attempts(request).select_related("quiz", "item"), pk=attempt_id)
    found = services.close_if_over(found)
    if found.state != Attempt.State.OPEN:
        return redirect("quizzes:review", found.pk)
    questions = queries.asked(found)
    return render(
        request,
        "quizzes/attempt.html",
        {
            "attempt": found,
            "quiz": found.quiz,
            "item": found.item,
            "questions": questions,
            "answered": sum(question.is_answered for question in questions),
            "seconds_left": _seconds_left(found),
        },
    )


def _seconds_left(attempt: Attempt) -> int | None:
    """What a clock on the page counts down; none where only the end of the run is the limit."""
    if attempt.deadline_at is None or not attempt.quiz.minutes:
        return None
    return max(0, int((attempt.deadline_at - timezone.now()).total_seconds()))


@login_required
@require_POST
def save(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    """Keep answers: one by one from a script, all at once from a form without it."""
    found = queries.attempt_to_save(request.user, attempt_id)
    if found is None:
        raise Http404
    answers = sent_answers(request.POST, found.paper)
    if not request.accepts("text/html"):
        return JsonResponse({"saved_at": clock(services.save_answers(found, answers)).rsplit(" ", 1)[0]})
    if services.close_if_over(found).state != Attempt.State.OPEN:
        return redirect("quizzes:review", found.pk)
    services.save_answers(found, answers)
    if "check" in request.POST:
        return redirect("quizzes:submit", found.pk)
    messages.success(request, _("Your answers have been saved."))
    return redirect("quizzes:attempt", found.pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def submit(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    """What is still unanswered; posting submits the attempt for good."""
    found = get_object_or_404(_attempts(request).select_related("quiz"), pk=attempt_id)
    if request.method == "POST":
        services.submit(found, sent_answers(request.POST, found.paper))
        return redirect("quizzes:review", found.pk)
    found = services.close_if_over(found)
    if found.state != Attempt.State.OPEN:
        return redirect("quizzes:review", found.pk)
    questions = queries.asked(found)
    return render(
        request,
        "quizzes/submit.html",
        {
            "attempt": found,
            "quiz": found.quiz,
            "total": len(questions),
            "unanswered": [question for question in questions if not question.is_answered],
            "seconds_left": _seconds_left(found),
        },
    )


@login_required
@require_GET
@never_cache
def review(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    """The result of a submitted attempt, and as much about it as the author lets the learner know."""
    mine = _attempts(request).select_related("quiz", "item", "enrollment__run__organizer")
    found = services.close_if_over(get_object_or_404(mine, pk=attempt_id))
    if found.state == Attempt.State.OPEN:
        return redirect("quizzes:attempt", found.pk)
    tries = queries.attempts(found.enrollment, [found.item_id])
    standing = queries.standing(found.quiz, found.item, tries)
    return render(
        request,
        "quizzes/review.html",
        {
            "attempt": found,
            "quiz": found.quiz,
            "item": found.item,
            "enrollment": found.enrollment,
            "standing": standing,
            "rows": queries.review(found, found.quiz, standing),
        },
    )


@login_required
@require_POST
def practice(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """Mark an answer to a question in a lesson: in place with a script, back at the question without."""
    enrollment, item = _place(request, enrollment_id, item_id, "question")
    question = get_object_or_404(Question.objects.select_related("current"), pk=item.activity_id)
    kind = kinds[question.kind]
    answer = kind.read(request.POST.getlist(f"q{item.pk}"))
    is_answered = kind.is_answer(answer)
    if is_answered:
        services.practice(enrollment, item, answer)
    if not getattr(request, "htmx", False):
        if not is_answered:
            messages.error(request, ANSWER_FIRST)
        return redirect(_back(request))
    context = {
        "enrollment": enrollment,
        "question": queries.practice_questions(enrollment, [item])[item.pk],
        "is_answer": is_answered,
        "error": None if is_answered else ANSWER_FIRST,
        "next": request.POST.get("next", ""),
    }
    response = render(request, "quizzes/practice.html", context, status=200 if is_answered else 422)
    if is_answered:
        response["HX-Trigger-After-Settle"] = "activity:changed"
    return response


def _back(request: SignedInRequest) -> str:
    """The lesson the form was on."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else settings.LOGIN_REDIRECT_URL
