"""Practice spaces above the country's positions, seen by nobody else; pages already shown; hand-overs of a post."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import posasoft.core.models.located
from posasoft.core.rls import secure

# Areas are public, except invented ones: a practice commune is seen only by a scope that overlaps it, the country's range does not.
AREA_POLICY = """
ALTER TABLE core_area ENABLE ROW LEVEL SECURITY;
CREATE POLICY not_practice ON core_area USING (
  position IS NULL OR position < 9000000000000000
  OR (position < (SELECT nullif(current_setting('app.scope_hi', true), '')::bigint)
      AND position_end > (SELECT nullif(current_setting('app.scope_lo', true), '')::bigint)))
"""
NO_AREA_POLICY = "DROP POLICY not_practice ON core_area; ALTER TABLE core_area DISABLE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [("core", "0006_saved_views")]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("public_id", models.UUIDField(db_default=posasoft.core.models.located.UUIDv7(), unique=True)),
                ("effective_on", models.DateField()),
                ("status", models.CharField(choices=[("draft", "Đang soạn"), ("done", "Đã bàn giao")], default="draft", max_length=5)),
                ("note", models.CharField(blank=True, default="", max_length=2000)),
                ("moved", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("done_at", models.DateTimeField(null=True)),
                ("assignment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="core.roleassignment")),
                ("from_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="posts_given", to=settings.AUTH_USER_MODEL)),
                ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("to_user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="posts_taken", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["area_pos"], name="core_handov_area_po_f40a0d_idx")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("from_user", models.F("to_user")), _negated=True), name="core_handover_to_another"),
                    models.UniqueConstraint(condition=models.Q(("status", "draft")), fields=("assignment",), name="core_handover_one_draft"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PageVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=60)),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="page_visits", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "page"), name="core_pagevisit_once")]},
        ),
        migrations.CreateModel(
            name="PracticeSpace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(unique=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(null=True)),
                ("commune", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.area")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="practice_spaces", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("retired_at__isnull", True)), fields=("user",), name="core_practice_one_open")
                ]
            },
        ),
        secure("core_handover"),
        migrations.RunSQL(AREA_POLICY, NO_AREA_POLICY),
    ]
