"""`./run check`: everything that can be known without running the tests."""

import subprocess
import time

from tools import budgets, lock, servers
from tools.console import elapsed, say
from tools.place import ROOT

BIN = ROOT / ".venv" / "bin"
PRODUCTION = {"DEBUG": "0", "HTTPS": "1", "ALLOWED_HOSTS": "posasoft.example", "BEHIND_PROXY": "1"}


def main(_arguments: list[str]) -> int:
    """Runs every check, the later ones too when an early one fails; 0 when all pass."""
    manage = [str(BIN / "python"), "manage.py"]
    failed = [
        name
        for name, passed in (
            ("lint", _run("lint", [str(BIN / "ruff"), "check", "."])),
            ("format", _run("format", [str(BIN / "ruff"), "format", "--check", "."])),
            ("budgets", _report("budgets", budgets.breaches(ROOT))),
            ("lock", _report("lock", [] if lock.is_fresh() else ["requirements.lock is older than pyproject.toml: run './run lock'"])),
            ("imports", _run("imports", [str(BIN / "lint-imports"), "--no-cache"])),
            ("types", _run("types", [str(BIN / "mypy")])),
            ("migrations and deployment", _with_database(manage)),
        )
        if not passed
    ]
    say(f"Checks failed: {', '.join(failed)}." if failed else "Checks passed.")
    return 1 if failed else 0


def _with_database(manage: list[str]) -> bool:
    running = servers.start("test", durable=False)
    environment = {**running.environment, "POSASOFT_DATA": str(running.place.data)}
    try:
        migrations = _run("migrations", [*manage, "makemigrations", "--check", "--dry-run"], environment)
        deployment = _run("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], {**environment, **PRODUCTION})
    finally:
        running.stop()
    return migrations and deployment


def _run(name: str, command: list[str], environment: dict[str, str] | None = None) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    said = f"{done.stdout}{done.stderr}".strip()
    return _report(name, [] if done.returncode == 0 else said.splitlines() or [f"exit code {done.returncode}"], time.monotonic() - started)


def _report(name: str, findings: list[str], seconds: float = 0.0) -> bool:
    say(f"  {name}: {'failed' if findings else 'passed'} ({elapsed(seconds)})")
    for line in findings:
        say(f"    {line}")
    return not findings
