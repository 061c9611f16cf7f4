import random

import pytest
from django.utils import timezone

from lms.enrollment.models import Enrollment
from lms.progress.models import CourseProgress
from lms.reports import services
from lms.reports.models import EnrollmentFact, Rollup
from tests.factories.catalog import CourseRunFactory
from tests.factories.certificates import CourseProgressFactory
from tests.factories.enrollment import EnrollmentFactory, EnrollmentPeriodFactory
from tests.factories.people import OrgUnitFactory

pytestmark = pytest.mark.django_db


def sums():
    """All sums that are not zero, by unit, run, employment type and standing."""
    cells = Rollup.objects.exclude(count=0).values_list("unit", "run", "employment_type", "standing", "count")
    return sorted(cells)


@pytest.fixture
def tree():
    ministry = OrgUnitFactory()
    province = OrgUnitFactory(parent=ministry)
    return ministry, province, OrgUnitFactory(parent=province), OrgUnitFactory(parent=province)


def test_an_enrollment_counts_in_its_unit_and_all_above(tree):
    ministry, province, office, _ = tree
    enrollment = EnrollmentFactory(unit=office, employment_type="pns")

    services.fold([enrollment.pk])

    assert [cell[0] for cell in sums()] == sorted([ministry.pk, province.pk, office.pk])
    assert {cell[2:] for cell in sums()} == {("pns", "not_started", 1)}


def test_folding_again_adds_nothing(tree):
    enrollment = EnrollmentFactory(unit=tree[2])

    assert services.fold([enrollment.pk]) == 1
    before = sums()
    assert services.fold([enrollment.pk, enrollment.pk]) == 0

    assert sums() == before


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ({"status": "waiting"}, {"waiting"}),
        ({"status": "withdrawn"}, set()),
        ({"started": True}, {"in_progress"}),
        ({"completed": True}, {"completed"}),
    ],
)
def test_a_change_moves_the_enrollment_from_one_sum_to_another(tree, change, standing):
    enrollment = EnrollmentFactory(unit=tree[2])
    services.fold([enrollment.pk])

    if "status" in change:
        Enrollment.objects.update(**change)
    else:
        CourseProgressFactory(enrollment=enrollment, completed_at=timezone.now() if "completed" in change else None)
    services.fold([enrollment.pk])

    assert {cell[3] for cell in sums()} == standing
    assert all(cell[4] == 1 for cell in sums())


def test_any_history_folded_in_any_portions_gives_what_counting_anew_gives(tree):
    chance = random.Random(7)
    period = EnrollmentPeriodFactory()
    runs = [CourseRunFactory() for _ in range(3)]
    enrollments = [
        EnrollmentFactory(
            unit=chance.choice([*tree, None]), run=chance.choice(runs), employment_type=chance.choice(["pns", "pppk"])
        )
        for _ in range(40)
    ]
    assert period.pk
    for _ in range(12):
        for enrollment in chance.sample(enrollments, 8):
            fate = chance.randrange(4)
            if fate == 0:
                Enrollment.objects.filter(pk=enrollment.pk).update(
                    status=chance.choice(["seated", "waiting", "withdrawn"])
                )
            elif fate == 1:
                Enrollment.objects.filter(pk=enrollment.pk).update(unit=chance.choice(tree))
            else:
                CourseProgress.objects.update_or_create(
                    enrollment=enrollment,
                    defaults={
                        "started_at": timezone.now(),
                        "last_seen_at": timezone.now(),
                        "completed_at": timezone.now() if fate == 2 else None,
                    },
                )
        services.fold([enrollment.pk for enrollment in chance.sample(enrollments, 20)])
    services.fold([enrollment.pk for enrollment in enrollments])
    folded, facts = sums(), sorted(EnrollmentFact.objects.values_list())

    services.rebuild()

    assert sums() == folded
    assert sorted(EnrollmentFact.objects.values_list()) == facts


def test_an_enrollment_without_a_unit_is_in_nobodys_branch():
    services.fold([EnrollmentFactory(unit=None).pk])

    assert sums() == []


def test_folding_costs_the_same_for_two_or_two_hundred(tree, queries_of):
    few = [EnrollmentFactory(unit=tree[2], employment_type="pns").pk for _ in range(2)]
    run = CourseRunFactory()
    many = [EnrollmentFactory(unit=tree[2], run=run, employment_type="pns").pk for _ in range(200)]

    assert queries_of(services.fold, few) == queries_of(services.fold, many)


def test_a_list_of_any_length_is_folded_in_portions(tree, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)
    run = CourseRunFactory()
    enrollments = [EnrollmentFactory(unit=unit, run=run) for unit in tree * 2]

    assert services.fold([enrollment.pk for enrollment in enrollments]) == 8

    assert {cell[0]: cell[4] for cell in sums()} == {tree[0].pk: 8, tree[1].pk: 6, tree[2].pk: 2, tree[3].pk: 2}


def test_one_who_moves_within_a_branch_moves_in_the_units_below_and_stays_in_those_above(tree):
    enrollment = EnrollmentFactory(unit=tree[2])
    services.fold([enrollment.pk])

    Enrollment.objects.update(unit=tree[3])
    services.fold([enrollment.pk])

    assert {cell[0]: cell[4] for cell in sums()} == {tree[0].pk: 1, tree[1].pk: 1, tree[3].pk: 1}
