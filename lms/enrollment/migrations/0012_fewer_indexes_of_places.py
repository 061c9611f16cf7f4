import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes less to write for each place: a period's places are found by its runs, a unit's by its own index."""

    dependencies = [("enrollment", "0011_listed_places_with_one_index")]

    operations = [
        migrations.RemoveIndex(model_name="enrollment", name="seated_by_unit"),
        migrations.AlterField(
            model_name="enrollment",
            name="period",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="enrollment.enrollmentperiod",
            ),
        ),
    ]
