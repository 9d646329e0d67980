"""Spells of one fact on a line of days: pure, no database."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

Day = datetime.date | None


@dataclass(frozen=True)
class Spell:
    """A value over [since, until); None is the far past and the far future."""

    value: Any
    since: Day
    until: Day


def _start(day: Day) -> datetime.date:
    return day or datetime.date.min


def _end(day: Day) -> datetime.date:
    return day or datetime.date.max


def overlay(spells: list[Spell], new: Spell) -> list[Spell]:
    """The timeline with ``new`` laid over it: what it covers gives way, equal neighbours join. Days before the first spell stay unstated."""
    kept: list[Spell] = []
    for spell in spells:
        if _start(spell.since) < _start(new.since):
            kept.append(Spell(spell.value, spell.since, min(_end(spell.until), _start(new.since))))
        if _end(spell.until) > _end(new.until):
            kept.append(Spell(spell.value, max(_start(spell.since), _end(new.until)), spell.until))
    return _joined([_open_ended(spell) for spell in [*kept, new]])


def _open_ended(spell: Spell) -> Spell:
    since = None if spell.since == datetime.date.min else spell.since
    return Spell(spell.value, since, None if spell.until == datetime.date.max else spell.until)


def _joined(spells: list[Spell]) -> list[Spell]:
    joined: list[Spell] = []
    for spell in sorted(spells, key=lambda s: _start(s.since)):
        last = joined[-1] if joined else None
        if last and last.value == spell.value and _end(last.until) == _start(spell.since):
            joined[-1] = Spell(last.value, last.since, spell.until)
        else:
            joined.append(spell)
    return joined


def value_on(spells: list[Spell], day: datetime.date) -> Any:
    """The value that held on a day, or None."""
    return next((s.value for s in spells if _start(s.since) <= day < _end(s.until)), None)
