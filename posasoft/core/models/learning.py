"""Practice spaces, pages already shown once, and hand-overs of a post."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models.areas import Area
from posasoft.core.models.located import Located, UUIDv7
from posasoft.core.models.users import RoleAssignment


class PracticeSpace(models.Model):
    """A user's own invented commune. ``number`` is its place above the country's positions; a fresh start takes a new number."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="practice_spaces")
    number = models.IntegerField(unique=True)
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user"], condition=Q(retired_at__isnull=True), name="core_practice_one_open"),)


class PageVisit(models.Model):
    """A page whose tour a user has taken or turned away: it is not offered again by itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="page_visits")
    page = models.CharField(max_length=60)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "page"], name="core_pagevisit_once"),)


class Handover(Located):
    """Who passed which post to whom, from which day, and what went along. ``moved`` is {kind of work: number}; no names of citizens."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        DONE = "done", "Đã bàn giao"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="handovers")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts_given")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts_taken")
    effective_on = models.DateField()
    status = models.CharField(max_length=5, choices=Status, default=Status.DRAFT)
    note = models.CharField(max_length=2000, default="", blank=True)
    moved = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="core_handover_to_another"),
            models.UniqueConstraint(fields=["assignment"], condition=Q(status="draft"), name="core_handover_one_draft"),
        )
        indexes = (models.Index(fields=["area_pos"]),)
