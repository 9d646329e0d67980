"""Keys of rows: which row of which download a line is, signed, so that a row that was altered or comes from elsewhere is noticed."""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

_SIGNER = Signer(salt="households.workbooks")


def sheet_key(workbook: uuid.UUID) -> str:
    """The key of a whole workbook."""
    return _SIGNER.sign(f"W.{workbook.hex}")


def row_key(workbook: uuid.UUID, place: int) -> str:
    """The key of one line of a workbook."""
    return _SIGNER.sign(f"R.{workbook.hex}.{place}")


def read_sheet_key(text: str) -> uuid.UUID | None:
    """The workbook that a key names; None for a key that we did not make."""
    kind, _, name = _unsigned(text).partition(".")
    return uuid.UUID(name) if kind == "W" else None


def read_row_key(text: str, workbook: uuid.UUID) -> int | None:
    """The place of a line in this workbook; None for a key that we did not make or that belongs to another workbook."""
    parts = _unsigned(text).split(".")
    return int(parts[2]) if len(parts) == 3 and parts[0] == "R" and parts[1] == workbook.hex else None


def _unsigned(text: str) -> str:
    try:
        return _SIGNER.unsign(text)
    except BadSignature:
        return ""
