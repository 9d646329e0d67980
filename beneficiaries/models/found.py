"""What the engine finds each month and people must look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from beneficiaries.statuses import FOUND_DISMISSED, FOUND_DONE, FOUND_GONE, FOUND_NEW, FOUND_OPENED
from households.models import Household, Person
from posasoft.core.models import Area, Located


class FoundKind(models.TextChoices):
    MISSING = "missing", "Đủ điều kiện, chưa hưởng"
    ENDED = "ended", "Đang hưởng, không còn đủ điều kiện"
    DIED = "died", "Đã chết, còn quyết định hưởng"
    COMING = "coming", "Sắp đủ điều kiện"
    LEAVING = "leaving", "Sắp hết điều kiện"
    LEVEL = "level", "Mức hưởng sắp đổi hoặc đã đổi"
    SUSPENDED = "suspended", "Đang tạm dừng"
    EXPIRED = "expired", "Quyết định sắp hết hoặc đã hết hạn"


class Found(Located):
    """A person (or a household) and a benefit that somebody must look at; one row however many months the engine finds it again.

    ``month`` is the month from which it matters (the month in which somebody ages out, say), ``seen_month`` the last month looked at.
    ``mark`` tells the facts it stands on: a dismissed finding stays dismissed until the mark differs.
    """

    kind = models.CharField(max_length=9, choices=FoundKind)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="found")
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    benefit = models.CharField(max_length=30)
    month = models.DateField()
    seen_month = models.DateField()
    amount = models.BigIntegerField(null=True)
    amount_after = models.BigIntegerField(null=True)
    decision_id = models.BigIntegerField(null=True)
    article = models.CharField(max_length=200, default="", blank=True)
    mark = models.CharField(max_length=64)
    state = models.CharField(max_length=9, default=FOUND_NEW)
    reason = models.CharField(max_length=500, default="", blank=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    document_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "household", "person", "benefit"], name="beneficiaries_found_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(kind__in=FoundKind.values), name="beneficiaries_found_kind"),
            models.CheckConstraint(
                condition=Q(state__in=[FOUND_NEW, FOUND_OPENED, FOUND_DISMISSED, FOUND_DONE, FOUND_GONE]),
                name="beneficiaries_found_state",
            ),
            models.CheckConstraint(condition=~Q(state=FOUND_DISMISSED) | ~Q(reason=""), name="beneficiaries_found_dismissed_why"),
        )
        indexes = (
            models.Index(
                fields=["area_pos", "kind", "id"], condition=Q(state__in=[FOUND_NEW, FOUND_OPENED]), name="beneficiaries_found_open"
            ),
            models.Index(fields=["province_no", "seen_month"], name="beneficiaries_found_seen"),
        )
