"""Row-level security of tables with personal data, as migration operations."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

ROLE = "posasoft_app"

# Range form with nullif: after SET LOCAL a custom setting is '' and a LIKE prefix of '' would show every row;
# the sub-selects make the bounds constants of the plan, so that an index on area_pos is used.
_IN_SCOPE = (
    "area_pos >= (SELECT nullif(current_setting('app.scope_lo', true), '')::bigint)"
    " AND area_pos < (SELECT nullif(current_setting('app.scope_hi', true), '')::bigint)"
)


def secure(*tables: str) -> RunSQL:
    """Bind the serving role to its range of areas on these tables; the owner, who migrates and loads, is not bound."""
    forward = [
        sql
        for table in tables
        for sql in (
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY area_scope ON "{table}" TO {ROLE} USING ({_IN_SCOPE})',
        )
    ]
    backward = [
        sql for table in tables for sql in (f'DROP POLICY area_scope ON "{table}"', f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    ]
    return RunSQL(";\n".join(forward), ";\n".join(backward))


def append_only(*tables: str) -> RunSQL:
    """The serving role may add rows and read them, never change or remove them."""
    revoke = [f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {ROLE}' for table in tables]
    grant = [f'GRANT UPDATE, DELETE ON "{table}" TO {ROLE}' for table in tables]
    return RunSQL(";\n".join(revoke), ";\n".join(grant))
