"""The calendar of paying, budgets, and what happened to lists on their way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models import Located


class CycleRule(models.Model):
    """When a province pays and how far it goes by itself, from a month on; without a province it holds for the country.

    Days are those of a calendar month: cut-off, list and report in the month before the one paid, the days of payment in the month paid, the report
    of what was paid in the month paid. ``recovery_share_percent`` is of what a line would pay; ``second_approval_above`` is đồng of a list.
    """

    province_no = models.SmallIntegerField(null=True)
    since = models.DateField()
    cut_off_day = models.SmallIntegerField(default=15)
    list_by_day = models.SmallIntegerField(default=24)
    pay_from_day = models.SmallIntegerField(default=1)
    pay_to_day = models.SmallIntegerField(default=10)
    report_by_day = models.SmallIntegerField(default=19)
    recovery_share_percent = models.SmallIntegerField(default=50)
    second_approval_above = models.BigIntegerField(default=5_000_000_000)
    reason = models.CharField(max_length=500, default="", blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["province_no", "since"], nulls_distinct=False, name="payments_rule_once"),
            models.CheckConstraint(condition=Q(since__day=1), name="payments_rule_month"),
            models.CheckConstraint(
                condition=Q(cut_off_day__gte=1, list_by_day__gt=F("cut_off_day"), list_by_day__lte=24)
                & Q(pay_from_day__gte=1, pay_to_day__gte=F("pay_from_day"), report_by_day__gt=F("pay_to_day"), report_by_day__lte=19),
                name="payments_rule_days",
            ),
            models.CheckConstraint(
                condition=Q(recovery_share_percent__gte=0, recovery_share_percent__lte=100, second_approval_above__gte=0),
                name="payments_rule_money",
            ),
        )


class Cycle(models.Model):
    """The days of one month's payment in one province, as its rule and the public holidays gave them when the month was opened."""

    month = models.DateField()
    province_no = models.SmallIntegerField()
    cut_off_on = models.DateField()
    list_by = models.DateField()
    pay_from = models.DateField()
    pay_to = models.DateField()
    report_by = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "province_no"], name="payments_cycle_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="payments_cycle_month"),
        )


class Budget(models.Model):
    """Đồng that a province may spend on a programme in a calendar year, and from where they come."""

    province_no = models.SmallIntegerField()
    programme = models.CharField(max_length=30)
    year = models.SmallIntegerField()
    amount = models.BigIntegerField()
    source = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["province_no", "programme", "year"], name="payments_budget_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_budget_amount"),
        )


class ListStep(Located):
    """What somebody did with a list, in the order it was done; rows are added and never changed. ``by`` null is the system, with its reason.

    Besides the moves of the table: "read_anomalies", who opened the list of what strikes. A draft that is thrown away leaves its steps.
    """

    pay_list = models.ForeignKey("payments.PaymentList", on_delete=models.DO_NOTHING, db_constraint=False, related_name="steps")
    move = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, default="", blank=True)


class ListDrift(Located):
    """What the latest run of a month would write otherwise on a list that is in somebody's hands: đồng of a household's line, before and now."""

    pay_list = models.ForeignKey("payments.PaymentList", on_delete=models.CASCADE, related_name="drift")
    household_id = models.BigIntegerField()
    was = models.BigIntegerField()
    now = models.BigIntegerField()
    run_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["pay_list", "household_id"], name="payments_drift_once"),)


class Ordered(Located):
    """A benefit-month of an owner that a released list ordered: once, and once more for each correction.

    ``owner`` is the person (the one kept, where two were merged), or minus the household. ``round`` 0 is the first order of the month, n the nth
    after it. Partitioned by the month paid for; the table refuses the same round twice, whoever releases.
    """

    pk = models.CompositePrimaryKey("for_month", "owner", "benefit", "round")
    for_month = models.DateField()
    owner = models.BigIntegerField()
    benefit = models.CharField(max_length=30)
    round = models.SmallIntegerField()
    amount = models.BigIntegerField()
    list_id = models.BigIntegerField()
    household_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "payments_ordered"
