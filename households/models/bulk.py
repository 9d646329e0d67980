"""One change for many households or persons at once, and the words of addresses."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models.registry import Change
from posasoft.core.models import Located, UUIDv7


class BulkChange(Located):
    """One value of one fact for many subjects from one day on: prepared, looked at, applied, perhaps undone.

    ``province_no`` and ``area_pos`` are the place of the first row: a bulk change stays inside one commune.
    """

    class Status(models.TextChoices):
        PREPARED = "prepared", "Chờ xác nhận"
        ASKED = "asked", "Chờ duyệt"
        REFUSED = "refused", "Không được duyệt"
        RUNNING = "running", "Đang ghi"
        DONE = "done", "Đã ghi"
        UNDONE = "undone", "Đã hoàn tác"
        DROPPED = "dropped", "Đã bỏ"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    subject = models.CharField(max_length=1, choices=(("h", "Hộ"), ("p", "Người")))
    fact = models.CharField(max_length=20)
    value = models.JSONField(default=dict)
    since = models.DateField()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREPARED)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    job_id = models.BigIntegerField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    decided_by_id = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["area_pos", "-id"], name="households_bulk_area"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["prepared", "dropped", "asked", "refused"]) | Q(change__isnull=False), name="households_bulk_cause"
            ),
            # Who asks does not approve.
            models.CheckConstraint(condition=~Q(decided_by_id=F("made_by_id")), name="households_bulk_two_people"),
        )


class BulkRow(Located):
    """A household or person of a bulk change: what its fact was before, and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "Sẽ đổi"
        LEFT_OUT = "left_out", "Không đổi"
        DONE = "done", "Đã đổi"
        FAILED = "failed", "Không ghi được"
        UNDONE = "undone", "Đã hoàn tác"
        KEPT = "kept", "Không hoàn tác"

    bulk = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows", db_index=False)
    subject_id = models.BigIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    why = models.CharField(max_length=12, default="", blank=True)
    before = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["bulk", "subject_id"], name="households_bulkrow_once"),)


class AddressToken(models.Model):
    """A word of a household's folded address at an area position; written by triggers, searched like words of names."""

    pk = models.CompositePrimaryKey("token", "area_pos", "household_id")
    token = models.CharField(max_length=40, db_collation="C")
    area_pos = models.BigIntegerField()
    household_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["household_id"], name="households_address_of"),)
