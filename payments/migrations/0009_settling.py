"""Statements with the agencies, uncollected money of households, money written off; carried money joined whoever releases."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import posasoft.core.models.located
from posasoft.core.rls import ROLE, admit, own, secure, seen

# What both sides have signed is never changed; a figure that changes takes a single signature away, whoever changes it.
FROZEN = """
CREATE FUNCTION payments_statement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.agency_signed_at IS NOT NULL AND OLD.province_signed_at IS NOT NULL THEN
    RAISE EXCEPTION 'statement % is signed by both sides', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_statement_frozen', TABLE = 'payments_statement';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF (OLD.lists, OLD.payments, OLD.unpaid, OLD.advance, OLD.paid, OLD.returned, OLD.standing, OLD.fee)
      IS DISTINCT FROM (NEW.lists, NEW.payments, NEW.unpaid, NEW.advance, NEW.paid, NEW.returned, NEW.standing, NEW.fee)
    AND (NEW.agency_signed_at IS NOT NULL OR NEW.province_signed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'statement %: a figure changed under a signature', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_statement_frozen', TABLE = 'payments_statement';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON payments_statement FOR EACH ROW EXECUTE FUNCTION payments_statement_kept();
CREATE FUNCTION payments_statementlist_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM payments_statement s WHERE s.id IN (OLD.statement_id, CASE WHEN TG_OP = 'UPDATE' THEN NEW.statement_id END)
      AND s.agency_signed_at IS NOT NULL AND s.province_signed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'statement % is signed by both sides', OLD.statement_id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_statement_frozen', TABLE = 'payments_statementlist';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON payments_statementlist FOR EACH ROW EXECUTE FUNCTION payments_statementlist_kept();
"""
NOT_FROZEN = """
DROP TRIGGER kept ON payments_statementlist; DROP TRIGGER kept ON payments_statement;
DROP FUNCTION payments_statement_kept, payments_statementlist_kept;
"""

# Who releases a commune's list need not see the line that money comes from: the family has moved here from another commune. The owner joins both
# sides; it books nothing but what a released list in the releaser's own range names.
FORWARD = f"""
CREATE FUNCTION payments_book_forward(p_lists bigint[], p_months date[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  booked bigint;
  bound boolean := session_user = '{ROLE}' OR current_setting('role') = '{ROLE}';
  lo bigint := nullif(current_setting('app.scope_lo', true), '')::bigint;
  hi bigint := nullif(current_setting('app.scope_hi', true), '')::bigint;
BEGIN
  INSERT INTO payments_ledgerentry (month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no, area_pos)
  WITH brought AS MATERIALIZED (
    SELECT p.month, p.id, p.list_id, p.household_id, p.province_no, p.area_pos, c.o AS old_id, sum(c.a)::bigint AS amount
    FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.month = p.month AND l.status = 'released'
      AND (NOT bound OR l.area_pos >= lo AND l.area_pos < hi)
    CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS c(a bigint, o bigint)
    WHERE p.month = ANY (p_months) AND p.list_id = ANY (p_lists) AND p.carried > 0 AND c.o IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
  )
  SELECT month, id, list_id, household_id, 11::smallint, 2::smallint, amount, 6::smallint, old_id, province_no, area_pos FROM brought
  UNION ALL
  SELECT o.month, o.id, o.list_id, o.household_id, 7::smallint, 11::smallint, b.amount, 6::smallint, b.id, o.province_no, o.area_pos
  FROM brought b JOIN payments_paymentline o ON o.id = b.old_id AND o.month < b.month
  ON CONFLICT (month, line_id, debit, credit, source_kind, source_id) DO NOTHING;
  GET DIAGNOSTICS booked = ROW_COUNT;
  RETURN booked;
END $$;
REVOKE ALL ON FUNCTION payments_book_forward(bigint[], date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_book_forward(bigint[], date[]) TO {ROLE};
"""

AT_MY_AGENCY = "agency_id = ANY ((SELECT payments_own_agencies())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_agencies"),
        ("households", "0007_bulk_changes"),
        ("payments", "0008_results"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("month", models.DateField()),
                ("sequence", models.SmallIntegerField(default=1)),
                ("lists", models.IntegerField(default=0)),
                ("payments", models.IntegerField(default=0)),
                ("unpaid", models.IntegerField(default=0)),
                ("advance", models.BigIntegerField(default=0)),
                ("paid", models.BigIntegerField(default=0)),
                ("returned", models.BigIntegerField(default=0)),
                ("standing", models.BigIntegerField(default=0)),
                ("fee", models.BigIntegerField(default=0)),
                ("fee_per_payment", models.IntegerField(default=0)),
                ("fee_basis_points", models.IntegerField(default=0)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("figures_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("agency_signed_at", models.DateTimeField(null=True)),
                ("province_signed_at", models.DateTimeField(null=True)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("voided_at", models.DateTimeField(null=True)),
                ("voided_reason", models.CharField(blank=True, default="", max_length=500)),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="payments.agency")),
                (
                    "agency_signed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "province_signed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatementList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("payments", models.IntegerField(default=0)),
                ("unpaid", models.IntegerField(default=0)),
                ("advance", models.BigIntegerField(default=0)),
                ("paid", models.BigIntegerField(default=0)),
                ("returned", models.BigIntegerField(default=0)),
                (
                    "pay_list",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="settled_on", to="payments.paymentlist"),
                ),
                (
                    "statement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="payments.statement"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Uncollected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("since", models.DateField()),
                ("last_month", models.DateField()),
                ("months", models.SmallIntegerField()),
                ("amount", models.BigIntegerField()),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("will_come", "Gia đình sẽ đến nhận"),
                            ("needs_proxy", "Cần người nhận thay hoặc trả tại nhà"),
                            ("away", "Đi khỏi địa phương, chưa chuyển hộ khẩu"),
                            ("moved", "Đã chuyển đi nơi khác"),
                            ("died", "Người hưởng đã chết"),
                            ("declines", "Không nhận nữa"),
                            ("not_found", "Không tìm thấy gia đình"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("answered_at", models.DateTimeField(null=True)),
                ("suspended_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uncollected", to="households.household"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("month", models.DateField()),
                ("line_id", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("no_heir", "Người hưởng đã chết, không có người được nhận"),
                            ("not_due", "Khoản không được hưởng, đã có kết luận"),
                            ("declined", "Gia đình có văn bản từ chối nhận"),
                            ("expired", "Quá thời hạn chi theo quy định, đã nộp lại ngân sách"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Chờ duyệt"), ("done", "Đã xóa khoản phải trả"), ("refused", "Không đồng ý")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("household", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.household")),
            ],
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["month", "province_no"], name="payments_statement_of_month"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(fields=("agency", "month", "province_no", "sequence"), name="payments_statement_once"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("agency_signed_at__isnull", True), ("province_signed_at__isnull", True), _connector="OR"),
                fields=("agency", "month", "province_no"),
                name="payments_statement_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="payments_statement_month"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "advance",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("paid"), "+", models.F("returned")),
                            "+",
                            models.F("standing"),
                        ),
                    ),
                    ("advance__gte", 0),
                    ("paid__gte", 0),
                    ("returned__gte", 0),
                    ("standing__gte", 0),
                ),
                name="payments_statement_balanced",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency_signed_at__isnull", True), ("agency_signed_by__isnull", True)),
                    models.Q(
                        ("agency_signed_at__isnull", False),
                        ("agency_signed_by__isnull", False),
                        ("standing", 0),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payments_statement_agency_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("province_signed_at__isnull", True), ("province_signed_by__isnull", True)),
                    models.Q(
                        ("province_signed_at__isnull", False),
                        ("province_signed_by__isnull", False),
                        ("standing", 0),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payments_statement_province_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agency_signed_by__isnull", True),
                    ("province_signed_by__isnull", True),
                    models.Q(("agency_signed_by", models.F("province_signed_by")), _negated=True),
                    _connector="OR",
                ),
                name="payments_statement_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="uncollected",
            index=models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["area_pos", "id"], name="payments_uncollected_open"),
        ),
        migrations.AddConstraint(
            model_name="uncollected",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("household",), name="payments_uncollected_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="uncollected",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_month__day", 1), ("last_month__gt", models.F("since")), ("months__gte", 3), ("since__day", 1)),
                name="payments_uncollected_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="uncollected",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True)),
                    models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="payments_uncollected_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="writeoff",
            index=models.Index(condition=models.Q(("state", "asked")), fields=["area_pos", "id"], name="payments_writeoff_waiting"),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "done"])), fields=("month", "line_id"), name="payments_writeoff_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), models.Q(("reason", ""), _negated=True)), name="payments_writeoff_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "asked")),
                    models.Q(
                        ("asked_by__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", ["done", "refused"]),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payments_writeoff_two_people",
            ),
        ),
        secure("payments_statement", "payments_statementlist", "payments_uncollected", "payments_writeoff"),
        admit("payments_statement", lists=AT_MY_AGENCY),
        admit("payments_statementlist", lists=seen("statement_id", "payments_statement")),
        admit("payments_uncollected", households=own("household_id", "households")),
        migrations.RunSQL(
            f"REVOKE DELETE, TRUNCATE ON payments_writeoff, payments_uncollected FROM {ROLE}",
            f"GRANT DELETE ON payments_writeoff, payments_uncollected TO {ROLE}",
        ),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
        migrations.RunSQL(FORWARD, "DROP FUNCTION payments_book_forward(bigint[], date[])"),
    ]
