"""Decisions: who was granted what by whom, from which month."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models import Change, Household, Person
from households.models.registry import keep_history
from posasoft.core.models import Located


@keep_history()
class Decision(Located):
    """A benefit that needs a decision is due only within an active one.

    ``from_month`` is the first month paid, by the month rule in force at signature (Article 8 of 20/2021; Article 5 of 147/2025; Article 8 of
    335/2026); ``until_month`` is exclusive. An inherited decision comes from a commune's list: its signature is unknown.
    """

    class Source(models.TextChoices):
        DECISION = "decision", "Quyết định"
        INHERITED = "inherited", "Theo danh sách đang hưởng"
        GENERATED = "generated", "Dữ liệu minh họa"

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    benefit = models.CharField(max_length=30)
    signed_on = models.DateField(null=True)
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    number = models.CharField(max_length=60, default="", blank=True)
    source = models.CharField(max_length=10, choices=Source)
    listed_amount = models.BigIntegerField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until_month__isnull=True) | Q(until_month__gte=F("from_month")), name="beneficiaries_decision_period"
            ),
            models.CheckConstraint(
                condition=Q(source="inherited") | Q(signed_on__isnull=False), name="beneficiaries_decision_signed_unless_inherited"
            ),
            models.UniqueConstraint(
                fields=["person", "household", "benefit"],
                condition=Q(until_month__isnull=True),
                name="beneficiaries_decision_one_open",
                nulls_distinct=False,
            ),
        )
        indexes = (models.Index(fields=["household"]),)
