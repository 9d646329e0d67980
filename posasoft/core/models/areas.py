"""Dated administrative areas, their successions, clusters and difficulty classes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from posasoft.core.verbs import LABELS


class Level(models.TextChoices):
    PROVINCE = "province", "Tỉnh, thành phố"
    DISTRICT = "district", "Huyện, quận (đến 30/06/2025)"
    CLUSTER = "cluster", "Cụm xã"
    COMMUNE = "commune", "Xã, phường, đặc khu"
    VILLAGE = "village", "Thôn, bản, tổ dân phố"


class Area(models.Model):
    """One version of an area: a code names a unit only together with a day (00721 was a town, then a merger of five communes).

    ``position``/``position_end`` is the half-open range of the tree that the area covers now; only areas in force have one.
    """

    level = models.CharField(max_length=8, choices=Level)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, db_collation="C", default="")
    kind = models.CharField(max_length=30)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    province_no = models.SmallIntegerField(null=True)
    position = models.BigIntegerField(null=True)
    position_end = models.BigIntegerField(null=True)

    class Meta:
        permissions = tuple((verb.codename, label[:100]) for verb, label in LABELS.items())
        constraints = (
            models.UniqueConstraint(fields=["level", "code", "valid_from"], name="core_area_version", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")), name="core_area_period"
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True, position_end__isnull=True) | Q(position__lt=F("position_end")), name="core_area_range"
            ),
        )
        indexes = (models.Index(fields=["position"]), models.Index(fields=["code"]), models.Index(fields=["name_key"]))

    def __str__(self) -> str:
        return self.name


class AreaSuccession(models.Model):
    """Who became what: an old unit may pass whole to one new unit, or in parts to several; one is the default to propose."""

    class Part(models.TextChoices):
        WHOLE = "whole", "toàn bộ"
        PARTIAL = "partial", "một phần"

    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="successions")
    to_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="predecessions")
    effective = models.DateField()
    part = models.CharField(max_length=8, choices=Part)
    is_default = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["from_area", "to_area", "effective"], name="core_succession_once"),
            models.UniqueConstraint(fields=["from_area", "effective"], condition=Q(is_default=True), name="core_succession_one_default"),
        )


class ClusterMembership(models.Model):
    """Which communes a cluster groups, from and to a day: what stands in for the district after 2025-07-01."""

    cluster = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="cluster_members")
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="cluster_memberships")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["commune"], condition=Q(until__isnull=True), name="core_cluster_one_open"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="core_cluster_period"),
        )


class AreaClass(models.Model):
    """Difficulty class of a commune or village (the law's *xã, thôn đặc biệt khó khăn*), dated; no official list is at hand."""

    class Difficulty(models.TextChoices):
        DIFFICULT = "difficult", "Khó khăn"
        EXTREMELY_DIFFICULT = "extremely_difficult", "Đặc biệt khó khăn"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="classes")
    difficulty = models.CharField(max_length=20, choices=Difficulty)
    since = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["area"], condition=Q(until__isnull=True), name="core_areaclass_one_open"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="core_areaclass_period"),
        )
