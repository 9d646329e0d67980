"""Rules that hold for every page, model and migration, the ones not yet written included."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from posasoft.core.access import ANYONE
from posasoft.core.models import Role, RoleAssignment, User
from tests.support.second_factor import enrol_if_required

ROOT = Path(__file__).resolve().parent.parent
OWN = ("core", "households", "beneficiaries", "payments", "portal")
# A look at personal data leaves a trace, a session is kept alive; nothing else may change because somebody looked.
MAY_CHANGE_ON_GET = re.compile(r'\b"?(core_auditevent|core_usersession|core_spending|pghistory_context)\b')
CHANGES = re.compile(r"^\s*(WITH\b.*\b)?(INSERT|UPDATE|DELETE|TRUNCATE|COPY)\b", re.IGNORECASE | re.DOTALL)
BINDS = "SELECT relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) FROM pg_class WHERE oid = to_regclass(%s)"


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OWN]


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        else:
            yield from routes(entry, route)


def test_every_page_names_the_roles_it_admits() -> None:
    known = frozenset(Role.values) | ANYONE
    unguarded = [route for route, view in routes() if not getattr(view, "allowed_roles", frozenset()) or not view.allowed_roles <= known]
    assert unguarded == []


def test_only_the_way_in_is_open_to_anyone() -> None:
    open_to_anyone = {route.split("/")[0] for route, view in routes() if view.allowed_roles == ANYONE}
    # "api" opens to keys of programs instead of sessions (tests/payer/test_interface.py).
    assert open_to_anyone <= {"sign-in", "sign-out", "theme", "language", "check", "api", "nhan-tien"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER, Role.ADMINISTRATOR])
def test_looking_changes_nothing(client: Client, role: Role) -> None:
    user = User.objects.create(username="nguoi.xem", full_name="Người Xem")
    RoleAssignment.objects.create(user=user, role=role, since=datetime.date(2025, 1, 1))
    enrol_if_required(user)
    client.force_login(user)
    changed = []
    for route, view in routes():
        if "<" in route or "(" in route or role not in view.allowed_roles:
            continue
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(f"/{route}")
        assert response.status_code < 500, route
        changed += [
            f"{route}: {query['sql'][:100]}"
            for query in queries
            if CHANGES.match(query["sql"]) and not MAY_CHANGE_ON_GET.search(query["sql"])
        ]
    assert changed == []


@pytest.mark.django_db
def test_every_table_that_lies_in_an_area_is_bound_by_row_level_security() -> None:
    unbound = []
    with connection.cursor() as cursor:
        for model in own_models():
            if any(field.column == "area_pos" for field in model._meta.concrete_fields) and model._meta.db_table != "core_auditevent":
                cursor.execute(BINDS, [model._meta.db_table])
                unbound += [] if cursor.fetchone() == (True,) else [model._meta.label]
    assert unbound == []


def test_every_table_about_people_lies_in_an_area() -> None:
    about_people = ("households.Household", "households.Person")
    nowhere = [
        model._meta.label
        for model in own_models()
        if any(field.related_model and field.related_model._meta.label in about_people for field in model._meta.concrete_fields)
        and not any(field.column == "area_pos" for field in model._meta.concrete_fields)
    ]
    assert nowhere == []


def test_constraints_and_indexes_carry_the_name_of_their_app() -> None:
    nameless = [
        f"{model._meta.label}: {rule.name}"
        for model in own_models()
        for rule in model._meta.constraints
        if not rule.name.startswith(f"{model._meta.app_label}_")
    ]
    assert nameless == []


def test_migrations_say_in_their_name_what_they_do() -> None:
    names = [file.stem for file in ROOT.glob("*/**/migrations/0*.py") if ".venv" not in file.parts]
    vague = [
        name
        for name in names
        if not re.fullmatch(r"\d{4}_[a-z0-9_]{4,}", name) or re.search(r"auto|migration|initial|alter_|_and_more", name)
    ]
    assert names
    assert vague == []


def test_money_is_whole_dong() -> None:
    kinds = {
        f"{model._meta.label}.{field.name}": field.get_internal_type()
        for model in own_models()
        for field in model._meta.concrete_fields
        if re.search(r"amount|pension$|^due$|^paid$|^ordered$", field.name)
    }
    assert {name for name, kind in kinds.items() if kind not in ("BigIntegerField", "IntegerField")} == set()


def test_templates_have_no_inline_style_or_script_that_the_content_policy_would_refuse() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in (ROOT / "templates").rglob("*.html")
        for found in [
            re.search(r"\sstyle=\"|\son[a-z]+=\"|<script(?![^>]*(src=|nonce=|application/json))[^>]*>", file.read_text(encoding="utf-8"))
        ]
        if found and "documents" not in file.parts
    ]
    assert wrong == []
