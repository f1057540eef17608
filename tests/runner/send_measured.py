"""A runner that does what is ready and prints its peak memory in kB, in a process of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.fix_database import Database

from .mail_parts import run


def peak() -> int:
    """Peak memory in kB of this program alone: ru_maxrss counts its starter as well."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    run(Database("given", sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(str(peak()))
