"""Accounts, receivers, lines of one's own, verification after payment, notices to families."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import payments.models.people
import posasoft.core.models.located
from posasoft.core.rls import admit, append_only, own, read_only_for_kinds, secure, seen

# A person's own line may name the payee that the family's line names.
LINES = """
DROP INDEX payments_line_once;
CREATE UNIQUE INDEX payments_line_once ON payments_paymentline (month, household_id, list_id, payee_id, person_id) NULLS NOT DISTINCT;
CREATE INDEX payments_line_own ON payments_paymentline (month, area_pos) WHERE person_id IS NOT NULL;
"""
NO_LINES = """
DROP INDEX payments_line_own;
DROP INDEX payments_line_once;
CREATE UNIQUE INDEX payments_line_once ON payments_paymentline (month, household_id, list_id, payee_id) NULLS NOT DISTINCT;
"""

# The registry knows nothing of money; what lies with a person or household goes with them, whoever moves them, by statement.
FOLLOW = """
CREATE FUNCTION payments_follow_persons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE payments_account a SET province_no = n.province_no, area_pos = n.area_pos FROM new_rows n
  WHERE a.person_id = n.id AND (a.province_no, a.area_pos) <> (n.province_no, n.area_pos);
  UPDATE payments_ownline a SET province_no = n.province_no, area_pos = n.area_pos FROM new_rows n
  WHERE a.person_id = n.id AND (a.province_no, a.area_pos) <> (n.province_no, n.area_pos);
  RETURN NULL;
END $$;
CREATE TRIGGER payments_follow AFTER UPDATE ON households_person REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION payments_follow_persons();
CREATE FUNCTION payments_follow_households() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE payments_receiver a SET province_no = n.province_no, area_pos = n.area_pos FROM new_rows n
  WHERE a.household_id = n.id AND (a.province_no, a.area_pos) <> (n.province_no, n.area_pos);
  UPDATE payments_contact a SET province_no = n.province_no, area_pos = n.area_pos FROM new_rows n
  WHERE a.household_id = n.id AND (a.province_no, a.area_pos) <> (n.province_no, n.area_pos);
  RETURN NULL;
END $$;
CREATE TRIGGER payments_follow AFTER UPDATE ON households_household REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION payments_follow_households();
"""
NO_FOLLOW = """
DROP TRIGGER payments_follow ON households_household;
DROP TRIGGER payments_follow ON households_person;
DROP FUNCTION payments_follow_households();
DROP FUNCTION payments_follow_persons();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_agencies"),
        ("households", "0007_bulk_changes"),
        ("payments", "0009_settling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("phone", models.CharField(blank=True, default="", max_length=15)),
                ("wants_texts", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "household",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="contact", to="households.household"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LookupTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [models.Index(fields=["key", "at"], name="payments_lookup_key")],
            },
        ),
        migrations.CreateModel(
            name="NoticeTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payday", "Báo ngày nhận tiền"),
                            ("unpaid", "Nhắc nhận tiền"),
                            ("suspension", "Tạm dừng chi trả"),
                            ("account", "Thay đổi cách nhận tiền"),
                        ],
                        max_length=10,
                    ),
                ),
                ("medium", models.CharField(choices=[("text", "Tin nhắn"), ("letter", "Thư")], max_length=6)),
                ("version", models.SmallIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("code", models.CharField(max_length=12, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payday", "Báo ngày nhận tiền"),
                            ("unpaid", "Nhắc nhận tiền"),
                            ("suspension", "Tạm dừng chi trả"),
                            ("account", "Thay đổi cách nhận tiền"),
                        ],
                        max_length=10,
                    ),
                ),
                ("medium", models.CharField(choices=[("text", "Tin nhắn"), ("letter", "Thư")], max_length=6)),
                ("key", models.CharField(max_length=100)),
                ("month", models.DateField(null=True)),
                ("line_id", models.BigIntegerField(null=True)),
                ("line_public_id", models.UUIDField(db_index=True, null=True)),
                ("village_pos", models.BigIntegerField(null=True)),
                ("facts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Chờ gửi"),
                            ("sent", "Đã gửi"),
                            ("failed", "Không gửi được"),
                            ("printed", "Đã in"),
                            ("no_phone", "Không có số điện thoại"),
                            ("opted_out", "Không nhận tin nhắn"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("tries", models.SmallIntegerField(db_default=0, default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, db_default="", default="", max_length=120)),
                ("provider_ref", models.CharField(blank=True, db_default="", default="", max_length=80)),
                ("queued_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "household",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="households.household"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.noticetemplate"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("facility", "Sống tại cơ sở trợ giúp xã hội"),
                            ("boarding", "Ở nội trú, sống xa hộ"),
                            ("wish", "Theo nguyện vọng của người hưởng"),
                            ("carer", "Do người khác ngoài hộ chăm sóc, nuôi dưỡng"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="own_lines", to="households.person"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Receiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("full_name", models.CharField(max_length=120)),
                ("number_enc", models.BinaryField()),
                ("number_index", models.BinaryField(db_index=True)),
                ("tail", models.CharField(max_length=3)),
                ("phone", models.CharField(blank=True, default="", max_length=15)),
                ("relation", models.CharField(max_length=60)),
                (
                    "paper",
                    models.CharField(
                        choices=[
                            ("authorised", "Giấy ủy quyền"),
                            ("guardian", "Quyết định cử người giám hộ"),
                            ("carer", "Quyết định giao người chăm sóc, nuôi dưỡng"),
                            ("facility", "Văn bản của cơ sở trợ giúp xã hội"),
                        ],
                        max_length=10,
                    ),
                ),
                ("paper_no", models.CharField(max_length=80)),
                ("paper_on", models.DateField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("end_reason", models.CharField(blank=True, default="", max_length=300)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="receivers", to="households.household"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="receivers", to="households.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VerificationPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("month", models.DateField()),
                ("strata", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ("confidence", models.SmallIntegerField(default=95)),
                ("margin", models.SmallIntegerField(default=500)),
                ("seed", models.BigIntegerField()),
                ("population", models.IntegerField(default=0)),
                ("size", models.IntegerField(default=0)),
                ("drawn_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("area", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VerificationSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("month", models.DateField()),
                ("line_id", models.BigIntegerField()),
                ("stratum", models.CharField(blank=True, default="", max_length=80)),
                ("stratum_size", models.IntegerField()),
                (
                    "agency",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.agency"),
                ),
                ("household", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.household")),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="samples", to="payments.verificationplan"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VerificationAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("client_key", models.UUIDField(unique=True)),
                (
                    "mode",
                    models.CharField(choices=[("call", "Gọi điện"), ("visit", "Đến nhà"), ("office", "Gặp tại trụ sở")], max_length=6),
                ),
                ("asked_on", models.DateField()),
                ("reached", models.BooleanField()),
                ("received", models.BooleanField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                (
                    "collected_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("self", "Chính người nhận ghi trong danh sách"),
                            ("receiver", "Người nhận thay có giấy tờ"),
                            ("family", "Người khác trong nhà"),
                            ("account", "Tiền vào tài khoản"),
                            ("other", "Người ngoài, cán bộ"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("was_charged", models.BooleanField(null=True)),
                ("fee", models.BigIntegerField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="payments.verificationsample"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("kind", models.CharField(choices=[("bank", "Tài khoản ngân hàng"), ("ewallet", "Ví điện tử")], max_length=8)),
                ("provider", models.CharField(max_length=20)),
                ("number_enc", models.BinaryField()),
                ("number_index", models.BinaryField(db_index=True)),
                ("tail", models.CharField(max_length=3)),
                ("holder_name", models.CharField(max_length=120)),
                ("name_matches", models.BooleanField()),
                ("name_note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "consent",
                    models.CharField(choices=[("paper", "Giấy đề nghị đã ký"), ("recorded", "Lời đồng ý được ghi âm")], max_length=8),
                ),
                ("consent_on", models.DateField()),
                ("consent_no", models.CharField(max_length=80)),
                ("since", models.DateField()),
                ("cooling_until", models.DateField()),
                ("until", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, default="", max_length=300)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="households.person")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consent__in", ["paper", "recorded"]), ("kind__in", ["bank", "ewallet"])),
                        name="payments_account_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False), ("until__isnull", True)),
                        fields=("person",),
                        name="payments_account_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True), ("until__isnull", True)),
                        fields=("person",),
                        name="payments_account_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                models.Q(
                                    ("made_by__isnull", True),
                                    models.Q(("made_by", models.F("confirmed_by")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="payments_account_two_hands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("name_matches", True),
                            ("confirmed_at__isnull", True),
                            models.Q(("name_note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="payments_account_name_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_on__lte", models.F("since")),
                            ("cooling_until__gte", models.F("since")),
                            models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        ),
                        name="payments_account_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cashless",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("month", models.DateField()),
                ("lines", models.IntegerField()),
                ("lines_cashless", models.IntegerField()),
                ("adults", models.IntegerField()),
                ("adults_cashless", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("amount_cashless", models.BigIntegerField()),
                ("counted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("commune", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "commune"), name="payments_cashless_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("adults_cashless__lte", models.F("adults")),
                            ("amount_cashless__lte", models.F("amount")),
                            ("lines_cashless__lte", models.F("lines")),
                        ),
                        name="payments_cashless_part",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="noticetemplate",
            constraint=models.UniqueConstraint(fields=("kind", "medium", "version"), name="payments_template_version"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("medium", "text"), ("state", "queued")), fields=["next_try_at"], name="payments_notice_due"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["area_pos", "state", "-id"], name="payments_notice_area"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("kind", "key", "household", "line_id"), name="payments_notice_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["payday", "unpaid", "suspension", "account"]),
                    ("state__in", ["queued", "sent", "failed", "printed", "no_phone", "opted_out"]),
                ),
                name="payments_notice_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownline",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground__in", ["facility", "boarding", "wish", "carer"])), name="payments_ownline_ground"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since__day", 1),
                    models.Q(("until__isnull", True), models.Q(("until__day", 1), ("until__gte", models.F("since"))), _connector="OR"),
                ),
                name="payments_ownline_months",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownline",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=(("person", "="), (payments.models.people.Days("since", "until"), "&&")), name="payments_ownline_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("paper__in", ["authorised", "guardian", "carer", "facility"])), name="payments_receiver_paper"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("paper_on__lte", models.F("since")), ("until__gte", models.F("since"))), name="payments_receiver_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(
                            ("made_by__isnull", True), models.Q(("made_by", models.F("confirmed_by")), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="payments_receiver_two_hands",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=(
                    ("household", "="),
                    (
                        django.db.models.functions.comparison.Coalesce("person_id", models.Value(0, output_field=models.BigIntegerField())),
                        "=",
                    ),
                    (payments.models.people.Days("since", "until"), "&&"),
                ),
                name="payments_receiver_one",
            ),
        ),
        migrations.AddIndex(
            model_name="verificationplan",
            index=models.Index(fields=["-month", "-id"], name="payments_verification_month"),
        ),
        migrations.AddConstraint(
            model_name="verificationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confidence__in", (90, 95, 99)),
                    ("margin__gte", 100),
                    ("margin__lte", 2000),
                    ("month__day", 1),
                    ("size__lte", models.F("population")),
                ),
                name="payments_verification_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="verificationsample",
            constraint=models.UniqueConstraint(fields=("plan", "line_id"), name="payments_sample_once"),
        ),
        migrations.AddConstraint(
            model_name="verificationsample",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="payments_sample_number"),
        ),
        migrations.AddConstraint(
            model_name="verificationanswer",
            constraint=models.UniqueConstraint(condition=models.Q(("reached", True)), fields=("sample",), name="payments_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="verificationanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reached", True), models.Q(("amount__isnull", True), ("received__isnull", True)), _connector="OR"),
                name="payments_answer_reached",
            ),
        ),
        migrations.AddConstraint(
            model_name="verificationanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                    models.Q(("fee__isnull", True), ("fee__gte", 0), _connector="OR"),
                ),
                name="payments_answer_money",
            ),
        ),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(FOLLOW, NO_FOLLOW),
        secure(
            "payments_account",
            "payments_receiver",
            "payments_ownline",
            "payments_contact",
            "payments_cashless",
            "payments_verificationsample",
            "payments_verificationanswer",
            "payments_notice",
        ),
        append_only("payments_verificationanswer"),
        # Who pays sees to whom; a collaborator sees whom to ask, whom to help.
        admit("payments_account", lists=seen("id", "payments_paymentline", "account_id")),
        admit("payments_receiver", lists=seen("id", "payments_paymentline", "receiver_id"), households=own("household_id", "households")),
        admit("payments_contact", households=own("household_id", "households")),
        admit("payments_verificationsample", households=own("household_id", "households")),
        admit("payments_verificationanswer", households=seen("sample_id", "payments_verificationsample")),
        admit("payments_notice", households=own("household_id", "households")),
        migrations.RunSQL(
            f"{read_only_for_kinds('payments_noticetemplate')};{read_only_for_kinds('payments_verificationplan')};{read_only_for_kinds('payments_lookuptry')}",
            migrations.RunSQL.noop,
        ),
    ]
