"""Past months: agreement of a province to what a law changes; recoveries given up."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from posasoft.core.rls import ROLE, append_only, secure

# What other provinces ordered for the people of these households, all of them in the caller's range: a province must not pay a month again that
# the one before has paid, and may not read its lists.
ELSEWHERE = f"""
CREATE FUNCTION payments_ordered_elsewhere(p_province smallint, p_households bigint[], p_months date[])
RETURNS TABLE (owner bigint, benefit varchar, for_month date) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT h.id FROM households_household h WHERE h.id = ANY (p_households)
      AND h.area_pos >= nullif(current_setting('app.scope_lo', true), '')::bigint
      AND h.area_pos < nullif(current_setting('app.scope_hi', true), '')::bigint
  ), owners AS (
    SELECT coalesce(p.canonical_id, p.id) AS owner FROM households_person p JOIN mine ON mine.id = p.household_id
    UNION SELECT -id FROM mine
  )
  SELECT DISTINCT o.owner, o.benefit, o.for_month FROM payments_ordered o JOIN owners USING (owner)
  WHERE o.for_month = ANY (p_months) AND o.province_no <> p_province
$$;
REVOKE ALL ON FUNCTION payments_ordered_elsewhere(smallint, bigint[], date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_ordered_elsewhere(smallint, bigint[], date[]) TO {ROLE};
"""

# What payments only add to stays where the money moved (households/reform/tables.py says so of each); the function that lets histories follow a mass
# change of areas tried to move it too, and the triggers of the ledger refused the whole reform once a list had been released.
FOLLOWS = (Path(__file__).parents[2] / "households" / "migrations" / "0006_history_follows.sql").read_text(encoding="utf-8")
STAYING = FOLLOWS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "c.relname NOT LIKE 'core\\_audit%'", "c.relname NOT LIKE 'core\\_audit%' AND c.relname NOT LIKE 'payments\\_%'"
)


def _user() -> models.ForeignKey:
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = (("payments", "0011_calendar"), migrations.swappable_dependency(settings.AUTH_USER_MODEL))

    operations = (
        migrations.CreateModel(
            name="LawCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("instrument", models.CharField(max_length=60)),
                ("law_version", models.CharField(max_length=64)),
                ("from_month", models.DateField()),
                ("through_month", models.DateField()),
                ("status", models.CharField(default="shown", max_length=9)),
                ("run_id", models.BigIntegerField()),
                ("households", models.IntegerField(default=0)),
                ("arrears", models.BigIntegerField(default=0)),
                ("recovery", models.BigIntegerField(default=0)),
                ("totals", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("started_by", _user()),
                ("decided_by", _user()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["province_no", "instrument", "law_version"], name="payments_lawcorrection_once"),
                    models.CheckConstraint(condition=Q(status__in=("shown", "agreed", "set_aside")), name="payments_lawcorrection_status"),
                    models.CheckConstraint(
                        condition=Q(from_month__day=1, through_month__day=1, through_month__gte=F("from_month")),
                        name="payments_lawcorrection_months",
                    ),
                    models.CheckConstraint(
                        condition=Q(status="shown") | (Q(decided_at__isnull=False) & ~Q(reason="")), name="payments_lawcorrection_decided"
                    ),
                    models.CheckConstraint(
                        condition=Q(started_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(started_by=F("decided_by")),
                        name="payments_lawcorrection_hands_apart",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("household_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("benefit", models.CharField(max_length=30)),
                ("month", models.DateField()),
                ("amount", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by", _user()),
            ],
            options={
                "indexes": [models.Index(fields=["household_id"], name="payments_waiver_household")],
                "constraints": [
                    models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="payments_waiver_amount"),
                    models.CheckConstraint(condition=Q(month__day=1), name="payments_waiver_month"),
                ],
            },
        ),
        secure("payments_lawcorrection", "payments_waiver"),
        append_only("payments_waiver"),
        # Counts and sums, no person: a commune's officer sees whether the province has agreed to what waits on the commune's page.
        migrations.RunSQL(
            f"CREATE POLICY readable ON payments_lawcorrection FOR SELECT TO {ROLE} USING (true)", "DROP POLICY readable ON payments_lawcorrection"
        ),
        migrations.RunSQL(STAYING, FOLLOWS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        migrations.RunSQL(ELSEWHERE, "DROP FUNCTION payments_ordered_elsewhere(smallint, bigint[], date[])"),
    )
