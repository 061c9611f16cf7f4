"""What learners do in content is kept for them alone, counts once, and completes what it should."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks import StructBlockValidationError

from courses.catalog.models import CourseRun, OutlineItem
from courses.h5p import rules
from courses.h5p.activities import cards
from courses.h5p.blocks import H5PBlock
from courses.h5p.models import Attempt, Content, PlayerState, XapiStatement
from courses.h5p.rules import Unusable, read_said
from courses.h5p.tokens import play_token
from lms.enrollment.models import Enrollment
from lms.progress.models import CourseProgress
from tests.courses.h5p.test_player import Frame
from tests.factories.h5p import Classroom, content_from, finished, state, statement
from tests.factories.people import PersonFactory


@pytest.fixture
def content(db, files_on_disk, tmp_path) -> Content:
    return content_from(tmp_path)


@pytest.fixture
def learner(content):
    return Classroom(content).learner()


def states_in(learner):
    """What the frame gives back to the player."""
    page = learner.client.get(learner.card()["data-frame"]).content.decode()
    [shown] = Frame(page).integration["contents"].values()
    return shown["contentUserData"]


def test_content_stands_in_the_lesson_and_keeps_it_open_until_it_is_finished(learner):
    page = learner.client.get(learner.address).content.decode()
    assert "A card" in page
    done = reverse("pages:lesson_done", args=[learner.enrollment.pk, learner.room.lesson.pk])
    assert learner.client.post(done).status_code == 409

    answer = learner.says(finished(3, 4))

    assert answer.json() == {"refused": [""], "is_news": True}
    assert learner.progress.completed_at
    assert learner.progress.score == 75
    assert learner.client.post(done).status_code == 302
    assert CourseProgress.objects.get(enrollment=learner.enrollment).completed_at


def test_the_learner_sees_what_she_reached(learner):
    learner.says(finished(3, 4))

    page = learner.client.get(learner.address).content.decode()

    assert "<b>75</b>" in page
    assert "badge--success" in page


def test_content_to_look_at_is_complete_once_it_was_opened(content):
    learner = Classroom(content, completion="viewed").learner()
    assert "data-viewed" in learner.card()

    learner.says({"kind": "viewed"})

    assert learner.progress.completed_at
    assert learner.progress.score is None
    assert "data-viewed" not in learner.card()


def test_opening_alone_does_not_complete_what_is_to_be_finished(learner):
    learner.says({"kind": "viewed"}, state("{}"))

    assert learner.progress is None


def test_a_score_to_reach_gates_and_counts_in_the_grade_of_the_course(content):
    learner = Classroom(content, completion="score", passing_grade=80).learner()

    learner.says(finished(3, 4))
    assert learner.progress.completed_at is None
    learner.says(finished(), finished(0, 0))
    assert learner.progress.completed_at is None
    learner.says(finished(4, 5), finished(1, 5))

    assert learner.progress.completed_at
    assert learner.progress.score == 80
    assert CourseProgress.objects.get(enrollment=learner.enrollment).score == 80


def test_said_twice_it_counts_once(learner):
    said = [{**each, "id": str(uuid4())} for each in (finished(3, 4), statement())]
    keep = learner.card()["data-keep"]

    learner.says(*said, keep=keep)
    learner.says(*said, keep=keep)
    learner.says(*said)

    assert Attempt.objects.get().grade == 75
    assert XapiStatement.objects.count() == 1


def test_every_attempt_is_kept_and_the_best_one_counts(learner):
    learner.says(finished(4, 4, age=5, seconds=3))
    learner.says(finished(1, 4, seconds=10**12))

    assert list(Attempt.objects.order_by("pk").values_list("grade", flat=True)) == [100, 25]
    assert learner.progress.score == 100
    first, last = Attempt.objects.order_by("pk")
    assert first.opened_at <= first.finished_at <= last.finished_at <= timezone.now()
    assert last.seconds <= 60


def test_the_state_comes_back_with_the_frame(learner):
    assert states_in(learner) == {"0": {"state": "{}"}}

    learner.says(state('{"answers":[1]}'), state("deep", type="progress", sub="a1-b2", invalidates=False))

    assert states_in(learner) == {"0": {"state": '{"answers":[1]}'}, "a1-b2": {"progress": "deep"}}


def test_a_deleted_state_is_gone(learner):
    learner.says(state('{"answers":[1]}', age=9))
    learner.says(state(None))

    assert states_in(learner) == {"0": {"state": "{}"}}


def test_the_state_made_last_stays_whatever_arrives_last(learner):
    token = play_token(Content.objects.get().live_id, *_ids(learner))
    keep = reverse("h5p:keep", args=[_aged(token, hours=2)])

    learner.says(state("second", age=600), keep=keep)
    learner.says(state("first", age=3600), keep=keep)

    assert PlayerState.objects.get().data == "second"


def _ids(learner):
    return learner.enrollment.pk, learner.room.item.pk, learner.enrollment.person_id


def _aged(token, *, hours):
    """The same token as if it had been made some hours ago."""
    said = signing.loads(token, salt="courses.h5p.play")
    return signing.dumps([*said[:4], said[4] - hours * 3600], salt="courses.h5p.play")


def test_published_anew_with_a_reset_the_learner_begins_again(learner, content):
    learner.says(state("old"), state("seen", type="setting", invalidates=False))
    version = content.live
    version.pk, version.number = None, 2
    version.save()
    Content.objects.filter(pk=content.pk).update(live=version, states_from=2)

    assert states_in(learner)["0"] == {"state": "RESET", "setting": "seen"}


def test_a_page_opened_before_a_reset_brings_no_old_state_back(learner, content):
    keep = learner.card()["data-keep"]
    Content.objects.filter(pk=content.pk).update(states_from=2)

    answer = learner.says(state("old"), finished(1, 1), keep=keep)

    assert answer.json()["refused"] == ["", ""]
    assert not PlayerState.objects.exists()
    assert Attempt.objects.get().version_id == content.live_id


def test_a_token_is_useless_to_anybody_else(learner):
    other = learner.room.learner()
    mine, hers = learner.card(), other.card()
    learner.says(state("mine"), keep=mine["data-keep"])

    assert other.client.get(mine["data-frame"]).status_code == 404
    assert other.says(finished(1, 1), keep=mine["data-keep"]).status_code == 404
    assert states_in(other) == {"0": {"state": "{}"}}
    other.client.logout()
    assert other.client.get(hers["data-frame"]).status_code == 404
    assert other.says(finished(1, 1), keep=hers["data-keep"]).status_code == 302
    assert not Attempt.objects.exists()


def test_a_token_for_one_place_says_nothing_of_another(learner, tmp_path):
    other = Classroom(content_from(tmp_path, title="Another")).learner(learner.enrollment.person)
    enrollment, item, person = _ids(learner)
    version = Content.objects.get(title="Another").live_id

    foreign_version = reverse("h5p:keep", args=[play_token(version, enrollment, item, person)])
    foreign_item = reverse("h5p:keep", args=[play_token(version, enrollment, other.room.item.pk, person)])

    assert learner.says(finished(1, 1), keep=foreign_version).status_code == 409
    assert learner.says(finished(1, 1), keep=foreign_item).status_code == 404
    assert not Attempt.objects.exists()


def test_a_token_that_was_changed_or_is_for_looking_only_keeps_nothing(learner):
    keep = learner.card()["data-keep"]

    for wrong in (keep[:-3] + "/", keep.replace("results/", "results/x")):
        assert learner.says(finished(1, 1), keep=wrong).status_code == 404


def test_results_are_taken_for_two_weeks_and_a_frame_opens_for_half_a_day(learner):
    version = Content.objects.get().live_id
    token = play_token(version, *_ids(learner))

    assert learner.client.get(reverse("h5p:frame", args=[token])).status_code == 200
    # The age of a token is that of its signature, which a test cannot set back; so the lifetimes are cut.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courses.h5p.tokens.FRAME_LIFETIME", -1)
        assert learner.client.get(reverse("h5p:frame", args=[token])).status_code == 404
        assert learner.says(finished(1, 1), keep=reverse("h5p:keep", args=[token])).status_code == 200


def test_without_the_page_s_own_secret_nothing_is_kept(learner):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner.enrollment.person)

    answer = strict.post(learner.card()["data-keep"], {"entry": json.dumps(finished(1, 1, id=str(uuid4())))})

    assert answer.status_code == 403
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (finished(5, 4), "score"),
        (finished(-1, 4), "score"),
        (finished("4", 4), "score"),
        (finished(True, 4), "score"),
        (state("x" * (rules.MOST_STATE + 1)), "too-large"),
        (state(7), "shape"),
        (state("x", type="a b"), "shape"),
        (state("x", type="n" * 200), "shape"),
        (state("x", sub="../1"), "shape"),
        (state("nul\x00"), "json"),
        (statement("javascript:alert(1)"), "shape"),
        (statement(object={"id": "no address"}), "shape"),
        (statement(result=[1]), "shape"),
        (statement(result={"response": "x" * rules.MOST_STATEMENT}), "too-large"),
        ({"kind": "statement", "statement": "x"}, "shape"),
        ({"kind": "unheard"}, "shape"),
        ({"kind": "viewed", "age": "long"}, "shape"),
        ({"kind": "viewed", "id": "7"}, "shape"),
    ],
)
def test_what_cannot_be_used_is_named_and_the_rest_is_kept(learner, said, code):
    answer = learner.says(said, state("kept"))

    assert answer.json()["refused"] == [code, ""]
    assert PlayerState.objects.get().data == "kept"
    assert not Attempt.objects.exists()
    assert not XapiStatement.objects.exists()


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda kids: st.lists(kids)) | st.text())
def test_whatever_comes_is_read_or_refused(value):
    raw = value if isinstance(value, str) else json.dumps(value)
    for text in (raw, json.dumps({"id": str(uuid4()), "kind": "finished", "score": 1, "max": raw})):
        with pytest.raises(Unusable):
            read_said(text)


def test_a_score_may_have_fractions_and_rounds_to_a_grade():
    said = read_said(json.dumps({"id": str(uuid4()), **finished(1 / 3, 0.5)}))

    assert said.grade == Decimal("66.60")


def test_statements_are_kept_without_their_actor_and_not_without_end(learner, monkeypatch):
    monkeypatch.setattr(rules, "MOST_STATEMENTS", 2)

    learner.says(statement(result={"score": {"raw": 1}}), statement())
    learner.says(statement(), statement())

    kept = XapiStatement.objects.order_by("pk")
    assert len(kept) == 2
    assert kept[0].body.keys() == {"verb", "object", "result"}


def test_states_and_attempts_are_not_kept_without_end(learner, monkeypatch):
    monkeypatch.setattr(rules, "MOST_STATES", 2)
    monkeypatch.setattr(rules, "MOST_ATTEMPTS", 1)

    learner.says(state("a"), state("b", sub="1"))
    answer = learner.says(state("c", sub="2"), state("new"), finished(1, 4), finished(2, 4))
    learner.says(finished(4, 4))

    assert answer.json()["refused"] == ["too-many", "", "", ""]
    assert set(PlayerState.objects.values_list("data", flat=True)) == {"new", "b"}
    assert Attempt.objects.get().grade == 25
    assert learner.progress.score == 100


def test_nothing_counts_before_the_run_after_it_or_without_a_seat(learner):
    keep = learner.card()["data-keep"]
    now = timezone.now()
    runs = CourseRun.objects.filter(pk=learner.room.run.pk)
    starts, ends = learner.room.run.starts_at, learner.room.run.ends_at

    runs.update(ends_at=now - timedelta(minutes=1))
    over = learner.says(finished(1, 1), keep=keep)
    runs.update(starts_at=now + timedelta(hours=1), ends_at=ends)
    early = learner.says(finished(1, 1), keep=keep)
    runs.update(starts_at=starts)
    Enrollment.objects.filter(pk=learner.enrollment.pk).update(status=Enrollment.Status.WITHDRAWN)
    without = learner.says(finished(1, 1), keep=keep)

    codes = [answer.json()["code"] for answer in (over, early, without)]
    assert codes == ["run_over", "run_not_started", "not_learning"]
    assert not Attempt.objects.exists()


def test_content_that_was_taken_out_of_the_lesson_counts_no_more(learner):
    keep = learner.card()["data-keep"]
    item = learner.room.item
    item.activity_id += 1000
    item.save()
    learner.room.course.published_at = timezone.now()
    learner.room.course.save()

    assert learner.says(finished(1, 1), keep=keep).json()["code"] == "not_in_course"


def test_a_score_to_reach_must_be_said(content):
    block = H5PBlock()
    asked = {"h5p": content, "completion": "score", "passing_grade": None, "is_required": True}

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(asked)
    fine = block.clean({**asked, "completion": "viewed"})

    assert refused.value.block_errors.keys() == {"passing_grade"}
    assert fine["passing_grade"] is None


def test_ten_pieces_of_content_in_a_lesson_cost_no_more_queries_than_one(files_on_disk, tmp_path, queries_of):
    contents = [content_from(tmp_path, title=f"Card {number}") for number in range(10)]
    few, many = Classroom(contents[0]).learner(), Classroom(*contents).learner()
    for each in (few, many):
        each.client.get(each.address)

    assert queries_of(many.client.get, many.address) == queries_of(few.client.get, few.address)


def test_hearing_of_ten_statements_costs_no_more_queries_than_of_one(learner, queries_of):
    keep = learner.card()["data-keep"]
    learner.says(statement(), finished(1, 1), keep=keep)

    few = queries_of(learner.says, statement(), finished(1, 1), keep=keep)

    assert queries_of(learner.says, *[statement() for _ in range(10)], *[finished(1, 1)] * 9, keep=keep) == few


def test_an_author_s_preview_plays_and_keeps_nothing(content, client):

    request = RequestFactory().get("/")
    request.user = PersonFactory()
    item = OutlineItem(pk=-1, activity_kind="h5p", activity_id=content.pk)

    [html] = cards(request, None, [item]).values()

    assert "data-keep" not in html
    assert client.get(html.split('data-frame="')[1].split('"')[0]).status_code == 200
