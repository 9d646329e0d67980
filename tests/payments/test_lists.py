"""Payment lists: released once and frozen, and readable as a workbook and as a PDF that an officer signs."""

from __future__ import annotations

import io
import re

import pytest
from django.db import IntegrityError, connection, transaction
from openpyxl import load_workbook
from pypdf import PdfReader

from payments import documents, queries
from payments.documents.wording import benefit_label
from payments.models import PaymentList
from payments.operations import ReleaseRefused, release
from payments.operations.release import checksums
from posasoft.core.models import AuditEvent, Hold
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import NOVEMBER, people, run
from tests.households.cast import Cast
from tests.support.database import as_scope
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.fixture
def pay_list(people: Cast) -> PaymentList:
    run(NOVEMBER)
    return PaymentList.objects.select_related("commune").get()


def released(pay_list: PaymentList) -> PaymentList:
    with acting(COUNTRY):
        return release(lists=approved([pay_list]), by=COUNTRY)[0]


def test_a_released_list_has_a_number_a_checksum_an_audit_row_and_holds_its_month(pay_list: PaymentList) -> None:
    done = released(pay_list)
    assert (done.status, done.number) == ("released", "202611-00721-POST")
    assert done.checksum == checksums(NOVEMBER, [done.pk])[done.pk]
    assert AuditEvent.objects.filter(verb="release", object_id=str(done.pk)).exists()
    assert Hold.objects.filter(effect="no_undo", subject_kind="beneficiaries.month", subject_id=202611).exists()


def test_a_list_is_released_once(pay_list: PaymentList) -> None:
    released(pay_list)
    with acting(COUNTRY), pytest.raises(ReleaseRefused):
        release(lists=[pay_list], by=COUNTRY)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE payments_paymentline SET amount = 1, total = 1", "DELETE FROM payments_paymentline", "DELETE FROM payments_paymentlist"],
)
def test_the_database_itself_refuses_to_touch_a_released_list(pay_list: PaymentList, statement: str) -> None:
    released(pay_list)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_line_is_without_its_list(pay_list: PaymentList) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_paymentline SET list_id = list_id + 1000")


def test_lists_of_the_neighbouring_commune_are_out_of_sight(people: Cast, pay_list: PaymentList) -> None:
    with as_scope(people.pho_bang):
        assert list(queries.lists(NOVEMBER, lo=0, hi=10**15)) == []
        assert list(queries.lines(pay_list)) == []


def test_a_line_names_its_payee_with_the_full_id_and_every_component(pay_list: PaymentList) -> None:
    (row,) = queries.lines(pay_list)
    assert (row.payee, row.national_id, row.total) == ("Giàng Mí Páo", "002088000571", 1_620_000)
    assert {(part.person, part.benefit, part.amount) for part in row.components} == {
        ("Giàng Mí Sính", "TCXH-5.6", 1_080_000),
        ("Giàng Thị Dợ", "PENSION-SOCIAL", 540_000),
    }


def test_the_workbook_holds_numbers_as_numbers_and_says_the_total_in_words(pay_list: PaymentList) -> None:
    book = load_workbook(io.BytesIO(documents.workbook(pay_list, role="commune_officer")))
    sheet = book["Danh sách"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(row for row in values if row[0] == 1)
    assert (first[1], first[2], first[10]) == ("Giàng Mí Páo", "002088000571", 1_620_000)
    flat = [value for row in values for value in row if isinstance(value, str)]
    assert "Bằng chữ: Một triệu sáu trăm hai mươi nghìn đồng." in flat
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in flat
    assert "DỰ THẢO – chưa có giá trị chi trả" in flat
    assert [cell.value for cell in book["Chi tiết"][2]][6] in {540_000, 1_080_000}


def test_a_name_that_looks_like_a_formula_stays_a_name(people: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE households_person SET full_name = '=1+1' WHERE full_name = 'Giàng Mí Páo'")
    run(NOVEMBER)
    book = load_workbook(io.BytesIO(documents.workbook(PaymentList.objects.select_related("commune").get(), role="commune_officer")))
    cell = next(cell for row in book["Danh sách"].iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"


def test_the_pdf_has_letterhead_rows_total_words_and_signatures_on_numbered_pages(pay_list: PaymentList) -> None:
    reader = PdfReader(io.BytesIO(documents.pdf(pay_list, role="commune_officer")))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "XÃ ĐỒNG VĂN", "Giàng Mí Páo", "002088000571", "1.620.000",
        "Một triệu sáu trăm hai mươi nghìn đồng", "NGƯỜI LẬP DANH SÁCH", "CHỦ TỊCH", "Trang 1/1",
    ):  # fmt: skip
        assert words in text
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height


def test_a_released_pdf_bears_its_number_and_is_no_draft(pay_list: PaymentList) -> None:
    text = PdfReader(io.BytesIO(documents.pdf(released(pay_list), role="commune_officer"))).pages[0].extract_text()
    assert "202611-00721-POST" in text
    assert "DỰ THẢO" not in text


def test_a_list_names_paragraphs_and_never_an_illness() -> None:
    assert benefit_label("TCXH-5.8") == "Khoản 8 Điều 5"
    assert benefit_label("TCXH-5.5a") == "Điểm a khoản 5 Điều 5"


def test_the_file_is_named_by_month_and_commune(pay_list: PaymentList) -> None:
    assert documents.file_name(pay_list, "pdf") == "danh-sach-chi-tra-2026-11-xa-dong-van-post.pdf"


@pytest.mark.parametrize(
    ("role", "shown"), [("agency_clerk", True), ("commune_officer", True), ("auditor", False), ("ministry_analyst", False)]
)
def test_documents_hold_ids_as_the_role_may_see_them(pay_list: PaymentList, role: str, shown: bool) -> None:
    book = load_workbook(io.BytesIO(documents.workbook(pay_list, role=role)))
    cells = "\n".join(str(value) for row in book.worksheets[0].iter_rows(values_only=True) for value in row)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(documents.pdf(pay_list, role=role))).pages)

    assert bool(re.search(r"\b\d{12}\b", cells)) is shown
    assert bool(re.search(r"\b\d{12}\b", text)) is shown
