"""Accounts, receivers, verification, notices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("payments", "0009_settling"),)
    operations = ()
