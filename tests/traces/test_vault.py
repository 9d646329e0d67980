"""What is kept of uploads and exports cannot be read from the disk, nor changed unnoticed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from posasoft.core import vault
from posasoft.core.vault import BLOCK, UnreadableFile

TEXT = "Giàng Mí Páo; 002088014571\n".encode()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


def only_file(folder: Path) -> Path:
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    return path


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7])
def test_every_size_comes_back_as_it_went_in(size: int) -> None:
    content = os.urandom(size)
    kept = vault.store(content, folder="exports")

    with vault.open_file(kept.name) as file:
        assert file.read() == content
        file.seek(max(0, size - 10))
        assert file.read() == content[-10:]
    assert kept.size == size


def test_the_disk_tells_neither_content_nor_name(folder: Path) -> None:
    vault.store(io.BytesIO(TEXT * 5000), folder="exports", suffix=".csv")

    path = only_file(folder)
    assert b"002088014571" not in path.read_bytes()
    assert "csv" in path.suffix
    assert path.stat().st_mode & 0o077 == 0


def test_two_files_of_one_content_look_different(folder: Path) -> None:
    first, second = vault.store(TEXT, folder="a"), vault.store(TEXT, folder="a")

    assert (folder / first.name).read_bytes() != (folder / second.name).read_bytes()
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("place", [0, 5, 40, BLOCK + 100, -1])
def test_one_changed_byte_is_noticed(folder: Path, place: int) -> None:
    kept = vault.store(os.urandom(2 * BLOCK), folder="exports")
    path = only_file(folder)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)

    with pytest.raises(UnreadableFile), vault.open_file(kept.name) as file:
        file.read()


@pytest.mark.parametrize("keep", [20, 20 + BLOCK + 16, 20 + BLOCK + 16 + 50])
def test_a_file_cut_off_is_noticed_before_a_byte_is_read(folder: Path, keep: int) -> None:
    kept = vault.store(os.urandom(3 * BLOCK), folder="exports")
    path = only_file(folder)
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(UnreadableFile):
        vault.open_file(kept.name)


def test_another_key_opens_nothing(settings: Any) -> None:
    kept = vault.store(TEXT, folder="exports")
    settings.NATIONAL_ID_KEY = "ff" * 32

    with pytest.raises(UnreadableFile):
        vault.open_file(kept.name)


def test_a_plain_file_slipped_in_is_not_served(folder: Path) -> None:
    folder.mkdir()
    (folder / "slipped.csv").write_bytes(TEXT)

    with pytest.raises(UnreadableFile):
        vault.open_file("slipped.csv")


def test_a_file_field_is_encrypted_without_being_told(folder: Path) -> None:
    name = default_storage.save("imports/list.xlsx", ContentFile(TEXT))

    assert TEXT not in only_file(folder).read_bytes()
    with default_storage.open(name) as file:
        assert file.read() == TEXT


def test_uploads_of_the_time_before_are_encrypted_where_they_lie(folder: Path) -> None:
    (folder / "imports").mkdir(parents=True)
    (folder / "imports" / "old.xlsx").write_bytes(TEXT)

    call_command("encrypt_files", verbosity=0)
    call_command("encrypt_files", verbosity=0)

    assert TEXT not in (folder / "imports" / "old.xlsx").read_bytes()
    with vault.open_file("imports/old.xlsx") as file:
        assert file.read() == TEXT


def test_a_library_that_wants_a_path_reads_from_memory() -> None:
    kept = vault.store(TEXT, folder="imports", suffix=".csv")

    with vault.as_path(kept.name) as path:
        assert path.suffix == ".csv"
        assert path.read_bytes() == TEXT
        assert path.resolve().as_posix().startswith(("/memfd:", "/proc/"))
    assert not path.exists()
