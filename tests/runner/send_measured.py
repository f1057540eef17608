"""A runner that does what is ready and prints its peak memory in kB, in a process of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.fix_database import Database

from .mail_parts import run

if __name__ == "__main__":
    run(Database("given", sys.argv[1]), Path(sys.argv[2]))
    # Of this program alone: ru_maxrss counts the process that started it as well.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    sys.stdout.write(found[1])
