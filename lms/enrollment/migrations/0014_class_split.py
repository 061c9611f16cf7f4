import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_initial'),
        ('enrollment', '0013_planner'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='classplan',
            name='class_plan_has_places',
        ),
        migrations.RenameModel(
            old_name='ClassPlan',
            new_name='ClassSplit',
        ),
        migrations.AlterField(
            model_name='classsplit',
            name='run',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='class_split', serialize=False, to='catalog.courserun'),
        ),
        migrations.AddConstraint(
            model_name='classsplit',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='class_split_has_places'),
        ),
    ]
