"""What roles of the agencies see."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("core", "0008_own_handovers"),)
    operations = ()
