"""Results as JSON rows, as a program sends them: {"line", "outcome", "reason", "amount", "paid_on", "proxy"}.

What is wrong is kept with the batch, and so in Vietnamese whoever sends it, like the words of the channels' readers.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from payments.channels import Answer, Answers, ChannelRefused, Finding
from payments.channels.cells import kept
from payments.outcomes import OUTCOMES, REASONS

FIELDS = frozenset({"line", "outcome", "reason", "amount", "paid_on", "proxy"})


def answers_of(content: bytes) -> Answers:
    """The answers in a JSON array of rows. Raises ChannelRefused: no such array, or a row that is no object."""
    try:
        rows = json.loads(content)
    except ValueError as error:
        raise ChannelRefused("Nội dung không phải JSON trọn vẹn; có thể bị cắt khi gửi.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ChannelRefused("Cần một mảng JSON, mỗi phần tử là một dòng kết quả.")
    return Answers(_answer(number, row) for number, row in enumerate(rows, start=1))


def _answer(number: int, row: dict[str, Any]) -> Answer:
    row = {kept(name): kept(value) if isinstance(value, str) else value for name, value in row.items()}
    findings: list[Finding] = [Finding(name, str(row[name])[:80], f"Không có trường “{name}”.") for name in sorted(row.keys() - FIELDS)]
    outcome = _word(row, "outcome", OUTCOMES, findings)
    reason = _word(row, "reason", REASONS, findings)
    amount = row.get("amount")
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount < 10**15):
        findings.append(Finding("amount", str(amount)[:80], f"“{str(amount)[:80]}” không phải số đồng nguyên."))
        amount = None
    return Answer(
        number, str(row.get("line") or "").strip()[:80], outcome, reason, amount, _day(row.get("paid_on"), findings),
        str(row.get("proxy") or "").strip()[:120], tuple(findings),
    )  # fmt: skip


def _word(row: dict[str, Any], name: str, known: dict[str, str], findings: list[Finding]) -> str:
    value = row.get(name) or ""
    if value and value not in known:
        said = f"“{str(value)[:80]}” không có trong danh mục; chọn một trong: {', '.join(known)}."
        findings.append(Finding(name, str(value)[:80], said))
        return ""
    return str(value)


def _day(value: Any, findings: list[Finding]) -> datetime.date | None:
    if value in (None, ""):
        return None
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        findings.append(Finding("paid_on", str(value)[:80], f"“{str(value)[:80]}” không phải ngày dạng 2026-11-05."))
        return None
