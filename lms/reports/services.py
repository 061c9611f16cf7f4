"""Keeping the sums true: what changed is added, and everything can be counted anew."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db import connection, transaction

from lms.common.batches import batches
from lms.enrollment.models import Enrollment
from lms.people.models import Ancestry
from lms.reports.models import EnrollmentFact, Rollup
from lms.reports.queries import STANDING

Cell = tuple[int, int, str, str]
"""Unit, run, employment type, standing."""

BATCH = 2000


def fold(enrollment_ids: Collection[int]) -> int:
    """Bring the sums up to date for these enrollments and return how many of them had changed.

    Safe to repeat, to run late and to run twice at once: what is added is the difference between what an enrollment is
    now and what was last counted for it, under a lock on that fact. Each ``BATCH`` is a transaction of its own.
    """
    return sum(_fold_batch(batch) for batch in batches(sorted(set(enrollment_ids)), BATCH))


@transaction.atomic
def _fold_batch(enrollment_ids: tuple[int, ...]) -> int:
    rows = Enrollment.objects.filter(pk__in=enrollment_ids)
    EnrollmentFact.objects.bulk_create(
        [EnrollmentFact(enrollment_id=pk, run_id=run_id) for pk, run_id in rows.values_list("pk", "run_id")],
        ignore_conflicts=True,
    )
    facts = EnrollmentFact.objects.select_for_update().filter(enrollment__in=enrollment_ids).order_by("pk")
    counted = {fact.pk: fact for fact in facts}
    # Read after the lock: whoever folded the same enrollment before us has committed, and so has what it counted.
    now = rows.annotate(standing=STANDING).values_list("pk", "unit_id", "run_id", "employment_type", "standing")
    moved: Counter[Cell] = Counter()
    changed = []
    for pk, *cell in now:
        fact = counted[pk]
        before = [fact.unit_id, fact.run_id, fact.employment_type, fact.standing]
        if before == cell:
            continue
        if fact.unit_id and fact.standing:
            moved[fact.unit_id, fact.run_id, fact.employment_type, fact.standing] -= 1
        fact.unit_id, fact.run_id, fact.employment_type, fact.standing = cell
        if fact.unit_id and fact.standing:
            moved[fact.unit_id, fact.run_id, fact.employment_type, fact.standing] += 1
        changed.append(fact)
    EnrollmentFact.objects.bulk_update(changed, ["unit", "run", "employment_type", "standing"])
    _add(moved)
    return len(changed)


def _add(moved: Counter[Cell]) -> None:
    """Add differences to the units they arose in and to all units above those."""
    above: dict[int, list[int]] = defaultdict(list)
    units = {cell[0] for cell in moved}
    for unit_id, ancestor_id in Ancestry.objects.filter(unit__in=units, ends_on=None).values_list("unit", "ancestor"):
        above[unit_id].append(ancestor_id)
    sums: Counter[Cell] = Counter()
    for (unit_id, *rest), difference in moved.items():
        for ancestor_id in above[unit_id]:
            sums[(ancestor_id, *rest)] += difference  # type: ignore[index]
    _upsert((cell, difference) for cell, difference in sorted(sums.items()) if difference)


def _upsert(sums: Iterable[tuple[Cell, int]]) -> None:
    """Add to rows, making those that are missing. Sorted by the caller: two folds take their locks in one order."""
    table = connection.ops.quote_name(Rollup._meta.db_table)
    # Django's bulk_create can replace a conflicting row's value, but not add to it.
    statement = f"""
        INSERT INTO {table} (unit_id, run_id, employment_type, standing, count) VALUES {{places}}
        ON CONFLICT (unit_id, run_id, employment_type, standing) DO UPDATE SET count = {table}.count + EXCLUDED.count
    """
    with connection.cursor() as cursor:
        for batch in batches(sums, 150):
            values = [value for cell, difference in batch for value in (*cell, difference)]
            cursor.execute(statement.format(places=", ".join(["(%s, %s, %s, %s, %s)"] * len(batch))), values)


@transaction.atomic
def rebuild() -> None:
    """Count everything anew, in a handful of statements: after units moved, or to prove the sums.

    Folds that run meanwhile wait for it or are repeated by it.
    """
    facts, rollup, ancestry = (model._meta.db_table for model in (EnrollmentFact, Rollup, Ancestry))
    standings = Enrollment.objects.annotate(standing=STANDING).values_list(
        "pk", "unit_id", "run_id", "employment_type", "standing"
    )
    select, parameters = standings.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {facts}, {rollup} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {rollup}")
        cursor.execute(f"DELETE FROM {facts}")
        cursor.execute(
            f"INSERT INTO {facts} (enrollment_id, unit_id, run_id, employment_type, standing) {select}", parameters
        )
        cursor.execute(
            f"""
            INSERT INTO {rollup} (unit_id, run_id, employment_type, standing, count)
            SELECT above.ancestor_id, fact.run_id, fact.employment_type, fact.standing, COUNT(*)
            FROM {facts} fact
            JOIN {ancestry} above ON above.unit_id = fact.unit_id AND above.ends_on IS NULL
            WHERE fact.standing <> ''
            GROUP BY above.ancestor_id, fact.run_id, fact.employment_type, fact.standing
            """
        )
