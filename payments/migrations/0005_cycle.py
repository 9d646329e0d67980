"""The payment cycle: calendar and budgets, the hands a list goes through, and what was ordered, once."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from posasoft.core.rls import ROLE, append_only, secure

# A household may stand on several lists of a month (a funeral, a supplementary list), once on each; that no benefit-month is ordered twice is
# payments_ordered's business.
LINES = """
ALTER TABLE payments_paymentline
  ADD COLUMN public_id uuid NOT NULL DEFAULT uuidv7(),
  ADD COLUMN person_id bigint NULL,
  ADD COLUMN receiver_id bigint NULL,
  ADD COLUMN account_id bigint NULL,
  ADD COLUMN village_pos bigint NULL;
DROP INDEX payments_line_once;
CREATE UNIQUE INDEX payments_line_once ON payments_paymentline (month, household_id, list_id, payee_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX payments_line_public ON payments_paymentline (month, public_id);
"""
NO_LINES = """
DROP INDEX payments_line_public;
DROP INDEX payments_line_once;
CREATE UNIQUE INDEX payments_line_once ON payments_paymentline (month, household_id, payee_id) NULLS NOT DISTINCT;
ALTER TABLE payments_paymentline DROP COLUMN public_id, DROP COLUMN person_id, DROP COLUMN receiver_id, DROP COLUMN account_id,
  DROP COLUMN village_pos;
"""

ORDERED = f"""
CREATE TABLE payments_ordered (
  for_month date NOT NULL,
  owner bigint NOT NULL,
  benefit varchar(30) NOT NULL,
  round smallint NOT NULL CHECK (round >= 0),
  amount bigint NOT NULL,
  list_id bigint NOT NULL REFERENCES payments_paymentlist (id),
  household_id bigint NOT NULL,
  province_no smallint NOT NULL,
  area_pos bigint NOT NULL,
  CONSTRAINT payments_ordered_once PRIMARY KEY (for_month, owner, benefit, round)
) PARTITION BY LIST (for_month);

-- As for lines: the serving role asks the owner for a month's partition; a second call finds it there.
CREATE FUNCTION payments_open_ordered(p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leaf text := 'payments_ordered_' || to_char(p_month, 'YYYYMM');
BEGIN
  IF extract(day FROM p_month) <> 1 THEN RAISE EXCEPTION 'not a month: %', p_month; END IF;
  IF to_regclass(leaf) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext(leaf));
  IF to_regclass(leaf) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF payments_ordered FOR VALUES IN (%L)', leaf, p_month);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('REVOKE ALL ON %I FROM {ROLE}', leaf);
  END IF;
END $$;
REVOKE ALL ON FUNCTION payments_open_ordered(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_open_ordered(date) TO {ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_practice_and_handover"),
        ("payments", "0004_lines_by_statement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ordered',
            fields=[
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('pk', models.CompositePrimaryKey('for_month', 'owner', 'benefit', 'round', blank=True, editable=False, primary_key=True, serialize=False)),
                ('for_month', models.DateField()),
                ('owner', models.BigIntegerField()),
                ('benefit', models.CharField(max_length=30)),
                ('round', models.SmallIntegerField()),
                ('amount', models.BigIntegerField()),
                ('list_id', models.BigIntegerField()),
                ('household_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'payments_ordered',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('programme', models.CharField(max_length=30)),
                ('year', models.SmallIntegerField()),
                ('amount', models.BigIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('province_no', models.SmallIntegerField()),
                ('cut_off_on', models.DateField()),
                ('list_by', models.DateField()),
                ('pay_from', models.DateField()),
                ('pay_to', models.DateField()),
                ('report_by', models.DateField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CycleRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField(null=True)),
                ('since', models.DateField()),
                ('cut_off_day', models.SmallIntegerField(default=15)),
                ('list_by_day', models.SmallIntegerField(default=24)),
                ('pay_from_day', models.SmallIntegerField(default=1)),
                ('pay_to_day', models.SmallIntegerField(default=10)),
                ('report_by_day', models.SmallIntegerField(default=19)),
                ('recovery_share_percent', models.SmallIntegerField(default=50)),
                ('second_approval_above', models.BigIntegerField(default=5000000000)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='ListDrift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('household_id', models.BigIntegerField()),
                ('was', models.BigIntegerField()),
                ('now', models.BigIntegerField()),
                ('run_id', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ListStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('move', models.CharField(max_length=20)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='paymentlist',
            name='payments_list_once',
        ),
        migrations.RemoveConstraint(
            model_name='paymentlist',
            name='payments_list_status',
        ),
        migrations.RemoveConstraint(
            model_name='paymentlist',
            name='payments_list_release_complete',
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='file_sha256',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='kind',
            field=models.CharField(choices=[('regular', 'Thường kỳ'), ('supplementary', 'Bổ sung'), ('one_off', 'Một lần'), ('closing', 'Tất toán')], db_default='regular', default='regular', max_length=14),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='prepared_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='prepared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='reject_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='released_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='second_approved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='second_approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentlist',
            name='sequence',
            field=models.SmallIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name='paymentlist',
            name='number',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.UniqueConstraint(fields=('month', 'commune', 'channel', 'kind', 'sequence'), name='payments_list_once'),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('draft', 'prepared', 'checked', 'approved', 'released', 'sent', 'results_in', 'reconciled', 'closed'))), name='payments_list_status'),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('regular', 'supplementary', 'one_off', 'closing')), ('sequence__gte', 1)), name='payments_list_kind'),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('status__in', ('draft', 'prepared', 'checked', 'approved'))), models.Q(('released_at__isnull', False), ('status__in', ('released', 'sent', 'results_in', 'reconciled', 'closed')), models.Q(('checksum', ''), _negated=True)), _connector='OR'), name='payments_list_release_complete'),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status__in', ('prepared', 'checked', 'approved')), _negated=True), ('prepared_at__isnull', False), _connector='OR'), models.Q(models.Q(('status__in', ('checked', 'approved')), _negated=True), ('checked_at__isnull', False), _connector='OR'), models.Q(models.Q(('status', 'approved'), _negated=True), ('approved_at__isnull', False), _connector='OR')), name='payments_list_steps_complete'),
        ),
        migrations.AddConstraint(
            model_name='paymentlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('prepared_by__isnull', True), ('checked_by__isnull', True), models.Q(('prepared_by', models.F('checked_by')), _negated=True), _connector='OR'), models.Q(('prepared_by__isnull', True), ('approved_by__isnull', True), models.Q(('prepared_by', models.F('approved_by')), _negated=True), _connector='OR'), models.Q(('prepared_by__isnull', True), ('second_approved_by__isnull', True), models.Q(('prepared_by', models.F('second_approved_by')), _negated=True), _connector='OR'), models.Q(('checked_by__isnull', True), ('approved_by__isnull', True), models.Q(('checked_by', models.F('approved_by')), _negated=True), _connector='OR'), models.Q(('checked_by__isnull', True), ('second_approved_by__isnull', True), models.Q(('checked_by', models.F('second_approved_by')), _negated=True), _connector='OR'), models.Q(('approved_by__isnull', True), ('second_approved_by__isnull', True), models.Q(('approved_by', models.F('second_approved_by')), _negated=True), _connector='OR')), name='payments_list_hands_apart'),
        ),
        migrations.AddField(
            model_name='budget',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cycle',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cyclerule',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='listdrift',
            name='pay_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift', to='payments.paymentlist'),
        ),
        migrations.AddField(
            model_name='liststep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='liststep',
            name='pay_list',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='steps', to='payments.paymentlist'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(fields=('province_no', 'programme', 'year'), name='payments_budget_once'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payments_budget_amount'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.UniqueConstraint(fields=('month', 'province_no'), name='payments_cycle_once'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='payments_cycle_month'),
        ),
        migrations.AddConstraint(
            model_name='cyclerule',
            constraint=models.UniqueConstraint(fields=('province_no', 'since'), name='payments_rule_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='cyclerule',
            constraint=models.CheckConstraint(condition=models.Q(('since__day', 1)), name='payments_rule_month'),
        ),
        migrations.AddConstraint(
            model_name='cyclerule',
            constraint=models.CheckConstraint(condition=models.Q(('cut_off_day__gte', 1), ('list_by_day__gt', models.F('cut_off_day')), ('list_by_day__lte', 24), ('pay_from_day__gte', 1), ('pay_to_day__gte', models.F('pay_from_day')), ('report_by_day__gt', models.F('pay_to_day')), ('report_by_day__lte', 19)), name='payments_rule_days'),
        ),
        migrations.AddConstraint(
            model_name='cyclerule',
            constraint=models.CheckConstraint(condition=models.Q(('recovery_share_percent__gte', 0), ('recovery_share_percent__lte', 100), ('second_approval_above__gte', 0)), name='payments_rule_money'),
        ),
        migrations.AddConstraint(
            model_name='listdrift',
            constraint=models.UniqueConstraint(fields=('pay_list', 'household_id'), name='payments_drift_once'),
        ),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(ORDERED, "DROP TABLE payments_ordered; DROP FUNCTION payments_open_ordered(date)"),
        secure("payments_liststep", "payments_listdrift", "payments_ordered"),
        append_only("payments_liststep", "payments_ordered"),
    ]
