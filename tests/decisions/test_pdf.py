"""The paper itself: Decree 30/2020's parts, every diacritic readable again, the same bytes each time."""

from __future__ import annotations

import datetime
import io
import os
from pathlib import Path

import pytest
import time_machine
from pypdf import PdfReader

from beneficiaries.documents import decision_pdf, joined, notice_pdf
from beneficiaries.models import DecisionDocument
from beneficiaries.operations import decision_documents
from posasoft.core.exports import exporter_of
from posasoft.core.scope import Scope, acting
from posasoft.portal.queries.decisions import papers as papers_of
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


def test_a_long_paper_never_leaves_the_signature_alone_on_a_page(made: Decided) -> None:
    """Ten long sentences push the foot to the second page: Điều 3 goes with it, and the second page has its number."""
    with time_machine.travel(noon("2026-11-21")):
        paper = cast.prepared(made, "refuse", "Giàng Mí Páo", benefits=["PENSION-SOCIAL"])
        for count in range(1, 11):
            paper.ours = {"notes": ["Giao các đơn vị có liên quan phối hợp thực hiện đúng quy định của pháp luật hiện hành. " * 3] * count}
            pages = [page.extract_text() for page in PdfReader(io.BytesIO(decision_pdf(paper))).pages]
            if len(pages) > 1:
                break
    assert len(pages) == 2
    assert "Điều 3." in pages[1]
    assert "CHỦ TỊCH" in pages[1]
    assert pages[1].strip().endswith("2")


def test_every_kind_reads_as_an_officer_would_write_it(made: Decided) -> None:
    """Suspended, resumed, stopped, refused, annulled: number, reason, month, and the sentence of the law's own words."""
    cast.decided(made, BOY, "TCXH-5.6", datetime.date(2026, 1, 1))
    with time_machine.travel(noon("2026-11-05")):
        (suspend,) = cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncollected"))
        (resume,) = cast.signed(made, cast.prepared(made, "resume", BOY))
        (stop,) = cast.signed(made, cast.prepared(made, "stop", BOY, ground="declined", event_on=datetime.date(2026, 11, 3)))
        (refuse,) = cast.signed(made, cast.prepared(made, "refuse", "Giàng Mí Páo", benefits=["PENSION-SOCIAL"]))
        with acting(made.officer):
            paper = decision_documents.annul(document=stop, reason="Gia đình rút đơn từ chối", by=made.officer)
        (annul,) = cast.signed(made, paper)
    told = {paper.kind: text_of(decision_pdf(paper)) for paper in (suspend, resume, stop, refuse, annul)}
    assert "Tạm dừng chi trả đối với cháu Giàng Mí Sính" in told["suspend"]
    assert "tạm dừng kể từ tháng 11 năm 2026" in told["suspend"]
    assert "Tiếp tục chi trả đối với cháu Giàng Mí Sính" in told["resume"]
    assert "lý do: từ chối nhận chế độ, chính sách (ngày 03 tháng 11 năm 2026)" in told["stop"]
    assert "kể từ tháng 12 năm 2026" in told["stop"]
    assert "Về việc không đủ điều kiện hưởng trợ cấp hưu trí xã hội" in told["refuse"]
    assert "Hủy bỏ Quyết định số 03/QĐ-UBND ngày 05 tháng 11 năm 2026" in told["annul"]


def test_a_paper_about_hiv_never_says_so_and_stays_in_the_commune(made: Decided) -> None:
    """A child with HIV, poor: 540.000 × 2,0 = 1.080.000; named by its family of benefits only."""
    cast.add_family(made.people, "Lầu Mí Nô", datetime.date(2018, 5, 5), hiv=True)
    with time_machine.travel(noon("2026-11-21")):
        paper = cast.prepared(made, "grant", "Lầu Mí Nô")
        (done,) = cast.signed(made, paper)
    assert [(line["benefit"], line["amount"]) for line in done.lines] == [("TCXH-5.3", 1_080_000)]
    text = text_of(decision_pdf(done)) + text_of(notice_pdf(done))
    assert "HIV" not in text
    province = Scope("area", 3 * 10**10, 4 * 10**10, 1, "province_officer")
    with acting(province):
        assert not papers_of(province).exists()
    with acting(made.chair):
        assert papers_of(made.chair).exists()


def test_the_register_is_exported_within_ones_own_range(papers: list[DecisionDocument], made: Decided) -> None:
    exporter = exporter_of("decisions", "commune_officer")
    assert exporter is not None
    with acting(made.officer):
        rows = list(exporter.rows(made.officer, {"year": "2026"}, ["number", "person", "amount"]))
    assert rows == [["01/QĐ-UBND", GRANDMOTHER, 540_000], ["02/QĐ-UBND", BOY, 1_080_000]]
    with acting(made.other_chair):
        assert list(exporter.rows(made.other_chair, {}, ["number"])) == []
