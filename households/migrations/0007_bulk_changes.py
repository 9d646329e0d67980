"""One change for many at once, words of addresses, and the indexes that lists stand on."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

import posasoft.core.models.located
from posasoft.core.rls import secure

LISTS = Path(__file__).with_name("0007_lists.sql").read_text(encoding="utf-8")
UNDO_LISTS = """
DROP TRIGGER address_delete ON households_household;
DROP TRIGGER address_update ON households_household;
DROP TRIGGER address_insert ON households_household;
DROP FUNCTION households_address_delete, households_address_update, households_address_insert, households_address_words, households_fold, households_estimate;
"""
CURRENT_HOUSEHOLD = Q(canonical__isnull=True, ended_on__isnull=True)
LIVING_PERSON = Q(canonical__isnull=True, died_on__isnull=True)


def index(model, name, *fields, condition=None):
    return migrations.AddIndex(model_name=model, index=models.Index(fields=list(fields), name=name, condition=condition))


class Migration(migrations.Migration):
    dependencies = [("households", "0006_round_trip"), ("core", "0006_saved_views")]

    operations = [
        migrations.CreateModel(
            name="AddressToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token", "area_pos", "household_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.CharField(db_collation="C", max_length=40)),
                ("area_pos", models.BigIntegerField()),
                ("household_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["household_id"], name="households_address_of")]},
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("subject", models.CharField(choices=[("h", "Hộ"), ("p", "Người")], max_length=1)),
                ("fact", models.CharField(max_length=20)),
                ("value", models.JSONField(default=dict)),
                ("since", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prepared", "Chờ xác nhận"),
                            ("asked", "Chờ duyệt"),
                            ("refused", "Không được duyệt"),
                            ("running", "Đang ghi"),
                            ("done", "Đã ghi"),
                            ("undone", "Đã hoàn tác"),
                            ("dropped", "Đã bỏ"),
                        ],
                        default="prepared",
                        max_length=10,
                    ),
                ),
                ("job_id", models.BigIntegerField(null=True)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.change"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["area_pos", "-id"], name="households_bulk_area")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("status__in", ["prepared", "dropped", "asked", "refused"]), ("change__isnull", False), _connector="OR"),
                        name="households_bulk_cause",
                    ),
                    models.CheckConstraint(
                        condition=Q(("decided_by_id", models.F("made_by_id")), _negated=True), name="households_bulk_two_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("subject_id", models.BigIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Sẽ đổi"),
                            ("left_out", "Không đổi"),
                            ("done", "Đã đổi"),
                            ("failed", "Không ghi được"),
                            ("undone", "Đã hoàn tác"),
                            ("kept", "Không hoàn tác"),
                        ],
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, default="", max_length=12)),
                ("before", models.JSONField(null=True)),
                (
                    "bulk",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="households.bulkchange"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("bulk", "subject_id"), name="households_bulkrow_once")],
            },
        ),
        index("household", "households_list_class", "poverty", "area_pos", "id", condition=CURRENT_HOUSEHOLD),
        index(
            "household", "households_list_difficulty", "difficulty", "area_pos", "id",
            condition=CURRENT_HOUSEHOLD & Q(difficulty__isnull=False),
        ),
        index("person", "households_list_born", "born"),
        index(
            "person", "households_list_ethnic", "ethnicity", "area_pos", "name_sort", condition=LIVING_PERSON & Q(ethnicity__gt="01")
        ),
        index(
            "person", "households_list_degree", "disability_degree", "area_pos", "name_sort",
            condition=LIVING_PERSON & Q(disability_degree__isnull=False),
        ),
        index(
            "person", "households_list_disability", "disability_type", "area_pos", "name_sort",
            condition=LIVING_PERSON & Q(disability_type__isnull=False),
        ),
        migrations.RunSQL(LISTS, UNDO_LISTS),
        secure("households_addresstoken", "households_bulkchange", "households_bulkrow"),
    ]  # fmt: skip
