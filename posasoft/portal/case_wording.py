"""Words of the case pages: what each move is called, what it does, and the engine's reasons as an officer may put them into a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from beneficiaries.evaluation import Finding
from posasoft.portal.wording import seen_value

TONES = {
    "draft": "", "received": "info", "checked": "info", "appraised": "info", "posted": "info", "ready": "warn", "decided": "ok",
    "notified": "ok", "closed": "", "returned": "warn", "refused": "stop", "withdrawn": "", "appealed": "warn",
}  # fmt: skip


@dataclass(frozen=True)
class MoveWords:
    """A button, what follows from it, and whether it asks for words, a place or fields first."""

    label: Any
    consequence: Any
    tone: str = ""
    needs: str = ""


MOVES = {
    "check": MoveWords(
        gettext_lazy("Hồ sơ hợp lệ, chuyển thẩm định"),
        gettext_lazy("Giấy tờ đã được đối chiếu; hồ sơ chuyển sang bước thẩm định."),
        "primary",
    ),
    "appraise": MoveWords(
        gettext_lazy("Ghi kết quả thẩm định"),
        gettext_lazy("Lời khai được đánh dấu chấp nhận sẽ ghi vào cơ sở dữ liệu."),
        "primary",
        "appraisal",
    ),
    "post": MoveWords(
        gettext_lazy("Niêm yết công khai"),
        gettext_lazy("Tên và thôn của người đề nghị hiện trong danh sách niêm yết của xã."),
        "primary",
        "place",
    ),
    "make_ready": MoveWords(gettext_lazy("Trình quyết định"), gettext_lazy("Hồ sơ chuyển tới người có thẩm quyền ký."), "primary"),
    "notify": MoveWords(gettext_lazy("Đã thông báo cho người dân"), gettext_lazy("Ghi nhận người đề nghị đã nhận quyết định."), "primary"),
    "close": MoveWords(gettext_lazy("Kết thúc hồ sơ"), gettext_lazy("Hồ sơ rời khỏi danh sách việc đang mở.")),
    "return": MoveWords(
        gettext_lazy("Trả lại để bổ sung"), gettext_lazy("Thời hạn giải quyết dừng đến khi nhận đủ giấy tờ."), "", "fields"
    ),
    "resume": MoveWords(gettext_lazy("Đã bổ sung đủ"), gettext_lazy("Thời hạn giải quyết chạy tiếp phần còn lại."), "primary"),
    "withdraw": MoveWords(gettext_lazy("Người dân rút hồ sơ"), gettext_lazy("Hồ sơ kết thúc, không có quyết định."), "danger", "words"),
    "appeal": MoveWords(
        gettext_lazy("Ghi khiếu nại"), gettext_lazy("Thời hạn 10 ngày làm việc bắt đầu; người khác giải quyết."), "", "words"
    ),
    "uphold": MoveWords(gettext_lazy("Giữ nguyên quyết định"), gettext_lazy("Khiếu nại kết thúc; hồ sơ đóng lại."), "", "words"),
    "reconsider": MoveWords(
        gettext_lazy("Xem xét lại hồ sơ"), gettext_lazy("Hồ sơ trở về bước thẩm định với thời hạn mới."), "primary", "words"
    ),
    "send_back": MoveWords(gettext_lazy("Chuyển lại để thẩm định"), gettext_lazy("Hồ sơ trở về cán bộ thẩm định."), "", "words"),
    "decide": MoveWords(gettext_lazy("Duyệt"), gettext_lazy("Ghi nhận quyết định hưởng."), "primary"),
    "refuse": MoveWords(
        gettext_lazy("Từ chối"), gettext_lazy("Người đề nghị không được hưởng; lý do được gửi bằng văn bản."), "danger", "reasons"
    ),
}
# Signing is done on a decision document; these two moves follow from it.
SIGNED_ELSEWHERE = frozenset({"decide", "refuse", "receive"})


def reasons_from(findings: list[Finding]) -> list[dict[str, str]]:
    """One reason per failing condition, with the value seen and the article; the officer may change the words."""
    kept: list[dict[str, str]] = []
    for finding in findings:
        article = f"{finding.article} ({finding.instrument})"
        for check in finding.checks:
            if not check.holds:
                text = gettext("Không đạt: %(condition)s (thông tin hiện có: %(seen)s)") % {
                    "condition": check.vi, "seen": seen_value(check.value),
                }  # fmt: skip
                kept.append({"text": text, "article": article})
    return kept
