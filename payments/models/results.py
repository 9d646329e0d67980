"""What agencies say became of lines: batches as they came, their rows with findings, marks at the counter, and the one result of each line."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payments import statuses
from payments.models.payer import Agency, ApiKey, Delivery, ServicePoint
from posasoft.core.models import Located
from posasoft.core.models.located import UUIDv7


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class ResultBatch(Located):
    """A file or call with results, once per agency and content. ``file`` is its name in the vault; of a call the vault keeps the JSON.

    ``declared_rows`` and ``declared_amount`` (đồng paid) are what the sender says it holds; ``counts`` are rows by RowState, ``paid`` the đồng of
    rows that say paid. Area: of its delivery, of its service point's commune, else 0 (seen by the agency and the system alone).
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="batches")
    service_point = models.ForeignKey(ServicePoint, null=True, on_delete=models.PROTECT, related_name="batches")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.PROTECT, related_name="batches")
    file = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200, default="", blank=True)
    format = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64)
    client_key = models.CharField(max_length=80)
    status = models.CharField(max_length=8, default=statuses.RECEIVED)
    refusal = models.CharField(max_length=500, default="", blank=True)
    declared_rows = models.IntegerField(null=True)
    declared_amount = models.BigIntegerField(null=True)
    rows = models.IntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    by = _by()
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    applied_by = _by()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agency", "sha256"], name="payments_batch_file_once"),
            models.UniqueConstraint(fields=["agency", "client_key"], name="payments_batch_key_once"),
            models.CheckConstraint(condition=Q(status__in=statuses.BATCH_STATUSES), name="payments_batch_status"),
            models.CheckConstraint(
                condition=Q(status=statuses.APPLIED, applied_at__isnull=False) | (~Q(status=statuses.APPLIED) & Q(applied_at__isnull=True)),
                name="payments_batch_applied_complete",
            ),
        )
        indexes = (models.Index(fields=["agency", "-id"], name="payments_batch_agency"),)


class RowState(models.TextChoices):
    """READY can be applied, CHANGE too (it corrects a reopened list), SAME says what is known, FINDING waits for the agency, APPLIED is done."""

    READY = "ready", "Sẵn sàng"
    CHANGE = "change", "Đính chính"
    SAME = "same", "Đã ghi nhận"
    FINDING = "finding", "Cần sửa"
    APPLIED = "applied", "Đã áp dụng"


class ResultRow(Located):
    """One row of a batch as read, the line it is about, and what is wrong with it.

    ``findings`` is [{"code", "field", "value", …}], said in words by payments/result_findings.py. Without a line the area is 0.
    """

    batch = models.ForeignKey(ResultBatch, on_delete=models.CASCADE, related_name="lines", db_index=False)
    row_no = models.IntegerField()
    line = models.CharField(max_length=80)
    outcome = models.CharField(max_length=6, default="", blank=True)
    reason = models.CharField(max_length=14, default="", blank=True)
    amount = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    proxy = models.CharField(max_length=120, default="", blank=True)
    month = models.DateField(null=True)
    line_id = models.BigIntegerField(null=True)
    list_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=7, choices=RowState, default=RowState.FINDING)
    findings = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "row_no"], name="payments_resultrow_once"),
            models.CheckConstraint(
                condition=Q(state=RowState.FINDING) | Q(line_id__isnull=False, findings=[]), name="payments_resultrow_finding"
            ),
        )
        indexes = (models.Index(fields=["batch", "state"], name="payments_resultrow_state"),)


class CounterDay(Located):
    """A day at a counter whose payments were booked in the ledger; booked again when somebody was paid after it."""

    service_point = models.ForeignKey(ServicePoint, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    lines = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(db_default=Now())
    closed_by = _by()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service_point", "day"], name="payments_counterday_once"),)


class ResultMark(Located):
    """What a clerk pressed at the counter, or who changed a result; rows are only added. ``client_key`` makes a press that arrives twice one.

    ``act`` is paid, unpaid, undo or corrected; ``before`` the result that it replaced: {} when there was none.
    """

    client_key = models.UUIDField(unique=True)
    month = models.DateField()
    line_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    act = models.CharField(max_length=9)
    reason = models.CharField(max_length=300, default="", blank=True)
    before = models.JSONField(default=dict)
    by = _by()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(act__in=("paid", "unpaid", "undo", "corrected")), name="payments_resultmark_act"),
        )
        indexes = (models.Index(fields=["line_id"], name="payments_resultmark_line"),)


class LineResult(Located):
    """What became of a line: one row per line. Partitioned by the list's month.

    ``batch_id`` or, at the counter, ``service_point_id`` says where it comes from. ``booked``: the ledger has it. A counter's payment is booked when
    its day is closed, and "unpaid" when the whole list is complete: until then the family may still come. ``corrected``: paid once, given back.
    """

    pk = models.CompositePrimaryKey("month", "line_id")
    month = models.DateField()
    line_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    household_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    outcome = models.CharField(max_length=6)
    reason = models.CharField(max_length=14)
    note = models.CharField(max_length=300)
    paid_on = models.DateField(null=True)
    proxy_name = models.CharField(max_length=120)
    proxy_tail = models.CharField(max_length=4)
    proxy_relation = models.CharField(max_length=60)
    receiver_id = models.BigIntegerField(null=True)
    agency_id = models.BigIntegerField()
    service_point_id = models.BigIntegerField(null=True)
    batch_id = models.BigIntegerField(null=True)
    client_key = models.UUIDField(null=True)
    booked = models.BooleanField()
    corrected = models.BooleanField()
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_lineresult"
