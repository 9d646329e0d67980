"""What people type is data everywhere: in queries, pages, workbooks, templates (tests 24–26, 33, 34)."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openpyxl import load_workbook
from xlsxwriter import Workbook

from households.models import Household, Person
from posasoft.celery import app
from posasoft.core.models import Role, User
from posasoft.core.row_sheets import LONG_LIST
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("posasoft", "households", "beneficiaries", "payments")
PAYLOADS = (
    "'",
    "' OR '1'='1",
    "1) OR (1=1)--",
    "'; SELECT pg_sleep(5);--",
    '" UNION SELECT password FROM core_user--',
    "id) FROM core_user; DROP TABLE core_user;--",
    "-password",
    "user__password",
    "9" * 40,
    "-1",
    "%00",
    "\\",
    "{{ settings.SECRET_KEY }}{% include 'base.html' %}",
    "ộ" * 300,
)
CANARY = "<script>alert(7)</script>\"'><img src=x onerror=alert(7)>"


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in (ROOT / package).rglob("*.py") if "migrations" not in file.parts)


def names_read(where: str) -> set[str]:
    """The names that views read from the query string (GET) or the body (POST)."""
    pattern = re.compile(rf"request\.{where}(?:\.get|\.getlist)?[\(\[]\s*\"([\w-]+)\"")
    return {name for file in (ROOT / "posasoft").rglob("*.py") for name in pattern.findall(file.read_text(encoding="utf-8"))}


TURNS = 3


def dealt(names: set[str], turn: int) -> dict[str, str]:
    """Another payload in each field, and in each field another one at each turn."""
    return {name: PAYLOADS[(number + turn * 5) % len(PAYLOADS)] for number, name in enumerate(sorted(names))}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route, entry


def concrete(route: str) -> str:
    values = {"uuid": "01920000-0000-7000-8000-000000000000", "int": "1", "str": "x"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "1"), route)


@pytest.fixture
def officer(places: Places, client: Client, settings: Any) -> Client:
    """Somebody who may open most pages, as often as the test needs."""
    settings.LOOKUPS_PER_MINUTE = settings.LOOKUPS_PER_HOUR = 1_000_000
    client.raise_request_exception = False
    with owner():
        client.force_login(cast.make_officer("tinh", "Nguyễn Văn Tỉnh", Role.PROVINCE_OFFICER, places.province))
    return client


def test_no_field_of_any_query_string_reaches_the_database_as_code(officer: Client) -> None:
    names = names_read("GET")
    assert {"q", "after"} <= names
    failed = []
    for route, _entry in routes():
        if route.startswith(("sign-out", "practice")):
            continue
        for turn in range(TURNS):
            answer = officer.get(concrete(route), dealt(names, turn))
            failed += [f"{route} {dealt(names, turn)}: {answer.status_code}"] if answer.status_code >= 500 else []
            assert "argon2" not in (b"" if answer.streaming else answer.content).decode(errors="replace"), route
    assert failed == []
    with owner():
        assert User.objects.filter(username="tinh").exists()


def test_no_field_of_any_form_reaches_the_database_as_code(officer: Client) -> None:
    names = names_read("POST") - {"csrfmiddlewaretoken"}
    failed = []
    for route, entry in routes():
        if route.startswith(("sign-out", "practice", "second-factor")) or Role.PROVINCE_OFFICER not in getattr(
            entry.callback, "allowed_roles", ()
        ):
            continue
        for turn in range(TURNS):
            answer = officer.post(concrete(route), dealt(names, turn))
            failed += [f"{route} {dealt(names, turn)}: {answer.status_code}"] if answer.status_code >= 500 else []
    assert failed == []


@pytest.mark.parametrize("address", ["/search/?q=a%00b", "/households/?class=%00", "/imports/?x=%00"])
def test_a_nul_character_is_refused_politely(officer: Client, address: str) -> None:
    assert officer.get(address).status_code == 400


def test_no_statement_is_put_together_with_what_came_in_a_request() -> None:
    """Statements are constants or compiled from the whitelisted law; nothing formats a request into them."""
    wrong = []
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"execute", "raw", "extra", "RawSQL"}
            ):
                text = ast.unparse(node)
                wrong += [f"{file.name}:{node.lineno}"] if re.search(r"\brequest\b|\.GET\b|\.POST\b", text) else []
    assert wrong == []


def test_nothing_evaluates_text_or_starts_a_shell() -> None:
    forbidden = {"eval", "exec", "compile", "__import__", "system", "popen", "mark_safe"}
    allowed = {("ui.py", "mark_safe"), ("vn.py", "mark_safe"), ("law.py", "mark_safe"), ("decision.py", "mark_safe")}
    found = set()
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
                owner_of = ast.unparse(node.func)
                if name in forbidden and not owner_of.startswith(("re.", "self.", "templates.", "policy.", "compiler.")):
                    found.add((file.name, name))
                if any(word.arg == "shell" and ast.unparse(word.value) == "True" for word in node.keywords):
                    found.add((file.name, "shell"))
    assert {pair for pair in found if pair not in allowed and pair[1] != "compile"} == set()


def test_templates_escape_what_they_show() -> None:
    loud = {}
    for file in (ROOT / "templates").rglob("*.html"):
        for found in re.findall(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}|\{%\s*autoescape off", file.read_text(encoding="utf-8")):
            loud.setdefault(str(file.relative_to(ROOT / "templates")), []).append(found)
    # The QR code is drawn by a library from an address that we built.
    assert set(loud) <= {"mfa/enrol.html"}


def test_a_name_that_is_code_is_shown_as_text(officer: Client, places: Places) -> None:
    with owner():
        Person.objects.filter(full_name__startswith="Giàng").update(full_name=CANARY[:100])
        Household.objects.update(address=CANARY[:100])
        found = Household.objects.order_by("id").first()
        person = Person.objects.filter(full_name__startswith="<script>").first()
    assert found
    assert person
    for address in ("/households/", f"/households/{found.public_id}/", f"/persons/{person.public_id}/"):
        body = officer.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "<img src=x" not in body, address
    assert "&lt;script&gt;" in officer.get(f"/persons/{person.public_id}/").content.decode()


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "\uff1d1+1", "|cmd"])
def test_no_workbook_of_ours_turns_text_into_a_formula(text: str) -> None:
    """The options that every writer of a workbook gives (found in the source below) do what they say."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.add_worksheet().write(0, 0, text)
    book.close()
    cell = load_workbook(io.BytesIO(stream.getvalue())).active["A1"]
    raw = cell.value
    assert cell.data_type == "s" or not str(raw).startswith("=")
    assert cell.hyperlink is None


def test_every_writer_of_workbooks_asks_for_text() -> None:
    writers = {file: file.read_text(encoding="utf-8") for file in sources() if "xlsxwriter.Workbook(" in file.read_text(encoding="utf-8")}
    assert len(writers) >= 4
    assert LONG_LIST["strings_to_formulas"] is LONG_LIST["strings_to_urls"] is LONG_LIST["strings_to_numbers"] is False
    asks = ('"strings_to_formulas": False', "xlsxwriter.Workbook(stream, LONG_LIST)")
    assert [file.name for file, text in writers.items() if not any(one in text for one in asks)] == []


def test_workers_take_json_only_and_refuse_a_pickled_message() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.result_backend is None
    assert not [
        file.name
        for file in sources()
        if re.search(
            r"\bimport (pickle|marshal|shelve)\b|yaml\.(unsafe|full)_load|Loader=yaml\.(Unsafe|Full)?Loader",
            file.read_text(encoding="utf-8"),
        )
    ]


def test_no_template_is_built_from_data() -> None:
    built = re.compile(r"\bTemplate\(|from_string\(|\bEngine\(")
    assert [str(file.relative_to(ROOT)) for file in sources() if built.search(file.read_text(encoding="utf-8"))] == []


def test_sessions_are_not_pickled() -> None:
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_a_stranger_learns_nothing_from_a_payload_at_the_door(knock: Callable[..., Client]) -> None:
    for payload in PAYLOADS:
        answer = knock(payload, payload).answer  # type: ignore[attr-defined]  # kept on the client
        assert answer.status_code in (200, 429)
        assert "<script>" not in answer.content.decode().replace("<script src", "")
