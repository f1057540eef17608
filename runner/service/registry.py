"""Which handlers and chores this runner has: those of the rooms, and of modules in the settings.

A module of handlers has HANDLERS, a mapping of kinds to tasks.Handler, and may have CHORES,
a sequence of tasks.Chore. A kind without a handler here is left to other runners.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from ..errors import UserError
from ..tasks import Chore, Handler

ROOMS = ("mail", "http_out", "flow", "batch", "sync", "replica")


@dataclass
class Registry:
    """Handlers by kind, and chores."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    chores: list[Chore] = field(default_factory=list)

    def add(self, module: ModuleType) -> None:
        """Take up a module's HANDLERS and CHORES; a wrong one is a UserError that names it."""
        handlers = getattr(module, "HANDLERS", None)
        chores: Sequence[Chore] = getattr(module, "CHORES", ())
        if not isinstance(handlers, Mapping) or not all(
            isinstance(handler, Handler) for handler in handlers.values()
        ):
            raise UserError(
                f"module {module.__name__} has no HANDLERS",
                "It needs HANDLERS = {kind: Handler(function)}; docs/queue.md has an example.",
            )
        twice = sorted(self.handlers.keys() & handlers.keys())
        if twice:
            raise UserError(
                f"module {module.__name__} has a second handler of {', '.join(twice)}",
                "Each kind has one handler; take one of the modules out of PGEARS_HANDLERS.",
            )
        self.handlers.update(handlers)
        self.chores.extend(chores)


def load_registry(modules: Iterable[str]) -> Registry:
    """Import the rooms' handlers and those of the modules named."""
    registry = Registry()
    package = (__package__ or "").rpartition(".")[0]
    for room in ROOMS:
        name = f"{package}.{room}"
        if find_spec(name) is not None:
            module = importlib.import_module(name)
            if hasattr(module, "HANDLERS"):
                registry.add(module)
    for name in modules:
        registry.add(_import(name))
    return registry


def _import(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise UserError(
            f"module {name} of PGEARS_HANDLERS cannot be imported: {error}",
            "It must be installed or lie in the current folder.",
        ) from error
