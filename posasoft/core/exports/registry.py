"""What can be exported, as the apps declare it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from django.utils.module_loading import autodiscover_modules

from posasoft.core.scope import Scope

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a file: its name in code, its heading, who may have it (None: every role that may export), and the kind of its cells."""

    name: str
    title: Any
    roles: frozenset[str] | None = None
    kind: str = "text"  # text, number, date
    usual: bool = True  # ticked when the form opens


class Exporter(Protocol):
    """An exporter as an app writes it; ``kind`` and ``title`` are set by the decorator.

    One whose filters mean different things on different days also has ``settled(params) -> params``, which fills in the days. One that hands out
    whole files has ``files(scope, params)``, pairs of a name and bytes, and ``number_of_files``: its export is a ZIP of them.
    """

    kind: str
    title: Any
    columns: Sequence[Column]

    def count(self, scope: Scope, params: Params) -> int:
        """How many persons the file would be about. Raises ValueError (Vietnamese) for parameters that make no sense."""

    def rows(self, scope: Scope, params: Params, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """The cells in the order of ``columns``; inside a transaction in the asker's scope."""

    def describe(self, params: Params) -> list[tuple[str, str]]:
        """The filters in words."""


@runtime_checkable
class Bundle(Protocol):
    """An exporter of whole files."""

    def files(self, scope: Scope, params: Params) -> Iterator[tuple[str, bytes]]:
        """Names and contents, in the order of the ZIP; inside a transaction in the asker's scope."""

    def number_of_files(self, scope: Scope, params: Params) -> int:
        """How many there will be, for the progress."""


Declared = TypeVar("Declared", bound=type)
_exporters: dict[str, Exporter] = {}


def exporter(kind: str, *, title: Any, roles: frozenset[str] | None = None) -> Callable[[Declared], Declared]:
    """Register a class that exports; ``roles`` narrows who may ask for it (None: every role that may export at all)."""

    def register(declared: Declared) -> Declared:
        made = declared()
        made.kind, made.title, made.only_roles = kind, title, roles
        _exporters[kind] = cast(Exporter, made)
        return declared

    return register


def exporter_of(kind: str, role: str) -> Exporter | None:
    """The exporter of a kind, if the role may ask for it."""
    autodiscover_modules("exporting")
    found = _exporters.get(kind)
    only = getattr(found, "only_roles", None)
    return found if found is not None and (only is None or role in only) else None


def offered(role: str) -> list[Exporter]:
    """Every exporter a role may ask for, by title."""
    autodiscover_modules("exporting")
    return sorted((e for kind in _exporters if (e := exporter_of(kind, role))), key=lambda e: str(e.title))


def columns_for(found: Exporter, role: str) -> list[Column]:
    """The columns a role may have: minimal by role."""
    return [column for column in found.columns if column.roles is None or role in column.roles]
