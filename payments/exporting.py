"""Open corrections of past months as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from payments.cause_words import CAUSES, said
from payments.queries import corrections
from posasoft.core.exports import Column, exporter
from posasoft.core.exports.registry import Params
from posasoft.core.months import format_month
from posasoft.core.scope import Scope

ROLES = frozenset({"commune_officer", "commune_chair", "cluster_officer", "province_officer"})


def _kind(params: Params) -> str | None:
    return str(params["cause"]) if params.get("cause") in CAUSES else None


@exporter("corrections", title=gettext_lazy("Truy lĩnh và thu hồi"), roles=ROLES)
class CorrectionsExporter:
    """Each benefit of a past month that comes out differently: before, after, difference and cause."""

    columns = (
        Column("household", gettext_lazy("Mã hộ")),
        Column("person", gettext_lazy("Người hưởng")),
        Column("benefit", gettext_lazy("Chế độ")),
        Column("month", gettext_lazy("Tháng")),
        Column("ordered", gettext_lazy("Đã chi"), kind="number"),
        Column("due", gettext_lazy("Phải chi"), kind="number"),
        Column("difference", gettext_lazy("Chênh lệch"), kind="number"),
        Column("cause", gettext_lazy("Nguyên nhân")),
        Column("changed_by", gettext_lazy("Người ghi thay đổi")),
        Column("changed_at", gettext_lazy("Ngày ghi thay đổi"), kind="date"),
    )

    def count(self, scope: Scope, params: Params) -> int:
        kind = _kind(params)
        return sum(group.rows for group in corrections.groups(scope) if kind in (None, group.kind))

    def rows(self, scope: Scope, params: Params, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        for row in corrections.all_rows(scope, kind=_kind(params)):
            cells = {
                "household": row.code, "person": row.person, "benefit": row.benefit, "month": format_month(row.month), "ordered": row.ordered,
                "due": row.due, "difference": row.difference, "cause": said(row.kind, row.law), "changed_by": row.changed_by,
                "changed_at": timezone.localdate(row.changed_at) if row.changed_at else None,
            }  # fmt: skip
            yield [cells[name] for name in columns]

    def describe(self, params: Params) -> list[tuple[str, str]]:
        kind = _kind(params)
        return [(gettext("Nguyên nhân"), said(kind, ""))] if kind else []
