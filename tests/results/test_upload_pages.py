"""Files of results through the pages: read, looked at, booked once; what is wrong is said row by row and comes back in the workbook."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from payments.models import LineResult, ResultBatch
from posasoft.core import jobs
from posasoft.core.models import AuditEvent, Job
from posasoft.portal.views import results as views
from tests.access.world import CANARY
from tests.results.world import Counter, workbook
from tests.support.database import owner
from tests.support.second_factor import enrol_if_required

STANDING = True
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def desk(counter: Counter, enter: Callable[..., Client]) -> Client:
    return enter(counter.own.clerk)


def at(name: str, *args: Any) -> str:
    return reverse(f"portal:{name}", args=args)


def template(desk: Client, counter: Counter, kind: str = "xlsx") -> bytes:
    return desk.get(at("result_template", counter.delivery.pay_list_id, kind)).content


def filled(desk: Client, counter: Counter, **answers: dict[str, Any]) -> bytes:
    """The template with answers by the place of the line in the list: ``l0={"Kết quả": "Đã trả"}``."""
    lines = {str(counter.lines[int(place[1:])].public_id): answer for place, answer in answers.items()}
    return workbook(counter.delivery, template(desk, counter), lines)


def sending(desk: Client, content: bytes, name: str = "ket-qua.xlsx", **said: str) -> Any:
    fields = {"file": SimpleUploadedFile(name, content), "client_key": str(uuid.uuid4())} | said
    return desk.post(at("results"), fields, follow=True)


def batch_of(answer: Any) -> ResultBatch:
    with owner():
        return ResultBatch.objects.get(public_id=answer.redirect_chain[-1][0].rstrip("/").rpartition("/")[2])


PAID, ABSENT = {"Kết quả": "Đã trả"}, {"Kết quả": "Không trả", "Lý do không trả": "Vắng mặt"}
WRONG = {"Kết quả": "Đã trả", "Số tiền đã trả": 1}


def test_the_template_holds_the_lines_without_a_result_and_nobody_elses(counter: Counter, desk: Client) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template(desk, counter))).active
    codes = {str(cell.value) for cell in sheet["A"]}
    assert {str(line.public_id) for line in counter.lines} <= codes
    text = template(desk, counter, "csv").decode("utf-8-sig")
    assert text.count("Lý Thị Quầy") == 5
    assert CANARY not in text
    desk.post(at("counter_mark", counter.lines[1].public_id), {"outcome": "paid", "who": "payee", "client_key": str(uuid.uuid4())})
    assert "Lý Thị Quầy 1" not in template(desk, counter, "csv").decode("utf-8-sig")
    with owner():
        assert AuditEvent.objects.filter(verb="export", object_kind="payment_list", detail__file="blank.csv").count() == 2


def test_a_file_is_read_looked_at_and_booked_once(counter: Counter, desk: Client) -> None:
    content = filled(desk, counter, l0=PAID, l1=PAID, l2=ABSENT, l3=WRONG)
    answer = sending(desk, content)
    text, batch = answer.content.decode(), batch_of(answer)
    assert batch.status == "staged"
    for said in ("Chờ xác nhận", "1.500.000", "Ghi nhận 3 dòng", "Lý Thị Quầy 3", "danh sách ghi 1.250.000"):
        assert said in text
    bad = desk.get(at("result_batch", batch.public_id), {"show": "bad"}).content.decode()
    assert "Lý Thị Quầy 3" in bad
    assert "Lý Thị Quầy 1" not in bad
    with owner():
        assert not LineResult.objects.exists()
    for _again in range(2):
        assert desk.post(at("result_apply", batch.public_id)).status_code == 302
    with owner():
        assert LineResult.objects.count() == 3
        assert ResultBatch.objects.get(pk=batch.pk).status == "applied"
    again = sending(desk, content)
    assert "đã gửi từ trước" in again.content.decode()
    with owner():
        assert ResultBatch.objects.count() == 1
        assert LineResult.objects.count() == 3


def test_findings_come_back_in_the_agencys_own_workbook(counter: Counter, desk: Client) -> None:
    batch = batch_of(sending(desk, filled(desk, counter, l0=PAID, l3=WRONG)))
    sheet = openpyxl.load_workbook(io.BytesIO(desk.get(at("result_file", batch.public_id)).content)).active
    rows = {str(row[0].value): row[-1].value for row in sheet.iter_rows()}
    assert rows["Mã dòng"] == "Hệ thống trả lời"
    assert "danh sách ghi 1.250.000" in str(rows[str(counter.lines[3].public_id)])
    assert rows[str(counter.lines[0].public_id)] == "Sẵn sàng"
    assert not rows[str(counter.lines[1].public_id)]


def test_half_a_file_is_noticed_by_what_the_sender_said(counter: Counter, desk: Client) -> None:
    answer = sending(desk, filled(desk, counter, l0=PAID), declared_rows="2")
    assert "Có thể tệp bị cắt khi gửi" in answer.content.decode()
    with owner():
        assert ResultBatch.objects.get().status == "refused"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.docx", b"x", "Chỉ nhận tệp"), ("a.xlsx", b"no workbook", "Không nhận"), ("a.csv", b"x;y", "Không nhận")],
)
def test_what_is_no_table_of_results_is_refused_with_the_reason(
    counter: Counter, desk: Client, name: str, content: bytes, said: str
) -> None:
    assert said in sending(desk, content, name).content.decode()
    with owner():
        assert not LineResult.objects.exists()


def test_a_sum_that_is_no_number_is_asked_again(counter: Counter, desk: Client) -> None:
    text = sending(desk, b"x;y", "a.csv", declared_amount="một triệu").content.decode()
    assert "Ghi số đồng nguyên" in text
    assert 'value="một triệu"' in text


def test_a_file_sent_by_mistake_is_dropped(counter: Counter, desk: Client) -> None:
    batch = batch_of(sending(desk, filled(desk, counter, l0=PAID)))
    desk.post(at("result_refuse", batch.public_id))
    text = desk.post(at("result_apply", batch.public_id), follow=True).content.decode()
    assert "không ghi nhận được" in text
    with owner():
        assert not LineResult.objects.exists()


def test_a_long_file_is_read_and_booked_in_the_background(counter: Counter, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(views, "BYTES_AT_ONCE", 1)
    batch = batch_of(sending(desk, filled(desk, counter, l0=PAID, l1=PAID)))
    assert batch.status == "received"
    assert "Đang xử lý ở nền" in desk.get(at("result_batch", batch.public_id)).content.decode()
    with owner():
        jobs.run_all(beating=False)
    desk.post(at("result_apply", batch.public_id))
    with owner():
        jobs.run_all(beating=False)
        assert [job.status for job in Job.objects.filter(kind__startswith="payments.").order_by("pk")] == ["done", "done"]
        assert LineResult.objects.count() == 2


@pytest.mark.parametrize("name", ["result_batch", "result_apply", "result_refuse", "result_file"])
def test_a_foreign_agencys_clerk_gets_404(counter: Counter, desk: Client, enter: Callable[..., Client], name: str) -> None:
    batch = batch_of(sending(desk, filled(desk, counter, l0=PAID)))
    stranger = enter(counter.payers.neighbour.clerk)
    address = at(name, batch.public_id)
    answer = stranger.get(address) if name in ("result_batch", "result_file") else stranger.post(address)
    assert answer.status_code == 404
    assert stranger.get(at("result_template", counter.delivery.pay_list_id, "xlsx")).status_code == 404
    assert str(batch.public_id) not in stranger.get(at("results")).content.decode()


def test_the_headquarters_is_led_to_the_delivery_where_a_counter_sees_lines(
    counter: Counter, desk: Client, enter: Callable[..., Client]
) -> None:
    """It sees no line: a page of them would stand empty, as if nobody were to be paid."""
    pk = counter.delivery.pay_list_id
    assert "Lý Thị Quầy 1" in desk.get(at("list", pk)).content.decode()
    with owner():
        enrol_if_required(counter.own.boss)
    boss = enter(counter.own.boss)
    answer = boss.get(at("list", pk))
    assert (answer.status_code, answer.headers["Location"]) == (302, at("delivery", counter.delivery.public_id))
    text = boss.get(answer.headers["Location"]).content.decode()
    assert "5.800.000" in text
    assert "Lý Thị Quầy" not in text
