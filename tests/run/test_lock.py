"""The lock: hashes for everything, addresses for nothing, and no older than pyproject.toml."""

from __future__ import annotations

import re
import subprocess

import pytest

from tools import bootstrap, lock

LOCK = bootstrap.LOCK.read_text(encoding="utf-8")


def test_the_lock_belongs_to_the_present_dependencies() -> None:
    assert lock.is_fresh()


def test_every_package_has_hashes_and_none_has_an_address() -> None:
    entries = re.split(r"\n(?=\S)", LOCK)
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert len(packages) > 50
    assert all(re.match(r"[a-z0-9._-]+==\S+", entry) and "--hash=sha256:" in entry for entry in packages)
    assert not re.search(r"https?:|file:|--index|--find-links| @ ", LOCK)


def test_uv_uses_the_index_that_pip_is_configured_with(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = (
        "global.index-url='https://mirror.example/simple'\nglobal.extra-index-url='https://a.example/simple https://b.example/simple'\n"
        "global.cert='/etc/ssl/own.crt'\nglobal.find-links='/srv/wheels'\n:env:.index-url='https://nearer.example/simple'\n"
    )
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: subprocess.CompletedProcess([], 0, listing, ""))
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    environment = bootstrap.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://nearer.example/simple"
    assert environment["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert environment["UV_FIND_LINKS"] == "/srv/wheels"
    assert environment["SSL_CERT_FILE"] == "/etc/ssl/own.crt"
