"""Files with personal data, encrypted at rest: uploads, attachments, exports.

It is Django's default storage, so that a plain ``FileField`` is encrypted too; code without a model field calls `store`, `open_file`,
`as_path` and `delete`. A file is a header (mark, 16 bytes of salt) and blocks of 64 KiB under AES-256-GCM with a key of its own, derived
from settings.NATIONAL_ID_KEY. Every block carries its number and whether it is the last, so that a changed, swapped, missing or
cut-off block is noticed, and any place can be read without what stands before it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.crypto import get_random_string

MARK = b"PSV1"
BLOCK = 64 * 1024
_SALT, _TAG, _NONCE = 16, 16, 12
_HEAD = len(MARK) + _SALT


class Source(Protocol):
    """Bytes on their way into the vault: an open file, or whatever makes them as they are read."""

    def read(self, size: int, /) -> bytes: ...

    def seekable(self) -> bool: ...


class UnreadableFile(OSError):
    """The file was written under another key, was altered or cut off, or was never encrypted."""


@dataclass(frozen=True)
class Stored:
    """A file in the vault: its name there, its size in bytes and the SHA-256 of what it holds, in hex."""

    name: str
    size: int
    sha256: str


def _cipher(salt: bytes) -> AESGCM:
    try:
        master = bytes.fromhex(settings.NATIONAL_ID_KEY)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise ImproperlyConfigured("NATIONAL_ID_KEY must be 32 bytes written as 64 hexadecimal digits.")
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"posasoft vault 1").derive(master))


def _nonce(number: int, last: bool) -> bytes:
    # Each file has its own key, so a counter never repeats under one.
    return number.to_bytes(_NONCE - 1, "big") + bytes([last])


class _Reader(io.RawIOBase):
    """The content of a sealed file, from any place of it. Raises UnreadableFile for a block that is not what was written."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__()
        self._raw = raw
        head = raw.read(_HEAD)
        if not head.startswith(MARK) or len(head) < _HEAD:
            raise UnreadableFile("the file is not encrypted as the vault does; see the command encrypt_files")
        self._cipher = _cipher(head[len(MARK) :])
        body = raw.seek(0, io.SEEK_END) - _HEAD
        self._blocks = max(1, -(-body // (BLOCK + _TAG)))
        self._length = body - self._blocks * _TAG
        self._at, self._held = 0, (-1, b"")
        # The last block says that it is the last: a file cut off at a border is found out at once.
        self._block(self._blocks - 1)

    def _block(self, number: int) -> bytes:
        if self._held[0] != number:
            self._raw.seek(_HEAD + number * (BLOCK + _TAG))
            sealed = self._raw.read(BLOCK + _TAG)
            try:
                self._held = number, self._cipher.decrypt(_nonce(number, number == self._blocks - 1), sealed, None)
            except (InvalidTag, ValueError):
                raise UnreadableFile("the file was written under another key, altered or cut off") from None
        return self._held[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._length:
            return 0
        number, within = divmod(self._at, BLOCK)
        part = self._block(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Sealed(File):  # type: ignore[type-arg]  # generic only in the stubs
    """A file whose chunks come out encrypted; knows size and SHA-256 of the content when they have been read."""

    def __init__(self, content: Any) -> None:
        super().__init__(content)
        self.content, self.length, self.digest = content, 0, hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        salt = os.urandom(_SALT)
        cipher, number = _cipher(salt), 0
        if self.content.seekable():
            self.content.seek(0)
        yield MARK + salt
        block = _full_read(self.content)
        while True:
            following = _full_read(self.content) if len(block) == BLOCK else b""
            self.length += len(block)
            self.digest.update(block)
            yield cipher.encrypt(_nonce(number, not following), block, None)
            if not following:
                return
            block, number = following, number + 1


def _full_read(content: Source) -> bytes:
    """A whole block, though the source gives it in pieces."""
    pieces, missing = [], BLOCK
    while missing and (piece := content.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


class VaultStorage(FileSystemStorage):
    """Files under MEDIA_ROOT, encrypted; `open` gives the content and can seek. There is no `path` to read from: see `as_path`."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__(location, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    def _save(self, name: str, content: Any) -> str:
        sealed = content if isinstance(content, _Sealed) else _Sealed(content)
        return str(super()._save(name, sealed))  # type: ignore[misc]  # left out by the stubs

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("a file of the vault is written once and only read afterwards")
        return File(_opened(Path(self.path(name))), name=name)

    def url(self, name: str | None) -> str:
        raise ValueError("files of the vault have no address; a view checks the reader and streams them")


def _opened(path: Path) -> BinaryIO:
    return io.BufferedReader(_Reader(path.open("rb")), BLOCK)


def store(content: bytes | Source, *, folder: str, suffix: str = "") -> Stored:
    """Keep a content under a new random name in a folder; streams, whatever its size."""
    sealed = _Sealed(io.BytesIO(content) if isinstance(content, bytes) else content)
    word = get_random_string(32, "0123456789abcdef")
    name = default_storage.save(f"{folder}/{word[:2]}/{word}{suffix}", sealed)
    return Stored(name, sealed.length, sealed.digest.hexdigest())


def open_file(name: str) -> BinaryIO:
    """The content of a stored file, to read and seek in; close it. Raises FileNotFoundError, UnreadableFile."""
    return _opened(Path(default_storage.path(name)))


def delete(name: str) -> None:
    """Remove a file; one that is not there is no error."""
    default_storage.delete(name)


@contextmanager
def as_path(name: str) -> Iterator[Path]:
    """The content as a file with the same suffix, for libraries that read from paths only. It lies in memory, never on the disk."""
    with open_file(name) as source, in_memory(source, Path(name).suffix) as path:
        yield path


@contextmanager
def in_memory(source: IO[bytes], suffix: str) -> Iterator[Path]:
    """Bytes that are not stored yet as such a file."""
    descriptor = os.memfd_create("vault")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
        with tempfile.TemporaryDirectory(prefix="posasoft-") as folder:
            path = Path(folder) / f"file{suffix}"
            path.symlink_to(f"/proc/{os.getpid()}/fd/{descriptor}")
            yield path
    finally:
        os.close(descriptor)


def is_sealed(path: Path) -> bool:
    """Whether a file on the disk is one of the vault's."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def seal_in_place(path: Path) -> None:
    """Encrypt a plain file where it lies; atomic, so that an interruption leaves the old or the new one."""
    with path.open("rb") as plain, tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        for chunk in _Sealed(plain).chunks():
            draft.write(chunk)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)
