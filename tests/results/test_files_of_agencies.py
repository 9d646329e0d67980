"""Files as other programs and other hands make them: cut, doubled, hidden, mistyped. Each is read as meant or refused in words; none does harm."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from payments.accounts import Account
from payments.models import LineResult
from payments.operations.results import apply, receive, stage
from payments.queries.ledger import balances_of_list
from payments.result_findings import sentence
from tests.browser.cast import TODAY
from tests.results.test_messy import sent_in
from tests.results.world import Counter, findings, results
from tests.support.database import as_scope

STANDING = True
DAY = TODAY.date()
HEADS = ("Mã dòng", "Kết quả", "Số tiền đã trả", "Ngày trả", "Lý do không trả", "Người nhận thay")


def book_of(*sheets: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Trang {number}")
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(rows: Sequence[Sequence[Any]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def answers(counter: Counter) -> list[list[Any]]:
    """All six lines paid, in full, today."""
    return [[str(line.public_id), "Đã trả", line.total, f"{DAY:%d/%m/%Y}", "", ""] for line in counter.lines]


def total(counter: Counter) -> list[Any]:
    return ["Tổng cộng", "", sum(line.total for line in counter.lines), "", "", ""]


def untouched(counter: Counter) -> bool:
    """No result, and all the money still with the agency."""
    held = balances_of_list(counter.delivery.pay_list_id)
    return not LineResult.objects.exists() and held.get(Account.AGENCY) == 5_800_000


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-16"), (";", "utf-16"), (";", "utf-8")])
def test_a_csv_in_any_of_the_ways_it_is_saved(counter: Counter, delimiter: str, encoding: str) -> None:
    batch = sent_in(counter, csv_of([HEADS, *answers(counter), total(counter)], delimiter, encoding), "csv")
    assert (batch.status, batch.refusal, batch.counts, batch.paid) == ("staged", "", {"ready": 6}, 5_800_000)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_csv_typed_in_a_font_of_old(counter: Counter, encoding: str) -> None:
    """“Mã dòng”, “Đã trả”, “Không trả”, “Vắng mặt” as .VnTime and VNI-Times hold them."""
    words = {"tcvn3": ("M· dßng", "KÕt qu¶", "§· tr¶", "Kh«ng tr¶", "V¾ng mÆt", "Lý do kh«ng tr¶"),
             "vni": ("Maõ doøng", "Keát quaû", "Ñaõ traû", "Khoâng traû", "Vaéng maët", "Lyù do khoâng traû")}[encoding]  # fmt: skip
    line, outcome, paid, unpaid, absent, reason = words
    one, two = counter.lines[:2]
    rows = [(line, outcome, reason), (one.public_id, paid, ""), (two.public_id, unpaid, absent), ("Het tep", "", "")]
    batch = sent_in(counter, csv_of(rows, encoding="latin-1"), "csv")
    assert (batch.refusal, batch.counts, findings(batch)) == ("", {"ready": 2}, {})


def test_headings_of_the_agencys_own(counter: Counter) -> None:
    """A heading in two rows with merged cells, a row of numbers below it, a sum with signatures at the end; no accents, other words."""
    one, two, _three, four, *_rest = counter.lines
    rows: list[list[Any]] = [
        ["BUU DIEN TINH"], ["Bao cao chi tra"], [],
        ["STT", "MA DONG CHI TRA", "Chi trả", "", "", "Ghi chú"],
        ["", "", "TINH TRANG", "So tien thuc tra (dong)", "Ngay chi tra", ""],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, f" {str(one.public_id).upper()}\u00a0", "da chi tra", f"{one.total:,} đ", DAY.isoformat() + " 09:15:00", "§· tr¶ t¹i nhµ"],
        [2, f"\u200b{two.public_id}", "ĐÃ CHI", f"{two.total:,}".replace(",", ".") + ",00", DAY.toordinal() - 693594, ""],
        [3, four.public_id.hex, "Đã nhận ", float(four.total), datetime.datetime.combine(DAY, datetime.time(14, 5)), ""],
        ["Tổng cộng", "", "", one.total + two.total + four.total, "", ""],
        [], ["", "", "", "NGUOI LAP BIEU"],
    ]  # fmt: skip
    as_text = [[str(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    content = book_of(as_text, change=lambda book: (book.active.merge_cells("C4:E4"), book.active.merge_cells("B4:B5")))
    batch = sent_in(counter, content)
    assert (batch.refusal, findings(batch)) == ("", {})
    with as_scope(counter.boss):
        apply(batch=batch, by=counter.boss)
    assert results(counter) == ["paid", "paid", "", "paid", "", ""]
    assert set(LineResult.objects.values_list("paid_on", flat=True)) == {DAY}


@pytest.mark.parametrize("kept", [1, 3, 5])
def test_a_csv_cut_between_two_rows(counter: Counter, kept: int) -> None:
    rows = csv_of([HEADS, *answers(counter), total(counter)]).splitlines(keepends=True)
    batch = sent_in(counter, b"".join(rows[: kept + 1]), "csv")
    assert batch.status == "refused"
    assert f"{kept} dòng kết quả" in batch.refusal
    assert "ghi số dòng kết quả" in batch.refusal
    assert untouched(counter)
    with as_scope(counter.boss):
        again = receive(
            agency=counter.own.agency,
            content=b"".join(rows[: kept + 1]),
            format="csv",
            client_key="told",
            by=counter.boss,
            declared_rows=kept,
        )
        assert (again.pk, stage(batch=again, by=counter.boss).counts) == (batch.pk, {"ready": kept})


def test_a_sum_that_the_rows_do_not_make(counter: Counter) -> None:
    """The second row is lost on the way, the sum stayed; in a workbook as in a text."""
    rows = [HEADS, *answers(counter), total(counter)]
    del rows[2]
    for content, kind in ((csv_of(rows), "csv"), (book_of(rows), "xlsx")):
        batch = sent_in(counter, content, kind)
        assert batch.status == "refused"
        assert "Hàng 7 (tổng cộng) ghi đã trả 5.800.000 đ nhưng các dòng cộng lại 5.300.000 đ" in batch.refusal.replace("\u00a0", " ")
    assert untouched(counter)


def test_sums_of_villages_and_of_all(counter: Counter) -> None:
    rows = answers(counter)
    parts = [sum(row[2] for row in part) for part in (rows[:2], rows[2:])]
    content = [HEADS, *rows[:2], ["", "Cộng thôn Nà Rì", parts[0]], *rows[2:], ["Cộng", "", parts[1]], total(counter)]
    content[3] = ["Cộng thôn Nà Rì", "", parts[0], "", "", ""]
    assert sent_in(counter, csv_of(content), "csv").counts == {"ready": 6}


def test_a_packed_csv(counter: Counter) -> None:
    """Its length and checksum are in it: whole without another word, cut or broken never taken, a bomb not unpacked."""
    content = gzip.compress(csv_of([HEADS, *answers(counter)]))
    assert sent_in(counter, content, "gz").counts == {"ready": 6}
    for broken, said in (
        (content[:-20], "cắt giữa chừng"), (content[:40] + b"x" + content[41:], "gz bị"), (b"PK\x03\x04", "không phải tệp nén"),
        (gzip.compress(bytes(300 * 2**20), 1), "lớn hơn 256 MB"),
    ):  # fmt: skip
        batch = sent_in(counter, broken, "gz")
        assert batch.status == "refused"
        assert said in batch.refusal
    assert untouched(counter)


def test_hidden_rows_count_and_a_second_sheet_is_asked_about(counter: Counter) -> None:
    """What a filter hides was answered all the same. Answers on two sheets, one of them hidden, are a question; a sheet without answers is none."""
    rows = [HEADS, *answers(counter)]

    def hide(book: Any) -> None:
        for number in (3, 4):
            book.active.row_dimensions[number].hidden = True

    def hide_second(book: Any) -> None:
        book["Trang 2"].sheet_state = "hidden"

    assert sent_in(counter, book_of(rows, change=hide)).counts == {"ready": 6}
    twice = sent_in(counter, book_of(rows[:4], [HEADS, *rows[4:]], change=hide_second))
    assert "2 trang tính: “Trang 1”, “Trang 2” (đang ẩn)" in twice.refusal
    assert sent_in(counter, book_of([HEADS, [rows[1][0]]], rows)).counts == {"ready": 6}
    two = sent_in(counter, book_of([(*HEADS, "Kết quả"), *rows[1:]]))
    assert "hai cột “Kết quả”" in two.refusal
    assert untouched(counter)


def test_a_formula_without_its_value_is_named(counter: Counter) -> None:
    """As programs write it that never opened a spreadsheet: outcome and sum are formulas nobody has worked out."""
    rows = answers(counter)[:3]
    rows[1][1], rows[2][2] = "=B2", "=1000*500"
    batch = sent_in(counter, book_of([HEADS, *rows]))
    assert findings(batch) == {3: ["read"], 4: ["read"]}
    said = batch.lines.get(row_no=3).findings[0]
    assert (said["field"], "công thức" in sentence(said)) == ("Kết quả", True)


@pytest.mark.parametrize(
    "made", ["xls", "ods", "pdf", "csv", "cut", "empty", "headings", "bomb", "old workbook", "picture"],
)  # fmt: skip
def test_a_workbook_that_is_none(counter: Counter, made: str) -> None:
    whole = book_of([HEADS, *answers(counter)])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", bytes(250 * 2**20) if made == "bomb" else b"")
    content = {
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ods": packed.getvalue(), "pdf": b"%PDF-1.7\n1 0 obj", "csv": csv_of([HEADS]),
        "cut": whole[: len(whole) * 2 // 3], "empty": book_of([]), "headings": book_of([HEADS]), "bomb": packed.getvalue(),
        "old workbook": b"<html><table><tr><td>M\xe3</td></tr></table></html>", "picture": b"\x89PNG\r\n\x1a\n",
    }[made]  # fmt: skip
    batch = sent_in(counter, content)
    assert batch.status == "refused"
    assert batch.refusal.endswith(".")
    assert untouched(counter)


def test_what_no_database_can_keep_is_left_out_or_refused(counter: Counter) -> None:
    """A zero sign and half a sign in a text, a sum beyond all money, a quotation mark that never closes."""
    one = counter.lines[0]
    rows = [[f"{one.public_id}\x00", "Đã trả", "1" + "0" * 40, "", "", "An\x00h"]]
    batch = sent_in(counter, csv_of([HEADS, *rows]), "csv", rows=1)
    assert findings(batch) == {2: ["read"]}
    assert batch.lines.get().proxy == "Anh"
    said = b'[{"line":"\\ud800","outcome":"paid\\u0000","proxy":"\\udfff An"}]'
    with as_scope(counter.boss):
        call = receive(agency=counter.own.agency, content=said, format="json", client_key="odd", by=counter.boss)
        assert findings(stage(batch=call, by=counter.boss)) == {1: ["unknown_line"]}
    wide = csv_of([HEADS, *answers(counter)]) + b'"' + b"x" * 200_000
    assert sent_in(counter, wide, "csv").status == "refused"
    assert untouched(counter)
