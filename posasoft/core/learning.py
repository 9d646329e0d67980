"""What a user has been shown once."""

from __future__ import annotations

from django.db import transaction

from posasoft.core.models import PageVisit
from posasoft.core.scope import Scope


def tour_is_new(page: str, user_id: int) -> bool:
    """Whether the tour of a page has neither been taken nor turned away by this user."""
    return not PageVisit.objects.filter(user_id=user_id, page=page).exists()


@transaction.atomic
def note_tour(*, page: str, by: Scope) -> None:
    """The user has taken the tour of a page or turned it away; a second time changes nothing. Without a user nothing is kept."""
    if by.user_id is not None:
        PageVisit.objects.bulk_create([PageVisit(user_id=by.user_id, page=page)], ignore_conflicts=True)
