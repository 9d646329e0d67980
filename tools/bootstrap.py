"""Makes a bare Debian 12 ready (system packages, .venv, the locked Python packages) and hands over to `tools` inside .venv.

Runs on the system's python3 with nothing but the standard library.
"""

import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.console import Fault, say, step, warn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "posasoft-lock.sha256"

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# The browser's driver brings a Node.js that needs it.
BROWSER_LIBRARIES = {"libatomic.so.1": "libatomic1"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NEEDS_PACKAGES = {"demo", "test", "check", "bench", "manage", "lock", "stop", "reset"}


def main(arguments: list[str]) -> int:
    """Prepares what the command needs, then becomes `.venv/bin/python -m tools COMMAND …`; returns only on a fault."""
    command = arguments[0] if arguments else "help"
    try:
        if command in NEEDS_PACKAGES:
            install_system_packages(missing_system_packages(with_browser=command == "test"))
            install_python_packages()
    except Fault as fault:
        warn(str(fault))
        return 1
    except KeyboardInterrupt:
        warn("Stopped while installing; start again to go on.")
        return 130
    python = VENV / "bin" / "python"
    if not python.exists():
        python = Path(sys.executable)
    os.execv(python, [str(python), "-m", "tools", *arguments])


def missing_system_packages(*, with_browser: bool) -> list[str]:
    """Names of the Debian packages that must be added, in the order in which they are asked for."""
    missing = []
    if not (VENV / "bin" / "python").exists() and not _has_venv():
        missing.append("python3-venv")
    libraries = LIBRARIES | (BROWSER_LIBRARIES if with_browser else {})
    missing += [package for library, package in libraries.items() if not _loads(library)]
    if not Path("/usr/share/zoneinfo/Asia/Ho_Chi_Minh").exists():
        missing.append("tzdata")
    if with_browser and not any(shutil.which(name) for name in BROWSERS):
        missing.append("chromium")
    return missing


def _has_venv() -> bool:
    probe = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(packages: list[str]) -> None:
    """Installs with apt-get as root or with passwordless sudo; otherwise raises Fault with the command to give."""
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    advice = f"Some system packages are missing: run 'sudo {' '.join(command)}', then start again."
    prefix = _as_root()
    if prefix is None or not shutil.which("apt-get"):
        raise Fault(advice)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said = ""
    with step(f"Installing system packages: {' '.join(packages)}"):
        for parts in (["apt-get", "update"], command):
            done = subprocess.run([*prefix, *parts], env=environment, capture_output=True, text=True, check=False)
            # Without a network "update" only warns, and "install" then knows no such package: what both said belongs together.
            said += done.stderr
            if done.returncode:
                raise Fault(explain_apt(said, advice))


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None


def explain_apt(errors: str, advice: str) -> str:
    """One sentence for what apt-get wrote to standard error."""
    last = next((line for line in reversed(errors.strip().splitlines()) if line.startswith("E:")), "E: no reason given")
    if "No space left" in errors:
        return f"The disk is full: free some space and start again ({last[3:]})."
    if re.search(r"resolve|connect|timed out|Failed to fetch|Temporary failure", errors):
        return f"Debian's package server cannot be reached: connect this computer to the network and start again ({last[3:]})."
    return f"{advice} (apt-get said: {last[3:]})"


def install_python_packages() -> None:
    """Makes .venv hold exactly the lock; skipped when the stamp shows that it already does. Raises Fault."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    try:
        if not (VENV / "bin" / "python").exists():
            with step("Making .venv"):
                run([sys.executable, "-m", "venv", str(VENV)])
        if not (VENV / "bin" / "uv").exists():
            with step("Installing uv"):
                _install_uv()
        with step("Installing Python packages from requirements.lock"):
            run([str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", *_strictness(), str(LOCK)], environment=uv_environment())
        STAMP.write_text(wanted)
    except OSError as error:
        raise Fault(
            f"The folder {ROOT} cannot be written ({error.strerror}): free space or give this user the right to write there."
        ) from error


def _strictness() -> list[str]:
    return ["--python", str(VENV / "bin" / "python"), "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]


def _install_uv() -> None:
    entry = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(), re.MULTILINE | re.DOTALL)
    if entry is None:
        raise Fault("requirements.lock does not name uv: fetch the file again from the repository.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(entry.group())
        file.flush()
        run(
            [
                str(VENV / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "-r",
                file.name,
            ]
        )


def run(command: list[str], *, environment: dict[str, str] | None = None) -> None:
    """Runs a command in silence; raises Fault with what to do when it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = f"{done.stderr}\n{done.stdout}"
    if "No space left" in said:
        raise Fault("The disk is full: free some space and start again.")
    if re.search(
        r"No matching distribution|Connection|resolve|dns error|error sending request|Network is unreachable|Failed to fetch|timed out",
        said,
    ):
        raise Fault(
            "The Python package index cannot be reached: connect this computer to the network, or name a mirror with "
            "'pip config set global.index-url ADDRESS', then start again."
        )
    say(said.strip()[-3000:])
    raise Fault(f"This command failed for the reason above; put it right and start again: {' '.join(command)}")


def uv_environment() -> dict[str, str]:
    """The environment for uv, told to use the index that pip is configured with on this machine."""
    environment = dict(os.environ)
    pip = _pip_settings()
    if "index-url" in pip:
        environment.setdefault("UV_DEFAULT_INDEX", pip["index-url"])
    if "extra-index-url" in pip:
        environment.setdefault("UV_INDEX", " ".join(pip["extra-index-url"].split()))
    if "find-links" in pip:
        environment.setdefault("UV_FIND_LINKS", ",".join(pip["find-links"].split()))
    if "cert" in pip:
        environment.setdefault("SSL_CERT_FILE", pip["cert"])
    if "trusted-host" in pip:
        environment.setdefault("UV_INSECURE_HOST", " ".join(pip["trusted-host"].split()))
    # pip takes the best file of all indexes. uv stops at the first index that knows the name; the hashes make pip's way safe.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    environment.setdefault("UV_HTTP_TIMEOUT", "180")
    environment.setdefault("UV_LINK_MODE", "copy")
    return environment


def _pip_settings() -> dict[str, str]:
    listing = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, str] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in ("global", "install", ":env:") and (section == ":env:" or name not in settings):
            settings[name] = value.strip().strip("'").replace("\\n", " ")
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
