"""The ground everyone stands on: areas, users and roles, audit, jobs, holds."""

from posasoft.core.models.areas import Area, AreaClass, AreaSuccession, ClusterMembership, Level
from posasoft.core.models.located import Located, UUIDv7
from posasoft.core.models.records import (
    AuditEvent,
    Hold,
    IdempotencyKey,
    Job,
    JobLogLine,
    OutboxMessage,
    PeriodLock,
    WorkItem,
)
from posasoft.core.models.users import Role, RoleAssignment, ScopeKind, User

__all__ = [
    "Area", "AreaClass", "AreaSuccession", "AuditEvent", "ClusterMembership", "Hold", "IdempotencyKey", "Job", "JobLogLine", "Level",
    "Located", "OutboxMessage", "PeriodLock", "Role", "RoleAssignment", "ScopeKind", "UUIDv7", "User", "WorkItem",
]  # fmt: skip
