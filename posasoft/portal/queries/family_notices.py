"""Notices to families within the scope: how many stand where, the latest, and the villages whose letters wait."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from payments.models import Medium, Notice, NoticeState
from posasoft.core.models import Area
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

MOST = 50
REPRINT_DAYS = 30
# One file is made while its reader waits.
MOST_LETTERS = 500


@dataclass(frozen=True)
class Pile:
    """Letters of a village (``place`` its position, 0: of a commune's people without a village) that wait, or were printed lately."""

    commune: Area
    village: str
    place: int
    waiting: int
    printed: int


def counts(scope: Scope) -> list[tuple[str, str, int]]:
    """(state, its name, notices) of those that there are."""
    found = dict(in_scope(Notice.objects.all(), scope).values_list("state").annotate(n=Count("pk")))
    return [(state, str(NoticeState(state).label), found[state]) for state in NoticeState.values if state in found]


def latest(scope: Scope, state: str, after: str) -> tuple[list[Notice], str]:
    """A page of notices, the latest first, and where the next begins ("" at the end)."""
    rows = in_scope(Notice.objects.all(), scope).select_related("household__village", "household__commune").order_by("-pk")
    if state in NoticeState.values:
        rows = rows.filter(state=state)
    if (before := whole(after)) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: MOST + 1])
    return page[:MOST], str(page[MOST - 1].pk) if len(page) > MOST else ""


def piles(scope: Scope, today: datetime.date) -> list[Pile]:
    """Villages with letters, in the order of the tree."""
    lately = Q(state=NoticeState.PRINTED, done_at__date__gt=today - datetime.timedelta(days=REPRINT_DAYS))
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
    if again:
        rows = rows.filter(state=NoticeState.PRINTED, done_at__date__gt=today - datetime.timedelta(days=REPRINT_DAYS))
    else:
        rows = rows.filter(state=NoticeState.QUEUED)
    return list(rows.select_related("template").order_by("household_id", "pk")[:MOST_LETTERS])
