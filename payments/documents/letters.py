"""Letters to families, one A5 page each, with a QR: the phone of a family opens the page of the payment day by it, the counter finds the line."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.conf import settings
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from payments.documents.pdf import BOLD, ITALIC, REGULAR, register_faces
from payments.documents.wording import AUTHORITY, MOTTO, NATION
from payments.models import Notice
from payments.operations.notice_words import Words, code_on_paper

WIDTH, HEIGHT = A5
LEFT, RIGHT, TOP = 16 * mm, 14 * mm, 14 * mm
SIZE, LEADING, QR = 11, 15, 34 * mm
PATH = "/nhan-tien/"


def qr_text(notice: Notice) -> str:
    """What the QR holds: the public page with the line's id behind the hash, which no browser sends to a server."""
    return f"{settings.SITE_URL}{PATH}#{notice.line_public_id}"


def letters(written: Sequence[tuple[Notice, Words]], *, commune: str, village: str) -> bytes:
    """One page per notice, in the order given. ``commune`` and ``village`` are names, "" where there is none."""
    register_faces()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A5, pageCompression=1, lang="vi-VN")
    canvas.setTitle("Thư báo nhận tiền")
    for notice, words in written:
        _page(canvas, notice, words, commune, village)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _page(canvas: Canvas, notice: Notice, words: Words, commune: str, village: str) -> None:
    half = WIDTH / 2
    y = HEIGHT - TOP
    for text, face, x in ((AUTHORITY, REGULAR, LEFT + 24 * mm), (NATION, BOLD, half + 18 * mm)):
        canvas.setFont(face, 7.5)
        canvas.drawCentredString(x, y, text)
    y -= 11
    for text, face, x in ((commune.upper(), BOLD, LEFT + 24 * mm), (MOTTO, BOLD, half + 18 * mm)):
        canvas.setFont(face, 8)
        canvas.drawCentredString(x, y, text)
    y -= 30
    for line in simpleSplit(words.title, BOLD, 13, WIDTH - LEFT - RIGHT):
        canvas.setFont(BOLD, 13)
        canvas.drawCentredString(half, y, line)
        y -= 17
    y -= 6
    for paragraph in words.body.split("\n"):
        for line in simpleSplit(paragraph, REGULAR, SIZE, WIDTH - LEFT - RIGHT) or [""]:
            canvas.setFont(REGULAR, SIZE)
            canvas.drawString(LEFT, y, line)
            y -= LEADING if line else LEADING / 2
    _foot(canvas, notice, words, village)


def _foot(canvas: Canvas, notice: Notice, words: Words, village: str) -> None:
    base = 14 * mm
    if notice.line_public_id is not None:
        widget = QrCodeWidget(qr_text(notice), barLevel="M")
        x0, y0, x1, y1 = widget.getBounds()
        drawing = Drawing(QR, QR, transform=[QR / (x1 - x0), 0, 0, QR / (y1 - y0), 0, 0])
        drawing.add(widget)
        renderPDF.draw(drawing, canvas, LEFT - 3 * mm, base)
        canvas.setFont(REGULAR, 9)
        canvas.drawString(LEFT + QR, base + 24 * mm, "Mã tra cứu")
        canvas.setFont(BOLD, 13)
        canvas.drawString(LEFT + QR, base + 18 * mm, code_on_paper(notice.code))
    canvas.setFont(ITALIC, 9)
    place = " – ".join(part for part in (words.payee, village) if part)
    canvas.drawRightString(WIDTH - RIGHT, base, place)
