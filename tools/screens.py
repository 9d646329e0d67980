"""Pictures of the main pages for docs/screens: `python -m tools.screens ADDRESS USER` with the password in DEMO_PASSWORD.

The server must already run (`./run demo`). A development tool: it needs the packages of the tests, and Chromium.
"""

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 360, "height": 740}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PAGES = {
    "home": "/",
    "households": "/households/?class=poor",
    "review": "/review/",
    "imports": "/imports/",
    "runs": "/runs/",
    "lists": "/lists/",
    "areas": "/areas/",
    "jobs": "/jobs/",
}
# Found by walking: (name, page to start from, link to follow).
WALKS = (
    ("run", "/runs/", "main a.go"),
    ("list", "/lists/", "main a.go"),
    ("import", "/imports/", "main a.go"),
    ("area", "/areas/", ".rail h2 + ul a"),
)


def sign_in(page: Page, user: str) -> None:
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


def shoot(page: Page, name: str, *, narrow: bool = True, whole: bool = True) -> None:
    """The page as it stands, at office width and, if asked, at a phone's."""
    for size, suffix in ((WIDE, ""), (NARROW, "-360"))[: 2 if narrow else 1]:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.wait_for_timeout(300)
        page.screenshot(path=FOLDER / f"{name}{suffix}.png", full_page=whole)
    page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})


def theme(page: Page, name: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": name, "url": re.match(r"https?://[^/]+", page.url)[0]}])  # type: ignore[index]  # the address of an open page
    page.reload()


def shoot_household(page: Page, query: str) -> None:
    """A household with its package, the panel that says why, and its head's page."""
    page.locator("#find").fill(query.replace("+", " "))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Tìm kiếm").wait_for()
    with page.expect_navigation():
        page.locator("main a.go").first.click()
    page.locator("#package").get_by_role("link", name="Vì sao?").last.click()
    page.locator("#why [data-focus]").wait_for()
    page.mouse.move(0, 0)
    shoot(page, "household")
    address = page.url
    theme(page, "dark")
    page.locator("#package").get_by_role("link", name="Vì sao?").last.click()
    page.locator("#why [data-focus]").wait_for()
    shoot(page, "household-dark", narrow=False)
    theme(page, "light")
    page.goto(address)
    with page.expect_navigation():
        page.locator("section[aria-labelledby=members] a.go").nth(3).click()
    shoot(page, "person", narrow=False)


def walk(browser: Browser, address: str, user: str, query: str) -> None:
    page = browser.new_context(base_url=address, locale="vi-VN", viewport={"width": 1366, "height": 768}).new_page()
    page.goto("/sign-in/")
    shoot(page, "sign-in", narrow=False)
    sign_in(page, user)
    theme(page, "light")
    for name, path in PAGES.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shoot(page, name, narrow=name in ("home", "households"), whole=False)
    for name, start, link in WALKS:
        page.goto(start)
        with page.expect_navigation():
            page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
        page.locator("h1").first.wait_for()
        shoot(page, name, narrow=name == "run", whole=name == "run")
    shoot_household(page, query)


def main(arguments: list[str]) -> int:
    address, user = arguments[0].rstrip("/"), arguments[1]
    query = arguments[2] if len(arguments) > 2 else "giang+mi"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)
        walk(browser, address, user, query)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
