"""Workbooks that leave to be edited offline and come back: what was downloaded is kept, so that two changes of one cell are seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models.registry import Household, Person
from posasoft.core.models import Area, Located, UUIDv7


class Workbook(Located):
    """One download of a commune's (or village's) households. The file is made again from its rows, so every download of it is the same."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    layout = models.SmallIntegerField()
    reason = models.CharField(max_length=300, default="", blank=True)
    made_by_id = models.BigIntegerField(null=True)
    # A file with more than a thousand persons is handed out when a second person has agreed, as with every export.
    needs_second = models.BooleanField(default=False)
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    households = models.IntegerField(default=0)
    persons = models.IntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["area_pos", "-id"], name="households_workbook_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(agreed_by_id__isnull=True) | ~Q(agreed_by_id=F("made_by_id")), name="households_workbook_second_person"
            ),
        )


class WorkbookRow(Located):
    """A member as downloaded: `told` maps fields to the values of that moment, in the form in which lists are compared."""

    workbook = models.ForeignKey(Workbook, on_delete=models.CASCADE, related_name="rows")
    place = models.IntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+", db_index=False)
    heads = models.BooleanField(default=False)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workbook", "person"], name="households_workbookrow_once"),
            models.UniqueConstraint(fields=["workbook", "place"], name="households_workbookrow_place"),
        )
