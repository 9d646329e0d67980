"""Settling in an officer's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.outcomes import REASONS
from payments.queries.settling import StillOpen


@dataclass(frozen=True)
class OpenWords:
    """Something that keeps a month open: whose, what it waits for, and where that is done ("" for nowhere)."""

    name: str
    waits_for: str
    link: str


def open_words(what: Sequence[StillOpen]) -> list[OpenWords]:
    """Each thing that is open with what it waits for."""
    return [_words(one) for one in what]


def _words(one: StillOpen) -> OpenWords:
    if one.what == "nothing":
        return OpenWords(_("Tháng này không có danh sách nào"), "", "")
    if one.what == "statement":
        waits = {
            "both": _("Bảng quyết toán chờ hai bên ký"), "agency": _("Bảng quyết toán chờ đơn vị chi trả ký"),
            "province": _("Bảng quyết toán chờ tỉnh ký"),
        }[one.state]  # fmt: skip
        return OpenWords(one.name, waits, reverse("portal:statement", args=[one.statement]))
    waits = {
        "draft": _("Dự thảo, chưa trình"), "prepared": _("Chờ kiểm tra"), "checked": _("Chờ duyệt"), "approved": _("Chờ phát hành"),
        "released": _("Chờ gửi đơn vị chi trả"), "sent": _("Chờ kết quả chi trả"), "results_in": _("Chờ đối soát"), "reconciled": _("Chờ đóng"),
    }[one.state]  # fmt: skip
    return OpenWords(one.name, waits, reverse("portal:list", args=[one.list_id]))


def reason_words(code: str) -> str:
    """Why a line was not paid, "" when nothing was said."""
    return _(REASONS[code]) if code in REASONS else code
