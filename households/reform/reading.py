"""Reads a table old → new from a workbook, a text table, or what was typed: four columns, one line per pair."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from households.importing.findings import Cell
from households.importing.sheets import open_sheets
from households.importing.texts import cell_text, is_blank
from households.reform.operations import Line
from households.reform.plan import ReformRefused
from posasoft.core.names import fold

COLUMNS = ("Mã cũ", "Mã mới", "Tên mới", "Phần", "Mặc định")
EXAMPLE = "00724; 00721; Xã Đồng Văn; toàn bộ"
_CODE = re.compile(r"\d{1,5}")
_WHOLE = {"", "toan bo", "whole", "x"}
_PARTIAL = {"mot phan", "partial"}


def from_text(text: str) -> list[Line]:
    """Lines as typed: old code; new code; new name; toàn bộ or một phần; mặc định (for one line of a split). Raises ReformRefused."""
    rows = [[part.strip() for part in re.split(r"[;\t]", line)] for line in text.splitlines()]
    return _lines(enumerate(rows, start=1))


def from_file(path: Path) -> list[Line]:
    """The first sheet of a file; a heading line is passed over. Raises ReformRefused, and ListRefused for a file that is no table."""
    sheet = open_sheets(path)[0]
    return _lines(enumerate(sheet.rows(), start=1))


def as_text(lines: Iterable[Line]) -> str:
    """The table as it is typed."""
    return "\n".join(
        f"{line.old_code}; {line.code}; {line.name}; {'toàn bộ' if line.whole else 'một phần'}"
        + ("; mặc định" if line.is_default and not line.whole else "")
        for line in lines
    )


def _lines(rows: Iterable[tuple[int, Sequence[Cell]]]) -> list[Line]:
    found: list[Line] = []
    for number, values in rows:
        texts = [cell_text(value) for value in values] + [""] * 5
        if all(is_blank(text) for text in texts) or (not found and not _CODE.fullmatch(texts[0])):
            continue
        found.append(_line(number, texts))
    if not found:
        raise ReformRefused(f"Bảng chưa có dòng nào. Mỗi dòng ghi như: {EXAMPLE}.")
    return _with_defaults(found)


def _line(number: int, texts: Sequence[str]) -> Line:
    old, new, name, part, default = texts[:5]
    if not _CODE.fullmatch(old) or not _CODE.fullmatch(new) or not name:
        raise ReformRefused(f"Dòng {number}: cần mã cũ, mã mới (5 chữ số) và tên mới, như: {EXAMPLE}.")
    if fold(part) not in _WHOLE | _PARTIAL:
        raise ReformRefused(f"Dòng {number}: cột Phần ghi “toàn bộ” hoặc “một phần”, không phải “{part}”.")
    whole = fold(part) in _WHOLE
    return Line(old.zfill(5), new.zfill(5), name, whole, whole or bool(default.strip()))


def _with_defaults(lines: list[Line]) -> list[Line]:
    """A split without a chosen default proposes its first line."""
    chosen = {line.old_code for line in lines if line.is_default}
    found = []
    for line in lines:
        is_default = line.is_default or line.old_code not in chosen
        chosen.add(line.old_code)
        found.append(Line(line.old_code, line.code, line.name, line.whole, is_default))
    return found
