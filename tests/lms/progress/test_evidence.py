"""What pages say of a learner is heard once, believed as far as the clock allows, and never lost."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.common.errors import Refused
from lms.progress import errors, pages, queries, services
from lms.progress.evidence import GRACE, Account, Beat, Criterion, Medium, Missing, Played, Unseen, merged
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.people import PersonFactory
from tests.lms.progress.test_services import Way

VIDEO = Criterion(minutes=0, watched=90, is_unhurried=True, media={"7": Medium(100, "Sambutan")})


def watched(*stretches, speed=1.0, number=1, seconds=None):
    played = [Played("7", start, end, speed) for start, end in stretches]
    return Beat(number, sum(each.seconds for each in played) if seconds is None else seconds, played)


def test_nothing_is_asked_where_the_author_asks_for_nothing():
    assert Criterion().stored() == {}
    assert Criterion(watched=90).stored() == {}
    assert not Account().missing(Criterion.of({}))


def test_a_criterion_comes_back_as_it_was_kept():
    assert Criterion.of(json.loads(json.dumps(VIDEO.stored()))) == VIDEO


def test_twenty_minutes_in_twenty_seconds_are_not_believed():
    account = Account()
    counted, _spent = account.hear("a", [Beat(1, 1200, [Played("7", 0, 1200, 1.0)])], elapsed=20)

    assert (counted, account.seconds) == (20, 20)
    assert account.normal == {"7": [[0, 23]]}
    assert account.unbelieved >= 1200 - 20 - GRACE
    assert account.missing(Criterion(minutes=4)) == Missing(seconds=220)


def test_what_is_sent_twice_is_heard_once_and_what_was_kept_offline_all_at_once():
    account = Account()
    kept = [watched((0, 30)), watched((30, 60), number=2), watched((60, 90), number=3)]

    account.hear("a", kept[:2], elapsed=60)
    account.hear("a", kept, elapsed=30)

    assert (account.seconds, account.normal, account.unbelieved) == (90, {"7": [[0, 90]]}, 0)
    assert not account.missing(VIDEO)


def test_skipped_parts_are_named_with_the_place_to_go_on():
    account = Account()
    account.hear("a", [watched((0, 40), (70, 100))], elapsed=70)

    assert account.missing(VIDEO) == Missing(media=(Unseen("7", "Sambutan", 20, 40),))


@pytest.mark.parametrize(("is_unhurried", "left"), [(True, 90), (False, 0)])
def test_what_is_played_faster_counts_only_where_the_author_lets_it(is_unhurried, left):
    account = Account()
    account.hear("a", [watched((0, 100), speed=2.0)], elapsed=50)

    criterion = Criterion(watched=90, is_unhurried=is_unhurried, media=VIDEO.media)
    assert sum(each.seconds for each in account.missing(criterion).media) == left


def test_only_the_last_pages_are_remembered():
    account = Account()
    for number in range(30):
        account.hear(f"page {number}", [Beat(1, 1)], elapsed=1)

    assert list(account.heard)[-1] == "page 29"
    assert len(account.heard) == 8


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.lists(st.builds(Beat, st.integers(1, 9), st.floats(0, 90), st.lists(
                st.builds(Played, st.sampled_from("78"), st.floats(0, 300), st.floats(0, 300), st.floats(0.5, 3)),
                max_size=3,
            )), max_size=4),
            st.floats(0, 60),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_never_is_more_believed_than_went_by(reports):
    """Whatever pages say, in any order and as often as they like."""
    account, clock = Account(), 0.0
    spare = 0.0
    for page, beats, went in reports:
        clock += went
        spare += went
        account = Account.of(account.seconds, json.loads(json.dumps(account.stored())))
        _counted, spent = account.hear(str(page), beats, spare)
        spare = max(0.0, spare - spent)

        assert account.seconds <= clock + 1e-6
        for stretches in (*account.normal.values(), *account.fast.values()):
            assert stretches == merged(stretches)
            assert all(start < end for start, end in stretches)
        # Rounding may add a second to each stretch, the grace is given once for each report.
        played = sum(end - start for stretches in account.normal.values() for start, end in stretches)
        assert played <= 1.05 * (clock + len(reports) * GRACE) + 3 * 4 * len(reports)


def hear(page, beats, *, position):
    [answer] = services.hear_all([services.Said(page, beats, position)])
    if isinstance(answer, Refused):
        raise answer
    return answer


@pytest.fixture
def way(db):
    way = Way()
    way.intro.criterion = Criterion(minutes=1).stored()
    way.intro.save()
    way.republish()
    services.open_item(way.fresh(), way.intro)
    CourseProgress.objects.update(started_at=timezone.now() - timedelta(minutes=30))
    return way


def page_of(way, *, minutes=30, name="a", **changes):
    page = pages.page_of(
        pages.ticket_for(way.enrollment.person_id, way.enrollment.pk, way.intro.pk, way.intro.criterion)
    )
    return page._replace(opened=page.opened - minutes * 60, page=name, **changes)


def test_a_lesson_is_not_done_before_what_its_author_asks_for(way):
    services.report(way.fresh(), way.quiz, completed=True, score=90)
    with pytest.raises(errors.NotStudied):
        way.done(way.intro)
    assert queries.missing_of(way.fresh(), way.intro) == Missing(seconds=60)

    hear(page_of(way), [Beat(1, 60)], position=0.5)

    way.done(way.intro)
    kept = ItemProgress.objects.get(item=way.intro)
    assert (kept.seconds, kept.position, kept.completed_at is not None) == (60, 0.5, True)
    assert CourseProgress.objects.get().seconds == 60


def test_a_page_gains_nothing_from_before_it_was_opened(way):
    hear(page_of(way, minutes=0), [Beat(1, 900)], position=0)

    assert CourseProgress.objects.get().seconds <= 1


def test_two_pages_at_once_share_the_clock(way):
    CourseProgress.objects.update(counted_to=timezone.now() - timedelta(seconds=40))

    for name in ("a", "b"):
        hear(page_of(way, name=name), [Beat(1, 40)], position=0)

    assert 39 <= CourseProgress.objects.get().seconds <= 41


def test_hearing_costs_the_same_few_statements(way):
    hear(page_of(way), [Beat(1, 1)], position=0)

    with CaptureQueriesContext(connection) as captured:
        hear(page_of(way), [Beat(number, 1) for number in range(2, 60)], position=0)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 4


@pytest.mark.parametrize("change", [{"status": "withdrawn"}, {"status": "waiting"}])
def test_without_a_seat_nothing_is_heard(way, change):
    type(way.enrollment).objects.update(**change)

    with pytest.raises(errors.NotLearning):
        hear(page_of(way), [Beat(1, 1)], position=0)


def test_after_the_run_nothing_is_heard(way):
    way.enrollment.run.ends_at = timezone.now()
    way.enrollment.run.save()

    with pytest.raises(errors.RunOver):
        hear(page_of(way), [Beat(1, 1)], position=0)


def sent(client, ticket, **changes):
    report = {"ticket": ticket, "position": 0.25, "beats": [{"number": 1, "seconds": 0, "played": []}]}
    return client.post(reverse("progress:beats"), json.dumps(report | changes), content_type="application/json")


def test_a_page_hears_how_far_it_was_heard_and_whether_it_is_enough(way, client_for):
    client = client_for(way.enrollment.person)
    ticket = pages.ticket_for(way.enrollment.person_id, way.enrollment.pk, way.intro.pk, way.intro.criterion)

    assert sent(client, ticket).json() == {"heard": 1, "is_enough": False}
    ItemProgress.objects.update(seconds=60)
    assert sent(client, ticket).json() == {"heard": 1, "is_enough": True}


def test_the_ticket_of_one_is_useless_to_another(way, client_for, client):
    ticket = pages.ticket_for(way.enrollment.person_id, way.enrollment.pk, way.intro.pk, {})

    assert sent(client_for(PersonFactory()), ticket).status_code == 403
    assert sent(client, ticket).status_code == 401
    assert sent(client_for(way.enrollment.person), ticket[:-2] + "xx").status_code == 422
    assert not ItemProgress.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"position": 2},
        {"beats": "x"},
        {"beats": [{"number": 0, "seconds": 1}]},
        {"beats": [{"number": 1, "seconds": -1}]},
        {"beats": [{"number": 1, "seconds": 1, "played": [{"medium": "<b>", "start": 0, "end": 1, "speed": 1}]}]},
        {"beats": [{"number": 1, "seconds": 1, "played": [{"medium": "7", "start": 0, "end": 1, "speed": 0}]}]},
        {"beats": [{"number": n, "seconds": 0} for n in range(1, 600)]},
    ],
)
def test_what_no_page_would_say_is_not_heard(way, client_for, changes):
    ticket = pages.ticket_for(way.enrollment.person_id, way.enrollment.pk, way.intro.pk, {})

    assert sent(client_for(way.enrollment.person), ticket, **changes).status_code == 422
    assert not ItemProgress.objects.exists()
