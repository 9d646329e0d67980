"""What an approval reads of a year is kept with each list; indexes of pages by area; and roles that only read may write none of the money's rules."""

from django.db import migrations, models

from posasoft.core.rls import read_only_for_kinds

# The calendar of paying, budgets: read by everybody, kept by area officers. These tables lie in no area, so nothing else had closed them to clerks,
# collaborators, line ministries and persons.
RULES = ("payments_budget", "payments_cycle", "payments_cyclerule")


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_frozen_lists")]

    operations = [
        migrations.AddField("paymentlist", "benefits", models.JSONField(null=True)),
        migrations.AddIndex("paymentlist", models.Index(fields=["area_pos", "-month"], name="payments_list_area")),
        migrations.AddIndex("delivery", models.Index(fields=["area_pos", "-id"], name="payments_delivery_area")),
        migrations.RunSQL(";".join(map(read_only_for_kinds, RULES)), migrations.RunSQL.noop),
    ]
