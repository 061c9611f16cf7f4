from django.db import migrations

NUMBER = """
UPDATE enrollment_enrollment SET arrival = numbered.number
FROM (
    SELECT id, row_number() OVER (PARTITION BY run_id ORDER BY id) AS number FROM enrollment_enrollment
) AS numbered
WHERE numbered.id = enrollment_enrollment.id
"""
COUNT = """
UPDATE enrollment_runseats SET
    arrivals = (SELECT count(*) FROM enrollment_enrollment WHERE run_id = enrollment_runseats.run_id),
    waiting = (
        SELECT count(*) FROM enrollment_enrollment
        WHERE run_id = enrollment_runseats.run_id AND status = 'waiting'
    )
"""


class Migration(migrations.Migration):
    """Places were numbered by their id: it becomes the number of arrival."""

    dependencies = [
        ('enrollment', '0004_arrivals_offers_and_reserves'),
    ]

    operations = [
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
