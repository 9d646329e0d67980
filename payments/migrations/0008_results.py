"""Results of payments: batches from agencies, their rows, marks at the counter, days booked, and one result for each line."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import posasoft.core.models.located
from posasoft.core.rls import EVERY_ROLE, ROLE, admit, append_only, own, secure, seen

# One row per line: what makes paying twice impossible, whoever says so and however often. The ledger's entries are written beside it.
RESULTS = f"""
CREATE TABLE payments_lineresult (
  month date NOT NULL,
  line_id bigint NOT NULL,
  list_id bigint NOT NULL,
  household_id bigint NOT NULL,
  amount bigint NOT NULL CONSTRAINT payments_lineresult_amount CHECK (amount > 0),
  agency_id bigint NOT NULL,
  service_point_id bigint NULL,
  batch_id bigint NULL,
  receiver_id bigint NULL,
  by_id bigint NULL,
  at timestamptz NOT NULL DEFAULT now(),
  area_pos bigint NOT NULL,
  paid_on date NULL,
  province_no smallint NOT NULL,
  booked boolean NOT NULL DEFAULT false,
  corrected boolean NOT NULL DEFAULT false,
  client_key uuid NULL,
  outcome text NOT NULL CONSTRAINT payments_lineresult_outcome CHECK (outcome IN ('paid', 'unpaid')),
  reason text NOT NULL DEFAULT '' CONSTRAINT payments_lineresult_reason
    CHECK (reason IN ('', 'absent', 'died', 'wrong_data', 'refused', 'moved', 'account_closed', 'other')),
  note text NOT NULL DEFAULT '',
  proxy_name text NOT NULL DEFAULT '',
  proxy_tail text NOT NULL DEFAULT '',
  proxy_relation text NOT NULL DEFAULT '',
  CONSTRAINT payments_lineresult_whole CHECK ((outcome = 'unpaid') = (reason <> '') AND (outcome = 'unpaid' OR paid_on IS NOT NULL)),
  CONSTRAINT payments_lineresult_from CHECK (batch_id IS NOT NULL OR service_point_id IS NOT NULL),
  CONSTRAINT payments_lineresult_once PRIMARY KEY (month, line_id)
) PARTITION BY LIST (month);
CREATE INDEX payments_lineresult_list ON payments_lineresult (list_id);
CREATE INDEX payments_lineresult_open ON payments_lineresult (service_point_id, paid_on) WHERE NOT booked;

CREATE FUNCTION payments_open_results(p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leaf text := 'payments_lineresult_' || to_char(p_month, 'YYYYMM');
BEGIN
  IF extract(day FROM p_month) <> 1 THEN RAISE EXCEPTION 'not a month: %', p_month; END IF;
  IF to_regclass(leaf) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext(leaf));
  IF to_regclass(leaf) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF payments_lineresult FOR VALUES IN (%L)', leaf, p_month);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('REVOKE ALL ON %I FROM {EVERY_ROLE}', leaf);
  END IF;
END $$;
REVOKE ALL ON FUNCTION payments_open_results(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_open_results(date) TO {ROLE};

-- What the ledger holds is not forgotten beside it: a booked result stays, or becomes unpaid when the money was given back.
CREATE FUNCTION payments_lineresult_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.booked AND (TG_OP = 'DELETE' OR NOT NEW.booked OR NEW.amount <> OLD.amount
      OR NEW.outcome <> OLD.outcome AND NOT (NEW.outcome = 'unpaid' AND NEW.corrected)) THEN
    RAISE EXCEPTION 'line % of %: its result is booked', OLD.line_id, OLD.month
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_lineresult_kept', TABLE = 'payments_lineresult';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON payments_lineresult FOR EACH ROW EXECUTE FUNCTION payments_lineresult_kept();
"""
NO_RESULTS = """
DROP TABLE payments_lineresult; DROP FUNCTION payments_open_results(date); DROP FUNCTION payments_lineresult_kept();
"""
OF_AGENCY = (
    "agency_id = ANY ((SELECT payments_own_agencies())::bigint[]) OR service_point_id = ANY ((SELECT payments_own_points())::bigint[])"
)
AT_MY_POINT = "service_point_id = ANY ((SELECT payments_own_points())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_agencies"),
        ("payments", "0007_payer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LineResult",
            fields=[
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("pk", models.CompositePrimaryKey("month", "line_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("line_id", models.BigIntegerField()),
                ("list_id", models.BigIntegerField()),
                ("household_id", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("outcome", models.CharField(max_length=6)),
                ("reason", models.CharField(max_length=14)),
                ("note", models.CharField(max_length=300)),
                ("paid_on", models.DateField(null=True)),
                ("proxy_name", models.CharField(max_length=120)),
                ("proxy_tail", models.CharField(max_length=4)),
                ("proxy_relation", models.CharField(max_length=60)),
                ("receiver_id", models.BigIntegerField(null=True)),
                ("agency_id", models.BigIntegerField()),
                ("service_point_id", models.BigIntegerField(null=True)),
                ("batch_id", models.BigIntegerField(null=True)),
                ("client_key", models.UUIDField(null=True)),
                ("booked", models.BooleanField()),
                ("corrected", models.BooleanField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "payments_lineresult",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CounterDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("day", models.DateField()),
                ("lines", models.IntegerField(default=0)),
                ("amount", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="ResultBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("file", models.CharField(max_length=200)),
                ("file_name", models.CharField(blank=True, default="", max_length=200)),
                ("format", models.CharField(max_length=4)),
                ("sha256", models.CharField(max_length=64)),
                ("client_key", models.CharField(max_length=80)),
                ("status", models.CharField(default="received", max_length=8)),
                ("refusal", models.CharField(blank=True, default="", max_length=500)),
                ("declared_rows", models.IntegerField(null=True)),
                ("declared_amount", models.BigIntegerField(null=True)),
                ("rows", models.IntegerField(default=0)),
                ("paid", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("applied_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ResultMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("client_key", models.UUIDField(unique=True)),
                ("month", models.DateField()),
                ("line_id", models.BigIntegerField()),
                ("list_id", models.BigIntegerField()),
                ("act", models.CharField(max_length=9)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="ResultRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("row_no", models.IntegerField()),
                ("line", models.CharField(max_length=80)),
                ("outcome", models.CharField(blank=True, default="", max_length=6)),
                ("reason", models.CharField(blank=True, default="", max_length=14)),
                ("amount", models.BigIntegerField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("proxy", models.CharField(blank=True, default="", max_length=120)),
                ("month", models.DateField(null=True)),
                ("line_id", models.BigIntegerField(null=True)),
                ("list_id", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "Sẵn sàng"),
                            ("change", "Đính chính"),
                            ("same", "Đã ghi nhận"),
                            ("finding", "Cần sửa"),
                            ("applied", "Đã áp dụng"),
                        ],
                        default="finding",
                        max_length=7,
                    ),
                ),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.AddField(
            model_name="counterday",
            name="closed_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="counterday",
            name="service_point",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="days", to="payments.servicepoint"),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="agency",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="payments.agency"),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="applied_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="delivery",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="payments.delivery"),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="key",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.apikey"),
        ),
        migrations.AddField(
            model_name="resultbatch",
            name="service_point",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="payments.servicepoint"
            ),
        ),
        migrations.AddField(
            model_name="resultmark",
            name="by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="resultrow",
            name="batch",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="payments.resultbatch"),
        ),
        migrations.AddConstraint(
            model_name="counterday",
            constraint=models.UniqueConstraint(fields=("service_point", "day"), name="payments_counterday_once"),
        ),
        migrations.AddIndex(
            model_name="resultbatch",
            index=models.Index(fields=["agency", "-id"], name="payments_batch_agency"),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.UniqueConstraint(fields=("agency", "sha256"), name="payments_batch_file_once"),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.UniqueConstraint(fields=("agency", "client_key"), name="payments_batch_key_once"),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("received", "staged", "applied", "refused"))), name="payments_batch_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="resultbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", False), ("status", "applied")),
                    models.Q(models.Q(("status", "applied"), _negated=True), ("applied_at__isnull", True)),
                    _connector="OR",
                ),
                name="payments_batch_applied_complete",
            ),
        ),
        migrations.AddIndex(
            model_name="resultmark",
            index=models.Index(fields=["line_id"], name="payments_resultmark_line"),
        ),
        migrations.AddConstraint(
            model_name="resultmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ("paid", "unpaid", "undo", "corrected"))), name="payments_resultmark_act"
            ),
        ),
        migrations.AddIndex(
            model_name="resultrow",
            index=models.Index(fields=["batch", "state"], name="payments_resultrow_state"),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.UniqueConstraint(fields=("batch", "row_no"), name="payments_resultrow_once"),
        ),
        migrations.AddConstraint(
            model_name="resultrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "finding"), models.Q(("findings", []), ("line_id__isnull", False)), _connector="OR"),
                name="payments_resultrow_finding",
            ),
        ),
        migrations.RunSQL(RESULTS, NO_RESULTS),
        secure("payments_resultbatch", "payments_resultrow", "payments_resultmark", "payments_counterday", "payments_lineresult"),
        append_only("payments_resultmark"),
        admit("payments_resultbatch", lists=OF_AGENCY),
        admit("payments_resultrow", lists=seen("batch_id", "payments_resultbatch")),
        admit("payments_resultmark", lists=own("list_id", "lists")),
        admit("payments_counterday", lists=AT_MY_POINT),
        admit(
            "payments_lineresult",
            lists=own("list_id", "lists"),
            households=own("household_id", "households"),
            self=f"{seen('household_id', 'households_household')} AND {seen('line_id', 'payments_paymentline')}",
        ),
    ]
