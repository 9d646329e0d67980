"""Why something cannot be done with a request; messages are for the screen (Vietnamese)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from households.statuses import WrongMoment


class NotAllowed(Exception):
    """This role may not report, decide or undo this kind of change."""


class Invalid(Exception):
    """Declared values that cannot be: ``errors`` is field -> message, "" for the whole form."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class Difference:
    """A field on which the registry has changed since the request was sent."""

    field: str
    before: Any
    theirs: Any
    yours: Any


class Conflict(Exception):
    """The registry is newer than the request: ``differences`` field by field, to be answered one by one."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__("Sổ đã có thay đổi mới hơn kể từ khi yêu cầu này được gửi.")
        self.differences = differences


class CannotUndo(Exception):
    """Money was released on the change, or a newer change stands on it."""


__all__ = ["CannotUndo", "Conflict", "Difference", "Invalid", "NotAllowed", "WrongMoment"]
