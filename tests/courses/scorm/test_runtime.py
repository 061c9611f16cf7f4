"""What is done in a package is kept in order, once, and comes to the learner's progress by the author's rule."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.catalog.models import OutlineItem
from courses.scorm import services
from courses.scorm.errors import NotFinished, OpenedElsewhere
from courses.scorm.messages import Message
from courses.scorm.models import ItemState, Registration
from courses.scorm.tokens import Stage, files_token, read_files_token, read_stage_token, stage_token
from lms.enrollment.models import Enrollment
from lms.progress.errors import Locked, RunOver
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.scorm import ITEM, placed_package, scorm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_on_disk")]

TWO = ITEM.format("") + '<item identifier="i2" identifierref="r1"><title>Lesson 2</title></item>'
EDITION = "2004 4th Edition"
THERE = "packages.localhost"


@pytest.fixture
def imported(tmp_path):
    def bring_in(**described):
        return services.import_package(scorm(tmp_path, **described)).made

    return bring_in


def cmi_12(status="incomplete", raw="", exit_value="", **more):
    return {
        "core": {"lesson_status": status, "exit": exit_value, "score": {"raw": raw, "min": "0", "max": "100"}},
        **more,
    }


def opened(enrollment, item):
    way = services.begin(enrollment, item)
    return way, services.open_session(way)


def progress_of(enrollment, item):
    return ItemProgress.objects.filter(enrollment=enrollment, item=item).first()


def test_what_a_part_says_is_kept_and_reported(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)

    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12(suspend_data="page 3")))
    assert progress_of(enrollment, item).completed_at is None
    services.keep(
        way.pk, session, Message(2, item="i1", cmi=cmi_12("passed", "80"), has_ended=True, is_suspended=False)
    )

    state = ItemState.objects.get()
    assert (state.completion, state.success, state.score, state.is_suspended) == ("completed", "passed", 80, False)
    way.refresh_from_db()
    assert (way.completion, way.success, way.score, way.current) == ("completed", "passed", 80, state.item)
    record = progress_of(enrollment, item)
    assert record.completed_at
    assert record.score == 80


def test_every_part_must_be_done_and_the_score_is_their_mean(imported):
    enrollment, item = placed_package(imported(items=TWO))
    way, session = opened(enrollment, item)

    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12("passed", "80")))
    assert progress_of(enrollment, item).completed_at is None
    services.keep(way.pk, session, Message(2, item="i2", cmi=cmi_12("completed", "90")))

    record = progress_of(enrollment, item)
    assert (record.completed_at is not None, record.score) == (True, Decimal(85))


def test_a_mere_page_is_done_when_it_was_shown(imported):
    page = '<resource identifier="r1" type="webcontent" adlcp:scormtype="asset" href="index.html"/>'
    enrollment, item = placed_package(imported(resources=page))
    way, session = opened(enrollment, item)

    services.keep(way.pk, session, Message(1, item="i1"))

    assert progress_of(enrollment, item).completed_at


@pytest.mark.parametrize(
    ("values", "status", "raw", "is_complete"),
    [
        ({"criterion": {"by": "passed"}}, "completed", "90", False),
        ({"criterion": {"by": "passed"}}, "passed", "", True),
        ({"passing_grade": Decimal(75)}, "completed", "70", False),
        ({"passing_grade": Decimal(75)}, "completed", "75", True),
        ({"passing_grade": Decimal(75)}, "passed", "", False),
        ({}, "failed", "90", False),
    ],
)
def test_the_author_s_rule_decides_what_completes_it(imported, values, status, raw, is_complete):
    enrollment, item = placed_package(imported(), **values)
    way, session = opened(enrollment, item)

    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12(status, raw), has_ended=True))

    record = progress_of(enrollment, item)
    assert bool(record and record.completed_at) is is_complete


def test_the_same_message_twice_is_kept_once(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    message = Message(1, item="i1", cmi=cmi_12("incomplete"), seconds=5)

    services.keep(way.pk, session, message)
    before = Registration.objects.values().get()
    services.keep(way.pk, session, message)

    assert Registration.objects.values().get() == before


def test_a_late_message_changes_nothing_that_a_later_one_wrote(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    services.keep(way.pk, session, Message(5, item="i1", cmi=cmi_12("passed", "80")))

    services.keep(way.pk, session, Message(4, item="i1", cmi=cmi_12("incomplete", "10")))

    assert ItemState.objects.get().success == "passed"


def test_an_earlier_window_changes_nothing_that_a_later_one_wrote(imported):
    enrollment, item = placed_package(imported())
    way, first = opened(enrollment, item)
    second = services.open_session(way)
    services.keep(way.pk, first, Message(1, item="i1", cmi=cmi_12("incomplete", "10")))
    services.keep(way.pk, second, Message(1, item="i1", cmi=cmi_12("incomplete", "50")))

    with pytest.raises(OpenedElsewhere):
        services.keep(way.pk, first, Message(99, item="i1", cmi=cmi_12("failed", "0")))

    assert ItemState.objects.get().score == 50


def test_what_was_complete_stays_so_and_the_best_score_stays(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12("passed", "90")))

    services.keep(way.pk, session, Message(2, item="i1", cmi=cmi_12("failed", "20")))

    record = progress_of(enrollment, item)
    assert (record.completed_at is not None, record.score) == (True, 90)
    way.refresh_from_db()
    assert (way.completion, way.success, way.score) == ("completed", "passed", 90)
    assert ItemState.objects.get().success == "failed"


def test_scorm_2004_is_done_when_its_rules_say_so(imported):
    enrollment, item = placed_package(imported(items=TWO, edition=EDITION))
    way, session = opened(enrollment, item)
    begun = {"completion_status": "completed", "success_status": "unknown"}

    services.keep(
        way.pk, session, Message(1, item="i1", cmi=begun, whole={"completion": "incomplete", "success": "unknown"})
    )
    assert progress_of(enrollment, item).completed_at is None
    services.keep(
        way.pk,
        session,
        Message(
            2,
            item="i1",
            state='{"a": 1}',
            activities={"i1": {"completion": "completed", "success": "passed", "scaled": 0.9}, "gone": {}},
            whole={"completion": "completed", "success": "passed", "scaled": 0.9},
        ),
    )

    record = progress_of(enrollment, item)
    assert (record.completed_at is not None, record.score) == (True, 90)
    assert ItemState.objects.get().success == "passed"
    way.refresh_from_db()
    assert way.state == '{"a": 1}'


def test_time_is_counted_on_the_server_s_clock(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    CourseProgress.objects.update(started_at=timezone.now() - timedelta(seconds=40))

    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12(), seconds=3000))

    assert 38 <= progress_of(enrollment, item).seconds <= 45


def test_after_the_run_nothing_is_kept(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    enrollment.run.ends_at = timezone.now() - timedelta(hours=1)
    enrollment.run.starts_at = timezone.now() - timedelta(hours=2)
    enrollment.run.save()

    with pytest.raises(RunOver):
        services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12("passed")))

    assert not ItemState.objects.exists()


def test_what_arrives_after_the_seat_was_given_up_stays_with_the_registration(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    Enrollment.objects.update(status=Enrollment.Status.WITHDRAWN)

    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12("passed")))

    assert progress_of(enrollment, item) is None
    assert ItemState.objects.get().success == "passed"


def test_who_has_begun_goes_on_in_the_version_she_began_in(imported, tmp_path):
    first = imported()
    enrollment, item = placed_package(first)
    way = services.begin(enrollment, item)
    second = services.import_package(scorm(tmp_path), replaces=first.package).made

    assert services.begin(enrollment, item) == way
    Registration.objects.update(completion="completed")
    anew = services.begin(enrollment, item, again=True)

    assert (anew.version, anew.number) == (second, 2)
    assert services.begin(enrollment, item) == anew


def test_nobody_begins_anew_what_she_has_not_finished(imported):
    enrollment, item = placed_package(imported())
    services.begin(enrollment, item)

    with pytest.raises(NotFinished):
        services.begin(enrollment, item, again=True)


def test_a_locked_package_does_not_open(imported):
    enrollment, item = placed_package(imported())
    OutlineItem.objects.update(position=F("position") + 10)
    gate = OutlineItemFactory(course=item.course, kind="section", is_gate=True, is_required=False, position=1)
    OutlineItemFactory(course=item.course, parent=gate, position=2)

    with pytest.raises(Locked):
        services.begin(enrollment, item)


# Pages and addresses


def learner_at(enrollment, host="localhost"):
    client = Client(headers={"host": host})
    client.force_login(enrollment.person)
    return client


def stage_of(page):
    address = page.context["address"]
    assert address.startswith(f"http://{THERE}/play/")
    return address.removeprefix(f"http://{THERE}")


def data_of(answer):
    return answer.context["data"]


def test_a_learner_opens_a_package_and_goes_on_where_she_was_on_another_device(imported):
    enrollment, item = placed_package(imported(items=TWO))
    there = Client(headers={"host": THERE})
    page = learner_at(enrollment).get(reverse("scorm:play", args=[enrollment.pk, item.pk]))

    stage = there.get(stage_of(page))
    data = data_of(stage)
    assert [node["id"] for node in data["course"]["children"]] == ["i1", "i2"]
    assert data["learner"]["name"] == enrollment.person.full_name
    assert str(enrollment.person.pk) not in data["learner"]["id"].split("-")
    sent = there.post(
        data["keep"],
        json.dumps({"number": 1, "item": "i2", "cmi": cmi_12(suspend_data="page 3"), "suspended": True}),
        content_type="text/plain",
    )

    assert sent.json() == {"completion": "incomplete", "success": "unknown", "score": None}
    again = learner_at(enrollment).get(reverse("scorm:play", args=[enrollment.pk, item.pk]))
    resumed = data_of(there.get(stage_of(again)))
    assert resumed["current"] == "i2"
    assert resumed["states"]["i2"]["cmi"]["suspend_data"] == "page 3"
    assert resumed["states"]["i2"]["suspended"] is True


def test_an_earlier_window_is_told_that_it_no_longer_keeps(imported):
    enrollment, item = placed_package(imported())
    there, way = Client(headers={"host": THERE, "accept": "application/json"}), services.begin(enrollment, item)
    tokens = [
        stage_token(Stage(way.version_id, "http://localhost", "id", way.pk, services.open_session(way)))
        for _ in range(2)
    ]
    body = json.dumps({"number": 1, "item": "i1", "cmi": cmi_12()})

    late = [
        there.post(reverse("play:keep", args=[token]), body, content_type="application/json")
        for token in reversed(tokens)
    ]

    assert [answer.status_code for answer in late] == [200, 409]
    assert late[1].json()["code"] == "opened_elsewhere"


def test_the_two_addresses_have_nothing_in_common(imported):
    enrollment, item = placed_package(imported())
    page = learner_at(enrollment).get(reverse("scorm:play", args=[enrollment.pk, item.pk]))
    stage, files = stage_of(page), reverse("play:file", args=[files_token(item.activity_id, timezone.localdate()), "x"])
    signed_in = learner_at(enrollment, THERE)

    for path in ("/", "/accounts/login/", "/cms/", "/healthz", reverse("scorm:play", args=[enrollment.pk, item.pk])):
        assert signed_in.get(path).status_code == 404, path
    for path in (stage, f"{stage}keep/", files):
        assert learner_at(enrollment).get(path).status_code == 404, path
        assert learner_at(enrollment).post(path).status_code == 404, path


def test_only_the_page_around_a_package_may_hold_a_frame_of_its_address(imported):
    enrollment, item = placed_package(imported())
    learner = learner_at(enrollment)

    page = learner.get(reverse("scorm:play", args=[enrollment.pk, item.pk]))
    home = learner.get(reverse("progress:home"))

    assert f"frame-src 'self' http://{THERE}" in page.headers["Content-Security-Policy"]
    assert THERE not in home.headers["Content-Security-Policy"]
    assert 'sandbox="allow-scripts allow-same-origin' in page.content.decode()
    assert "allow-top-navigation" not in page.content.decode()


def test_a_stage_and_its_files_say_what_they_may_do(imported):
    version = imported()
    enrollment, item = placed_package(version)
    there = Client(headers={"host": THERE})
    page = learner_at(enrollment).get(reverse("scorm:play", args=[enrollment.pk, item.pk]))

    stage = there.get(stage_of(page))
    file = there.get(f"{data_of(stage)['files']}INDEX.html?a=1")

    assert "frame-ancestors http://localhost" in stage.headers["Content-Security-Policy"]
    assert "allow-top-navigation" not in stage.headers["Content-Security-Policy"]
    assert not stage.cookies
    assert file.getvalue() == b"<p>Hello</p>"
    assert file.headers["Content-Type"] == "text/html"
    assert file.headers["Content-Security-Policy"].startswith("sandbox allow-scripts")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in file.headers
    for wrong in ("gone.html", "../index.html", "%2e%2e/x", ""):
        assert there.get(f"{data_of(stage)['files']}{wrong}").status_code == 404


def test_parts_of_films_are_sent_as_asked(imported):
    there = Client(headers={"host": THERE})
    address = reverse("play:file", args=[files_token(imported().pk, timezone.localdate()), "index.html"])

    part = there.get(address, headers={"range": "bytes=3-7"})

    assert (part.status_code, part.getvalue()) == (206, b"Hello")


def test_what_an_author_wrote_cannot_end_the_data_of_the_stage(imported):
    hostile = "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    enrollment, item = placed_package(imported(items=ITEM.replace("Lesson 1", hostile).format("")))
    page = learner_at(enrollment).get(reverse("scorm:play", args=[enrollment.pk, item.pk]))

    stage = Client(headers={"host": THERE}).get(stage_of(page))

    assert b"<script>alert" not in stage.content


def test_tokens_open_what_they_were_made_for_and_run_out(imported, monkeypatch):
    token = stage_token(Stage(imported().pk, "http://localhost", "id"))
    there = Client(headers={"host": THERE})

    assert there.get(reverse("play:stage", args=[token])).status_code == 200
    assert there.post(reverse("play:keep", args=[token])).status_code == 404
    for wrong in ("x", token[:-1], files_token(1, timezone.localdate())):
        assert there.get(reverse("play:stage", args=[wrong])).status_code == 404
    assert read_files_token(token, timezone.localdate()) is None
    monkeypatch.setattr("courses.scorm.tokens.STAGE_LIFETIME", -1)
    assert read_stage_token(token) is None


def test_without_an_address_for_packages_the_page_says_so(imported):
    enrollment, item = placed_package(imported())

    page = learner_at(enrollment, "diklat.example").get(reverse("scorm:play", args=[enrollment.pk, item.pk]))

    assert page.status_code == 409
    assert "iframe" not in page.content.decode()
    assert not Registration.objects.exists()


def test_operators_say_under_which_address_packages_play(imported, settings):
    settings.PACKAGES_URL, settings.PACKAGES_HOST = "https://paket.example", "paket.example"
    enrollment, item = placed_package(imported())

    page = learner_at(enrollment, "diklat.example").get(reverse("scorm:play", args=[enrollment.pk, item.pk]))

    assert page.context["address"].startswith("https://paket.example/play/")


def test_a_package_is_hers_alone_and_waits_for_the_run(imported):
    enrollment, item = placed_package(imported())
    address = reverse("scorm:play", args=[enrollment.pk, item.pk])
    other = EnrollmentFactory(run=enrollment.run)

    assert learner_at(other).get(address).status_code == 404
    enrollment.run.starts_at = timezone.now() + timedelta(days=1)
    enrollment.run.save()
    assert learner_at(enrollment).get(address).status_code == 409


def test_a_finished_package_can_be_begun_anew(imported):
    enrollment, item = placed_package(imported())
    way, session = opened(enrollment, item)
    services.keep(way.pk, session, Message(1, item="i1", cmi=cmi_12("passed", "80")))
    learner, address = learner_at(enrollment), reverse("scorm:play", args=[enrollment.pk, item.pk])

    page = learner.get(address)
    begun = learner.post(address)

    assert page.context["is_finished"]
    assert begun.url == address
    assert Registration.objects.count() == 2
    assert not learner.get(address).context["is_finished"]


def test_keeping_costs_the_same_for_two_parts_or_fifty(imported, queries_of):
    def way_through(count):
        items = "".join(f'<item identifier="i{n}" identifierref="r1"><title>{n}</title></item>' for n in range(count))
        enrollment, item = placed_package(imported(items=items))
        way, session = opened(enrollment, item)
        services.keep(way.pk, session, Message(1, item="i0", cmi=cmi_12()))
        return way.pk, session

    few, many = way_through(2), way_through(50)

    assert queries_of(services.keep, *few, Message(2, item="i1", cmi=cmi_12())) == queries_of(
        services.keep, *many, Message(2, item="i1", cmi=cmi_12())
    )
