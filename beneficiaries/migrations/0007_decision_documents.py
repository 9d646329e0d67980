"""Decisions as numbered papers, suspensions, and what the engine finds each month."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import posasoft.core.models.located
from django.conf import settings
from django.db import migrations, models

from posasoft.core.rls import append_only, secure

# A signed paper is frozen in the database itself: only an annulment may touch its status, and nobody may remove it.
FROZEN = """
CREATE FUNCTION beneficiaries_paper_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a signed decision stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'beneficiaries_paper_frozen';
  END IF;
  IF (NEW.content, NEW.number, NEW.sequence, NEW.year, NEW.sha256, NEW.check_code, NEW.signed_on, NEW.signed_by_id, NEW.prepared_by_id, NEW.kind,
      NEW.lines, NEW.reasons, NEW.person_id, NEW.household_id)
     IS DISTINCT FROM
     (OLD.content, OLD.number, OLD.sequence, OLD.year, OLD.sha256, OLD.check_code, OLD.signed_on, OLD.signed_by_id, OLD.prepared_by_id, OLD.kind,
      OLD.lines, OLD.reasons, OLD.person_id, OLD.household_id)
     OR NEW.status NOT IN ('signed', 'annulled') THEN
    RAISE EXCEPTION 'a signed decision never changes' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'beneficiaries_paper_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER paper_frozen BEFORE UPDATE OR DELETE ON beneficiaries_decisiondocument FOR EACH ROW
  WHEN (OLD.status IN ('signed', 'annulled')) EXECUTE FUNCTION beneficiaries_paper_frozen();
"""
NOT_FROZEN = """
DROP TRIGGER paper_frozen ON beneficiaries_decisiondocument;
DROP FUNCTION beneficiaries_paper_frozen;
"""

# The new commune learns from which month the old one stopped paying whoever moved in, and nothing else of the old commune's papers.
MOVED = """
CREATE FUNCTION beneficiaries_stopped_by_move(bigint, text) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT max((line ->> 'from_month')::date) FROM beneficiaries_decisiondocument d CROSS JOIN LATERAL jsonb_array_elements(d.lines) line
  WHERE d.person_id = $1 AND d.kind = 'stop' AND d.status = 'signed' AND d.ground = 'moved' AND line ->> 'benefit' = $2
$$;
"""
NOT_MOVED = "DROP FUNCTION beneficiaries_stopped_by_move"


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0006_cases'),
        ('core', '0003_scope_kinds'),
        ('households', '0007_bulk_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionSeal',
            fields=[
                ('check_code', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=60)),
                ('signed_on', models.DateField()),
                ('issuer', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('annulled_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DecisionDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('public_id', models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ('kind', models.CharField(choices=[('grant', 'Hưởng trợ cấp'), ('adjust', 'Điều chỉnh mức hưởng'), ('stop', 'Thôi hưởng'), ('suspend', 'Tạm dừng'), ('resume', 'Hưởng lại'), ('refuse', 'Từ chối'), ('annul', 'Hủy bỏ quyết định')], max_length=8)),
                ('status', models.CharField(default='draft', max_length=10)),
                ('lines', models.JSONField(default=list)),
                ('basis', models.JSONField(default=dict)),
                ('reasons', models.TextField(blank=True, default='')),
                ('ours', models.JSONField(default=dict)),
                ('ground', models.CharField(blank=True, choices=[('uncollected', 'Không nhận chế độ, chính sách liên tục từ 03 tháng trở lên'), ('uncooperative', 'Không chấp hành yêu cầu xác định lại mức độ khuyết tật, điều kiện hưởng hoặc cung cấp thông tin'), ('detained', 'Bị tạm giam từ 01 tháng trở lên'), ('death', 'Đã chết'), ('missing', 'Mất tích theo quy định của pháp luật'), ('ineligible', 'Không còn đủ điều kiện hưởng'), ('prison', 'Chấp hành án phạt tù ở trại giam'), ('declined', 'Từ chối nhận chế độ, chính sách'), ('still_uncooperative', 'Sau 03 tháng tạm dừng vẫn không chấp hành yêu cầu'), ('moved', 'Chuyển nơi cư trú sang địa bàn khác')], default='', max_length=20)),
                ('event_on', models.DateField(null=True)),
                ('is_received', models.BooleanField(default=False)),
                ('confidential', models.BooleanField(default=False)),
                ('paper', models.CharField(default='QĐ-UBND', max_length=20)),
                ('year', models.SmallIntegerField(null=True)),
                ('sequence', models.IntegerField(null=True)),
                ('number', models.CharField(blank=True, db_collation='C', default='', max_length=60)),
                ('signed_on', models.DateField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_place', models.CharField(blank=True, default='', max_length=120)),
                ('signer_name', models.CharField(blank=True, default='', max_length=120)),
                ('signer_title', models.CharField(blank=True, default='', max_length=120)),
                ('content', models.JSONField(null=True)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('check_code', models.CharField(blank=True, default='', max_length=20)),
                ('prepared_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('returned_reason', models.CharField(blank=True, default='', max_length=500)),
                ('held_reason', models.CharField(blank=True, default='', max_length=500)),
                ('annuls', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='annulled_by', to='beneficiaries.decisiondocument')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decision_documents', to='beneficiaries.case')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decision_documents', to='households.household')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decision_documents', to='households.person')),
                ('prepared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DecisionDocumentEvent',
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
                ('kind', models.CharField(choices=[('grant', 'Hưởng trợ cấp'), ('adjust', 'Điều chỉnh mức hưởng'), ('stop', 'Thôi hưởng'), ('suspend', 'Tạm dừng'), ('resume', 'Hưởng lại'), ('refuse', 'Từ chối'), ('annul', 'Hủy bỏ quyết định')], max_length=8)),
                ('status', models.CharField(default='draft', max_length=10)),
                ('lines', models.JSONField(default=list)),
                ('basis', models.JSONField(default=dict)),
                ('reasons', models.TextField(blank=True, default='')),
                ('ours', models.JSONField(default=dict)),
                ('ground', models.CharField(blank=True, choices=[('uncollected', 'Không nhận chế độ, chính sách liên tục từ 03 tháng trở lên'), ('uncooperative', 'Không chấp hành yêu cầu xác định lại mức độ khuyết tật, điều kiện hưởng hoặc cung cấp thông tin'), ('detained', 'Bị tạm giam từ 01 tháng trở lên'), ('death', 'Đã chết'), ('missing', 'Mất tích theo quy định của pháp luật'), ('ineligible', 'Không còn đủ điều kiện hưởng'), ('prison', 'Chấp hành án phạt tù ở trại giam'), ('declined', 'Từ chối nhận chế độ, chính sách'), ('still_uncooperative', 'Sau 03 tháng tạm dừng vẫn không chấp hành yêu cầu'), ('moved', 'Chuyển nơi cư trú sang địa bàn khác')], default='', max_length=20)),
                ('event_on', models.DateField(null=True)),
                ('is_received', models.BooleanField(default=False)),
                ('confidential', models.BooleanField(default=False)),
                ('paper', models.CharField(default='QĐ-UBND', max_length=20)),
                ('year', models.SmallIntegerField(null=True)),
                ('sequence', models.IntegerField(null=True)),
                ('number', models.CharField(blank=True, db_collation='C', default='', max_length=60)),
                ('signed_on', models.DateField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_place', models.CharField(blank=True, default='', max_length=120)),
                ('signer_name', models.CharField(blank=True, default='', max_length=120)),
                ('signer_title', models.CharField(blank=True, default='', max_length=120)),
                ('content', models.JSONField(null=True)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('check_code', models.CharField(blank=True, default='', max_length=20)),
                ('prepared_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('returned_reason', models.CharField(blank=True, default='', max_length=500)),
                ('held_reason', models.CharField(blank=True, default='', max_length=500)),
                ('annuls', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.decisiondocument')),
                ('case', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.case')),
                ('commune', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.area')),
                ('household', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.household')),
                ('person', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.person')),
                ('prepared_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DecisionEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('what', models.CharField(choices=[('opened', 'Bắt đầu hưởng'), ('closed', 'Kết thúc hưởng'), ('confirmed', 'Xác nhận mức hưởng'), ('suspended', 'Tạm dừng chi trả'), ('resumed', 'Chi trả lại')], max_length=9)),
                ('from_month', models.DateField()),
                ('until_before', models.DateField(null=True)),
                ('until_after', models.DateField(null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='effects', to='beneficiaries.decision')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='effects', to='beneficiaries.decisiondocument')),
            ],
        ),
        migrations.CreateModel(
            name='DecisionNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('paper', models.CharField(max_length=20)),
                ('year', models.SmallIntegerField()),
                ('last', models.IntegerField()),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
            ],
        ),
        migrations.CreateModel(
            name='Found',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('missing', 'Đủ điều kiện, chưa hưởng'), ('ended', 'Đang hưởng, không còn đủ điều kiện'), ('died', 'Đã chết, còn quyết định hưởng'), ('coming', 'Sắp đủ điều kiện'), ('leaving', 'Sắp hết điều kiện'), ('level', 'Mức hưởng sắp đổi hoặc đã đổi'), ('suspended', 'Đang tạm dừng'), ('expired', 'Quyết định sắp hết hoặc đã hết hạn')], max_length=9)),
                ('benefit', models.CharField(max_length=30)),
                ('month', models.DateField()),
                ('seen_month', models.DateField()),
                ('amount', models.BigIntegerField(null=True)),
                ('amount_after', models.BigIntegerField(null=True)),
                ('decision_id', models.BigIntegerField(null=True)),
                ('article', models.CharField(blank=True, default='', max_length=200)),
                ('mark', models.CharField(max_length=64)),
                ('state', models.CharField(default='new', max_length=9)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('decided_by_id', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('document_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('commune', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.area')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='found', to='households.household')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.person')),
            ],
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('ground', models.CharField(choices=[('uncollected', 'Không nhận chế độ, chính sách liên tục từ 03 tháng trở lên'), ('uncooperative', 'Không chấp hành yêu cầu xác định lại mức độ khuyết tật, điều kiện hưởng hoặc cung cấp thông tin'), ('detained', 'Bị tạm giam từ 01 tháng trở lên'), ('death', 'Đã chết'), ('missing', 'Mất tích theo quy định của pháp luật'), ('ineligible', 'Không còn đủ điều kiện hưởng'), ('prison', 'Chấp hành án phạt tù ở trại giam'), ('declined', 'Từ chối nhận chế độ, chính sách'), ('still_uncooperative', 'Sau 03 tháng tạm dừng vẫn không chấp hành yêu cầu'), ('moved', 'Chuyển nơi cư trú sang địa bàn khác')], max_length=20)),
                ('from_month', models.DateField()),
                ('until_month', models.DateField(null=True)),
                ('ended_how', models.CharField(blank=True, choices=[('resumed', 'Chi trả lại, truy lĩnh'), ('stopped', 'Thôi hưởng từ tháng tạm dừng'), ('annulled', 'Quyết định tạm dừng bị hủy')], default='', max_length=8)),
                ('ended_at', models.DateTimeField(null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='beneficiaries.decision')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='beneficiaries.decisiondocument')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.decisiondocument')),
            ],
        ),
        migrations.CreateModel(
            name='SuspensionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('province_no', models.SmallIntegerField()),
                ('area_pos', models.BigIntegerField()),
                ('ground', models.CharField(choices=[('uncollected', 'Không nhận chế độ, chính sách liên tục từ 03 tháng trở lên'), ('uncooperative', 'Không chấp hành yêu cầu xác định lại mức độ khuyết tật, điều kiện hưởng hoặc cung cấp thông tin'), ('detained', 'Bị tạm giam từ 01 tháng trở lên'), ('death', 'Đã chết'), ('missing', 'Mất tích theo quy định của pháp luật'), ('ineligible', 'Không còn đủ điều kiện hưởng'), ('prison', 'Chấp hành án phạt tù ở trại giam'), ('declined', 'Từ chối nhận chế độ, chính sách'), ('still_uncooperative', 'Sau 03 tháng tạm dừng vẫn không chấp hành yêu cầu'), ('moved', 'Chuyển nơi cư trú sang địa bàn khác')], max_length=20)),
                ('from_month', models.DateField()),
                ('until_month', models.DateField(null=True)),
                ('ended_how', models.CharField(blank=True, choices=[('resumed', 'Chi trả lại, truy lĩnh'), ('stopped', 'Thôi hưởng từ tháng tạm dừng'), ('annulled', 'Quyết định tạm dừng bị hủy')], default='', max_length=8)),
                ('ended_at', models.DateTimeField(null=True)),
                ('decision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.decision')),
                ('document', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.decisiondocument')),
                ('ended_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaries.decisiondocument')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='decisiondocument',
            index=models.Index(fields=['area_pos', 'year', '-sequence'], name='beneficiaries_paper_register'),
        ),
        migrations.AddIndex(
            model_name='decisiondocument',
            index=models.Index(condition=models.Q(('status', 'prepared')), fields=['area_pos'], name='beneficiaries_paper_waiting'),
        ),
        migrations.AddIndex(
            model_name='decisiondocument',
            index=models.Index(fields=['number'], name='beneficiaries_paper_by_number'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['grant', 'adjust', 'stop', 'suspend', 'resume', 'refuse', 'annul'])), name='beneficiaries_paper_kind'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'prepared', 'signed', 'annulled'])), name='beneficiaries_paper_status'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(('signed_by__isnull', True), ('prepared_by__isnull', True), models.Q(('signed_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='beneficiaries_paper_two_people'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'prepared']), models.Q(('is_received', True), ('signed_on__isnull', False)), models.Q(('content__isnull', False), ('sequence__isnull', False), ('signed_by__isnull', False), ('signed_on__isnull', False), ('year__isnull', False), models.Q(('sha256', ''), _negated=True), models.Q(('number', ''), _negated=True)), _connector='OR'), name='beneficiaries_paper_signed_whole'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'annul'), _negated=True), ('annuls__isnull', False), _connector='OR'), name='beneficiaries_paper_annuls'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'refuse'), _negated=True), ('status', 'draft'), models.Q(('reasons', ''), _negated=True), _connector='OR'), name='beneficiaries_paper_reasons'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.UniqueConstraint(fields=('commune', 'paper', 'year', 'sequence'), name='beneficiaries_paper_number'),
        ),
        migrations.AddConstraint(
            model_name='decisiondocument',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['prepared', 'signed'])), fields=('annuls',), name='beneficiaries_paper_annulled_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decisiondocument',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_decisiondocumentevent" ("annuls_id", "area_pos", "basis", "case_id", "check_code", "commune_id", "confidential", "content", "event_on", "ground", "held_reason", "household_id", "id", "is_received", "kind", "lines", "number", "ours", "paper", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "prepared_at", "prepared_by_id", "province_no", "public_id", "reasons", "returned_reason", "sequence", "sha256", "signed_at", "signed_by_id", "signed_on", "signed_place", "signer_name", "signer_title", "status", "year") SELECT old_values."annuls_id", old_values."area_pos", old_values."basis", old_values."case_id", old_values."check_code", old_values."commune_id", old_values."confidential", old_values."content", old_values."event_on", old_values."ground", old_values."held_reason", old_values."household_id", old_values."id", old_values."is_received", old_values."kind", old_values."lines", old_values."number", old_values."ours", old_values."paper", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', old_values."prepared_at", old_values."prepared_by_id", old_values."province_no", old_values."public_id", old_values."reasons", old_values."returned_reason", old_values."sequence", old_values."sha256", old_values."signed_at", old_values."signed_by_id", old_values."signed_on", old_values."signed_place", old_values."signer_name", old_values."signer_title", old_values."status", old_values."year" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2300bdced1266d3fd416cfc3c2d29f60f9ac00ac', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9ca5f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='beneficiaries_decisiondocument', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decisiondocument',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_decisiondocumentevent" ("annuls_id", "area_pos", "basis", "case_id", "check_code", "commune_id", "confidential", "content", "event_on", "ground", "held_reason", "household_id", "id", "is_received", "kind", "lines", "number", "ours", "paper", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "prepared_at", "prepared_by_id", "province_no", "public_id", "reasons", "returned_reason", "sequence", "sha256", "signed_at", "signed_by_id", "signed_on", "signed_place", "signer_name", "signer_title", "status", "year") SELECT old_values."annuls_id", old_values."area_pos", old_values."basis", old_values."case_id", old_values."check_code", old_values."commune_id", old_values."confidential", old_values."content", old_values."event_on", old_values."ground", old_values."held_reason", old_values."household_id", old_values."id", old_values."is_received", old_values."kind", old_values."lines", old_values."number", old_values."ours", old_values."paper", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."prepared_at", old_values."prepared_by_id", old_values."province_no", old_values."public_id", old_values."reasons", old_values."returned_reason", old_values."sequence", old_values."sha256", old_values."signed_at", old_values."signed_by_id", old_values."signed_on", old_values."signed_place", old_values."signer_name", old_values."signer_title", old_values."status", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='bac5aa9725c7c204aa333f70f27fca36f70384f1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_2b227', referencing='REFERENCING OLD TABLE AS old_values ', table='beneficiaries_decisiondocument', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='decisioneffect',
            constraint=models.UniqueConstraint(fields=('document', 'decision', 'what'), name='beneficiaries_effect_once'),
        ),
        migrations.AddConstraint(
            model_name='decisionnumber',
            constraint=models.UniqueConstraint(fields=('commune', 'paper', 'year'), name='beneficiaries_number_once'),
        ),
        migrations.AddIndex(
            model_name='found',
            index=models.Index(condition=models.Q(('state__in', ['new', 'opened'])), fields=['area_pos', 'kind', 'id'], name='beneficiaries_found_open'),
        ),
        migrations.AddIndex(
            model_name='found',
            index=models.Index(fields=['province_no', 'seen_month'], name='beneficiaries_found_seen'),
        ),
        migrations.AddConstraint(
            model_name='found',
            constraint=models.UniqueConstraint(fields=('kind', 'household', 'person', 'benefit'), name='beneficiaries_found_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='found',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['missing', 'ended', 'died', 'coming', 'leaving', 'level', 'suspended', 'expired'])), name='beneficiaries_found_kind'),
        ),
        migrations.AddConstraint(
            model_name='found',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'opened', 'dismissed', 'done', 'gone'])), name='beneficiaries_found_state'),
        ),
        migrations.AddConstraint(
            model_name='found',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='beneficiaries_found_dismissed_why'),
        ),
        migrations.AddIndex(
            model_name='suspension',
            index=models.Index(fields=['province_no'], name='beneficiaries_suspension_prov'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('from_month__day', 1)), name='beneficiaries_suspension_month'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('until_month__isnull', True), ('until_month__gte', models.F('from_month')), _connector='OR'), name='beneficiaries_suspension_period'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_how', '')), models.Q(models.Q(('ended_how', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='beneficiaries_suspension_ended'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('decision',), name='beneficiaries_suspension_one_open'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_suspensionevent" ("area_pos", "decision_id", "document_id", "ended_at", "ended_by_id", "ended_how", "from_month", "ground", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "province_no", "until_month") SELECT old_values."area_pos", old_values."decision_id", old_values."document_id", old_values."ended_at", old_values."ended_by_id", old_values."ended_how", old_values."from_month", old_values."ground", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', old_values."province_no", old_values."until_month" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='923a8f6f019f1d1b3038072086edc6e4202d7233', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_66d79', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='beneficiaries_suspension', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "beneficiaries_suspensionevent" ("area_pos", "decision_id", "document_id", "ended_at", "ended_by_id", "ended_how", "from_month", "ground", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "province_no", "until_month") SELECT old_values."area_pos", old_values."decision_id", old_values."document_id", old_values."ended_at", old_values."ended_by_id", old_values."ended_how", old_values."from_month", old_values."ground", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."province_no", old_values."until_month" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='3e5c8af60161122018644d79bf95a013d79f6e3f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_86379', referencing='REFERENCING OLD TABLE AS old_values ', table='beneficiaries_suspension', when='AFTER')),
        ),
        secure(
            "beneficiaries_decisiondocument", "beneficiaries_decisiondocumentevent", "beneficiaries_decisioneffect",
            "beneficiaries_decisionnumber", "beneficiaries_suspension", "beneficiaries_suspensionevent", "beneficiaries_found",
        ),
        append_only("beneficiaries_decisiondocumentevent", "beneficiaries_suspensionevent", "beneficiaries_decisioneffect"),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
        migrations.RunSQL(MOVED, NOT_MOVED),
    ]
