"""Closed spells of facts, who raises whom, ids, documents, surveys, and the feed of changes."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from households.models.registry import Change, Household, Person, keep_history
from posasoft.core.models import Located, UUIDv7


class Days(Func):
    function = "daterange"
    output_field = DateRangeField()


@keep_history()
class FactSpell(Located):
    """A fact that held and no longer does: [since, until). The open spell is in the wide row, and starts at or after every end here."""

    subject = models.CharField(max_length=1, choices=(("h", "Hộ"), ("p", "Người")))
    subject_id = models.BigIntegerField()
    fact = models.CharField(max_length=20)
    value = models.JSONField(null=True)
    since = models.DateField(null=True)
    until = models.DateField()
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = (models.Index(fields=["subject", "subject_id"]), models.Index(fields=["until"]))
        constraints = (
            models.CheckConstraint(condition=Q(since__isnull=True) | Q(since__lt=F("until")), name="households_factspell_period"),
            ExclusionConstraint(
                name="households_factspell_no_overlap",
                expressions=[
                    ("subject", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    ("fact", RangeOperators.EQUAL),
                    (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        )


@keep_history()
class Raising(Located):
    """Who raises whom: alone in the sense of Article 5.4, or a child under 36 months of a disabled person (Article 20.2a)."""

    class Kind(models.TextChoices):
        ALONE = "alone", "Một mình nuôi con"
        UNDER_36 = "under_36", "Nuôi con dưới 36 tháng tuổi"

    kind = models.CharField(max_length=8, choices=Kind)
    adult = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="raises")
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="raised_by")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lt=F("until")), name="households_raising_period"
            ),
            models.CheckConstraint(condition=~Q(adult=F("child")), name="households_raising_not_oneself"),
            ExclusionConstraint(
                name="households_raising_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("adult", RangeOperators.EQUAL),
                    ("child", RangeOperators.EQUAL),
                    (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        )


@keep_history()
class NationalId(Located):
    """A typed, dated id, encrypted; searched by a keyed blind index. A mismatch with sex or birth is a warning, never a refusal."""

    class Kind(models.TextChoices):
        CCCD = "cccd", "Số định danh, CCCD"
        CMND = "cmnd", "CMND 9 số"
        BIRTH = "birth", "Số giấy khai sinh"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="national_ids")
    kind = models.CharField(max_length=5, choices=Kind)
    number_enc = models.BinaryField()
    number_index = models.BinaryField()
    tail = models.CharField(max_length=3)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = (models.Index(fields=["number_index"]),)


class Document(Located):
    """A paper that a fact or a decision rests on: certificate of disability, list, minutes, decision."""

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="documents")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=60, default="", blank=True)
    issued_on = models.DateField(null=True)
    issuer = models.CharField(max_length=120, default="", blank=True)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="documents")


class ExternalId(Located):
    """The name that another system gives to a person or household, in a period."""

    system = models.CharField(max_length=40)
    value = models.CharField(max_length=120)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="external_ids")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="external_ids")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["system", "value"], condition=Q(until__isnull=True), name="households_externalid_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, household__isnull=False) | Q(person__isnull=False, household__isnull=True),
                name="households_externalid_one_subject",
            ),
        )


class PovertySurvey(Located):
    """One survey of a household with every answer and the form's version, not only the two totals."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="surveys")
    form = models.CharField(max_length=40)
    surveyed_on = models.DateField()
    answers = models.JSONField()
    b1 = models.SmallIntegerField(null=True)
    b2 = models.SmallIntegerField(null=True)
    result = models.CharField(max_length=9)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="surveys")


class SearchToken(models.Model):
    """A word of a folded name at an area position: equality and ranges are leakproof, so row-level security keeps the index."""

    pk = models.CompositePrimaryKey("token", "area_pos", "person_id")
    token = models.CharField(max_length=40, db_collation="C")
    area_pos = models.BigIntegerField()
    person_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["person_id"]),)


class ChangeFeed(Located):
    """Households that a transaction touched, and the first day a rule could see a difference (null: nothing that a rule reads)."""

    household_id = models.BigIntegerField()
    xid = models.BigIntegerField()
    effective_from = models.DateField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["xid"]),)
