"""Pages and actions by words: posasoft/portal/commands.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext

from posasoft.core.names import fold, fold_tokens

FILE = Path(__file__).with_name("commands.yaml")
MOST = 6


@dataclass(frozen=True)
class Command:
    """One page or action; ``label`` is the Vietnamese name, translated when it is shown."""

    view: str
    icon: str
    label: str
    keys: frozenset[str]

    @property
    def name(self) -> str:
        return gettext(self.label)

    @property
    def address(self) -> str:
        return reverse(f"portal:{self.view}")


@cache
def commands() -> tuple[Command, ...]:
    """Every command whose page exists in this installation."""
    found = []
    for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        try:
            reverse(f"portal:{entry['view']}")
        except NoReverseMatch:
            continue
        keys = frozenset(fold(f"{entry['vi']} {entry['words']}").split())
        found.append(Command(entry["view"], entry["icon"], entry["vi"], keys))
    return tuple(found)


def _may_open(command: Command, role: str) -> bool:
    return role in getattr(resolve(command.address).func, "allowed_roles", ())


def matching(text: str, role: str) -> list[Command]:
    """Commands of which every word typed begins a word; those named so first. Nothing typed: nothing offered."""
    words = fold_tokens(text)
    if not words:
        return []
    found = [c for c in commands() if all(any(key.startswith(word) for key in c.keys) for word in words)]
    found.sort(key=lambda c: not fold(c.label).startswith(fold(text)))
    return [c for c in found if _may_open(c, role)][:MOST]
