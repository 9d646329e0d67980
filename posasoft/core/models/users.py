"""Users and the roles they hold on areas."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from guardian.models import UserObjectPermissionBase

from posasoft.core.models.areas import Area
from posasoft.core.passwords import one_form


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

    def get_full_name(self) -> str:
        """The name on screens and documents; Django's own fields for it stay empty."""
        return str(self)

    def set_password(self, raw_password: str | None) -> None:
        """Vietnamese letters reach us composed or decomposed, as the keyboard pleases: one form is hashed."""
        super().set_password(one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(one_form(raw_password) or "")


class RoleAssignment(models.Model):
    """A role on an area (empty: the whole country), from and to a day.

    ``verbs`` narrows the role to some of its verbs (a helper who only updates); null means all of them. ``granted_by_id`` is null for what a
    command of the owner granted.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    scope_kind = models.CharField(max_length=12, choices=ScopeKind, default=ScopeKind.AREA)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="role_assignments")
    since = models.DateField()
    until = models.DateField(null=True)
    verbs = ArrayField(models.CharField(max_length=12), null=True)
    granted_by_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="core_role_period"),
            models.CheckConstraint(
                condition=Q(granted_by_id__isnull=True) | ~Q(granted_by_id=F("user_id")), name="core_role_not_to_oneself"
            ),
            models.UniqueConstraint(fields=["user", "role", "area", "since"], name="core_role_once", nulls_distinct=False),
        )
        indexes = (models.Index(fields=["user", "since"]),)


class AssignedItem(models.Model):
    """What a role of another kind than area sees: one household, payment list or person (``object_id``), or one benefit (``code``), dated.

    No foreign keys: the things lie in layers above. The rows admit through row-level security, so ending one takes sight at the next request.
    """

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=ScopeKind)
    object_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=30, default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="core_item_period"),
            models.CheckConstraint(
                condition=(Q(kind="programmes", object_id__isnull=True) & ~Q(code=""))
                | Q(kind__in=["households", "lists", "self"], object_id__isnull=False, code=""),
                name="core_item_names_one_thing",
            ),
            models.UniqueConstraint(
                fields=["assignment", "kind", "object_id", "code"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="core_item_one_open",
            ),
        )


class AreaPermission(UserObjectPermissionBase):
    """A verb of one user on one area and everything below it (django-guardian, direct key).

    ``of_role`` rows follow from the roles in force and are rewritten with them (posasoft.core.permissions); the others an administrator gave.
    """

    content_object = models.ForeignKey(Area, on_delete=models.CASCADE)
    of_role = models.BooleanField(default=False)
    until = models.DateField(null=True)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = (models.Index(fields=["content_object"], name="core_areapermission_area"),)


class DutyDone(models.Model):
    """Who did which step of a piece of work that several persons must share. One duty per person and object: the constraint is the rule."""

    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    duty = models.CharField(max_length=10)
    user_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["object_kind", "object_id", "user_id"], name="core_duty_one_per_person"),)
