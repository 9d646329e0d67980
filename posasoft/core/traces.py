"""Marks views that show persons, so that a test can demand the trace they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def shows(kind: str) -> Callable[[View], View]:
    """Declare that a page shows personal data of a kind ("household", "person", "payment_list" …); it must call `audit.seen`."""

    def declare(view: View) -> View:
        view.shows = kind  # type: ignore[attr-defined]  # views are functions; tests read it back
        return view

    return declare
