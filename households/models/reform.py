"""Mass changes of areas: which unit became what, done as one operation that can be taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models.registry import Household
from posasoft.core.models import Area, AreaSuccession, Located, UUIDv7


class AreaReform(models.Model):
    """A merger, a split, renames: a table old → new with a day and the document that orders it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        RUNNING = "running", "Đang thực hiện"
        DONE = "done", "Đã thực hiện"
        UNDOING = "undoing", "Đang hoàn tác"
        UNDONE = "undone", "Đã hoàn tác"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    title = models.CharField(max_length=200)
    document = models.CharField(max_length=200)
    effective = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    job_id = models.BigIntegerField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["draft", "running", "done", "undoing", "undone"]), name="households_areareform_status"
            ),
        )

    def __str__(self) -> str:
        return self.title


class AreaReformPair(models.Model):
    """One line of the table: an old commune and a new one. A split commune has several lines; one is the default."""

    reform = models.ForeignKey(AreaReform, on_delete=models.CASCADE, related_name="pairs")
    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    part = models.CharField(max_length=8, choices=AreaSuccession.Part)
    is_default = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["reform", "from_area", "code"], name="households_areareformpair_once"),)


class AreaReformStep(models.Model):
    """Units that hang together, changed in one transaction; `log` is what taking it back needs: positions, versions, roles, links."""

    reform = models.ForeignKey(AreaReform, on_delete=models.CASCADE, related_name="steps")
    number = models.IntegerField()
    log = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reform", "number"], name="households_areareformstep_once"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("done_at")), name="households_areareformstep_order"
            ),
        )


class UnplacedHousehold(Located):
    """A household of a split commune, in its default successor until somebody says where it belongs."""

    reform = models.ForeignKey(AreaReform, on_delete=models.CASCADE, related_name="unplaced")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    placed_in = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    placed_at = models.DateTimeField(null=True)
    was_pos = models.BigIntegerField(null=True)
    placed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["reform", "household"], name="households_unplaced_once"),)
        indexes = (models.Index(fields=["area_pos"], condition=Q(placed_at__isnull=True), name="households_unplaced_open"),)
