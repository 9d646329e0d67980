"""Why a line of a list is not last month's, in an officer's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from beneficiaries.queries.comparison import CAUSES
from payments.documents.wording import benefit_label, cause_text
from payments.models import Channel
from payments.queries.compared import Reason
from posasoft.core.money import format_dong
from posasoft.core.months import format_month
from posasoft.core.scope import Scope
from posasoft.portal.diagnoses import FACTS, may_read

# Kinds of the comparison: the word and the tone of its tag.
KINDS: dict[str, tuple[Any, str]] = {
    "new": (gettext_lazy("Mới"), "info"),
    "gone": (gettext_lazy("Không còn"), "stop"),
    "up": (gettext_lazy("Tăng"), "ok"),
    "down": (gettext_lazy("Giảm"), "warn"),
    "same": (gettext_lazy("Như cũ"), ""),
}
_PLAIN: dict[str, Any] = {
    "moved": gettext_lazy("Đã chuyển đi nơi khác"),
    "suspended": gettext_lazy("Đang tạm dừng"),
    "held": gettext_lazy("Chờ xác minh báo mất"),
    "payee": gettext_lazy("Đổi người nhận"),
}
_DAYS: dict[str, Any] = {
    "entered": gettext_lazy("Quyết định nhập ngày %(day)s, sau khi lập danh sách thường kỳ"),
    "died": gettext_lazy("Mất ngày %(day)s"),
}
_MONEY: dict[str, Any] = {
    "arrears": gettext_lazy("Truy lĩnh %(money)s %(months)s"),
    "recovery": gettext_lazy("Thu hồi %(money)s %(months)s"),
    "carried": gettext_lazy("Kỳ trước chưa nhận %(money)s %(months)s"),
    "had_arrears": gettext_lazy("Tháng trước có truy lĩnh %(money)s"),
    "had_recovery": gettext_lazy("Tháng trước bị thu hồi %(money)s"),
    "had_carried": gettext_lazy("Tháng trước có %(money)s chuyển sang"),
}


def _months(reason: Reason) -> str:
    if reason.first is None or reason.last is None:
        return ""
    if reason.first == reason.last:
        return gettext("tháng %(month)s") % {"month": format_month(reason.first)}
    return gettext("từ %(first)s đến %(last)s") % {"first": format_month(reason.first), "last": format_month(reason.last)}


def _words(reason: Reason, scope: Scope) -> str:
    if reason.code == "changed":
        hidden = reason.what in FACTS and not may_read(scope)
        return gettext("Thay đổi hoàn cảnh khác") if hidden else gettext(CAUSES.get(reason.what, reason.what))
    if reason.code == "channel":
        return gettext("Đổi cách nhận: %(channel)s") % {"channel": gettext(str(Channel(reason.what).label))}
    if reason.code in _PLAIN:
        return str(_PLAIN[reason.code])
    if reason.code in _DAYS:
        return str(_DAYS[reason.code]) % {"day": f"{reason.first:%d/%m/%Y}" if reason.first else ""}
    if reason.code == "adds":
        return f"{gettext(benefit_label(reason.what))}: {format_dong(reason.money)}"
    said = str(_MONEY[reason.code]) % {"money": format_dong(reason.money), "months": _months(reason)}
    because = sorted({gettext(cause_text(cause)) for cause in reason.because} - {""})
    return f"{said} ({', '.join(because)})" if because else said


def words(reasons: Iterable[Reason], scope: Scope) -> list[str]:
    """Each reason as a short sentence, none twice; a diagnosis only for those who read diagnoses."""
    return list(dict.fromkeys(_words(reason, scope) for reason in reasons))
