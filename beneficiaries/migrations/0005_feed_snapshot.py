"""Where a province left the feed of changes: a snapshot, so that slow transactions are neither skipped nor waited for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0004_recalculation'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='runshard',
            name='feed_xid',
        ),
        migrations.AddField(
            model_name='runshard',
            name='feed_read',
            field=models.TextField(blank=True, default=''),
        ),
    ]
