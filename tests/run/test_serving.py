"""The program refuses to serve as a role that row-level security does not bind, or that may become one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from posasoft.core import serving
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
UNBOUND = "row-level security would not bind it"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def may_make_roles() -> bool:
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@contextmanager
def serving_as(*grants: str, attributes: str = "") -> Iterator[None]:
    """A real role of the server, made for one test. The server of `./run test` is not ours to make roles on: there these tests are left out."""
    if not may_make_roles():
        pytest.skip("needs a superuser's connection: set DATABASE_URL to one")
    run("SET ROLE NONE", "DROP ROLE IF EXISTS posasoft_tried", f"CREATE ROLE posasoft_tried NOLOGIN {attributes}", *grants)
    try:
        run("SET ROLE posasoft_tried")
        yield
    finally:
        run("SET ROLE NONE", "DROP OWNED BY posasoft_tried", "DROP ROLE posasoft_tried", "SET ROLE posasoft_app")


@pytest.fixture(autouse=True)
def _keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    # The look closes its connection, so that none is handed to forked processes; the role taken above would be gone with it.
    monkeypatch.setattr(serving.connection, "close", lambda: None)


def test_the_serving_role_may_serve() -> None:
    serving.require_bound_role()


def test_the_owner_of_the_tables_may_not_serve() -> None:
    with owner(), pytest.raises(ImproperlyConfigured, match=UNBOUND):
        serving.require_bound_role()


def test_a_role_of_another_name_may_serve_through_its_membership() -> None:
    with serving_as("GRANT posasoft_app TO posasoft_tried"):
        serving.require_bound_role()


@pytest.mark.parametrize("attributes", ["SUPERUSER", "BYPASSRLS"])
def test_a_superuser_or_one_who_bypasses_policies_may_not_serve(attributes: str) -> None:
    with serving_as("GRANT posasoft_app TO posasoft_tried", attributes=attributes), pytest.raises(ImproperlyConfigured, match=UNBOUND):
        serving.require_bound_role()


@pytest.mark.parametrize("inherit", ["TRUE", "FALSE"])
@pytest.mark.parametrize("attributes", ["SUPERUSER", "BYPASSRLS"])
def test_nor_may_a_member_of_such_a_role_whether_it_inherits_or_not(attributes: str, inherit: str) -> None:
    power = f"CREATE ROLE posasoft_power NOLOGIN {attributes}"
    run("SET ROLE NONE") if may_make_roles() else None
    with (
        serving_as(
            "DROP ROLE IF EXISTS posasoft_power", power, f"GRANT posasoft_power TO posasoft_tried WITH INHERIT {inherit}",
            "GRANT posasoft_app TO posasoft_tried",
        ),
        pytest.raises(ImproperlyConfigured, match=UNBOUND),
    ):  # fmt: skip
        serving.require_bound_role()
    run("SET ROLE NONE", "DROP ROLE posasoft_power", "SET ROLE posasoft_app")


def test_a_role_that_cannot_act_for_every_kind_of_scope_is_told_so() -> None:
    with serving_as(), pytest.raises(ImproperlyConfigured, match="posasoft_households"):
        serving.require_bound_role()


def test_a_role_that_inherits_from_a_kind_is_refused_for_its_plans_would_carry_both() -> None:
    with (
        serving_as("GRANT posasoft_app TO posasoft_tried", "GRANT posasoft_lists TO posasoft_tried WITH INHERIT TRUE"),
        pytest.raises(ImproperlyConfigured, match="posasoft_lists"),
    ):
        serving.require_bound_role()
