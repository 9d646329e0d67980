"""Who pays the lists of a commune and channel in a month."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from payments.models import ServiceArea


def in_month(month: datetime.date) -> QuerySet[ServiceArea]:
    """What holds in a month, with agencies and points."""
    held = ServiceArea.objects.filter(Q(until__isnull=True) | Q(until__gt=month), since__lte=month)
    return held.select_related("agency", "service_point", "commune")


def payer_of(commune_id: int, channel: str, month: datetime.date) -> ServiceArea | None:
    """Who pays a commune's lists of a channel; None when nobody was named."""
    return in_month(month).filter(commune_id=commune_id, channel=channel).first()
