"""Agencies that pay, service points, who pays what where, deliveries and the keys of agencies' programs."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import payments.models.payer
import posasoft.core.models.located
from posasoft.core.rls import ROLE, admit, read_only_for_kinds, secure

# A clerk stands at one counter or in the headquarters of one agency, an agency's program acts for all of it (app.agency_id).
OWN = """
CREATE FUNCTION payments_own_agencies() RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT agency_id AS id FROM payments_agencypost
    WHERE assignment_id = nullif(current_setting('app.assignment_id', true), '')::bigint AND service_point_id IS NULL
    UNION SELECT nullif(current_setting('app.agency_id', true), '')::bigint
  ) x WHERE id IS NOT NULL $$;
CREATE FUNCTION payments_own_points() RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(service_point_id), '{}') FROM payments_agencypost
  WHERE assignment_id = nullif(current_setting('app.assignment_id', true), '')::bigint AND service_point_id IS NOT NULL $$;
CREATE FUNCTION payments_my_agencies() RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT agency_id AS id FROM payments_agencypost WHERE assignment_id = nullif(current_setting('app.assignment_id', true), '')::bigint
    UNION SELECT nullif(current_setting('app.agency_id', true), '')::bigint
  ) x WHERE id IS NOT NULL $$;
"""
NO_OWN = "DROP FUNCTION payments_own_agencies(); DROP FUNCTION payments_own_points(); DROP FUNCTION payments_my_agencies()"

AT_MY_AGENCY = "agency_id = ANY ((SELECT payments_own_agencies())::bigint[])"
AT_MY_POINT = "{} = ANY ((SELECT payments_own_points())::bigint[])"

# A point belongs to its agency, and an agency pays through its one channel: by key, not by care.
TOGETHER = """
ALTER TABLE payments_agency ADD CONSTRAINT payments_agency_channel UNIQUE (id, kind);
ALTER TABLE payments_servicepoint ADD CONSTRAINT payments_point_of_agency UNIQUE (id, agency_id);
ALTER TABLE payments_servicearea ADD CONSTRAINT payments_servicearea_channel FOREIGN KEY (agency_id, channel) REFERENCES payments_agency (id, kind);
ALTER TABLE payments_servicearea ADD CONSTRAINT payments_servicearea_point_agency
  FOREIGN KEY (service_point_id, agency_id) REFERENCES payments_servicepoint (id, agency_id);
ALTER TABLE payments_agencypost ADD CONSTRAINT payments_post_point_agency
  FOREIGN KEY (service_point_id, agency_id) REFERENCES payments_servicepoint (id, agency_id);
ALTER TABLE payments_delivery ADD CONSTRAINT payments_delivery_point_agency
  FOREIGN KEY (service_point_id, agency_id) REFERENCES payments_servicepoint (id, agency_id);
"""
NOT_TOGETHER = """
ALTER TABLE payments_delivery DROP CONSTRAINT payments_delivery_point_agency;
ALTER TABLE payments_agencypost DROP CONSTRAINT payments_post_point_agency;
ALTER TABLE payments_servicearea DROP CONSTRAINT payments_servicearea_point_agency, DROP CONSTRAINT payments_servicearea_channel;
ALTER TABLE payments_servicepoint DROP CONSTRAINT payments_point_of_agency;
ALTER TABLE payments_agency DROP CONSTRAINT payments_agency_channel;
"""

# Contracts, posts and keys lie in no area: every office may read them, of the agencies' own roles each its own; a key no agency's person.
NOT_IN_AN_AREA = ("payments_agency", "payments_agencypost", "payments_apikey", "payments_apicall")
OPEN = "".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY area_scope ON {table} TO {ROLE} USING (true); {read_only_for_kinds(table)};"
    for table in NOT_IN_AN_AREA
)
CLOSED = "".join(f"DROP POLICY area_scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in NOT_IN_AN_AREA)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_own_handovers"),
        ("payments", "0006_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('post', 'Bưu điện'), ('bank', 'Ngân hàng'), ('ewallet', 'Ví điện tử')], max_length=8)),
                ('contract_no', models.CharField(blank=True, default='', max_length=60)),
                ('contract_from', models.DateField(blank=True, null=True)),
                ('contract_until', models.DateField(blank=True, null=True)),
                ('fee_per_payment', models.IntegerField(default=0)),
                ('fee_basis_points', models.IntegerField(default=0)),
                ('on_time_percent', models.SmallIntegerField(default=95)),
                ('success_percent', models.SmallIntegerField(default=98)),
                ('bic', models.CharField(blank=True, default='', max_length=11)),
                ('paying_account', models.CharField(blank=True, default='', max_length=34)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['post', 'bank', 'ewallet'])), name='payments_agency_kind'), models.CheckConstraint(condition=models.Q(('contract_from__isnull', True), ('contract_until__isnull', True), ('contract_until__gt', models.F('contract_from')), _connector='OR'), name='payments_agency_contract'), models.CheckConstraint(condition=models.Q(('fee_basis_points__gte', 0), ('fee_basis_points__lte', 10000), ('fee_per_payment__gte', 0), ('on_time_percent__gte', 0), ('on_time_percent__lte', 100), ('success_percent__gte', 0), ('success_percent__lte', 100)), name='payments_agency_terms')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('prefix', models.CharField(max_length=16, unique=True)),
                ('hash', models.CharField(max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('expires_on', models.DateField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='payments.agency')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ServicePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('code', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=120)),
                ('address', models.CharField(blank=True, default='', max_length=200)),
                ('phone', models.CharField(blank=True, default='', max_length=20)),
                ('hours', models.CharField(blank=True, default='', max_length=120)),
                ('is_active', models.BooleanField(default=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='payments.agency')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
            ],
        ),
        migrations.CreateModel(
            name='ServiceArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('channel', models.CharField(choices=[('post', 'Bưu điện'), ('bank', 'Ngân hàng'), ('ewallet', 'Ví điện tử')], max_length=8)),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='payments.agency')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='payments.servicepoint')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ('files', models.JSONField(default=list)),
                ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='payments.agency')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_key', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.apikey')),
                ('pay_list', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='delivery', to='payments.paymentlist')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service_point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='payments.servicepoint')),
            ],
        ),
        migrations.CreateModel(
            name='AgencyPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='payments.agency')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agency_posts', to='core.roleassignment')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service_point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='payments.servicepoint')),
            ],
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__len__gt', 0)), name='payments_apikey_may_something'),
        ),
        migrations.AddConstraint(
            model_name='servicepoint',
            constraint=models.UniqueConstraint(fields=('agency', 'code'), name='payments_point_once'),
        ),
        migrations.AddIndex(
            model_name='servicearea',
            index=models.Index(fields=['service_point'], name='payments_servicearea_point'),
        ),
        migrations.AddConstraint(
            model_name='servicearea',
            constraint=models.CheckConstraint(condition=models.Q(('since__day', 1), models.Q(('until__isnull', True), ('until__day', 1), _connector='OR')), name='payments_servicearea_months'),
        ),
        migrations.AddConstraint(
            model_name='servicearea',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gt', models.F('since')), _connector='OR'), name='payments_servicearea_period'),
        ),
        migrations.AddConstraint(
            model_name='servicearea',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('commune', '='), ('channel', '='), (payments.models.payer.Months(models.F('since'), models.F('until')), '&&')], name='payments_servicearea_one_payer'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['agency', '-id'], name='payments_delivery_agency'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['service_point', '-id'], name='payments_delivery_point'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True), ('confirmed_key__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('confirmed_key__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', True), ('confirmed_key__isnull', False)), _connector='OR'), name='payments_delivery_confirmed_by_one'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('sent_by__isnull', True), ('confirmed_by__isnull', True), models.Q(('sent_by', models.F('confirmed_by')), _negated=True), _connector='OR'), name='payments_delivery_other_hand'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('confirmed_at__gte', models.F('sent_at')), _connector='OR'), name='payments_delivery_in_order'),
        ),
        migrations.AddIndex(
            model_name='agencypost',
            index=models.Index(fields=['service_point'], name='payments_post_point'),
        ),
        migrations.AddConstraint(
            model_name='agencypost',
            constraint=models.UniqueConstraint(fields=('assignment',), name='payments_post_once'),
        ),
        migrations.CreateModel(
            name='ApiCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.GenericIPAddressField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('refused', models.BooleanField(default=False)),
                ('key', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='payments.apikey')),
            ],
            options={
                'indexes': [models.Index(fields=['key', 'at'], name='payments_apicall_key'), models.Index(condition=models.Q(('refused', True)), fields=['address', 'at'], name='payments_apicall_refused')],
            },
        ),
        migrations.RunSQL(TOGETHER, NOT_TOGETHER),
        secure("payments_servicepoint", "payments_servicearea", "payments_delivery"),
        migrations.RunSQL(OPEN, CLOSED),
        migrations.RunSQL(f"REVOKE DELETE, TRUNCATE ON payments_delivery FROM {ROLE}", f"GRANT DELETE ON payments_delivery TO {ROLE}"),
        admit("payments_agencypost", lists="assignment_id = (SELECT nullif(current_setting('app.assignment_id', true), '')::bigint)"),
        migrations.RunSQL(OWN, NO_OWN),
        admit("payments_agency", lists="id = ANY ((SELECT payments_my_agencies())::bigint[])"),
        admit("payments_servicepoint", lists=f"{AT_MY_AGENCY} OR {AT_MY_POINT.format('id')}"),
        admit("payments_servicearea", lists=f"{AT_MY_AGENCY} OR {AT_MY_POINT.format('service_point_id')}"),
        admit("payments_delivery", lists=f"{AT_MY_AGENCY} OR {AT_MY_POINT.format('service_point_id')}"),
    ]
