"""What import contracts cannot see: packages nobody listed, foreign keys given as text, models fetched by name."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Field, Model

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BESIDE = {"tests", "tools", "bench"}
# From the ground up; a foreign key points to its own layer or to a lower one.
LAYERS = ("core", "households", "beneficiaries", "payments", "portal")


def own_models() -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if model._meta.app_label in LAYERS)


def source_files() -> Iterator[Path]:
    for package in PROJECT["tool"]["importlinter"]["root_packages"]:
        yield from (file for file in (ROOT / package).rglob("*.py") if "migrations" not in file.parts)


def test_every_package_stands_under_the_import_contracts() -> None:
    packages = {
        folder.name for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith(".") and any(folder.glob("*.py"))
    }
    assert packages - BESIDE == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_foreign_keys_point_down() -> None:
    upward = []
    for model in own_models():
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, Field) else None
            if isinstance(target, type) and target._meta.app_label in LAYERS:
                below = LAYERS.index(target._meta.app_label) <= LAYERS.index(model._meta.app_label)
                upward += [] if below else [f"{model._meta.label}.{field.name} -> {target._meta.label}"]
    assert upward == []


def test_no_model_is_fetched_by_its_name() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in source_files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_model"
    ]
    assert found == []


def test_the_law_is_plain_python() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno} {name}"
        for file in (ROOT / "policy").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in names_imported(node)
        if name.split(".")[0] in {"django", "celery", "psycopg", "posasoft", "households", "beneficiaries", "payments"}
    ]
    assert wrong == []


def names_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    asked = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    unexplained = [name for name in asked if not any(f'"{name}"' in line and "# " in line for line in lines)]
    assert unexplained == []
