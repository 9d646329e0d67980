"""Entitlement lines and family packages as spans of months, and the monthly run that writes them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries.statuses import DONE, FAILED, QUEUED, RUNNING
from households.models import Household, Person
from posasoft.core.models import Located


class Run(models.Model):
    """One computation of a month, or of past months again. The latest run of a month stands until its lists are released."""

    class Kind(models.TextChoices):
        MONTH = "month", "Tính tháng"
        RECALCULATION = "recalc", "Tính lại"

    kind = models.CharField(max_length=6, choices=Kind, default=Kind.MONTH)
    month = models.DateField()
    law_version = models.CharField(max_length=64)
    job_id = models.BigIntegerField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    class Meta:
        constraints = (
            # Two clicks, two tabs, two deliveries: the second finds the first.
            models.UniqueConstraint(
                fields=["month"], condition=Q(finished_at__isnull=True, kind="month"), name="beneficiaries_run_one_open_per_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="beneficiaries_run_month"),
        )


class RunShard(models.Model):
    """One province of a run, claimed with SKIP LOCKED; only the worker that holds the latest fence may write its result."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shards")
    province_no = models.SmallIntegerField()
    status = models.CharField(max_length=10, default=QUEUED)
    fence = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    households = models.IntegerField(default=0)
    persons = models.IntegerField(default=0)
    lines = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    opened = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)
    error_id = models.CharField(max_length=36, default="", blank=True)
    feed_read = models.TextField(default="", blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "province_no"], name="beneficiaries_shard_once"),
            models.CheckConstraint(condition=Q(status__in=[QUEUED, RUNNING, DONE, FAILED, "cancelled"]), name="beneficiaries_shard_status"),
        )


class Entitlement(Located):
    """Due to a person (or a household) for a benefit, from a month on: a span that changes only when something changes.

    ``amount`` is đồng per month (one-off benefits have a span of one month). A span proved wrong later is superseded, never removed, once
    a list was released on it.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    household = models.ForeignKey(Household, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    benefit = models.CharField(max_length=30)
    coefficient = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    amount = models.BigIntegerField()
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    law_version = models.CharField(max_length=64)
    decision_id = models.BigIntegerField(null=True)
    facts = models.JSONField(null=True)
    run_id = models.BigIntegerField()
    superseded_by_run = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="beneficiaries_entitlement_amount"),
            models.CheckConstraint(
                condition=Q(until_month__isnull=True) | Q(until_month__gt=F("from_month")), name="beneficiaries_entitlement_period"
            ),
            models.UniqueConstraint(
                fields=["household", "person", "benefit", "from_month"],
                condition=Q(superseded_by_run__isnull=True),
                name="beneficiaries_entitlement_once",
                nulls_distinct=False,
            ),
        )
        indexes = (models.Index(fields=["province_no", "until_month"]),)


class Package(Located):
    """The family package: the sum of a household's lines with its payee, as a span of months."""

    household = models.ForeignKey(Household, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    payee = models.ForeignKey(Person, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    amount = models.BigIntegerField()
    lines = models.SmallIntegerField()
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    run_id = models.BigIntegerField()
    superseded_by_run = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["household", "from_month"],
                condition=Q(superseded_by_run__isnull=True),
                name="beneficiaries_package_once",
            ),
        )
        indexes = (models.Index(fields=["province_no", "until_month"]),)


class Reopened(Located):
    """A household whose past months a run computed again: from which month on, and what was corrected. Payments look here for differences."""

    run_id = models.BigIntegerField()
    household_id = models.BigIntegerField()
    from_month = models.DateField()
    cause = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run_id", "household_id"], name="beneficiaries_reopened_once"),)
        indexes = (models.Index(fields=["household_id"]),)
