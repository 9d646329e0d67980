"""Asking families whether the money came, and telling them that it will."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models import Household
from payments.models.payer import Agency
from posasoft.core.models import Area, Located
from posasoft.core.models.located import UUIDv7


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class VerificationPlan(models.Model):
    """A sample of the lines of a month in an area, to ask the families. Same seed and same lines: the same sample.

    ``confidence`` in percent; ``margin`` in hundredths of a percent (500 is ±5 %). ``strata``: of "channel", "point", "reason"; none is a simple
    random sample. ``population`` lines, ``size`` of them drawn. In no area itself: whoever sees one of its samples sees it.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    month = models.DateField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    strata = ArrayField(models.CharField(max_length=10), default=list)
    confidence = models.SmallIntegerField(default=95)
    margin = models.SmallIntegerField(default=500)
    seed = models.BigIntegerField()
    population = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(confidence__in=(90, 95, 99), margin__gte=100, margin__lte=2000, size__lte=F("population"), month__day=1),
                name="payments_verification_plan",
            ),
        )
        indexes = (models.Index(fields=["-month", "-id"], name="payments_verification_month"),)


class VerificationSample(Located):
    """One line drawn: whom to ask. ``stratum_size``: of how many lines like it."""

    plan = models.ForeignKey(VerificationPlan, on_delete=models.PROTECT, related_name="samples")
    number = models.IntegerField()
    month = models.DateField()
    line_id = models.BigIntegerField()
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=80, default="", blank=True)
    stratum_size = models.IntegerField()
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "line_id"], name="payments_sample_once"),
            models.UniqueConstraint(fields=["plan", "number"], name="payments_sample_number"),
        )


class Mode(models.TextChoices):
    CALL = "call", "Gọi điện"
    VISIT = "visit", "Đến nhà"
    OFFICE = "office", "Gặp tại trụ sở"


class Collected(models.TextChoices):
    SELF = "self", "Chính người nhận ghi trong danh sách"
    RECEIVER = "receiver", "Người nhận thay có giấy tờ"
    FAMILY = "family", "Người khác trong nhà"
    ACCOUNT = "account", "Tiền vào tài khoản"
    OTHER = "other", "Người ngoài, cán bộ"


class VerificationAnswer(Located):
    """What somebody was told, or that nobody was reached (may be tried again). Rows are added and never changed.

    ``received`` none: not known. ``amount`` and ``fee`` in đồng, as told.
    """

    sample = models.ForeignKey(VerificationSample, on_delete=models.PROTECT, related_name="answers")
    client_key = models.UUIDField(unique=True)
    mode = models.CharField(max_length=6, choices=Mode)
    asked_on = models.DateField()
    reached = models.BooleanField()
    received = models.BooleanField(null=True)
    amount = models.BigIntegerField(null=True)
    collected_by = models.CharField(max_length=8, choices=Collected, default="", blank=True)
    was_charged = models.BooleanField(null=True)
    fee = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, default="", blank=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sample"], condition=Q(reached=True), name="payments_answer_once"),
            models.CheckConstraint(
                condition=Q(reached=True) | Q(received__isnull=True, amount__isnull=True), name="payments_answer_reached"
            ),
            models.CheckConstraint(
                condition=(Q(amount__isnull=True) | Q(amount__gte=0)) & (Q(fee__isnull=True) | Q(fee__gte=0)), name="payments_answer_money"
            ),
        )


class NoticeKind(models.TextChoices):
    PAYDAY = "payday", "Báo ngày nhận tiền"
    UNPAID = "unpaid", "Nhắc nhận tiền"
    SUSPENSION = "suspension", "Tạm dừng chi trả"
    ACCOUNT = "account", "Thay đổi cách nhận tiền"


class Medium(models.TextChoices):
    TEXT = "text", "Tin nhắn"
    LETTER = "letter", "Thư"


class NoticeTemplate(models.Model):
    """The words of a notice, with variables in braces; a new version is a new row, notices keep the one they were written by."""

    kind = models.CharField(max_length=10, choices=NoticeKind)
    medium = models.CharField(max_length=6, choices=Medium)
    version = models.SmallIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "medium", "version"], name="payments_template_version"),)


class NoticeState(models.TextChoices):
    QUEUED = "queued", "Chờ gửi"
    SENT = "sent", "Đã gửi"
    FAILED = "failed", "Không gửi được"
    PRINTED = "printed", "Đã in"
    NO_PHONE = "no_phone", "Không có số điện thoại"
    OPTED_OUT = "opted_out", "Không nhận tin nhắn"


class Notice(Located):
    """One notice to one household, written once for a key. ``code`` is printed on it and opens the page of the payment day.

    ``facts`` are the template's variables but the names of people, which are read when it is written out.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10, choices=NoticeKind)
    medium = models.CharField(max_length=6, choices=Medium)
    template = models.ForeignKey(NoticeTemplate, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="notices")
    month = models.DateField(null=True)
    line_id = models.BigIntegerField(null=True)
    line_public_id = models.UUIDField(null=True, db_index=True)
    village_pos = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=NoticeState, default=NoticeState.QUEUED)
    tries = models.SmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=120, default="", db_default="", blank=True)
    provider_ref = models.CharField(max_length=80, default="", db_default="", blank=True)
    made_by = _by()
    queued_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "household", "line_id"], nulls_distinct=False, name="payments_notice_once"),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values, kind__in=NoticeKind.values), name="payments_notice_state"),
        )
        indexes = (
            models.Index(fields=["next_try_at"], condition=Q(state="queued", medium="text"), name="payments_notice_due"),
            models.Index(fields=["area_pos", "state", "-id"], name="payments_notice_area"),
            models.Index(fields=["area_pos", "done_at"], condition=Q(medium="letter", state="printed"), name="payments_notice_printed"),
        )


class LookupTry(models.Model):
    """A try of somebody without a login to ask for a payment day: keyed hashes of where from and of which code, for the throttle only."""

    key = models.CharField(max_length=32)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["key", "at"], name="payments_lookup_key"),)
