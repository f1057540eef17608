"""Links among the pages lead somewhere, every page is in the index, and the site builds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "db" / "README.md"]
FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as hosts of repositories and the site make them."""
    found: set[str] = set()
    for title in HEADING.findall(FENCED.sub("", page.read_text("utf-8"))):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number, unique = 0, slug
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def broken(page: Path) -> list[str]:
    """Relative links of a page that lead nowhere."""
    text = CODE.sub("", FENCED.sub("", page.read_text("utf-8")))
    wrong = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    """Files and headings that links name exist."""
    assert broken(page) == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    """The test above can fail."""
    page = tmp_path / "page.md"
    page.write_text("# A page\n[a](#a-page) [b](#none) [c](none.md) `[d](x.md)`\n")
    assert broken(page) == ["#none", "none.md"]


def test_every_page_is_in_the_index() -> None:
    """A page that no list names is found by nobody."""
    index = (DOCS / "index.md").read_text("utf-8").split()
    assert [p.stem for p in DOCS.glob("*.md") if p.stem != "index" and p.stem not in index] == []


@pytest.mark.slow
def test_the_site_builds(tmp_path: Path) -> None:
    """`make docs`, where a warning is an error."""
    pytest.importorskip("sphinx")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html"),
            *("-c", str(DOCS / "site"), "-d", str(tmp_path / "trees"), str(DOCS)),
            str(tmp_path / "site"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    made = (tmp_path / "site" / "index.html").read_text("utf-8")
    for page in ("start", "commands", "sql", "threat-model", "tutorial"):
        assert f'href="{page}.html"' in made
        assert (tmp_path / "site" / f"{page}.html").is_file()
