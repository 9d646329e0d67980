"""Tables that come back: found by their headings in any order and spelling, read row by row; nothing that was written is passed over in silence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from households.importing.findings import ListRefused
from households.importing.limits import DEFAULT_LIMITS
from households.importing.sheets import Sheet, open_sheets
from payments.channels import cells as reads
from payments.channels.face import Answer, Answers, ChannelRefused, Finding
from payments.channels.packed import LARGEST
from payments.channels.table import ANSWERS, END, LINE, MONEYS
from payments.outcomes import OUTCOMES, PAID, REASONS, UNPAID
from posasoft.core.money import format_dong
from posasoft.core.names import fold
from posasoft.core.vault import in_memory

_OUTCOME_WORDS = {fold(word): code for code, words in {
    PAID: ("Đã trả", "Đã chi", "Đã chi trả", "Đã nhận", "paid", "1"),
    UNPAID: ("Không trả", "Chưa trả", "Không chi", "Chưa chi", "Không chi trả", "Chưa chi trả", "Không nhận", "Chưa nhận", "unpaid", "0"),
}.items() for word in words}  # fmt: skip
_REASON_WORDS = {fold(word): code for code, text in REASONS.items() for word in (text, code)}
_TITLES = {column.name: column.title for column in (LINE, MONEYS[-1], *ANSWERS)}
# Headings of the agencies' own tables; ours win where both stand.
_ALSO = {
    "line": ("Mã dòng chi trả", "Mã số dòng", "Mã dòng danh sách", "line", "line_id"),
    "total": ("Số tiền phải chi", "Số tiền phải chi trả", "Số phải trả"),
    "outcome": ("Kết quả chi trả", "Kết quả chi", "Kết quả trả", "Tình trạng", "Tình trạng chi trả", "Trạng thái", "Trạng thái chi trả", "outcome"),
    "reason": ("Lý do", "Lý do chưa trả", "Lý do không chi", "Lý do chưa chi", "Lý do không chi trả", "Lý do chưa chi trả", "Lý do không nhận",
               "Lý do chưa nhận", "Nguyên nhân", "Nguyên nhân không trả", "reason"),
    "paid": ("Số tiền đã chi", "Số tiền đã chi trả", "Số tiền chi trả", "Số tiền thực trả", "Số tiền thực chi", "Số tiền đã nhận", "Thực trả",
             "Thực chi", "amount"),
    "paid_on": ("Ngày chi", "Ngày chi trả", "Ngày nhận", "Ngày nhận tiền", "Ngày trả tiền", "paid_on"),
    "proxy": ("Người nhận hộ", "Người được ủy quyền", "Người nhận thay (nếu có)", "proxy"),
}  # fmt: skip
_KNOWN = {fold(word): (name, rank) for rank, words in ((1, _ALSO), (0, {name: (title,) for name, title in _TITLES.items()}))
          for name, titles in words.items() for word in titles}  # fmt: skip
Read = TypeVar("Read")
_SUM = re.compile(r"(?:tong(?: (?:cong|so|tien|chi|da|hop|toan)\b.*)?|cong(?: (?:thon|ban|to|xa|phuong|khu|ap|xom|trang|luy ke)\b.*)?)")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_HEADING_WITHIN = 50
# A packed csv grows when it is unpacked; the rows set the limit then.
LIMITS = replace(DEFAULT_LIMITS, size=LARGEST)
_NO_VALUE = "Ô là công thức chưa có giá trị. Mở tệp bằng Excel, lưu lại rồi gửi."
_IN_ERROR = "Ô công thức bị lỗi. Ghi thẳng giá trị vào ô."


@dataclass(frozen=True)
class Table:
    """A sheet with our headings: its rows, the number of the first below them (from 1), columns by name (from 0)."""

    sheet: Sheet
    rows: list[list[Any]]
    first: int
    places: dict[str, int]

    def below(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Numbers and cells by name of the rows below the headings."""
        for number, row in enumerate(self.rows[self.first - 1 :], start=self.first):
            yield number, {name: row[place] if place < len(row) else None for name, place in self.places.items()}


def read(content: bytes, format: str) -> Answers:
    """The answers of a workbook or CSV, in any order of rows and columns; rows in which the agency filled in nothing are left out.

    Raises ChannelRefused: not a table, a heading that is missing or there twice, answers on several sheets, a sum that is not the rows'.
    """
    try:
        with in_memory(io.BytesIO(content), f".{format}") as path:
            return _answers(the_table(open_sheets(path, LIMITS)), whole=format != "csv")
    except ListRefused as refusal:
        raise ChannelRefused(str(refusal)) from refusal
    except (csv.Error, UnicodeError) as error:
        raise ChannelRefused(
            "Tệp csv bị hỏng: ô quá dài, dấu ngoặc kép không đóng hoặc sai bảng mã. Lưu lại dạng CSV UTF-8 rồi gửi."
        ) from error


def the_table(sheets: Sequence[Sheet]) -> Table:
    """The one sheet with answers, hidden ones included; without any, the first with our headings. Raises ChannelRefused."""
    found = [table for sheet in sheets if (table := _table(sheet)) is not None]
    if not found:
        wanted = f"Không có trang tính nào có cột “{LINE.title}” và “{ANSWERS[0].title}”."
        raise ChannelRefused(f"{wanted} Hãy dùng đúng tệp danh sách đã tải về.")
    answered = [table for table in found if any(_filled(cells) and not _ends(cells) for _number, cells in table.below())]
    if len(answered) > 1:
        names = ", ".join(f"“{table.sheet.name}”{'' if table.sheet.visible else ' (đang ẩn)'}" for table in answered)
        raise ChannelRefused(
            f"Tệp có kết quả ở {len(answered)} trang tính: {names}. Gộp vào một trang rồi gửi lại; chưa dòng nào được ghi nhận."
        )
    return (answered or found)[0]


def _table(sheet: Sheet) -> Table | None:
    rows = [list(row) for row in sheet.rows()]
    for number in range(min(len(rows), _HEADING_WITHIN)):
        for below in (0, 1):
            if (places := _places(sheet, rows, number, below)) is not None:
                first = number + below + 2
                while first <= len(rows) and _counts_columns(rows[first - 1]):
                    first += 1
                return Table(sheet, rows, first, places)
    return None


def _places(sheet: Sheet, rows: Sequence[Sequence[Any]], number: int, below: int) -> dict[str, int] | None:
    """Columns by name when the row, or it and the one below it (a heading in two rows), hold ours. Raises ChannelRefused: one is there twice."""
    if number + below >= len(rows):
        return None
    upper, lower = _spread(sheet, rows[number], number), rows[number + below]
    found: dict[str, list[tuple[int, int]]] = {}
    for place in range(max(len(upper), len(lower))):
        over, under = (reads.plain(row[place]) if place < len(row) else "" for row in (upper, lower))
        for title in (under, over, f"{under} {over}") if below else (under,):
            if (key := fold(_IN_BRACKETS.sub("", title))) in _KNOWN:
                name, rank = _KNOWN[key]
                found.setdefault(name, []).append((rank, place))
                break
    if not {"line", "outcome"} <= found.keys():
        return None
    best = {name: sorted(places) for name, places in found.items()}
    for name, places in best.items():
        if len(places) > 1 and places[0][0] == places[1][0]:
            raise ChannelRefused(f"Trang “{sheet.name}” có hai cột “{_TITLES[name]}”. Để lại một cột rồi gửi lại.")
    return {name: places[0][1] for name, places in best.items()}


def _spread(sheet: Sheet, row: Sequence[Any], number: int) -> list[Any]:
    """A row in which cells merged to the right all say what the first says."""
    cells = list(row)
    for merge in sheet.merges:
        if merge.top <= number <= merge.bottom and merge.top == number:
            for place in range(merge.left + 1, min(merge.right + 1, len(cells))):
                cells[place] = cells[merge.left]
    return cells


def _counts_columns(row: Sequence[Any]) -> bool:
    """The row (1) (2) (3) … or A B 1 2 … that stands below the headings of a form."""
    said = [reads.text(value).strip("()") for value in row if reads.text(value)]
    return len(said) >= 3 and all(one.isdigit() and len(one) <= 2 or len(one) == 1 and one.isalpha() for one in said)


def _filled(cells: dict[str, Any]) -> bool:
    return any(reads.text(cells.get(column.name)) for column in ANSWERS)


def _ends(cells: dict[str, Any]) -> bool:
    said = reads.text(cells.get("line"))
    # Shorter than the id of a line, of which there are a hundred thousand.
    return len(said) < 36 and fold(reads.plain(said)).startswith(fold(END))


def _answers(table: Table, *, whole: bool) -> Answers:
    """``whole``: the kind of file tells itself that it is complete; else a last row, or a sum that fits, does."""
    answers = Answers()
    sums = _Sums()
    last = 0
    for number, cells in table.below():
        row = table.rows[number - 1]
        unread = _unread(table, number)
        if _ends(cells):
            last = number
        elif _is_sum(cells, row):
            if sums.fits(number, row, table.places):
                last = number
        elif (_filled(cells) or unread) and not (last and _is_foot(cells)):
            answer = _answer(number, cells)
            answers.append(replace(answer, findings=(*unread, *answer.findings)))
            sums.add(answers[-1])
        if last != number and (_has_line(cells) or answers and answers[-1].number == number):
            last = 0
    answers.whole = whole or last > 0
    return answers


def _has_line(cells: dict[str, Any]) -> bool:
    return reads.line_id(cells.get("line")).count("-") == 4


def _is_sum(cells: dict[str, Any], row: Sequence[Any]) -> bool:
    """A row below the lines that adds them up: no line of its own, no outcome, and it says so in its first words."""
    if reads.text(cells.get("outcome")) or _has_line(cells):
        return False
    first = next((said for value in row if (said := reads.plain(value))), "")
    return _SUM.fullmatch(fold(first)) is not None


def _is_foot(cells: dict[str, Any]) -> bool:
    """Below the end of the table: who signed it. No line, and no word for an outcome."""
    return not reads.text(cells.get("line")) and not reads.word(cells.get("outcome"), _OUTCOME_WORDS)


class _Sums:
    """What rows said "paid" add up to, in all and since the last row that adds up; None when a row's own sum is not known."""

    def __init__(self) -> None:
        self.all: int | None = 0
        self.since: int | None = 0

    def add(self, answer: Answer) -> None:
        if answer.outcome != UNPAID:
            known = answer.amount if answer.outcome == PAID else None
            self.all = None if self.all is None or known is None else self.all + known
            self.since = None if self.since is None or known is None else self.since + known

    def fits(self, number: int, row: Sequence[Any], places: dict[str, int]) -> bool:
        """Whether the row says what all rows before it say. Raises ChannelRefused when it says something else."""
        place = places.get("paid", len(row))
        try:
            said = reads.money(row[place]) if place < len(row) else None
        except ValueError:
            said = None
        known, since = self.all, self.since
        self.since = 0
        if said is None or known is None:
            return False
        if said not in (known, since):
            raise ChannelRefused(
                f"Hàng {number} (tổng cộng) ghi đã trả {format_dong(said)} nhưng các dòng cộng lại {format_dong(known)}."
                " Có thể tệp thiếu dòng; chưa dòng nào được ghi nhận."
            )
        return said == known


def _unread(table: Table, number: int) -> tuple[Finding, ...]:
    """Answers of a row that the spreadsheet did not store."""
    marks, found = table.sheet.marks, []
    for column in ANSWERS:
        if (place := table.places.get(column.name)) is None:
            continue
        if (number, place) in marks.no_result:
            found.append(Finding(column.title, "", _NO_VALUE))
        elif (number, place) in marks.in_error:
            found.append(Finding(column.title, "", _IN_ERROR))
    return tuple(found)


def _answer(number: int, cells: dict[str, Any]) -> Answer:
    findings: list[Finding] = []
    outcome = _word(cells.get("outcome"), _OUTCOME_WORDS, ANSWERS[0].title, list(OUTCOMES.values()), findings)
    reason = _word(cells.get("reason"), _REASON_WORDS, ANSWERS[1].title, list(REASONS.values()), findings)
    amount = _value(cells.get("paid"), reads.money, ANSWERS[2].title, findings, "“{}” không phải số đồng nguyên, viết như 1.200.000.")
    if amount is None and outcome == PAID and not findings:
        # Whoever says "paid" and no sum has paid what the list says.
        amount = _value(cells.get("total"), reads.money, MONEYS[-1].title, findings, "“{}” không phải số đồng nguyên, viết như 1.200.000.")
    paid_on = _value(cells.get("paid_on"), reads.day, ANSWERS[3].title, findings)
    proxy = reads.plain(cells.get("proxy"))[:120]
    return Answer(number, reads.line_id(cells.get("line")), outcome, reason, amount, paid_on, proxy, tuple(findings))


def _word(value: Any, known: dict[str, str], field: str, allowed: list[str], findings: list[Finding]) -> str:
    code = reads.word(value, known)
    if code is None:
        said = reads.plain(value)
        findings.append(Finding(field, said, f"“{said}” không có trong danh mục; chọn một trong: {', '.join(allowed)}."))
    return code or ""


def _value(value: Any, read: Callable[[Any], Read | None], field: str, findings: list[Finding], said: str = "") -> Read | None:
    try:
        return read(value)
    except ValueError as error:
        text = reads.text(value)
        findings.append(Finding(field, text, said.format(text) if said else str(error)))
        return None
