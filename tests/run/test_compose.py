"""docker-compose.yml is valid and speaks of the same variables as the settings and the page on installation."""

from __future__ import annotations

import ast
import configparser
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
INSTALL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
READERS = {"env_text", "env_bool", "env_int"}
OURS = ("migrate", "web", "worker", "beat")


def variables_read() -> set[str]:
    """Every environment variable that the application reads, found in its source."""
    found = set()
    for file in (ROOT / "posasoft").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in READERS
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def variables_of(service: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in COMPOSE["services"][service]["environment"]}


def test_all_parts_of_an_installation_are_there() -> None:
    assert set(COMPOSE["services"]) == {"migrate", "web", "worker", "beat", "postgres", "pgbouncer", "redis"}
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:18"
    assert "--appendonly" in COMPOSE["services"]["redis"]["command"]


def test_every_variable_given_is_one_that_the_settings_read() -> None:
    for service in OURS:
        assert variables_of(service) <= variables_read(), service


def test_every_variable_of_the_settings_is_given_or_has_a_reason_to_be_left_out() -> None:
    only_for_development = {"DEBUG", "DEMO", "DEMO_PASSWORD"}
    assert variables_read() - only_for_development == variables_of("migrate")


def test_only_the_migration_knows_the_owner() -> None:
    assert all("MIGRATION_DATABASE_URL" not in variables_of(service) for service in ("web", "worker", "beat"))


def test_the_page_on_installation_explains_every_variable() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)`", INSTALL, re.MULTILINE))
    assert variables_read() <= explained


def test_secrets_are_files_that_the_script_makes_and_never_values() -> None:
    script = (ROOT / "docs" / "deploy" / "secrets.sh").read_text(encoding="utf-8")
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert name in script
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        for name, value in service.get("environment", {}).items():
            assert not re.search("KEY$|KEY_|PASSWORD|DATABASE_URL", name) or value.startswith("/run/secrets/"), name


def test_files_that_are_mounted_are_in_the_repository() -> None:
    mounted = [volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])]
    for path in (path for path in mounted if path.startswith("./") and not path.startswith("./secrets/")):
        assert (ROOT / path).is_file(), path


def test_the_pooler_gives_a_connection_back_after_each_transaction() -> None:
    pooler = configparser.ConfigParser()
    pooler.read(ROOT / "docs" / "deploy" / "pgbouncer.ini")
    assert pooler["pgbouncer"]["pool_mode"] == "transaction"
    assert pooler["pgbouncer"]["listen_port"] == "6432"


def test_nothing_listens_to_the_world_but_through_the_front_door() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]
