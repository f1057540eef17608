"""The text of an HTML message, for those who want to read it without its dress."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = {
    "address", "article", "blockquote", "br", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr",
    "ul",
}  # fmt: skip
BLANKS = re.compile(r"[ \t]+")
UNSEEN = {"head", "script", "style", "title", "template"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += 1
        elif tag == "body":
            self.unseen = 0
        elif tag in BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in BLOCKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))

    def parse_html_declaration(self, i: int) -> int:
        """A declaration that is none ends at the next ">"; the package fails an assertion."""
        try:
            return super().parse_html_declaration(i)
        except AssertionError:
            return self.parse_bogus_comment(i)


def _blank(run: re.Match[str]) -> str:
    return "\t" if "\t" in run[0] else run[0]


def plain_text(html: str) -> str:
    """Text with the line breaks of its blocks; scripts, styles and the head left out."""
    # Behind the last ">" no tag ends: there the package would look for the end of each "<", in
    # the square of the time.
    closed = html.rfind(">") + 1
    reader = _Reader()
    reader.feed(html[:closed] + html[closed:].replace("<", "&lt;"))
    reader.close()
    # Each run is looked at once: " *\t" would begin anew at each of its spaces.
    lines = [BLANKS.sub(_blank, line).strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
