"""A statement gives what its queryset gives, compiled once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, F, JSONField
from django.test.utils import CaptureQueriesContext

from assessments.quizzes.models import Attempt
from assessments.quizzes.querysets import MergedJson
from lms.common.statements import Among, Insert, InsertMany, Statement, Update, UpdateMany, given, given_id, given_ids
from lms.events.models import Delivery, Event
from lms.people.models import Membership, Person
from lms.progress.models import CourseProgress, ItemProgress
from tests.factories.catalog import OutlineItemFactory
from tests.factories.certificates import CourseProgressFactory
from tests.factories.enrollment import EnrollmentFactory
from tests.factories.people import OrgUnitFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_instances_are_those_of_the_queryset() -> None:
    one, other = PersonFactory(), PersonFactory()
    statement: Statement[Person] = Statement(lambda: Person.objects.filter(pk=given_id("pk")))
    for person in (one, other):
        found = statement.first(pk=person.pk)
        assert found == person
        assert found is not None
        assert {field.attname: getattr(found, field.attname) for field in Person._meta.concrete_fields} == {
            field.attname: getattr(Person.objects.get(pk=person.pk), field.attname)
            for field in Person._meta.concrete_fields
        }
        assert not found._state.adding
    assert statement.first(pk=0) is None


def test_related_rows_come_along_and_what_was_left_out_is_read_when_asked_for() -> None:
    person, unit = PersonFactory(), OrgUnitFactory()
    Membership.objects.create(person=person, unit=unit, starts_on="2026-01-01", employment_type="pns")
    statement: Statement[Membership] = Statement(
        lambda: (
            Membership.objects.filter(person=given_id("person")).select_related("unit").only("unit__name", "starts_on")
        )
    )
    with CaptureQueriesContext(connection) as queries:
        found = statement.first(person=person.pk)
        assert found is not None
        assert found.unit.name == unit.name
        assert len(queries) == 1
        assert found.unit.code == unit.code
        assert len(queries) == 2


def test_tuples_hold_values_as_python_knows_them() -> None:
    person = PersonFactory()
    since: Statement[tuple[int, datetime]] = Statement(
        lambda: Person.objects.filter(created_at__gt=given("since", DateTimeField()), pk=given_id("pk")).values_list(
            "pk", "created_at"
        )
    )
    assert since.all(pk=person.pk, since=datetime(2020, 1, 1, tzinfo=UTC)) == [(person.pk, person.created_at)]
    assert since.all(pk=person.pk, since=datetime(2220, 1, 1, tzinfo=UTC)) == []


def test_an_update_takes_its_values_and_says_how_many_rows_it_changed() -> None:
    person = PersonFactory()
    rename = Update(
        lambda: Person.objects.filter(pk=given_id("pk")), full_name=given("name", Person._meta.get_field("full_name"))
    )
    assert rename(pk=person.pk, name="O'Neil % %s") == 1
    assert rename(pk=0, name="X") == 0
    person.refresh_from_db()
    assert person.full_name == "O'Neil % %s"


def test_json_goes_in_as_a_value() -> None:
    merge = Update(
        lambda: Attempt.objects.filter(pk=given_id("pk")),
        answers=MergedJson(F("answers"), given("answers", JSONField())),
    )
    assert merge(pk=0, answers={"1": ["a", "'"]}) == 0


def test_a_row_is_written_with_its_defaults_and_gives_its_number() -> None:
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    insert = Insert(Event)

    numbers = [insert(name="tests.Rained", facts={"a": ["'", "%s"]}, created_at=now) for _ in range(7)]

    rows = Event.objects.order_by("pk")
    assert [row.pk for row in rows] == numbers
    assert {(row.name, row.created_at) for row in rows} == {("tests.Rained", now)}
    assert rows[0].facts == {"a": ["'", "%s"]}
    delivery = Delivery.objects.get(pk=Insert(Delivery)(event_id=numbers[0], receiver="a", not_before=now))
    assert (delivery.state, delivery.attempts, delivery.is_bulk) == (Delivery.State.DUE, 0, False)


def test_a_row_that_is_there_takes_over_what_is_named_and_keeps_the_rest() -> None:
    enrollment, item = EnrollmentFactory(), OutlineItemFactory()
    ItemProgress.objects.create(enrollment=enrollment, item=item, seconds=40, score=10)
    scored = Insert(ItemProgress, unique=("enrollment", "item"), update=("score",))

    scored(enrollment_id=enrollment.pk, item_id=item.pk, score=Decimal("77.5"))

    [row] = ItemProgress.objects.all()
    assert (row.seconds, row.score) == (40, Decimal("77.5"))


def test_a_second_row_where_there_may_be_one_is_refused() -> None:
    progress = CourseProgressFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(CourseProgress)(
            enrollment_id=progress.pk, started_at=progress.started_at, last_seen_at=progress.last_seen_at
        )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compiles in its own process")
def test_the_database_plans_a_statement_once() -> None:
    one, other = PersonFactory(), PersonFactory()
    statement: Statement[Person] = Statement(lambda: Person.objects.filter(pk=given_id("pk")).only("full_name"))
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    for person in (one, other, one):
        assert statement.first(pk=person.pk) == person
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ['SELECT "people_person"."id", "people_person"."full_name"%'],
        )
        assert cursor.fetchall() == [(3,)]


def test_what_a_statement_could_not_give_is_refused() -> None:
    with pytest.raises(TypeError):
        Statement(lambda: Person.objects.values("pk")).all()


def test_any_number_of_ids_is_one_value() -> None:
    people = [PersonFactory() for _ in range(3)]
    statement: Statement[tuple[int]] = Statement(
        lambda: Person.objects.filter(Among(F("pk"), given_ids("pks"))).order_by("pk").values_list("pk")
    )

    assert statement.all(pks=[people[2].pk, people[0].pk, 0]) == [(people[0].pk,), (people[2].pk,)]
    assert statement.all(pks=[]) == []


def test_many_rows_are_given_values_of_their_own_in_one_statement() -> None:
    rows = [CourseProgressFactory() for _ in range(3)]
    moments = [datetime(2026, 11, 27, 8, minute, 0, 250_000, tzinfo=UTC) for minute in range(3)]
    settle = UpdateMany(CourseProgress, "seconds", "counted_to", "score")

    with CaptureQueriesContext(connection) as queries:
        done = settle((row.pk, n, moments[n], Decimal("1.5") if n else None) for n, row in enumerate(rows[:2]))

    assert (done, len(queries)) == (2, 1)
    kept = CourseProgress.objects.order_by("pk").values_list("seconds", "counted_to", "score")
    assert list(kept) == [(0, moments[0], None), (1, moments[1], Decimal("1.5")), (0, None, None)]


def test_many_rows_are_written_or_take_over_what_is_named() -> None:
    item, places = OutlineItemFactory(), [EnrollmentFactory() for _ in range(2)]
    ItemProgress.objects.create(enrollment=places[0], item=item, seconds=40, score=10, position=0.75)
    account = InsertMany(
        ItemProgress,
        *("enrollment", "item", "seconds", "position", "evidence"),
        unique=("enrollment", "item"),
        update=("seconds", "evidence"),
    )
    said = [{"a": ["'", '"', "%s", "é"]}, {}]

    with CaptureQueriesContext(connection) as queries:
        account((place.pk, item.pk, n, n, said[n]) for n, place in enumerate(places))

    assert len(queries) == 1
    assert list(ItemProgress.objects.order_by("pk").values_list("seconds", "position", "evidence", "score")) == [
        (0, 0.75, said[0], Decimal(10)),
        (1, 1.0, said[1], None),
    ]
