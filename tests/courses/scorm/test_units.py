"""Units of cmi5 are opened with a token of their own, say what cmi5 lets them say, and complete by their own rule."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.scorm import services, statements
from courses.scorm.models import Document, ItemState, LaunchSession, Registration, Statement
from courses.scorm.statements import CATEGORY, MASTERY, MOVE_ON, SESSION
from courses.scorm.tokens import Stage, stage_token
from lms.progress.models import ItemProgress
from tests.factories.scorm import cmi5, placed_package, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]

THERE = "packages.localhost"
RULE = 'moveOn="CompletedAndPassed" masteryScore="0.8"'
AU = "https://example.org/au/{}"


class Unit:
    """A unit as it stands in a window: it knows what is in its address, and nothing else."""

    def __init__(self, way, number=1, session=1):
        self.browser = Client(headers={"host": THERE})
        self.way = way
        stage = Stage(way.version_id, "http://localhost", "id", way.pk, session)
        self.stage = stage_token(stage)
        answer = self.browser.post(reverse("play:launch", args=[self.stage]), {"item": AU.format(number)})
        assert answer.status_code == 200
        self.address = answer.json()["address"]
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.address).query).items()}
        self.token = ""

    def fetch(self):
        return self.browser.post(urlsplit(self.query["fetch"]).path).json()

    def ask(self, method, where, body=None, query=None, **headers):
        path = urlsplit(self.query["endpoint"]).path + where
        address = f"{path}?{urlencode(query)}" if query else path
        headers = {"authorization": f"Basic {self.token}", **headers}
        if body is None:
            return getattr(self.browser, method)(address, headers=headers)
        content_type = headers.pop("content_type", "application/json")
        sent = body if isinstance(body, str) else json.dumps(body)
        return getattr(self.browser, method)(address, sent, content_type=content_type, headers=headers)

    def place(self, name, **more):
        place = {"activityId": self.query["activityId"], "agent": self.query["actor"], "stateId": name}
        return place | {"registration": self.query["registration"]} | more

    def begin(self):
        self.token = self.fetch()["auth-token"]
        self.launched = self.ask("get", "/activities/state", query=self.place("LMS.LaunchData")).json()
        self.preferences()
        assert self.say("initialized").status_code == 204
        return self

    def preferences(self):
        return self.ask(
            "get", "/agents/profile", query={"agent": self.query["actor"], "profileId": "cmi5LearnerPreferences"}
        )

    def statement(self, verb, **changes):
        context = json.loads(json.dumps(self.launched["contextTemplate"]))
        context["registration"] = self.query["registration"]
        categories = [{"id": CATEGORY}]
        if verb in ("completed", "passed", "failed"):
            categories.append({"id": MOVE_ON})
        context["contextActivities"]["category"] = categories
        made = {
            "id": str(uuid4()),
            "timestamp": "2026-11-27T07:00:00.000Z",
            "actor": json.loads(self.query["actor"]),
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
            "object": {"id": self.query["activityId"]},
            "context": context,
        }
        result = {
            "completed": {"completion": True, "duration": "PT1M"},
            "passed": {"success": True, "duration": "PT1M"},
            "failed": {"success": False, "duration": "PT1M"},
            "terminated": {"duration": "PT1M"},
        }.get(verb)
        if result:
            made["result"] = result
        return made | changes

    def scored(self, verb, scaled):
        made = self.statement(verb)
        made["result"]["score"] = {"scaled": scaled, "raw": scaled * 100, "min": 0, "max": 100}
        if "masteryScore" in self.launched:
            made["context"]["extensions"][MASTERY] = self.launched["masteryScore"]
        return made

    def say(self, verb, made=None):
        made = made or self.statement(verb)
        return self.ask("put", "/statements", made, {"statementId": made["id"]})


@pytest.fixture
def learner(tmp_path):
    def begin(parts=None, **values):
        made = services.import_package(cmi5(tmp_path, parts=parts or unit(1, attributes=RULE))).made
        enrollment, item = placed_package(made, **values)
        way = services.begin(enrollment, item)
        services.open_session(way)
        return way

    return begin


def progress_of(way):
    return ItemProgress.objects.filter(enrollment=way.enrollment, item=way.item).first()


def test_a_unit_s_address_has_all_that_cmi5_puts_there(learner):
    way = learner(unit(1, url="index.html?a=1", attributes=RULE))

    opened = Unit(way)

    assert urlsplit(opened.address).path.endswith("/index.html")
    assert opened.query["a"] == "1"
    assert set(opened.query) == {"a", "endpoint", "fetch", "actor", "registration", "activityId"}
    actor = json.loads(opened.query["actor"])
    assert actor["objectType"] == "Agent"
    assert set(actor["account"]) == {"homePage", "name"}
    assert way.enrollment.person.full_name not in opened.query["actor"]
    assert opened.query["registration"] == str(way.key)
    assert opened.query["activityId"] != AU.format(1)
    assert Statement.objects.get().verb == statements.LAUNCHED


def test_a_token_is_given_out_once(learner):
    opened = Unit(learner())

    first, second = opened.fetch(), opened.fetch()

    assert first["auth-token"]
    assert second["error-code"] == "1"
    assert "auth-token" not in second
    assert first["auth-token"] not in str(LaunchSession.objects.values())


def test_launch_data_say_how_the_unit_was_opened(learner):
    after = "<launchParameters>p</launchParameters><entitlementKey>k</entitlementKey>"
    opened = Unit(learner(unit(1, attributes=RULE, after=after))).begin()

    data = opened.launched
    assert data["contextTemplate"]["contextActivities"]["grouping"][0]["id"] == AU.format(1)
    assert data["contextTemplate"]["extensions"][SESSION] == str(LaunchSession.objects.get().key)
    assert (data["launchMode"], data["moveOn"], data["masteryScore"]) == ("Normal", "CompletedAndPassed", 0.8)
    assert (data["launchParameters"], data["entitlementKey"]) == ("p", {"courseStructure": "k"})
    assert opened.browser.get(urlsplit(data["returnURL"]).path).status_code == 200


def test_completed_and_passed_comes_to_progress_by_the_unit_s_own_rule(learner):
    way = learner()
    opened = Unit(way).begin()

    opened.say("completed")
    assert progress_of(way) is None or progress_of(way).completed_at is None
    opened.say("", opened.scored("passed", 0.9))
    opened.say("terminated")

    record = progress_of(way)
    assert (record.completed_at is not None, record.score) == (True, 90)
    way.refresh_from_db()
    assert (way.completion, way.success, way.seconds) == ("completed", "passed", 60)
    assert ItemState.objects.get().success == "passed"
    assert Statement.objects.filter(verb=statements.SATISFIED).count() == 1
    assert opened.ask("get", "/statements").status_code == 401


@pytest.mark.parametrize(
    ("rule", "verbs", "is_done"),
    [
        ("Passed", ["completed"], False),
        ("Passed", ["passed"], True),
        ("Completed", ["passed"], False),
        ("Completed", ["completed"], True),
        ("CompletedOrPassed", ["passed"], True),
        ("CompletedAndPassed", ["passed"], False),
        ("CompletedAndPassed", ["completed", "passed"], True),
        ("NotApplicable", [], True),
    ],
)
def test_a_unit_says_itself_when_it_lets_move_on(learner, rule, verbs, is_done):
    way = learner(unit(1, attributes=f'moveOn="{rule}"'))
    opened = Unit(way).begin()

    for verb in verbs:
        assert opened.say(verb).status_code == 204

    record = progress_of(way)
    assert bool(record and record.completed_at) is is_done


def test_a_course_is_done_when_all_its_units_are(learner):
    way = learner(unit(1, attributes='moveOn="Completed"') + unit(2, attributes='moveOn="Completed"'))
    Unit(way).begin().say("completed")
    assert progress_of(way) is None or progress_of(way).completed_at is None

    Unit(way, 2).begin().say("completed")

    assert progress_of(way).completed_at


def changed(*path, to=None):
    """A change to a statement: a value put, or taken away, somewhere in it."""

    def change(made):
        *way, last = path
        for name in way:
            made = made[name]
        if to is None:
            del made[last]
        else:
            made[last] = to

    return change


def categories(*ids):
    return changed("context", "contextActivities", "category", to=[{"id": name} for name in ids])


WRONG = [
    ("experienced", changed("timestamp")),
    ("experienced", changed("timestamp", to="2026-11-27T07:00:00-06:00")),
    ("experienced", changed("actor", "objectType", to="Group")),
    ("experienced", changed("actor", "account", "name", to="somebody else")),
    ("experienced", changed("actor", "mbox", to="mailto:a@example.org")),
    ("experienced", changed("context")),
    ("experienced", changed("context", "registration", to=str(uuid4()))),
    ("experienced", changed("context", "extensions")),
    ("experienced", changed("verb", "id", to="experienced")),
    ("experienced", categories(MOVE_ON)),
    ("voided", lambda made: made.update(object={"objectType": "StatementRef", "id": str(uuid4())})),
    ("launched", lambda made: None),
    ("satisfied", changed("verb", "id", to=statements.SATISFIED)),
    ("initialized", lambda made: None),
    ("passed", changed("object", "id", to="https://example.org/other")),
    ("passed", categories(CATEGORY)),
    ("passed", changed("result", "duration")),
    ("passed", changed("result", "duration", to="one minute")),
    ("passed", changed("result", "success", to=False)),
    ("passed", changed("result", "completion", to=True)),
    ("passed", changed("result", "score", to={"scaled": 0.79})),
    ("passed", changed("result", "score", to={"scaled": 0.9})),
    ("passed", changed("result", "score", to={"raw": 90})),
    ("passed", changed("result", "score", to={"raw": 90, "min": 0, "max": 10})),
    ("passed", changed("result", "score", to={"scaled": 7})),
    ("passed", changed("result", "score", to="good")),
    ("failed", changed("result", "success", to=True)),
    ("failed", changed("result", "score", to={"scaled": 0.8})),
    ("completed", changed("result", "completion", to=False)),
    ("completed", changed("result", "success", to=True)),
    ("completed", changed("result", "score", to={"scaled": 0.5})),
    ("terminated", changed("result")),
    ("terminated", categories(CATEGORY, MOVE_ON)),
]


def test_what_cmi5_forbids_is_refused_and_not_kept(learner):
    opened = Unit(learner()).begin()
    before = Statement.objects.count()

    for number, (verb, change) in enumerate(WRONG):
        made = opened.statement(verb)
        change(made)
        assert opened.say(verb, made).status_code == 403, (number, verb)

    assert Statement.objects.count() == before
    assert opened.ask("post", "/statements", opened.statement("experienced", id=None)).status_code == 403
    assert opened.ask("post", "/statements", ["x"]).status_code == 403
    assert opened.ask("post", "/statements", "{").status_code == 400


def test_what_a_unit_says_has_its_moment(learner):
    way = learner()
    opened = Unit(way)
    opened.token = opened.fetch()["auth-token"]
    opened.launched = opened.ask("get", "/activities/state", query=opened.place("LMS.LaunchData")).json()

    assert opened.say("initialized").status_code == 403
    opened.preferences()
    assert opened.say("experienced").status_code == 403
    assert opened.say("initialized").status_code == 204
    assert opened.say("failed").status_code == 204
    assert opened.say("passed").status_code == 403
    assert opened.say("terminated").status_code == 204
    assert opened.say("experienced").status_code == 401

    again = Unit(way).begin()
    assert again.say("passed").status_code == 204
    assert again.say("completed").status_code == 204
    for verb in ("passed", "failed", "completed"):
        assert Unit(way).begin().say(verb).status_code == 403


def test_a_unit_s_own_statements_are_kept_and_given_back(learner):
    opened = Unit(learner()).begin()
    own = opened.statement("experienced")
    categories()(own)

    assert opened.ask("post", "/statements", [own]).json() == [own["id"]]

    assert opened.ask("get", "/statements", query={"statementId": own["id"]}).json()["verb"] == own["verb"]
    listed = opened.ask("get", "/statements", query={"verb": own["verb"]["id"]}).json()
    assert [one["id"] for one in listed["statements"]] == [own["id"]]
    assert opened.ask("get", "/statements", query={"statementId": str(uuid4())}).status_code == 404


def test_the_same_statement_twice_is_kept_once_and_another_of_its_id_not_at_all(learner):
    way = learner()
    opened = Unit(way).begin()
    made = opened.statement("completed")

    assert [opened.say("", made).status_code for _ in range(2)] == [204, 204]
    assert Statement.objects.filter(verb=statements.COMPLETED).count() == 1
    assert opened.say("", made | {"timestamp": "2026-11-27T08:00:00Z"}).status_code == 409
    assert opened.ask("put", "/statements", made, {"statementId": str(uuid4())}).status_code == 400


def test_a_unit_that_was_left_open_is_abandoned_when_another_opens(learner):
    way = learner()
    first = Unit(way).begin()

    Unit(way)

    assert first.say("experienced").status_code == 401
    assert first.ask("get", "/activities/state", query=first.place("mine")).status_code == 401
    assert Statement.objects.filter(verb=statements.ABANDONED).count() == 1
    assert LaunchSession.objects.filter(ended_at=None).count() == 1


def test_without_its_token_nothing_is_told(learner):
    opened = Unit(learner()).begin()

    for token in ("", "x", "Og==", opened.token[:-4]):
        opened.token = token
        for path in ("/statements", "/activities/state", "/activities/profile", "/agents/profile"):
            assert opened.ask("get", path, query=opened.place("x")).status_code == 401
    assert opened.browser.post(reverse("play:fetch", args=["x"])).status_code == 404


def test_a_unit_keeps_states_and_finds_them_in_its_next_session(learner):
    way = learner()
    first = Unit(way).begin()
    place = first.place("bookmark")
    assert first.ask("get", "/activities/state", query=place).status_code == 404

    assert first.ask("put", "/activities/state", {"page": 3}, place).status_code == 204
    assert first.ask("post", "/activities/state", {"score": 1}, place).status_code == 204

    again = Unit(way).begin()
    found = again.ask("get", "/activities/state", query=again.place("bookmark"))
    assert found.json() == {"page": 3, "score": 1}
    assert (
        again.ask("put", "/activities/state", {"page": 4}, again.place("bookmark"), **{"if-match": '"x"'}).status_code
        == 412
    )
    tag = {"if-match": found.headers["ETag"]}
    assert again.ask("put", "/activities/state", {"page": 4}, again.place("bookmark"), **tag).status_code == 204
    assert again.ask("get", "/activities/state", query=again.place("")).json() == ["bookmark"]
    assert again.ask("delete", "/activities/state", query=again.place("bookmark")).status_code == 204
    assert not Document.objects.exists()


def test_documents_that_are_not_the_unit_s_are_refused(learner):
    opened = Unit(learner()).begin()
    where = "/activities/state"

    assert opened.ask("put", where, {}, opened.place("LMS.LaunchData")).status_code == 403
    assert opened.ask("delete", where, query=opened.place("LMS.LaunchData")).status_code == 403
    assert opened.ask("put", where, {}, opened.place("x", registration=str(uuid4()))).status_code == 403
    assert opened.ask("put", where, {}, opened.place("x", activityId="https://example.org/other")).status_code == 403
    assert opened.ask("put", where, {}, opened.place("x", agent='{"mbox": "mailto:a@example.org"}')).status_code == 403
    assert opened.ask("put", where, {}, {"activityId": opened.query["activityId"]}).status_code == 400
    assert opened.ask("put", where, "{", opened.place("x")).status_code == 403
    assert not Document.objects.exists()


def test_what_a_learner_prefers_is_kept_for_every_unit(learner):
    way = learner(unit(1, attributes=RULE) + unit(2, attributes=RULE))
    opened = Unit(way).begin()
    place = {"agent": opened.query["actor"], "profileId": "cmi5LearnerPreferences"}
    for wrong in (
        {"languagePreference": "id"},
        {"audioPreference": "on"},
        {"languagePreference": "not tags", "audioPreference": "on"},
        {"languagePreference": "", "audioPreference": "on"},
        {"languagePreference": "id", "audioPreference": "loud"},
    ):
        assert opened.ask("put", "/agents/profile", wrong, place).status_code == 403
    assert opened.preferences().json() == {"languagePreference": "id", "audioPreference": "on"}
    good = {"languagePreference": "id-ID,en-US", "audioPreference": "off"}
    assert opened.ask("put", "/agents/profile", json.dumps(good), place, content_type="text/plain").status_code == 403

    assert opened.ask("put", "/agents/profile", good, place).status_code == 204

    assert Unit(way, 2).begin().preferences().json() == good


def test_a_unit_on_another_server_may_ask_before_it_fetches(learner):
    opened = Unit(learner(unit(1, url="https://elsewhere.example/unit?x=1", attributes=RULE)))
    assert opened.address.startswith("https://elsewhere.example/unit?x=1&endpoint=")

    asked = opened.ask("options", "/statements", origin="https://elsewhere.example")

    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_units_end_with_the_run(learner):
    way = learner()
    opened = Unit(way).begin()
    run = way.enrollment.run
    run.starts_at, run.ends_at = timezone.now() - timedelta(hours=2), timezone.now() - timedelta(hours=1)
    run.save()

    assert opened.say("completed").status_code == 403
    assert opened.browser.post(reverse("play:launch", args=[opened.stage]), {"item": AU.format(1)}).status_code == 409


def test_a_unit_that_is_not_there_does_not_open(learner):
    way = learner()
    stage = stage_token(Stage(way.version_id, "http://localhost", "id", way.pk, 1))

    answer = Client(headers={"host": THERE}).post(reverse("play:launch", args=[stage]), {"item": "other"})

    assert answer.status_code == 404
    assert not LaunchSession.objects.exists()


def test_time_seen_on_the_stage_changes_nothing_of_the_units(learner):
    way = learner()
    opened = Unit(way).begin()
    opened.say("completed")
    there = Client(headers={"host": THERE})

    kept = there.post(
        reverse("play:keep", args=[opened.stage]), '{"number": 1, "seconds": 20}', content_type="application/json"
    )

    assert kept.status_code == 200
    assert Registration.objects.get().completion == "incomplete"
    assert there.get(reverse("play:standings", args=[opened.stage])).json()[AU.format(1)]["completion"] == "completed"


def test_a_statement_costs_the_same_in_a_course_of_two_units_or_fifty(learner, queries_of):
    def opened(count):
        way = learner("".join(unit(number, attributes=RULE) for number in range(1, count + 1)))
        return Unit(way).begin()

    few, many = opened(2), opened(50)

    assert queries_of(few.say, "completed") == queries_of(many.say, "completed")
