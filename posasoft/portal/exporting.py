"""The lists of households and persons as files: the same filters, order and columns as on the page, streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.crypto import unseal_many
from households.models import NationalId
from payments.documents import bundle
from posasoft.core.exports import MOST_PERSONS, Column, exporter
from posasoft.core.masking import FULL_ID_ROLES
from posasoft.core.models import Role, RoleAssignment
from posasoft.core.months import format_month, iso_month
from posasoft.core.scope import COUNTRY, Scope
from posasoft.portal.listing.lists import HOUSEHOLDS, PERSONS, ListKind
from posasoft.portal.listing.state import ListState, understood
from posasoft.portal.queries import areas

CHUNK = 500
LIST_ROLES = frozenset({Role.COMMUNE_OFFICER.value, Role.COMMUNE_CHAIR.value, Role.CLUSTER_OFFICER.value, Role.PROVINCE_OFFICER.value})
NUMBER = "national_id"


def _columns(kind: ListKind, first: Sequence[Column], last: Sequence[Column] = ()) -> tuple[Column, ...]:
    own = (Column(c.key, c.label, kind="number" if c.is_number else "text", usual=c.is_default) for c in kind.columns)
    return (*first, *own, *last)


class _List:
    """One list as a file. Words of a name live in the session of whoever typed them and cannot be exported."""

    of: ListKind
    kind = ""
    title: Any = ""

    def state(self, scope: Scope, params: Mapping[str, Any]) -> ListState:
        """The list that the parameters of an address describe. Raises ValueError (Vietnamese)."""
        given = {key: str(value) for key, value in params.items()}
        if given.get("words"):
            raise ValueError(_("Danh sách đang lọc theo tên không xuất được. Hãy bỏ điều kiện về tên."))
        today = timezone.localdate()
        area = areas.by_id(given.get("area", ""))
        role = RoleAssignment.objects.select_related("area").filter(pk=scope.assignment_id).first() if scope.assignment_id else None
        return ListState(
            kind=self.of, scope=scope, today=today, area=area if area is not None and area.position is not None else None,
            own_level=role.area.level if role and role.area else "", chosen=understood(self.of, given, today, scope),
            sort_key=given.get("sort", ""), descending=given.get("desc") == "1",
        )  # fmt: skip

    def count(self, scope: Scope, params: Mapping[str, Any]) -> int:
        """Rows of the list, counted no further than a file may go."""
        state = self.state(scope, params)
        if state.waiting:
            raise ValueError(_("Hãy chọn một xã, phường để xuất với các điều kiện này."))
        return state.rows().order_by()[: max(MOST_PERSONS.values()) + 1].count()

    def describe(self, params: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The filters in words."""
        given = {key: str(value) for key, value in params.items()}
        chosen = understood(self.of, given, timezone.localdate(), COUNTRY)
        area = areas.by_id(given.get("area", ""))
        found = [(_("Địa bàn"), area.name)] if area else []
        return found + [(str(f.label), f.text(chosen[f.key])) for f in self.of.filters if f.key in chosen]

    def rows(self, scope: Scope, params: Mapping[str, Any], columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """Cells in the list's order; rows come through a cursor of the server, five hundred at a time."""
        state = self.state(scope, params)
        sort = state.sort
        fields = [f"-{name}" if state.descending else name for name in (*sort.fields, "pk")]
        taken: list[Any] = []
        for one in sort.prepared(state.rows()).order_by(*fields).iterator(chunk_size=CHUNK):
            taken.append(one)
            if len(taken) == CHUNK:
                yield from self._cells(taken, state, columns)
                taken = []
        yield from self._cells(taken, state, columns)

    def _cells(self, taken: list[Any], state: ListState, columns: Sequence[str]) -> Iterator[list[Any]]:
        known = {column.key: column for column in self.of.columns}
        numbers = _numbers(taken) if NUMBER in columns else {}
        for one, row in zip(taken, self.of.rows(taken, state.today, state.scope.role), strict=True):
            cells = {"name": row.title, "code": row.household.code, NUMBER: numbers.get(one.pk, "")}
            yield [cells[name] if name in cells else known[name].plain(row) for name in columns]


def _numbers(people: Sequence[Any]) -> dict[int, str]:
    found = NationalId.objects.filter(person__in=[p.pk for p in people], until__isnull=True).exclude(kind="birth").order_by("pk")
    stored = list(found.values_list("person", "number_enc"))
    return dict(zip((pk for pk, _sealed in stored), unseal_many([bytes(sealed) for _pk, sealed in stored]), strict=True))


@exporter("households", title=gettext_lazy("Danh sách hộ"))
class Households(_List):
    """One row per household, named by its head."""

    of = HOUSEHOLDS
    columns = _columns(HOUSEHOLDS, (Column("name", gettext_lazy("Chủ hộ")), Column("code", gettext_lazy("Mã hộ"))))


@exporter("persons", title=gettext_lazy("Danh sách người"))
class Persons(_List):
    """One row per person; whole numbers of papers only for roles that may have them."""

    of = PERSONS
    columns = _columns(
        PERSONS, (Column("name", gettext_lazy("Họ tên")),),
        (Column(NUMBER, gettext_lazy("Số định danh đầy đủ"), roles=FULL_ID_ROLES, usual=False),),
    )  # fmt: skip


@exporter("payment_lists", title=gettext_lazy("Danh sách chi trả đã phát hành"), roles=LIST_ROLES)
class PaymentLists:
    """All released lists of a month in the role's area: a ZIP of the kept PDFs and workbooks."""

    columns = (Column("files", gettext_lazy("PDF và bảng tính của từng danh sách"), roles=FULL_ID_ROLES),)

    def settled(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The month that is meant, so that the second person agrees to the same one."""
        return {**params, "month": iso_month(bundle.month_of(str(params.get("month", ""))))}

    def count(self, scope: Scope, params: Mapping[str, Any]) -> int:
        """Households on the lists."""
        return sum(one.households for one in bundle.lists_of(scope, bundle.month_of(str(params.get("month", "")))))

    def number_of_files(self, scope: Scope, params: Mapping[str, Any]) -> int:
        return 2 * len(bundle.lists_of(scope, bundle.month_of(str(params.get("month", ""))))) + 1

    def files(self, scope: Scope, params: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        return bundle.files(scope, bundle.month_of(str(params.get("month", ""))))

    def rows(self, scope: Scope, params: Mapping[str, Any], columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        """Names only; the files go through `files`."""
        yield from ([name] for name, _content in self.files(scope, params))

    def describe(self, params: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(_("Tháng"), format_month(bundle.month_of(str(params.get("month", "")))))]
