"""The sheet to sign: everybody who waits at this counter and nobody else, the right sums in figures and words, a village on its own pages."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from payments.documents.cash_sheet import cash_sheet
from payments.models import Agency, ServicePoint
from payments.queries.cash import CashLine
from posasoft.core.models import AuditEvent
from tests.access.world import CANARY
from tests.results.world import Counter
from tests.support.database import owner

STANDING = True
DAY = datetime.date(2026, 11, 21)


def pages(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    width, height = (round(float(side)) for side in reader.pages[0].mediabox.upper_right)
    assert (width, height) == (595, 842)
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def line(number: int, village: str, amount: int = 1_500_000, receiver: str = "") -> CashLine:
    return CashLine(DAY.replace(day=1), "Xã Đồng Văn", village, f"08-{number}", f"Vừ Thị {number}", None, "", receiver, "123", amount)


def sheet(lines: list[CashLine]) -> list[str]:
    return pages(cash_sheet(ServicePoint(name="Điểm 1", agency=Agency(name="Bưu điện Việt Nam")), DAY, lines))


def test_each_page_has_its_sum_and_each_village_its_total_in_words() -> None:
    found = sheet([line(number, "Thôn Má Lủng") for number in range(40)] + [line(99, "Thôn Tả Lủng", 700_000)])
    first, last = [page for page in found if "Thôn Má Lủng" in page or "Cộng trang này" in page], found[-1]
    counted = [int(page.split("Cộng trang này: ")[1].split(" ")[0]) for page in first]
    assert sum(counted) == 40
    assert len(counted) > 1
    assert "60.000.000" in found[-2]
    assert "Bằng chữ: Sáu mươi triệu đồng." in found[-2]
    assert "Thôn Tả Lủng, Xã Đồng Văn" in last
    assert "Vừ Thị 0" not in last
    assert "Bằng chữ: Bảy trăm nghìn đồng." in last
    assert found[0].endswith(f"Trang 1/{len(found)}")


def test_it_says_who_may_collect_and_has_room_to_sign() -> None:
    (page,) = sheet([line(1, "", receiver="Sùng Mí Vừ")])
    for said in (
        "STT",
        "Người nhận",
        "Ngày sinh",
        "Số tiền",
        "Ký nhận",
        "Ghi chú",
        "Nhận thay: Sùng",
        "Không ghi thôn",
        "Ngày chi trả 21/11/2026",
    ):
        assert said in page


def test_nobody_left_is_said() -> None:
    assert "Không còn ai chờ nhận tiền" in sheet([])[0]


def test_the_clerk_prints_who_still_waits_and_the_print_is_audited(counter: Counter, enter: Callable[..., Client]) -> None:
    desk = enter(counter.own.clerk)
    mark = {"outcome": "paid", "who": "payee", "client_key": str(uuid.uuid4())}
    desk.post(reverse("portal:counter_mark", args=[counter.lines[1].public_id]), mark)
    mark = {"outcome": "unpaid", "reason": "absent", "client_key": str(uuid.uuid4())}
    desk.post(reverse("portal:counter_mark", args=[counter.lines[2].public_id]), mark)
    answer = desk.get(reverse("portal:cash_sheet"), {"day": "05/12/2026"})
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(pages(answer.content))
    assert "Ngày chi trả 05/12/2026" in text
    assert "Lý Thị Quầy 1" not in text
    # Absent today, perhaps here tomorrow.
    assert "Lý Thị Quầy 2" in text
    assert "5.300.000" in text
    assert CANARY not in text
    with owner():
        event = AuditEvent.objects.get(verb="export", detail__file="cash_sheet")
        assert event.detail["count"] == 5


def test_the_next_communes_counter_prints_only_its_own(counter: Counter, enter: Callable[..., Client]) -> None:
    text = " ".join(pages(enter(counter.payers.neighbour.clerk).get(reverse("portal:cash_sheet")).content))
    assert CANARY in text
    assert "Lý Thị Quầy" not in text
