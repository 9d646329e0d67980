"""Row-level security of tables with personal data, as migration operations.

``posasoft_app`` is bound to a range of areas. Each other kind of scope acts as a role of its own, which posasoft_app may take for the length
of a transaction but does not inherit, so that no plan of an area officer carries their conditions (docs/decisions/0010).
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

ROLE = "posasoft_app"
# Kind of scope -> the database role that acts for it. Kinds not named here (area, none) act as ROLE.
KIND_ROLES = {
    "households": "posasoft_households",
    "lists": "posasoft_lists",
    "programmes": "posasoft_programmes",
    "self": "posasoft_self",
}
EVERY_ROLE = ", ".join((ROLE, *KIND_ROLES.values()))

# Range form with nullif: after SET LOCAL a custom setting is '' and a LIKE prefix of '' would show every row;
# the sub-selects make the bounds constants of the plan, so that an index on area_pos is used.
IN_RANGE = (
    "area_pos >= (SELECT nullif(current_setting('app.scope_lo', true), '')::bigint)"
    " AND area_pos < (SELECT nullif(current_setting('app.scope_hi', true), '')::bigint)"
)
USER = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"

# Tables made before the kinds' roles exist are closed to their writing by core 0003, later ones here.
_FROM_KINDS = """
DO $$ DECLARE kind text; BEGIN
  FOREACH kind IN ARRAY ARRAY[{kinds}] LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = kind) THEN
      EXECUTE format('REVOKE {rights} ON {table} FROM %I', kind);
    END IF;
  END LOOP;
END $$"""


def secure(*tables: str) -> RunSQL:
    """Bind the serving role to its range of areas on these tables; the owner, who migrates and loads, is not bound.

    Scopes of another kind see nothing of them until ``admit`` says which rows.
    """
    forward = [
        sql
        for table in tables
        for sql in (
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY area_scope ON "{table}" TO {ROLE} USING ({IN_RANGE})',
            read_only_for_kinds(table),
        )
    ]
    backward = [
        sql for table in tables for sql in (f'DROP POLICY area_scope ON "{table}"', f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    ]
    return RunSQL(";\n".join(forward), ";\n".join(backward))


def admit(table: str, **conditions: str) -> RunSQL:
    """Show scopes of other kinds the rows of a secured table that meet a condition: ``admit("t", households=own("household_id", "households"))``.

    Reading only; a kind that must write needs a policy and a grant of its own.
    """
    unknown = set(conditions) - set(KIND_ROLES)
    if unknown:
        raise ValueError(f"no such kind of scope: {', '.join(sorted(unknown))}")
    forward = [
        f'CREATE POLICY {kind}_scope ON "{table}" FOR SELECT TO {KIND_ROLES[kind]} USING ({condition})'
        for kind, condition in conditions.items()
    ]
    backward = [f'DROP POLICY {kind}_scope ON "{table}"' for kind in conditions]
    return RunSQL(";\n".join(forward), ";\n".join(backward))


def own(column: str, kind: str) -> str:
    """Condition: the column holds an id that is assigned to the acting role. An array once per statement, so that the column's index is used."""
    return f"{column} = ANY ((SELECT core_own_items('{kind}'))::bigint[])"


def seen(column: str, table: str, key: str = "id") -> str:
    """Condition: the column points to a row that the same scope sees in another table."""
    return f"{column} = ANY (ARRAY(SELECT {key} FROM {table}))"


def read_only_for_kinds(table: str) -> str:
    """SQL that takes all writing on a table from the kinds' roles, where these exist."""
    return _revoke("INSERT, UPDATE, DELETE, TRUNCATE", table)


def append_only(*tables: str) -> RunSQL:
    """The serving role, and the kinds' roles, may add rows and read them, never change or remove them."""
    revoke = [
        sql
        for table in tables
        for sql in (f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {ROLE}', _revoke("UPDATE, DELETE, TRUNCATE", table))
    ]
    grant = [f'GRANT UPDATE, DELETE ON "{table}" TO {ROLE}' for table in tables]
    return RunSQL(";\n".join(revoke), ";\n".join(grant))


def _revoke(rights: str, table: str) -> str:
    return _FROM_KINDS.format(kinds=", ".join(f"'{role}'" for role in KIND_ROLES.values()), rights=rights, table=f'"{table}"')
