"""What a user changes of the own account. Whoever may do it for others goes through an invitation."""

from __future__ import annotations

from django.db import transaction

from posasoft.core import audit, sessions
from posasoft.core.models import User
from posasoft.core.scope import Scope


@transaction.atomic
def change_password(*, user: User, password: str, by: Scope, keep: str | None) -> None:
    """Set a user's own new password and end the sessions but the one with the key ``keep``."""
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user_id=user.pk, by=by, keep=keep)
    audit.record(verb="set_password", kind="core_user", object_id=user.pk, by=by)


@transaction.atomic
def change_email(*, user: User, email: str, by: Scope) -> None:
    """Set a user's own e-mail address; empty for none."""
    user.email = email
    user.save(update_fields=["email"])
    audit.record(verb="change_email", kind="core_user", object_id=user.pk, by=by)
