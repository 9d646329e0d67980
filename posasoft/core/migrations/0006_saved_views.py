from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0005_sign_in")]

    operations = []
