"""Notices to families within the scope: how many stand where, the latest, and the villages whose letters wait."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from payments.models import Medium, Notice, NoticeState
from posasoft.core.models import Area
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

MOST = 50
REPRINT_DAYS = 30
# One file is made while its reader waits.
MOST_LETTERS = 500
# Above it a figure says "more than": a province has a million notices a year.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Pile:
    """Letters of a village (``place`` its position, 0: of a commune's people without a village) that wait, or were printed lately."""

    commune: Area
    village: str
    place: int
    waiting: int
    printed: int


def counts(scope: Scope) -> list[tuple[str, str, int]]:
    """(state, its name, notices) of those that there are; MOST_COUNTED means: that many or more. A bounded count each."""
    rows = in_scope(Notice.objects.all(), scope)
    found = {state: rows.filter(state=state).values("pk")[:MOST_COUNTED].count() for state in NoticeState.values}
    return [(state, str(NoticeState(state).label), number) for state, number in found.items() if number]


def latest(scope: Scope, state: str, after: str) -> tuple[list[Notice], str]:
    """A page of notices, the latest first, and where the next begins ("" at the end)."""
    rows = in_scope(Notice.objects.all(), scope).select_related("household__village", "household__commune").order_by("-pk")
    if state in NoticeState.values:
        rows = rows.filter(state=state)
    if (before := whole(after)) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: MOST + 1])
    return page[:MOST], str(page[MOST - 1].pk) if len(page) > MOST else ""


def _lately(today: datetime.date) -> Q:
    """Letters printed in the last days, in the words of the index payments_notice_printed."""
    first = datetime.datetime.combine(today - datetime.timedelta(days=REPRINT_DAYS - 1), datetime.time(), timezone.get_current_timezone())
    return Q(medium=Medium.LETTER, state=NoticeState.PRINTED, done_at__gte=first)


def piles(scope: Scope, today: datetime.date) -> list[Pile]:
    """Villages with letters, in the order of the tree."""
    lately = _lately(today)
    rows = (
        in_scope(Notice.objects.filter(medium=Medium.LETTER), scope)
        .filter(Q(state=NoticeState.QUEUED) | lately)
        .values("household__commune", "village_pos")
        .annotate(waiting=Count("pk", filter=Q(state=NoticeState.QUEUED)), printed=Count("pk", filter=lately), place=Max("area_pos"))
        .order_by("place", "village_pos")[: 4 * MOST]
    )
    found = list(rows)
    communes = Area.objects.in_bulk([row["household__commune"] for row in found])
    villages = dict(
        Area.objects.filter(position__in=[row["village_pos"] for row in found if row["village_pos"]]).values_list("position", "name")
    )
    return [
        Pile(
            communes[row["household__commune"]],
            villages.get(row["village_pos"], ""),
            row["village_pos"] or 0,
            row["waiting"],
            row["printed"],
        )
        for row in found
    ]


def letters(scope: Scope, commune: Area, place: int, *, again: bool, today: datetime.date) -> list[Notice]:
    """The letters of a pile: those that wait, or (``again``) those printed lately; at most MOST_LETTERS, in the order of households."""
    rows = in_scope(Notice.objects.filter(medium=Medium.LETTER, household__commune=commune, village_pos=place or None), scope)
    rows = rows.filter(_lately(today)) if again else rows.filter(state=NoticeState.QUEUED)
    return list(rows.select_related("template").order_by("household_id", "pk")[:MOST_LETTERS])
