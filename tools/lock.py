"""`./run lock`: requirements.lock from pyproject.toml, with hashes and without addresses, wheels only."""

import hashlib
import json
import subprocess
import tempfile
import tomllib
from pathlib import Path

from tools.bootstrap import LOCK, uv_environment
from tools.console import Fault, say, step
from tools.place import ROOT

HEADER = "# Made from pyproject.toml by './run lock' (uv pip compile --universal --generate-hashes --only-binary :all:); do not edit.\n"


def main(arguments: list[str]) -> int:
    """Writes the lock anew, keeping versions that still fit; `--upgrade` takes the newest. Raises Fault."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "requirements.lock"
        if LOCK.exists() and "--upgrade" not in arguments:
            draft.write_text(LOCK.read_text())
        command = [str(ROOT / ".venv" / "bin" / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes",
                   "--only-binary", ":all:",                    "--no-header", "--no-annotate", "--no-emit-index-url",
                   "--no-emit-find-links", "--group", "dev", str(ROOT / "pyproject.toml"), "-o", str(draft)]  # fmt: skip
        with step("Resolving"):
            done = subprocess.run(command, cwd=ROOT, env=uv_environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Fault(f"The dependencies cannot be resolved: {done.stderr.strip()}")
        LOCK.write_text(f"{HEADER}# Dependencies: {wanted()}\n{_without_comments(draft.read_text())}")
    say(f"{LOCK.name}: {LOCK.read_text().count('==')} packages")
    return 0


def wanted() -> str:
    """A fingerprint of what pyproject.toml asks for; the lock carries it, so that a stale lock is noticed without a network."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [project["project"]["requires-python"], project["project"]["dependencies"], project["dependency-groups"]]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def is_fresh() -> bool:
    """Whether the lock was made from the present pyproject.toml."""
    return f"# Dependencies: {wanted()}\n" in LOCK.read_text()


def _without_comments(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
