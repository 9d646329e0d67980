"""Calendar: proposed rules, files of released lists; what lists released before 0005 ordered."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from posasoft.core.rls import admit, append_only, own, read_only_for_kinds, secure

# Lists released before payments_ordered was there: their parts, each owner's and month's in the order in which they were released. Lists that
# are written down already stay as they are; money carried over was ordered by the list it comes from.
ORDERED_BEFORE = """
DO $$ DECLARE m date; BEGIN
  FOR m IN SELECT DISTINCT (x.m || '-01')::date FROM payments_paymentlist l
    JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
    CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(m text, o bigint)
    WHERE l.released_at IS NOT NULL AND x.o IS NULL AND NOT EXISTS (SELECT 1 FROM payments_ordered o WHERE o.list_id = l.id)
  LOOP PERFORM payments_open_ordered(m); END LOOP;
END $$;
INSERT INTO payments_ordered (for_month, owner, benefit, round, amount, list_id, household_id, province_no, area_pos)
SELECT y.for_month, y.owner, y.benefit,
  coalesce((SELECT max(k.round) + 1 FROM payments_ordered k WHERE k.for_month = y.for_month AND k.owner = y.owner AND k.benefit = y.benefit), 0)
    + row_number() OVER (PARTITION BY y.for_month, y.owner, y.benefit ORDER BY y.released_at, y.list_id) - 1,
  y.amount, y.list_id, y.household_id, y.province_no, y.area_pos
FROM (
  SELECT (x.m || '-01')::date AS for_month, coalesce(n.canonical_id, n.id, x.p, -p.household_id) AS owner, x.b AS benefit,
    sum(x.a)::bigint AS amount, l.id AS list_id, p.household_id, p.province_no, p.area_pos, l.released_at
  FROM payments_paymentlist l JOIN payments_paymentline p ON p.list_id = l.id AND p.month = l.month
  CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, a bigint, o bigint)
  LEFT JOIN households_person n ON n.id = x.p
  WHERE l.released_at IS NOT NULL AND x.o IS NULL AND NOT EXISTS (SELECT 1 FROM payments_ordered o WHERE o.list_id = l.id)
  GROUP BY 1, 2, 3, 5, 6, 7, 8, 9
) y;
"""

# Money that came back is closed in the month of its own list too, once that list's results are in.
FORWARD = """
DO $$ BEGIN
  EXECUTE replace(pg_get_functiondef('payments_book_forward(bigint[],date[])'::regprocedure), 'o.month {} b.month', 'o.month {} b.month');
END $$
"""


class Migration(migrations.Migration):
    dependencies = (
        ("payments", "0010_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name='CycleProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField(null=True)),
                ('since', models.DateField()),
                ('cut_off_day', models.SmallIntegerField()),
                ('list_by_day', models.SmallIntegerField()),
                ('pay_from_day', models.SmallIntegerField()),
                ('pay_to_day', models.SmallIntegerField()),
                ('report_by_day', models.SmallIntegerField()),
                ('recovery_share_percent', models.SmallIntegerField()),
                ('second_approval_above', models.BigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(choices=[('waiting', 'Chờ xác nhận'), ('confirmed', 'Đã xác nhận'), ('refused', 'Không đồng ý')], default='waiting', max_length=9)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, default='', max_length=500)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', 'waiting')), fields=('province_no',), name='payments_proposal_one_open', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('outcome', 'waiting')), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('made_by')), _negated=True)), _connector='OR'), name='payments_proposal_two_people'), models.CheckConstraint(condition=models.Q(('since__day', 1), models.Q(('reason', ''), _negated=True)), name='payments_proposal_complete')],
            },
        ),
        migrations.CreateModel(
            name='ListFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('format', models.CharField(max_length=4)),
                ('file', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.IntegerField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('pay_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='payments.paymentlist')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pay_list', 'format'), name='payments_listfile_once'), models.CheckConstraint(condition=models.Q(('format__in', ('pdf', 'xlsx'))), name='payments_listfile_format')],
            },
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["household_id", "month"], name="payments_correction_of"),
        ),
        migrations.RunSQL(read_only_for_kinds("payments_cycleproposal"), migrations.RunSQL.noop),
        secure("payments_listfile"),
        append_only("payments_listfile"),
        admit("payments_listfile", lists=own("pay_list_id", "lists")),
        migrations.RunSQL(FORWARD.format("<", "<="), FORWARD.format("<=", "<")),
        migrations.RunSQL(ORDERED_BEFORE, migrations.RunSQL.noop),
    )
