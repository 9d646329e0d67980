"""Every habit of writing a value is understood, or left blank with a remark; a wrong value is never taken in silence."""

import datetime as dt
from typing import Any

import pytest

from households.importing.ages import Hints, understand_birth
from households.importing.benefits import read_amount, read_article
from households.importing.births import DateHabit, habit_of, parse_date_cell
from households.importing.conditions import read_disability, read_disability_degree, read_disability_type, read_studying
from households.importing.ethnic_groups import read_ethnicity
from households.importing.identities import read_identity
from households.importing.notes import read_death
from households.importing.relations import read_poverty, read_relation, read_sex

LATEST = dt.date(2025, 12, 31)


def born(cell: Any, **hints: Any) -> tuple[str | None, str | None]:
    parsed = parse_date_cell(cell)
    if parsed.value is None:
        return None, None
    day = understand_birth(parsed.value, Hints(**hints), LATEST).value
    return (day.day.isoformat(), day.precision) if day else (None, None)


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("16.09.1949", "1949-09-16", "day"), ("3/9/1960", "1960-09-03", "day"), ("11-04-82", "1982-04-11", "day"),
        ("10/1992", "1992-10-01", "month"), (1942.0, "1942-01-01", "year"), ("1942", "1942-01-01", "year"), ("1950.0", "1950-01-01", "year"),
        (dt.date(1980, 12, 6), "1980-12-06", "day"), (dt.datetime(1980, 12, 6, 0, 0), "1980-12-06", "day"), (18157, "1949-09-16", "day"),
        ("18157", "1949-09-16", "day"), ("tháng 3/2021", "2021-03-01", "month"), ("Tháng 3 năm 2021", "2021-03-01", "month"),
        ("sinh năm 1950", "1950-01-01", "year"), ("SN 1950", "1950-01-01", "year"), ("năm 1950", "1950-01-01", "year"),
        ("ngày 5 tháng 11 năm 1976", "1976-11-05", "day"), ("16091949", "1949-09-16", "day"), (3091960.0, "1960-09-03", "day"),
        ("00/00/1950", "1950-01-01", "year"), ("0/5/1950", "1950-05-01", "month"), ("../../1950", "1950-01-01", "year"),
        ("--/05/1950", "1950-05-01", "month"), ("1949-09-16", "1949-09-16", "day"), ("1949-09-16 00:00:00", "1949-09-16", "day"),
        ("16 / 09 / 1949", "1949-09-16", "day"), ("16,09,1949", "1949-09-16", "day"), ("16/091949", "1949-09-16", "day"),
        ("16/09/1949.", "1949-09-16", "day"),
        ("'16/09/1949", "1949-09-16", "day"), (10.1992, "1992-10-01", "month"), (3.202, "2020-03-01", "month"),
        ("khoảng 1945", "1945-01-01", "year"), ("16\\09\\1949", "1949-09-16", "day"), ("16-Sep-1949", "1949-09-16", "day"),
        ("1l/09/1949", "1949-09-11", "day"),
        ("16/9/1949 ", "1949-09-16", "day"), ("08/23/1951", "1951-08-23", "day"), ("1/1/1955", "1955-01-01", "day"),
        ("101992", "1992-10-01", "month"),
        ("  /  /1950", "1950-01-01", "year"), ("Th 3/2021", "2021-03-01", "month"), ("16 09 1949", "1949-09-16", "day"),
        ("29/02/2000", "2000-02-29", "day"),
    ],
)  # fmt: skip
def test_a_date_is_understood(cell: Any, day: str, precision: str) -> None:
    assert born(cell) == (day, precision)


@pytest.mark.parametrize(
    "cell", ["31/02/1990", "29/02/2001", "12/13/14/1990", "không nhớ", "1/1/2035", 2031.0, "45/45/1990", "0949", dt.time(1, 2), "199"]
)
def test_an_impossible_date_is_left_blank_with_a_remark(cell: Any) -> None:
    parsed = parse_date_cell(cell)
    remarks = parsed.remarks or (understand_birth(parsed.value, Hints(), LATEST).remarks if parsed.value else ())
    assert born(cell) == (None, None)
    assert any(remark.severity in ("error", "warning") for remark in remarks)


@pytest.mark.parametrize(
    ("cell", "hints", "year"),
    [
        ("12-06-25", {"relation": "child", "head_year": 1993}, "2025"), ("01-01-39", {"relation": "parent", "head_year": 1960}, "1939"),
        ("01-01-20", {"relation": "parent", "head_year": 1950}, "1920"), ("04-05-12", {"studying": "lower_secondary"}, "2012"),
        ("04-05-12", {"id_year": 1912}, "1912"), ("02-03-05", {"relation": "head"}, "2005"), ("02-03-18", {"relation": "head"}, "1918"),
        ("04/05/15", {"relation": "child", "head_year": 1900}, "2015"),
    ],
)  # fmt: skip
def test_a_two_digit_year_follows_what_is_known_and_says_so(cell: str, hints: dict[str, Any], year: str) -> None:
    parsed = parse_date_cell(cell).value
    assert parsed is not None
    read = understand_birth(parsed, Hints(**hints), LATEST)
    assert read.value is not None
    assert read.remarks
    assert f"{read.value.day:%Y}" == year


def test_days_and_months_that_excel_exchanged_are_put_back() -> None:
    column: list[Any] = [*(f"{day}/08/1951" for day in range(13, 20)), *(dt.date(1980, day, 6) for day in range(1, 8))]
    habit = habit_of(column)

    assert habit == DateHabit(exchanged=True)
    read = parse_date_cell(dt.date(1980, 12, 6), habit)
    assert (read.value.month, read.value.day) == (6, 12) if read.value else False
    assert read.remarks[0].severity == "warning"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("002149240822", "002149240822"), (2149240822.0, "002149240822"), ("2149240822", "002149240822"), ("002 149 240822", "002149240822"),
        ("002.149.240.822", "002149240822"), ("002-149-240822", "002149240822"), ("'002149240822", "002149240822"),
        ("002149240822.0", "002149240822"),
        ("00214924o822", "002149240822"), (49149240822.0, "049149240822"), ("CCCD: 002149240822", "002149240822"),
        ("073123456/002149240822", "002149240822"),
        ("002149240822 (mới)", "002149240822"), ("2.149240822E9", "002149240822"), ("002149240822\n073123456", "002149240822"),
    ],
)  # fmt: skip
def test_a_national_id_is_understood(cell: Any, number: str) -> None:
    read = read_identity(cell)
    assert read.value is not None
    assert read.value.national_id == number


@pytest.mark.parametrize(
    "cell", ["2.09E+09", "2.14924E+11", 2.1e11, "12345", "0021492408225", "chưa có", 73123456.0, "073123456", dt.date(2020, 1, 1), 0.5]
)
def test_a_number_that_is_no_national_id_is_left_blank_with_a_remark(cell: Any) -> None:
    read = read_identity(cell)
    assert read.value is None or read.value.national_id is None
    assert read.remarks


def test_an_old_card_is_kept_beside() -> None:
    read = read_identity("73123456")
    assert read.value is not None
    assert read.value.old_id == "073123456"


@pytest.mark.parametrize(
    ("cell", "relation"),
    [
        ("Chủ hộ", "head"), ("CHỦ HỘ", "head"), ("ch", "head"), ("Vợ", "spouse"), ("chồng", "spouse"), ("Con", "child"), ("con đẻ", "child"),
        ("Con nuôi", "child"), ("con gái", "child"), ("Con trai", "child"), ("con riêng", "child"), ("Bố", "parent"), ("Mẹ đẻ", "parent"),
        ("Cha", "parent"), ("ba", "parent"), ("má", "parent"), ("bà", "other"), ("Con dâu", "other"), ("con rể", "other"), ("Cháu nội", "other"),
        ("ông", "other"), ("Anh", "other"), ("em gái", "other"), ("mẹ chồng", "other"), ("Bố vợ", "other"), ("Con 2", "child"), ("Vợ 2", "spouse"),
        ("Con thứ 3", "child"), ("con út", "child"), ("cháu ngoại", "other"), ("Chú", "other"), ("mẹ kế", "other"), ("", None), (None, None),
        ("-", None),
        ("Cháu họ", "other"), ("chắt", "other"), ("dì ruột", "other"), ("Con gái út", "child"),
    ],
)  # fmt: skip
def test_a_relation_is_understood(cell: Any, relation: str | None) -> None:
    assert read_relation(cell).value == relation


@pytest.mark.parametrize("cell", ["xyz", "C", "12"])
def test_an_unknown_relation_is_left_blank_with_a_remark(cell: str) -> None:
    assert read_relation(cell).value is None
    assert read_relation(cell).remarks


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("H'Mông", "08"), ("Hmông", "08"), ("Mèo", "08"), ("HMONG", "08"), ("H’mông", "08"), ("Mông hoa", "08"), ("Khơ-me", "05"),
        ("Khmer", "05"), ("Khơ Me", "05"),
        ("Ê-đê", "12"), ("Êđê", "12"), ("Cơ Tu", "26"), ("Ka Tu", "26"), ("Giẻ Triêng", "27"), ("Gié - Triêng", "27"), ("Bru Vân Kiều", "23"),
        ("Bru-Vân Kiều", "23"), ("Raglai", "21"), ("Ra Glai", "21"), ("Tày", "02"), ("Thái", "03"), ("Mường", "06"), ("M'nông", "20"),
        ("K'Ho", "16"),
        ("Xơ-đăng", "14"), ("Xê Đăng", "14"), ("Gia-rai", "10"), ("Jrai", "10"), ("Ba-na", "13"), ("Sán Chí", "15"), ("Cao Lan", "15"),
        ("Lô Lô", "43"),
        ("Giáy", "25"), ("Cờ Lao", "47"), ("Pu Péo", "51"), ("La Chí", "38"), ("La Ha", "39"), ("Phù Lá", "40"), ("Bố Y", "49"), ("Nùng", "07"),
        ("Dao đỏ", "09"), ("dân tộc Dao", "09"), ("08", "08"), (8.0, "08"), ("Kinh", "01"), ("Hoa", "04"), ("Hà Nhì", "35"), ("Chăm H'roi", "17"),
        ("Co", "30"), ("Cor", "30"), ("Tà Ôi", "31"), ("Pa Kô", "31"), ("Stiêng", "22"), ("Chu-ru", "36"), ("Mạ", "28"), ("Thổ", "24"),
        ("Lự", "42"), ("Lào", "37"),
    ],
)  # fmt: skip
def test_an_ethnic_group_is_understood(cell: Any, code: str) -> None:
    assert read_ethnicity(cell).value == code


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("Vận động", "mobility"), ("Nghe, nói", "hearing_speech"), ("Câm điếc", "hearing_speech"), ("mù", "sight"), ("Nhìn", "sight"),
    ("Thần kinh - tâm thần", "mental"),
     ("Tâm thần", "mental"), ("Trí tuệ", "intellectual"), ("Khác", "other"), ("KT vận động", "mobility"), ("Thần kinh, tâm thần", "mental"),
     ("Liệt", "mobility")],
)  # fmt: skip
def test_a_kind_of_disability_is_understood(cell: str, kind: str) -> None:
    assert read_disability_type(cell).value == kind


@pytest.mark.parametrize(
    ("cell", "degree"),
    [("ĐBN", "extremely_severe"), ("Đặc biệt nặng", "extremely_severe"), ("ĐB nặng", "extremely_severe"), ("đ.b.n", "extremely_severe"),
    ("Nặng", "severe"),
     ("N", "severe"), ("nhẹ", "mild"), ("Nặng (65%)", "severe"), ("81%", "extremely_severe"), (0.65, "severe"), ("Mức độ nặng", "severe"),
     ("Khuyết tật đặc biệt nặng", "extremely_severe"), ("Khuyết tật nặng", "severe")],
)  # fmt: skip
def test_a_degree_is_understood(cell: Any, degree: str) -> None:
    assert read_disability_degree(cell).value == degree


def test_one_cell_may_hold_kind_and_degree() -> None:
    read = read_disability("Vận động - đặc biệt nặng").value
    assert read is not None
    assert (read.type, read.degree) == ("mobility", "extremely_severe")


@pytest.mark.parametrize(
    ("cell", "level"),
    [("Lớp 1", "primary"), ("Lớp 5A", "primary"), ("lớp 9", "lower_secondary"), (7.0, "lower_secondary"), ("12", "upper_secondary"),
    ("Mẫu giáo", "preschool"),
     ("Mầm non", "preschool"), ("Nhà trẻ", "nursery"), ("Trung cấp", "vocational"), ("Học nghề", "vocational"), ("CĐ", "college"),
     ("Cao đẳng", "college"),
     ("ĐH", "university"), ("Đại học", "university"), ("THCS", "lower_secondary"), ("Cấp 3", "upper_secondary"), ("Tiểu học", "primary"),
     ("THPT", "upper_secondary"),
     ("Sinh viên", "university"), ("HS lớp 3", "primary"), ("Đang học lớp 10", "upper_secondary"), ("Lớp 8/12", "lower_secondary"),
     ("Lớp mẫu giáo", "preschool"),
     ("Lớp 3 trường PTDTBT", "primary")],
)  # fmt: skip
def test_schooling_is_understood(cell: Any, level: str) -> None:
    assert read_studying(cell).value == level


@pytest.mark.parametrize("cell", ["Nghỉ học", "Không", "Đã nghỉ học", "9/12", "Chưa đi học", "Mù chữ", "tốt nghiệp THPT"])
def test_no_schooling_is_null_with_a_remark(cell: str) -> None:
    assert read_studying(cell).value is None
    assert read_studying(cell).remarks


@pytest.mark.parametrize(
    ("cell", "article"),
    [("Khoản 6", "5.6"), ("K6", "5.6"), ("5.6", "5.6"), (5.6, "5.6"), (6.0, "5.6"), ("6", "5.6"), ("điểm a khoản 5", "5.5a"),
    ("5.5c", "5.5c"), ("Khoản 5 điểm c", "5.5c"),
     ("khoản 5c", "5.5c"), ("Khoản 6, Điều 5", "5.6"), ("Khoản 6 Điều 5 NĐ 20/2021/NĐ-CP", "5.6"), ("Điều 5 khoản 6", "5.6"), ("K6Đ5", "5.6"),
     ("K.6", "5.6"),
     ("Điểm đ khoản 5", "5.5d"), ("5/6", "5.6"), (dt.date(2025, 6, 5), "5.6"), ("Điểm a, khoản 1", "5.1"), ("Khoản 6 Đ5", "5.6"),
     ("6a", "5.6"), ("5c", "5.5c"),
     ("Đ.5 K.6", "5.6"), ("Khoản 5, điểm b", "5.5b")],
)  # fmt: skip
def test_a_benefit_is_understood(cell: Any, article: str) -> None:
    assert read_article(cell).value == article


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1.000.000", 1_000_000), ("750000", 750_000), ("750.000đ", 750_000), ("1,000,000", 1_000_000),
    ("360 nghìn", 360_000), (750000.0, 750_000), ("750.000 đ/tháng", 750_000),
     ("1.000.000 đồng", 1_000_000), ("1.000.000,0", 1_000_000), ("750 000", 750_000), ("1,5 triệu", 1_500_000), ("500k", 500_000),
     ("750.000 VNĐ", 750_000),
     ("750", 750_000), (750.0, 750_000), ("1.000.000.", 1_000_000), ("1000000.0", 1_000_000)],
)  # fmt: skip
def test_an_amount_is_understood(cell: Any, amount: int) -> None:
    assert read_amount(cell).value == amount


def test_an_amount_follows_the_unit_of_its_heading() -> None:
    assert read_amount("750", unit=1000).value == 750_000
    assert read_amount(1250.0, unit=1000).value == 1_250_000


@pytest.mark.parametrize(
    ("note", "died"),
    [("đã chết 10/2025", "2025-10"), ("mất ngày 3/9/2025", "2025-09-03"), ("chết năm 2024", "2024"), ("Đã mất tháng 10/2025", "2025-10"),
    ("qua đời 05.10.2025", "2025-10-05"),
     ("Chết tháng 10 năm 2025", "2025-10"), ("đã chết (10/2025)", "2025-10"), ("hộ neo đơn; đã chết 10/2025", "2025-10"), ("Chết 9/25", "2025-09"),
     ("Từ trần ngày 01 tháng 02 năm 2025", "2025-02-01"), ("ĐÃ CHẾT 10/2025", "2025-10"), ("mất 2024", "2024"),
     ("đã chết từ 10/2025", "2025-10"), ("đã chết T10/2025", "2025-10")],
)  # fmt: skip
def test_a_death_is_read_from_a_note(note: str, died: str) -> None:
    read = read_death(note, LATEST)
    assert read.value is not None
    assert read.value.on == died
    assert read.remarks


@pytest.mark.parametrize("note", ["đã chết", "mất"])
def test_a_death_without_a_date_is_noted_all_the_same(note: str) -> None:
    read = read_death(note, LATEST)
    assert read.value is not None
    assert read.value.on is None


@pytest.mark.parametrize(
    "note",
    [
        "mất sức lao động",
        "bố mất năm 2020",
        "mất việc",
        "mất khả năng lao động",
        "đi làm ăn xa",
        "chồng chết 2019",
        "mẹ đã mất",
        "mất CCCD",
        None,
    ],
)
def test_other_notes_are_no_death(note: str | None) -> None:
    assert read_death(note, LATEST).value is None


@pytest.mark.parametrize(
    ("cell", "poverty"),
    [("Hộ nghèo", "poor"), ("HN", "poor"), ("N", "poor"), ("Nghèo", "poor"), ("Hộ cận nghèo", "near_poor"), ("CN", "near_poor"),
    ("Cận nghèo", "near_poor"), ("HCN", "near_poor"),
     ("hộ nghèo ", "poor"), ("Hộ nghèo DTTS", "poor"), ("cận", "near_poor"), ("Thoát nghèo", None), ("Không nghèo", None), ("?", None)],
)  # fmt: skip
def test_the_class_of_a_household_is_understood(cell: str, poverty: str | None) -> None:
    assert read_poverty(cell).value == poverty


@pytest.mark.parametrize(
    ("cell", "sex"),
    [("Nam", "male"), ("nữ", "female"), ("NỮ", "female"), ("Nu", "female"), ("Gái", "female"), ("nam ", "male"), ("3", None)],
)
def test_sex_is_understood(cell: str, sex: str | None) -> None:
    assert read_sex(cell).value == sex
