"""The learner's home."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.common.http import SignedInRequest
from lms.common.registry import dashboard_cards
from lms.progress import queries


@login_required
@never_cache
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Where to go on, what is due, and what has been reached this year."""
    year = timezone.localdate().year
    desk = queries.desk_of(request.user)
    cards = [
        {"template": card.template, "card": card.context(request)}
        for card in sorted(dashboard_cards.values(), key=lambda card: card.order)
    ]
    return render(
        request,
        "progress/home.html",
        {
            "desk": desk,
            "year": year,
            "hours": queries.hours_of(request.user, year),
            "target": queries.YEARLY_TARGET,
            "cards": cards,
        },
    )
