"""Pages in a browser: by keyboard alone, without JavaScript, on a phone, and as axe sees them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from tests.fix_pages import PASSWORD, Visitor
from tests.fix_web import WebServer
from tests.web.conftest import Drawn

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TICKETS = "/pages/helpdesk/ticket"
SHOTS = os.environ.get("PGEARS_SCREENSHOTS")
"""A folder for pictures of the pages, for a person's eye."""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def visit(browser: Browser, web: WebServer, **how: object) -> BrowserContext:
    """A context in which Ann is logged in."""
    context = browser.new_context(base_url=web.url, **how)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(TICKETS)
    page.fill("#login", "web_ann")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/pages/helpdesk/ticket")
    page.close()
    return context


@pytest.fixture
def context(
    browser: Browser, web: WebServer, visitors: dict[str, Visitor]
) -> Iterator[BrowserContext]:
    """Ann's browser."""
    assert visitors
    opened = visit(browser, web)
    yield opened
    opened.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture where a folder is named."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS, f"{name}.png"), full_page=True)


PAGES = {
    "login": "/pages/login",
    "home": "/pages/",
    "list": TICKETS,
    "none": f"{TICKETS}?q=nothing+like+this",
    "wrong": f"{TICKETS}?filter=wrong",
    "detail": f"{TICKETS}/5",
    "edit": f"{TICKETS}/5/edit",
    "new": f"{TICKETS}/new",
    "delete": f"{TICKETS}/5/delete",
    "model": "/pages/helpdesk",
    "tasks": "/pages/tasks",
    "runs": "/pages/runs",
    "workflows": "/pages/workflows",
    "workflow": "/pages/workflows/helpdesk/climb",
    "confirm": "/event/anything?scope=global",
    "missing": f"{TICKETS}/987654",
}
LOOKS = [
    *((name, "light", (1280, 768, 390)) for name in (*PAGES, "instance", "failed")),
    *((name, "dark", (390,)) for name in ("list", "detail", "edit", "wrong", "instance", "failed")),
]


@pytest.mark.parametrize(("name", "scheme", "widths"), LOOKS)
def test_axe_finds_nothing_serious(
    browser: Browser,
    web: WebServer,
    context: BrowserContext,
    drawn: Drawn,
    name: str,
    scheme: str,
    widths: tuple[int, ...],
) -> None:
    """Nor at phone width, where nothing may be wider than the screen."""
    addresses = {
        **PAGES,
        "instance": f"/pages/instances/{drawn.waits}",
        "failed": f"/pages/instances/{drawn.failed}",
    }
    for width in widths:
        opened = browser.new_context(
            base_url=web.url,
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 800},
            storage_state=context.storage_state(),
            bypass_csp=True,  # axe is put into the page by a script
        )
        page = opened.new_page()
        page.goto(addresses[name])
        picture(page, f"{name}-{width}-{scheme}")
        found = Axe().run(page).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide on {width}"
        opened.close()


def test_by_keyboard_alone(context: BrowserContext) -> None:
    """From the list to a new record, changed and saved, without a mouse."""
    page = context.new_page()
    page.goto(TICKETS)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    new = page.locator("a.button", has_text="New")
    for _ in range(20):
        if new.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(new).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    for _ in range(40):
        if page.evaluate("document.activeElement.name") == "subject":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**?saved=1")
    expect(page.locator("h1")).to_contain_text("By keyboard")
    expect(page.get_by_role("status")).to_have_text("Saved")


def test_without_javascript(browser: Browser, web: WebServer, context: BrowserContext) -> None:
    """Search, filter, sorting, paging and forms are links and forms."""
    opened = browser.new_context(
        base_url=web.url, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = opened.new_page()
    page.goto(TICKETS)
    page.fill("#q", "Subject 17")
    page.click(".search button")
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    page.goto(TICKETS)
    page.locator("summary", has_text="Filter").click()
    page.select_option("select[name=column]", "priority")
    page.select_option("select[name=operator]", "eq")
    page.fill("input[name=value]", "1")
    page.click(".filter button")
    expect(page.locator(".chips li").first).to_contain_text("priority eq.1")
    page.click("th a:has-text('Subject')")
    page.goto(f"{TICKETS}/7/edit")
    page.fill("[name=subject]", "Without scripts")
    page.click(".form button")
    expect(page.locator("h1")).to_contain_text("Without scripts")
    opened.close()


def test_search_as_one_types_and_suggestions(context: BrowserContext) -> None:
    """htmx replaces the rows, and offers records for a reference."""
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(TICKETS)
    page.locator("#q").press_sequentially("Subject 23")
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=Subject+23".replace("+", "%20"))
    page.goto(f"{TICKETS}/new")
    page.locator("[name=customer]").press_sequentially("Customer 1")
    expect(page.locator("#f-customer-options option").first).to_have_attribute(
        "value", "Customer 19 (#19)"
    )
    assert errors == []


def test_stored_markup_does_not_run(context: BrowserContext) -> None:
    """A dialog would show that it did."""
    page = context.new_page()
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto(f"{TICKETS}/new")
    evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>browsed'
    page.fill("[name=subject]", evil)
    page.fill("[name=body]", evil)
    page.click(".form button")
    expect(page.locator("h1")).to_contain_text(evil)
    page.goto(f"{TICKETS}?q=browsed")
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    assert dialogs == []
