"""The table an agency gets, fills in and sends back: read again from workbook and CSV, in any order, with what is wrong named."""

from __future__ import annotations

import csv
import datetime
import io

import openpyxl
import pytest

from payments.channels import Answer, ChannelRefused, face, table
from payments.queries.payer_lines import ListHead, PayerLine

LINE, OTHER = "0199f1aa-0000-7000-8000-000000000001", "0199f1aa-0000-7000-8000-000000000002"
HEAD = ListHead("202611-00721-POST", datetime.date(2026, 11, 1), "Xã Đồng Văn", "post", 1_750_000, 1, 2)


def lines(payee: str = "Giàng Mí Páo") -> list[PayerLine]:
    common = {
        "born": datetime.date(1988, 4, 12),
        "born_precision": "day",
        "village": "Thôn Má Lủng",
        "holder": "",
        "provider": "",
        "account": "",
    }
    return [
        PayerLine(number=1, line=LINE, household_code="08-00721-1", payee=payee, national_id="002088014571", amount=1_000_000, arrears=250_000,
                  recovery=0, carried=0, total=1_250_000, **common),
        PayerLine(number=2, line=OTHER, household_code="08-00721-2", payee="Vừ Thị Mỷ", national_id="", amount=500_000, arrears=0,
                  recovery=0, carried=0, total=500_000, **common),
    ]  # fmt: skip


def made(**options: str) -> dict[str, bytes]:
    return table.files(HEAD, [table.values(line) for line in lines(**options)], table.columns())


def filled(content: bytes, *answers: dict[str, object]) -> bytes:
    """The workbook as a clerk fills it in."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    titles = [cell.value for cell in sheet[table.HEADING_ROW]]
    for number, answer in enumerate(answers, start=table.HEADING_ROW + 1):
        for title, value in answer.items():
            sheet.cell(number, titles.index(title) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbook_and_csv_hold_the_same_rows_and_their_sum() -> None:
    files = made()
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
    body = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(min_row=table.HEADING_ROW, values_only=True)]
    assert body == rows
    assert sum(int(row[rows[0].index("Số tiền phải trả")]) for row in rows[1:]) == HEAD.payable
    assert "1.750.000" in sheet["A2"].value


def test_a_list_whose_lines_do_not_add_up_is_not_written() -> None:
    with pytest.raises(ChannelRefused, match=r"1\.250\.000.*1\.750\.000"):
        table.files(HEAD, [table.values(lines()[0])], table.columns())


def test_a_name_is_never_a_formula() -> None:
    files = made(payee="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in files["csv"].decode("utf-8-sig")
    assert openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active.cell(table.HEADING_ROW + 1, 3).data_type == "s"


def test_a_filled_workbook_is_read_back() -> None:
    content = filled(
        made()["xlsx"],
        {"Kết quả": "Đã trả", "Ngày trả": datetime.datetime(2026, 12, 2), "Người nhận thay": "Giàng Thị Dợ"},
        {"Kết quả": "khong tra", "Lý do không trả": "Vắng mặt"},
    )
    assert face("post").read(content, "xlsx") == [
        Answer(4, LINE, "paid", "", 1_250_000, datetime.date(2026, 12, 2), "Giàng Thị Dợ"),
        Answer(5, OTHER, "unpaid", "absent"),
    ]


def test_rows_nobody_filled_in_are_left_out_and_columns_may_stand_anywhere() -> None:
    text = f"Kết quả;Mã dòng;Số tiền đã trả\nĐã chi;{LINE};1.250.000\n;{OTHER};\n"
    assert face("ewallet").read(text.encode(), "csv") == [Answer(2, LINE, "paid", "", 1_250_000)]


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ("Xong;%s;;;", "Kết quả", "Xong"),
        ("Không trả;%s;;;ốm", "Lý do không trả", "ốm"),
        ("Đã trả;%s;1,5 triệu;;", "Số tiền đã trả", "1,5 triệu"),
        ("Đã trả;%s;;31/02/2026;", "Ngày trả", "31/02/2026"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_finding_with_its_field(row: str, field: str, value: str) -> None:
    text = f"Kết quả;Mã dòng;Số tiền đã trả;Ngày trả;Lý do không trả\n{row % LINE}\n"
    (answer,) = face("post").read(text.encode(), "csv")
    assert [(one.field, one.value) for one in answer.findings] == [(field, value)]


@pytest.mark.parametrize(("content", "format"), [(b"x;y\n1;2\n", "csv"), (b"PK\x03\x04cut", "xlsx"), (b"", "csv")])
def test_a_file_of_another_kind_is_refused(content: bytes, format: str) -> None:
    with pytest.raises(ChannelRefused):
        face("post").read(content, format)


def test_a_channel_says_what_it_takes() -> None:
    with pytest.raises(ChannelRefused, match="không nhận “xml”"):
        face("post").read(b"<a/>", "xml")
