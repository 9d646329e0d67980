"""Limits on a file before anything opens it: a list is small, and a small file may hide a large one."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from households.importing.findings import ListRefused

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes; `rows` counts all rows of all sheets."""

    size: int = 40 * _MEGABYTE
    unpacked: int = 600 * _MEGABYTE
    entries: int = 2_000
    sheets: int = 100
    rows: int = 300_000
    columns: int = 200


DEFAULT_LIMITS = Limits()


def check_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a file that is no list or too large. Raises ListRefused with a Vietnamese sentence."""
    if not path.is_file():
        raise ListRefused(f"Không tìm thấy tệp {path.name}.")
    if path.suffix.lower() not in SUFFIXES:
        raise ListRefused(f"Tệp {path.name} không phải bảng tính. Hãy gửi tệp .xlsx, .xls, .ods hoặc .csv.")
    size = path.stat().st_size
    if size == 0:
        raise ListRefused("Tệp trống. Hãy lưu lại bảng tính rồi gửi lại.")
    if size > limits.size:
        raise ListRefused(f"Tệp lớn {_mb(size)} MB, vượt mức {_mb(limits.size)} MB. Hãy tách danh sách theo xã hoặc thôn.")
    if zipfile.is_zipfile(path):
        _check_archive(path, limits)


def check_sheets(count: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a workbook with too many sheets."""
    if count > limits.sheets:
        raise ListRefused(f"Tệp có {count} trang tính, vượt mức {limits.sheets}. Hãy tách thành nhiều tệp.")


def check_rows(count: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a workbook with too many rows."""
    if count > limits.rows:
        raise ListRefused(f"Tệp có {count} dòng, vượt mức {limits.rows} dòng. Hãy tách danh sách theo xã hoặc thôn.")


def _check_archive(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as cause:
        raise ListRefused("Tệp bị hỏng, không mở được. Hãy mở bằng Excel và lưu lại.") from cause
    if len(entries) > limits.entries:
        raise ListRefused(f"Tệp chứa {len(entries)} phần bên trong, vượt mức {limits.entries}. Hãy chép danh sách sang tệp mới.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ListRefused("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked:
        raise ListRefused(f"Tệp khi giải nén lớn {_mb(unpacked)} MB, vượt mức {_mb(limits.unpacked)} MB. Hãy chép danh sách sang tệp mới.")


def _mb(size: int) -> int:
    return -(-size // _MEGABYTE)
