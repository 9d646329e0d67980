"""What somebody declares of a household and nobody has answered for yet, beside what the registry accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from households.change_kinds import DIAGNOSES, KINDS
from households.models import ChangeRequest, Household, ImportRow
from households.statuses import OPEN
from posasoft.portal.queries import imports

MOST = 50


@dataclass(frozen=True)
class Declared:
    """One value of a waiting list: about whom, which field, what the registry has, what is declared, and in which list."""

    row: ImportRow
    name: str
    accepted: str
    declared: str


@dataclass(frozen=True)
class Request:
    """An open change request with its kind in words."""

    request: ChangeRequest
    label: str


def declared(of: Household) -> list[Declared]:
    """Differences of lists that wait for an answer, in one query."""
    waiting = ImportRow.objects.filter(household=of, decision="pending", batch__status__in=["staged", "accepted"]).exclude(diff={})
    found = []
    for row in waiting.select_related("batch").order_by("-batch_id", "pk")[:MOST]:
        for name, (old, new) in row.diff.items():
            label = str(imports.FIELDS.get(name, name))
            found.append(Declared(row, label, imports.words(name, old), imports.words(name, new)))
    return found


def open_requests(of: Household, people: Sequence[int], *, diagnoses: bool) -> list[Request]:
    """Open change requests about the household or somebody in it, the newest first; those that tell a diagnosis only for who may read it."""
    subject = Q(subjects__subject="h", subjects__subject_id=of.pk) | Q(subjects__subject="p", subjects__subject_id__in=people)
    about = Q(household=of) | Q(person__in=people) | subject
    found = ChangeRequest.objects.filter(about, status__in=sorted(OPEN)).select_related("person", "requested_by").distinct()
    if not diagnoses:
        found = found.exclude(kind__in=sorted(DIAGNOSES))
    return [
        Request(request, str(KINDS[request.kind].label) if request.kind in KINDS else request.kind)
        for request in found.order_by("-pk")[:MOST]
    ]
