"""Learners of a run in classes."""

import pytest
from django.db import IntegrityError, transaction

from lms.enrollment import errors, queries, services
from lms.enrollment.models import ClassMember, RunClass
from lms.events.services import deliver
from lms.notifications.models import Message
from tests.factories.enrollment import RunSeatsFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def learners(run, count):
    people = [PersonFactory() for _ in range(count)]
    services.place(run.pk, [person.pk for person in people])
    return people


def sizes(run):
    return list(RunClass.objects.filter(run=run).order_by("number").values_list("members", flat=True))


def in_class(run, number):
    rows = ClassMember.objects.filter(run=run, group__number=number).order_by("pk")
    return list(rows.values_list("person_id", flat=True))


def hear():
    while deliver():
        pass


def test_learners_are_split_in_order_of_arrival_and_so_are_those_who_come_later():
    run = RunSeatsFactory(seats=8).run
    people = learners(run, 5)

    services.split_run(run, 3, by=PersonFactory())
    assert sizes(run) == [3, 2]
    people += learners(run, 4)
    hear()

    assert sizes(run) == [3, 3, 2]
    assert [in_class(run, n) for n in (1, 2, 3)] == [[p.pk for p in people[n : n + 3]][: 8 - n] for n in (0, 3, 6)]


def test_a_place_that_is_given_back_goes_to_the_next_who_comes():
    run = RunSeatsFactory(seats=4).run
    people = learners(run, 5)
    services.split_run(run, 2, by=PersonFactory())
    leaving = run.enrollments.get(person=people[1])

    services.withdraw(leaving, by=people[1])
    hear()
    services.leave_classes(run.pk, [leaving.pk])

    assert in_class(run, 1) == [people[0].pk, people[4].pk]
    assert sizes(run) == [2, 2]


def test_who_leaves_and_comes_back_before_it_is_heard_keeps_the_class():
    run = RunSeatsFactory(seats=4).run
    (person,) = learners(run, 1)
    services.split_run(run, 2, by=person)

    services.withdraw(run.enrollments.get(), by=person)
    services.enroll(person, run)
    hear()

    assert in_class(run, 1) == [person.pk]
    assert sizes(run) == [1]


def test_splitting_costs_the_same_for_two_or_two_hundred(queries_of):
    counts = []
    for people in (2, 200):
        run = RunSeatsFactory().run
        learners(run, people)
        counts.append(queries_of(services.split_run, run, 40, by=PersonFactory()))

    assert counts[0] == counts[1]
    assert sizes(run) == [40] * 5


def test_a_run_without_classes_is_asked_once(queries_of):
    run = RunSeatsFactory().run
    learners(run, 2)
    ids = list(run.enrollments.values_list("pk", flat=True))

    assert queries_of(services.fill_classes, run.pk, ids) == 3  # with the savepoint around it
    services.split_run(run, 40, by=PersonFactory())
    assert services.fill_classes(run.pk, ids) == 0


def test_classes_grow_but_never_shrink_below_what_they_hold():
    run, by = RunSeatsFactory().run, PersonFactory()
    learners(run, 5)
    services.split_run(run, 3, by=by)

    with pytest.raises(errors.ClassTooSmall):
        services.split_run(run, 2, by=by)
    services.split_run(run, 4, by=by)
    learners(run, 3)
    hear()

    assert sizes(run) == [4, 4]
    services.split_run(run, None, by=by)
    learners(run, 3)
    hear()
    assert sizes(run) == [4, 4]


def test_the_database_holds_no_class_above_its_size_and_nobody_in_two():
    run = RunSeatsFactory().run
    (person,) = learners(run, 1)
    services.split_run(run, 1, by=person)
    other = RunClass.objects.create(run=run, number=2, size=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        RunClass.objects.filter(run=run).update(members=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassMember.objects.create(run=run, person=person, group=other, since="2026-01-01T00:00:00Z")


def test_an_instructor_is_told_and_sees_her_own_classes_only():
    run = RunSeatsFactory().run
    people = learners(run, 4)
    services.split_run(run, 2, by=PersonFactory())
    first, second = queries.classes_of(run.pk)
    instructor = PersonFactory()
    assert not queries.teaches(instructor)

    services.appoint(first, instructor, by=PersonFactory())
    services.appoint(first, instructor, by=PersonFactory())

    assert queries.teaches(instructor)
    assert list(RunClass.objects.taught_by(instructor)) == [first]
    assert second not in RunClass.objects.taught_by(instructor)
    assert {place.person for place in queries.learners_of(first)} == set(people[:2])
    assert Message.objects.filter(kind="enrollment.teaching").count() == 1
    services.appoint(first, None, by=PersonFactory())
    assert not queries.teaches(instructor)


def test_a_list_shows_nobody_who_has_given_her_seat_back():
    run = RunSeatsFactory().run
    people = learners(run, 2)
    services.split_run(run, 2, by=PersonFactory())

    services.withdraw(run.enrollments.get(person=people[0]), by=people[0])

    group = queries.classes_of(run.pk).get()
    assert [place.person for place in queries.learners_of(group)] == [people[1]]
    assert queries.class_of(run.pk, people[1]) == group
