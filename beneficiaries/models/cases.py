"""Applications (hồ sơ): what was declared on paper, the steps to a decision, papers attached, postings in public."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries import statuses
from households.models import Change, Household, Person
from households.models.registry import keep_history
from posasoft.core.models import Area, Located, UUIDv7


class CaseStatus(models.TextChoices):
    DRAFT = statuses.DRAFT, "Bản nháp"
    RECEIVED = statuses.RECEIVED, "Đã tiếp nhận"
    CHECKED = statuses.CHECKED, "Đã kiểm tra"
    APPRAISED = statuses.APPRAISED, "Đã thẩm định"
    POSTED = statuses.POSTED, "Đang niêm yết"
    READY = statuses.READY, "Chờ quyết định"
    DECIDED = statuses.DECIDED, "Đã quyết định"
    NOTIFIED = statuses.NOTIFIED, "Đã thông báo"
    CLOSED = statuses.CLOSED, "Đã kết thúc"
    RETURNED = statuses.RETURNED, "Chờ bổ sung"
    REFUSED = statuses.REFUSED, "Đã từ chối"
    WITHDRAWN = statuses.WITHDRAWN, "Đã rút"
    APPEALED = statuses.APPEALED, "Đang giải quyết khiếu nại"


class Channel(models.TextChoices):
    DESK = "desk", "Bộ phận một cửa"
    POST = "post", "Bưu chính"
    PORTAL = "portal", "Cổng Dịch vụ công"
    COLLABORATOR = "collaborator", "Cộng tác viên"


class Outcome(models.TextChoices):
    GRANT = "grant", "Đủ điều kiện"
    REFUSE = "refuse", "Không đủ điều kiện"


def _user() -> models.ForeignKey[object, object]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)


@pghistory.track(
    # A draft is saved every few seconds while it is typed: only what was handed in has versions.
    pghistory.UpdateEvent(row=pghistory.Old, level=pghistory.Statement, condition=~pgtrigger.Q(old__status="draft")),
    pghistory.DeleteEvent(level=pghistory.Statement),
    obj_field=None,
)
class Case(Located):
    """One application. ``payload`` holds the answers as declared, by field of the paper; nothing of it is a fact before the appraisal accepts it.

    ``number`` is given at receipt, without gaps per commune and year. ``due_on`` and ``step_due_on`` count working days; while the applicant
    completes the papers ``clock_stopped_on`` is set and ``days_left`` keeps what was left. ``confidential``: the case tells of HIV; it is
    never posted in public and no role but the commune's officer and chair reads it.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    number = models.CharField(max_length=30, default="", blank=True)
    form = models.CharField(max_length=12)
    benefits = models.JSONField(default=list)
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="cases")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="cases")
    applicant = models.CharField(max_length=120, default="", blank=True)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.DESK)
    confidential = models.BooleanField(default=False)
    payload = models.JSONField(default=dict)
    received_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    step_due_on = models.DateField(null=True)
    clock_stopped_on = models.DateField(null=True)
    days_left = models.SmallIntegerField(null=True)
    returned_fields = models.JSONField(default=list)
    outcome = models.CharField(max_length=6, choices=Outcome, default="", blank=True)
    refusal_reasons = models.JSONField(default=list)
    appraisal = models.TextField(default="", blank=True)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = _user()
    appraised_by = _user()
    decided_by = _user()
    decided_on = models.DateField(null=True)
    appeal_reason = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="beneficiaries_case_number"),
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="beneficiaries_case_status"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | (Q(received_on__isnull=False) & ~Q(number="")),
                name="beneficiaries_case_numbered",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(appraised_by__isnull=True) | ~Q(decided_by=F("appraised_by")),
                name="beneficiaries_case_four_eyes",
            ),
            models.CheckConstraint(condition=~Q(status="refused") | ~Q(refusal_reasons=[]), name="beneficiaries_case_refused_with_reasons"),
            models.CheckConstraint(condition=~Q(status="posted", confidential=True), name="beneficiaries_case_never_posted"),
        )
        indexes = (
            models.Index(fields=["area_pos", "status"]),
            models.Index(fields=["due_on"], condition=Q(status__in=sorted(statuses.CASE_RUNNING)), name="beneficiaries_case_running"),
        )

    def __str__(self) -> str:
        return self.number or str(self.public_id)

    @property
    def is_running(self) -> bool:
        """Whether a legal clock runs."""
        return self.status in statuses.CASE_RUNNING


class CaseCounter(models.Model):
    """The last number given in a commune and year; its row is the lock that keeps numbers without gaps."""

    commune_code = models.CharField(max_length=16)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["commune_code", "year"], name="beneficiaries_casecounter_once"),)


class CaseStep(Located):
    """One move of a case: who, when, in which role, with what words. Append-only by grant."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(max_length=12)
    from_status = models.CharField(max_length=10, default="", blank=True)
    to_status = models.CharField(max_length=10)
    at = models.DateTimeField(db_default=Now())
    by = _user()
    role = models.CharField(max_length=20)
    note = models.TextField(default="", blank=True)


class CaseAttachment(Located):
    """A paper handed in: bytes in the vault under ``stored``, what it is by its content, and which item of the checklist it answers."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    stored = models.CharField(max_length=120)
    file_name = models.CharField(max_length=120)
    item = models.CharField(max_length=40, default="", blank=True)
    media_type = models.CharField(max_length=100)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = _user()
    added_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(size__gt=0), name="beneficiaries_caseattachment_size"),)


@keep_history()
class CasePosting(Located):
    """A case posted in public at a place, from a day to a day, with the objections made. Never a confidential case (checked in operations)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="postings")
    place = models.CharField(max_length=160)
    since = models.DateField()
    until = models.DateField()
    objections = models.JSONField(default=list)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(until__gte=F("since")), name="beneficiaries_caseposting_period"),)


class MovedDay(models.Model):
    """A day that the Government moved after the calendar was shipped: off although a weekday, or worked although a weekend."""

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    source = models.CharField(max_length=160)
