"""The inbox, and the choice of e-mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from lms.common.http import SignedInRequest
from lms.notifications import queries, services
from lms.notifications.channels.email import person_of_token
from lms.notifications.forms import PreferencesForm
from lms.notifications.models import Message, Preference
from lms.people.models import Person

PER_PAGE = 30


@login_required
@never_cache
@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """Her messages, the latest first."""
    own = Message.objects.visible_to(request.user).order_by("-pk")
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": queries.lines_of(page),
        "has_unread": own.unread().exists(),
        "preference": Preference.Email(queries.email_preference(request.user)).label,
    }
    return render(request, "notifications/inbox.html", context)


@login_required
@never_cache
@require_GET
def open_message(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Mark a message read and go where it leads."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=message_id)
    services.mark_read(message)
    return redirect(message.url or "notifications:inbox")


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark all of her messages read."""
    services.mark_all_read(request.user)
    return redirect("notifications:inbox")


@login_required
@never_cache
def preferences(request: SignedInRequest) -> HttpResponse:
    """Choose between e-mail at once, once a day, and never."""
    form = PreferencesForm(request.POST or None, initial={"email": queries.email_preference(request.user)})
    if request.method == "POST" and form.is_valid():
        services.set_email_preference(request.user, form.cleaned_data["email"])
        messages.success(request, _("Your choice is saved."))
        return redirect("notifications:inbox")
    return render(request, "notifications/preferences.html", {"form": form})


# Mail programs press this button for their reader (RFC 8058): no session, no token of ours but the signed one.
@csrf_exempt
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Let no more e-mail come; asks first when it is opened as a page."""
    person = Person.objects.filter(pk=person_of_token(token) or 0).first()
    if person is None:
        raise Http404
    if request.method == "POST":
        services.set_email_preference(person, Preference.Email.NEVER)
    return render(request, "notifications/unsubscribe.html", {"is_done": request.method == "POST"})
