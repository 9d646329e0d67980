"""How an officer likes a list: named views of filters and columns, own and shared, and the columns without a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from posasoft.core.models.areas import Area
from posasoft.core.models.located import UUIDv7


class SavedView(models.Model):
    """A list with its filters, sort and columns under a name.

    ``query`` is the list's query string; words of a name are kept apart in ``words``, for they may not stand in an address.
    A shared view is offered to whoever acts in the same role on the same area.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=600, default="", blank=True)
    words = models.CharField(max_length=120, default="", blank=True)
    columns = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    role = models.CharField(max_length=20)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "page", "name"], name="core_savedview_name_once"),)
        indexes = (models.Index(fields=["page", "role", "area"], name="core_savedview_shared"),)

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """The columns of a list as one user last chose them, and the view that the list opens with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="list_preferences")
    page = models.CharField(max_length=20)
    columns = models.JSONField(default=list)
    default_view = models.ForeignKey(SavedView, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "page"], name="core_listpreference_once"),)
