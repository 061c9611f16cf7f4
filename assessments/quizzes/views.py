"""A learner's way through a quiz: what awaits her, the attempt, its review; and practice inside lessons."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from courses.catalog.models import OutlineItem
from courses.catalog.queries import outline
from lms.common.http import SignedInRequest
from lms.enrollment.models import Enrollment
from lms.people.models import Person
from lms.people.queries import is_session_of
from lms.progress.queries import obstacle
from theme.templatetags.moments import clock

ANSWER_FIRST = gettext_lazy("Choose or write an answer first.")


def _place(request: SignedInRequest, enrollment_id: int, item_id: int, kind: str) -> tuple[Enrollment, OutlineItem]:
    """The learner's seat and the activity in her course; 404 for anyone else's."""
    enrollment = queries.own_seat(request.user, enrollment_id)
    item = outline(enrollment.run.course).by_id.get(item_id) if enrollment else None
    if enrollment is None or item is None or item.activity_kind != kind:
        raise Http404
    return enrollment, item


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def start(request: SignedInRequest, enrollment_id: int, item_id: int) -> HttpResponse:
    """What awaits the learner; posting starts, or continues, an attempt."""
    enrollment, item = _place(request, enrollment_id, item_id, "quiz")
    if request.method == "POST":
        return redirect("quizzes:attempt", services.start(enrollment, item).pk)
    quiz = get_object_or_404(Quiz, pk=item.activity_id)
    tries = [services.close_if_over(attempt) for attempt in queries.tries_at(item, enrollment)]
    return render(
        request,
        "quizzes/start.html",
        {
            "quiz": quiz,
            "item": item,
            "enrollment": enrollment,
            "tries": tries,
            "standing": queries.standing(quiz, item, tries),
            "obstacle": obstacle(enrollment, item, timezone.now()),
            "question_count": quiz.places.count(),
        },
    )


def _own_attempt(request: SignedInRequest, attempt_id: int) -> Attempt:
    found = queries.own_attempt(request.user, attempt_id)
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
@never_cache
def attempt(request: SignedInRequest, attempt_id: int) -> HttpResponse:
    """The questions, with what was saved so far."""
    found = services.close_if_over(_own_attempt(request, attempt_id))
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


@require_POST
def save(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """Keep answers: one by one from a script, all at once from a form without it.

    Who sends them is found together with the attempt: this is asked more often than anything else.
    """
    person = request.session.get(SESSION_KEY)
    found = queries.attempt_to_save(int(person), attempt_id) if person else None
    if found is None and isinstance(request.user, Person):
        raise Http404
    if found is None or not is_session_of(found.enrollment.person, request.session.get(HASH_SESSION_KEY, "")):
        return redirect_to_login(request.get_full_path())
    answers = sent_answers(request.POST, found.paper)
    if request.headers.get("Accept") == "application/json":
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
    found = _own_attempt(request, attempt_id)
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
    found = services.close_if_over(_own_attempt(request, attempt_id))
    if found.state == Attempt.State.OPEN:
        return redirect("quizzes:attempt", found.pk)
    tries = queries.tries_at(found.item, found.enrollment)
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
