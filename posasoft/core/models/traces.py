"""What is left of reading and exporting: the sealed audit trail, files asked for, notices to users, reports of errors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models.located import Located, UUIDv7


class AuditSeal(models.Model):
    """One link of the chain of a province: ``hash`` is SHA-256 of the link before and of the event's canonical row.

    ``day`` is the day of sealing, so that a closed day never grows. ``province_no`` 0 holds the events that lie in no province. The table
    is partitioned by month of ``day`` and append-only by grant; there is no foreign key, so that a deleted event leaves its link behind.
    """

    pk = models.CompositePrimaryKey("province_no", "day", "seq")
    day = models.DateField()
    province_no = models.SmallIntegerField()
    seq = models.BigIntegerField()
    event_id = models.BigIntegerField()
    event_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "event_id"], name="core_auditseal_event_once"),)
        indexes = (models.Index(fields=["event_id"], name="core_auditseal_event"),)


class AuditSealRun(models.Model):
    """One round of sealing: the snapshot up to which every committed event is sealed, and the heads it left.

    ``heads`` is {province_no: [day, seq, hash in hex]} of the provinces that grew; ``hash`` chains the rounds. Append-only by grant.
    """

    at = models.DateTimeField(db_default=Now())
    day = models.DateField()
    snapshot = models.TextField()
    rows = models.IntegerField()
    heads = models.JSONField(default=dict)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = (models.Index(fields=["day"], name="core_auditsealrun_day"),)


class ExportRequest(Located):
    """Data asked for as a file: what, why, how much, who agreed, and the file while it lasts.

    ``area_pos`` is the lower end of the range of the role that asked, so that whoever oversees that range finds the request. ``params`` holds
    filters by code and id, never words; the file lies encrypted in the vault.
    """

    class Status(models.TextChoices):
        WAITING_SECOND = "waiting_second", "Chờ người thứ hai duyệt"
        APPROVED = "approved", "Đã duyệt, chờ lập tệp"
        REFUSED = "refused", "Không duyệt"
        RUNNING = "running", "Đang lập tệp"
        READY = "ready", "Tải về được"
        FAILED = "failed", "Lỗi"
        EXPIRED = "expired", "Đã hết hạn, tệp đã xóa"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"
        ZIP = "zip", "ZIP"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    reason = models.CharField(max_length=500)
    format = models.CharField(max_length=4, choices=Format, default=Format.XLSX)
    count = models.BigIntegerField()
    status = models.CharField(max_length=14, choices=Status)
    role = models.CharField(max_length=20)
    scope_kind = models.CharField(max_length=12)
    scope_hi = models.BigIntegerField()
    role_assignment_id = models.BigIntegerField(null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, default="", blank=True)
    job_id = models.BigIntegerField(null=True)
    file = models.CharField(max_length=200, default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    rows = models.BigIntegerField(null=True)
    size = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    downloads = models.IntegerField(default=0)

    class Meta:
        constraints = (
            # Nobody is the second person to themselves, whatever the program says.
            models.CheckConstraint(condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")), name="core_export_four_eyes"),
            models.CheckConstraint(condition=~Q(reason=""), name="core_export_has_reason"),
            models.CheckConstraint(condition=~Q(status="ready") | ~Q(file=""), name="core_export_ready_has_file"),
        )
        indexes = (
            models.Index(fields=["requested_by", "-id"], name="core_export_own"),
            models.Index(fields=["area_pos"], condition=Q(status="waiting_second"), name="core_export_waiting"),
            models.Index(fields=["expires_at"], condition=Q(status="ready"), name="core_export_expiring"),
        )


class Notification(models.Model):
    """A notice to one user: a title and a link, no personal data; ``digested_at`` is set with the outbox row of the e-mail that counted it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    link = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["user", "-id"], name="core_notification_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="core_notification_unread"),
            models.Index(fields=["id"], condition=Q(digested_at__isnull=True, read_at__isnull=True), name="core_notification_mail"),
        )


class NotificationSettings(models.Model):
    """How a user wants to be told; without a row: in the page, and a digest each day."""

    class Digest(models.TextChoices):
        NONE = "none", "Không gửi thư"
        DAILY = "daily", "Mỗi ngày làm việc"
        WEEKLY = "weekly", "Mỗi tuần, sáng thứ Hai"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    in_page = models.BooleanField(default=True)
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.DAILY)


class ErrorReport(Located):
    """What went wrong in a user's own words, with the id that finds the log line. ``route`` is a pattern, never an address."""

    class Status(models.TextChoices):
        NEW = "new", "Mới"
        LOOKING = "looking", "Đang xem"
        DONE = "done", "Đã xử lý"

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, default="", blank=True)
    text = models.TextField(max_length=4000)
    error_id = models.CharField(max_length=40, default="", blank=True)
    request_id = models.CharField(max_length=40, default="", blank=True)
    route = models.CharField(max_length=200, default="", blank=True)
    browser = models.CharField(max_length=300, default="", blank=True)
    screen = models.CharField(max_length=20, default="", blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    answer = models.TextField(max_length=4000, default="", blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="core_errorreport_says_something"),)
        indexes = (models.Index(fields=["status", "-id"], name="core_errorreport_status"),)
