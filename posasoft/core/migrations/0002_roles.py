"""The serving role: reads and writes through its grants, owns nothing, and is bound by row-level security."""

from django.db import migrations

from posasoft.core.rls import ROLE, append_only, secure

GRANTS = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_foundations")]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        append_only("core_auditevent"),
        secure("core_workitem", "core_hold"),
    ]
