"""Households and persons: the open spell of every fact in one wide row."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS
from posasoft.core.models import Area, Located, UUIDv7


def keep_history() -> Any:
    """Store old versions on update and delete, by statement; an insert is traced by its change, and a row trigger costs twice as much."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
        obj_field=None,
    )


class Poverty(models.TextChoices):
    POOR = "poor", "Hộ nghèo"
    NEAR_POOR = "near_poor", "Hộ cận nghèo"
    NONE = "none", "Không nghèo"


class ResidenceKind(models.TextChoices):
    RURAL = "rural", "Nông thôn"
    URBAN = "urban", "Thành thị"


class Sex(models.TextChoices):
    MALE = "male", "Nam"
    FEMALE = "female", "Nữ"


class Precision(models.TextChoices):
    DAY = "day", "ngày"
    MONTH = "month", "tháng"
    YEAR = "year", "năm"


class Relation(models.TextChoices):
    HEAD = "head", "Chủ hộ"
    SPOUSE = "spouse", "Vợ, chồng"
    CHILD = "child", "Con"
    PARENT = "parent", "Cha, mẹ"
    OTHER = "other", "Khác"


class DisabilityDegree(models.TextChoices):
    MILD = "mild", "Nhẹ"
    SEVERE = "severe", "Nặng"
    EXTREMELY_SEVERE = "extremely_severe", "Đặc biệt nặng"


class DisabilityType(models.TextChoices):
    MOBILITY = "mobility", "Vận động"
    HEARING_SPEECH = "hearing_speech", "Nghe, nói"
    SIGHT = "sight", "Nhìn"
    MENTAL = "mental", "Thần kinh, tâm thần"
    INTELLECTUAL = "intellectual", "Trí tuệ"
    OTHER = "other", "Khác"


class Studying(models.TextChoices):
    NURSERY = "nursery", "Nhà trẻ"
    PRESCHOOL = "preschool", "Mẫu giáo"
    PRIMARY = "primary", "Tiểu học"
    LOWER_SECONDARY = "lower_secondary", "Trung học cơ sở"
    UPPER_SECONDARY = "upper_secondary", "Trung học phổ thông"
    VOCATIONAL = "vocational", "Học nghề, trung cấp"
    COLLEGE = "college", "Cao đẳng"
    UNIVERSITY = "university", "Đại học"


class FosteredBy(models.TextChoices):
    OWN = "own", "Hộ gia đình mình"
    OUTSIDE = "outside", "Hộ, cá nhân nhận chăm sóc"


class Change(Located):
    """What brought a value: source, person, document. Undo and provenance start here."""

    class Kind(models.TextChoices):
        REQUEST = "request", "Yêu cầu thay đổi"
        IMPORT = "import", "Nhập danh sách"
        DECISION = "decision", "Quyết định"
        CORRECTION = "correction", "Đính chính"
        GENERATED = "generated", "Dữ liệu minh họa"

    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=300, default="", blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    made_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    undone_at = models.DateTimeField(null=True)


def _facts_since(facts: tuple[str, ...]) -> models.GeneratedField:
    """Greatest since of a row: nothing that a rule reads changed after this day, so a month after it needs no history."""
    return models.GeneratedField(expression=Greatest(*facts), output_field=models.DateField(null=True), db_persist=True, null=True)


_CURRENT_HOUSEHOLD = Q(ended_on__isnull=True, canonical__isnull=True)
_LIVING_PERSON = Q(died_on__isnull=True, canonical__isnull=True)


@keep_history()
class Household(Located):
    """One record per family in the country; programmes link to it and never copy it."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    code = models.CharField(max_length=24, db_collation="C", unique=True)
    canonical = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    address = models.CharField(max_length=200, default="", blank=True)
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    difficulty = models.CharField(max_length=20, null=True)  # noqa: DJ001 - null means: no class, as in the law's own lists
    residence_kind = models.CharField(max_length=5, choices=ResidenceKind)
    residence_since = models.DateField(null=True)
    poverty = models.CharField(max_length=9, choices=Poverty, default=Poverty.NONE)
    b1 = models.SmallIntegerField(null=True)
    b2 = models.SmallIntegerField(null=True)
    poverty_since = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)
    fact_changes = models.JSONField(null=True)
    facts_since = _facts_since((*(fact.since for fact in HOUSEHOLD_FACTS), "ended_on"))

    class Meta:
        indexes = (
            models.Index(fields=["area_pos", "id"]),
            # Lists of a province or of the country: by class, by difficulty, in the order of the tree.
            models.Index(fields=["poverty", "area_pos", "id"], condition=_CURRENT_HOUSEHOLD, name="households_list_class"),
            models.Index(
                fields=["difficulty", "area_pos", "id"],
                condition=_CURRENT_HOUSEHOLD & Q(difficulty__isnull=False),
                name="households_list_difficulty",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(poverty__in=Poverty.values), name="households_household_poverty"),
            models.CheckConstraint(condition=Q(residence_kind__in=ResidenceKind.values), name="households_household_residence"),
            models.CheckConstraint(condition=~Q(canonical=F("id")), name="households_household_not_itself"),
        )

    def __str__(self) -> str:
        return self.code


@keep_history()
class Person(Located):
    """One record per person. An open value with no since has held for ever; null or false with no since was never stated."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    canonical = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    full_name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, db_collation="C")
    name_sort = models.CharField(max_length=240, db_collation="C")
    sex = models.CharField(max_length=6, choices=Sex, null=True)  # noqa: DJ001 - unknown is not a third sex
    born = models.DateField(null=True)
    born_precision = models.CharField(max_length=5, choices=Precision, default=Precision.DAY)
    died_on = models.DateField(null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    relation = models.CharField(max_length=6, choices=Relation, null=True)  # noqa: DJ001 - null means: not stated
    household_since = models.DateField(null=True)
    ethnicity = models.CharField(max_length=2, null=True)  # noqa: DJ001 - null means: not stated
    ethnicity_since = models.DateField(null=True)
    disability_degree = models.CharField(max_length=16, choices=DisabilityDegree, null=True)  # noqa: DJ001 - null means: none known
    disability_type = models.CharField(max_length=14, choices=DisabilityType, null=True)  # noqa: DJ001 - null means: not stated
    disability_certified_on = models.DateField(null=True)
    disability_since = models.DateField(null=True)
    no_parental_care = models.CharField(max_length=2, null=True)  # noqa: DJ001 - null means: none of the eleven situations
    no_parental_care_since = models.DateField(null=True)
    was_in_5_1 = models.BooleanField(default=False)
    was_in_5_1_since = models.DateField(null=True)
    studying = models.CharField(max_length=15, choices=Studying, null=True)  # noqa: DJ001 - null means: does not study
    studying_since = models.DateField(null=True)
    hiv = models.BooleanField(default=False)
    hiv_since = models.DateField(null=True)
    no_supporter = models.BooleanField(default=False)
    no_supporter_since = models.DateField(null=True)
    facility_eligible = models.BooleanField(default=False)
    facility_eligible_since = models.DateField(null=True)
    pension = models.BigIntegerField(default=0)
    pension_since = models.DateField(null=True)
    other_income = models.BooleanField(default=False)
    other_income_since = models.DateField(null=True)
    pregnant = models.BooleanField(default=False)
    pregnant_since = models.DateField(null=True)
    fostered_by = models.CharField(max_length=7, choices=FosteredBy, null=True)  # noqa: DJ001 - null means: nobody receives care support
    fostered_by_since = models.DateField(null=True)
    boards_at_school = models.BooleanField(default=False)
    boards_at_school_since = models.DateField(null=True)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", db_index=False)
    fact_changes = models.JSONField(null=True)
    facts_since = _facts_since((*(fact.since for fact in PERSON_FACTS), "died_on", "disability_certified_on"))

    class Meta:
        indexes = (
            models.Index(fields=["area_pos", "name_sort"]),
            models.Index(fields=["born"], name="households_list_born"),
            # The majority's code is no help to anybody who looks for somebody.
            models.Index(
                fields=["ethnicity", "area_pos", "name_sort"],
                condition=_LIVING_PERSON & Q(ethnicity__gt="01"),
                name="households_list_ethnic",
            ),
            models.Index(
                fields=["disability_degree", "area_pos", "name_sort"],
                condition=_LIVING_PERSON & Q(disability_degree__isnull=False),
                name="households_list_degree",
            ),
            models.Index(
                fields=["disability_type", "area_pos", "name_sort"],
                condition=_LIVING_PERSON & Q(disability_type__isnull=False),
                name="households_list_disability",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(sex__isnull=True) | Q(sex__in=Sex.values), name="households_person_sex"),
            models.CheckConstraint(
                condition=Q(disability_degree__isnull=True) | Q(disability_degree__in=DisabilityDegree.values),
                name="households_person_degree",
            ),
            models.CheckConstraint(condition=Q(studying__isnull=True) | Q(studying__in=Studying.values), name="households_person_studying"),
            models.CheckConstraint(
                condition=Q(no_parental_care__isnull=True)
                | Q(no_parental_care__in=["a", "b", "c", "d", "dd", "e", "g", "h", "i", "k", "l"]),
                name="households_person_situation",
            ),
            models.CheckConstraint(condition=Q(pension__gte=0), name="households_person_pension"),
            models.CheckConstraint(condition=~Q(canonical=F("id")), name="households_person_not_itself"),
        )

    def __str__(self) -> str:
        return self.full_name
