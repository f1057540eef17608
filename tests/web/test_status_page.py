"""The status page: the figures of `pgears status`, marks, and what to do; for administrators."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from runner.overview import TABLES
from tests.fix_database import Database
from tests.fix_pages import PASSWORD, give_password, log_in, settle_roles
from tests.fix_web import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FAULTS = """
  select queue.register_kind('demo');
  insert into queue.dead (id, kind, payload, lane, attempts, error, created)
  values (1001, 'demo', '{}', 1, 10, 'no <such> host', now());
  select mail.send(p_to => 'a@example.org', p_subject => 's', p_body => 'b');
  update mail.message set state = 'unknown';
"""


def test_status_page(own_web_database: Database, tmp_path: Path) -> None:
    """Faults are marked with their mend, in the person's language; others may not look."""
    with own_web_database.connect() as conn:
        settle_roles(conn)
        give_password(conn, "web_ann", "web_ben")
        conn.execute("grant pgears_admin to web_ann")
        conn.execute(FAULTS)
        with serving(own_web_database, tmp_path) as web:
            ben = log_in(web, "web_ben")
            assert ben.get("/pages/status").status_code == 403
            ann = log_in(web, "web_ann")
            shown = ann.get("/pages/status")
            assert shown.status_code == 200, shown.text
            for part in (
                "Wrong: runners",
                "<code>pgears run</code>",
                "Look at: dead tasks",
                "<code>pgears task retry --kind demo</code>",
                "no &lt;such&gt; host",
                "Look at: unknown mails",
            ):
                assert part in shown.text, part
            assert "<h2>queue</h2>" in shown.text
            assert "<h2>exports</h2>" not in shown.text
            assert "Falsch: runners" in ann.get("/pages/status?lang=de").text
            conn.execute("select queue.redrive(null, 'demo'), queue.start_runner('r')")
            mended = ann.get("/pages/status?lang=en").text
            assert "dead tasks" not in mended
            assert "Wrong: runners" not in mended


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)]
)
def test_status_page_can_be_read(
    own_web_database: Database, tmp_path: Path, scheme: str, width: int
) -> None:
    """By the rules of accessibility, on a phone without scrolling sideways."""
    with own_web_database.connect() as conn:
        settle_roles(conn)
        give_password(conn, "web_ann")
        conn.execute("grant pgears_admin to web_ann")
        conn.execute(FAULTS)
    with serving(own_web_database, tmp_path) as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 800},
        )
        page.goto(f"{web.url}/pages/login?returnUrl=/pages/status")
        page.fill("[name=login]", "web_ann")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("#findings")
        page.screenshot(path=tmp_path / f"status-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        browser.close()


def test_every_table_is_a_query(database: Database) -> None:
    """None is empty of columns, and each stands in the state of `pgears status`."""
    from runner.cli.status import instance_state

    with database.connect() as conn:
        state = instance_state(conn)
    assert set(TABLES) <= set(state)
