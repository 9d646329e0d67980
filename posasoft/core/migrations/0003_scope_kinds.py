"""Kinds of scope: a database role for each, what is assigned to a role, permissions on areas, and policies on jobs and outbox.

It runs after the first tables of all apps, because it says which rows of theirs the kinds see. Later tables call ``rls.admit`` themselves.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from posasoft.core.rls import EVERY_ROLE, IN_RANGE, KIND_ROLES, ROLE, USER, admit, append_only, own, seen

KINDS = ", ".join(KIND_ROLES.values())

# A server's administrator may have made the roles already (tools/postgres.py, docs/install.md); the owner of the tables need not be able to.
ROLES = """
DO $$ DECLARE kind text; BEGIN
  FOREACH kind IN ARRAY string_to_array('%(kinds)s', ', ') LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = kind) THEN EXECUTE format('CREATE ROLE %%I NOLOGIN', kind); END IF;
    IF NOT pg_has_role('%(app)s', kind, 'SET') OR pg_has_role('%(app)s', kind, 'USAGE') THEN
      EXECUTE format('GRANT %%I TO %(app)s WITH INHERIT FALSE, SET TRUE', kind);
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'The roles %(kinds)s are missing and only an administrator of the server may make them: see docs/install.md, Roles in the database';
END $$;
GRANT USAGE ON SCHEMA public TO %(kinds)s;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %(kinds)s;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %(kinds)s;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %(kinds)s;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %(kinds)s;
-- Sessions, settings and notes of the user are written by every kind; the registry, money, areas and who may do what by none of these.
DO $$ DECLARE name regclass; BEGIN
  FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND (relrowsecurity
    OR relname = ANY ('{core_area,core_areaclass,core_areasuccession,core_clustermembership,core_roleassignment,core_assigneditem,'
                      'core_areapermission,core_periodlock,core_auditevent,django_migrations,django_content_type,auth_permission,'
                      'households_importprofile,beneficiaries_run,beneficiaries_runshard}') OR relkind = 'v')
  LOOP EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %%s FROM %(kinds)s', name); END LOOP;
END $$;
GRANT INSERT ON core_auditevent TO %(kinds)s;
""" % {"kinds": KINDS, "app": ROLE}

ITEMS = """
CREATE FUNCTION core_own_items(wanted text) RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(object_id), '{}') FROM core_assigneditem
  WHERE assignment_id = nullif(current_setting('app.assignment_id', true), '')::bigint AND kind = wanted AND object_id IS NOT NULL
    AND since <= nullif(current_setting('app.today', true), '')::date
    AND (until IS NULL OR until > nullif(current_setting('app.today', true), '')::date) $$;
CREATE FUNCTION core_own_codes() RETURNS text[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(code::text), '{}') FROM core_assigneditem
  WHERE assignment_id = nullif(current_setting('app.assignment_id', true), '')::bigint AND kind = 'programmes' AND code <> ''
    AND since <= nullif(current_setting('app.today', true), '')::date
    AND (until IS NULL OR until > nullif(current_setting('app.today', true), '')::date) $$;
"""

OWN_ASSIGNMENT = "assignment_id = (SELECT nullif(current_setting('app.assignment_id', true), '')::bigint)"
# A worker between two units of work acts for nobody and keeps the books of jobs and messages, which hold ids and counts only.
NOBODY_ACTS = "(SELECT nullif(current_setting('app.scope_kind', true), '')) IS NULL"
RANGE_LO = "(SELECT nullif(current_setting('app.scope_lo', true), '')::bigint)"
RANGE_HI = "(SELECT nullif(current_setting('app.scope_hi', true), '')::bigint)"
JOBS = f"{NOBODY_ACTS} OR created_by_id = {USER} OR (coalesce(scope_lo, 0) >= {RANGE_LO} AND coalesce(scope_hi, 0) <= {RANGE_HI})"

POLICIES = f"""
ALTER TABLE core_assigneditem ENABLE ROW LEVEL SECURITY;
CREATE POLICY area_scope ON core_assigneditem TO {ROLE} USING (true);
CREATE POLICY own_items ON core_assigneditem FOR SELECT TO {KINDS} USING ({OWN_ASSIGNMENT});

ALTER TABLE core_job ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_or_inside ON core_job TO {EVERY_ROLE} USING ({JOBS});
ALTER TABLE core_joblogline ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_a_job_one_sees ON core_joblogline TO {EVERY_ROLE} USING (EXISTS (SELECT FROM core_job j WHERE j.id = job_id));

ALTER TABLE core_outboxmessage ENABLE ROW LEVEL SECURITY;
CREATE POLICY anybody_posts ON core_outboxmessage FOR INSERT TO {EVERY_ROLE} WITH CHECK (true);
CREATE POLICY the_sender_reads ON core_outboxmessage TO {ROLE}
  USING ({NOBODY_ACTS} OR ({RANGE_LO} <= 0 AND {RANGE_HI} >= 9000000000000000));

-- A client's request and its answer: for the interface of programs, which acts for nobody; no screen reads it.
ALTER TABLE core_idempotencykey ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobody_acts ON core_idempotencykey TO {ROLE} USING ({NOBODY_ACTS} OR ({RANGE_LO} <= 0 AND {RANGE_HI} >= 9000000000000000));

-- Months and provinces of a computation: counts and sums that every office may read; no person.
ALTER TABLE beneficiaries_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_person ON beneficiaries_run TO {ROLE} USING (true);
ALTER TABLE beneficiaries_runshard ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_person ON beneficiaries_runshard TO {ROLE} USING (true);
"""
NO_POLICIES = f"""
{"".join(
    f'DROP POLICY {policy} ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;' if last else f'DROP POLICY {policy} ON {table};'
    for policy, table, last in (
        ("area_scope", "core_assigneditem", False), ("own_items", "core_assigneditem", True),
        ("own_or_inside", "core_job", True), ("of_a_job_one_sees", "core_joblogline", True),
        ("anybody_posts", "core_outboxmessage", False), ("the_sender_reads", "core_outboxmessage", True),
        ("nobody_acts", "core_idempotencykey", True), ("no_person", "beneficiaries_run", True), ("no_person", "beneficiaries_runshard", True),
    )
)}
"""

MY_CODES = "((SELECT core_own_codes())::text[])"
OF_PROGRAMME = f"benefit = ANY {MY_CODES} AND {IN_RANGE}"
MINE = f"assignee_id = {USER}"
RELEASED = "status <> 'draft'"
# Probed row by row, for a programme may have millions of people: an array of them would be built for every statement.
HAS_PROGRAMME = (
    "EXISTS (SELECT FROM beneficiaries_entitlement e WHERE e.household_id = {household} AND e.superseded_by_run IS NULL"
    f" AND e.benefit = ANY {MY_CODES}" + "{person})"
)

ADMITTED = [
    admit("core_workitem", **{kind: MINE for kind in KIND_ROLES}),
    admit(
        "households_household",
        households=own("id", "households"),
        lists=seen("id", "payments_paymentline", "household_id"),
        programmes=f"{IN_RANGE} AND " + HAS_PROGRAMME.format(household="households_household.id", person=""),
        self=seen("id", "households_person", "household_id"),
    ),
    admit(
        "households_person",
        households=own("household_id", "households"),
        lists="id = ANY (ARRAY(SELECT payee_id FROM payments_paymentline WHERE payee_id IS NOT NULL))",
        programmes=f"{IN_RANGE} AND "
        + HAS_PROGRAMME.format(household="households_person.household_id", person=" AND e.person_id = households_person.id"),
        self=own("id", "self"),
    ),
    admit(
        "households_factspell",
        households="(subject = 'h' AND " + own("subject_id", "households") + ") OR (subject = 'p' AND " + seen("subject_id", "households_person") + ")",
    ),
    admit("households_raising", households=seen("child_id", "households_person")),
    admit("households_searchtoken", households=seen("person_id", "households_person")),
    admit("households_povertysurvey", households=own("household_id", "households")),
    # The agency compares the paper that the payee shows; a person may read the own one.
    admit("households_nationalid", lists=seen("person_id", "households_person"), self=seen("person_id", "households_person")),
    admit(
        "beneficiaries_decision",
        households=own("household_id", "households"), programmes=OF_PROGRAMME, self=seen("person_id", "households_person"),
    ),
    admit(
        "beneficiaries_entitlement",
        households=own("household_id", "households"),
        programmes=OF_PROGRAMME,
        self=f"{seen('household_id', 'households_household')} AND {seen('person_id', 'households_person')}",
    ),
    admit("beneficiaries_package", households=own("household_id", "households")),
    admit("payments_paymentlist", lists=f"{RELEASED} AND {own('id', 'lists')}"),
    admit(
        "payments_paymentline",
        lists=seen("list_id", "payments_paymentlist"),
        self=f"{seen('household_id', 'households_household')} AND {own('payee_id', 'self')}",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_roles"),
        ("households", "0004_import_staging"),
        ("beneficiaries", "0005_feed_snapshot"),
        ("payments", "0004_lines_by_statement"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="area",
            options={
                "permissions": (
                    ("may_build", "Xây dựng (lập danh sách, nhập dữ liệu ban đầu)"),
                    ("may_manage", "Quản lý (tách, nhập, chuyển hộ; địa bàn)"),
                    ("may_update", "Cập nhật"),
                    ("may_query", "Khai thác (tìm kiếm, tổng hợp)"),
                    ("may_use", "Sử dụng (xem)"),
                    ("may_prepare", "Lập hồ sơ, lập danh sách"),
                    ("may_decide", "Thẩm định, đề nghị quyết định"),
                    ("may_sign", "Ký quyết định"),
                    ("may_approve", "Duyệt"),
                    ("may_export", "Xuất dữ liệu"),
                    ("may_administer", "Quản trị người dùng và vai trò"),
                )
            },
        ),
        migrations.AddField("roleassignment", "granted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        migrations.AddField("roleassignment", "granted_by_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "roleassignment",
            "verbs",
            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), null=True, size=None),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(
                condition=models.Q(("granted_by_id__isnull", True), models.Q(("granted_by_id", models.F("user_id")), _negated=True), _connector="OR"),
                name="core_role_not_to_oneself",
            ),
        ),
        migrations.CreateModel(
            name="AssignedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("area", "Địa bàn"),
                            ("households", "Hộ được giao"),
                            ("lists", "Danh sách được giao"),
                            ("programmes", "Chương trình phụ trách"),
                            ("self", "Bản thân"),
                        ],
                        max_length=12,
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True)),
                ("code", models.CharField(blank=True, default="", max_length=30)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "assignment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="core.roleassignment"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"), name="core_item_period"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "programmes"), ("object_id__isnull", True), models.Q(("code", ""), _negated=True)),
                            models.Q(("code", ""), ("kind__in", ["households", "lists", "self"]), ("object_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="core_item_names_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("assignment", "kind", "object_id", "code"),
                        name="core_item_one_open",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AreaPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("of_role", models.BooleanField(default=False)),
                ("until", models.DateField(null=True)),
                ("content_object", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="core.area")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
                "indexes": [models.Index(fields=["content_object"], name="core_areapermission_area")],
            },
        ),
        migrations.CreateModel(
            name="DutyDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("duty", models.CharField(max_length=10)),
                ("user_id", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("object_kind", "object_id", "user_id"), name="core_duty_one_per_person")
                ],
            },
        ),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        append_only("core_dutydone"),
        migrations.RunSQL(ITEMS, "DROP FUNCTION core_own_items(text); DROP FUNCTION core_own_codes()"),
        migrations.RunSQL(POLICIES, NO_POLICIES),
        *ADMITTED,
    ]
