"""Recalculation of past months: households reopened by a run, and decisions in the feed of changes."""

from django.conf import settings
from django.db import migrations, models

from posasoft.core.rls import secure

# A decision is a change of what its household is due, from the first month that differs; the feed's readers see both kinds alike.
FEED = """
CREATE FUNCTION beneficiaries_feed_decision_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT r.household_id, pg_current_xact_id()::text::bigint, min(r.from_month), min(r.province_no), min(r.area_pos) FROM rows r GROUP BY 1;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_insert AFTER INSERT ON beneficiaries_decision REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION beneficiaries_feed_decision_rows();
CREATE TRIGGER feed_delete AFTER DELETE ON beneficiaries_decision REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION beneficiaries_feed_decision_rows();

CREATE FUNCTION beneficiaries_feed_decision_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, min(x.month), min(x.province_no), min(x.area_pos) FROM (
    SELECT unnest(ARRAY[n.household_id, o.household_id]) AS household_id, n.province_no, n.area_pos,
      CASE WHEN (n.person_id, n.household_id, n.benefit, n.from_month) IS DISTINCT FROM (o.person_id, o.household_id, o.benefit, o.from_month)
           THEN least(n.from_month, o.from_month) ELSE least(n.until_month, o.until_month) END AS month
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE (n.person_id, n.household_id, n.benefit, n.from_month, n.until_month)
          IS DISTINCT FROM (o.person_id, o.household_id, o.benefit, o.from_month, o.until_month)
  ) x GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_update AFTER UPDATE ON beneficiaries_decision REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION beneficiaries_feed_decision_update();
"""
NO_FEED = """
DROP TRIGGER feed_insert ON beneficiaries_decision;
DROP TRIGGER feed_delete ON beneficiaries_decision;
DROP TRIGGER feed_update ON beneficiaries_decision;
DROP FUNCTION beneficiaries_feed_decision_rows;
DROP FUNCTION beneficiaries_feed_decision_update;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0003_security'),
        ('households', '0002_spells_and_security'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reopened',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('run_id', models.BigIntegerField()),
                ('household_id', models.BigIntegerField()),
                ('from_month', models.DateField()),
                ('cause', models.JSONField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='run',
            name='beneficiaries_run_one_open_per_month',
        ),
        migrations.AddField(
            model_name='run',
            name='kind',
            field=models.CharField(choices=[('month', 'Tính tháng'), ('recalc', 'Tính lại')], default='month', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True), ('kind', 'month')), fields=('month',), name='beneficiaries_run_one_open_per_month'),
        ),
        migrations.AddIndex(
            model_name='reopened',
            index=models.Index(fields=['household_id'], name='beneficiari_househo_361000_idx'),
        ),
        migrations.AddConstraint(
            model_name='reopened',
            constraint=models.UniqueConstraint(fields=('run_id', 'household_id'), name='beneficiaries_reopened_once'),
        ),
        secure("beneficiaries_reopened"),
        migrations.RunSQL(FEED, NO_FEED),
    ]
