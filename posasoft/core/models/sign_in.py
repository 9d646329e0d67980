"""Sessions at work, invitations to choose a password, and what of a limited good a user has spent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Now


class UserSession(AbstractBaseSession):
    """A session. The row is the session itself, so that removing it ends the session at once.

    ``digest`` names the session in pages; the key itself is a secret of the browser.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=32)
    device = models.CharField(max_length=120, default="", blank=True)
    address = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects: ClassVar[BaseSessionManager[Any]] = BaseSessionManager()

    class Meta:
        indexes = (models.Index(fields=["user", "-last_seen_at"], name="core_session_of_user"),)


class Invitation(models.Model):
    """A link, good once and for some days, with which a person chooses the first or a new password. Only the link's hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations")
    link_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Spending(models.Model):
    """One use of something that is limited per user and time: a look-up, a wrong code."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["user", "kind", "at"], name="core_spending_recent"),)
