"""The rail: every section an officer can go to, in groups, with the key that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Section:
    """A line of the rail. ``prefix`` is the part of the address by which it knows itself, ``key`` the letter after g (static/js/app.js)."""

    view: str
    icon: str
    label: Any
    prefix: str
    key: str = ""


@dataclass(frozen=True)
class Group:
    """Sections under one heading; the first group has none."""

    label: Any
    sections: tuple[Section, ...]


RAIL = (
    Group(
        "",
        (
            Section("portal:home", "checklist", gettext_lazy("Việc cần làm"), "/work/", "h"),
            Section("portal:cases", "files", gettext_lazy("Hồ sơ đề nghị"), "/cases/", "s"),
            Section("portal:changes", "pencil", gettext_lazy("Thay đổi"), "/changes/", "d"),
            Section("portal:findings", "heart-handshake", gettext_lazy("Rà soát đối tượng"), "/findings/", "r"),
            Section("portal:decisions", "certificate", gettext_lazy("Quyết định"), "/decisions/", "q"),
        ),
    ),
    Group(
        gettext_lazy("Sổ bộ"),
        (
            Section("portal:households", "home", gettext_lazy("Hộ gia đình"), "/households/", "o"),
            Section("portal:persons", "users", gettext_lazy("Người"), "/persons/", "n"),
            Section("portal:imports", "table-import", gettext_lazy("Nhập danh sách"), "/imports/", "i"),
            Section("portal:workbooks", "file-spreadsheet", gettext_lazy("Bảng Excel của xã"), "/workbooks/", "e"),
            Section("portal:areas", "map-pin", gettext_lazy("Địa bàn"), "/areas/", "a"),
        ),
    ),
    Group(
        gettext_lazy("Chi trả"),
        (
            Section("portal:runs", "calculator", gettext_lazy("Tính trợ cấp tháng"), "/runs/", "t"),
            Section("portal:lists", "calendar-dollar", gettext_lazy("Danh sách chi trả"), "/lists/", "c"),
            Section("portal:counter", "coins", gettext_lazy("Quầy chi trả"), "/counter/"),
            Section("portal:results", "table-import", gettext_lazy("Kết quả chi trả"), "/results/"),
            Section("portal:deliveries", "send", gettext_lazy("Danh sách đã gửi"), "/deliveries/"),
            Section("portal:agencies", "building-bank", gettext_lazy("Đơn vị chi trả"), "/agencies/"),
            Section("portal:settling", "calculator", gettext_lazy("Quyết toán chi trả"), "/settling/month/"),
            Section("portal:statements", "file-spreadsheet", gettext_lazy("Bảng quyết toán"), "/settling/statements/"),
            Section("portal:scorecard", "report-search", gettext_lazy("Chất lượng chi trả"), "/settling/scorecard/"),
            Section("portal:uncollected", "alarm", gettext_lazy("Lâu không nhận tiền"), "/settling/uncollected/"),
            Section("portal:corrections", "history", gettext_lazy("Truy lĩnh và thu hồi"), "/paying/corrections/"),
            Section("portal:law_effects", "book", gettext_lazy("Tác động của văn bản"), "/paying/effects/"),
            Section("portal:payday", "calendar-event", gettext_lazy("Ngày nhận tiền"), "/payday/"),
            Section("portal:family_notices", "mail", gettext_lazy("Báo tin cho hộ"), "/family-notices/"),
            Section("portal:verifications", "phone", gettext_lazy("Hỏi lại sau chi trả"), "/verification/"),
            Section("portal:cashless", "building-bank", gettext_lazy("Không dùng tiền mặt"), "/cashless/"),
            Section("portal:paying_calendar", "calendar", gettext_lazy("Lịch chi trả"), "/paying/calendar/"),
            Section("portal:budgets", "coins", gettext_lazy("Dự toán"), "/paying/budgets/"),
            Section("portal:ledger_proofs", "circle-check", gettext_lazy("Đối soát sổ cái"), "/ledger/"),
        ),
    ),
    Group(
        gettext_lazy("Quản trị"),
        (
            Section("portal:users", "users-group", gettext_lazy("Người dùng"), "/users/"),
            Section("portal:moved_days", "calendar", gettext_lazy("Ngày nghỉ, ngày hoán đổi"), "/calendar/"),
            Section("portal:jobs", "list-details", gettext_lazy("Việc chạy nền"), "/jobs/", "b"),
            Section("portal:trail", "report-search", gettext_lazy("Ai đã xem gì"), "/trail/"),
            Section("portal:error_reports", "bug", gettext_lazy("Báo lỗi nhận được"), "/error-reports/"),
        ),
    ),
)
