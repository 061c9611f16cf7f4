"""A learner's certificates, and the public check."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from certificates import queries
from certificates.errors import NotReady
from certificates.forms import CheckFileForm
from certificates.models import Certificate
from lms.common.http import SignedInRequest


@login_required
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """All certificates of the person."""
    return render(request, "certificates/mine.html", {"certificates": queries.certificates_of(request.user)})


@login_required
@require_GET
def download(request: SignedInRequest, certificate_id: int) -> HttpResponse:
    """Leads to the signed PDF in the storage."""
    certificate = get_object_or_404(Certificate.objects.visible_to(request.user), pk=certificate_id)
    if not certificate.file:
        raise NotReady
    name = f"sertifikat-{certificate.number.replace('/', '-')}.pdf"
    return redirect(default_storage.url(certificate.file, download_as=name))  # type: ignore[call-arg]


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Compares an uploaded file with what was issued. The file is not kept."""
    form = CheckFileForm(request.POST or None, request.FILES or None)
    checked = None
    if request.method == "POST" and form.is_valid():
        checked = queries.check_file(form.cleaned_data["file"].read())
    return render(request, "certificates/check.html", {"form": form, "checked": checked})


@never_cache
@require_GET
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """The public page behind the QR code."""
    certificate = Certificate.objects.select_related("replaced_by").filter(token=token.lower()).first()
    if certificate is None:
        return render(request, "certificates/unknown.html", {"form": CheckFileForm()}, status=404)
    return render(
        request,
        "certificates/verify.html",
        {"record": queries.public_record(certificate), "form": CheckFileForm()},
    )
