"""`make audit`: known vulnerabilities of the locked packages, or why nobody could be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from .dependencies import ROOT

COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock")),
    *("--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"),
]


@dataclass
class Audit:
    """What became of the question."""

    clean: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """1 when something is known; a question that nobody answered is no failure."""
        return 1 if self.vulnerable else 0

    def lines(self) -> list[str]:
        """What is printed."""
        found = [f"vulnerable: {line}" for line in self.vulnerable]
        if self.unasked:
            found.append(
                f"not audited: {len(self.unasked)} packages, because {self.unasked[0]}"
                " (the package index in use has no database of advisories, or none was reached)"
            )
        found.append(f"{self.clean} packages without a known vulnerability")
        return found


def read(report: dict[str, Any]) -> Audit:
    """The report of pip-audit; a package that it skipped was not audited."""
    audit = Audit()
    for package in report["dependencies"]:
        if "skip_reason" in package:
            audit.unasked.append(package["skip_reason"])
            continue
        known = [f"{package['name']} {package['version']}: {v['id']}" for v in package["vulns"]]
        audit.vulnerable += known
        audit.clean += not known
    return audit


def ask() -> Audit:
    """Run pip-audit."""
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    try:
        return read(json.loads(done.stdout))
    except (json.JSONDecodeError, KeyError, TypeError):
        words = (done.stderr.strip().splitlines() or ["pip-audit gave no report"])[-1]
        return Audit(unasked=[words])


def main() -> None:
    """Print the answer."""
    audit = ask()
    print("\n".join(audit.lines()))  # noqa: T201
    sys.exit(audit.code)


if __name__ == "__main__":
    main()
