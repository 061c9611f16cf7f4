from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrollment', '0014_class_split'),
    ]

    operations = [
        migrations.AddField(
            model_name='audience',
            name='archived_at',
            field=models.DateTimeField(help_text='put away: not offered, and nobody is kept in it', null=True),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(('archived_at', None), models.Q(('members', 0), ('pending_since', None)), _connector='OR'), name='archived_audience_holds_nobody'),
        ),
    ]
