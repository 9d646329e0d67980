"""Pictures of the main pages for docs/screens: `python -m tools.screens ADDRESS [part …]` with the password in DEMO_PASSWORD.

The server must already run (`./run demo`); the walk signs in as the demonstration's own people and leaves a few drafts and a change behind.
A development tool: it needs the packages of the tests, Chromium and pdftoppm.
"""

import datetime
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
WIDE: ViewportSize = {"width": 1366, "height": 768}
NARROW: ViewportSize = {"width": 360, "height": 740}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync", "--lang=vi"]
OFFICER, CHAIR, PROVINCE, ADMINISTRATOR = "canbo.xa", "chutich.xa", "canbo.tinh", "quantri"
CLERK, HEADQUARTERS = "buudien.xa", "buudien.tinh"
# Colours of a picture; a screen has few, and the pictures are kept with the code.
COLOURS = 128


def keep(name: str, picture: bytes) -> None:
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


def shoot(page: Page, name: str, *also: str) -> None:
    """The page as it stands, at office width; `also` names "360" and "dark"."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    keep(name, page.screenshot())
    if "dark" in also:
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        page.wait_for_timeout(300)
        keep(f"{name}-dark", page.screenshot())
        page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    if "360" in also:
        page.set_viewport_size(NARROW)
        page.wait_for_timeout(300)
        keep(f"{name}-360", page.screenshot())
        page.set_viewport_size(WIDE)


def visit(page: Page, address: str, name: str, *also: str) -> None:
    page.goto(address)
    page.locator("h1").first.wait_for()
    shoot(page, name, *also)


def follow(page: Page, link: Locator) -> None:
    with page.expect_navigation():
        link.first.click()
    page.locator("h1").first.wait_for()


def sign_in(page: Page, user: str) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("Tên đăng nhập").fill(user)
    page.get_by_label("Mật khẩu").fill(os.environ["DEMO_PASSWORD"])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_load_state("load")
    if page.url.rstrip("/").endswith("/sign-in/code"):
        # The demonstration tells the code itself.
        page.get_by_label("Mã xác thực").fill(page.locator(".note code").inner_text())
        page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("heading", name="Việc cần làm").wait_for()
    return page


def door(page: Page) -> None:
    visit(page, "/sign-in/", "sign-in", "360")


def desk(page: Page) -> None:
    """Home, search, lists, one household with its tabs, one person."""
    sign_in(page, OFFICER)
    page.goto("/")
    if page.get_by_role("button", name="Không cần").count():
        shoot(page, "tour")
        page.get_by_role("button", name="Không cần").click()
    visit(page, "/", "home", "360", "dark")
    page.keyboard.press("Control+k")
    page.keyboard.type("giang")
    page.get_by_role("option").first.wait_for()
    page.wait_for_timeout(800)
    keep("palette", page.screenshot())
    visit(page, "/households/?class=poor&sort=name", "households", "360")
    open_rich(page)
    if page.get_by_role("button", name="Không cần").count():
        page.get_by_role("button", name="Không cần").click()
        page.reload()
    shoot(page, "household", "360", "dark")
    home = page.url.split("?")[0]
    for tab in ("money", "papers", "history", "looks"):
        visit(page, f"{home}{tab}/", f"household-{tab}")
    page.goto(home)
    page.locator("#package").get_by_role("link", name="Vì sao?").first.click()
    page.locator("#why [data-focus]").wait_for()
    shoot(page, "household-why")
    visit(page, "/persons/", "persons")
    page.goto(home)
    follow(page, page.locator("section[aria-labelledby=members] a.go"))
    shoot(page, "person")
    page.goto("/")
    page.locator("[data-help]").click()
    page.locator("#help-body h2, #help-body h3, #help-body p").first.wait_for()
    shoot(page, "help")
    for address, name in (("/findings/", "findings"), ("/workbooks/", "workbooks"), ("/notifications/", "notifications")):
        visit(page, address, name)
    for address, name in (("/practice/", "practice"), ("/handovers/", "handover"), ("/account/", "account")):
        visit(page, address, name)


def open_rich(page: Page) -> None:
    """The household that receives most: it has most to show."""
    page.goto("/households/?class=poor&sort=amount")
    follow(page, page.get_by_role("columnheader", name="Gói tháng này").get_by_role("link"))
    follow(page, page.locator("main a.go"))


def report_class(page: Page, b1: str) -> None:
    """A report that the household is near-poor now, as far as its form."""
    page.get_by_role("button", name="Báo thay đổi").click()
    follow(page, page.get_by_role("button", name="Phân loại hộ", exact=True))
    page.get_by_label("Phân loại", exact=True).select_option("near_poor")
    page.get_by_label("Điểm B1").fill(b1)
    page.get_by_label("Căn cứ", exact=True).select_option(index=1)
    page.get_by_label("Phân loại có hiệu lực từ ngày").fill("01/10/2026")
    page.get_by_label("Căn cứ, lý do").fill("Biên bản rà soát của thôn")
    page.evaluate("scrollTo(0, 0)")


def changes(page: Page, chair: Page) -> None:
    """A change with its money, and one that meets a newer one on the chair's desk."""
    sign_in(page, OFFICER)
    open_rich(page)
    home = page.url
    page.get_by_role("button", name="Báo thay đổi").click()
    shoot(page, "change-menu")
    page.keyboard.press("Escape")
    report_class(page, "142")
    shoot(page, "change-form", "360")
    follow(page, page.get_by_role("button", name="Xem trước khi gửi"))
    shoot(page, "change-money", "dark")
    follow(page, page.get_by_role("button", name="Gửi để duyệt"))
    page.goto(home)
    report_class(page, "155")
    follow(page, page.get_by_role("button", name="Xem trước khi gửi"))
    follow(page, page.get_by_role("button", name="Gửi để duyệt"))
    visit(page, "/changes/", "changes")
    sign_in(chair, CHAIR)
    for name in ("change", "change-conflict"):
        chair.goto("/changes/?tab=approve")
        follow(chair, chair.locator("main a.go"))
        shoot(chair, name)
        if name == "change":
            follow(chair, chair.get_by_role("button", name="Duyệt", exact=True))


def applications(page: Page) -> None:
    """Cases and a paper to sign; two of the ready cases come to the chair's desk."""
    sign_in(page, OFFICER)
    visit(page, "/cases/", "cases", "360")
    follow(page, page.locator("tr").filter(has_text="Chờ quyết định").locator("a.go"))
    shoot(page, "case", "360", "dark")
    page.goto("/findings/?kind=missing")
    for person in page.locator("main a.go").evaluate_all("links => links.slice(0, 3).map(each => each.href)"):
        page.goto(f"/decisions/new/?person={person.rstrip('/').rsplit('/', 1)[1]}")
        page.locator("input[name=kind][value=grant]").check()
        follow(page, page.get_by_role("button", name="Soạn dự thảo"))
        shoot(page, "decision-draft")
        follow(page, page.get_by_role("button", name="Trình Chủ tịch ký"))
    page.goto("/cases/new/")
    page.locator("#q").fill("giang")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/cases/new/?w=*")
    follow(page, page.locator("main ul a.go"))
    follow(page, page.get_by_role("button", name="Nhập tờ khai"))
    shoot(page, "case-form", "360")


def signing(page: Page) -> None:
    """The chair's desk, the paper as it is printed, who looked at what."""
    sign_in(page, CHAIR)
    page.goto("/decisions/waiting/")
    page.locator("main a.go").first.click()
    page.locator("#panel-title").wait_for()
    shoot(page, "decisions-to-sign", "360", "dark")
    printed = page.locator("#panel a[href$='paper.pdf']").get_attribute("href")
    paper = page.context.request.get(str(printed)).body()
    drawn = subprocess.run(["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1"], input=paper, capture_output=True, check=True, timeout=60)
    keep("decision-paper", drawn.stdout)
    visit(page, "/decisions/", "decisions")
    visit(page, "/trail/", "trail")


def province(page: Page) -> None:
    """What the province looks at: months, lists, findings, files, people."""
    sign_in(page, PROVINCE)
    for address, name in (("/", "home-province"), ("/runs/", "runs"), ("/lists/", "lists"), ("/findings/", "findings-province")):
        visit(page, address, name)
    for start, link, name in (("/runs/", "main a.go", "run"), ("/lists/", "main a.go", "list"), ("/imports/", "main a.go", "import")):
        page.goto(start)
        follow(page, page.locator(link))
        shoot(page, name, *(("360",) if name == "run" else ()))
    visit(page, "/downloads/new/persons/", "export-form")
    page.get_by_label("Lý do").fill("Báo cáo quý IV")
    follow(page, page.locator("main form .btn-primary"))
    shoot(page, "exports")
    for address, name in (("/users/", "users"), ("/areas/", "areas"), ("/jobs/", "jobs"), ("/review/", "review"), ("/imports/", "imports")):
        visit(page, address, name)


def paying(page: Page) -> None:
    """A month's money: lists on their way, settling, statements, corrections, the calendar and the agencies."""
    sign_in(page, PROVINCE)
    today = datetime.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    month, before = f"{today:%Y-%m}", f"{today.replace(day=1) - datetime.timedelta(days=1):%Y-%m}"
    page.goto(f"/lists/?month={month}")
    follow(page, page.locator("tr", has_text="Xã Đồng Văn").filter(has_text="Đã giao đơn vị chi trả").locator("a.go"))
    shoot(page, "list-sent", "360")
    for address, name, *also in (
        (f"/settling/month/?month={month}", "settling", "360"), (f"/settling/scorecard/?month={before}", "scorecard"),
        ("/settling/statements/", "statements"), ("/settling/uncollected/", "uncollected"), ("/paying/calendar/", "paying-calendar"),
        ("/paying/budgets/", "budgets"), ("/paying/corrections/", "corrections"), ("/paying/effects/", "law-effects"), ("/agencies/", "agencies"),
        ("/agencies/interface/", "interface"), ("/cashless/", "cashless"), ("/family-notices/", "family-notices"), ("/verification/", "verification"),
    ):  # fmt: skip
        visit(page, address, name, *also)
    page.goto("/settling/statements/")
    follow(page, page.locator("tr", has_text="Hai bên đã ký").locator("a"))
    shoot(page, "statement")


def counter(page: Page) -> None:
    """The clerk's morning, and a file of results that is not booked yet."""
    sign_in(page, CLERK)
    visit(page, "/counter/", "counter", "360")
    page.locator("main table a").nth(2).click()
    page.locator("main a[href^='/counter/']", has_text="Chờ trả").first.click()
    page.get_by_role("button", name="Đã trả").wait_for()
    shoot(page, "counter-line", "360")
    page.context.clear_cookies()
    sign_in(page, HEADQUARTERS)
    visit(page, "/deliveries/", "deliveries")
    page.goto("/results/")
    follow(page, page.locator("main tr", has_text="Chờ xác nhận").locator("a"))
    shoot(page, "results")


def administration(page: Page) -> None:
    sign_in(page, ADMINISTRATOR)
    visit(page, "/areas/reforms/", "area-reform")
    visit(page, "/calendar/", "calendar")


def walk(browser: Browser, address: str, chosen: list[str]) -> None:
    def new() -> Page:
        page = browser.new_context(base_url=address, locale="vi-VN", viewport=WIDE, reduced_motion="reduce").new_page()
        page.set_default_timeout(60_000)
        return page

    parts: dict[str, Callable[[Page], None]] = {
        "door": door, "desk": desk, "changes": lambda page: changes(page, new()), "applications": applications, "signing": signing,
        "province": province, "paying": paying, "counter": counter, "administration": administration,
    }  # fmt: skip
    for name, part in parts.items():
        if not chosen or name in chosen:
            part(new())


def main(arguments: list[str]) -> int:
    address = re.sub(r"/+$", "", arguments[0])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS, env={**os.environ, "LANGUAGE": "vi"}
        )
        walk(browser, address, arguments[1:])
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
