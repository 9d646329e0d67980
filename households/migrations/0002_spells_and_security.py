"""Triggers that keep spells in order and feed changes, the views over all spells, and row-level security from the first day."""

from pathlib import Path

from django.db import migrations

from posasoft.core.rls import append_only, secure

SPELLS = Path(__file__).with_name("0002_spells.sql").read_text(encoding="utf-8")

PERSONAL = (
    "households_household", "households_person", "households_change", "households_factspell", "households_raising", "households_nationalid",
    "households_document", "households_externalid", "households_povertysurvey", "households_searchtoken", "households_changefeed",
    "households_householdevent", "households_personevent", "households_raisingevent", "households_nationalidevent",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("households", "0001_registry"), ("core", "0002_roles")]

    operations = [
        migrations.RunSQL(SPELLS, migrations.RunSQL.noop),
        secure(*PERSONAL),
        append_only("households_householdevent", "households_personevent", "households_raisingevent", "households_nationalidevent"),
    ]
