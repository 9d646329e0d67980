"""The latest proof of each province's books, in the acting role's range."""

from __future__ import annotations

from dataclasses import dataclass

from payments.models import LedgerCheck
from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope


@dataclass(frozen=True)
class ProvedProvince:
    """A province and the last proof of its books (None: never proved)."""

    province: Area
    check: LedgerCheck | None


def latest(scope: Scope) -> list[ProvedProvince]:
    """Every province of the role's range in the order of the tree, in two queries."""
    provinces = Area.objects.filter(level=Level.PROVINCE, valid_to=None, position__gte=scope.lo, position_end__lte=scope.hi).order_by(
        "position"
    )
    checks = {
        row.province_no: row for row in in_scope(LedgerCheck.objects.all(), scope).order_by("province_no", "-pk").distinct("province_no")
    }
    return [ProvedProvince(area, checks.get(area.province_no or 0)) for area in provinces]
