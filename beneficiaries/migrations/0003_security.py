"""Row-level security of decisions, entitlements and packages."""

from django.db import migrations

from posasoft.core.rls import append_only, secure


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0002_links"), ("core", "0002_roles")]

    operations = [
        secure("beneficiaries_decision", "beneficiaries_decisionevent", "beneficiaries_entitlement", "beneficiaries_package"),
        append_only("beneficiaries_decisionevent"),
    ]
