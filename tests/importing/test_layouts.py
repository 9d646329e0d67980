"""Lists laid out in other ways than the sample: small ones, each with what it means."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from households.importing.as_json import reading_as_json
from households.importing.reading import ReadOptions, read_list
from tests.importing.messy import encode

HEADER = ["STT", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD", "Thôn", "Phân loại hộ", "Ghi chú"]
HEAD = [1, "SÙNG MÍ PÁO", "Chủ hộ", "01/02/1980", "Nam", "Mông", "002080123456", "Thôn Nà Cho", "Hộ nghèo", None]
WIFE = [None, "Vàng Thị Dợ", "Vợ", "03/04/1982", "Nữ", None, "002182123457", None, None, None]
SON = [None, "Sùng Mí Sính", "Con", "05/06/2010", "Nam", None, "002210123458", None, None, None]
NEXT = [2, "Lý Thị Mỷ", "Chủ hộ", "1955", "Nữ", "Dao", "002155123459", "Thôn Má Lủng", "Hộ cận nghèo", None]


class List:
    """A list being made; `read` gives the JSON object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = openpyxl.Workbook()
        self.sheet = self.book.active

    def read(self, rows: Sequence[Sequence[Any]] = (), **options: Any) -> dict[str, Any]:
        for row in rows:
            self.sheet.append(list(row))
        path = self.folder / "list.xlsx"
        self.book.save(path)
        return reading_as_json(read_list(path, ReadOptions(today=dt.date(2025, 12, 31), **options)))


@pytest.fixture
def made(tmp_path: Path) -> List:
    return List(tmp_path)


def column(result: dict[str, Any], name: str) -> list[Any]:
    return [person[name] for person in result["people"]]


def said(result: dict[str, Any], row: int) -> str:
    return " | ".join(f"{finding['severity']}: {finding['message']}" for finding in result["findings"] if finding["row"] == row)


def test_a_list_of_heads_only_has_one_household_a_row(made: List) -> None:
    header = ["TT", "Họ và tên chủ hộ", "Năm sinh", "Nữ", "Dân tộc", "Thôn", "Diện hộ"]
    result = made.read(
        [header, [1, "Sùng Mí Páo", 1980, None, "Mông", "Nà Cho", "HN"], [2, "Lý Thị Mỷ", 1955, "x", "Dao", "Nà Cho", "HCN"]]
    )

    assert (result["households"], result["persons"]) == (2, 2)
    assert column(result, "relation") == ["head", "head"]
    assert column(result, "sex") == ["male", "female"]
    assert column(result, "poverty") == ["poor", "near_poor"]


def test_numbers_on_every_row_do_not_split_a_household(made: List) -> None:
    rows = [[number, *row[1:]] for number, row in enumerate([HEAD, WIFE, SON, NEXT], start=1)]
    assert made.read([HEADER, *rows])["households"] == 2


def test_without_relations_a_number_opens_a_household(made: List) -> None:
    drop = [0, 1, 3, 4, 5, 6, 7, 8]
    result = made.read([[row[index] for index in drop] for row in (HEADER, HEAD, WIFE, SON, NEXT)])

    assert column(result, "household_row") == [2, 2, 2, 5]
    assert column(result, "relation") == ["head", None, None, "head"]


def test_members_numbered_one_point_one_belong_to_household_one(made: List) -> None:
    header = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn"]
    result = made.read(
        [
            header,
            ["1", "Sùng Mí Páo", "1980", "Nam", "Nà Cho"],
            ["1.1", "Vàng Thị Dợ", "1982", "Nữ", None],
            ["2", "Lý Thị Mỷ", "1955", "Nữ", "Nà Cho"],
        ]
    )
    assert column(result, "household_row") == [2, 2, 4]


def test_a_village_merged_over_households_holds_for_all_of_them(made: List) -> None:
    result = made.read([HEADER, HEAD, WIFE, [2, *NEXT[1:7], None, "Hộ nghèo", None]])
    assert column(result, "village") == ["Thôn Nà Cho"] * 3
    assert "Thôn Nà Cho" in said(result, 4)


def test_lines_that_name_a_village_hold_for_the_rows_below(made: List) -> None:
    header = [name for name in HEADER if name != "Thôn"]
    drop = [index for index, name in enumerate(HEADER) if name != "Thôn"]
    rows = [[row[index] for index in drop] for row in (HEAD, WIFE, NEXT)]
    result = made.read([header, ["I", "THÔN LŨNG TÁO"], *rows[:2], ["II", "Thôn Nà Cho: 1 hộ, 1 khẩu"], rows[2]])

    assert column(result, "village") == ["Thôn Lũng Táo", "Thôn Lũng Táo", "Thôn Nà Cho"]
    assert [row["why"] for row in result["rows_skipped"]] == ["Dòng tên thôn", "Dòng tên thôn"]


def test_lines_that_name_a_class_hold_for_the_rows_below(made: List) -> None:
    header = [name for name in HEADER if name != "Phân loại hộ"]
    drop = [index for index, name in enumerate(HEADER) if name != "Phân loại hộ"]
    rows = [[row[index] for index in drop] for row in (HEAD, NEXT)]
    result = made.read([header, ["A", "HỘ NGHÈO"], rows[0], ["B", "HỘ CẬN NGHÈO"], rows[1]])
    assert column(result, "poverty") == ["poor", "near_poor"]


def test_sheets_named_by_class_give_it_to_their_households(made: List) -> None:
    header = [name for name in HEADER if name != "Phân loại hộ"]
    drop = [index for index, name in enumerate(HEADER) if name != "Phân loại hộ"]
    made.sheet.title = "Hộ nghèo"
    near = made.book.create_sheet("Hộ cận nghèo")
    for row in (header, [NEXT[index] for index in drop]):
        near.append(row)
    result = made.read([header, [HEAD[index] for index in drop]])
    assert column(result, "poverty") == ["poor", "near_poor"]


def test_the_heads_name_beside_every_member_makes_one_household(made: List) -> None:
    header = ["TT", "Họ tên chủ hộ", "Họ tên thành viên", "Quan hệ", "Năm sinh", "Thôn"]
    rows = [[1, "Sùng Mí Páo", "Sùng Mí Páo", "Chủ hộ", 1980, "Nà Cho"], [2, "Sùng Mí Páo", "Vàng Thị Dợ", "Vợ", 1982, "Nà Cho"]]
    result = made.read([header, *rows, [3, "Lý Thị Mỷ", "Lý Thị Mỷ", "Chủ hộ", 1955, "Nà Cho"]])
    assert column(result, "household_row") == [2, 2, 4]
    assert column(result, "name") == ["Sùng Mí Páo", "Vàng Thị Dợ", "Lý Thị Mỷ"]


def test_a_head_named_only_in_its_own_column_is_a_person_too(made: List) -> None:
    header = ["TT", "Họ tên chủ hộ", "Họ tên thành viên", "Quan hệ", "Năm sinh", "Giới tính", "Thôn"]
    rows = [[1, "Sùng Mí Páo", None, "Chủ hộ", 1980, "Nam", "Nà Cho"], [None, None, "Vàng Thị Dợ", "Vợ", 1982, "Nữ", None]]
    result = made.read([header, *rows, [2, "Lý Thị Mỷ", None, None, 1955, "Nữ", "Nà Cho"]])

    assert column(result, "name") == ["Sùng Mí Páo", "Vàng Thị Dợ", "Lý Thị Mỷ"]
    assert column(result, "household_row") == [2, 2, 4]
    assert column(result, "relation") == ["head", "spouse", "head"]


def test_three_rows_of_headings_are_one(made: List) -> None:
    top = ["STT", "Thông tin thành viên", None, None, None, "Khuyết tật", None, "Thôn"]
    middle = [None, "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", None, "Dạng tật", "Mức độ", None]
    bottom = [None, None, None, "Nam", "Nữ", None, None, None]
    for row in (top, middle, bottom):
        made.sheet.append(row)
    for area in ("A1:A3", "B1:E1", "B2:B3", "C2:C3", "D2:E2", "F1:G1", "F2:F3", "G2:G3", "H1:H3"):
        made.sheet.merge_cells(area)
    result = made.read(
        [[1, "Sùng Mí Páo", "Chủ hộ", "1980", None, "Nhìn", "ĐBN", "Nà Cho"], [None, "Vàng Thị Dợ", "Vợ", None, "1982", None, None, None]]
    )

    assert column(result, "sex") == ["male", "female"]
    assert column(result, "born") == ["1980-01-01", "1982-01-01"]
    assert result["people"][0]["disability"] == {"type": "sight", "degree": "extremely_severe"}


def test_family_and_given_names_in_two_columns_make_one_name(made: List) -> None:
    header = ["STT", "Họ và tên đệm", "Tên", "Quan hệ", "Ngày sinh", "Thôn"]
    result = made.read([header, [1, "SÙNG MÍ", "PÁO", "Chủ hộ", "1980", "Nà Cho"]])
    assert column(result, "name") == ["Sùng Mí Páo"]


def test_kinds_and_degrees_as_ticked_columns(made: List) -> None:
    made.sheet.append(["STT", "Họ và tên", "Quan hệ", "Năm sinh", "Dạng khuyết tật", None, "Mức độ", None, "Thôn"])
    made.sheet.append([None, None, None, None, "Vận động", "Trí tuệ", "Nặng", "ĐBN", None])
    for area in ("E1:F1", "G1:H1"):
        made.sheet.merge_cells(area)
    result = made.read([[1, "Sùng Mí Páo", "Chủ hộ", "1980", None, "x", None, "x", "Nà Cho"]])
    assert result["people"][0]["disability"] == {"type": "intellectual", "degree": "extremely_severe"}


def test_both_classes_ticked_are_an_error_and_none(made: List) -> None:
    header = ["STT", "Họ và tên", "Quan hệ", "Năm sinh", "Thôn", "Hộ nghèo", "Hộ cận nghèo"]
    result = made.read([header, [1, "Sùng Mí Páo", "Chủ hộ", "1980", "Nà Cho", "x", "x"]])
    assert column(result, "poverty") == [None]
    assert "error" in said(result, 2)


def test_an_id_that_stands_twice_is_marked_at_both_places(made: List) -> None:
    result = made.read([HEADER, HEAD, [*WIFE[:6], HEAD[6], *WIFE[7:]]])
    assert "trùng" in said(result, 2)
    assert "trùng" in said(result, 3)


def test_a_row_with_data_and_no_name_is_an_error(made: List) -> None:
    result = made.read([HEADER, HEAD, [None, None, "Con", "05/06/2010", "Nam", None, None, None, None, None]])
    assert result["persons"] == 1
    assert "error" in said(result, 3)


def test_totals_are_compared_with_what_was_read(made: List) -> None:
    result = made.read([HEADER, HEAD, WIFE, ["TỔNG CỘNG", "3 hộ, 2 khẩu"]])
    assert "Dòng cộng ghi 3 hộ" in said(result, 4)


def test_hidden_rows_and_formulas_without_result_are_told(made: List) -> None:
    for row in (HEADER, HEAD, WIFE, SON):
        made.sheet.append(row)
    made.sheet.row_dimensions[3].hidden = True
    made.sheet["D4"] = "=DATE(2010,6,5)"
    result = made.read()
    assert result["persons"] == 2
    assert {"row": 3, "why": "Dòng bị ẩn"} in result["rows_skipped"]
    assert "Công thức" in said(result, 4)


def test_repeated_headings_page_numbers_and_blank_rows_are_passed_over(made: List) -> None:
    result = made.read([HEADER, list(range(1, 11)), HEAD, ["Trang 1/2"], HEADER, WIFE, [], SON, NEXT])
    assert column(result, "household_row") == [3, 3, 3, 9]


def test_signers_are_no_persons(made: List) -> None:
    rows = [
        HEADER,
        HEAD,
        [],
        [None, None, None, "Đồng Văn, ngày 25 tháng 11 năm 2025"],
        [None, "NGƯỜI LẬP", None, "TM. UBND XÃ"],
        [None, "Lý Văn Lập", None, "Vàng Văn Chủ"],
    ]
    assert made.read(rows)["persons"] == 1


def test_names_in_an_old_font_beside_unicode_columns_are_converted(made: List) -> None:
    rows = [[*row[:1], encode(row[1], "tcvn3"), *row[2:]] for row in (HEAD, WIFE, SON, NEXT)]
    result = made.read([HEADER, *rows])
    assert column(result, "name") == ["Sùng Mí Páo", "Vàng Thị Dợ", "Sùng Mí Sính", "Lý Thị Mỷ"]
    assert any("TCVN3" in finding["message"] for finding in result["findings"])


def test_as_above_signs_repeat_the_cell_above(made: List) -> None:
    result = made.read([HEADER, HEAD, [*WIFE[:5], "nt", *WIFE[6:]], [2, *NEXT[1:5], '"', NEXT[6], "-nt-", "Hộ nghèo", None]])
    assert column(result, "ethnicity") == ["08", "08", "08"]
    assert column(result, "village") == ["Thôn Nà Cho"] * 3


def test_corrected_columns_are_followed(made: List) -> None:
    header = ["Cột 1", "Họ và tên", "Cột 3", "Ngày sinh", "Giới tính", "Dân tộc", "Số CCCD", "Thôn", "Phân loại hộ", "Ghi chú"]
    result = made.read([header, HEAD, WIFE], fields={"Cột 1": "no", "Cột 3": "relation"})
    assert column(result, "relation") == ["head", "spouse"]


def test_notes_in_brackets_behind_a_name_are_notes(made: List) -> None:
    result = made.read([HEADER, [1, "Sùng Mí Páo (đã chết 10/2025)", *HEAD[2:]], [None, "Vàng Thị Dợ (vợ)", None, *WIFE[3:]]])
    assert column(result, "name") == ["Sùng Mí Páo", "Vàng Thị Dợ"]
    assert column(result, "died") == ["2025-10", None]
    assert column(result, "relation") == ["head", "spouse"]


def test_minority_names_keep_their_signs(made: List) -> None:
    result = made.read([HEADER, [1, "H'NIA ÊBAN", *HEAD[2:]], [None, "Y Ban", *WIFE[2:]], [None, "K’Brêu", *SON[2:]]])
    assert column(result, "name") == ["H'Nia Êban", "Y Ban", "K'Brêu"]


def test_a_line_that_only_names_the_household_is_no_person(made: List) -> None:
    result = made.read([HEADER, ["1", "Hộ ông Sùng Mí Páo"], [None, *HEAD[1:]], WIFE, ["2", "Hộ bà Lý Thị Mỷ"], [None, *NEXT[1:]]])
    assert column(result, "household_row") == [3, 3, 6]


def test_a_class_in_the_title_holds_for_every_household_and_is_told(made: List) -> None:
    header = [name for name in HEADER if name != "Phân loại hộ"]
    drop = [index for index, name in enumerate(HEADER) if name != "Phân loại hộ"]
    result = made.read([["DANH SÁCH HỘ CẬN NGHÈO NĂM 2025"], [], header, [HEAD[index] for index in drop]])
    assert column(result, "poverty") == ["near_poor"]
    assert "hộ cận nghèo" in said(result, 3)


def test_a_page_total_in_the_middle_of_a_household_does_not_split_it(made: List) -> None:
    result = made.read([HEADER, HEAD, WIFE, ["Cộng trang", 1, 2], ["Trang 1"], HEADER, SON, NEXT])
    assert column(result, "household_row") == [2, 2, 2, 8]
    assert column(result, "village")[2] == "Thôn Nà Cho"


def test_a_month_that_excel_stored_as_its_first_day_stays_a_month(made: List) -> None:
    for row in (
        HEADER,
        [*HEAD[:3], dt.date(1992, 10, 1), *HEAD[4:]],
        [*WIFE[:3], dt.date(1982, 4, 3), *WIFE[4:]],
        [*SON[:3], dt.date(2010, 1, 1), *SON[4:]],
    ):
        made.sheet.append(row)
    made.sheet["D2"].number_format = "mmm-yy"
    made.sheet["D3"].number_format = "dd/mm/yyyy"
    made.sheet["D4"].number_format = "yyyy"
    result = made.read()
    assert column(result, "born") == ["1992-10-01", "1982-04-03", "2010-01-01"]
    assert column(result, "born_precision") == ["month", "day", "year"]
