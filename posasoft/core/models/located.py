"""Columns that every registry and money row carries."""

from __future__ import annotations

from django.db import models


class UUIDv7(models.Func):
    """PostgreSQL 18's time-ordered uuid: public ids that index well and say nothing about a person."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


class Located(models.Model):
    """The province shard a row belongs to now, and the tree position of its area.

    Row-level security, province runs and a later sharding read these two; only a move or a mass change of areas rewrites them.
    """

    province_no = models.SmallIntegerField()
    area_pos = models.BigIntegerField()

    class Meta:
        abstract = True
