"""What a user may do only so often: look-ups of persons, wrong codes. Counted in the database, so that it holds when the broker is away."""

from __future__ import annotations

import datetime

from django.utils import timezone

from posasoft.core.models import Spending

KEPT = datetime.timedelta(hours=2)


def spent(*, user_id: int, kind: str, within: datetime.timedelta) -> int:
    """How often a user did something of a kind in the time before now."""
    return Spending.objects.filter(user_id=user_id, kind=kind, at__gt=timezone.now() - within).count()


def spend(*, user_id: int, kind: str) -> None:
    """Note one use."""
    Spending.objects.create(user_id=user_id, kind=kind, at=timezone.now())


def forgive(*, user_id: int, kind: str) -> None:
    """Forget the uses of a kind, as after a right code."""
    Spending.objects.filter(user_id=user_id, kind=kind).delete()


def purge() -> None:
    """Forget what no limit asks about any more."""
    Spending.objects.filter(at__lt=timezone.now() - KEPT).delete()
