"""What can become of a line at the counter or at the bank: paid, or not paid for one of a fixed list of reasons. Plain Python."""

from __future__ import annotations

PAID, UNPAID = "paid", "unpaid"
OUTCOMES = {PAID: "Đã trả", UNPAID: "Không trả"}

ABSENT, DIED, WRONG_DATA, REFUSED, MOVED, ACCOUNT_CLOSED, OTHER = (
    "absent", "died", "wrong_data", "refused", "moved", "account_closed", "other",
)  # fmt: skip
REASONS = {
    ABSENT: "Vắng mặt",
    DIED: "Đã chết",
    WRONG_DATA: "Sai thông tin",
    REFUSED: "Từ chối nhận",
    MOVED: "Đã chuyển đi",
    ACCOUNT_CLOSED: "Tài khoản đã đóng",
    OTHER: "Lý do khác",
}
