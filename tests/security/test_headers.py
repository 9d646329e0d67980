"""What every answer carries, whatever it is: pages, errors, static files, downloads (tests 35–38, 44)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from posasoft.core.models import User
from posasoft.portal.queries import work

pytestmark = pytest.mark.django_db
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def carries_all(response: HttpResponseBase) -> None:
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, name
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "geolocation=()" in response.headers["Permissions-Policy"]


@pytest.fixture
def answers(mai: User, come_in: Callable[..., Client]) -> Iterator[dict[str, HttpResponseBase]]:
    """One answer of each kind."""
    client = come_in("mai")

    def crash(*_arguments: object) -> None:
        raise RuntimeError("giang mi pao")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "counts", crash)
        client.raise_request_exception = False
        broken = client.get("/")
    answers = {
        "page": client.get("/households/"),
        "sign-in": Client().get("/sign-in/"),
        "redirect": Client().get("/households/"),
        "not found": client.get("/khong-co/"),
        "forbidden": client.post("/runs/start/", {"month": "2026-11"}),
        "wrong method": client.get("/theme/"),
        "crash": broken,
        "static": client.get("/static/css/app.css"),
        "static not found": client.get("/static/css/khong-co.css"),
        "no token": Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"}),
        "json": client.get("/session/left/"),
    }
    yield answers
    answers["static"].close()


def test_every_kind_of_answer_carries_every_header(answers: dict[str, HttpResponseBase]) -> None:
    assert [answers[kind].status_code for kind in ("not found", "forbidden", "wrong method", "crash", "static", "no token")] == [
        404,
        403,
        405,
        500,
        200,
        403,
    ]
    for response in answers.values():
        carries_all(response)


def test_pages_are_kept_by_no_cache_and_static_files_are(answers: dict[str, HttpResponseBase]) -> None:
    for kind, response in answers.items():
        if not kind.startswith("static"):
            assert response.headers["Cache-Control"] == "no-store, private", kind
    assert "no-store" not in answers["static"].headers.get("Cache-Control", "")


def test_a_download_carries_the_headers_too(lenh: User, come_in: Callable[..., Client]) -> None:
    client = come_in("lenh")
    client.post("/second-factor/codes/new/")
    file = client.post("/second-factor/codes/file/")
    assert file["Content-Disposition"].startswith("attachment")
    carries_all(file)
    assert file["Cache-Control"] == "no-store, private"


def test_scripts_and_styles_come_from_here_only(answers: dict[str, HttpResponseBase]) -> None:
    for kind, response in answers.items():
        directives = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        for name in ("script-src", "style-src"):
            assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]{16,}')?", directives[name]), kind


def test_behind_a_certificate_browsers_are_told_to_stay_there(settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000  # type: ignore[attr-defined]  # a setting
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True  # type: ignore[attr-defined]  # a setting
    answer = Client().get("/sign-in/", secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    client.get("/households/")
    client.post("/theme/", {"theme": "dark"})
    client.post("/language/", {"language": "vi", "next": "/"})
    jar: SimpleCookie = client.cookies
    assert set(jar) == {"session", "csrf", "theme", "language"}
    for name, cookie in jar.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
    assert jar["session"]["expires"] == ""


def leaves(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from leaves(entry, route)
        else:
            yield route, entry


def example(route: str) -> str:
    values = {"uuid": "01920000-0000-7000-8000-000000000000", "int": "1", "str": "x"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "1"), route)


PROGRAMS = "api/v1/"


def test_every_post_asks_for_its_token(lenh: User, come_in: Callable[..., Client]) -> None:
    signed_in = come_in("lenh")
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    with_exemption = [route for route, entry in leaves() if getattr(entry.callback, "csrf_exempt", False)]
    assert [route for route in with_exemption if not route.startswith(PROGRAMS)] == []
    answered = {route: client.post(example(route)).status_code for route, _entry in leaves()}
    # Programs act by their keys; a session's cookies open nothing there, so there is nothing that a token would protect.
    assert {status for route, status in answered.items() if route.startswith(PROGRAMS)} <= {401, 405}
    assert {route: status for route, status in answered.items() if status != 403 and not route.startswith(PROGRAMS)} == {}


def test_a_form_that_comes_from_another_site_is_refused(mai: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/sign-in/").content.decode())
    assert token
    fields = {"username": "mai", "password": "x", "csrfmiddlewaretoken": token[1]}
    assert client.post("/sign-in/", fields, secure=True, headers={"origin": "https://example.org"}).status_code == 403


def test_a_page_of_the_programs_inside_is_open_to_nobody(client: Client) -> None:
    for address in (
        "/admin/",
        "/docs/",
        "/metrics",
        "/debug/",
        "/api/",
        "/.git/config",
        "/.env",
        "/static/../posasoft/settings.py",
        "/media/",
    ):
        answer = client.get(address)
        assert answer.status_code in (302, 404), address
        assert "SECRET" not in answer.content.decode()


def test_errors_show_nothing_of_the_inside(answers: dict[str, HttpResponseBase]) -> None:
    for kind in ("crash", "not found", "forbidden", "no token"):
        body = answers[kind].content.decode()
        assert not re.search(r"Traceback|RuntimeError|giang mi pao|Django|posasoft/|settings", body), kind
    assert not any(response.headers.get("Server") or response.headers.get("X-Powered-By") for response in answers.values())


def test_settings_of_a_server_pass_djangos_own_inspection() -> None:
    assert settings.DEBUG is False
    call_command("check")


def test_looking_is_never_doing(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    with CaptureQueriesContext(connection) as queries:
        for address in ("/account/sessions/end/", "/sign-out/", "/role/", "/second-factor/codes/new/", "/session/stay/"):
            assert client.get(address).status_code == 405
    assert not [query for query in queries if re.match(r"\s*(DELETE|UPDATE (?!\"core_usersession))", query["sql"])]
