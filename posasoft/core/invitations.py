"""Links with which a person chooses the first password, or a new one after losing it: good once, for some days, and never past the second factor."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from posasoft.core import audit, sessions
from posasoft.core.models import Invitation, User
from posasoft.core.scope import Scope


def _hash(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()


@transaction.atomic
def invite(*, user: User, by: Scope) -> str:
    """The address (path) of a new link for a user; earlier links of the user are void. Shown once to the administrator, who hands it over."""
    Invitation.objects.filter(user=user, used_at__isnull=True).delete()
    link = secrets.token_urlsafe(32)
    expires = timezone.now() + datetime.timedelta(days=settings.INVITATION_DAYS)
    Invitation.objects.create(user=user, link_hash=_hash(link), made_by_id=by.user_id, expires_at=expires)
    audit.record(verb="invite", kind="core_user", object_id=user.pk, by=by)
    return reverse("portal:first_password", args=[link])


def open_invitation(link: str) -> Invitation | None:
    """The invitation of a link, if it is still good."""
    good = Invitation.objects.filter(link_hash=_hash(link), used_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)
    return good.select_related("user").first()


@transaction.atomic
def accept(*, link: str, password: str) -> User | None:
    """Set the password that the holder of a link chose, and end the user's sessions; None when the link is no longer good.

    The user is not signed in: the sign-in page asks for the new password and, of whoever has one, for the second factor.
    """
    found = open_invitation(link)
    invitation = Invitation.objects.select_for_update().filter(pk=found.pk, used_at__isnull=True).first() if found else None
    if invitation is None:
        return None
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    by = Scope("none", 0, 0, user_id=user.pk)
    sessions.end_all(user_id=user.pk, by=by)
    audit.record(verb="set_password", kind="core_user", object_id=user.pk, by=by)
    return user
