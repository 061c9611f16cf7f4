import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrollment', '0015_archived_audiences'),
        ('people', '0003_ended_memberships'),
    ]

    operations = [
        migrations.CreateModel(
            name='PeriodTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('title', models.CharField(help_text='of the periods made from it', max_length=120)),
                ('stays_open', models.DurationField(help_text='from opening to closing')),
                ('offer_hours', models.PositiveSmallIntegerField(null=True)),
                ('audience', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='period_templates', to='enrollment.audience')),
                ('organizer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='period_templates', to='people.orgunit')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(models.F('organizer'), models.F('name'), name='one_period_template_of_a_name'),
                    models.CheckConstraint(condition=models.Q(('stays_open__gt', datetime.timedelta(0))), name='period_template_stays_open'),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name='runtemplate',
            name='one_template_of_a_name',
        ),
        migrations.AddField(
            model_name='runtemplate',
            name='period_template',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='enrollment.periodtemplate'),
        ),
        migrations.AlterField(
            model_name='runtemplate',
            name='title',
            field=models.CharField(help_text='{tahun} stands for the year in which the run starts.', max_length=120, verbose_name='title of the run'),
        ),
        migrations.AddConstraint(
            model_name='runtemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('period_template', None)), fields=('organizer', 'name'), name='one_template_of_a_name'),
        ),
    ]
