"""The last gate before serving: row-level security binds neither a superuser nor the owner of the tables, nor who may become one of them."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from posasoft.core.rls import KIND_ROLES

# MEMBER, not USAGE: a role that does not inherit can still be taken with SET ROLE.
_RIGHTS = """
SELECT
  EXISTS (SELECT FROM pg_roles s WHERE (s.rolsuper OR s.rolbypassrls) AND pg_has_role(r.oid, s.oid, 'MEMBER')),
  EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
  ARRAY(SELECT kind FROM unnest(%s::text[]) AS kind WHERE NOT EXISTS (
    SELECT FROM pg_roles k WHERE k.rolname = kind AND pg_has_role(r.oid, k.oid, 'SET') AND NOT pg_has_role(r.oid, k.oid, 'USAGE')))
FROM pg_roles r WHERE r.rolname = current_user
"""


def require_bound_role() -> None:
    """Raises ImproperlyConfigured when DATABASE_URL names a role that row-level security does not bind, or that cannot act for every kind."""
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, [list(KIND_ROLES.values())])
        unbound, owns, unreachable = cursor.fetchone()
    connection.close()
    if unbound or owns:
        raise ImproperlyConfigured(
            "DATABASE_URL names a superuser, a role with BYPASSRLS or the owner of the tables, or a role that may become one of them: "
            "row-level security would not bind it. "
            "Serve as posasoft_app and give the owner's address to MIGRATION_DATABASE_URL (docs/install.md)."
        )
    if unreachable:
        raise ImproperlyConfigured(
            f"The role of DATABASE_URL must be able to act as {', '.join(unreachable)} without inheriting from it: "
            "GRANT … TO posasoft_app WITH INHERIT FALSE, SET TRUE (docs/install.md, Roles in the database)."
        )
