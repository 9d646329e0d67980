"""A payment list as a PDF to sign: A4 landscape in the layout of Decree 30/2020, drawn line by line.

An HTML engine takes about 13 ms a row and this 0.2 ms; a province has thousands of rows.
"""

from __future__ import annotations

import datetime
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from payments import queries
from payments.documents import wording
from payments.models import PaymentList
from payments.queries import LineRow
from posasoft.core.money import format_number
from posasoft.core.money_words import money_words

REGULAR, BOLD, ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic"
FACES = {REGULAR: "Tinos-Regular.ttf", BOLD: "Tinos-Bold.ttf", ITALIC: "Tinos-Italic.ttf"}
WIDTH, HEIGHT = landscape(A4)
LEFT, RIGHT, TOP, BOTTOM = 25 * mm, 15 * mm, 18 * mm, 16 * mm
COLUMNS = tuple(width * mm for width in (10, 40, 26, 28, 66, 17, 16, 17, 21, 16))
NUMERIC = frozenset({5, 6, 7, 8})
SIZE, LEADING, PAD = 9, 11, 1.6 * mm
# Between a text and its sum in one cell.
AMOUNT, AMOUNT_WIDTH = "\t", 18 * mm
SIGNATURE_HEIGHT = 42 * mm


def pdf(pay_list: PaymentList, *, role: str) -> bytes:
    """The list as PDF with ids as the role may see them; raises nothing of its own."""
    return drawn(pay_list, [wording.for_role(row, role) for row in queries.lines(pay_list)])


def drawn(pay_list: PaymentList, rows: Sequence[LineRow]) -> bytes:
    """Rows as they are given, in their order."""
    register_faces()
    sheet = _Sheet(pay_list)
    sheet.open_first_page()
    for row in rows:
        sheet.add(row)
    sheet.close()
    return sheet.stream.getvalue()


def register_faces() -> None:
    """Make the type faces known to ReportLab, once a process."""
    known = set(pdfmetrics.getRegisteredFontNames())
    for name, file in FACES.items():
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(settings.BASE_DIR / "static" / "vendor" / "tinos" / file)))


@functools.lru_cache(maxsize=8192)
def _fitting(text: str, width: float, face: str = REGULAR) -> list[str]:
    """Lines of a text that fit a width; a word longer than the cell is cut rather than printed over its neighbour."""
    if pdfmetrics.stringWidth(text, face, SIZE) <= width and "\n" not in text:
        return [text]
    fitted: list[str] = []
    for line in simpleSplit(text, face, SIZE, width):
        while pdfmetrics.stringWidth(line, face, SIZE) > width and len(line) > 1:
            keep = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or pdfmetrics.stringWidth(line[:n], face, SIZE) <= width)
            fitted.append(line[:keep])
            line = line[keep:]
        fitted.append(line)
    return fitted or [""]


class _Paged(Canvas):
    """A canvas that knows how many pages it has when it writes their numbers."""

    def __init__(self, stream: io.BytesIO, foot: str) -> None:
        super().__init__(stream, pagesize=(WIDTH, HEIGHT), pageCompression=1, lang="vi-VN")
        self._foot = foot
        self._kept: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's own name
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # ReportLab's own way to count pages; its stubs leave it out

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, SIZE)
            self.drawCentredString(WIDTH / 2, BOTTOM - 8 * mm, f"Trang {number}/{len(self._kept)}")
            self.setFont(REGULAR, 7)
            self.drawString(LEFT, BOTTOM - 11 * mm, self._foot)
            super().showPage()
        super().save()


@dataclass
class _Sheet:
    """The page being drawn: where the next row goes, and the sums so far."""

    pay_list: PaymentList
    stream: io.BytesIO = field(default_factory=io.BytesIO)
    y: float = 0
    sums: wording.Totals = field(default_factory=wording.Totals)
    page_sum: int = 0
    waiting: LineRow | None = None

    def __post_init__(self) -> None:
        self.canvas = _Paged(self.stream, wording.proof_line(self.pay_list))
        self.canvas.setTitle(wording.title_lines(self.pay_list)[0])
        self.canvas.setAuthor(self.pay_list.commune.name)

    def open_first_page(self) -> None:
        canvas, top = self.canvas, HEIGHT - TOP
        left, right = LEFT + 40 * mm, WIDTH - RIGHT - 62 * mm
        self._centred(left, top, wording.AUTHORITY, REGULAR, 12)
        self._centred(left, top - 15, wording.place_name(self.pay_list), BOLD, 12)
        canvas.line(left - 14 * mm, top - 19, left + 14 * mm, top - 19)
        self._centred(right, top, wording.NATION, BOLD, 12)
        self._centred(right, top - 15, wording.MOTTO, BOLD, 13)
        half = pdfmetrics.stringWidth(wording.MOTTO, BOLD, 13) / 2
        canvas.line(right - half, top - 19, right + half, top - 19)
        title, below = wording.title_lines(self.pay_list)
        self._centred(WIDTH / 2, top - 45, title, BOLD, 14)
        self._centred(WIDTH / 2, top - 60, below, ITALIC, 11)
        self.y = top - 72
        if wording.is_draft(self.pay_list):
            self._centred(WIDTH / 2, top - 75, wording.DRAFT_MARK, BOLD, 11)
            self.y -= 12
        self._heading()

    def add(self, row: LineRow) -> None:
        """Take one row; it is drawn when the next one comes, so that the last can go with the signatures."""
        if self.waiting is not None:
            self._draw(self.waiting, LEADING + 2 * PAD)
        self.waiting = row

    def close(self) -> None:
        total = self.sums.plus(self.waiting).total if self.waiting is not None else 0
        words = _fitting(f"Số tiền bằng chữ: {money_words(total)}.", sum(COLUMNS), ITALIC)
        below = LEADING + 2 * PAD + len(words) * (LEADING + 4) + SIGNATURE_HEIGHT
        if self.waiting is not None:
            # Signatures alone on a page could be put under another list.
            self._draw(self.waiting, below)
        self._sum_row(f"TỔNG CỘNG: {format_number(self.sums.lines)} hộ", self.sums)
        self.canvas.setFont(ITALIC, 11)
        for line in words:
            self.y -= LEADING + 4
            self.canvas.drawString(LEFT, self.y, line)
        self._signatures()
        self.canvas.showPage()
        self.canvas.save()

    def _draw(self, row: LineRow, below: float) -> None:
        """Draw a row where it and ``below`` more points still fit, on a new page otherwise."""
        cells = _cells(row, self.pay_list.month)
        height = max(len(cell) for cell in cells) * LEADING + 2 * PAD
        if self.y - height - below < BOTTOM and self.page_sum:
            self._turn()
        self._cells(cells, height)
        self.sums = self.sums.plus(row)
        self.page_sum += row.total

    def _turn(self) -> None:
        self._sum_row("Cộng trang này", wording.Totals(total=self.page_sum))
        self.canvas.showPage()
        self.y, self.page_sum = HEIGHT - TOP, 0
        self._heading()

    def _heading(self) -> None:
        cells = [_fitting(text, width - 2 * PAD, BOLD) for text, width in zip(wording.COLUMNS, COLUMNS, strict=True)]
        height = max(len(cell) for cell in cells) * LEADING + 2 * PAD
        self.canvas.setFillGray(0.92)
        self.canvas.rect(LEFT, self.y - height, sum(COLUMNS), height, stroke=0, fill=1)
        self.canvas.setFillGray(0)
        self._cells(cells, height, face=BOLD, middle=True)

    def _cells(self, cells: list[list[str]], height: float, *, face: str = REGULAR, middle: bool = False) -> None:
        """Draw one row of the table; a line with a tab in it is a text and a sum at the right edge."""
        canvas, x = self.canvas, LEFT
        canvas.setFont(face, SIZE)
        canvas.setLineWidth(0.4)
        for number, (lines, width) in enumerate(zip(cells, COLUMNS, strict=True)):
            canvas.rect(x, self.y - height, width, height)
            y = self.y - PAD - SIZE + (-(height - 2 * PAD - len(lines) * LEADING) / 2 if middle else 0)
            for line in lines:
                if middle or number == 0:
                    canvas.drawCentredString(x + width / 2, y, line)
                elif number in NUMERIC:
                    canvas.drawRightString(x + width - PAD, y, line)
                else:
                    text, _, amount = line.partition(AMOUNT)
                    canvas.drawString(x + PAD, y, text)
                    canvas.drawRightString(x + width - PAD, y, amount)
                y -= LEADING
            x += width
        self.y -= height

    def _sum_row(self, label: str, sums: wording.Totals) -> None:
        canvas, height = self.canvas, LEADING + 2 * PAD
        if self.y - height < BOTTOM:
            canvas.showPage()
            self.y = HEIGHT - TOP
        base = self.y - PAD - SIZE
        canvas.setFont(BOLD, SIZE)
        first = sum(COLUMNS[:5])
        canvas.rect(LEFT, self.y - height, first, height)
        canvas.drawCentredString(LEFT + first / 2, base, label)
        x = LEFT + first
        for width, text in zip(
            COLUMNS[5:], (*map(wording.shown, (sums.arrears, sums.recovery, sums.carried, sums.total)), ""), strict=True
        ):
            canvas.rect(x, self.y - height, width, height)
            canvas.drawRightString(x + width - PAD, base, text)
            x += width
        self.y -= height

    def _signatures(self) -> None:
        self.y -= 22
        third = sum(COLUMNS) / 3
        self._centred(LEFT + 2.5 * third, self.y, f"{self.pay_list.commune.name}, ngày …… tháng …… năm ……", ITALIC, 11)
        self.y -= 16
        for number, lines in enumerate(wording.signatures(self.pay_list)):
            for place, text in enumerate(lines):
                face, size = (BOLD, 11) if place in (0, 3) else (ITALIC, 10)
                self._centred(LEFT + (number + 0.5) * third, self.y - 13 * place, text, face, size)

    def _centred(self, x: float, y: float, text: str, face: str, size: float) -> None:
        self.canvas.setFont(face, size)
        self.canvas.drawCentredString(x, y, text)


def _cells(row: LineRow, month: datetime.date) -> list[list[str]]:
    parts: list[str] = []
    for part in wording.parts_of(row.components, month):
        lines = _fitting(wording.part_text(part, payee=row.payee, month=month), COLUMNS[4] - 2 * PAD - AMOUNT_WIDTH)
        parts += [*lines[:-1], f"{lines[-1]}{AMOUNT}{format_number(part.amount)}"]
    texts = (str(row.number), "\n".join(filter(None, (row.payee, wording.way_text(row)))), row.national_id, row.village or row.address)
    cells = [_fitting(text, wide - 2 * PAD) for text, wide in zip(texts, COLUMNS, strict=False)]
    return [*cells, parts or [""], *([wording.shown(sum_)] for sum_ in (row.arrears, row.recovery, row.carried, row.total)), [""]]
