"""Proposed rules of the calendar, and the files of released lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models import Located


class CycleProposal(models.Model):
    """A rule of the calendar as somebody proposes it, with the reason; a second person confirms it, and only then it is a CycleRule.

    Fields as in CycleRule. A province (null: the country) has one open proposal at a time.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Chờ xác nhận"
        CONFIRMED = "confirmed", "Đã xác nhận"
        REFUSED = "refused", "Không đồng ý"

    province_no = models.SmallIntegerField(null=True)
    since = models.DateField()
    cut_off_day = models.SmallIntegerField()
    list_by_day = models.SmallIntegerField()
    pay_from_day = models.SmallIntegerField()
    pay_to_day = models.SmallIntegerField()
    report_by_day = models.SmallIntegerField()
    recovery_share_percent = models.SmallIntegerField()
    second_approval_above = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["province_no"], condition=Q(outcome="waiting"), nulls_distinct=False, name="payments_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_by__isnull=True) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="payments_proposal_two_people",
            ),
            models.CheckConstraint(condition=Q(since__day=1) & ~Q(reason=""), name="payments_proposal_complete"),
        )


class ListFile(Located):
    """A released list as the file that is signed: kept in the vault under its SHA-256, made once, never changed."""

    pay_list = models.ForeignKey("payments.PaymentList", on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=4)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["pay_list", "format"], name="payments_listfile_once"),
            models.CheckConstraint(condition=Q(format__in=("pdf", "xlsx")), name="payments_listfile_format"),
        )
