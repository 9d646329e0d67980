"""Applications: cases with their steps, papers and postings; numbers per commune and year; days the Government moves."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import posasoft.core.models.located
from posasoft.core.rls import append_only, secure


class Migration(migrations.Migration):

    dependencies = [
        ("beneficiaries", "0005_feed_snapshot"),
        ("households", "0007_bulk_changes"),
        ("core", "0002_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MovedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('is_working', models.BooleanField()),
                ('source', models.CharField(max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ('number', models.CharField(blank=True, default='', max_length=30)),
                ('form', models.CharField(max_length=12)),
                ('benefits', models.JSONField(default=list)),
                ('applicant', models.CharField(blank=True, default='', max_length=120)),
                ('status', models.CharField(choices=[('draft', 'Bản nháp'), ('received', 'Đã tiếp nhận'), ('checked', 'Đã kiểm tra'), ('appraised', 'Đã thẩm định'), ('posted', 'Đang niêm yết'), ('ready', 'Chờ quyết định'), ('decided', 'Đã quyết định'), ('notified', 'Đã thông báo'), ('closed', 'Đã kết thúc'), ('returned', 'Chờ bổ sung'), ('refused', 'Đã từ chối'), ('withdrawn', 'Đã rút'), ('appealed', 'Đang giải quyết khiếu nại')], default='draft', max_length=10)),
                ('channel', models.CharField(choices=[('desk', 'Bộ phận một cửa'), ('post', 'Bưu chính'), ('portal', 'Cổng Dịch vụ công'), ('collaborator', 'Cộng tác viên')], default='desk', max_length=12)),
                ('confidential', models.BooleanField(default=False)),
                ('payload', models.JSONField(default=dict)),
                ('received_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('step_due_on', models.DateField(null=True)),
                ('clock_stopped_on', models.DateField(null=True)),
                ('days_left', models.SmallIntegerField(null=True)),
                ('returned_fields', models.JSONField(default=list)),
                ('outcome', models.CharField(blank=True, choices=[('grant', 'Đủ điều kiện'), ('refuse', 'Không đủ điều kiện')], default='', max_length=6)),
                ('refusal_reasons', models.JSONField(default=list)),
                ('appraisal', models.TextField(blank=True, default='')),
                ('decided_on', models.DateField(null=True)),
                ('appeal_reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('appraised_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('change', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.change')),
                ('commune', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='households.household')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='households.person')),
            ],
        ),
        migrations.CreateModel(
            name='CaseAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ('stored', models.CharField(max_length=120)),
                ('file_name', models.CharField(max_length=120)),
                ('item', models.CharField(blank=True, default='', max_length=40)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.IntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='beneficiaries.case')),
            ],
        ),
        migrations.CreateModel(
            name='CaseCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('commune_code', models.CharField(max_length=16)),
                ('year', models.SmallIntegerField()),
                ('last', models.IntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('commune_code', 'year'), name='beneficiaries_casecounter_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=posasoft.core.models.located.UUIDv7())),
                ('number', models.CharField(blank=True, default='', max_length=30)),
                ('form', models.CharField(max_length=12)),
                ('benefits', models.JSONField(default=list)),
                ('applicant', models.CharField(blank=True, default='', max_length=120)),
                ('status', models.CharField(choices=[('draft', 'Bản nháp'), ('received', 'Đã tiếp nhận'), ('checked', 'Đã kiểm tra'), ('appraised', 'Đã thẩm định'), ('posted', 'Đang niêm yết'), ('ready', 'Chờ quyết định'), ('decided', 'Đã quyết định'), ('notified', 'Đã thông báo'), ('closed', 'Đã kết thúc'), ('returned', 'Chờ bổ sung'), ('refused', 'Đã từ chối'), ('withdrawn', 'Đã rút'), ('appealed', 'Đang giải quyết khiếu nại')], default='draft', max_length=10)),
                ('channel', models.CharField(choices=[('desk', 'Bộ phận một cửa'), ('post', 'Bưu chính'), ('portal', 'Cổng Dịch vụ công'), ('collaborator', 'Cộng tác viên')], default='desk', max_length=12)),
                ('confidential', models.BooleanField(default=False)),
                ('payload', models.JSONField(default=dict)),
                ('received_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('step_due_on', models.DateField(null=True)),
                ('clock_stopped_on', models.DateField(null=True)),
                ('days_left', models.SmallIntegerField(null=True)),
                ('returned_fields', models.JSONField(default=list)),
                ('outcome', models.CharField(blank=True, choices=[('grant', 'Đủ điều kiện'), ('refuse', 'Không đủ điều kiện')], default='', max_length=6)),
                ('refusal_reasons', models.JSONField(default=list)),
                ('appraisal', models.TextField(blank=True, default='')),
                ('decided_on', models.DateField(null=True)),
                ('appeal_reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('appraised_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('assignee', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('change', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.change')),
                ('commune', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.area')),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('household', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.household')),
                ('person', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CasePosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('place', models.CharField(max_length=160)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('objections', models.JSONField(default=list)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='beneficiaries.case')),
            ],
        ),
        migrations.CreateModel(
            name='CasePostingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('place', models.CharField(max_length=160)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('objections', models.JSONField(default=list)),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CaseStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('move', models.CharField(max_length=12)),
                ('from_status', models.CharField(blank=True, default='', max_length=10)),
                ('to_status', models.CharField(max_length=10)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('role', models.CharField(max_length=20)),
                ('note', models.TextField(blank=True, default='')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='beneficiaries.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['area_pos', 'status'], name='beneficiari_area_po_8e9d98_idx'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ['appealed', 'appraised', 'checked', 'posted', 'ready', 'received'])), fields=['due_on'], name='beneficiaries_case_running'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='beneficiaries_case_number'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'received', 'checked', 'appraised', 'posted', 'ready', 'decided', 'notified', 'closed', 'returned', 'refused', 'withdrawn', 'appealed'])), name='beneficiaries_case_status'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'withdrawn']), models.Q(('received_on__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='beneficiaries_case_numbered'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('appraised_by__isnull', True), models.Q(('decided_by', models.F('appraised_by')), _negated=True), _connector='OR'), name='beneficiaries_case_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), _negated=True), models.Q(('refusal_reasons', []), _negated=True), _connector='OR'), name='beneficiaries_case_refused_with_reasons'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('confidential', True), ('status', 'posted'), _negated=True), name='beneficiaries_case_never_posted'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_caseevent" ("appeal_reason", "applicant", "appraisal", "appraised_by_id", "area_pos", "assignee_id", "benefits", "change_id", "channel", "clock_stopped_on", "commune_id", "confidential", "created_at", "created_by_id", "days_left", "decided_by_id", "decided_on", "due_on", "form", "household_id", "id", "number", "outcome", "payload", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "province_no", "public_id", "received_on", "refusal_reasons", "returned_fields", "saved_at", "status", "step_due_on") SELECT old_values."appeal_reason", old_values."applicant", old_values."appraisal", old_values."appraised_by_id", old_values."area_pos", old_values."assignee_id", old_values."benefits", old_values."change_id", old_values."channel", old_values."clock_stopped_on", old_values."commune_id", old_values."confidential", old_values."created_at", old_values."created_by_id", old_values."days_left", old_values."decided_by_id", old_values."decided_on", old_values."due_on", old_values."form", old_values."household_id", old_values."id", old_values."number", old_values."outcome", old_values."payload", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', old_values."province_no", old_values."public_id", old_values."received_on", old_values."refusal_reasons", old_values."returned_fields", old_values."saved_at", old_values."status", old_values."step_due_on" FROM ( SELECT old_values.* FROM old_values WHERE (NOT (old_values."status" = \'draft\')) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6437093222ecbb2924bd16332bbcf00a22741066', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cf86d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='beneficiaries_case', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_caseevent" ("appeal_reason", "applicant", "appraisal", "appraised_by_id", "area_pos", "assignee_id", "benefits", "change_id", "channel", "clock_stopped_on", "commune_id", "confidential", "created_at", "created_by_id", "days_left", "decided_by_id", "decided_on", "due_on", "form", "household_id", "id", "number", "outcome", "payload", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "province_no", "public_id", "received_on", "refusal_reasons", "returned_fields", "saved_at", "status", "step_due_on") SELECT old_values."appeal_reason", old_values."applicant", old_values."appraisal", old_values."appraised_by_id", old_values."area_pos", old_values."assignee_id", old_values."benefits", old_values."change_id", old_values."channel", old_values."clock_stopped_on", old_values."commune_id", old_values."confidential", old_values."created_at", old_values."created_by_id", old_values."days_left", old_values."decided_by_id", old_values."decided_on", old_values."due_on", old_values."form", old_values."household_id", old_values."id", old_values."number", old_values."outcome", old_values."payload", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."province_no", old_values."public_id", old_values."received_on", old_values."refusal_reasons", old_values."returned_fields", old_values."saved_at", old_values."status", old_values."step_due_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0b3382dc723c7ab19b1cbffb4f54a1d203d995d7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bba70', referencing='REFERENCING OLD TABLE AS old_values ', table='beneficiaries_case', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='caseattachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='beneficiaries_caseattachment_size'),
        ),
        migrations.AddConstraint(
            model_name='caseposting',
            constraint=models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='beneficiaries_caseposting_period'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseposting',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_casepostingevent" ("area_pos", "case_id", "id", "objections", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "place", "province_no", "since", "until") SELECT old_values."area_pos", old_values."case_id", old_values."id", old_values."objections", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', old_values."place", old_values."province_no", old_values."since", old_values."until" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='11b84d8819d02518e025dcb07054a3dc09edb86a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_40061', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='beneficiaries_caseposting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caseposting',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_casepostingevent" ("area_pos", "case_id", "id", "objections", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "place", "province_no", "since", "until") SELECT old_values."area_pos", old_values."case_id", old_values."id", old_values."objections", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."place", old_values."province_no", old_values."since", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6a2e6385ffaf0a8e6ac92a456d54199614e6d749', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0b415', referencing='REFERENCING OLD TABLE AS old_values ', table='beneficiaries_caseposting', when='AFTER')),
        ),
        secure(
            "beneficiaries_case", "beneficiaries_caseevent", "beneficiaries_casestep", "beneficiaries_caseattachment",
            "beneficiaries_caseposting", "beneficiaries_casepostingevent",
        ),
        append_only("beneficiaries_caseevent", "beneficiaries_casestep", "beneficiaries_casepostingevent"),
    ]
