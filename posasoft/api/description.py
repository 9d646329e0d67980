"""The description of the interface as OpenAPI, made from the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers


class Refusal(serializers.Serializer[dict[str, Any]]):
    """Why nothing was done."""

    detail = serializers.CharField(help_text="Vietnamese, for a person")


# What any address may answer besides its own; those that name an object may not find it, those that take something may not understand it.
_ANYWHERE = {"401": "No key in force", "403": "The key may not do this", "429": "Too many calls: wait as long as Retry-After says"}
_OBJECT, _TAKES = {"404": "Not the agency's own"}, {"400": "Not as described; says which field", "413": "Too large", "415": "Not JSON"}


def with_refusals(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A hook of the generator: every operation says how it refuses."""
    for path, methods in result["paths"].items():
        for operation in methods.values():
            told = {**_ANYWHERE, **(_OBJECT if "{" in path else {}), **(_TAKES if "requestBody" in operation else {})}
            for code, words in told.items():
                operation["responses"].setdefault(code, {"description": words})
    return result


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
