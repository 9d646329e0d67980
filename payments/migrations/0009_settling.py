"""Statements with the agencies, uncollected money."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("payments", "0008_results"),)
    operations = ()
