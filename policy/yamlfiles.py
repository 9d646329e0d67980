"""YAML with line numbers: every mistake in the law's files is reported by file and line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class LawError(Exception):
    """A mistake in the law's files; the message begins with ``file:line:``."""


class Table(dict[str, Any]):
    """A YAML mapping that remembers its file and the line of each key."""

    file: str = ""
    line: int = 0
    key_lines: dict[str, int]

    def line_of(self, key: str) -> int:
        return self.key_lines.get(key, self.line)

    def fail(self, message: str, key: str | None = None) -> LawError:
        return LawError(f"{self.file}:{self.line_of(key) if key else self.line}: {message}")

    def check_keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Raises LawError for a missing key or one that nobody reads."""
        known = {*required, *optional}
        for key in self:
            if key not in known:
                raise self.fail(f"unknown key '{key}' (known: {', '.join(sorted(known))})", key)
        for key in required:
            if self.get(key) is None:
                raise self.fail(f"missing '{key}'")

    def text(self, key: str, default: str = "") -> str:
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.fail(f"'{key}' must be text, not {value!r}", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(f"'{key}' must be true or false, not {value!r}", key)
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(f"'{key}' must be a whole number, not {value!r}", key)
        return value

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.fail(f"'{key}' must be a number, not {value!r}", key)
        return Decimal(str(value))

    def day(self, key: str) -> date:
        value = self.get(key)
        if not isinstance(value, date):
            raise self.fail(f"'{key}' must be a day like 2021-07-01, not {value!r}", key)
        return value

    def month(self, key: str) -> date:
        """A month written 2021-07, as its first day."""
        value = self.get(key)
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            raise self.fail(f"'{key}' must be a month like 2021-07, not {value!r}", key) from None

    def month_or_none(self, key: str) -> date | None:
        return None if self.get(key) is None else self.month(key)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(f"'{key}' must be a list of texts", key)
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise self.fail(f"'{key}' must be a list of whole numbers", key)
        return tuple(value)

    def tables(self, key: str) -> list[Table]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Table) for item in value):
            raise self.fail(f"'{key}' must be a list of entries", key)
        return value

    def table(self, key: str) -> Table:
        value = self.get(key)
        if not isinstance(value, Table):
            raise self.fail(f"'{key}' must be an entry with keys", key)
        return value

    def both_languages(self, key: str) -> tuple[str, str]:
        """Vietnamese and English of a label; both are required."""
        entry = self.table(key)
        entry.check_keys(("vi", "en"))
        return entry.text("vi"), entry.text("en")


class _Loader(yaml.SafeLoader):
    """Builds Tables; refuses a key written twice, which plain YAML would silently overwrite."""


def _construct(loader: _Loader, node: yaml.MappingNode) -> Table:
    table = Table()
    table.file = loader.name
    table.line = node.start_mark.line + 1
    table.key_lines = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in table:
            raise LawError(f"{loader.name}:{line}: key '{key}' is written twice")
        table[key] = loader.construct_object(value_node, deep=True)
        table.key_lines[key] = line
    return table


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct)


def read_yaml(path: Path) -> Table:
    """The top-level mapping of a file; raises LawError for broken YAML or another top level."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    loader.name = path.name
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LawError(f"{path.name}:{line}: not valid YAML: {error.problem}") from None
    finally:
        loader.dispose()
    if not isinstance(content, Table):
        raise LawError(f"{path.name}:1: expected keys and values at the top")
    return content
