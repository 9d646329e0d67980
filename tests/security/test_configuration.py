"""How a server is set up: nothing of development, nothing unguarded, nothing that starts without its secrets (tests 36, 38, 47)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "for-tests-only-0123456789abcdefghijklmnopqrstuvwxyz-abc",
    "NATIONAL_ID_KEY": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "DATABASE_URL": "postgresql://posasoft_app@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "posasoft.example",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "DJANGO_SETTINGS_MODULE": "posasoft.settings",
    "PATH": os.environ.get("PATH", ""),
}


def server(program: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A process with a server's variables and nothing else."""
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=PRODUCTION | changes, capture_output=True, text=True, timeout=120, check=False
    )


def test_djangos_inspection_of_a_server_finds_nothing() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='WARNING', databases=[])"
    )
    done = server(program)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_servers_cookies_are_bound_to_its_host_and_to_https() -> None:
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "names = [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.THEME_COOKIE_NAME]\n"
        "assert all(name.startswith('__Host-') for name in names), names\n"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.LANGUAGE_COOKIE_SECURE\n"
        "assert not s.SESSION_COOKIE_DOMAIN and not s.CSRF_COOKIE_DOMAIN and s.SESSION_COOKIE_PATH == '/'\n"
        "assert s.SECURE_SSL_REDIRECT and s.SECURE_HSTS_SECONDS >= 31536000 and s.SECURE_HSTS_INCLUDE_SUBDOMAINS\n"
        "assert not s.DEBUG and not s.DEMONSTRATION\n"
        "assert s.SECURE_PROXY_SSL_HEADER == ('HTTP_X_FORWARDED_PROTO', 'https')"
    )
    done = server(program)
    assert done.returncode == 0, done.stderr


def test_a_demonstration_does_not_start_where_there_is_a_certificate() -> None:
    done = server("import django; django.setup()", DEMO="1")
    assert done.returncode != 0
    assert "DEMO=1" in done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY"])
def test_nothing_starts_without_its_secrets(missing: str) -> None:
    done = server("import django; django.setup()\nfrom django.core.signing import dumps\ndumps('x')", **{missing: ""})
    assert done.returncode != 0


def test_with_the_database_away_every_door_stays_shut_and_says_nothing_of_the_inside() -> None:
    """Fails closed: no page, no sign-in, no signature; an answer in words, with the headers of every answer (16.5.3)."""
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(raise_request_exception=False, headers={'host': 'posasoft.example', 'x-forwarded-proto': 'https'})\n"
        "client.cookies['__Host-session'] = 'a' * 32\n"
        "for method, address in (('get', '/households/'), ('get', '/'), ('post', '/runs/start/'), ('post', '/sign-in/')):\n"
        "    answer = getattr(client, method)(address, {'username': 'mai', 'password': 'x'} if method == 'post' else None)\n"
        "    body = answer.content.decode()\n"
        "    assert answer.status_code == 500, (address, answer.status_code)\n"
        "    assert 'Traceback' not in body and '127.0.0.1' not in body and 'psycopg' not in body, body\n"
        "    assert answer['X-Content-Type-Options'] == 'nosniff' and 'no-store' in answer['Cache-Control']\n"
        "    assert \"frame-ancestors 'none'\" in answer['Content-Security-Policy']\n"
        "print('shut')"
    )
    done = server(program)
    assert done.stdout.strip() == "shut", done.stderr[-2000:]


def test_the_address_of_a_client_cannot_be_made_up(settings: object) -> None:
    program = (
        "import django; django.setup()\n"
        "from django.test import RequestFactory\n"
        "from posasoft.core.addresses import address_of\n"
        "request = RequestFactory(REMOTE_ADDR='10.0.0.9').get('/', headers={'x-forwarded-for': '1.2.3.4, 203.0.113.7'})\n"
        "print(address_of(request))"
    )
    assert server(program).stdout.strip() == "203.0.113.7"
    assert server(program, BEHIND_PROXY="0").stdout.strip() == "10.0.0.9"
