"""What a newcomer can try, in the order of an officer's week, and whether it is done: read from what happened in the practice commune."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from beneficiaries.models import Case, DecisionDocument
from beneficiaries.statuses import PAPER_SIGNED
from households.models import ChangeRequest, ImportBatch, Person
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


def _sent(scope: Scope, kind: str) -> bool:
    """A request of this kind was handed in; some need another person's approval, and that is not the learner's to give."""
    return in_scope(ChangeRequest.objects.filter(kind=kind).exclude(status=ChangeRequest.Status.DRAFT), scope).exists()


def _death_reported(scope: Scope) -> bool:
    return _sent(scope, "death")


def _birth_reported(scope: Scope) -> bool:
    return _sent(scope, "birth")


def _case_begun(scope: Scope) -> bool:
    return in_scope(Case.objects.filter(person__full_name="Sùng Thị Dính").exclude(status="draft"), scope).exists()


def _signed(scope: Scope) -> bool:
    return in_scope(DecisionDocument.objects.filter(status=PAPER_SIGNED), scope).exists()


def _list_taken_over(scope: Scope) -> bool:
    return in_scope(ImportBatch.objects.filter(status=ImportBatch.Status.ACCEPTED), scope).exists()


EXERCISES = (
    Exercise(
        gettext_lazy("Tìm và mở hộ của bà Giàng Thị Máy"),
        gettext_lazy("Bấm phím / rồi gõ “giang thi may” không dấu, mở hộ và đọc xem tháng này hộ được bao nhiêu, vì sao."),
        "portal:home",
        _opened,
    ),
    Exercise(
        gettext_lazy("Báo cụ Thào A Lử đã mất"),
        gettext_lazy("Mở hộ của cụ, chọn Báo thay đổi, Người mất, ghi ngày mất; xem trước tiền thay đổi rồi gửi."),
        "portal:households",
        _death_reported,
    ),
    Exercise(
        gettext_lazy("Khai sinh cho con của chị Hạng Thị Pàng"),
        gettext_lazy("Mở hộ của chị, chọn Báo thay đổi, Sinh con; điền tên, giới tính, ngày sinh của bé rồi gửi."),
        "portal:households",
        _birth_reported,
    ),
    Exercise(
        gettext_lazy("Nhận hồ sơ của chị Sùng Thị Dính, một mình nuôi hai con"),
        gettext_lazy("Ở trang Hồ sơ đề nghị chọn Hồ sơ mới, tìm chị Dính, nhập mẫu đề nghị trợ cấp rồi Tiếp nhận; in giấy hẹn."),
        "portal:cases",
        _case_begun,
    ),
    Exercise(
        gettext_lazy("Đóng vai Chủ tịch xã và ký quyết định đang chờ"),
        gettext_lazy("Bấm Đóng vai Chủ tịch xã ở bên cạnh, mở Quyết định chờ ký, đọc, đánh dấu và ký."),
        "portal:decisions_waiting",
        _signed,
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
