"""The ledger's moves and rules in an officer's words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from payments.accounts import Account

A = Account
# What each move means to a family; the tone of its tag.
MOVES: dict[tuple[int, int], tuple[Any, str]] = {
    (A.BUDGET, A.DUE): (gettext_lazy("Ghi nhận số phải trả của tháng"), "info"),
    (A.FORWARDED, A.DUE): (gettext_lazy("Nhận tiền chưa lĩnh từ danh sách trước"), "info"),
    (A.DUE, A.RECOVERED): (gettext_lazy("Trừ khoản đã trả thừa trước đây"), "warn"),
    (A.DUE, A.ORDERED): (gettext_lazy("Danh sách đã phát hành, chờ gửi cơ quan chi trả"), "info"),
    (A.ORDERED, A.AGENCY): (gettext_lazy("Đã gửi cơ quan chi trả"), "info"),
    (A.AGENCY, A.PAID): (gettext_lazy("Gia đình đã nhận tiền"), "ok"),
    (A.AGENCY, A.RETURNED): (gettext_lazy("Chưa trả được, cơ quan chi trả nộp lại"), "warn"),
    (A.PAID, A.RETURNED): (gettext_lazy("Trả nhầm người, đã thu lại"), "stop"),
    (A.RETURNED, A.CARRIED): (gettext_lazy("Chuyển sang danh sách sau"), "info"),
    (A.CARRIED, A.FORWARDED): (gettext_lazy("Đã đưa vào danh sách sau"), "info"),
    (A.CARRIED, A.SUSPENDED): (gettext_lazy("Tạm giữ vì lâu không lĩnh"), "warn"),
    (A.SUSPENDED, A.CARRIED): (gettext_lazy("Thôi tạm giữ, chờ danh sách sau"), "info"),
    (A.CARRIED, A.WRITTEN_OFF): (gettext_lazy("Không còn phải trả"), "stop"),
    (A.SUSPENDED, A.WRITTEN_OFF): (gettext_lazy("Không còn phải trả"), "stop"),
}

ACCOUNTS: dict[int, Any] = {
    A.ORDERED: gettext_lazy("Đã phát hành, chưa gửi"),
    A.AGENCY: gettext_lazy("Đang ở cơ quan chi trả"),
    A.PAID: gettext_lazy("Đã nhận"),
    A.RETURNED: gettext_lazy("Chưa trả được"),
    A.CARRIED: gettext_lazy("Chờ danh sách sau"),
    A.RECOVERED: gettext_lazy("Đã trừ thu hồi"),
    A.WRITTEN_OFF: gettext_lazy("Không còn phải trả"),
    A.SUSPENDED: gettext_lazy("Đang tạm giữ"),
}

RULES: dict[str, Any] = {
    "line_is_its_parts": gettext_lazy("Mỗi dòng bằng tổng các khoản của nó"),
    "list_is_its_lines": gettext_lazy("Mỗi danh sách bằng tổng các dòng"),
    "list_is_as_released": gettext_lazy("Danh sách đúng như khi phát hành (mã kiểm tra)"),
    "line_is_booked": gettext_lazy("Dòng đã phát hành được ghi sổ đúng số tiền"),
    "entry_has_its_line": gettext_lazy("Bút toán nào cũng có dòng của danh sách đã phát hành"),
    "balance_not_negative": gettext_lazy("Không tài khoản nào âm, tiền của dòng không hụt"),
    "paid_once": gettext_lazy("Không dòng nào được trả hai lần"),
    "carried_has_both_sides": gettext_lazy("Tiền chuyển kỳ rời dòng cũ và vào đúng dòng mới"),
    "listed_once": gettext_lazy("Một tháng hưởng chỉ nằm trên một danh sách"),
    "order_is_its_lines": gettext_lazy("Mỗi khoản đã phát hành có lệnh chi của nó"),
    "journal_is_entries": gettext_lazy("Nhật ký ghi sổ bằng tổng các bút toán"),
    "result_is_booked": gettext_lazy("Dòng đã trả thì có kết quả của đơn vị chi trả, và ngược lại"),
    "reconciled_is_settled": gettext_lazy("Danh sách đã đối soát không còn tiền ở đơn vị chi trả"),
    "statement_is_ledger": gettext_lazy("Bảng quyết toán đúng với sổ cái"),
    "list_is_its_file": gettext_lazy("Tệp đã gửi và tệp đã ký đúng bằng danh sách"),
    "line_has_entitlement": gettext_lazy("Không dòng nào thiếu quyền hưởng"),
    "due_is_accounted_for": gettext_lazy("Số được hưởng bằng đã trả, chuyển kỳ, tạm giữ và không còn phải trả"),
}
