"""Decisions as papers: the register, what waits for a signature, one paper with what it did."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from beneficiaries.models import DecisionDocument, PaperKind
from beneficiaries.statuses import PAPER_ANNULLED, PAPER_DRAFT, PAPER_PREPARED, PAPER_SIGNED
from posasoft.core.models import Area, AuditEvent, Role
from posasoft.core.scope import Scope
from posasoft.portal.queries.areas import shared_range
from posasoft.portal.queries.scoped import in_scope

PAGE = 50
# A paper that tells of HIV is for the commune alone.
NEAREST = frozenset({Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR})
NUMBERED = (PAPER_SIGNED, PAPER_ANNULLED)


@dataclass(frozen=True)
class Filters:
    """What the register is cut by; empty means all."""

    year: int | None = None
    kind: str = ""
    status: str = ""
    number: str = ""
    area: Area | None = None


@dataclass(frozen=True)
class RegisterPage:
    """Papers, the latest number first, and the key of the next page."""

    rows: list[DecisionDocument]
    after: str


def papers(scope: Scope) -> QuerySet[DecisionDocument]:
    """Every paper that the role may see."""
    found = in_scope(DecisionDocument.objects.select_related("commune", "person", "household"), scope)
    return found if scope.role in NEAREST else found.filter(confidential=False)


def one(scope: Scope, public_id: uuid.UUID) -> DecisionDocument | None:
    """A paper in scope."""
    found = papers(scope).select_related("commune__parent", "case", "annuls", "signed_by", "prepared_by")
    return found.filter(public_id=public_id).first()


def chosen(scope: Scope, ids: Sequence[str]) -> list[DecisionDocument]:
    """Papers in scope by public id, in the order given; what is no id or out of scope is left out."""
    wanted = [key for text in ids if (key := _uuid(text)) is not None]
    found = {paper.public_id: paper for paper in papers(scope).select_related("commune__parent", "case").filter(public_id__in=wanted)}
    return [found[key] for key in wanted if key in found]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def filters_of(query: Mapping[str, str], area: Area | None) -> Filters:
    """Filters of an address; what makes no sense is left out."""
    year = query.get("year", "")
    kind, status = query.get("kind", ""), query.get("status", "")
    return Filters(
        int(year) if year.isdecimal() and len(year) == 4 else None,
        kind if kind in PaperKind.values else "",
        status if status in (PAPER_DRAFT, PAPER_PREPARED, *NUMBERED) else "",
        query.get("q", "").strip()[:60],
        area,
    )


def registered(scope: Scope, filters: Filters) -> QuerySet[DecisionDocument]:
    """The register as filtered, without order."""
    found = papers(scope)
    if filters.area is not None:
        lo, hi = shared_range(scope, filters.area)
        found = found.filter(area_pos__gte=lo, area_pos__lt=hi)
    if filters.year:
        found = found.filter(Q(year=filters.year) | Q(year__isnull=True, prepared_at__year=filters.year))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.number:
        found = found.filter(_numbered(filters.number))
    return found


def _numbered(text: str) -> Q:
    """By number as written (5, 05, 05/QĐ-UBND); a prefix is a range of "C" text, which the index serves."""
    exact = Q(sequence=int(text)) if text.isdecimal() and len(text) < 9 else Q()
    written = Q(number__gte=text, number__lt=text + "\U0010ffff")
    return exact | written if exact else written


def page(scope: Scope, filters: Filters, after: str) -> RegisterPage:
    """Fifty papers, the newest first by the order in which they were made."""
    found = registered(scope, filters).order_by("-pk")
    if after.isdecimal():
        found = found.filter(pk__lt=int(after))
    rows = list(found[: PAGE + 1])
    return RegisterPage(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")


def numbered(scope: Scope, filters: Filters) -> QuerySet[DecisionDocument]:
    """Signed papers in the order of the bound register."""
    return registered(scope, filters).filter(status__in=NUMBERED).order_by("commune_id", "year", "sequence", "pk")


def waiting(scope: Scope) -> list[DecisionDocument]:
    """What waits for a signature, the oldest first."""
    return list(papers(scope).select_related("prepared_by").filter(status=PAPER_PREPARED).order_by("prepared_at", "pk")[:200])


def years(scope: Scope) -> list[int]:
    """Years with numbered papers, the latest first."""
    found = papers(scope).exclude(year=None).values_list("year", flat=True).distinct().order_by("-year")[:20]
    return [year for year in found if year is not None]


def history(paper: DecisionDocument) -> list[AuditEvent]:
    """Who did what to the paper, oldest first; looks left out."""
    events = AuditEvent.objects.filter(object_kind="decision_document", object_id=str(paper.public_id)).exclude(verb__in=("read", "print"))
    return list(events.order_by("at")[:100])
