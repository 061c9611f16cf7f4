"""What units of cmi5 speak with: the token by which each is opened, its statements and its documents.

All of it stands under the address of packages; the token in the header is the credential. A unit may lie on another
server, so every origin may ask.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from courses.packages import strict_json
from courses.scorm import queries, services, statements
from courses.scorm.core import walk
from courses.scorm.errors import DocumentRefused, StatementConflict, StatementRefused
from courses.scorm.models import Document, LaunchSession, PackageItem, Registration, Statement
from courses.scorm.services.documents import Place
from courses.scorm.tokens import STAGE_LIFETIME, files_token
from courses.scorm.views.stage import STAGE_POLICY, opened_registration
from lms.common.errors import Refused

VERSION = "1.0.3"
MOST_BYTES = 512 * 1024
MOST_STATEMENTS = 50
_FETCH = "courses.scorm.fetch"
HEADERS = "Authorization, Content-Type, X-Experience-API-Version, If-Match, If-None-Match"
Answer = Callable[..., HttpResponse]


# Opening a unit, asked by the stage


@csrf_exempt
@require_POST
@never_cache
def launch(request: HttpRequest, token: str) -> HttpResponse:
    """Open a unit: the address to show, with all that cmi5 puts into it."""
    stage = opened_registration(token)
    try:
        opened = services.launch(stage.registration or 0, stage.session, request.POST.get("item", ""))
    except PackageItem.DoesNotExist:
        raise Http404 from None
    registration = opened.registration
    node = _node(opened)
    address = urlsplit(node["launch"])
    is_elsewhere = bool(address.scheme)
    base = request.build_absolute_uri(reverse("play:about")).removesuffix("/about")
    query = {
        "endpoint": base,
        "fetch": request.build_absolute_uri(reverse("play:fetch", args=[signing.dumps(str(opened.key), salt=_FETCH)])),
        "actor": json.dumps(services.actor_of(registration)),
        "registration": str(registration.key),
        "activityId": services.activity_of(opened.item, registration.version.folder),
    }
    whole = f"{address.query}&{urlencode(query)}" if address.query else urlencode(query)
    path = address.path
    if not is_elsewhere:
        path = reverse("play:file", args=[files_token(registration.version_id, timezone.localdate()), address.path])
    return JsonResponse(
        {
            "address": urlunsplit((address.scheme, address.netloc, path, whole, address.fragment)),
            "elsewhere": is_elsewhere or node.get("launch_method") == "OwnWindow",
        }
    )


@require_safe
@never_cache
def standings(request: HttpRequest, token: str) -> HttpResponse:
    """How far each unit is."""
    stage = opened_registration(token)
    return JsonResponse(queries.standings(get_object_or_404(Registration, pk=stage.registration)))


@require_safe
@xframe_options_exempt
def returned(request: HttpRequest) -> HttpResponse:
    """Where units lead when they are left: a page that tells the stage around it."""
    response = render(request, "scorm/returned.html")
    response["Content-Security-Policy"] = STAGE_POLICY
    return response


def _node(opened: LaunchSession) -> dict[str, Any]:
    course = opened.registration.version.course
    return next(node for node in walk(course) if node["id"] == opened.item.identifier)


# Asked by units


def for_units(*methods: str) -> Callable[[Answer], Answer]:
    """Answer units wherever they lie, in the words of xAPI: refusals with 403, and with the reason in English."""

    def decorate(view: Answer) -> Answer:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = _answered(view, request, methods, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, X-Experience-API-Version"
            response["X-Experience-API-Version"] = VERSION
            if request.method == "OPTIONS":
                response["Access-Control-Allow-Methods"] = ", ".join(methods)
                response["Access-Control-Allow-Headers"] = HEADERS
                response["Access-Control-Max-Age"] = "3600"
            return response

        return open_view

    return decorate


def _answered(view: Answer, request: HttpRequest, methods: tuple[str, ...], *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method not in methods:
        return _said("this cannot be asked here", 405)
    try:
        return view(request, *args, **kwargs)
    except StatementConflict as refusal:
        return _said(str(refusal), 409)
    except (StatementRefused, DocumentRefused) as refusal:
        return _said(str(refusal), 403)
    except Refused as refusal:
        return _said(refusal.code, 403)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")


def with_token(view: Answer) -> Answer:
    """Give the view the open unit that the token in the header belongs to."""

    @wraps(view)
    def known_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        opened = services.launch_of(_plain(token)) if scheme == "Basic" else None
        if opened is None:
            return _said("the token is not known, or the session has ended", 401)
        return view(request, opened, *args, **kwargs)

    return known_view


def _encoded(token: str) -> str:
    """The token as cmi5 hands it out, fit for the header of Basic authentication."""
    return b64encode(f"{token}:".encode()).decode()


def _plain(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode().removesuffix(":")
    except ValueError:
        return ""


@for_units("POST")
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    """Give out the token of an opened unit, once; whoever asks again is told so as cmi5 has it (8.2.3)."""
    try:
        key = UUID(signing.loads(token, salt=_FETCH, max_age=STAGE_LIFETIME))
    except signing.SignatureExpired:
        return JsonResponse({"error-code": "2", "error-text": "the session has run out"})
    except signing.BadSignature:
        raise Http404 from None
    given = services.take_token(key)
    if given is None:
        return JsonResponse({"error-code": "1", "error-text": "the token was given out before"})
    return JsonResponse({"auth-token": _encoded(given)})


@for_units("GET")
def about(request: HttpRequest) -> HttpResponse:
    """Which xAPI is spoken here."""
    return JsonResponse({"version": [VERSION]})


@for_units("GET", "PUT", "POST")
@with_token
def statements_of(request: HttpRequest, opened: LaunchSession) -> HttpResponse:
    """Keep what a unit says, or give back what was said in its registration."""
    if request.method == "GET":
        return _statements(request, opened)
    if len(request.body) > MOST_BYTES:
        return _said("this is too long", 413)
    try:
        said = strict_json.loads(request.body, repeated_keys=True)
    except strict_json.BadJson:
        return _said("this is no JSON", 400)
    if request.method == "PUT":
        wanted = request.GET.get("statementId", "")
        if not isinstance(said, dict) or said.setdefault("id", wanted) != wanted:
            return _said("the id in the address is another", 400)
        services.hear(opened, [said])
        return HttpResponse(status=204)
    several = said if isinstance(said, list) else [said]
    if len(several) > MOST_STATEMENTS:
        return _said("these are too many at once", 413)
    return JsonResponse(services.hear(opened, several), safe=False)


def _statements(request: HttpRequest, opened: LaunchSession) -> HttpResponse:
    found = Statement.objects.filter(registration=opened.registration)
    wanted = request.GET.get("statementId")
    if wanted is not None:
        try:
            one = found.filter(key=UUID(wanted)).first()
        except ValueError:
            return _said("this is no id", 400)
        return JsonResponse(one.body) if one else _said("there is no such statement", 404)
    if verb := request.GET.get("verb"):
        found = found.filter(verb=verb)
    bodies = list(found.order_by("-pk").values_list("body", flat=True)[:100])
    return JsonResponse({"statements": bodies, "more": ""})


@for_units("GET", "PUT", "POST", "DELETE")
@with_token
def state(request: HttpRequest, opened: LaunchSession) -> HttpResponse:
    """States of a unit in this registration, and how it was opened."""
    if wrong := _wrong_place(request, opened, needs_activity=True):
        return wrong
    if request.GET.get("registration", str(opened.registration.key)) != str(opened.registration.key):
        return _said("the registration is not this one", 403)
    name = request.GET.get("stateId", "")
    if request.method == "GET" and name == statements.LAUNCH_DATA:
        services.note_read(opened, "has_launch_data")
        return JsonResponse(_launch_data(request, opened))
    return _document(request, Place(opened, Document.Kind.STATE, name))


@for_units("GET", "PUT", "POST", "DELETE")
@with_token
def activity_profile(request: HttpRequest, opened: LaunchSession) -> HttpResponse:
    """What a unit keeps for this learner across registrations."""
    if wrong := _wrong_place(request, opened, needs_activity=True, needs_agent=False):
        return wrong
    return _document(request, Place(opened, Document.Kind.ACTIVITY, request.GET.get("profileId", "")))


@for_units("GET", "PUT", "POST", "DELETE")
@with_token
def agent_profile(request: HttpRequest, opened: LaunchSession) -> HttpResponse:
    """What the learner prefers, in every unit."""
    if wrong := _wrong_place(request, opened, needs_activity=False):
        return wrong
    place = Place(opened, Document.Kind.AGENT, request.GET.get("profileId", ""))
    if request.method == "GET" and place.name == statements.PREFERENCES:
        services.note_read(opened, "has_preferences")
        if not Document.objects.filter(**place.key, name=place.name).exists():
            language = opened.registration.enrollment.person.language
            return JsonResponse({"languagePreference": language, "audioPreference": "on"})
    return _document(request, place)


def _wrong_place(
    request: HttpRequest, opened: LaunchSession, *, needs_activity: bool, needs_agent: bool = True
) -> HttpResponse | None:
    """The answer to whoever asks for documents that are not hers."""
    registration = opened.registration
    if needs_activity:
        activity = request.GET.get("activityId")
        if activity is None:
            return _said("activityId is missing", 400)
        if activity != services.activity_of(opened.item, registration.version.folder):
            return _said("the activity is not this one", 403)
    if needs_agent:
        try:
            agent = strict_json.loads(request.GET.get("agent", "").encode())
        except strict_json.BadJson:
            return _said("agent is missing", 400)
        if not isinstance(agent, dict) or agent.get("account") != services.actor_of(registration)["account"]:
            return _said("the agent is not the learner", 403)
    return None


def _document(request: HttpRequest, place: Place) -> HttpResponse:
    found = Document.objects.filter(**place.key)
    if request.method == "GET" and not place.name:
        return JsonResponse(list(found.values_list("name", flat=True)), safe=False)
    known = found.filter(name=place.name).first()
    if request.method == "GET":
        if known is None:
            return _said("there is no such document", 404)
        response = HttpResponse(bytes(known.body), content_type=known.content_type)
        response["ETag"] = _tag(known)
        return response
    if _was_changed(request, known):
        return _said("the document was changed since", 412)
    if request.method == "DELETE":
        services.delete_documents(place)
    else:
        merges = request.method == "POST"
        services.put_document(place, request.headers.get("Content-Type", ""), request.body, merges=merges)
    return HttpResponse(status=204)


def _tag(known: Document) -> str:
    return f'"{hashlib.sha256(bytes(known.body)).hexdigest()[:40]}"'


def _was_changed(request: HttpRequest, known: Document | None) -> bool:
    wanted, unwanted = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if wanted is not None and (known is None or wanted not in ("*", _tag(known))):
        return True
    return unwanted is not None and known is not None and unwanted in ("*", _tag(known))


def _launch_data(request: HttpRequest, opened: LaunchSession) -> dict[str, Any]:
    """How the unit was opened (cmi5 10.2)."""
    node, item = _node(opened), opened.item
    data: dict[str, Any] = {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"objectType": "Activity", "id": item.identifier}]},
            "extensions": {statements.SESSION: str(opened.key)},
        },
        "launchMode": "Normal",
        "moveOn": item.move_on,
        "returnURL": request.build_absolute_uri(reverse("play:returned")),
    }
    if item.mastery_score is not None:
        data["masteryScore"] = float(item.mastery_score)
    if node.get("launch_parameters"):
        data["launchParameters"] = node["launch_parameters"]
    if node.get("entitlement_key"):
        data["entitlementKey"] = {"courseStructure": node["entitlement_key"]}
    return data
