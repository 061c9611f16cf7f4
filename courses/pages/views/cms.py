"""The doors of the CMS."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect


def sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send strangers to our own sign-in; whoever is signed in and still stands here may not come in."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or "/cms/")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Send to our own signing out, which asks first."""
    return redirect("account_logout")
