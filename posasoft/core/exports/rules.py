"""Who may export how much, and who is the second person for whom."""

from __future__ import annotations

import datetime

from posasoft.core.models import ExportRequest, Role
from posasoft.core.scope import Scope

# Above this many persons a second person agrees before the file is made.
SECOND_ABOVE = 1_000
# Requests of one user in a day: a working day's need, not a copy of the registry in slices.
MOST_A_DAY = 20
KEPT = datetime.timedelta(days=7)
# Above this a spreadsheet program no longer opens the file in reasonable time.
MOST_ROWS_OF_EXCEL = 300_000

# Persons in one file, by role. Roles that are not here export nothing.
MOST_PERSONS: dict[str, int] = {
    Role.COMMUNE_OFFICER: 50_000,
    Role.COMMUNE_CHAIR: 50_000,
    Role.CLUSTER_OFFICER: 200_000,
    Role.PROVINCE_OFFICER: 2_000_000,
    Role.MINISTRY_ANALYST: 30_000_000,
    Role.AUDITOR: 2_000_000,
    Role.ADMINISTRATOR: 2_000_000,
}

# Role that asks -> roles that may agree, the nearest first (its tasks show the request). Whoever agrees oversees the whole range of the asker.
SECOND: dict[str, tuple[str, ...]] = {
    Role.COMMUNE_OFFICER: (Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER),
    Role.COMMUNE_CHAIR: (Role.PROVINCE_OFFICER, Role.CLUSTER_OFFICER),
    Role.CLUSTER_OFFICER: (Role.PROVINCE_OFFICER,),
    Role.PROVINCE_OFFICER: (Role.PROVINCE_OFFICER, Role.MINISTRY_ANALYST),
    Role.MINISTRY_ANALYST: (Role.ADMINISTRATOR, Role.MINISTRY_ANALYST),
    Role.AUDITOR: (Role.ADMINISTRATOR, Role.MINISTRY_ANALYST),
    Role.ADMINISTRATOR: (Role.AUDITOR, Role.MINISTRY_ANALYST),
}
APPROVING_ROLES = tuple(sorted({role for roles in SECOND.values() for role in roles}))

MOVES: dict[str, frozenset[str]] = {
    "waiting_second": frozenset({"approved", "refused"}),
    "approved": frozenset({"running", "failed"}),
    "running": frozenset({"ready", "failed", "running"}),
    "ready": frozenset({"expired"}),
    "refused": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
}


def may_export(scope: Scope) -> bool:
    """Whether a role exports at all."""
    return scope.kind == "area" and scope.role in MOST_PERSONS


def may_approve(asked: ExportRequest, by: Scope) -> bool:
    """Whether somebody is a second person for a request: another user, a role of the table, and the asker's whole range in sight."""
    return (
        by.kind == "area"
        and by.user_id is not None
        and by.user_id != asked.requested_by_id
        and by.role in SECOND.get(asked.role, ())
        and by.lo <= asked.area_pos
        and asked.scope_hi <= by.hi
    )
