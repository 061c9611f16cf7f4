"""Every address of the project, asked for by everyone: only those named here get in."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from lms.enrollment.forms import signer
from tests.architecture.journey import Journey

STRANGER, LEARNER, OTHER_LEARNER = "stranger", "learner", "another learner"
OFFICER, OTHER_OFFICER = "her officer", "another branch's officer"
AUTHOR, ORGANIZER, ADMINISTRATOR = "author", "organizer", "administrator"
SUPERIOR = "her superior"
EVERYONE = {STRANGER, LEARNER, OTHER_LEARNER, OFFICER, OTHER_OFFICER, AUTHOR, ORGANIZER, SUPERIOR, ADMINISTRATOR}
SIGNED_IN = EVERYONE - {STRANGER}


@dataclass(frozen=True)
class Door:
    """Who gets in at an address, how it is asked for, and with which of the journey's objects."""

    open_to: set[str]
    arguments: dict[str, str] = field(default_factory=dict)
    """Names of the route's parameters, and the journey's attribute that fills each."""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    """What a form sends along."""


MINE = {LEARNER}
HR = {OFFICER, ADMINISTRATOR}
PLANNERS = {ORGANIZER, ADMINISTRATOR}
EDITORS = {OFFICER, OTHER_OFFICER, ORGANIZER, ADMINISTRATOR}
NOTHING = signer.sign_object([])

DOORS = {
    "": Door(EVERYONE),
    "courses/<slug:slug>/": Door(EVERYONE, {"slug": "slug"}),
    "courses/<slug:slug>/cover/": Door(EVERYONE, {"slug": "slug"}),
    "learn/": Door(SIGNED_IN),
    "learn/<int:enrollment_id>/": Door(MINE, {"enrollment_id": "enrollment"}),
    "learn/<int:enrollment_id>/completed/": Door(MINE, {"enrollment_id": "enrollment"}),
    "learn/<int:enrollment_id>/items/<int:item_id>/": Door(MINE, {"enrollment_id": "enrollment", "item_id": "lesson"}),
    "learn/<int:enrollment_id>/items/<uuid:key>/": Door(MINE, {"enrollment_id": "enrollment", "key": "lesson_key"}),
    "learn/<int:enrollment_id>/items/<int:item_id>/done/": Door(
        MINE, {"enrollment_id": "enrollment", "item_id": "lesson"}, "post"
    ),
    # Whose page it is stands in a signed ticket: one that is not ours opens nothing to anybody.
    "learn/beats/": Door(set(), method="post"),
    "reviews/": Door(EDITORS),
    "reviews/decide/": Door(EDITORS, method="post"),
    "runs/<int:run_id>/": Door(SIGNED_IN, {"run_id": "run"}),
    "runs/<int:run_id>/state.json": Door(EVERYONE, {"run_id": "run"}),
    "runs/<int:run_id>/enroll/": Door(SIGNED_IN, {"run_id": "run"}, "post"),
    "enrollments/<int:enrollment_id>/accept/": Door(MINE, {"enrollment_id": "enrollment"}, "post"),
    "enrollments/<int:enrollment_id>/withdraw/": Door(MINE, {"enrollment_id": "enrollment"}, "post"),
    # A frame and its files have signed addresses, given only to those who may follow them; here they are not signed.
    "h5p/frame/<str:token>/": Door(set(), {"token": "slug"}),
    "h5p/results/<str:token>/": Door(set(), {"token": "slug"}, "post"),
    "h5p/files/<str:token>/": Door(set(), {"token": "slug"}),
    "h5p/files/<str:token>/<path:path>": Door(set(), {"token": "slug", "path": "file"}),
    "h5p/lib/<str:folder>/<path:path>": Door(set(), {"folder": "slug", "path": "file"}),
    "h5p/libraries/<str:folder>/<path:path>": Door(set(), {"folder": "slug", "path": "file"}),
    # Packages play under a host of their own; under the platform's these addresses are nobody's.
    "play/<str:token>/": Door(set(), {"token": "slug"}),
    "play/<str:token>/keep/": Door(set(), {"token": "slug"}, "post"),
    "play/files/<str:token>/": Door(set(), {"token": "slug"}),
    "play/files/<str:token>/<path:path>": Door(set(), {"token": "slug", "path": "file"}),
    "play/<str:token>/launch/": Door(set(), {"token": "slug"}, "post"),
    "play/<str:token>/standings/": Door(set(), {"token": "slug"}),
    "play/fetch/<str:token>/": Door(set(), {"token": "slug"}, "post"),
    **{
        f"play/{page}": Door(set())
        for page in (
            "returned/",
            "xapi/about",
            "xapi/statements",
            "xapi/activities/state",
            "xapi/activities/profile",
            "xapi/agents/profile",
        )
    },
    "scorm/<int:enrollment_id>/<int:item_id>/": Door(MINE, {"enrollment_id": "enrollment", "item_id": "package"}),
    "certificates/": Door(SIGNED_IN),
    "certificates/<int:certificate_id>/download/": Door(MINE, {"certificate_id": "certificate"}),
    "verify/": Door(EVERYONE),
    "verify/<str:token>/": Door(EVERYONE, {"token": "token"}),
    "quizzes/<int:enrollment_id>/<int:item_id>/": Door(MINE, {"enrollment_id": "enrollment", "item_id": "quiz"}),
    "quizzes/<int:enrollment_id>/<int:item_id>/practice/": Door(
        MINE, {"enrollment_id": "enrollment", "item_id": "question"}, "post"
    ),
    "quizzes/attempts/<int:attempt_id>/": Door(MINE, {"attempt_id": "attempt"}),
    "quizzes/attempts/<int:attempt_id>/save/": Door(MINE, {"attempt_id": "attempt"}, "post"),
    "quizzes/attempts/<int:attempt_id>/submit/": Door(MINE, {"attempt_id": "attempt"}, "post"),
    "quizzes/attempts/<int:attempt_id>/review/": Door(MINE, {"attempt_id": "attempt"}),
    "jobs/": Door(SIGNED_IN),
    **{
        f"jobs/<int:job_id>/{page}": Door(HR, {"job_id": "job"}, method)
        for page, method in (
            ("", "get"),
            ("course/", "get"),
            ("problems/", "get"),
            ("confirm/", "post"),
            ("stop/", "post"),
            ("resume/", "post"),
            ("undo/", "post"),
        )
    },
    "jobs/<int:job_id>/files/<str:which>/": Door(HR, {"job_id": "job", "which": "which"}),
    # A signed address speaks for itself, and was given only to those who may follow it; here it is not signed.
    "files/<path:signed_name>": Door(set(), {"signed_name": "slug"}),
    "files/parts/<str:signed>": Door(set(), {"signed": "slug"}, "put"),
    "media/<path:name>": Door(SIGNED_IN, {"name": "file"}),
    "audiences/": Door(EDITORS),
    "audiences/new/": Door(EDITORS),
    "audiences/<int:audience_id>/": Door(HR, {"audience_id": "audience"}),
    "audiences/<int:audience_id>/edit/": Door(HR, {"audience_id": "audience"}),
    "audiences/<int:audience_id>/remove/": Door(HR, {"audience_id": "audience"}, "post"),
    "audiences/<int:audience_id>/archive/": Door(HR, {"audience_id": "audience"}, "post"),
    "audiences/<int:audience_id>/restore/": Door(HR, {"audience_id": "audience"}, "post"),
    "audiences/pick/<str:source>/": Door(EDITORS, {"source": "source"}, "post", {"name": "c1-units"}),
    "audiences/options/": Door(EDITORS, fields={"name": "audience", "present": NOTHING}),
    "enrollments/<int:enrollment_id>/calendar.ics": Door(MINE, {"enrollment_id": "enrollment"}),
    "classes/": Door(SIGNED_IN),
    "classes/<int:class_id>/": Door(MINE, {"class_id": "class_taught"}),
    **{
        f"planner/{page}": Door(PLANNERS)
        for page in ("", "calendar/", "clocks/", "periods/new/", "templates/", "templates/new/")
    },
    **{
        f"planner/periods/<int:period_id>/{page}": Door(PLANNERS, {"period_id": "planned_period"})
        for page in ("", "change/", "clone/", "runs/", "close/", "extend/", "cancel/", "template/")
    },
    **{
        f"planner/templates/periods/<int:template_id>/{page}": Door(PLANNERS, {"template_id": "period_template"})
        for page in ("", "use/")
    },
    **{
        f"planner/runs/<int:run_id>/{page}": Door(PLANNERS, {"run_id": "planned_run"})
        for page in ("", "change/", "extend/", "cancel/", "reserves/", "classes/", "arrivals/")
    },
    "planner/runs/<int:run_id>/arrivals/export/": Door(PLANNERS, {"run_id": "planned_run"}, "post", {"format": "csv"}),
    "planner/templates/<int:template_id>/": Door(PLANNERS, {"template_id": "template"}),
    "enrollments/upload/": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}),
    "enrollments/upload/template.<str:ending>": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}, {"ending": "ending"}),
    "mandatory/": Door({OFFICER, OTHER_OFFICER, ORGANIZER, ADMINISTRATOR}),
    "mandatory/new/": Door({OFFICER, OTHER_OFFICER, ORGANIZER, ADMINISTRATOR}),
    "mandatory/mine/": Door(SIGNED_IN),
    "mandatory/team/": Door({SUPERIOR, ADMINISTRATOR}),
    **{
        f"mandatory/<int:plan_id>/{page}": Door(HR, {"plan_id": "plan"})
        for page in ("", "edit/", "people/", "exempt/", "exemptions/")
    },
    "mandatory/<int:plan_id>/state/": Door(HR, {"plan_id": "plan"}, "post", {"step": "pause"}),
    "mandatory/<int:plan_id>/export/": Door(HR, {"plan_id": "plan"}, "post", {"format": "csv"}),
    "mandatory/exemptions/<int:exemption_id>/evidence/": Door(HR, {"exemption_id": "exemption"}),
    "mandatory/exemptions/<int:exemption_id>/revoke/": Door(HR, {"exemption_id": "exemption"}, "post"),
    "people/import/": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}),
    "people/import/template.<str:ending>": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}, {"ending": "ending"}),
    "people/units/import/": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}),
    "people/units/import/template.<str:ending>": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}, {"ending": "ending"}),
    "people/": Door(SIGNED_IN),
    "people/me/": Door(SIGNED_IN),
    "people/<int:person_id>/": Door(HR | MINE, {"person_id": "learner"}),
    "people/units/": Door(SIGNED_IN),
    "people/units/<int:unit_id>/": Door(HR, {"unit_id": "unit"}),
    "people/units/<int:unit_id>/roles/": Door(HR, {"unit_id": "unit"}),
    "people/roles/<int:role_id>/end/": Door(HR, {"role_id": "role"}),
    "messages/": Door(SIGNED_IN),
    "messages/read/": Door(SIGNED_IN, method="post"),
    "messages/preferences/": Door(SIGNED_IN),
    "messages/unsubscribe/<str:token>/": Door(EVERYONE, {"token": "unsubscribe_token"}),
    "messages/<int:message_id>/": Door(MINE, {"message_id": "message"}),
    "healthz": Door(EVERYONE),
    "reports/": Door({OFFICER, OTHER_OFFICER, ADMINISTRATOR}),
    "reports/units/<int:unit_id>/": Door(HR, {"unit_id": "unit"}),
    "reports/units/<int:unit_id>/people/": Door(HR, {"unit_id": "unit"}),
    "reports/units/<int:unit_id>/export/": Door(HR, {"unit_id": "unit"}, "post", {"format": "csv"}),
}
"""An address that is not here fails the test: whoever adds one says who may open it."""

SIGN_IN = "accounts/"
CMS = "cms/"


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every route below a resolver, as written in the ``urls.py`` files."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


OUR_ROUTES = sorted(route for route in routes(get_resolver()) if not route.startswith((SIGN_IN, CMS)))


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Journey]:
    """Everything there is to open, made once: each test's own transaction stands within this one."""
    with django_db_blocker.unblock(), ExitStack() as up:
        up.enter_context(transaction.atomic())
        made = Journey()
        up.callback(transaction.set_rollback, True)
        kept = up.pop_all()
    yield made
    with django_db_blocker.unblock(), kept:
        pass


@pytest.fixture
def journey(_made: Journey, db: None) -> Journey:
    return _made


def client_of(journey: Journey, role: str) -> Client:
    client = Client()
    if role != STRANGER:
        client.force_login(journey.people[role])
    return client


def ask(client: Client, route: str, door: Door, journey: Journey) -> Any:
    address = "/" + route
    for name, attribute in door.arguments.items():
        for converter in ("int", "slug", "str", "path", "uuid"):
            address = address.replace(f"<{converter}:{name}>", str(getattr(journey, attribute)))
    assert "<" not in address, f"{route}: name all its parameters"
    return getattr(client, door.method)(address, door.fields)


def is_turned_away(answer: Any) -> bool:
    leads_to_sign_in = answer.status_code == 302 and answer.url.startswith("/accounts/login/")
    return answer.status_code in (401, 403, 404, 422) or leads_to_sign_in


def test_every_address_says_who_may_open_it():
    assert sorted(DOORS) == OUR_ROUTES


@pytest.mark.parametrize("route", sorted(DOORS))
def test_only_those_who_may_get_in(journey, route):
    door = DOORS[route]

    turned_away = {role for role in EVERYONE if is_turned_away(ask(client_of(journey, role), route, door, journey))}

    assert turned_away == EVERYONE - door.open_to


@pytest.mark.parametrize("role", sorted(EVERYONE - {AUTHOR, ORGANIZER, ADMINISTRATOR}))
def test_the_cms_lets_in_nobody_who_does_not_work_there(journey, role):
    client = client_of(journey, role)
    plain = [route for route in routes(get_resolver()) if route.startswith(CMS) and not set(route) & set("<(^")]
    assert len(plain) > 20

    answers = {route: client.get(f"/{route}") for route in plain}

    let_in = {
        route
        for route, answer in answers.items()
        if answer.status_code == 200 and not route.endswith(("login/", "jsi18n/", "sprite/", "password_reset/"))
    }
    assert let_in == set()


def filled(route: str) -> str:
    """The route with something plausible for each of its parameters."""
    address = re.sub(r"\(\?P<\w+>\[?[^)]*\)|<int:\w+>|<\w+>", "1", route)
    address = re.sub(r"<(str|slug):\w+>", "name", address)
    return "/" + re.sub(r"<path:\w+>", "some/name", address).replace("^", "").replace("$", "").replace("\\", "")


@pytest.mark.parametrize("role", [STRANGER, LEARNER, OFFICER])
def test_no_object_of_the_cms_is_shown_to_those_who_do_not_work_there(journey, role):
    client = client_of(journey, role)
    named = [route for route in routes(get_resolver()) if route.startswith(CMS) and set(route) & set("<(^")]
    assert len([route for route in named if is_an_address(filled(route))]) > 100

    answers = {route: client.get(filled(route)) for route in named}

    assert {route for route, answer in answers.items() if not is_turned_away_from_the_cms(answer)} == set()


def is_an_address(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def is_turned_away_from_the_cms(answer: Any) -> bool:
    return is_turned_away(answer) or (answer.status_code in (301, 302) and "login/" in answer.url)
