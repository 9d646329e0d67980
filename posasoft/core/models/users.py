"""Users and the roles they hold on areas."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from posasoft.core.models.areas import Area


class Role(models.TextChoices):
    COMMUNE_OFFICER = "commune_officer", "Cán bộ xã"
    COMMUNE_CHAIR = "commune_chair", "Chủ tịch xã"
    CLUSTER_OFFICER = "cluster_officer", "Cán bộ cụm xã"
    PROVINCE_OFFICER = "province_officer", "Cán bộ tỉnh"
    MINISTRY_ANALYST = "ministry_analyst", "Chuyên viên Bộ"
    HOTLINE = "hotline", "Đường dây nóng"
    AGENCY_CLERK = "agency_clerk", "Nhân viên chi trả"
    LINE_MINISTRY = "line_ministry", "Cơ quan ngành"
    AUDITOR = "auditor", "Kiểm toán"
    COLLABORATOR = "collaborator", "Cộng tác viên"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"


class ScopeKind(models.TextChoices):
    """What a role's range is counted in (design: area, own households, own lists, own programmes, self)."""

    AREA = "area", "Địa bàn"
    HOUSEHOLDS = "households", "Hộ được giao"
    LISTS = "lists", "Danh sách được giao"
    PROGRAMMES = "programmes", "Chương trình phụ trách"
    SELF = "self", "Bản thân"


class User(AbstractUser):
    """An officer. The name on documents is ``full_name``, as written."""

    full_name = models.CharField(max_length=120)

    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name or self.username


class RoleAssignment(models.Model):
    """A role on an area (empty: the whole country), from and to a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    scope_kind = models.CharField(max_length=12, choices=ScopeKind, default=ScopeKind.AREA)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="role_assignments")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="core_role_period"),
            models.UniqueConstraint(fields=["user", "role", "area", "since"], name="core_role_once", nulls_distinct=False),
        )
        indexes = (models.Index(fields=["user", "since"]),)
