"""Keeping the sums true: what changed is added, and everything can be counted anew."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from lms.common.batches import batches
from lms.enrollment.models import Enrollment
from lms.people.models import Ancestry
from lms.reports.models import EnrollmentFact, Rollup
from lms.reports.queries import STANDING

BATCH = 10_000

CHANGED = """
    WITH now (enrollment_id, unit_id, run_id, employment_type, standing) AS ({standings}),
    changed AS (
        SELECT now.*, fact.unit_id was_unit, fact.run_id was_run, fact.employment_type was_type,
            fact.standing was_standing
        FROM now JOIN {facts} fact ON fact.enrollment_id = now.enrollment_id
        WHERE now.enrollment_id {among} AND (
            COALESCE(fact.unit_id, 0) <> COALESCE(now.unit_id, 0) OR fact.run_id <> now.run_id
            OR fact.employment_type <> now.employment_type OR fact.standing <> now.standing)
    )
"""
ADD = """
    INSERT INTO {rollup} (unit_id, run_id, employment_type, standing, count)
    SELECT above.ancestor_id, moved.run_id, moved.employment_type, moved.standing, SUM(moved.step)
    FROM (
        SELECT unit_id, run_id, employment_type, standing, COUNT(*) step FROM changed WHERE standing <> ''
        GROUP BY unit_id, run_id, employment_type, standing
        UNION ALL
        SELECT was_unit, was_run, was_type, was_standing, -COUNT(*) FROM changed WHERE was_standing <> ''
        GROUP BY was_unit, was_run, was_type, was_standing
    ) moved
    JOIN {ancestry} above ON above.unit_id = moved.unit_id AND above.ends_on IS NULL
    GROUP BY above.ancestor_id, moved.run_id, moved.employment_type, moved.standing
    HAVING SUM(moved.step) <> 0
    ORDER BY above.ancestor_id, moved.run_id, moved.employment_type, moved.standing
    ON CONFLICT (unit_id, run_id, employment_type, standing) DO UPDATE SET count = {rollup}.count + EXCLUDED.count
"""
KEEP = """
    UPDATE {facts} SET unit_id = changed.unit_id, run_id = changed.run_id,
        employment_type = changed.employment_type, standing = changed.standing
    FROM changed WHERE {facts}.enrollment_id = changed.enrollment_id
"""


def fold(enrollment_ids: Collection[int]) -> int:
    """Bring the sums up to date for these enrollments and return how many of them had changed.

    Safe to repeat, to run late and to run twice at once: what is added is the difference between what an enrollment is
    now and what was last counted for it, under a lock on that fact. Each ``BATCH`` is a transaction of its own, and the
    same few statements whether it holds one enrollment or thousands.
    """
    return sum(_fold_batch(batch) for batch in batches(sorted(set(enrollment_ids)), BATCH))


@transaction.atomic
def _fold_batch(enrollment_ids: tuple[int, ...]) -> int:
    is_postgresql = connection.vendor == "postgresql"
    among = "= ANY(%s)" if is_postgresql else "IN (SELECT value FROM json_each(%s))"
    ids = list(enrollment_ids) if is_postgresql else json.dumps(enrollment_ids)
    standings, values = _standings()
    names = _names() | {"among": among, "standings": standings}
    changed, values = CHANGED.format(**names), (*values, ids)
    add, keep = ADD.format(**names), KEEP.format(**names)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO {facts} (enrollment_id, unit_id, run_id, employment_type, standing)"
            " SELECT id, unit_id, run_id, employment_type, '' FROM {enrollments} WHERE id {among} ORDER BY id"
            " ON CONFLICT DO NOTHING".format(**names),
            [ids],
        )
        if not is_postgresql:
            # One writer at a time: both statements see the same rows.
            cursor.execute(changed + add, values)
            cursor.execute(changed + keep, values)
            return int(cursor.rowcount)
        cursor.execute(
            "SELECT 1 FROM {facts} WHERE enrollment_id {among} ORDER BY enrollment_id FOR UPDATE".format(**names),
            [ids],
        )
        # Begun after the lock: whoever folded the same enrollment before us has committed, and so has what it counted.
        # One statement, so that what is added and what is remembered come from one look at the enrollments. It adds
        # in the order of the key: two folds take their locks in one order.
        cursor.execute(f"{changed}, kept AS ({keep}), added AS ({add}) SELECT COUNT(*) FROM changed", values)
        return int(cursor.fetchone()[0])


def _standings() -> tuple[str, tuple[Any, ...]]:
    """Where every enrollment stands now, as a select in the order of a fact's columns."""
    select, parameters = (
        Enrollment.objects.annotate(standing=STANDING)
        .values_list("pk", "unit_id", "run_id", "employment_type", "standing")
        .query.sql_with_params()
    )
    return select, tuple(parameters)


def _names() -> dict[str, str]:
    models = {"facts": EnrollmentFact, "rollup": Rollup, "ancestry": Ancestry, "enrollments": Enrollment}
    return {name: model._meta.db_table for name, model in models.items()}


@transaction.atomic
def rebuild() -> None:
    """Count everything anew, in a handful of statements: after units moved, or to prove the sums.

    Folds that run meanwhile wait for it or are repeated by it.
    """
    facts, rollup, ancestry = (_names()[name] for name in ("facts", "rollup", "ancestry"))
    select, parameters = _standings()
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
