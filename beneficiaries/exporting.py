"""The register of decisions as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy

from beneficiaries.models import DecisionDocument, PaperKind
from beneficiaries.statuses import PAPER_ANNULLED, PAPER_SIGNED
from posasoft.core.exports import Column, exporter
from posasoft.core.exports.registry import Params
from posasoft.core.models import Area
from posasoft.core.scope import Scope

NEAREST = ("commune_officer", "commune_chair")


@exporter("decisions", title=gettext_lazy("Sổ quyết định"))
class DecisionsExporter:
    """Signed papers in the order of the bound register."""

    columns = (
        Column("number", gettext_lazy("Số")),
        Column("signed_on", gettext_lazy("Ngày ký"), kind="date"),
        Column("kind", gettext_lazy("Loại")),
        Column("subject", gettext_lazy("Trích yếu")),
        Column("person", gettext_lazy("Người, hộ")),
        Column("household", gettext_lazy("Mã hộ")),
        Column("commune", gettext_lazy("Xã")),
        Column("amount", gettext_lazy("Mỗi tháng"), kind="number"),
        Column("signer", gettext_lazy("Người ký")),
        Column("status", gettext_lazy("Tình trạng")),
    )

    def count(self, scope: Scope, params: Params) -> int:
        return self._found(scope, params).count()

    def rows(self, scope: Scope, params: Params, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        for paper in self._found(scope, params).iterator(chunk_size=1000):
            cells = self._cells(paper)
            yield [cells[name] for name in columns]

    def describe(self, params: Params) -> list[tuple[str, str]]:
        said = []
        if str(params.get("year", "")).isdecimal():
            said.append((gettext("Năm"), str(params["year"])))
        if params.get("kind") in PaperKind.values:
            said.append((gettext("Loại"), gettext(PaperKind(params["kind"]).label)))
        return said

    def _found(self, scope: Scope, params: Params) -> QuerySet[DecisionDocument]:
        found = DecisionDocument.objects.select_related("person", "household", "commune").filter(
            status__in=(PAPER_SIGNED, PAPER_ANNULLED), area_pos__gte=scope.lo, area_pos__lt=scope.hi
        )
        if scope.role not in NEAREST:
            found = found.filter(confidential=False)
        if str(params.get("year", "")).isdecimal():
            found = found.filter(year=int(params["year"]))
        if params.get("kind") in PaperKind.values:
            found = found.filter(kind=params["kind"])
        if str(params.get("area", "")).isdecimal() and (area := Area.objects.filter(pk=int(params["area"])).first()):
            found = found.filter(area_pos__gte=area.position or 0, area_pos__lt=area.position_end or 0)
        return found.order_by("commune_id", "year", "sequence", "pk")

    def _cells(self, paper: DecisionDocument) -> dict[str, Any]:
        return {
            "number": paper.number, "signed_on": paper.signed_on, "kind": gettext(str(paper.get_kind_display())),
            "subject": (paper.content or {}).get("subject", ""), "person": str(paper.person or paper.household),
            "household": paper.household.code, "commune": paper.commune.name, "amount": sum(line["amount"] for line in paper.lines),
            "signer": paper.signer_name, "status": gettext("Đã hủy bỏ") if paper.status == PAPER_ANNULLED else gettext("Đã ký"),
        }  # fmt: skip
