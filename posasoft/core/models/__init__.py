"""The ground everyone stands on: areas, users and roles, audit, jobs, holds."""

from posasoft.core.models.areas import Area, AreaClass, AreaSuccession, ClusterMembership, Level
from posasoft.core.models.learning import Handover, PageVisit, PracticeSpace
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
from posasoft.core.models.saved_views import ListPreference, SavedView
from posasoft.core.models.sign_in import Invitation, Spending, UserSession
from posasoft.core.models.traces import (
    AuditSeal,
    AuditSealRun,
    ErrorReport,
    ExportRequest,
    Notification,
    NotificationSettings,
)
from posasoft.core.models.users import AreaPermission, AssignedItem, DutyDone, Role, RoleAssignment, ScopeKind, User

__all__ = [
    "Area", "AreaClass", "AreaPermission", "AreaSuccession", "AssignedItem", "AuditEvent", "AuditSeal", "AuditSealRun",
    "ClusterMembership", "DutyDone", "ErrorReport", "ExportRequest", "Handover", "Hold", "IdempotencyKey", "Invitation", "Job", "JobLogLine",
    "Level", "ListPreference", "Located", "Notification", "NotificationSettings", "OutboxMessage", "PageVisit", "PeriodLock", "PracticeSpace", "Role",
    "RoleAssignment", "SavedView", "ScopeKind", "Spending", "UUIDv7", "User", "UserSession", "WorkItem",
]  # fmt: skip
