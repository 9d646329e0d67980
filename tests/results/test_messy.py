"""Tables as agencies really send them: their own title rows, merged cells, order and spelling; what is meant is read, what is unclear is asked."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from payments.models import LineResult, ResultBatch
from payments.operations.results import apply, receive, stage
from payments.result_findings import sentence
from posasoft.core import vault
from tests.browser.cast import TODAY
from tests.results.world import Counter, findings, results
from tests.support.database import as_scope

STANDING = True
DAY = TODAY.date()
HEADS = ("Ghi chú", "Người nhận thay", "KẾT QUẢ", "ngày trả", "Mã dòng", "Số tiền đã trả", "Lý do không trả", "Số tiền phải trả")


def messy(counter: Counter, rows: Sequence[Sequence[Any]]) -> bytes:
    """Two title rows over merged cells, an empty row, headings in another order with columns of the agency's own, a sum below."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Bìa"
    cover["A1"] = "BƯU ĐIỆN HUYỆN"
    sheet = book.create_sheet("Kết quả")
    sheet["A1"] = "BÁO CÁO CHI TRẢ THÁNG 11"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "Kèm theo công văn số 12"
    sheet.merge_cells("A2:D2")
    for place, title in enumerate(HEADS, start=1):
        sheet.cell(4, place).value = title
    for number, row in enumerate(rows, start=5):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent_in(counter: Counter, content: bytes, kind: str = "xlsx", rows: int | None = None) -> ResultBatch:
    key = f"m{hash(content)}"
    with as_scope(counter.boss):
        batch = receive(agency=counter.own.agency, content=content, format=kind, client_key=key, by=counter.boss, declared_rows=rows)
        return stage(batch=batch, by=counter.boss)


def test_own_titles_other_order_and_many_spellings(counter: Counter) -> None:
    """Sums as text with dots and with đ, as number; the day as text, as a date, without leading zeros; an id with blanks and an apostrophe."""
    one, two, three, four, five, six = counter.lines
    batch = sent_in(
        counter,
        messy(
            counter,
            [
                ("ok", "", "Đã chi trả", f"{DAY:%-d/%-m/%Y}", f"  {six.public_id} ", f"{six.total:,}".replace(",", "."), "", six.total),
                ("", "Lý Thị Con", "ĐÃ TRẢ", DAY, f"'{five.public_id}", float(five.total), None, five.total),
                ("", "", "da tra", datetime.datetime.combine(DAY, datetime.time(9)), str(four.public_id), f"{four.total} đ", "", None),
                ("", "", "Đã nhận", None, str(three.public_id).upper(), None, "", three.total),
                ("vắng", "", "chưa nhận", None, str(two.public_id), None, "vang mat", None),
                ("", "", "", None, str(one.public_id), None, "", one.total),
            ],
        ),
    )
    assert (batch.status, findings(batch)) == ("staged", {})
    with as_scope(counter.boss):
        apply(batch=batch, by=counter.boss)
    assert results(counter) == ["", "absent", "paid", "paid", "paid", "paid"]
    held = LineResult.objects.get(line_id=five.id)
    assert (held.paid_on, held.proxy_name, held.amount) == (DAY, "Lý Thị Con", five.total)


def test_what_is_unclear_is_named_with_row_column_and_value(counter: Counter) -> None:
    one, two, three, four, _five, _six = counter.lines
    batch = sent_in(
        counter,
        messy(
            counter,
            [
                ("", "", "Đã trả", "31/11/2026", str(one.public_id), one.total, "", one.total),
                ("", "", "Đã trả", "", str(two.public_id), "năm trăm nghìn", "", two.total),
                ("", "", "xong", "", str(three.public_id), three.total, "", three.total),
                ("", "", "Đã trả", "", str(four.public_id), four.total, "", four.total),
                ("", "", "Đã trả", "", str(four.public_id), four.total, "", four.total),
                ("", "", "Đã trả", "", "Tổng cộng", one.total + two.total, "", ""),
            ],
        ),
    )
    assert set(findings(batch)) == {5, 6, 7, 9, 10}
    said = {row.row_no: sentence(row.findings[0]) for row in batch.lines.exclude(state="ready")}
    for row, value in ((5, "31/11/2026"), (6, "năm trăm nghìn"), (7, "xong"), (10, "Tổng cộng")):
        assert value in said[row]
    assert batch.counts == {"ready": 1, "finding": 5}


def _csv(counter: Counter) -> bytes:
    kept = next(one for one in counter.delivery.files if one["format"] == "csv")
    with vault.open_file(kept["file"]) as source:
        rows = source.read().decode("utf-8-sig").splitlines()
    place = rows[0].split(";").index("Kết quả")
    cells = [row.split(";") for row in rows]
    filled = [cells[0], *([*row[:place], "Đã trả", *row[place + 1 :]] for row in cells[1:])]
    return ("\r\n".join(";".join(row) for row in filled) + "\r\n").encode("utf-8-sig")


def test_the_csv_comes_back(counter: Counter) -> None:
    batch = sent_in(counter, _csv(counter), "csv", rows=6)
    assert batch.counts == {"ready": 6}
    assert batch.paid == 5_800_000


@pytest.mark.parametrize("lost", [3, 40, 200])
def test_a_csv_cut_inside_a_row_is_refused(counter: Counter, lost: int) -> None:
    batch = sent_in(counter, _csv(counter)[:-lost], "csv")
    assert batch.status == "refused"
    assert "cắt giữa chừng" in batch.refusal


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", "Không phải bảng".encode()])
def test_what_is_no_table_is_refused_in_words(counter: Counter, content: bytes) -> None:
    if not content:
        with pytest.raises(Exception, match="Tệp rỗng"):
            sent_in(counter, content)
        return
    batch = sent_in(counter, content)
    assert batch.status == "refused"
    assert batch.refusal
