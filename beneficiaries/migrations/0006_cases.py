from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0005_feed_snapshot"), ("households", "0007_bulk_changes")]

    operations = []
