"""docs/personal-data.md speaks of every table, and truly."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.db.models import Model

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "personal-data.md").read_text(encoding="utf-8")
LISTED = {row[1]: row[2].strip() for row in re.finditer(r"^\| (\w+\.\w+) \| ([^|]*) \|", PAGE, re.MULTILINE)}
OWN = ("core", "households", "beneficiaries", "payments")
LOOKS_PERSONAL = re.compile(
    r"full_name|name_sort|^born|^sex$|^died|ethnicity|disability|hiv|pregnant|address|phone|email|number_enc|number_index|^tail$|account|note$|noted|answers|token"
)


def own_models() -> dict[str, type[Model]]:
    return {
        model._meta.label: model for model in apps.get_models() if model._meta.app_label in OWN and not model.__name__.endswith("Event")
    } | {"core.AuditEvent": apps.get_model("core.AuditEvent")}


def columns(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def test_every_table_is_spoken_of_and_none_that_is_gone() -> None:
    assert set(LISTED) == set(own_models())


def test_every_column_named_as_personal_exists() -> None:
    for label, model in own_models().items():
        if LISTED[label] not in ("none", "all"):
            assert set(LISTED[label].split(", ")) <= columns(model), label


def test_no_column_that_looks_personal_is_passed_over() -> None:
    for label, model in own_models().items():
        if LISTED[label] != "all":
            named = set(LISTED[label].split(", "))
            assert {name for name in columns(model) if LOOKS_PERSONAL.search(name)} <= named, label
