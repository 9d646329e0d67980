"""The paper itself: Decree 30/2020's parts, every diacritic readable again, the same bytes each time."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import time_machine
from pypdf import PdfReader

from beneficiaries.documents import decision_pdf, joined, notice_pdf
from beneficiaries.models import DecisionDocument
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made() -> Decided:
    return cast.make()


@pytest.fixture
def papers(made: Decided) -> list[DecisionDocument]:
    with time_machine.travel(noon("2026-11-21")):
        return cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER), cast.prepared(made, "grant", BOY))


def text_of(pdf: bytes) -> str:
    if folder := os.environ.get("KEEP_PDF"):
        Path(folder, f"{len(pdf)}.pdf").write_bytes(pdf)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_paper_has_every_part_of_the_decree(papers: list[DecisionDocument]) -> None:
    text = text_of(decision_pdf(papers[0]))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG VĂN", "Số: 01/QĐ-UBND",
        "Đồng Văn, ngày 21 tháng 11 năm 2026", "QUYẾT ĐỊNH", "Về việc hưởng trợ cấp hưu trí xã hội", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ĐỒNG VĂN",
        "Căn cứ Luật Bảo hiểm xã hội ngày 29 tháng 6 năm 2024;", "Theo đề nghị của Trưởng Phòng Văn hóa - Xã hội.", "Điều 1.", "Điều 2.", "Điều 3.",
        "bà Giàng Thị Dợ", "540.000 đồng/tháng", "Năm trăm bốn mươi nghìn đồng", "Nơi nhận:", "CHỦ TỊCH", "Sùng Mí Lử", "Mã kiểm tra",
    ):  # fmt: skip
        assert words in text, words


def test_the_same_paper_is_the_same_bytes(papers: list[DecisionDocument]) -> None:
    again = DecisionDocument.objects.get(pk=papers[0].pk)
    assert decision_pdf(papers[0]) == decision_pdf(again)


def test_many_papers_print_as_one(papers: list[DecisionDocument]) -> None:
    together = joined([decision_pdf(paper) for paper in papers])
    text = text_of(together)
    assert "Số: 01/QĐ-UBND" in text
    assert "Số: 02/QĐ-UBND" in text
    assert text.count("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") == 2


def test_the_family_is_told_in_plain_words_how_to_complain(papers: list[DecisionDocument]) -> None:
    text = text_of(notice_pdf(papers[1]))
    for words in ("THÔNG BÁO", "cháu Giàng Mí Sính", "Mỗi tháng 1.080.000 đồng", "18001567", "90 ngày", "TM. ỦY BAN NHÂN DÂN"):
        assert words in text, words
