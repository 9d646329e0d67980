"""The tests' databases, and the roles tests act in.

* One database per xdist worker, cloned from a template that is migrated once per state of the migrations.
* The connection belongs to the owner of the tables but acts as `posasoft_app` (SET ROLE), so row-level security is at work in every test.
* Its session sees the whole country by default. `as_scope(area)` narrows it, `as_scope(NOWHERE)` blinds it, `owner()` steps out of
  row-level security and grants, for arranging what the serving role may not do.
* A request of the test client sets its own scope until the end of the test's transaction, as in production; look at the results
  inside `as_scope(COUNTRY)` or `owner()`.
"""

from __future__ import annotations

import gc
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql

from posasoft.core.models import Area
from posasoft.core.rls import KIND_ROLES
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, apply
from posasoft.env import database

ROOT = Path(__file__).resolve().parent.parent.parent
ROLE = "posasoft_app"
SETTINGS = ("app.scope_kind", "app.scope_lo", "app.scope_hi", "app.user_id", "app.assignment_id", "app.agency_id", "app.today", "role")


@contextmanager
def owner() -> Iterator[None]:
    """Act as the owner of the tables: no row-level security, all grants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        before = cursor.fetchone()[0]
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                # Inside another ``owner()`` the owner goes on.
                cursor.execute("SET ROLE NONE" if before == "none" else f"SET ROLE {ROLE}")
                if before in KIND_ROLES.values():
                    cursor.execute(f"SET LOCAL ROLE {before}")


@contextmanager
def thawed(*tables: str) -> Iterator[None]:
    """The owner with the triggers of these tables out of the way: what no program can do, to arrange a world or to break its books."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE;" + "".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in tables))
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE;" + "".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in tables))


@contextmanager
def as_scope(where: Scope | Area) -> Iterator[None]:
    """Act in a scope, or as an officer of an area, inside one transaction; the scope before comes back afterwards."""
    scope = where if isinstance(where, Scope) else Scope("area", where.position or 0, where.position_end or 0, role="commune_officer")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in SETTINGS))
            before = cursor.fetchone()
        apply(scope)
        yield
        with connection.cursor() as cursor:
            for name, value in zip(SETTINGS, before, strict=True):
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value or ""])


def prepare(worker: str) -> None:
    """Clone this worker's database from the template and point Django's connection at it."""
    address = _administrative_address()
    suffix = os.environ.get("TEST_DB_SUFFIX", "")
    template = f"template_{suffix}_{_fingerprint()}"
    name = f"test_{suffix}_{worker}"
    with psycopg.connect(**_parameters(address, "postgres"), autocommit=True) as server:
        # Both workers find no template at the same moment; one makes it, the other waits.
        server.execute("SELECT pg_advisory_lock(hashtext('posasoft test template'))")
        if not _exists(server, template):
            _drop_older_templates(server, f"template_{suffix}_")
            _make_template(server, address, template)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    _point_django_at(address, name, role=ROLE)
    _let_flush_act_as_owner()


def template_url() -> str:
    """Address of the migrated, empty database that workers' databases are cloned from; there once `prepare` has run."""
    parts = _administrative_address()
    account = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else quote(parts["USER"])
    return f"postgresql://{account}@{parts['HOST']}:{parts['PORT']}/template_{os.environ.get('TEST_DB_SUFFIX', '')}_{_fingerprint()}"


def drop(worker: str) -> None:
    """Remove this worker's database."""
    connections.close_all()
    address = _administrative_address()
    name = f"test_{os.environ.get('TEST_DB_SUFFIX', '')}_{worker}"
    with psycopg.connect(**_parameters(address, "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _administrative_address() -> dict[str, Any]:
    url = os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise RuntimeError(
            "Tests need a PostgreSQL: run them with './run test', which starts one, or set DATABASE_URL (a role that may create databases)."
        )
    return database(url)


def _parameters(address: dict[str, Any], name: str) -> dict[str, Any]:
    known = {"host": address["HOST"], "port": address["PORT"], "user": address["USER"], "password": address["PASSWORD"], "dbname": name}
    return {key: value for key, value in known.items() if value}


def _fingerprint() -> str:
    files = sorted(file for app in ("posasoft", "households", "beneficiaries", "payments") for file in (ROOT / app).rglob("migrations/*.*"))
    digest = hashlib.sha256()
    for file in files:
        if file.suffix in (".py", ".sql"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _exists(server: psycopg.Connection[Any], name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop_older_templates(server: psycopg.Connection[Any], prefix: str) -> None:
    for (name,) in server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall():
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_template(server: psycopg.Connection[Any], address: dict[str, Any], template: str) -> None:
    draft = f"draft_{template}"
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    _point_django_at(address, draft, role=None)
    # Models of 150 states of the schema are alive together: looking among them for garbage is a third of the work.
    gc.disable()
    call_command("migrate", verbosity=0, interactive=False)
    gc.enable()
    connections.close_all()
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def _point_django_at(address: dict[str, Any], name: str, *, role: str | None) -> None:
    connections.close_all()
    options: dict[str, Any] = {
        "options": f"-c app.scope_lo={WHOLE_COUNTRY[0]} -c app.scope_hi={WHOLE_COUNTRY[1]} -c app.scope_kind={COUNTRY.kind}"
    }
    if role:
        options["assume_role"] = role
    # In place: connections of other threads (live server, pulse of a job) are made from the same dictionary.
    connections.settings["default"].update({**address, "NAME": name, "OPTIONS": options})


# Django's own list leaves out tables without a model (partitions' parents); what migrations put in stays.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]
TABLES = f"""
    SELECT oid::regclass FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL ('{{{", ".join(KEPT)}}}')"""
# Emptying 150 tables with 670 indexes by TRUNCATE makes 800 new files, 0.4 s after a test of 0.2 s: rows are deleted instead, without
# guards and foreign keys looking at each. A file of no length never held a row. The locks wait, as TRUNCATE would, for a request of a page
# just closed: its rows would otherwise come after.
DELETE = f"""DO $$
DECLARE
    names text[] := ARRAY({TABLES} AND pg_relation_size(oid) > 0);
    name text;
BEGIN
    IF names = '{{}}' THEN
        RETURN;
    END IF;
    PERFORM set_config('session_replication_role', 'replica', true);
    EXECUTE 'LOCK TABLE ' || array_to_string(names, ', ') || ' IN ACCESS EXCLUSIVE MODE';
    FOREACH name IN ARRAY names LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$"""
# The way of a server whose owner of tables may not put triggers to sleep (`./run test` lets her).
TRUNCATE = f"""DO $$
BEGIN
    EXECUTE 'TRUNCATE ' || (SELECT string_agg(name::text, ', ') FROM ({TABLES}) AS found (name)) || ' CASCADE';
END $$"""


def _let_flush_act_as_owner() -> None:
    # The serving role may not truncate, and should not. On the class, for a browser's event loop gives the same thread a second connection.
    def empty(_self: DatabaseOperations, _statements: list[str]) -> None:
        # A request of the page just closed may still hold a table; it ends by itself, so the second try finds it gone.
        for attempt in range(5):
            try:
                with owner(), connection.cursor() as cursor:
                    cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
                    cursor.execute(DELETE if cursor.fetchone()[0] else TRUNCATE)
                return
            except OperationalError:
                if attempt == 4:
                    raise
                time.sleep(0.5)

    # Without statements, Django makes no content types and permissions anew: they were kept.
    DatabaseOperations.sql_flush = lambda *_arguments, **_options: []  # type: ignore[method-assign]  # for the life of the tests
    DatabaseOperations.execute_sql_flush = empty  # type: ignore[method-assign, assignment]  # likewise
