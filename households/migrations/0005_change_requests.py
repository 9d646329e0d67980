from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("households", "0004_import_staging"), ("core", "0007_practice_and_handover")]

    operations = []
