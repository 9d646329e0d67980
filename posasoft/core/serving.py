"""The last gate before serving: row-level security binds neither a superuser nor the owner of the tables."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

_RIGHTS = """
SELECT r.rolsuper, r.rolbypassrls, EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'USAGE'))
FROM pg_roles r WHERE r.rolname = current_user
"""


def require_bound_role() -> None:
    """Raises ImproperlyConfigured when DATABASE_URL names a role that row-level security does not bind."""
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS)
        row = cursor.fetchone()
    connection.close()
    if row != (False, False, False):
        raise ImproperlyConfigured(
            "DATABASE_URL names a superuser, a role with BYPASSRLS or the owner of the tables: row-level security would not bind it. "
            "Serve as posasoft_app and give the owner's address to MIGRATION_DATABASE_URL (docs/install.md)."
        )
