"""The table of changes: what can be reported, what is declared for it, and who may. Pages, operations, tests and docs/changes.md read it.

``KINDS[code]`` is one kind; ``offered(subject, role)`` what a role may report of a person, a household or its commune.
"""

from __future__ import annotations

from households.change_kinds import families, states
from households.change_kinds.rights import OFFICERS, RECEIVERS
from households.change_kinds.shapes import Effective, Field, Kind, Right, Rights, Subject, Type

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*families.KINDS, *states.KINDS)}
DIAGNOSES = frozenset(code for code, kind in KINDS.items() if kind.is_diagnosis)


def offered(subject: Subject, role: str) -> list[Kind]:
    """The kinds that a role may report of a subject, in the order of the table."""
    return [kind for kind in KINDS.values() if kind.subject == subject and kind.rights.of(role) != Right.NO]


def approved_by(role: str) -> list[str]:
    """The codes of the kinds that a role approves when somebody else asked."""
    return [code for code, kind in KINDS.items() if role in kind.rights.approvers]


__all__ = [
    "DIAGNOSES", "KINDS", "OFFICERS", "RECEIVERS", "Effective", "Field", "Kind", "Right", "Rights", "Subject", "Type", "approved_by", "offered",
]  # fmt: skip
