"""Payment lists of a commune and channel, and their lines."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payments.statuses import DRAFT, RELEASED
from posasoft.core.models import Area, Located


class Channel(models.TextChoices):
    POST = "post", "Bưu điện"
    BANK = "bank", "Ngân hàng"
    EWALLET = "ewallet", "Ví điện tử"


class PaymentList(Located):
    """The list of one commune, month and channel. Totals are those of its lines, in đồng."""

    month = models.DateField()
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.POST)
    status = models.CharField(max_length=10, default=DRAFT)
    number = models.CharField(max_length=30, default="", blank=True)
    households = models.IntegerField()
    amount = models.BigIntegerField()
    arrears = models.BigIntegerField()
    recovery = models.BigIntegerField()
    run_id = models.BigIntegerField()
    checksum = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "commune", "channel"], name="payments_list_once"),
            models.CheckConstraint(condition=Q(status__in=[DRAFT, RELEASED]), name="payments_list_status"),
            models.CheckConstraint(
                condition=Q(status=DRAFT, released_at__isnull=True) | (Q(status=RELEASED, released_at__isnull=False) & ~Q(checksum="")),
                name="payments_list_release_complete",
            ),
        )


class Correction(Located):
    """Due now minus ordered so far, for one benefit of a past month: an arrears (positive) or a recovery (negative) not yet settled.

    Rewritten by every draft while it is open; settled when released lines have ordered it in full.
    """

    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    benefit = models.CharField(max_length=30)
    month = models.DateField()
    due = models.BigIntegerField()
    ordered = models.BigIntegerField()
    cause = models.JSONField()
    run_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["household_id", "person_id", "benefit", "month"],
                condition=Q(settled_at__isnull=True),
                nulls_distinct=False,
                name="payments_correction_one_open",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="payments_correction_month"),
        )
        indexes = (models.Index(fields=["province_no"], condition=Q(settled_at__isnull=True), name="payments_correction_open"),)


class PaymentLine(Located):
    """One household's money of a month: what is due, arrears and recovery, and of which benefits and months it is made.

    ``components`` is a list of {"p": person id or null, "b": benefit, "m": "2026-11", "c": coefficient, "a": đồng}: a past month is an arrears
    (positive) or a recovery (negative). The table is partitioned by month; the key holds the month for that.
    """

    pk = models.CompositePrimaryKey("month", "id")
    id = models.BigIntegerField()
    month = models.DateField()
    list_id = models.BigIntegerField()
    household_id = models.BigIntegerField()
    payee_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    arrears = models.BigIntegerField(default=0)
    recovery = models.BigIntegerField(default=0)
    carried = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    components = models.JSONField()

    class Meta:
        managed = False
        db_table = "payments_paymentline"
