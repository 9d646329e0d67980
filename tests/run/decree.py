"""Decree 335/2026 in a browser, on the running demonstration: the province sees what it changes in paid months and agrees."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from policy import load_law
from policy.loader import without
from posasoft.core.money import format_number
from posasoft.core.months import add_months, format_month

WAIT = 60_000
FILE = "2026-335-tro-giup-xa-hoi.yaml"
COEFFICIENT = 2
# A family of the demonstration's commune that was paid one person's allowance, 2,0 × the level before the decree, by post in both months paid before
# the program knew the decree, stands on the next month's draft under another name than that person's, and to whom nothing else happened.
_FAMILY = """
SELECT h.public_id::text, max(p.full_name), max(n.id)
FROM payments_paymentline o JOIN payments_paymentlist l ON l.id = o.list_id AND l.kind = 'regular' AND l.channel = 'post'
JOIN core_area a ON a.id = l.commune_id AND a.code = '00721'
JOIN households_household h ON h.id = o.household_id
JOIN households_person p ON p.id = (o.components -> 0 ->> 'p')::bigint
JOIN payments_paymentlist n ON n.commune_id = l.commune_id AND n.month = %(following)s AND n.channel = 'post' AND n.status = 'draft'
JOIN payments_paymentline d ON d.month = n.month AND d.list_id = n.id AND d.household_id = h.id AND d.payee_id <> p.id
WHERE jsonb_array_length(o.components) = 1 AND o.components -> 0 @> '{"b": "TCXH-5.6", "c": 2.000}'
  AND (o.components -> 0 ->> 'a')::bigint = (%(paid)s::jsonb ->> o.month::text)::bigint
  AND NOT EXISTS (SELECT FROM households_changerequest r WHERE r.household_id = h.id)
GROUP BY h.public_id HAVING count(*) = 2 AND count(DISTINCT p.id) = 1 ORDER BY 1 LIMIT 1
"""


@dataclass(frozen=True)
class Demonstration:
    """The running demonstration: its address, its users' password, the owner's address of its database, and the month being paid."""

    address: str
    password: str
    database: str
    month: datetime.date


def level(month: datetime.date) -> int:
    """The standard level of a month: 540.000 since July 2026 by the decree, 500.000 before it."""
    return int(load_law().amount("standard_level", month))


def carried_by_the_next_list(chromium: Browser, demonstration: Demonstration, folder: Path) -> None:
    """2,0 × (540.000 - 500.000) = 80.000 for each of the two months paid before the program knew the decree: 160.000, on the next list.

    The demonstration's months move with the day: the levels are read from the law as it is without and with the decree."""
    first, second = months = [add_months(demonstration.month, -3), add_months(demonstration.month, -2)]
    following = add_months(demonstration.month, 1)
    with without(FILE):
        paid = {month: COEFFICIENT * level(month) for month in months}
    owed = {month: COEFFICIENT * level(month) - paid[month] for month in months}
    assert all(owed.values())
    with psycopg.connect(demonstration.database) as server:
        known = {"paid": json.dumps({f"{month}": amount for month, amount in paid.items()}), "following": following}
        row = server.execute(_FAMILY, known).fetchone()
    assert row is not None, known
    public_id, person, list_id = row
    with _signed_in(chromium, demonstration, "canbo.tinh") as province:
        _agree(province, first)
        _compute(province, following)
    total = format_number(sum(owed.values()))
    with _signed_in(chromium, demonstration, "canbo.xa") as officer:
        officer.goto("/paying/corrections/?cause=law")
        expect(officer.get_by_text("Văn bản hoặc mức chuẩn mới: 335/2026/NĐ-CP").first).to_be_visible()
        officer.goto(f"/lists/{list_id}/")
        expect(officer.get_by_text("Truy lĩnh").first).to_be_visible()
        with officer.expect_download() as download:
            officer.get_by_role("link", name="Bản in để ký").first.click()
        file = folder / "danh-sach.pdf"
        download.value.save_as(file)
        officer.goto(f"/households/{public_id}/money/trail/")
        trail = officer.locator("main").inner_text()
    text = " ".join("\n".join(sheet.extract_text() for sheet in PdfReader(file).pages).split())
    said = f"truy lĩnh từ {format_month(first)} đến {format_month(second)} (văn bản mới 335/2026/NĐ-CP) {total}"
    assert f"{person}: Khoản 6 Điều 5 × 2, {said}" in text, (person, said)
    for words in (format_month(first), format_month(second), *map(format_number, owed.values()), "335/2026/NĐ-CP"):
        assert words in trail, (words, trail)


@contextmanager
def _signed_in(chromium: Browser, demonstration: Demonstration, username: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=demonstration.address, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto("/sign-in/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(demonstration.password)
    page.get_by_role("button", name="Đăng nhập").click()
    shown = page.locator(".note code")
    shown.or_(page.get_by_role("heading", name="Việc cần làm")).first.wait_for()
    if shown.count():
        page.get_by_label("Mã xác thực").fill(shown.inner_text())
        page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("heading", name="Việc cần làm").wait_for()
    yield page
    context.close()


def _agree(page: Page, first: datetime.date) -> None:
    page.goto("/paying/effects/")
    expect(page.get_by_text(f"Tháng {format_month(first)} đến")).to_be_visible()
    page.get_by_text("Từng tháng, từng chế độ").first.click()
    expect(page.get_by_role("cell", name="TCXH-5.6").first).to_be_visible()
    page.get_by_label("335/2026/NĐ-CP", exact=False).get_by_role("checkbox").or_(page.locator("input[name=row]")).first.check()
    page.get_by_label("Căn cứ hoặc lý do").fill("Theo công văn của Sở Y tế")
    page.get_by_role("button", name="Đồng ý đưa vào danh sách sau").click()
    expect(page.get_by_text("đã đồng ý")).to_be_visible()


def _compute(page: Page, month: datetime.date) -> None:
    page.goto("/runs/")
    page.get_by_label("Tháng", exact=True).select_option(f"{month:%Y-%m}")
    with page.expect_navigation():
        page.get_by_role("button", name="Tính", exact=True).click()
    page.goto("/runs/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=format_month(month), exact=True))
    deadline = datetime.datetime.now(datetime.UTC) + datetime.timedelta(milliseconds=WAIT)
    while not row.get_by_text("Đã tính").count():
        assert datetime.datetime.now(datetime.UTC) < deadline, row.inner_text()
        page.wait_for_timeout(300)
        page.reload()
