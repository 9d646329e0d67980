"""Letters printed lately are found without reading every notice of a year."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_open_months")]

    operations = [
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["area_pos", "done_at"], condition=models.Q(medium="letter", state="printed"), name="payments_notice_printed"
            ),
        ),
    ]
