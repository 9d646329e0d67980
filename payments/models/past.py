"""Past months: what a province agreed to before a law changes them, and recoveries that are given up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from payments.statuses import LAW_STATUSES, SHOWN
from posasoft.core.models import Located


class LawCorrection(Located):
    """What a law changes in the released months of one province: computed and shown first, carried by drafts only once it is agreed.

    ``totals`` is a list of {"month": "2026-07", "benefit", "lines", "households", "arrears", "recovery"}; money in đồng. Who starts it does not
    agree.
    """

    instrument = models.CharField(max_length=60)
    law_version = models.CharField(max_length=64)
    from_month = models.DateField()
    through_month = models.DateField()
    status = models.CharField(max_length=9, default=SHOWN)
    run_id = models.BigIntegerField()
    households = models.IntegerField(default=0)
    arrears = models.BigIntegerField(default=0)
    recovery = models.BigIntegerField(default=0)
    totals = models.JSONField(default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["province_no", "instrument", "law_version"], name="payments_lawcorrection_once"),
            models.CheckConstraint(condition=Q(status__in=LAW_STATUSES), name="payments_lawcorrection_status"),
            models.CheckConstraint(
                condition=Q(from_month__day=1, through_month__day=1, through_month__gte=F("from_month")),
                name="payments_lawcorrection_months",
            ),
            models.CheckConstraint(
                condition=Q(status=SHOWN) | (Q(decided_at__isnull=False) & ~Q(reason="")), name="payments_lawcorrection_decided"
            ),
            models.CheckConstraint(
                condition=Q(started_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(started_by=F("decided_by")),
                name="payments_lawcorrection_hands_apart",
            ),
        )


class Waiver(Located):
    """A recovery given up: đồng of one benefit-month that will not be asked back, by whom and why. Rows are added and never changed."""

    household_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    benefit = models.CharField(max_length=30)
    month = models.DateField()
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="payments_waiver_amount"),
            models.CheckConstraint(condition=Q(month__day=1), name="payments_waiver_month"),
        )
        indexes = (models.Index(fields=["household_id"], name="payments_waiver_household"),)
