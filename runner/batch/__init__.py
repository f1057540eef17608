"""Files: rows of classes from and to csv, xlsx, json lines and xml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tasks import Chore, Handler
from .folders import Folders
from .handlers import export_file, import_file, sweep

HANDLERS: Mapping[str, Handler] = {
    "batch.import": Handler(import_file, parallel=2),
    "batch.export": Handler(export_file, parallel=2),
}

CHORES: Sequence[Chore] = (
    Chore("import folders", Folders().look, every=2.0),
    Chore("runs of dead processes", sweep, every=30.0),
)
