"""The columns of a workbook: one table from which the sheet, its drop-downs, its notes and the reading back are made."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import posasoft.core
from households.importing.findings import Cell
from households.importing.identities import read_identity
from households.importing.texts import cell_text
from households.models.registry import DisabilityDegree, DisabilityType, Poverty, Relation, Sex, Studying
from posasoft.core.dates import format_partial, parse_partial
from posasoft.core.names import fold

LAYOUT = 1
SHEET = "Danh sách"
KEYS_SHEET = "posasoft"
KEY = "key"
# Words of a drop-down that take a value away: a blank cell never does.
EMPTYING = {"studying": "Không đi học", "disability_degree": "Không khuyết tật"}


class CellError(ValueError):
    """A value that cannot be taken; the message says what is allowed (Vietnamese)."""


@dataclass(frozen=True)
class Column:
    """`where` tells whose cell may be changed: "member" every row, "head" the first row of a household, "new" only rows that are added."""

    name: str
    title: str
    width: int
    where: str
    note: str


COLUMNS = (
    Column(KEY, "Mã dòng", 4, "never", "Mã của hệ thống. Không sửa, không chép sang dòng khác."),
    Column(
        "code", "Mã hộ", 18, "new",
        "Dòng có sẵn: không sửa. Thêm người vào một hộ: ghi mã hộ ấy. Thêm hộ mới: ghi MỚI 1, MỚI 2… cho mọi người của hộ.",
    ),
    Column("village", "Thôn, bản, tổ dân phố", 22, "head", "Sửa ở dòng đầu của hộ. Chọn trong danh sách."),
    Column("poverty", "Phân loại hộ", 14, "head", "Sửa ở dòng đầu của hộ. Chọn trong danh sách."),
    Column("b1", "Điểm B1", 9, "head", "Điểm B1 của phiếu rà soát, số nguyên từ 0 đến 1.000."),
    Column("b2", "Điểm B2", 9, "head", "Điểm B2 của phiếu rà soát, số nguyên từ 0 đến 1.000."),
    Column("full_name", "Họ tên", 26, "member", "Viết đủ dấu. Sửa ở đây là đính chính tên, không phải đổi sang người khác."),
    Column("relation", "Quan hệ với chủ hộ", 16, "member", "Chọn trong danh sách."),
    Column("sex", "Giới tính", 10, "member", "Chọn trong danh sách."),
    Column("born", "Ngày sinh", 13, "member", "Viết 05/11/2026; chỉ biết tháng: 11/2026; chỉ biết năm: 2026."),
    Column("ethnicity", "Dân tộc", 14, "member", "Chọn trong danh sách 54 dân tộc."),
    Column("national_id", "Số định danh", 17, "new", "Dòng có sẵn chỉ hiện ba số cuối và không sửa ở đây. Dòng mới: ghi đủ 12 số."),
    Column("disability_degree", "Mức độ khuyết tật", 18, "member", "Chọn trong danh sách. Hết khuyết tật: chọn “Không khuyết tật”."),
    Column("disability_type", "Dạng khuyết tật", 18, "member", "Chọn trong danh sách."),
    Column("studying", "Đang học", 20, "member", "Chọn trong danh sách. Thôi học: chọn “Không đi học”."),
    Column("note", "Ghi chú", 30, "member", "Ghi chú cho người xem xét; không vào sổ."),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
TITLES = {column.title: column for column in COLUMNS}
HOUSEHOLD = ("village", "poverty", "b1", "b2")
PERSON = ("full_name", "relation", "sex", "born", "ethnicity", "disability_degree", "disability_type", "studying")
_CHOICES: dict[str, Any] = {
    "poverty": Poverty, "relation": Relation, "sex": Sex, "disability_degree": DisabilityDegree, "disability_type": DisabilityType,
    "studying": Studying,
}  # fmt: skip
_MOST_POINTS = 1000


@cache
def labels(name: str) -> Mapping[str, str]:
    """Code → word of a drop-down's column, in the order of the list; empty for columns of free text."""
    if name == "ethnicity":
        with (Path(posasoft.core.__path__[0]) / "data" / "ethnic_groups.csv").open(encoding="utf-8", newline="") as file:
            return {row["code"]: row["name"] for row in csv.DictReader(file)}
    choices = _CHOICES.get(name)
    return {str(value): str(label) for value, label in choices.choices} if choices else {}


@cache
def _codes(name: str) -> Mapping[str, str]:
    return {fold(label): code for code, label in labels(name).items()}


def options(name: str) -> list[str]:
    """The words of a drop-down, with the word that takes a value away last."""
    return [*labels(name).values(), *([EMPTYING[name]] if name in EMPTYING else [])]


def shown(name: str, told: Mapping[str, Any]) -> str:
    """A downloaded value as its cell shows it; empty when nothing is known."""
    value = told.get(name)
    if value in (None, ""):
        return ""
    if name == "born":
        return format_partial(dt.date.fromisoformat(str(value)), str(told.get("born_precision") or "day"))
    return labels(name).get(str(value), str(value))


def written(value: Cell) -> str:
    """A cell as a person would read it."""
    return cell_text(value)


def is_emptied(name: str, text: str) -> bool:
    """Whether the officer chose the word that takes the value away."""
    return name in EMPTYING and fold(text) == fold(EMPTYING[name])


def parse(name: str, text: str, *, latest: dt.date, villages: Mapping[str, str]) -> Any:
    """The value that a cell means: a code, a whole number, a PartialDate for `born`, a name. Raises CellError; the text is not empty."""
    if name in ("b1", "b2"):
        return _points(text)
    if name == "born":
        return _born(text, latest)
    if name == "village":
        return _village(text, villages)
    if name == "national_id":
        return _identity(text)
    if name == "full_name":
        return _name(text)
    code = _codes(name).get(fold(text))
    if code is None:
        raise CellError(f"“{text}” không có trong danh sách. Chọn một trong: {_some(options(name))}.")
    return code


def _points(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_POINTS:
        raise CellError(f"“{text}” không phải điểm. Ghi số nguyên từ 0 đến 1.000.")
    return int(text)


def _born(text: str, latest: dt.date) -> Any:
    try:
        partial = parse_partial(text)
    except ValueError as error:
        raise CellError(str(error)) from error
    if partial.day > latest or partial.day.year < 1900:
        raise CellError(f"“{text}” nằm ngoài khoảng từ 1900 đến {latest:%d/%m/%Y}.")
    return partial


def _village(text: str, villages: Mapping[str, str]) -> str:
    name = villages.get(fold(text))
    if name is None:
        raise CellError(f"“{text}” không phải thôn, bản, tổ dân phố của xã. Chọn một trong: {_some(list(villages.values()))}.")
    return name


def _identity(text: str) -> str:
    read = read_identity(text)
    number = (read.value.national_id or read.value.old_id) if read.value else None
    if number is None:
        raise CellError("Số định danh phải có đủ 12 chữ số (CMND cũ: 9 chữ số).")
    return number


def _name(text: str) -> str:
    if len(text) > 120 or any(character.isdigit() for character in text) or len(text.split()) < 2:
        raise CellError(f"“{text[:40]}” không giống họ tên. Ghi đủ họ và tên, không có số.")
    return text


def _some(words: list[str]) -> str:
    return "; ".join(words[:12]) + ("; …" if len(words) > 12 else "")
