"""Separation of duties: what one person may not do after having done something else with the same thing.

``require_other_person`` asks before; ``done`` writes the duty down, and the table's constraint (one duty per person and object) refuses the
second one even when two sessions of the same person race, whoever calls and in whatever role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from django.utils.translation import gettext as _

from posasoft.core.models import DutyDone
from posasoft.core.scope import Scope


class Duty(StrEnum):
    """Steps that two persons must share."""

    ENROL = "enrol"
    PREPARE = "prepare"
    CHECK = "check"
    APPROVE = "approve"
    SIGN = "sign"
    RELEASE = "release"


# Duty -> what the same person may not have done before: one table for cases, requests, decisions and money.
INCOMPATIBLE: dict[Duty, frozenset[Duty]] = {
    Duty.CHECK: frozenset({Duty.PREPARE}),
    Duty.APPROVE: frozenset({Duty.PREPARE, Duty.CHECK}),
    Duty.SIGN: frozenset({Duty.PREPARE, Duty.CHECK}),
    Duty.RELEASE: frozenset({Duty.ENROL, Duty.PREPARE, Duty.CHECK, Duty.APPROVE, Duty.SIGN}),
}


class SamePersonError(Exception):
    """The same person did an incompatible step before; the message is for the screen (Vietnamese)."""


def _words(duty: Duty) -> str:
    return {
        Duty.ENROL: _("đưa người vào diện hưởng"),
        Duty.PREPARE: _("lập"),
        Duty.CHECK: _("kiểm tra"),
        Duty.APPROVE: _("duyệt"),
        Duty.SIGN: _("ký"),
        Duty.RELEASE: _("phát hành chi trả"),
    }[duty]


def require_other_person(*, by: Scope, duty: Duty, before: Mapping[Duty, Iterable[int | None]]) -> None:
    """Raise SamePersonError when the acting user is among those who did an incompatible duty before (user ids; None is the system).

    The role does not matter: a person with two roles is one person, and an administrator is a person too.
    """
    if by.user_id is None:
        return
    for earlier in sorted(INCOMPATIBLE.get(duty, frozenset())):
        if by.user_id in set(before.get(earlier, ())):
            raise SamePersonError(
                _("Bạn đã %(earlier)s việc này nên không được %(duty)s. Cần một người khác thực hiện.")
                % {"earlier": _words(earlier), "duty": _words(duty)}
            )


def done(*, kind: str, object_id: int, duty: Duty, by: Scope) -> None:
    """Write down that the acting user did a duty on an object; the same again changes nothing.

    Raises SamePersonError when the user has another duty on it already, whichever came first. The system (no user) is not written down.
    """
    if by.user_id is None:
        return
    row, _made = DutyDone.objects.get_or_create(object_kind=kind, object_id=object_id, user_id=by.user_id, defaults={"duty": duty.value})
    if row.duty != duty.value:
        raise SamePersonError(
            _("Bạn đã %(earlier)s việc này nên không được %(duty)s. Cần một người khác thực hiện.")
            % {"earlier": _words(Duty(row.duty)), "duty": _words(duty)}
        )


def doers(*, kind: str, object_id: int) -> dict[Duty, set[int]]:
    """Who did what on an object, for ``require_other_person``."""
    found: dict[Duty, set[int]] = {}
    for duty, user_id in DutyDone.objects.filter(object_kind=kind, object_id=object_id).values_list("duty", "user_id"):
        found.setdefault(Duty(duty), set()).add(user_id)
    return found
