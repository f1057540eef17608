"""Words of the pages in the languages that there are: templates/pages/texts/<language>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import yaml

from ...paths import templates_dir

DEFAULT = "en"


@cache
def languages() -> tuple[str, ...]:
    """Languages in which the pages speak."""
    folder = templates_dir() / "pages" / "texts"
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


@cache
def words(language: str) -> Mapping[str, str]:
    """Texts by key in a language, completed by English ones."""
    folder = templates_dir() / "pages" / "texts"
    found: dict[str, str] = yaml.safe_load((folder / f"{DEFAULT}.yaml").read_text("utf-8"))
    if language in languages() and language != DEFAULT:
        found |= yaml.safe_load((folder / f"{language}.yaml").read_text("utf-8"))
    return found


def wanted(header: str) -> str:
    """The language of Accept-Language that is spoken here; else the first one of it."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), place, tag.split("-")[0].lower()))
        except ValueError:
            continue
    known = [tag for _, _, tag in sorted(ranked) if tag in languages()]
    return known[0] if known else DEFAULT
