"""What the value reader does not tell about an .xlsx sheet: hidden rows, formulas without a stored result, error cells, fonts.

Reads the XML as text in blocks, so that a large sheet costs no memory and no entity is ever expanded.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = 1 << 20
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_HIDDEN_ROW = re.compile(rb'<row\s[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"|<row\s[^>]*?\bhidden="(?:1|true)"[^>]*?\br="(\d+)"')
_FORMULA = re.compile(rb'<c\s[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')
_ERROR = re.compile(rb'<c\s[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*?\bt="e"|<c\s[^>]*?\bt="e"[^>]*?\br="([A-Z]{1,3}\d+)"')
_FILTER = b"<autoFilter"
_STYLED = re.compile(rb'<c\s+r="([A-Z]{1,3}\d+)"\s+s="(\d+)"')
_FORMAT = re.compile(rb'<numFmt\s[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_CELL_FORMATS = re.compile(rb"<cellXfs.*?</cellXfs>", re.DOTALL)
_FORMAT_OF_CELL = re.compile(rb'<xf\s[^>]*?numFmtId="(\d+)"')
_MONTH_AND_YEAR = 17
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True)
class SheetMarks:
    """Hidden rows (numbers as Excel shows), and cells (row, zero-based column) whose value Excel did not store."""

    hidden: frozenset[int] = frozenset()
    filtered: bool = False
    no_result: frozenset[tuple[int, int]] = frozenset()
    in_error: frozenset[tuple[int, int]] = frozenset()
    # Dates shown without a day ("10/1992" typed becomes the first of October, shown as Oct-92) or as a year alone.
    shown_as_month: frozenset[tuple[int, int]] = frozenset()
    shown_as_year: frozenset[tuple[int, int]] = frozenset()


@dataclass
class _Gathered:
    hidden: set[int] = field(default_factory=set)
    no_result: set[tuple[int, int]] = field(default_factory=set)
    in_error: set[tuple[int, int]] = field(default_factory=set)
    months: set[tuple[int, int]] = field(default_factory=set)
    years: set[tuple[int, int]] = field(default_factory=set)
    filtered: bool = False


def sheet_marks(path: Path) -> dict[str, SheetMarks]:
    """Return the marks by sheet name; empty for files that are not .xlsx."""
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        parts = _sheet_parts(archive, names)
        styles = _dayless_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else {}
        return {name: _marks(archive, part, styles) for name, part in parts.items() if part in names}


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets: dict[bytes, str] = {}
    for relation in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(_ATTRIBUTE.findall(relation[0]))
        target = attributes.get(b"Target", b"").decode()
        targets[attributes.get(b"Id", b"")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found: dict[str, str] = {}
    for sheet in _SHEET.finditer(archive.read("xl/workbook.xml")):
        attributes = dict(_ATTRIBUTE.findall(sheet[0]))
        part = targets.get(attributes.get(b"r:id", b""))
        if part:
            found[_unescape(attributes.get(b"name", b"").decode())] = part
    return found


def _unescape(name: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        name = name.replace(entity, character)
    return name


def _dayless_styles(styles: bytes) -> dict[int, str]:
    """Cell styles whose date format shows no day: position among the cell formats → "month" or "year"."""
    codes = {int(number): code.decode().casefold() for number, code in _FORMAT.findall(styles)}
    formats = _CELL_FORMATS.search(styles)
    found: dict[int, str] = {}
    for position, number in enumerate(_FORMAT_OF_CELL.findall(formats[0]) if formats else ()):
        code = re.sub(r'"[^"]*"|\\.|\[[^]]*\]', "", codes.get(int(number), "mmm-yy" if int(number) == _MONTH_AND_YEAR else ""))
        if "y" in code and not set("dh0#") & set(code):
            found[position] = "month" if "m" in code else "year"
    return found


def _marks(archive: zipfile.ZipFile, part: str, styles: dict[int, str]) -> SheetMarks:
    gathered = _Gathered()
    for block in _blocks(archive, part):
        _gather(block, gathered)
        if styles:
            _gather_dates(block, styles, gathered)
    return SheetMarks(
        frozenset(gathered.hidden),
        gathered.filtered,
        frozenset(gathered.no_result),
        frozenset(gathered.in_error),
        frozenset(gathered.months),
        frozenset(gathered.years),
    )


def _gather(block: bytes, gathered: _Gathered) -> None:
    if b"hidden=" in block:
        gathered.hidden.update(int(match[1] or match[2]) for match in _HIDDEN_ROW.finditer(block))
    if b"<f" in block:
        gathered.no_result.update(_position(match[1]) for match in _FORMULA.finditer(block))
    if b't="e"' in block:
        gathered.in_error.update(_position(match[1] or match[2]) for match in _ERROR.finditer(block))
    gathered.filtered = gathered.filtered or _FILTER in block


def _gather_dates(block: bytes, styles: dict[int, str], gathered: _Gathered) -> None:
    for reference, style in _STYLED.findall(block):
        shown = styles.get(int(style))
        if shown is not None:
            (gathered.months if shown == "month" else gathered.years).add(_position(reference))


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the sheet's text cut at row ends, so that no cell is split between two blocks."""
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(_BLOCK):
            rest += chunk
            cut = rest.rfind(b"</row>")
            if cut >= 0:
                yield rest[: cut + 6]
                rest = rest[cut + 6 :]
    yield rest


def _position(reference: bytes) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference.decode())
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1
