"""Whole numbers out of addresses and forms."""

from __future__ import annotations

from collections.abc import Iterable

# As many as fit into a bigint whatever they are.
MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """The number that ASCII digits say, None for anything else: "²" is a digit to Python and a number to nobody."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def wholes(texts: Iterable[str]) -> list[int]:
    """The numbers among texts, in their order."""
    return [number for text in texts if (number := whole(text)) is not None]
