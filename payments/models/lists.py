"""Payment lists of a commune and channel, and their lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from payments import statuses
from posasoft.core.models import Area, Located


class Channel(models.TextChoices):
    POST = "post", "Bưu điện"
    BANK = "bank", "Ngân hàng"
    EWALLET = "ewallet", "Ví điện tử"


class ListKind(models.TextChoices):
    REGULAR = statuses.REGULAR, "Thường kỳ"
    SUPPLEMENTARY = statuses.SUPPLEMENTARY, "Bổ sung"
    ONE_OFF = statuses.ONE_OFF, "Một lần"
    CLOSING = statuses.CLOSING, "Tất toán"


def _apart(*fields: str) -> Q:
    """Those named are different people; null is nobody yet, or the system."""
    condition = Q()
    for place, one in enumerate(fields):
        for other in fields[place + 1 :]:
            condition &= Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})
    return condition


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class PaymentList(Located):
    """The list of one commune, month, channel and kind. Totals are those of its lines, in đồng. Who is null did it as the system."""

    month = models.DateField()
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.POST)
    kind = models.CharField(max_length=14, choices=ListKind, default=ListKind.REGULAR, db_default=statuses.REGULAR)
    sequence = models.SmallIntegerField(default=1, db_default=1)
    status = models.CharField(max_length=10, default=statuses.DRAFT)
    number = models.CharField(max_length=40, default="", blank=True)
    households = models.IntegerField()
    amount = models.BigIntegerField()
    arrears = models.BigIntegerField()
    recovery = models.BigIntegerField()
    carried = models.BigIntegerField(default=0, db_default=0)
    # Đồng by benefit without money carried over, from the approval on; a year of them is read by every approval. None: not written (yet).
    benefits = models.JSONField(null=True)
    run_id = models.BigIntegerField()
    checksum = models.CharField(max_length=64, default="", blank=True)
    file_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    prepared_by = _by()
    prepared_at = models.DateTimeField(null=True)
    checked_by = _by()
    checked_at = models.DateTimeField(null=True)
    approved_by = _by()
    approved_at = models.DateTimeField(null=True)
    second_approved_by = _by()
    second_approved_at = models.DateTimeField(null=True)
    released_by = _by()
    released_at = models.DateTimeField(null=True)
    reject_reason = models.CharField(max_length=500, default="", db_default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "commune", "channel", "kind", "sequence"], name="payments_list_once"),
            models.CheckConstraint(condition=Q(status__in=statuses.STATUSES), name="payments_list_status"),
            models.CheckConstraint(condition=Q(kind__in=statuses.KINDS, sequence__gte=1), name="payments_list_kind"),
            models.CheckConstraint(
                condition=Q(status__in=(statuses.DRAFT, *statuses.PENDING), released_at__isnull=True)
                | (Q(status__in=statuses.ORDERED, released_at__isnull=False) & ~Q(checksum="")),
                name="payments_list_release_complete",
            ),
            models.CheckConstraint(
                condition=(~Q(status__in=statuses.PENDING) | Q(prepared_at__isnull=False))
                & (~Q(status__in=(statuses.CHECKED, statuses.APPROVED)) | Q(checked_at__isnull=False))
                & (~Q(status=statuses.APPROVED) | Q(approved_at__isnull=False)),
                name="payments_list_steps_complete",
            ),
            models.CheckConstraint(
                condition=_apart("prepared_by", "checked_by", "approved_by", "second_approved_by"), name="payments_list_hands_apart"
            ),
        )
        indexes = (models.Index(fields=["area_pos", "-month"], name="payments_list_area"),)


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
        indexes = (
            models.Index(fields=["province_no"], condition=Q(settled_at__isnull=True), name="payments_correction_open"),
            models.Index(fields=["household_id", "month"], name="payments_correction_of"),
        )


class PaymentLine(Located):
    """One household's money of a month: what is due, arrears and recovery, and of which benefits and months it is made.

    ``components`` is a list of {"p": person id or null, "b": benefit, "m": "2026-11", "c": coefficient, "a": đồng}: a past month is an arrears
    (positive) or a recovery (negative), "r" which order of that benefit and month it is (0, the first, is left out). ``public_id`` is printed for the
    payer; ``person_id`` is set where the law pays the person. The table is partitioned by month; the key holds the month for that.
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
    public_id = models.UUIDField()
    person_id = models.BigIntegerField(null=True)
    receiver_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    village_pos = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "payments_paymentline"
