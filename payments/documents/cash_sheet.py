"""The sheet on which people sign for cash: A4, a village begins on a page of its own, each page with its sum in figures and words."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from payments.documents.pdf import BOLD, ITALIC, REGULAR, register_faces
from payments.models import ServicePoint
from payments.queries.cash import CashLine
from posasoft.core.dates import format_partial
from posasoft.core.money import format_number
from posasoft.core.money_words import money_words
from posasoft.core.months import format_month

WIDTH, HEIGHT = A4
LEFT, TOP, BOTTOM = 20 * mm, 15 * mm, 15 * mm
TITLES = ("STT", "Người nhận", "Ngày sinh", "Số tiền (đồng)", "Ký nhận", "Ghi chú")
COLUMNS = tuple(width * mm for width in (10, 58, 22, 26, 34, 25))
CENTRED, MONEY = frozenset({0, 2}), 3
SIZE, LEADING, PAD = 10, 12, 1.6 * mm
# Room to write a name by hand.
LEAST_ROW = 10 * mm
# Sum of the page with its words; total of the village with its words and the signatures.
PAGE_FOOT, VILLAGE_FOOT = 14 * mm, 46 * mm
NO_VILLAGE = "Không ghi thôn"
SIGNERS = (("NGƯỜI CHI TRẢ", "(Ký, ghi rõ họ tên)"), ("NGƯỜI CHỨNG KIẾN", "(Ký, ghi rõ họ tên)"), ("KẾ TOÁN", "(Ký, ghi rõ họ tên)"))


def cash_sheet(point: ServicePoint, day: datetime.date, lines: Iterable[CashLine]) -> bytes:
    """The sheet of a service point for a payment day. ``lines`` by commune and village, as payments.queries.cash gives them."""
    register_faces()
    sheet = _Sheet(point, day)
    found = False
    for (commune, village), rows in groupby(lines, lambda line: (line.commune, line.village)):
        sheet.village(commune, village, list(rows))
        found = True
    if not found:
        sheet.nobody()
    return sheet.done()


class _Paged(Canvas):
    """Writes "page of pages" and when it was printed, once it knows how many there are."""

    def __init__(self, stream: io.BytesIO, foot: str) -> None:
        super().__init__(stream, pagesize=A4, pageCompression=1, lang="vi-VN")
        self._foot, self._kept = foot, list[dict[str, object]]()

    def showPage(self) -> None:  # noqa: N802 - ReportLab's own name
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # ReportLab's own way to count pages; its stubs leave it out

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8)
            self.drawString(LEFT, BOTTOM - 6 * mm, self._foot)
            self.drawRightString(LEFT + sum(COLUMNS), BOTTOM - 6 * mm, f"Trang {number}/{len(self._kept)}")
            super().showPage()
        super().save()


class _Sheet:
    """Where the next row goes, and the sum of the page so far."""

    def __init__(self, point: ServicePoint, day: datetime.date) -> None:
        self.point, self.day = point, day
        self.stream = io.BytesIO()
        printed = timezone.localtime()
        self.canvas = _Paged(self.stream, f"{point.name}. In lúc {printed:%H:%M %d/%m/%Y}. Không ký thay, không tẩy xóa.")
        self.canvas.setTitle(f"Danh sách ký nhận tiền ngày {day:%d/%m/%Y}")
        self.canvas.setAuthor(point.agency.name)
        self.y = 0.0
        self.on_page: list[int] = []

    def village(self, commune: str, village: str, rows: Sequence[CashLine]) -> None:
        """One village, from a new page on to its total and its signatures."""
        self._heading(commune, village, rows)
        for number, row in enumerate(rows, start=1):
            cells = _cells(number, row)
            height = max(LEAST_ROW, max(len(cell) for cell in cells) * LEADING + 2 * PAD)
            below = VILLAGE_FOOT if number == len(rows) else PAGE_FOOT
            if self.y - height - below < BOTTOM and self.on_page:
                self._page_sum()
                self.canvas.showPage()
                self.y = HEIGHT - TOP
                self._titles()
            self._row(cells, height)
            self.on_page.append(row.total)
        self._end_of_village(village, sum(row.total for row in rows), len(rows))

    def nobody(self) -> None:
        """A page that says that nobody waits."""
        self.canvas.setFont(BOLD, 13)
        self.canvas.drawCentredString(WIDTH / 2, HEIGHT - TOP - 20 * mm, "Không còn ai chờ nhận tiền ở điểm chi trả này.")
        self.canvas.showPage()

    def done(self) -> bytes:
        self.canvas.save()
        return self.stream.getvalue()

    def _heading(self, commune: str, village: str, rows: Sequence[CashLine]) -> None:
        self.y = HEIGHT - TOP
        months = ", ".join(format_month(month) for month in sorted({row.month for row in rows}))
        for text, face, size, gap in (
            (self.point.agency.name.upper(), REGULAR, 11, 14),
            (f"Điểm chi trả: {self.point.name}", REGULAR, 11, 22),
            ("DANH SÁCH KÝ NHẬN TRỢ CẤP XÃ HỘI", BOLD, 14, 17),
            (f"{village or NO_VILLAGE}, {commune}", BOLD, 12, 15),
            (f"Ngày chi trả {self.day:%d/%m/%Y}. Danh sách tháng {months}.", ITALIC, 11, 12),
        ):
            self.canvas.setFont(face, size)
            self.canvas.drawCentredString(WIDTH / 2, self.y - size, text)
            self.y -= gap
        self.on_page = []
        self._titles()

    def _titles(self) -> None:
        self.y -= 4
        self.canvas.setFillGray(0.92)
        self.canvas.rect(LEFT, self.y - LEADING - 2 * PAD, sum(COLUMNS), LEADING + 2 * PAD, stroke=0, fill=1)
        self.canvas.setFillGray(0)
        self._row([[title] for title in TITLES], LEADING + 2 * PAD, BOLD)

    def _row(self, cells: Sequence[Sequence[str]], height: float, face: str = REGULAR) -> None:
        x = LEFT
        self.canvas.setLineWidth(0.4)
        for place, (texts, width) in enumerate(zip(cells, COLUMNS, strict=True)):
            self.canvas.rect(x, self.y - height, width, height)
            self.canvas.setFont(face, SIZE)
            for number, text in enumerate(texts):
                base = self.y - PAD - SIZE - number * LEADING
                if face == BOLD or place in CENTRED:
                    self.canvas.drawCentredString(x + width / 2, base, text)
                elif place == MONEY:
                    self.canvas.setFont(BOLD, SIZE + 1)
                    self.canvas.drawRightString(x + width - PAD, base, text)
                else:
                    self.canvas.drawString(x + PAD, base, text)
            x += width
        self.y -= height

    def _sum(self, text: str, amount: int) -> None:
        height, first = LEADING + 2 * PAD, sum(COLUMNS[:MONEY])
        for x, width in ((LEFT, first), (LEFT + first, COLUMNS[MONEY]), (LEFT + first + COLUMNS[MONEY], sum(COLUMNS[MONEY + 1 :]))):
            self.canvas.rect(x, self.y - height, width, height)
        self.canvas.setFont(BOLD, SIZE)
        self.canvas.drawString(LEFT + PAD, self.y - PAD - SIZE, text)
        self.canvas.drawRightString(LEFT + first + COLUMNS[MONEY] - PAD, self.y - PAD - SIZE, format_number(amount))
        self.y -= height
        self.canvas.setFont(ITALIC, SIZE)
        for line in simpleSplit(f"Bằng chữ: {money_words(amount)}.", ITALIC, SIZE, sum(COLUMNS)):
            self.y -= LEADING
            self.canvas.drawString(LEFT, self.y, line)

    def _page_sum(self) -> None:
        self._sum(f"Cộng trang này: {format_number(len(self.on_page))} người", sum(self.on_page))
        self.on_page = []

    def _end_of_village(self, village: str, amount: int, people: int) -> None:
        if people != len(self.on_page):
            self._page_sum()
            self.y -= 3
        self._sum(f"Cộng {village or NO_VILLAGE}: {format_number(people)} người", amount)
        self.y -= 20
        third = sum(COLUMNS) / len(SIGNERS)
        for number, (who, how) in enumerate(SIGNERS):
            x = LEFT + (number + 0.5) * third
            self.canvas.setFont(BOLD, SIZE)
            self.canvas.drawCentredString(x, self.y, who)
            self.canvas.setFont(ITALIC, SIZE - 1)
            self.canvas.drawCentredString(x, self.y - LEADING, how)
        self.canvas.showPage()


def _cells(number: int, row: CashLine) -> list[list[str]]:
    who = [*simpleSplit(row.payee or row.household_code, REGULAR, SIZE, COLUMNS[1] - 2 * PAD)]
    if row.payee:
        who.append(row.household_code)
    note = f"Nhận thay: {row.receiver}, căn cước ••• {row.receiver_tail}" if row.receiver else ""
    born = format_partial(row.born, row.born_precision) if row.born and row.born_precision else ""
    return [[str(number)], who, [born], [format_number(row.total)], [""], simpleSplit(note, REGULAR, SIZE, COLUMNS[5] - 2 * PAD) or [""]]
