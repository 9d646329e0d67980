"""Corrections of past months that wait for a list."""

import django.db.models.functions.datetime
from django.db import migrations, models

from posasoft.core.rls import secure


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0002_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('household_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField(null=True)),
                ('benefit', models.CharField(max_length=30)),
                ('month', models.DateField()),
                ('due', models.BigIntegerField()),
                ('ordered', models.BigIntegerField()),
                ('cause', models.JSONField()),
                ('run_id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['province_no'], name='payments_correction_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('household_id', 'person_id', 'benefit', 'month'), name='payments_correction_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='payments_correction_month')],
            },
        ),
        secure("payments_correction"),
    ]
