"""Audit, jobs, outbox, idempotency, work for people, holds and locks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models.areas import Area


class AuditEvent(models.Model):
    """Who did what to what. No foreign keys, so that it outlives what it describes; append-only by grant, partitioned by month of ``at``.

    A hidden column ``xid`` is the transaction that wrote the row: the sealer reads by snapshot.
    """

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20, default="", blank=True)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=60, default="", blank=True)
    province_no = models.SmallIntegerField(null=True)
    area_pos = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["object_kind", "object_id", "at"], name="core_auditevent_object"),
            models.Index(fields=["area_pos", "at"], name="core_auditevent_area"),
            models.Index(fields=["actor_id", "at"], name="core_auditevent_actor"),
        )


class Job(models.Model):
    """A long piece of work. The row is the truth; Celery only wakes a worker for it."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Chờ"
        RUNNING = "running", "Đang chạy"
        DONE = "done", "Xong"
        FAILED = "failed", "Lỗi"
        CANCELLED = "cancelled", "Đã dừng"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200, default="", blank=True)
    params = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=500, default="", blank=True)
    state = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error_id = models.CharField(max_length=36, default="", blank=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    heartbeat_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role_assignment_id = models.BigIntegerField(null=True)
    scope_lo = models.BigIntegerField(null=True)
    scope_hi = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["status", "id"], condition=Q(status__in=["queued", "running"]), name="core_job_open"),
            models.Index(fields=["kind", "-id"]),
        )


class JobLogLine(models.Model):
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(db_default=Now())
    level = models.CharField(max_length=8, default="info")
    text = models.CharField(max_length=1000)


class OutboxMessage(models.Model):
    """A message written in the transaction that caused it; a worker claims and sends it afterwards."""

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes = (models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="core_outbox_open"),)


class IdempotencyKey(models.Model):
    """A client's own name for a request: the second time, the first answer."""

    client = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["client", "key"], name="core_idempotency_once"),)


class WorkItem(models.Model):
    """A task for people: what, where, why it is here, until when, and one link that does it."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)
    subject_kind = models.CharField(max_length=40, default="", blank=True)
    subject_id = models.BigIntegerField(null=True)
    link = models.CharField(max_length=200, default="", blank=True)
    role = models.CharField(max_length=20, default="", blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    province_no = models.SmallIntegerField()
    area_pos = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(done_at__isnull=True, subject_id__isnull=False),
                name="core_workitem_one_open",
            ),
        )
        indexes = (models.Index(fields=["area_pos", "due_on"], condition=Q(done_at__isnull=True), name="core_workitem_open"),)


class Hold(models.Model):
    """A later layer forbids an earlier one to act on a subject (undo of a paid import; payment of a person noted as dead)."""

    class Effect(models.TextChoices):
        NO_UNDO = "no_undo", "Không được hoàn tác"
        NO_PAYMENT = "no_payment", "Không được chi trả"

    effect = models.CharField(max_length=12, choices=Effect)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    placed_by_kind = models.CharField(max_length=40)
    placed_by_id = models.BigIntegerField()
    province_no = models.SmallIntegerField()
    area_pos = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["effect", "subject_kind", "subject_id", "placed_by_kind", "placed_by_id"],
                condition=Q(lifted_at__isnull=True),
                name="core_hold_once",
            ),
        )
        indexes = (models.Index(fields=["subject_kind", "subject_id"], condition=Q(lifted_at__isnull=True), name="core_hold_open"),)


class PeriodLock(models.Model):
    """A year of a form that is closed for an area; operations check it."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    form = models.CharField(max_length=40)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField(db_default=Now())
    reopened_at = models.DateTimeField(null=True)
    reopen_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area", "year", "form"], condition=Q(reopened_at__isnull=True), name="core_lock_one_open"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | Q(reopened_at__gte=F("locked_at")), name="core_lock_reopened_after"
            ),
        )
