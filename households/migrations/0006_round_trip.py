from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import posasoft.core.models.located
from posasoft.core.rls import secure

HISTORY_FOLLOWS = (Path(__file__).parent / "0006_history_follows.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_roles"), ("households", "0005_change_requests")]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="base",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="conflicts",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importrow",
            name="emptied",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="gone",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="importrow",
            name="meanwhile",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="importrow",
            name="told",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="importrow",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[("new", "Mới"), ("changed", "Thay đổi"), ("same", "Không đổi"), ("gone", "Không còn trong tệp")],
                default="",
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="AreaReform",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("title", models.CharField(max_length=200)),
                ("document", models.CharField(max_length=200)),
                ("effective", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Đang soạn"),
                            ("running", "Đang thực hiện"),
                            ("done", "Đã thực hiện"),
                            ("undoing", "Đang hoàn tác"),
                            ("undone", "Đã hoàn tác"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("job_id", models.BigIntegerField(null=True)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "running", "done", "undoing", "undone"])),
                        name="households_areareform_status",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Workbook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("layout", models.SmallIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("needs_second", models.BooleanField(default=False)),
                ("agreed_by_id", models.BigIntegerField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("households", models.IntegerField(default=0)),
                ("persons", models.IntegerField(default=0)),
                ("area", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area")),
            ],
        ),
        migrations.AddField(
            model_name="importbatch",
            name="workbook",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="households.workbook"
            ),
        ),
        migrations.CreateModel(
            name="WorkbookRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("place", models.IntegerField()),
                ("heads", models.BooleanField(default=False)),
                ("told", models.JSONField(default=dict)),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.household"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.person"
                    ),
                ),
                ("workbook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="households.workbook")),
            ],
        ),
        migrations.CreateModel(
            name="AreaReformPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=30)),
                ("part", models.CharField(choices=[("whole", "toàn bộ"), ("partial", "một phần")], max_length=8)),
                ("is_default", models.BooleanField(default=True)),
                ("from_area", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area")),
                (
                    "reform",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pairs", to="households.areareform"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("reform", "from_area", "code"), name="households_areareformpair_once")],
            },
        ),
        migrations.CreateModel(
            name="AreaReformStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("log", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "reform",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="households.areareform"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reform", "number"), name="households_areareformstep_once"),
                    models.CheckConstraint(
                        condition=models.Q(("undone_at__isnull", True), ("undone_at__gte", models.F("done_at")), _connector="OR"),
                        name="households_areareformstep_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnplacedHousehold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("placed_at", models.DateTimeField(null=True)),
                ("was_pos", models.BigIntegerField(null=True)),
                ("placed_by_id", models.BigIntegerField(null=True)),
                (
                    "from_area",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="households.household"
                    ),
                ),
                (
                    "placed_in",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area"
                    ),
                ),
                (
                    "reform",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="unplaced", to="households.areareform"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("placed_at__isnull", True)), fields=["area_pos"], name="households_unplaced_open")
                ],
                "constraints": [models.UniqueConstraint(fields=("reform", "household"), name="households_unplaced_once")],
            },
        ),
        migrations.AddIndex(
            model_name="workbook",
            index=models.Index(fields=["area_pos", "-id"], name="households_workbook_newest"),
        ),
        migrations.AddConstraint(
            model_name="workbookrow",
            constraint=models.UniqueConstraint(fields=("workbook", "person"), name="households_workbookrow_once"),
        ),
        migrations.AddConstraint(
            model_name="workbookrow",
            constraint=models.UniqueConstraint(fields=("workbook", "place"), name="households_workbookrow_place"),
        ),
        migrations.AddConstraint(
            model_name="workbook",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed_by_id__isnull", True), models.Q(("agreed_by_id", models.F("made_by_id")), _negated=True), _connector="OR"),
                name="households_workbook_second_person",
            ),
        ),
        secure("households_workbook", "households_workbookrow", "households_unplacedhousehold"),
        # The history of one household without reading everybody's, and what waiting lists say of it.
        migrations.RunSQL(
            "CREATE INDEX households_personevent_of ON households_personevent (id, pgh_id);"
            "CREATE INDEX households_householdevent_of ON households_householdevent (id, pgh_id);"
            "CREATE INDEX households_importrow_waiting ON households_importrow (household_id) WHERE decision = 'pending'",
            "DROP INDEX households_personevent_of; DROP INDEX households_householdevent_of; DROP INDEX households_importrow_waiting",
        ),
        migrations.RunSQL(HISTORY_FOLLOWS, "DROP FUNCTION households_history_follows(bigint, boolean)"),
    ]
