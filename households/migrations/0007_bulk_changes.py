from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("households", "0006_round_trip")]

    operations = []
