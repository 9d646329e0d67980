"""`./run check` notices each habit that it forbids."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import budgets

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * budgets.FUNCTION_LINES
LONG_CLASS = "class C:\n" + "    x = 1\n" * budgets.CLASS_LINES
EXPLAINED = 'def f():\n    """' + "words\n    " * budgets.FUNCTION_LINES + '"""\n    return 1\n'


def found(tmp_path: Path, source: str, *, where: str = "households/module.py") -> list[str]:
    file = tmp_path / where
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")
    return budgets.breaches(tmp_path)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("x = 1\n" * (budgets.MODULE_LINES + 1), "module of 301 lines"),
        (LONG_FUNCTION, "function f of 41 lines"),
        (LONG_CLASS, "class C of 251 lines"),
        ("def f():\n    import os\n    return os\n", "import inside a function"),
        ("from django.dispatch import receiver\n", "a signal"),
        ("from django.db.models.signals import post_save\n", "a signal"),
        ("x = 1  # noqa" + ": E501\n", "'noqa' without a reason"),
        ("x = 1  # type: ignore" + "[arg-type]\n", "'type: ignore' without a reason"),
    ],
)
def test_a_breach_is_told_with_its_place(tmp_path: Path, source: str, word: str) -> None:
    (breach,) = found(tmp_path, source)
    assert breach.startswith("households/module.py:")
    assert word in breach


@pytest.mark.parametrize(
    "source",
    [
        EXPLAINED,
        "x = 1  # noqa" + ": E501 - the address cannot be broken\n",
        "x = 1  # type: ignore" + "[arg-type]  # the stubs are wrong here\n",
        'x = "# noqa' + '"\n',
    ],
)
def test_what_has_a_reason_passes(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, source) == []


def test_a_migration_may_be_as_long_as_it_must(tmp_path: Path) -> None:
    assert found(tmp_path, "x = 1\n" * 900, where="households/migrations/0001_registry.py") == []


def test_a_long_template_is_told(tmp_path: Path) -> None:
    assert "template of 121 lines" in found(tmp_path, "<p>\n" * 121, where="templates/home.html")[0]
