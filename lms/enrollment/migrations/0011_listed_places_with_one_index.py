import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was read from lists that wait for their go-ahead is gone; carried out, they ask to be uploaded again."""

    dependencies = [
        ("enrollment", "0010_mandatory_plans"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel("ListedPlace"),
        migrations.CreateModel(
            name="ListedPlace",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("job_id", "row", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                ("row", models.PositiveIntegerField(help_text="as the spreadsheet shows it")),
                ("run_id", models.BigIntegerField()),
                ("period_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField()),
            ],
        ),
    ]
