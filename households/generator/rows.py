"""Arrays as the text of COPY: one list of strings per column, joined once per block of rows."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from households.generator.arrays import NO_DAY, Bools, Ints
from households.generator.namebook import Words

NULL = "\\N"
Columns = Mapping[str, list[str]]
_FIRST, _LAST = np.datetime64("1880-01-01", "D"), np.datetime64("2041-01-01", "D")
_MILLISECONDS = int(np.datetime64("2026-01-01", "ms").astype(np.int64))


@lru_cache(maxsize=1)
def _day_texts() -> Words:
    days = np.arange(_FIRST, _LAST).astype(str)
    return np.concatenate([np.array([NULL], dtype=object), days.astype(object)])


def days(values: Ints) -> list[str]:
    """Day numbers as ISO dates, NO_DAY as null."""
    first = int(_FIRST.astype(np.int64))
    texts: list[str] = _day_texts()[np.where(values == NO_DAY, 0, values - first + 1)].tolist()
    return texts


def codes(values: Ints, labels: tuple[str, ...]) -> list[str]:
    """Positions as labels, -1 as null."""
    texts: list[str] = np.array([*labels, NULL], dtype=object)[values].tolist()
    return texts


def flags(values: Ints | Bools) -> list[str]:
    """0 and 1 as booleans."""
    texts: list[str] = np.array(["f", "t"], dtype=object)[values.astype(np.int64)].tolist()
    return texts


def numbers(values: Ints, null: int | None = None) -> list[str]:
    """Whole numbers; `null` is the value that stands for null."""
    texts = list(map(str, values.tolist()))
    return texts if null is None else [NULL if text == str(null) else text for text in texts]


def public_ids(rng: np.random.Generator, first_id: int, count: int) -> list[str]:
    """UUIDs of version 7, in order of time from 2026-01-01 on, the same for the same seed."""
    octets = np.frombuffer(rng.bytes(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    stamps = (_MILLISECONDS + first_id + np.arange(count)).astype(">u8").view(np.uint8).reshape(count, 8)
    octets[:, :6] = stamps[:, 2:]
    octets[:, 6] = (octets[:, 6] & 0x0F) | 0x70
    octets[:, 8] = (octets[:, 8] & 0x3F) | 0x80
    text = octets.tobytes().hex()
    return [text[at : at + 32] for at in range(0, len(text), 32)]


def copy_columns(connection: psycopg.Connection[Any], table: str, columns: Columns) -> int:
    """Load rows into a table; returns how many."""
    count = len(next(iter(columns.values())))
    if count:
        block = "\n".join(map("\t".join, zip(*columns.values(), strict=True))) + "\n"
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(block)
    return count
