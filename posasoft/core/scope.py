"""The range of areas that a transaction may see: what row-level security reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

# Above every tree position: the country as one half-open range.
WHOLE_COUNTRY = (0, 9_000_000_000_000_000)


@dataclass(frozen=True)
class Scope:
    """A role in action: kind of scope, half-open range of area positions, and who acts."""

    kind: str
    lo: int
    hi: int
    user_id: int | None = None
    role: str = ""
    assignment_id: int | None = None

    def holds(self, area_pos: int) -> bool:
        return self.kind == "area" and self.lo <= area_pos < self.hi


NOWHERE = Scope("none", 0, 0)
COUNTRY = Scope("area", *WHOLE_COUNTRY, role="system")


def apply(scope: Scope) -> None:
    """Set the scope until the end of the current transaction; raises TransactionManagementError outside one.

    Local to the transaction, because behind PgBouncer the next transaction of this connection is another user's.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a scope is set inside a transaction")
    values = {"app.scope_kind": scope.kind, "app.scope_lo": scope.lo, "app.scope_hi": scope.hi, "app.user_id": scope.user_id or ""}
    if scope.kind != "area":
        values["app.scope_lo"] = values["app.scope_hi"] = ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in values), [text for pair in values.items() for text in map(str, pair)]
        )


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """One transaction in one scope: the frame of a request and of a unit of work of a job."""
    with transaction.atomic():
        apply(scope)
        yield
