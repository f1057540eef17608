"""What pages know of a class: columns, names, the caller's rights, how its pages look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONG = ("long_text", "html")
CHOICES = re.compile(r"\^\(([^()\\.*+?\[\]{}^$]+)\)\$")
SHOWN = 7
"""Columns of a list that nobody has described."""

SYSTEM = ("id", "shortdescription", "created", "creator", "modified", "modifier")
TYPES = {"id": "integer", "created": "timestamp", "modified": "timestamp"}


@dataclass(frozen=True)
class Column:
    """A column that the caller may read."""

    code: str
    name: str
    type: str
    multiple: bool = False
    user: bool = False
    localized: bool = False
    stored: bool = True
    mandatory: bool = False
    insert: bool = False
    change: bool = False
    detail: Mapping[str, Any] = None  # type: ignore[assignment]

    @property
    def choices(self) -> list[str]:
        """The values that a pattern such as ^(new|open)$ allows; else none."""
        found = CHOICES.fullmatch(self.detail.get("pattern", ""))
        return found[1].split("|") if found else []

    @property
    def classes(self) -> list[dict[str, str]]:
        """Model and class of what a reference may point to."""
        return list(self.detail.get("classes", ()))

    @property
    def shows(self) -> str:
        """The type of what is shown: that of the result of a calculated column."""
        return str(self.detail.get("result", "text")) if self.type == "calculated" else self.type

    @property
    def selected(self) -> list[str]:
        """Columns of the API view that hold what is shown."""
        if self.type in ("reference", "class"):
            beside = [f"{self.code}__class"] if len(self.classes) > 1 else []
            return [self.code, f"{self.code}__text", *beside]
        if self.localized:
            return [self.code, f"{self.code}__text"]
        return [self.code]


@dataclass(frozen=True)
class Description:
    """A class as its pages show it."""

    id: int
    model: str
    code: str
    name: str
    model_name: str
    view: str
    archive: bool
    may: Mapping[str, bool]
    page: Mapping[str, Any]
    columns: Mapping[str, Column]

    @property
    def path(self) -> str:
        """Address of its list."""
        return f"/pages/{self.model}/{self.code}"

    @property
    def listed(self) -> list[Column]:
        """Columns of the list."""
        chosen = self.page.get("list")
        if chosen:
            return [c for code in chosen if (c := self.column(code)) is not None]
        plain = [c for c in self.columns.values() if c.type not in (*LONG, "file", "reverse")]
        return plain[:SHOWN]

    @property
    def form(self) -> list[Column]:
        """Columns of detail and form."""
        chosen = self.page.get("form")
        if chosen:
            return [self.columns[code] for code in chosen if code in self.columns]
        return list(self.columns.values())

    @property
    def searched(self) -> list[str]:
        """Columns of the API view that a search looks in."""
        chosen = [code for code in self.page.get("search", ()) if code in self.columns]
        return chosen or ["shortdescription"]

    @property
    def page_size(self) -> int:
        """Records of a page of the list."""
        return int(self.page.get("page_size", 25))

    def column(self, code: str) -> Column | None:
        """A column of the class, or a system column that lists may show."""
        if code in self.columns:
            return self.columns[code]
        if code in SYSTEM:
            return Column(code, code, TYPES.get(code, "text"), detail={})
        return None


def read_description(found: Mapping[str, Any]) -> Description:
    """The description from what web.page_class() gives."""
    columns = {
        c["code"]: Column(
            c["code"],
            c["name"],
            c["type"],
            multiple=c["multiple"],
            user=c["user"],
            localized=c["localized"],
            stored=c["stored"],
            mandatory=c["mandatory"],
            insert=c["insert"],
            change=c["change"],
            detail=c,
        )
        for c in found["columns"]
    }
    return Description(
        id=found["id"],
        model=found["model"],
        code=found["class"],
        name=found["name"],
        model_name=found["model_name"],
        view=found["view"],
        archive=found["archive"],
        may=found["may"],
        page=found["page"],
        columns=columns,
    )
