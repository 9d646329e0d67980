"""How much of a national id a role sees. One table; templates ask through the filter ``id_for``.

A full number is never simply shown: it takes a reason and leaves an audit row (`posasoft.portal.views.ids`), or it stands in a document whose
making is audited (payment lists, exports).
"""

from __future__ import annotations

from enum import StrEnum

from posasoft.core.models import Role

DOTS = "••• ••• •••"


class Sight(StrEnum):
    """Of a national id: all of it when a reason is given, its last three digits, or nothing."""

    FULL = "full"
    TAIL = "tail"
    NONE = "none"


# The hotline compares the last digits with a caller's; who only counts or supervises needs no number at all.
SIGHT: dict[str, Sight] = {
    Role.COMMUNE_OFFICER: Sight.FULL,
    Role.COMMUNE_CHAIR: Sight.FULL,
    Role.CLUSTER_OFFICER: Sight.FULL,
    Role.PROVINCE_OFFICER: Sight.FULL,
    Role.AGENCY_CLERK: Sight.FULL,
    Role.AUDITOR: Sight.TAIL,
    Role.HOTLINE: Sight.TAIL,
    Role.COLLABORATOR: Sight.TAIL,
    Role.ADMINISTRATOR: Sight.TAIL,
    Role.MINISTRY_ANALYST: Sight.NONE,
    Role.LINE_MINISTRY: Sight.NONE,
}
FULL_ID_ROLES = frozenset(role for role, sight in SIGHT.items() if sight == Sight.FULL)


def level_of(role: str) -> Sight:
    """What a role sees of a national id; nothing for a role that is not in the table."""
    return SIGHT.get(role, Sight.NONE)


def may_see_full(role: str) -> bool:
    """Whether a role may be shown a whole number, for a reason."""
    return level_of(role) == Sight.FULL


def masked_id(tail: str | None, role: str) -> str:
    """A national id as a page shows it to a role: dots and the last three digits, or dots only; empty when none is known."""
    if not tail:
        return ""
    return DOTS if level_of(role) == Sight.NONE else f"{DOTS} {tail}"


def number_for(number: str, role: str) -> str:
    """A number as a document shows it to a role: whole for those who may, else masked like on a page."""
    return number if may_see_full(role) else masked_id(number[-3:], role)
