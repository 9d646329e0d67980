"""The files of a released list: made once, found again to the byte; what they say of past months, of unpaid money and of who signed."""

from __future__ import annotations

import datetime
import hashlib
import io
import zipfile

import pytest
from django.db import connection
from pypdf import PdfReader

from beneficiaries.models import Decision
from payments import documents
from payments.accounts import SourceKind
from payments.documents import kept
from payments.models import ListFile, PaymentList
from payments.operations import ledger, release
from posasoft.core import exports, jobs, vault
from posasoft.core.models import Job, Role
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NEW_YEAR, NOVEMBER, decide, people, release_all, run
from tests.households.cast import Cast
from tests.payments.test_steps import chair, lan, minh, province, step
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def text_of(pay_list: PaymentList) -> str:
    pages = PdfReader(io.BytesIO(documents.pdf(pay_list, role="commune_officer"))).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def list_of(month: datetime.date) -> PaymentList:
    return PaymentList.objects.select_related("commune").get(month=month, commune__code="00721")


def test_the_file_kept_at_release_is_the_one_read_later_whatever_the_registry_says_then(people: Cast) -> None:
    run(NOVEMBER)
    with acting(COUNTRY):
        release(lists=approved([list_of(NOVEMBER)]), by=COUNTRY)
    jobs.run_all(beating=False)
    files = {row.format: row for row in ListFile.objects.all()}
    assert set(files) == {"pdf", "xlsx"}
    assert list_of(NOVEMBER).file_sha256 == files["pdf"].sha256
    with connection.cursor() as cursor:
        cursor.execute("UPDATE households_person SET full_name = 'Tên Khác' WHERE full_name = 'Giàng Mí Páo'")
    for format_, row in files.items():
        content = kept.content(list_of(NOVEMBER), format_)
        assert hashlib.sha256(content).hexdigest() == row.sha256
    assert kept.sign_off(lists=[list_of(NOVEMBER)]) == list(ListFile.objects.order_by("format"))
    with vault.open_file(files["pdf"].file) as file:
        assert "Giàng Mí Páo" in PdfReader(file).pages[0].extract_text()


def test_a_draft_has_no_file_to_sign_off(people: Cast) -> None:
    run(NOVEMBER)
    with acting(COUNTRY), pytest.raises(ValueError, match=r"\d+"):
        kept.sign_off(lists=[list_of(NOVEMBER)])


def test_arrears_are_printed_from_month_to_month_with_their_cause(people: Cast) -> None:
    """November and December are ordered without the boy; his decision counts from November: January pays him 1.080.000 and 2 × 1.080.000."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    for month in (NOVEMBER, DECEMBER):
        run(month)
        release_all()
    with acting(COUNTRY):
        decide(people, BOY, "TCXH-5.6", NOVEMBER)
    run(NEW_YEAR)
    text = text_of(list_of(NEW_YEAR))
    assert "Giàng Mí Sính: Khoản 6 Điều 5" in text
    assert "truy lĩnh từ 11/2026 đến 12/2026 (theo quyết định)" in text
    assert "2.160.000" in text
    assert "3.780.000" in text


def test_money_nobody_collected_stands_in_its_own_column_with_its_month(people: Cast) -> None:
    """November's 1.620.000 came back; December's line pays 1.620.000 and those."""
    run(NOVEMBER)
    release_all()
    with acting(COUNTRY):
        lines = ledger.Lines.of_lists([list_of(NOVEMBER).pk])
        for book in (ledger.book_sent, ledger.book_returned, ledger.book_carried):
            book(lines, source=ledger.Source(SourceKind.HAND, 1))
    run(DECEMBER)
    text = text_of(list_of(DECEMBER))
    assert "chưa nhận tháng 11/2026" in text
    assert "Kỳ trước chuyển sang" in text
    assert "3.240.000" in text


def test_the_released_file_names_who_prepared_checked_and_approved_and_the_checksum(people: Cast) -> None:
    run(NOVEMBER)
    pay_list = list_of(NOVEMBER)
    for name, by in (("prepare", lan()), ("check", minh()), ("approve", chair())):
        pay_list = step(pay_list, name, by)
    with acting(COUNTRY):
        done = release(lists=[pay_list], by=province())[0]
    text = text_of(done)
    for word in ("lan", "minh", "chair", "Ghi nhận điện tử", f"Danh sách số {done.number}", done.checksum):
        assert word in text


def test_all_lists_of_a_month_are_one_zip_in_the_download_centre_made_by_a_job(people: Cast) -> None:
    run(NOVEMBER)
    release_all()
    officer = Scope("area", *WHOLE_COUNTRY, province().user_id, Role.PROVINCE_OFFICER, None)
    with acting(officer):
        asked = exports.request(
            kind="payment_lists", params={"month": "2026-11"}, columns=["files"], reason="Giao Bưu điện tỉnh kỳ tháng 11", by=officer
        )
    jobs.run_all(beating=False)
    with acting(officer):
        asked.refresh_from_db()
        assert (asked.status, asked.format, asked.rows) == ("ready", "zip", 3)
        with vault.open_file(asked.file) as file, zipfile.ZipFile(file) as made:
            names = made.namelist()
            pdf = made.read("00721/danh-sach-chi-tra-2026-11-xa-dong-van-post.pdf")
            contents = made.read("muc-luc.csv").decode()
        assert names[0] == "thong-tin.txt"
        assert list_of(NOVEMBER).file_sha256 == hashlib.sha256(pdf).hexdigest()
        assert hashlib.sha256(pdf).hexdigest() in contents
        job = Job.objects.get(pk=asked.job_id or 0)
    assert (job.progress_done, job.progress_total) == (3, 3)
