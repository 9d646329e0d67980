"""What a newcomer can try, in the order of an officer's week, and whether it is done: read from what happened in the practice commune."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from households.models import ImportBatch, Person
from posasoft.core.models import AuditEvent
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope


@dataclass(frozen=True)
class Exercise:
    """One thing to try: what to do, how, the page to begin on, and the question that tells whether it is done."""

    title: Any
    how: Any
    view: str
    done: Callable[[Scope], bool]


def _person(scope: Scope, name: str) -> Person | None:
    return in_scope(Person.objects.filter(full_name=name), scope).select_related("household").order_by("pk").first()


def _opened(scope: Scope) -> bool:
    person = _person(scope, "Giàng Thị Máy")
    if person is None:
        return False
    opened = AuditEvent.objects.filter(object_kind="household", object_id=str(person.household.public_id), actor_id=scope.user_id)
    return opened.exists()


def _death_reported(scope: Scope) -> bool:
    person = _person(scope, "Thào A Lử")
    return person is None or person.died_on is not None


def _list_taken_over(scope: Scope) -> bool:
    return in_scope(ImportBatch.objects.filter(status__in=("accepted", "part_accepted")), scope).exists()


EXERCISES = (
    Exercise(
        gettext_lazy("Tìm và mở hộ của bà Giàng Thị Máy"),
        gettext_lazy("Bấm phím / rồi gõ “giang thi may” không dấu, mở hộ và đọc xem tháng này hộ được bao nhiêu, vì sao."),
        "portal:home",
        _opened,
    ),
    Exercise(
        gettext_lazy("Báo cụ Thào A Lử đã mất"),
        gettext_lazy("Mở hộ của cụ, chọn Báo thay đổi, Khai tử, ghi ngày mất; xem trước tiền thay đổi rồi gửi."),
        "portal:households",
        _death_reported,
    ),
    Exercise(
        gettext_lazy("Nhập một danh sách Excel của xã"),
        gettext_lazy("Tải danh sách lên ở trang Nhập danh sách, đọc các lỗi được chỉ ra, rồi chấp nhận những dòng đúng."),
        "portal:imports",
        _list_taken_over,
    ),
)


def standing(scope: Scope | None) -> list[tuple[Exercise, bool]]:
    """Every exercise with whether it is done in the practice commune of ``scope`` (None: outside practice, nothing is)."""
    return [(exercise, scope is not None and exercise.done(scope)) for exercise in EXERCISES]
