"""Help on each page in the words of the screen, and a short tour of the main ones. The texts are data: pages.yaml, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("pages.yaml")
DEFAULT = "vi"


@dataclass(frozen=True)
class Stop:
    """One stop of a tour: what to point at (a CSS selector) and what to say."""

    at: str
    text: str


@dataclass(frozen=True)
class Guide:
    """The help of one page: what it is for, how its work is done step by step, and its tour (perhaps none)."""

    page: str
    title: str
    about: str
    steps: tuple[str, ...]
    tour: tuple[Stop, ...]


@cache
def _written() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def pages() -> list[str]:
    """Names of all pages that have help, in the order of the book."""
    return list(_written())


def _in(language: str, text: dict[str, str]) -> str:
    return text.get(language) or text[DEFAULT]


def guide_of(page: str, language: str) -> Guide | None:
    """The help of a page (its address's name) in a language; a page that shares another's help names it with ``see``."""
    entry = _written().get(page)
    if entry is None:
        return None
    if "see" in entry:
        return guide_of(entry["see"], language)
    return Guide(
        page,
        _in(language, entry["title"]),
        _in(language, entry["about"]),
        tuple(_in(language, step) for step in entry.get("steps", ())),
        tuple(Stop(stop["at"], _in(language, stop)) for stop in entry.get("tour", ())),
    )


def has_tour(page: str) -> bool:
    """Whether the page itself (not one it refers to) has a tour."""
    return bool(_written().get(page, {}).get("tour"))
