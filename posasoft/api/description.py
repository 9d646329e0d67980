"""The description of the interface as OpenAPI, made from the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True)
class Address:
    """One address with what it does; ``parameters`` are pairs of name and words."""

    method: str
    path: str
    words: str
    parameters: list[tuple[str, str]]


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped package
    return made


def addresses() -> list[Address]:
    """Every address, in the order of the document."""
    return [
        Address(
            method.upper(), path, operation.get("description", ""),
            [(one["name"], one.get("description", "")) for one in operation.get("parameters", ())],
        )
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]  # fmt: skip
