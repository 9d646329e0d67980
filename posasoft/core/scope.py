"""The rows that a transaction may see: what row-level security reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from posasoft.core.rls import KIND_ROLES, ROLE

# Above every tree position: the country as one half-open range.
WHOLE_COUNTRY = (0, 9_000_000_000_000_000)
# A line ministry's programmes are counted inside an area; the other kinds name their rows one by one.
_KINDS_WITH_RANGE = frozenset({"area", "programmes"})


@dataclass(frozen=True)
class Scope:
    """A role in action: kind of scope, half-open range of area positions, and who acts. ``agency_id``: a program of an agency acts, no user."""

    kind: str
    lo: int
    hi: int
    user_id: int | None = None
    role: str = ""
    assignment_id: int | None = None
    agency_id: int | None = None

    def holds(self, area_pos: int) -> bool:
        return self.kind == "area" and self.lo <= area_pos < self.hi


NOWHERE = Scope("none", 0, 0)
COUNTRY = Scope("area", *WHOLE_COUNTRY, role="system")


def apply(scope: Scope) -> None:
    """Set the scope until the end of the current transaction; raises TransactionManagementError outside one.

    Local to the transaction, because behind PgBouncer the next transaction of this connection is another user's. The kind decides the
    database role: a scope of areas leaves the connection's own role as it is, any other kind takes the role of its kind.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a scope is set inside a transaction")
    ranged = scope.kind in _KINDS_WITH_RANGE
    values = {
        "app.scope_kind": scope.kind,
        "app.scope_lo": scope.lo if ranged else "",
        "app.scope_hi": scope.hi if ranged else "",
        "app.user_id": scope.user_id or "",
        "app.assignment_id": scope.assignment_id or "",
        "app.agency_id": scope.agency_id or "",
        # The program's day, not the server's: after midnight in Ha Noi it is still yesterday in UTC.
        "app.today": timezone.localdate().isoformat(),
    }
    texts = [text for pair in values.items() for text in map(str, pair)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT "
            + ", ".join("set_config(%s, %s, true)" for _ in values)
            + ", set_config('role', coalesce(%s, CASE WHEN current_setting('role') = ANY (%s) THEN %s ELSE current_setting('role') END), true)",
            [*texts, KIND_ROLES.get(scope.kind), list(KIND_ROLES.values()), ROLE],
        )


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """One transaction in one scope: the frame of a request and of a unit of work of a job."""
    with transaction.atomic():
        apply(scope)
        yield


@contextmanager
def unbound(scope: Scope) -> Iterator[None]:
    """The whole country for a while inside the transaction of a scope: for what the system does at the request of a role that may not write it.

    Roles on lists, own households or oneself read their rows and write none. Whoever uses this has checked before, under the role's own scope,
    that the object is the role's. An error needs no way back: ``apply`` is local to the transaction, which rolls back to where it began.
    """
    apply(Scope("area", *WHOLE_COUNTRY, user_id=scope.user_id, role=scope.role, assignment_id=scope.assignment_id))
    yield
    apply(scope)
